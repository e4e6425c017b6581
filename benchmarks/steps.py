"""Random moves of Connect Four in batches, every state's observation and legal moves made; beside pgx.

python benchmarks/steps.py [REPEATS]
"""

from __future__ import annotations

import sys

import measure
import numpy as np
import pgx_mctx

from games.connect_four import GAME
from lab.randomness import fold_in_batch, game_keys, sample_batch

BATCH, STEPS = 1024, 200


def ours(batch: int, steps: int) -> int:
    """`steps` moves in each of `batch` games; a finished game is begun anew."""
    states, keys = GAME.new(batch), game_keys(0, "benchmark", 0, batch)
    mask = GAME.legal_action_mask(states)
    for step in range(steps):
        states = GAME.step(states, sample_batch(mask, keys, step))
        over = GAME.is_terminal(states)
        if over.any():
            states[over] = GAME.new(int(over.sum()))
            keys = np.where(over, fold_in_batch(keys, np.full(batch, step)), keys)
        GAME.observe(states)
        mask = GAME.legal_action_mask(states)
    return batch * steps


def main(repeats: int = 5) -> None:
    """Print the medians."""
    contenders = {"ours": lambda: ours(BATCH, STEPS)}
    if pgx_mctx.INSTALLED:
        contenders["pgx"] = pgx_mctx.random_steps(BATCH, STEPS)
    print(measure.line("moves a CPU second", measure.rates(contenders, repeats)))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
