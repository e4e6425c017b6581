"""A small made-up collection of 5x5 Go for tests: random games, all results, some unreadable."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from games.go import GO5, score
from games.sgf import SgfGame
from games.sgf_values import Result
from games.sgf_write import to_sgf

BROKEN = b"(;SZ[5]KM[24.5];B[cc];B[dd])\n"  # out of turn


def random_record(rng: np.random.Generator, number: int) -> SgfGame:
    """A game of random moves, played until two passes or for forty moves."""
    state, actions = GO5.new(1), []
    while len(actions) < 40 and not GO5.is_terminal(state)[0]:
        legal = np.flatnonzero(GO5.legal_action_mask(state)[0])
        actions.append(int(rng.choice(legal)))
        state = GO5.step(state, np.array(actions[-1:]))
    margin = float(score(state)[0][0] - state["komi"][0])
    result = Result(int(np.sign(margin)), "count", abs(margin)) if number % 10 else Result()
    ranks = (str(2100 + 100 * int(rng.integers(3))), "5d")
    return SgfGame("", number, 5, 24.5, 0, (), (), 0, tuple(actions), result, ranks=ranks)


def write_collection(path: Path, games: int, seed: int = 0) -> list[SgfGame]:
    """A file of so many games and one that cannot be read; returns those that can."""
    rng = np.random.default_rng(seed)
    records = [random_record(rng, number) for number in range(1, games + 1)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_sgf(records) + BROKEN)
    return records
