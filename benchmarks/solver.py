"""All seven scores of random Connect Four positions by the exact solver, one core.

    python benchmarks/solver.py [POSITIONS]

The positions are reached by random moves and have no win at hand. Printed are CPU milliseconds a
position: the median, the mean and the slowest. The table starts empty at every ply.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from games.connect_four import GAME, playable_cells, winning_cells
from games.connect_four_solver import Solver
from games.core import States

PLIES = (8, 9, 10, 12, 14, 16, 20, 24)


def quiet_positions(ply: int, count: int, seed: int = 37) -> States:
    """Unfinished positions after `ply` random moves in which nobody can win at once, [count]."""
    random, found = np.random.default_rng((seed, ply)), GAME.new(0)
    while len(found) < count:
        states = GAME.new(4 * count)
        for _ in range(ply):
            weights = random.random((len(states), GAME.num_actions)) * GAME.legal_action_mask(states)
            states = GAME.step(states, weights.argmax(axis=1))
            states = states[~GAME.is_terminal(states)]
        quiet = [
            not winning_cells(s["current"], s["occupied"]) & playable_cells(s["occupied"]) for s in states
        ]
        found = np.concatenate([found, states[np.array(quiet, np.bool_)]])
    return found[:count]


def milliseconds(solver: Solver, state: States) -> float:
    """CPU time of one call."""
    start = time.process_time()
    solver.action_scores(state)
    return (time.process_time() - start) * 1000


def main(count: int = 100) -> None:
    """Print a line a ply, the late ones first."""
    Solver().action_scores(quiet_positions(30, 1))  # compiles, or reads what was compiled before
    for ply in reversed(PLIES):
        solver = Solver()
        times = [milliseconds(solver, state[None]) for state in quiet_positions(ply, count)]
        print(
            f"ply {ply}: median {np.median(times):.2f} ms, mean {np.mean(times):.2f}, "
            f"slowest {max(times):.1f} ({count} positions)",
            flush=True,
        )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
