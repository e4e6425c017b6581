"""Simulations a second of the search kernel on one core with a constant evaluator, Connect Four.

    python benchmarks/search.py

256 games in lockstep from the empty board; medians of CPU time.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import numpy as np

from agents.search import search_states
from games.core import load_game
from lab.tree_search import SearchConfig

GAMES, ROUNDS = 256, 5


def constant(states: Any) -> Any:
    """Uniform prior, value 0."""
    return np.zeros((len(states), 7), np.float32), np.zeros(len(states), np.float32)


def main() -> None:
    """Print a line a method and number of simulations."""
    game = load_game("connect_four")
    roots = game.new(GAMES)
    for simulations in (32, 200, 800):
        for method in ("gumbel", "puct"):
            config = SearchConfig(simulations, method, game.num_actions)
            times = []
            for _ in range(ROUNDS + 1):
                start = time.process_time()
                search_states(game, constant, roots, config)
                times.append(time.process_time() - start)
            rate = GAMES * simulations / median(times[1:])
            print(f"{method}, {simulations} simulations: {rate / 1e6:.2f} M simulations/s", flush=True)


if __name__ == "__main__":
    main()
