"""Many games in lockstep in which a learner sits on one side and an opponent answers at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.core import Game, IllegalMove
from games.environments.opponents import SIDE, Act, Keys, mixed
from games.environments.views import seen_by

Rows = NDArray[np.int64]


class Outcome(NamedTuple):
    """What the learner's moves came to: rewards float64 [N], over bool [N], illegal bool [N]."""

    rewards: NDArray[np.float64]
    over: NDArray[np.bool_]
    illegal: NDArray[np.bool_]


class Seats:
    """N games, between a learner's moves: in each the learner is to move, or the game is over.

    states [N]; seats int8 [N]: the learner's side, 0 begins; open_actions bool [N, A].
    """

    def __init__(self, game: Game, act: Act, count: int) -> None:
        self.join(game, act)
        self.states, self.seats = game.new(count), np.zeros(count, np.int8)
        self.open_actions = game.legal_action_mask(self.states)
        self._row_keys, self._keys = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
        self._begun, self._plies = np.zeros(count, np.int64), np.zeros(count, np.int32)

    def join(self, game: Game, act: Act) -> None:
        """The rules and the opponent, which a copy or a pickle leaves behind."""
        self.game, self._act = game, act

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("game", "_act")}

    def seed(self, rows: Rows, keys: Keys) -> None:
        """From now on the games of these rows follow from their keys."""
        self._row_keys[rows], self._begun[rows] = keys, 0

    def begin(self, rows: Rows) -> None:
        """New games in these rows; who begins is drawn, and where it is the opponent it has moved."""
        self._keys[rows] = mixed(self._row_keys[rows], self._begun[rows])
        self._begun[rows] += 1
        self.seats[rows] = mixed(self._keys[rows], SIDE) >> np.uint64(63)
        self.states[rows], self._plies[rows] = self.game.new(len(rows)), 0
        self._answer(rows[self.seats[rows] == 1])
        self.open_actions[rows] = self.game.legal_action_mask(self.states[rows])

    def play(self, actions: Any) -> Outcome:
        """The learner's actions [N], and the answers. An illegal one ends the game, which the learner loses.

        Raises ValueError for actions that are none of the game's or not N, IllegalMove where the opponent's
        answer is illegal.
        """
        count, chosen = len(self.states), np.asarray(actions)
        if chosen.shape != (count,) or not np.issubdtype(chosen.dtype, np.integer):
            raise ValueError(f"{count} games take {count} whole numbers, not {chosen.dtype} {chosen.shape}")
        if not ((chosen >= 0) & (chosen < self.game.num_actions)).all():
            raise ValueError(f"an action is a number from 0 to {self.game.num_actions - 1}, not {actions}")
        legal = self.open_actions[np.arange(count), chosen]
        rows = np.flatnonzero(legal)
        self._move(rows, chosen[rows])
        going = rows[~self.game.is_terminal(self.states[rows])]
        self._answer(going)
        self.open_actions = self.game.legal_action_mask(self.states)
        over = ~legal | ~self.open_actions.any(axis=1)
        rewards = self.game.rewards(self.states)[np.arange(count), self.seats].astype(np.float64)
        rewards[~legal] = -1.0
        self.open_actions[over] = False
        return Outcome(rewards, over, ~legal)

    def observations(self) -> NDArray[Any]:
        """What the learner sees, [N, *space] (views.seen_by)."""
        return seen_by(self.game, self.states, self.seats)

    def _answer(self, rows: Rows) -> None:
        if not len(rows):
            return
        answers = self._act(self.states[rows], self._keys[rows], self._plies[rows])
        try:
            self._move(rows, answers)
        except IllegalMove as error:
            raise IllegalMove(int(rows[error.row]), error.action, "the opponent's answer") from None

    def _move(self, rows: Rows, actions: Any) -> None:
        self.states[rows] = self.game.step(self.states[rows], actions)
        self._plies[rows] += 1
