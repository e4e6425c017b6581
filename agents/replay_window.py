"""The replay window of self-play: the newest positions, what to learn from each, and how it is saved.

Where states are small they are kept; where a game can be played through (Go, whose states hold their whole
history) its moves are, and a position is made anew when it is drawn: 40 MB for what would be 1 GB.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.learning import Examples, PlayedExamples
from agents.played_states import PlayedStates
from games.core import Game

Window = Examples | PlayedExamples


def empty_window(game: Game) -> Window:
    """No positions yet."""
    weights, values = np.zeros((0, game.num_actions), np.float32), np.zeros(0, np.float32)
    owners = None
    if game.score is not None:
        owners = np.zeros((0, int(np.prod(game.observation_shape[1:]))), np.int8)
    if game.play_through is None:
        return Examples(np.zeros(0, game.state_dtype), weights, values, owners)
    none = np.zeros(0, np.int64)
    actions = np.full((0, game.max_plies), -1, np.int16)
    played = PlayedStates(game, np.zeros(0, game.state_dtype), actions, none, none.astype(np.int32))
    return PlayedExamples(played, weights, values, owners)


def join(window: Window, new: Window, size: int) -> Window:
    """The window with `new` behind it, its last `size` positions."""
    weights = np.concatenate([window.action_weights, new.action_weights])[-size:]
    values = np.concatenate([window.value_targets, new.value_targets])[-size:]
    owners = None
    if window.owners is not None and new.owners is not None:
        owners = np.concatenate([window.owners, new.owners])[-size:]
    if isinstance(window, PlayedExamples):
        assert isinstance(new, PlayedExamples), "a window holds positions of one game"
        return PlayedExamples(_join_played(window.states, new.states, size), weights, values, owners)
    assert isinstance(new, Examples), "a window holds positions of one game"
    return Examples(np.concatenate([window.states, new.states])[-size:], weights, values, owners)


def _join_played(window: PlayedStates, new: PlayedStates, size: int) -> PlayedStates:
    """Games whose positions have all left the window leave it, too."""
    index = np.concatenate([window.game_index, new.game_index + len(window.starts)])[-size:]
    first = int(index.min(initial=len(window.starts) + len(new.starts)))
    return PlayedStates(
        new.game,
        np.concatenate([window.starts, new.starts])[first:],
        np.concatenate([window.actions, new.actions])[first:],
        index - first,
        np.concatenate([window.plies, new.plies])[-size:],
    )


def window_arrays(window: Window) -> dict[str, Any]:
    """The window by name, for a checkpoint."""
    arrays: dict[str, Any] = {}
    arrays |= {"replay.action_weights": window.action_weights, "replay.value_targets": window.value_targets}
    if window.owners is not None:
        arrays["replay.owners"] = window.owners
    if isinstance(window, Examples):
        return arrays | {"replay.states": window.states.view(np.uint8)}
    played = window.states
    return arrays | {
        "replay.starts": played.starts.view(np.uint8),
        "replay.actions": played.actions,
        "replay.game_index": played.game_index,
        "replay.plies": played.plies,
    }


def restore_window(tensors: dict[str, Any], game: Game) -> Window:
    """The inverse of window_arrays; raises KeyError where something is missing."""
    weights, values = tensors["replay.action_weights"], tensors["replay.value_targets"]
    owners = tensors.get("replay.owners")
    if game.play_through is None:
        states = tensors["replay.states"].view(game.state_dtype).reshape(-1)
        return Examples(states, weights, values, owners)
    played = PlayedStates(
        game,
        tensors["replay.starts"].view(game.state_dtype).reshape(-1),
        tensors["replay.actions"],
        tensors["replay.game_index"],
        tensors["replay.plies"],
    )
    return PlayedExamples(played, weights, values, owners)
