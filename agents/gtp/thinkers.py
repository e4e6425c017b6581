"""Any named player as an engine: one position at a time, at a strength, telling what it thinks.

Searcher   RUN:ARM, pretrained:NAME: search in a growing tree, stopped at a limit (agents/live_search.py);
           "search": likewise, with playouts for a network (agents/go_estimate.py)
Rollouts   mcts-N: playouts, as many as its name says, fewer where there is less time
AsNamed    anybody else moves as ever; what it thinks is its own analysis, or the shares of its moves
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from agents.go_estimate import playout_evaluator
from agents.go_ownership import Ownership
from agents.go_rollouts import most_visited, uct_visits
from agents.live_search import LEAVES, Limit, LiveSearch
from agents.names import arm_strength, find_evaluator, find_ownership, find_player
from agents.play.thoughts import Candidate
from agents.player import Player
from agents.ready_made import in_full
from agents.search import Evaluator
from games.core import Game, States
from games.go import is_go
from lab.randomness import Keys, fold_in_batch

SEARCH = "search"  # a tree search whose values are playouts, without a network, as in the window
FIRST_ROLLOUTS = 64
AT_ONCE = 0.3  # seconds of playouts between two looks at whether an analysis is over


@dataclass(frozen=True)
class Thought:
    """What is thought of a position: candidates best first, what it is worth to the player to move in
    [-1, 1] (None: nobody knows), simulations behind it."""

    candidates: tuple[Candidate, ...]
    value: float | None
    visits: int


@dataclass(frozen=True)
class Chosen:
    """A move, and what the position was worth to who made it, in [-1, 1], where that is known."""

    action: int
    thought: Thought | None = None

    @property
    def value(self) -> float | None:
        """What the position was worth to who moved."""
        return self.thought.value if self.thought is not None else None


Tell = Callable[[Thought], None]


class Thinker(Protocol):
    """A player of one game, that moves and tells its thoughts, where `tells`; `ownership`: what it has
    learned of whose each point will be, if anything."""

    tells: bool
    ownership: Ownership | None

    def choose(
        self, state: States, key: int, ply: int, limit: Limit, every: float = 0.0, tell: Tell | None = None
    ) -> Chosen:
        """Its move at a position [1] that is not over; what it draws follows from the game's key and the ply.

        `tell` hears every so many seconds what it thinks meanwhile.
        """

    def analyse(self, state: States, limit: Limit, every: float, tell: Tell) -> None:
        """Think about a position [1] until the limit; `tell` hears of it every so many seconds."""

    def warm_up(self, state: States) -> None:
        """Think of a position [1] for a moment, so that all is compiled before it counts."""


class Searcher:
    """A network that searches, `leaves` positions a batch, as far as the limit lets it."""

    tells = True

    def __init__(
        self, game: Game, evaluator: Evaluator, leaves: int, ownership: Ownership | None = None
    ) -> None:
        self._game, self._evaluator, self._leaves, self.ownership = game, evaluator, leaves, ownership

    def choose(
        self, state: States, key: int, ply: int, limit: Limit, every: float = 0.0, tell: Tell | None = None
    ) -> Chosen:
        """As Thinker says; nothing is drawn."""
        search = LiveSearch(self._game, self._evaluator, state, self._leaves)
        search.think(limit, every, None if tell is None else lambda s: tell(_searched(s)))
        return Chosen(search.best, _searched(search))

    def analyse(self, state: States, limit: Limit, every: float, tell: Tell) -> None:
        """As Thinker says."""
        search = LiveSearch(self._game, self._evaluator, state, self._leaves)
        search.think(limit, every, lambda s: tell(_searched(s)))

    def warm_up(self, state: States) -> None:
        """As Thinker says."""
        self.choose(state, 0, 0, Limit(simulations=1))


def _searched(search: LiveSearch) -> Thought:
    return Thought(tuple(search.candidates()), search.value, search.visits)


class Rollouts:
    """`mcts-N`: N playouts a move; where seconds are limited, fewer, by the pace of the last move."""

    tells = True
    ownership: Ownership | None = None

    def __init__(self, game: Game, rollouts: int) -> None:
        self._game, self._rollouts = game, rollouts
        self._pace = 0.0  # playouts a second

    def choose(
        self, state: States, key: int, ply: int, limit: Limit, every: float = 0.0, tell: Tell | None = None
    ) -> Chosen:
        """As Thinker says; `limit.simulations` is in the name."""
        keys = np.array([key], np.uint64)
        if limit.seconds is None:
            rollouts = self._rollouts
        else:
            if not self._pace:
                self.warm_up(state)
            rollouts = max(1, min(self._rollouts, int(self._pace * limit.seconds)))
        thought = self._think(state, fold_in_batch(keys, ply), rollouts)  # keys as its player folds them
        if tell is not None:
            tell(thought)
        return Chosen(thought.candidates[0].action, thought)

    def analyse(self, state: States, limit: Limit, every: float, tell: Tell) -> None:
        """As Thinker says: searched again with ever more playouts, as long as that is quick."""
        rollouts, told = FIRST_ROLLOUTS, -np.inf
        while True:
            thought = self._think(state, np.array([0], np.uint64), rollouts)
            is_last = limit.stop() or rollouts > self._pace * AT_ONCE
            if is_last or time.monotonic() - told >= every:
                tell(thought)
                told = time.monotonic()
            if is_last:
                return
            rollouts *= 2

    def warm_up(self, state: States) -> None:
        """As Thinker says; the second time it is the pace that is measured."""
        for _ in range(2):
            self._think(state, np.array([0], np.uint64), min(FIRST_ROLLOUTS, self._rollouts))

    def _think(self, state: States, keys: Keys, rollouts: int) -> Thought:
        began = time.monotonic()
        counts, values = uct_visits(state, keys, rollouts)
        self._pace = rollouts / max(time.monotonic() - began, 1e-6)
        best = int(most_visited(self._game, state, keys, counts, rollouts)[0])
        visits, q = counts[0], values[0]
        tried = np.flatnonzero(visits)
        found = [Candidate(int(a), int(visits[a]), float(q[a]), 0.0, (int(a),)) for a in tried]
        candidates = sorted(found, key=lambda c: (c.action != best, -c.visits))
        return Thought(tuple(candidates), float((visits * q).sum() / max(1, visits.sum())), rollouts)


class AsNamed:
    """A player that moves as it always does, whatever the limit. With an evaluator (a network at first sight)
    an analysis searches all the same."""

    def __init__(self, game: Game, player: Player, searcher: Searcher | None = None) -> None:
        self._game, self._player, self._searcher = game, player, searcher
        self.tells = bool(searcher or player.analyse or player.policy)
        self.ownership = searcher.ownership if searcher else None

    def choose(
        self, state: States, key: int, ply: int, limit: Limit, every: float = 0.0, tell: Tell | None = None
    ) -> Chosen:
        """As Thinker says."""
        if tell is not None and self.tells:
            tell(self._shares(state))
        move = self._player.act(state, np.array([key], np.uint64), np.array([ply], np.int32))
        return Chosen(int(move[0]))

    def analyse(self, state: States, limit: Limit, every: float, tell: Tell) -> None:
        """As Thinker says."""
        if self._searcher is not None:
            self._searcher.analyse(state, limit, every, tell)
        else:
            tell(self._shares(state))

    def warm_up(self, state: States) -> None:
        """As Thinker says."""
        self.choose(state, 0, 0, Limit(simulations=1))

    def _shares(self, state: States) -> Thought:
        """The player's own analysis, or the shares of its moves, of which it says no value."""
        legal = np.flatnonzero(self._game.legal_action_mask(state)[0])
        prior: Any
        if self._player.analyse is not None:
            told = self._player.analyse(state)
            prior, visits, q = told.prior[0], told.visit_counts[0], told.action_values[0]
            value, first = float(told.value[0]), list(told.principal_variation[0])
        else:
            assert self._player.policy is not None
            prior, value, first = self._player.policy(state)[0], None, []
            visits, q = np.zeros(len(prior), np.int32), np.zeros(len(prior), np.float32)
        best = first[0] if first else -1
        lines = {int(a): (int(a),) for a in legal} | ({best: tuple(first)} if first else {})
        candidates = [
            Candidate(a, int(visits[a]), float(q[a]), float(prior[a]), line) for a, line in lines.items()
        ]
        candidates.sort(key=lambda c: (c.action != best, -c.visits, -c.prior))
        return Thought(tuple(candidates), value, int(visits.sum()))


def find_thinker(
    name: str, game: Game, simulations: int | None, leaves: int = LEAVES, device: str = "auto"
) -> Thinker:
    """The thinker of that name for a game. A network moves at first sight where `simulations` is 0 or its
    name says ".sampled"; else it searches.

    Raises UnknownPlayer, CheckpointError, NoSuchDevice, OwnFileError: also where it does not play this game.
    """
    if name == SEARCH and is_go(game):
        return Searcher(game, playout_evaluator(game), leaves)
    name = in_full(name, game.name)
    strength = arm_strength(name)
    if strength is None:
        player = find_player(name, game, batch=1, device=device)
        rollouts = re.fullmatch(r"mcts-([0-9]+)", name)
        return Rollouts(game, int(rollouts[1])) if rollouts and is_go(game) else AsNamed(game, player)
    evaluator = find_evaluator(name, game, leaves, device)
    searcher = Searcher(game, evaluator, leaves, find_ownership(name, game, device))
    if simulations != 0 and strength.style != "sampled":
        return searcher
    at_first_sight = name.rpartition("@")[0] if strength.simulations else name
    return AsNamed(game, find_player(at_first_sight, game, batch=1, device=device), searcher)
