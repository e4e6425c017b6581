"""A short name for the stones of a Go position that all eight views of it share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.played_states import PlayedStates
from games.core import Actions, Game, States

CHUNK = 20_000  # positions made anew at a time


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


def shown_moves(
    states: States, played: PlayedStates, actions: Actions, game: Game
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What games show at some positions, up to symmetry and exchanged colours.

    states [N]; actions int32 [P]: the move made at each position of the games. Returns (which of its
    legal actions were made at a position, bool [N, A]; whether any game came to it at all, bool [N]).
    """
    here = position_keys(states, game)
    where, legal = np.nonzero(game.legal_action_mask(states))
    asked = _move_keys(here[where], states[where], legal.astype(np.int32), game)
    known, made = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
    for at in range(0, len(played), CHUNK):
        some, moves = played[at : at + CHUNK], actions[at : at + CHUNK]
        keys = position_keys(some, game)
        met = np.isin(keys, here)
        known.append(keys[met])
        made.append(_move_keys(keys[met], some[met], moves[met], game))
    shown = np.zeros((len(states), game.num_actions), np.bool_)
    shown[where, legal] = np.isin(asked, np.concatenate(made))
    return shown, np.isin(here, np.concatenate(known))


def _move_keys(keys: NDArray[np.uint64], states: States, actions: Actions, game: Game) -> NDArray[np.uint64]:
    """A number for each move at its position, shared by all views of it, [B]: the boards before and after."""
    after = position_keys(game.step(states, actions), game) if len(states) else keys
    return np.asarray(keys * np.uint64(0x9E3779B97F4A7C15) ^ after, np.uint64)
