"""A short name for the stones of a Go position that all eight views of it share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from games.core import Game, States


def position_keys(states: States, game: Game) -> NDArray[np.uint64]:
    """64 bits of own and other stones, the same for all eight views of a position, [B]. Whose turn it is, is
    not in them: with colours and turn exchanged a position keeps its key."""
    rng = np.random.default_rng(37)
    cells = int(np.prod(game.observation_shape[1:]))
    table = rng.integers(1, 2**64, 2 * cells, np.uint64, endpoint=False)
    stones = game.observe(states)[:, :2].reshape(len(states), 2, cells) != 0
    views = [np.arange(cells), *(symmetry.cells for symmetry in game.symmetries)]
    keys = [
        np.bitwise_xor.reduce(np.where(stones[:, :, view].reshape(len(states), -1), table, 0), axis=1)
        for view in views
    ]
    return np.asarray(np.min(keys, axis=0), np.uint64)
