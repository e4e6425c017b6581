"""Files of lessons of one's own: which names are such files, and the copy that a run keeps of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lab.durable import replace_file

TEXT = ".txt"
ENDINGS = (TEXT, ".sgf", ".zip")


def is_games_file(name: str) -> bool:
    """Whether a human's name is a file of games, or of answers: .txt, .sgf, .zip, or a folder, which is
    known by a slash in its name."""
    if name.lower().endswith(ENDINGS):
        return True
    slash = "/" in name or os.sep in name
    return name.endswith(("/", os.sep)) or (slash and Path(name).is_dir())


def is_text(name: str) -> bool:
    """Whether a human's name is a text file of games."""
    return name.lower().endswith(TEXT)


def is_sgf(path: Path | str) -> bool:
    """Whether games lie there as SGF: a file, an archive, a folder."""
    return Path(path).suffix.lower() in ENDINGS[1:] or Path(path).is_dir()


def named(path: Path) -> str:
    """The name under which is_games_file knows a path that the user gave: a folder's ends in a slash."""
    return f"{path.as_posix()}/" if path.is_dir() else path.as_posix()


def keep(source: Path, kept: Path) -> None:
    """Copy a file, or the files of games in a folder, once; what is there already stays. Raises OSError."""
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_dir():
        replace_file(kept, source.read_bytes())
        return
    torn = kept.with_name(f".{kept.name}.unfinished")
    shutil.rmtree(torn, ignore_errors=True)
    for path in sorted(source.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            place = torn / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    torn.mkdir(parents=True, exist_ok=True)
    torn.rename(kept)
