"""A search that thinks for as long as it is let: what the GTP engine and its analysis think with.

Rules and an evaluator in one tree that keeps growing, several leaves a batch once it knows
something; what it thinks can be asked for at any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.play.thoughts import Candidate
from agents.search import Evaluator, RulesModel, principal_variation
from games.core import Game, States
from lab.live_tree import LiveTree
from lab.tree_search import SearchConfig

LEAVES = 8
VISITS_A_LEAF = 8  # of the tree so far, for each leaf of a batch beyond the first: few know too little
MOST_BYTES = 1 << 29  # of a tree and its states: then it stops growing


class Limit(NamedTuple):
    """When to stop: after so many simulations, after so many seconds (None: no limit of that kind), or when
    `stop()` says so. At least one batch is thought through, but none where no simulation is allowed: that
    is the first sight."""

    simulations: int | None = None
    seconds: float | None = None
    stop: Callable[[], bool] = lambda: False


class LiveSearch:
    """The search of one position [1], which is not over, at `leaves` new nodes a batch.

    `visits` so far; `value` for the player to move, in [-1, 1]; `best`, the action to play now.
    """

    def __init__(self, game: Game, evaluator: Evaluator, state: States, leaves: int = LEAVES) -> None:
        self.game = game
        self._root = RulesModel(game, evaluator, state, 1)
        self._model = RulesModel(game, evaluator, np.repeat(state, leaves), 1)
        root = self._root.root()
        self._first_value = float(root.value[0])
        self._live = LiveTree(root, leaves, SearchConfig(1, "puct", game.num_actions))
        self._states = np.zeros(self._live.capacity, game.state_dtype)
        self._states[0] = state[0]

    @property
    def visits(self) -> int:
        """Simulations so far."""
        return self._live.visits

    @property
    def value(self) -> float:
        """What it is worth to the player to move, in [-1, 1]; before any visit what the evaluator says."""
        if not self.visits:
            return self._first_value
        return float(self._live.result().value[0])

    @property
    def best(self) -> int:
        """The move to make; before any visit that of the largest prior."""
        if not self.visits:
            tree = self._live.tree
            return int(tree.action_ids[0, 0, np.argmax(tree.log_prior[0, 0])])
        return int(self._live.result().actions[0])

    def think(
        self, limit: Limit, every: float | None = None, tell: Callable[[LiveSearch], Any] | None = None
    ) -> None:
        """Grow the tree to a limit; `tell` hears of it every so many seconds, first after one batch, and at
        the end, so that it has heard of all there is."""
        began = time.monotonic()
        told, heard = -np.inf, -1
        while self.grow(limit.simulations):
            now = time.monotonic()
            if tell is not None and every is not None and now - told >= every:
                tell(self)
                told, heard = now, self.visits
            if limit.stop() or (limit.seconds is not None and now - began >= limit.seconds):
                break
        if tell is not None and every is not None and heard != self.visits:
            tell(self)

    def grow(self, up_to: int | None = None) -> bool:
        """One batch more, to at most `up_to` simulations; False where there is nothing left to do."""
        room = min(len(self._model.prior_logits), 1 + self.visits // VISITS_A_LEAF)
        room = room if up_to is None else min(room, up_to - self.visits)
        if room <= 0 or self._live.is_proven or self._is_full():
            return False
        leaves = self._live.pick(room)
        if len(leaves.slots):
            if len(self._states) < self._live.capacity:
                more = np.zeros(self._live.capacity, self.game.state_dtype)
                more[: len(self._states)] = self._states
                self._states = more
            rows = np.arange(len(leaves.slots))
            after, answer = self._model.step(rows, self._states[leaves.parents], leaves.actions)
            self._states[leaves.slots] = after
            self._live.hang(leaves, answer)
        return True

    def _is_full(self) -> bool:
        tree = self._live.tree
        node = tree.blocks[0, 0].nbytes + tree.action_ids[0, 0].nbytes + self._states.itemsize
        return bool((self.visits + 1) * node > MOST_BYTES)

    def candidates(self) -> list[Candidate]:
        """Every legal move as it is thought of now, the one to make first, then by visits and prior."""
        result, tree = self._live.result(), self._live.tree
        visits, q = result.visit_counts[0], result.action_values[0]
        prior: NDArray[np.float32] = np.exp(tree.log_prior[0, 0])
        best, ids, children = self.best, tree.action_ids[0, 0], tree.children[0, 0]
        found = []
        for edge in np.flatnonzero(ids >= 0):
            action, child = int(ids[edge]), int(children[edge])
            line = (action, *(principal_variation(tree, 0, child) if child >= 0 else ()))
            found.append(Candidate(action, int(visits[edge]), float(q[edge]), float(prior[edge]), line))
        return sorted(found, key=lambda c: (c.action != best, -c.visits, -c.prior))
