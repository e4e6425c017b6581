"""Who sits on the other side: any callable `states -> actions`, or one that draws from each game's key.

Whatever an opponent draws follows from the game's key and the ply (`Drawing`), and a game's key from the
seed of its environment and the number of games begun there; so a game depends on no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.core import Actions, Game, States

Keys = NDArray[np.uint64]  # [B], one a game
Act = Callable[[States, Keys, NDArray[np.int32]], Actions]  # states, keys, plies [B] -> actions [B]
SIDE = 1 << 20  # the counter that says who begins, above every ply


@dataclass(frozen=True)
class Drawing:
    """An opponent that draws: act(states [B], game keys uint64 [B], plies int32 [B]) -> actions [B], each row
    a function of its own state, key and ply."""

    act: Act


Opponent = Callable[[States], Actions] | Drawing
Finder = Callable[[str, Game], Opponent]
_finders: list[Finder] = []


def find_names_by(finder: Finder) -> None:
    """From now on an opponent may be given by name, which the finder turns into one; it raises for others."""
    _finders[:] = [finder]


def opponent_act(opponent: Opponent | str | None, game: Game) -> Act:
    """How an opponent moves; None plays every legal move alike.

    Raises ValueError for a name where nobody knows names, TypeError for what is no opponent.
    """
    if isinstance(opponent, str):
        if not _finders:
            raise ValueError(
                f"opponent {opponent!r} is a name: import agents.environments, which knows the players by "
                "name, or give a callable states -> actions"
            )
        opponent = _finders[0](opponent, game)
    if opponent is None:
        return random_act(game)
    if isinstance(opponent, Drawing):
        return opponent.act
    if not callable(opponent):
        raise TypeError(f"an opponent is a callable states -> actions, a Drawing or a name, not {opponent!r}")
    plain = opponent
    return lambda states, keys, plies: plain(states)


def random_act(game: Game) -> Act:
    """Every legal move alike."""

    def act(states: States, keys: Keys, plies: NDArray[np.int32]) -> Actions:
        legal = game.legal_action_mask(states).cumsum(axis=1)
        chosen = (uniform(keys, plies) * legal[:, -1]).astype(np.int64)
        return np.asarray((legal > chosen[:, None]).argmax(axis=1), np.int32)

    return act


def mixed(keys: Keys, counters: Any) -> Keys:
    """A new key of each key and counter: SplitMix64 (Steele, Lea, Flood 2014, figure 19)."""
    counted = np.broadcast_to(counters, keys.shape).astype(np.uint64) + np.uint64(1)
    z = keys + np.uint64(0x9E3779B97F4A7C15) * counted
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)


def uniform(keys: Keys, counters: Any) -> NDArray[np.float64]:
    """The counter's number of each key's stream, in [0, 1)."""
    return np.asarray((mixed(keys, counters) >> np.uint64(11)) * (1.0 / 9007199254740992.0), np.float64)
