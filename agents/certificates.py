"""Certificates: moves that a teacher's procedure never makes and no demonstration ever showed.

A scripted human is a procedure (agents/procedure.py) with slips. Without its slips, the *careful*
human, many have moves of probability exactly 0: cells that the procedure leaves out before habit
draws one. Such a move, where it occurs at that position in no game of the run's demonstrations
either, mirror images included, cannot have been imitated from knowledge. A slip may still have led
the human to it; `never` tells those apart to which no combination of slips leads.

Of single moves, these are the surprises that can occur: slips and habits leave most humans a chance
of at least 0.3 % for every move where nothing is forced, so "below 1 in 10,000" is empty for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.evaluation import exact_policy
from agents.games_file import Games, played_positions_of, positions_of
from agents.position_keys import shown_moves
from agents.positions import PositionSet
from games.connect_four import GAME, WIDTH
from games.connect_four_search import mirror_image
from games.core import Actions, Game, States
from lab.own_files import is_games_file


@dataclass(frozen=True)
class Certificates:
    """What one human's procedure leaves out at N positions.

    certified bool [N, A]: the certificates; human float64 [N, A]: the human's moves as recorded, slips
    and all; demonstrated: how many of the positions occur in the demonstrations at all.
    """

    name: str
    positions: PositionSet
    certified: NDArray[np.bool_]
    human: NDArray[np.float64]
    demonstrated: int

    @property
    def right(self) -> NDArray[np.bool_]:
        """Certificates that keep the position's exact value, [N, A]."""
        return self.certified & self.positions.keep

    @property
    def never(self) -> NDArray[np.bool_]:
        """Certificates to which no combination of slips leads either, [N, A]."""
        return np.asarray(self.certified & (self.human == 0.0))

    @property
    def needed(self) -> NDArray[np.bool_]:
        """Positions at which every right move is a certificate: the procedure must err there, [N]."""
        return np.asarray(~(self.positions.keep & ~self.certified).any(axis=1))


def find_certificates(
    human: str, positions: PositionSet, demonstrations: Games | None, game: Game = GAME
) -> Certificates:
    """The certificates of a scripted human (or crowd: ruled out for every member) at the positions.

    Raises UnknownPlayer for a human whose procedure is not known.
    """
    certified = ruled_out(human, positions.states, game)
    demonstrated = 0
    if demonstrations is not None and game.play_through is not None:
        played, made, _, _ = played_positions_of(demonstrations, game)
        occurs, known = shown_moves(positions.states, played, made, game)
        certified &= ~occurs
        demonstrated = int(known.sum())
    elif demonstrations is not None:
        shown, actions, _, _ = positions_of(demonstrations)
        certified &= ~_occurs(positions.states, shown, actions)
        demonstrated = int(np.isin(_position_keys(positions.states), _position_keys(shown)).sum())
    recorded = exact_policy(f"{human}.recorded", positions.states)
    return Certificates(human, positions, certified, recorded, demonstrated)


def ruled_out(human: str, states: States, game: Game = GAME) -> NDArray[np.bool_]:
    """The legal moves to which the careful human gives probability exactly 0, [B, A]."""
    careful = exact_policy(f"{human}.careful", states)
    return np.asarray(game.legal_action_mask(states) & (careful == 0.0))


def ruling_humans(humans: Sequence[str], states: States, game: Game = GAME) -> list[str]:
    """Those of the scripted humans whose procedure rules out any legal move at all at these states."""
    scripted = [human for human in dict.fromkeys(humans) if human != "none" and not is_games_file(human)]
    return [human for human in scripted if ruled_out(human, states, game).any()]


def move_keys(states: States, actions: Actions) -> NDArray[np.uint64]:
    """A number for each move at its position, shared with the mirrored move at its mirror image, [B]."""
    keys = np.empty(len(states), np.uint64)
    _keys(
        np.ascontiguousarray(states["current"]),
        np.ascontiguousarray(states["occupied"]),
        np.ascontiguousarray(actions, np.int64),
        keys,
    )
    return keys


def _position_keys(states: States) -> NDArray[np.uint64]:
    return move_keys(states, np.full(len(states), -1))


def _occurs(states: States, shown: States, actions: Actions) -> NDArray[np.bool_]:
    """Which of the seven moves at each state are among the moves shown, [B, 7]."""
    keys = move_keys(np.repeat(states, WIDTH), np.tile(np.arange(WIDTH), len(states)))
    return np.isin(keys, move_keys(shown, actions)).reshape(len(states), WIDTH)


@njit(cache=True)
def _keys(current: Any, occupied: Any, actions: Any, keys: Any) -> None:
    """current + occupied names a position (Pons); 3 bits for the move, 0 standing for none."""
    eight = np.uint64(8)
    for n in range(len(keys)):
        action = actions[n]
        mirrored = WIDTH - 1 - action if action >= 0 else -1
        here = (current[n] + occupied[n]) * eight + np.uint64(action + 1)
        image = mirror_image(current[n]) + mirror_image(occupied[n])
        keys[n] = min(here, image * eight + np.uint64(mirrored + 1))
