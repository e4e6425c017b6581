"""Tic-tac-toe as PettingZoo's `tictactoe_v3` has it: code for that runs here unchanged.

Its agents are called player_1 and player_2, as there. Cells are numbered alike in observation and action.
"""

from __future__ import annotations

from typing import Any

from pettingzoo.utils.env import AECEnv

from games.environments.two_player import TwoPlayerEnv, wrapped


class raw_env(TwoPlayerEnv):  # noqa: N801  (PettingZoo's name for it)
    """The environment without wrappers; a picture is `screen_height` pixels high and wide."""

    metadata = {**TwoPlayerEnv.metadata, "name": "tic_tac_toe_v0", "render_fps": 1}  # noqa: RUF012

    def __init__(self, render_mode: str | None = None, screen_height: int = 1000) -> None:
        size = (screen_height, screen_height)
        super().__init__("tic_tac_toe", render_mode, size, ("player_1", "player_2"))


def env(**kwargs: Any) -> AECEnv[Any, Any, Any]:
    """The environment in PettingZoo's wrappers; takes what raw_env takes."""
    return wrapped(raw_env(**kwargs))
