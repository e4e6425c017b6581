"""What every subcommand of the board half begins with: a world that has an experiment."""

from __future__ import annotations

import difflib

from games.core import game_names
from lab.commands.common import UsageError

WORLDS = ("connect_four",)


def check_world(world: str) -> None:
    """Raise UsageError for a world without an experiment."""
    if world in WORLDS:
        return
    near = difflib.get_close_matches(world, game_names(), n=1)
    if near and near[0] not in WORLDS:
        raise UsageError(f"{near[0]} has rules here but no experiment yet; worlds: {', '.join(WORLDS)}")
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    others = "and, in text, arithmetic; compare without --world runs both"
    raise UsageError(f"no world is called {world!r}{hint}; worlds: {', '.join(WORLDS)} {others}")
