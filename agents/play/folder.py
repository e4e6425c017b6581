"""Where the window keeps what it remembers: settings, one's own results, saved games."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

NAME = "move37"
TEXT, SGF = ".txt", ".sgf"  # how games are saved; Go as everybody does


def user_folder() -> Path:
    """The user's configuration folder for this project; it need not exist yet.

    XDG_CONFIG_HOME wherever it is set, else what the system has for it.
    """
    if given := os.environ.get("XDG_CONFIG_HOME"):
        return Path(given) / NAME
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / NAME
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / NAME
    return home / ".config" / NAME


def put_aside(path: Path) -> Path:
    """Rename a file that cannot be read, so that nobody's words are overwritten; returns the new name."""
    aside = path.with_name(f"{path.name}.broken")
    os.replace(path, aside)
    return aside


def games_folder() -> Path:
    """Where games are saved."""
    return user_folder() / "games"


def last_path(world: str, ending: str) -> Path:
    """Where the game that is left is kept."""
    return games_folder() / f"last-{world}{ending}"


def fresh_path(world: str, now: datetime, ending: str = TEXT) -> Path:
    """A name that is not taken for a game that ends now."""
    base = games_folder() / f"{world}-{now:%Y-%m-%d-%H%M%S}{ending}"
    numbered = (base.with_stem(f"{base.stem}-{n}") for n in range(2, 1000))
    return next(path for path in (base, *numbered) if not path.exists())


def saved_games(most: int = 200) -> list[Path]:
    """The saved games, newest first."""
    folder = games_folder()
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.suffix in (TEXT, SGF)]
    return sorted(found, key=changed_at, reverse=True)[:most]


def changed_at(path: Path) -> float:
    """When a file or folder was last changed; long ago, if it is gone meanwhile."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
