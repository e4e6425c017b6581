"""Positions of many games that are made anew when they are asked for, because to keep them is too much: a
quarter of a million positions of 9x9 Go are 0.8 GB, their moves 1 MB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.core import Game, States


@dataclass(frozen=True)
class PlayedStates:
    """P positions of N games, to be read like an array of states: `played[rows]` is States [len(rows)].

    starts [N], actions [N, T]; position i stands before move plies[i] of game game_index[i]. The moves are
    known to be legal, and the game has `play_through`.
    """

    game: Game
    starts: States
    actions: NDArray[np.integer[Any]]
    game_index: NDArray[np.int64]
    plies: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.plies)

    def __getitem__(self, rows: Any) -> States:
        """The states of some positions, chosen as NumPy chooses rows."""
        index, plies = np.atleast_1d(self.game_index[rows]), np.atleast_1d(self.plies[rows])
        assert self.game.play_through is not None, "PlayedStates are for games that have it"
        width = int(plies.max(initial=0))
        return self.game.play_through(self.starts[index], self.actions[index, :width], plies)[0]
