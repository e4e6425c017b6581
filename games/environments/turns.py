"""One game in play, as a face shows it: move by move by its own kernel, or by its rules where it has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.core import DRAWN, GOES_ON, ILLEGAL, LOST, WON, Game, IllegalMove, load_game
from games.environments.views import has_stones, observation_space, seen_by


class Turns:
    """A game in play.

    state [1]; seen: what player 0 sees (views.seen_by); open_actions int8 [A]: legal for who moves next;
    space: of what `of_player` gives.
    A copy, or what was pickled, goes on from the same position.
    """

    def __init__(self, game: Game | str | Callable[[], Game]) -> None:
        """Of a game, the name of one (see `load_game`, whose errors are raised), or what makes one."""
        self.source = game
        self.game = _game_of(game)
        self.space = observation_space(self.game)
        self._two_sided = has_stones(self.game)
        self._empty = self.game.new(1)
        self._empty_seen: NDArray[Any] = seen_by(self.game, self._empty, 0)[0]
        self._all_open = self.game.legal_action_mask(self._empty)[0].astype(np.int8)
        self.begin()

    def begin(self) -> None:
        """The empty board."""
        self.state, self.seen = self._empty.copy(), self._empty_seen.copy()
        self.open_actions = self._all_open.copy()

    def play(self, action: int) -> int:
        """Play an action: ILLEGAL (nothing is changed) .. LOST, for the player who moved."""
        kernel = self.game.play_turn
        if kernel is None:
            return self._play_by_rules(action)
        return kernel(self.state, int(action), self.seen, self.open_actions)

    def of_player(self, player: int) -> NDArray[Any]:
        """What a player sees, a copy."""
        if player and self._two_sided:
            return self.seen[:, :, ::-1].copy()
        return self.seen.copy()

    def _play_by_rules(self, action: int) -> int:
        game = self.game
        mover = int(game.current_player(self.state)[0])
        try:
            self.state = game.step(self.state, np.array([action]))
        except IllegalMove:
            return ILLEGAL
        self.seen = seen_by(game, self.state, 0)[0]
        self.open_actions = game.legal_action_mask(self.state)[0].astype(np.int8)
        if not game.is_terminal(self.state)[0]:
            return GOES_ON
        reward = game.rewards(self.state)[0, mover]
        return WON if reward > 0 else LOST if reward < 0 else DRAWN

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) if isinstance(self.source, Game) else {**vars(self), "game": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.game is None:
            self.game = _game_of(self.source)


def _game_of(source: Game | str | Callable[[], Game]) -> Game:
    if isinstance(source, Game):
        return source
    return load_game(source) if isinstance(source, str) else source()
