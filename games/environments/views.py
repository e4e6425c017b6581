"""What a player sees of a position: own stones, the other's, in PettingZoo's layout.

A game whose observation is planes [C, H, W] shows the first two of them, the stones of the player to
move and the other's, as int8 [H, W, 2], to both players alike each from its own side. Of any other game
both see `observe` as it is, float32 and from the side of the player to move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from games.core import Game, States


def has_stones(game: Game) -> bool:
    """Whether the game's observation is planes of which the first two are own and other stones."""
    return len(game.observation_shape) == 3 and game.observation_shape[0] >= 2


def observation_space(game: Game) -> spaces.Box:
    """The space of what `seen_by` gives for one position."""
    if has_stones(game):
        return spaces.Box(0, 1, (*game.observation_shape[1:], 2), np.int8)
    return spaces.Box(-np.inf, np.inf, game.observation_shape, np.float32)


def seen_by(game: Game, states: States, players: Any) -> NDArray[Any]:
    """What player `players[b]` (or one player for all) sees of each state, [B, *space]."""
    planes = game.observe(states)
    if not has_stones(game):
        return planes
    stones = np.moveaxis(planes[:, :2], 1, -1).astype(np.int8, order="C")
    others = game.current_player(states) != players
    stones[others] = stones[others][..., ::-1]
    return stones
