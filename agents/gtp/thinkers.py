"""Any named player as an engine: one position at a time, at a strength, telling what it thinks.

network    RUN:ARM, pretrained:NAME: search in a growing tree, stopped at a limit (agents/live_search.py)
any other  plays as it is named; what it thinks is its own analysis, or the shares of its moves
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agents.live_search import LEAVES, Limit, LiveSearch
from agents.names import arm_strength, find_evaluator, find_player
from agents.play.thoughts import Candidate
from agents.player import Player
from games.core import Game, States

if TYPE_CHECKING:
    from agents.search import Evaluator


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
    value: float | None = None


Tell = Callable[[Thought], None]


class Thinker:
    """A player of one game that moves and thinks; see `find_thinker`."""

    def __init__(self, game: Game, player: Player | None, evaluator: Evaluator | None, leaves: int) -> None:
        """`player` moves; without one the evaluator's search does. `leaves` a batch of its search."""
        self.game, self._player, self._evaluator, self._leaves = game, player, evaluator, leaves

    @property
    def searches(self) -> bool:
        """Whether a limit of simulations or seconds means anything to it."""
        return self._player is None

    @property
    def tells(self) -> bool:
        """Whether it has anything to say of a position."""
        player = self._player
        return self._evaluator is not None or (
            player is not None and (player.analyse is not None or player.policy is not None)
        )

    def choose(
        self, state: States, key: int, ply: int, limit: Limit, every: float = 0.0, tell: Tell | None = None
    ) -> Chosen:
        """Its move at a position [1] that is not over; what it draws follows from the game's key and the ply.

        `tell` hears every so many seconds what it thinks meanwhile.
        """
        if self._player is None:
            assert self._evaluator is not None
            search = LiveSearch(self.game, self._evaluator, state, self._leaves)
            search.think(limit, every, None if tell is None else lambda s: tell(_thought_of(s)))
            return Chosen(search.best, search.value)
        if tell is not None and self.tells:
            tell(self._shares(state))
        move = self._player.act(state, np.array([key], np.uint64), np.array([ply], np.int32))
        return Chosen(int(move[0]))

    def analyse(self, state: States, limit: Limit, every: float, tell: Tell) -> None:
        """Think about a position [1] until the limit; `tell` hears of it every so many seconds."""
        if self._evaluator is not None:
            search = LiveSearch(self.game, self._evaluator, state, self._leaves)
            search.think(limit, every, lambda s: tell(_thought_of(s)))
        else:
            tell(self._shares(state))

    def _shares(self, state: States) -> Thought:
        """The player's own analysis, or the shares of its moves, of which it says no value."""
        assert self._player is not None
        legal = np.flatnonzero(self.game.legal_action_mask(state)[0])
        if self._player.analyse is not None:
            told = self._player.analyse(state)
            prior, visits, q = told.prior[0], told.visit_counts[0], told.action_values[0]
            value: float | None = float(told.value[0])
            first = told.principal_variation[0]
        else:
            assert self._player.policy is not None
            prior = self._player.policy(state)[0]
            visits, q, value, first = np.zeros(len(prior), np.int32), np.zeros(len(prior)), None, []
        best = first[0] if first else -1
        lines = {int(a): (int(a),) for a in legal} | ({best: tuple(first)} if first else {})
        candidates = [
            Candidate(a, int(visits[a]), float(q[a]), float(prior[a]), line) for a, line in lines.items()
        ]
        candidates.sort(key=lambda c: (c.action != best, -c.visits, -c.prior))
        return Thought(tuple(candidates), value, int(visits.sum()))


def _thought_of(search: LiveSearch) -> Thought:
    return Thought(tuple(search.candidates()), search.value, search.visits)


def find_thinker(
    name: str, game: Game, simulations: int | None, leaves: int = LEAVES, device: str = "auto"
) -> Thinker:
    """The thinker of that name for a game. A network moves at first sight where `simulations` is 0 or its
    name says ".sampled"; else it searches.

    Raises UnknownPlayer, CheckpointError, NoSuchDevice, OwnFileError: also where it does not play this game.
    """
    strength = arm_strength(name)
    if strength is None:
        return Thinker(game, find_player(name, game, batch=1, device=device), None, leaves)
    evaluator = find_evaluator(name, game, leaves, device)
    if simulations != 0 and strength.style != "sampled":
        return Thinker(game, None, evaluator, leaves)
    at_first_sight = name.rpartition("@")[0] if strength.simulations else name
    return Thinker(game, find_player(at_first_sight, game, batch=1, device=device), evaluator, leaves)
