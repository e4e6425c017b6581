"""Connect Four as PettingZoo's `connect_four_v3` has it: code for that runs here unchanged."""

from __future__ import annotations

from typing import Any

from pettingzoo.utils.env import AECEnv

from games.environments.two_player import TwoPlayerEnv, wrapped


class raw_env(TwoPlayerEnv):  # noqa: N801  (PettingZoo's name for it)
    """The environment without wrappers; a picture is 99 by 86 times `screen_scaling` pixels."""

    metadata = {**TwoPlayerEnv.metadata, "name": "connect_four_v0", "render_fps": 2}  # noqa: RUF012

    def __init__(self, render_mode: str | None = None, screen_scaling: int = 9) -> None:
        size = (99 * screen_scaling, 86 * screen_scaling)
        super().__init__("connect_four", render_mode, size, ("player_0", "player_1"))


def env(**kwargs: Any) -> AECEnv[Any, Any, Any]:
    """The environment in PettingZoo's wrappers; takes what raw_env takes."""
    return wrapped(raw_env(**kwargs))
