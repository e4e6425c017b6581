"""Simulations a CPU second of the search kernel with a constant evaluator, Connect Four; beside mctx on pgx.

    python benchmarks/search.py [REPEATS]

256 games in lockstep from the empty board, one core.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import measure
import numpy as np
import pgx_mctx

from agents.search import search_states
from games.connect_four import GAME
from lab.tree_search import SearchConfig

GAMES = 256


def constant(states: Any) -> Any:
    """Uniform prior, value 0."""
    return np.zeros((len(states), 7), np.float32), np.zeros(len(states), np.float32)


def ours(simulations: int, method: str) -> Callable[[], int]:
    """One search of all games."""
    config, roots = SearchConfig(simulations, method, GAME.num_actions), GAME.new(GAMES)

    def work() -> int:
        search_states(GAME, constant, roots, config)
        return GAMES * simulations

    return work


def main(repeats: int = 5) -> None:
    """Print a line a number of simulations and method."""
    for simulations in (32, 200, 800):
        for method in ("gumbel", "puct"):
            contenders = {"ours": ours(simulations, method)}
            if pgx_mctx.INSTALLED:
                contenders["mctx"] = pgx_mctx.search_work(GAMES, simulations, method)
            found = measure.rates(contenders, repeats)
            print(measure.line(f"{method}, {simulations} simulations a CPU second", found), flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
