"""Does a game keep what `Game` promises? A first look at one's own: types, shapes and some random games.

All that a game has to keep is in tests/games/test_conformance.py, which takes `--game path/to/my_game.py`.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from games.core import Game, States

TRIED = 16  # random games: some of them won by each side, as a rule


class BadGame(ValueError):  # noqa: N818
    """A game that does not keep what `Game` promises; the message names the rule."""


def check_game(game: Game, seed: int = 0) -> None:
    """Play random games by the rules; raises BadGame for the first thing that is not as `Game` has it."""
    _check_value(game)
    random, states = np.random.default_rng(seed), _asked(game, "new", TRIED)
    _check_array(game, "new", states, (TRIED,), game.state_dtype)
    for ply in range(game.max_plies + 1):
        mask = _check_position(game, states)
        if game.num_players == 2:
            _need((_asked(game, "current_player", states) == ply % 2).all(), "current_player: two alternate")
        live = mask.any(axis=1)
        if not live.any():
            return
        _need(ply < game.max_plies, f"max_plies is {game.max_plies}, but a game went on after so many moves")
        states, mask = states[live], mask[live]
        actions = (random.random(mask.shape) * mask).argmax(axis=1).astype(np.int32)
        states = _asked(game, "step", states, actions)
        _check_array(game, "step", states, (len(actions),), game.state_dtype)


def _check_value(game: Game) -> None:
    _need(bool(re.fullmatch("[a-z][a-z0-9_]*", str(game.name))), f"name {game.name!r}: use a-z, 0-9 and _")
    _need(game.num_players in (1, 2), f"num_players is {game.num_players}: 1 or 2")
    _need(game.num_actions >= 1 and game.max_plies >= 1, "num_actions and max_plies are at least 1")
    names = game.action_names
    _need(len(set(names)) == len(names) == game.num_actions, "action_names: so many, all different")
    _need(game.state_dtype.names is not None, "state_dtype: a structured one, np.dtype([(name, type), ...])")


def _check_position(game: Game, states: States) -> Any:
    """Every rule asked of a batch; its legal actions, [B, A]."""
    batch = len(states)
    expected: dict[str, tuple[tuple[int, ...], Any]] = {
        "legal_action_mask": ((batch, game.num_actions), np.bool_),
        "current_player": ((batch,), np.int8),
        "observe": ((batch, *game.observation_shape), np.float32),
        "rewards": ((batch, game.num_players), np.float32),
        "is_terminal": ((batch,), np.bool_),
    }
    found = {rule: _asked(game, rule, states) for rule in expected}
    for rule, (shape, dtype) in expected.items():
        _check_array(game, rule, found[rule], shape, np.dtype(dtype))
    mask, over, rewards = found["legal_action_mask"], found["is_terminal"], found["rewards"]
    _need(bool((mask.any(axis=1) != over).all()), "legal_action_mask: some until is_terminal, then none")
    _need(not rewards[~over].any(), "rewards: 0 until the game is over")
    _need(game.num_players == 1 or not rewards.sum(axis=1).any(), "rewards: what one wins the other loses")
    text = _asked(game, "to_text", states[0])
    _need(isinstance(text, str), "to_text: gives a string")
    again = _asked(game, "from_text", text)
    _need(_asked(game, "to_text", again[0]) == text, "from_text: gives the state [1] that to_text was given")
    return mask


def _asked(game: Game, rule: str, *arguments: Any) -> Any:
    """What a rule answers; whatever it raises is told as its own fault."""
    try:
        return getattr(game, rule)(*arguments)
    except Exception as error:
        raise BadGame(f"{rule} raises {type(error).__name__}: {error}") from error


def _check_array(game: Game, rule: str, found: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    wanted = f"{rule}: gives {dtype.name if dtype.names is None else 'state_dtype'} {shape}"
    _need(isinstance(found, np.ndarray), f"{wanted}, not a {type(found).__name__}")
    _need((found.shape, found.dtype) == (shape, dtype), f"{wanted}, not {found.dtype} {found.shape}")


def _need(kept: bool, what: str) -> None:
    if not kept:
        raise BadGame(f"the game does not keep what games.core.Game says. {what}")
