"""Who plays: a name and a batched choice of moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from games.core import Actions, States

if TYPE_CHECKING:
    from lab.randomness import Keys


@dataclass(frozen=True)
class Player:
    """A player of one game.

    act(states [B], game_keys uint64 [B], plies int32 [B]) -> actions int32 [B]: whatever it draws is
        a pure function of each row's game key and ply, so no row depends on its mates. A crowd draws
        its member from the game key alone.
    policy(states [B]) -> float64 [B, A]: the exact distribution of `act`, where it is known.
    analyse(states [B]) -> Analysis: the thoughts behind a move, where there are any.
    """

    name: str
    act: Callable[[States, Keys, NDArray[np.int32]], Actions]
    policy: Callable[[States], NDArray[np.float64]] | None = None
    analyse: Callable[[States], Analysis] | None = None


@dataclass(frozen=True)
class Analysis:
    """What a search or a network thinks of B positions, for windows and reports.

    prior [B, A], visit_counts [B, A], action_values [B, A] (for the player to move, in [-1, 1]),
    value [B], principal_variation: B lists of actions.
    """

    prior: NDArray[np.float32]
    visit_counts: NDArray[np.int32]
    action_values: NDArray[np.float32]
    value: NDArray[np.float32]
    principal_variation: list[list[int]]


def policy_player(name: str, policy: Callable[[States], Any]) -> Player:
    """The player that draws its moves from an exact distribution `policy(states) -> [B, A]`."""
    from lab.randomness import sample_batch

    def act(states: States, game_keys: Keys, plies: NDArray[np.int32]) -> Actions:
        return sample_batch(policy(states), game_keys, plies)

    return Player(name, act, policy)


class UnknownPlayer(ValueError):  # noqa: N818
    """A name under which no player is known, or one that this game does not have."""
