"""One's own player out of a file that holds `def player(game: Game) -> Player`: docs/your_own_game.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.player import Player
from games.core import Actions, Game, States
from games.own_file import OwnFileError, load_module, value_of, wrong_in
from lab.randomness import Keys

WANTED = "a file with a player holds `def player(game)`, which gives an agents.player.Player"


def own_player(path: str, game: Game) -> Player:
    """The player of a file; what it does wrong later is an OwnFileError, too.

    Raises OwnFileError.
    """
    make = value_of(load_module(path), path, "player", FunctionType, WANTED)
    made = _called(path, make, game)
    if not isinstance(made, Player):
        raise OwnFileError(f"{path}: player(game) gives a {type(made).__name__}: {WANTED}")
    policy = None if made.policy is None else _checked_policy(path, made.policy, game)
    return replace(made, act=_checked_act(path, made.act, policy, game), policy=policy)


def _called(path: str, function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except OwnFileError:
        raise
    except Exception as error:
        raise OwnFileError(wrong_in(path, error)) from error


def _checked_act(
    path: str, act: Callable[..., Any], policy: Callable[..., Any] | None, game: Game
) -> Callable[..., Actions]:
    unseen = policy is not None

    def checked(states: States, game_keys: Keys, plies: NDArray[np.int32]) -> Actions:
        nonlocal unseen
        if unseen and policy is not None:  # once: who acts by shares that are none would not be noticed
            policy(states)
            unseen = False
        actions = np.asarray(_called(path, act, states, game_keys, plies))
        if actions.shape != (len(states),) or not np.issubdtype(actions.dtype, np.integer):
            told = f"{actions.dtype} {actions.shape}"
            raise OwnFileError(f"{path}: act gives whole numbers ({len(states)},), one a state, not {told}")
        inside = (actions >= 0) & (actions < game.num_actions)
        legal = game.legal_action_mask(states)[np.arange(len(states)), np.where(inside, actions, 0)] & inside
        if not legal.all():
            row = int(legal.argmin())
            raise OwnFileError(
                f"{path}: act chooses action {actions[row]}, which is illegal in\n{game.to_text(states[row])}"
            )
        return actions.astype(np.int32)

    return checked


def _checked_policy(path: str, policy: Callable[..., Any], game: Game) -> Callable[..., Any]:
    def checked(states: States) -> NDArray[np.float64]:
        shares = np.asarray(_called(path, policy, states), np.float64)
        shape = (len(states), game.num_actions)
        if shares.shape != shape:
            raise OwnFileError(f"{path}: policy gives shares {shape}, a row a state, not {shares.shape}")
        mask = game.legal_action_mask(states)
        sums = shares.sum(axis=1)
        if (shares[~mask] != 0).any() or not np.allclose(sums[mask.any(axis=1)], 1):
            raise OwnFileError(f"{path}: policy gives each state's legal actions shares that sum to 1")
        return shares

    return checked
