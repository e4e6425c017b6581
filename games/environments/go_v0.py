"""Go as PettingZoo's `go_v5` has it: code for that runs here unchanged.

What is the same: agents black_0 and white_0, actions row by row with the pass last, the observation of
17 planes, the mask (after the end the pass alone), rewards 1 and -1, wrappers, the picture's size.

What is not, because the rules differ (tests/games/test_go_face.py holds each to account):
    repetition   no earlier position may come back (positional superko). There only a ko may not be retaken
                 at once, so longer cycles are open.
    length       a game ends after 3 * board_size ** 2 moves and is counted as it stands; there it goes on.
    draws        at whole komi a tie is 0 for both; there White wins it.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pettingzoo.utils.env import AECEnv

from games.core import ILLEGAL
from games.environments.turns import Turns
from games.environments.two_player import TwoPlayerEnv, wrapped
from games.go import go_game

PAST = 8  # positions that an observation shows


class GoTurns(Turns):
    """A game of Go in play, which shows its last eight positions.

    Planes 2k and 2k + 1 are the stones after the last move but k: those of who made that move, and those of
    the other. So go_v5 has it: its viewpoint changes from pair to pair, and is the same for both agents.
    Plane 16 is 1 for White.
    """

    def __init__(self, board_size: int, komi: float) -> None:
        """Raises ValueError for a size or a komi that go_game does not take."""
        super().__init__(functools.partial(go_game, board_size, float(komi)))
        kind: Any = bool  # which gymnasium takes, if not by its own annotations
        self.space = spaces.Box(0, 1, (board_size, board_size, 2 * PAST + 1), kind)

    def begin(self) -> None:
        """The empty board."""
        super().begin()
        self._past = np.zeros((*self.seen.shape[:2], 2 * PAST), bool)
        self._mover = 0

    def play(self, action: int) -> int:
        """As Turns."""
        outcome = super().play(action)
        if outcome != ILLEGAL:
            self._past[:, :, 2:] = self._past[:, :, :-2].copy()
            self._past[:, :, :2] = self.seen[:, :, :: -1 if self._mover else 1]
            self._mover = 1 - self._mover
        return outcome

    def of_player(self, player: int) -> NDArray[Any]:
        """The planes [N, N, 17]."""
        planes = np.empty(self.space.shape, bool)
        planes[:, :, :-1] = self._past
        planes[:, :, -1] = player
        return planes


class raw_env(TwoPlayerEnv):  # noqa: N801  (PettingZoo's name for it)
    """The environment without wrappers; a picture is `screen_height` pixels high and wide."""

    metadata = {**TwoPlayerEnv.metadata, "name": "go_v0", "render_fps": 2}  # noqa: RUF012

    def __init__(
        self,
        board_size: int = 19,
        komi: float = 7.5,
        render_mode: str | None = None,
        screen_height: int = 800,
    ) -> None:
        """Raises ValueError for a board size that is not from 2 to 19, and for a komi that is not finite."""
        size = (screen_height, screen_height)
        super().__init__(GoTurns(board_size, komi), render_mode, size, ("black_0", "white_0"))


def env(**kwargs: Any) -> AECEnv[Any, Any, Any]:
    """The environment in PettingZoo's wrappers; takes what raw_env takes."""
    return wrapped(raw_env(**kwargs))
