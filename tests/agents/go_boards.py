"""Boards and checks for the tests of what plays Go."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.core import Game, States
from games.go import go_game

CHANCE = 5.0  # standard deviations that a count or a sum may be off


def board(text: str, mover: str = "X", komi: float = 0.5, passes: int = 0, last: str = "") -> States:
    """One position, [1], of a drawing whose rows stand apart by spaces or line ends; `last`: where the
    move before was."""
    rows = text.split()
    game = go_game(len(rows))
    state = game.from_text("\n".join([*rows, f"{mover} to move, komi {komi}, passes {passes}"]))
    if last or passes:
        state["last"] = game.action_names.index(last or "pass")
    return state


def game_of(states: States) -> Game:
    return go_game(int(states["size"][0]))


def marked(text: str, mark: str) -> set[int]:
    """The points of a drawing that carry a mark."""
    return {place for place, char in enumerate("".join(text.split())) if char == mark}


def point(game: Game, name: str) -> int:
    return game.action_names.index(name)


def names(game: Game, actions: Any) -> set[str]:
    return {game.action_names[action] for action in actions}


def turned(text: str) -> list[str]:
    """The drawing seen through all eight symmetries of the square."""
    grid = np.array([list(row) for row in text.split()])
    sides = [np.rot90(side, k) for side in (grid, grid[:, ::-1]) for k in range(4)]
    return [" ".join("".join(row) for row in side) for side in sides]


def colours_exchanged(text: str) -> str:
    return text.translate(str.maketrans("XO", "OX"))


def varied_states(game: Game, count: int, plies: int, seed: int = 3) -> States:
    """Unfinished positions after 0 to `plies` random moves, passes rare; each row after its own number."""
    rng, states = np.random.default_rng(seed), game.new(count)
    wanted = np.arange(count) * (plies + 1) // count
    for ply in range(plies):
        weights = rng.random((count, game.num_actions)) * game.legal_action_mask(states)
        weights[:, -1] *= 0.3
        after = game.step(states, weights.argmax(axis=1).astype(np.int32))
        going = (wanted > ply) & ~game.is_terminal(after)
        states[going] = after[going]
    return states


def assert_drawn(counts: NDArray[Any], chances: NDArray[np.float64]) -> None:
    """Pearson's chi-square of counts [A] against chances [A]; what has no chance is never drawn."""
    assert counts[chances == 0].sum() == 0
    expected = counts.sum() * chances[chances > 0]
    square = float(((counts[chances > 0] - expected) ** 2 / expected).sum())
    freedom = len(expected) - 1
    assert square < freedom + CHANCE * (2 * freedom) ** 0.5 + 1e-9, (square, freedom)
