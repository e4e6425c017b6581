"""Random playouts and UCT of Connect Four, ours beside OpenSpiel's C++, in one run.

    python benchmarks/playouts.py [REPEATS]

The unit is CPU seconds of this process, one thread; each figure is the median of the repeats, which
alternate between the systems so that a busy machine meets them alike.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from agents.rollouts import playout_batch, uct_visits
from games.connect_four import GAME
from lab.randomness import game_keys

try:
    import pyspiel
except ImportError:
    pyspiel = None  # the test extra is not installed: ours alone is measured

ROLLOUTS = 1000  # playouts of one UCT search


def ours_playouts(count: int) -> None:
    """`count` random games from the empty board."""
    playout_batch(GAME.new(count), game_keys(0, "benchmark", 0, count))


def ours_uct(count: int) -> None:
    """`count` playouts in UCT trees of ROLLOUTS from the empty board."""
    trees = count // ROLLOUTS
    uct_visits(GAME.new(trees), game_keys(0, "benchmark", 1, trees), ROLLOUTS)


def openspiel_search(rollouts_a_leaf: int, simulations: int, seed: int = 0) -> None:
    """One search of OpenSpiel's C++ MCTS bot from the empty board."""
    game = pyspiel.load_game("connect_four")
    evaluator = pyspiel.RandomRolloutEvaluator(rollouts_a_leaf, seed)
    rule = pyspiel.ChildSelectionPolicy.UCT
    bot = pyspiel.MCTSBot(game, evaluator, 2.0, simulations, 100, False, seed, False, rule)
    bot.mcts_search(game.new_initial_state())


def openspiel_playouts(count: int) -> None:
    """The same by OpenSpiel's C++: its first simulation evaluates the root, by `count` rollouts."""
    openspiel_search(count, 1)


def openspiel_uct(count: int) -> None:
    """The same by OpenSpiel's C++, one rollout a leaf."""
    for seed in range(count // ROLLOUTS):
        openspiel_search(1, ROLLOUTS, seed)


def rate(job: Callable[[int], None], count: int) -> float:
    """Playouts a CPU second of one call."""
    start = time.process_time()
    job(count)
    return count / (time.process_time() - start)


def main(repeats: int = 5) -> None:
    """Print the medians, and how many times OpenSpiel's they are."""
    jobs = {"playouts": [(ours_playouts, 1_000_000)], "UCT rollouts": [(ours_uct, 500_000)]}
    if pyspiel is not None:
        jobs["playouts"].append((openspiel_playouts, 50_000))
        jobs["UCT rollouts"].append((openspiel_uct, 20_000))
    for name, contenders in jobs.items():
        for job, _ in contenders:
            job(ROLLOUTS)  # compiles, warms
        rates = np.array([[rate(job, count) for job, count in contenders] for _ in range(repeats)])
        medians = [statistics.median(column) for column in rates.T]
        beside = f"; OpenSpiel {medians[1]:,.0f}; ratio {medians[0] / medians[1]:.1f}" if pyspiel else ""
        print(f"{name} a CPU second: ours {medians[0]:,.0f}{beside}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
