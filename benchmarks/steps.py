"""Random moves in batches, every state's observation and legal moves made; beside pgx. Connect Four here,
Go in benchmarks/go.py.

python benchmarks/steps.py [REPEATS]
"""

from __future__ import annotations

import sys

import measure
import numpy as np
import pgx_mctx

from games.connect_four import GAME
from games.core import Game
from lab.randomness import fold_in_batch, game_keys, sample_batch

BATCH, STEPS = 1024, 200


def ours(batch: int, steps: int, game: Game = GAME) -> int:
    """`steps` moves in each of `batch` games; a finished game is begun anew."""
    states, keys = game.new(batch), game_keys(0, "benchmark", 0, batch)
    mask = game.legal_action_mask(states)
    for step in range(steps):
        states = game.step(states, sample_batch(mask, keys, step))
        over = game.is_terminal(states)
        if over.any():
            states[over] = game.new(int(over.sum()))
            keys = np.where(over, fold_in_batch(keys, np.full(batch, step)), keys)
        game.observe(states)
        mask = game.legal_action_mask(states)
    return batch * steps


def main(repeats: int = 5) -> None:
    """Print the medians."""
    contenders = {"ours": lambda: ours(BATCH, STEPS)}
    if pgx_mctx.INSTALLED:
        contenders["pgx"] = pgx_mctx.random_steps(BATCH, STEPS)
    print(measure.line("moves a CPU second", measure.rates(contenders, repeats)))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
