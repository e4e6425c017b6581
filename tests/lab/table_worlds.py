"""Worlds made of small fractions: every value a multiple of 1/16, so that float32 sums are exact.

A world is a function `path -> Step`: what a model says of the node that is reached by these actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lab.tree_search import NONE, Expansion

ACTIONS = 4


class Step(NamedTuple):
    """A node: the model's value, the reward and the discount on the way into it, prior by action."""

    value: float
    priors: dict[int, float]
    reward: float = 0.0
    discount: float = -1.0
    exact: bool = False


World = Callable[[tuple[int, ...]], Step]
SHARES = (4, 2, 1, 1)  # eighths


def scramble(path: tuple[int, ...], salt: int) -> int:
    """A number 0 to 1008 that looks drawn at random, from whole numbers alone."""
    state = salt
    for action in path:
        state = (state * 31 + 7 * action + 11) % 1009
    return state * state % 1009


def quiet(salt: int) -> World:
    """Two players, four moves each, nothing is ever over; the priors 1/2, 1/4, 1/8, 1/8 turned round."""

    def world(path: tuple[int, ...]) -> Step:
        number = scramble(path, salt)
        priors = {(a + number) % ACTIONS: share / 8 for a, share in enumerate(SHARES)}
        return Step((number % 17 - 8) / 16, priors)

    return world


def gappy(salt: int) -> World:
    """Two players; two to four moves of equal prior; from the second ply on some games are over."""

    def world(path: tuple[int, ...]) -> Step:
        number = scramble(path, salt)
        if len(path) > 1 and number % 5 < 2:
            return Step(0.0, {}, reward=(1.0, 0.0, -1.0)[number % 3], discount=0.0, exact=True)
        actions = [a for a in range(ACTIONS) if number % 3 != 0 or (number // 3 + a) % 2]
        return Step((number % 13 - 6) / 16, {a: 1 / len(actions) for a in actions})

    return world


def alone(salt: int) -> World:
    """One player who collects sixteenths for ever: discount +1."""

    def world(path: tuple[int, ...]) -> Step:
        number = scramble(path, salt)
        priors = dict.fromkeys(range(ACTIONS), 1 / ACTIONS)
        return Step((number % 9) / 16, priors, reward=(number % 3) / 16, discount=1.0)

    return world


def bandit(values: tuple[float, ...]) -> World:
    """Each arm is worth what it is worth, for ever."""

    def world(path: tuple[int, ...]) -> Step:
        if not path:
            return Step(0.0, dict.fromkeys(range(len(values)), 1 / len(values)))
        return Step(values[path[0]], {0: 1.0}, discount=1.0)

    return world


class TableModel:
    """The search's model of B worlds with up to K actions."""

    def __init__(self, worlds: list[World], num_edges: int = ACTIONS) -> None:
        self.worlds, self.num_edges = worlds, num_edges
        self.paths: list[dict[int, tuple[int, ...]]] = [{0: ()} for _ in worlds]
        self.calls: list[Any] = []

    def root(self) -> Expansion:
        return self._answer([world(()) for world in self.worlds])

    def expand(self, parent_slots: Any, actions: Any, new_slots: Any) -> Expansion:
        self.calls.append(new_slots.copy())
        steps: list[Step | None] = []
        for b, slot in enumerate(new_slots):
            if slot == NONE:
                steps.append(None)
                continue
            assert slot not in self.paths[b], "a slot is filled once"
            path = (*self.paths[b][parent_slots[b]], int(actions[b]))
            self.paths[b][int(slot)] = path
            steps.append(self.worlds[b](path))
        return self._answer(steps)

    def _answer(self, steps: list[Any]) -> Expansion:
        """Idle rows hold rubbish, which nobody may read."""
        batch = len(steps)
        out = Expansion(
            np.full((batch, self.num_edges), 3, np.int32),
            np.full((batch, self.num_edges), np.nan, np.float32),
            np.full(batch, np.nan, np.float32),
            np.full(batch, np.nan, np.float32),
            np.full(batch, np.nan, np.float32),
            np.ones(batch, np.bool_),
        )
        for b, step in enumerate(steps):
            if step is not None:
                out.action_ids[b] = [a if a in step.priors else NONE for a in range(self.num_edges)]
                out.prior_logits[b] = [
                    np.log(step.priors[a]) if a in step.priors else 99.0 for a in range(self.num_edges)
                ]
                out.value[b], out.reward[b], out.discount[b] = step.value, step.reward, step.discount
                out.exact[b] = step.exact
        return out
