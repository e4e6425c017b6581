"""The ids under which Gymnasium and PettingZoo know our environments."""

from __future__ import annotations

import os

import gymnasium

WORLDS = {
    "ConnectFour": "connect_four",
    "TicTacToe": "tic_tac_toe",
    **{f"Go{size}": f"go{size}" for size in (5, 7, 9, 13, 19)},
}
MODULES = ("connect_four", "tic_tac_toe", "go")  # of PettingZoo's faces; go takes its board_size
ENVIRONMENTS = "games.environments"


def register_all() -> None:
    """Register every environment that is not registered yet."""
    for name, world in {**WORLDS, "Game": ""}.items():
        if f"move37/{name}-v0" not in gymnasium.registry:
            gymnasium.register(
                f"move37/{name}-v0",
                entry_point=f"{ENVIRONMENTS}.against:AgainstEnv",
                vector_entry_point=f"{ENVIRONMENTS}.against_many:AgainstVectorEnv",
                kwargs={"world": world} if world else {},
            )
    _register_with_pettingzoo()


def _register_with_pettingzoo() -> None:
    sound = os.environ.get("SDL_AUDIODRIVER")
    try:
        from pettingzoo import aec_registry, register
    except ImportError:  # before its version 1.26 there is no registry
        return
    finally:
        _restore("SDL_AUDIODRIVER", sound)
    for world in MODULES:
        if f"move37/{world}-v0" not in aec_registry:
            register("aec", f"move37/{world}-v0", entry_point=f"{ENVIRONMENTS}.{world}_v0:env")


def _restore(variable: str, value: str | None) -> None:
    """PettingZoo turns the sound off for the whole process when it is imported; who wants it keeps it."""
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value
