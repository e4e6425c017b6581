"""The subcommand `games`: what a file of games holds, and which of them cannot be read, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console

from lab.commands.common import UsageError, write_json


@dataclass(frozen=True)
class Games:
    """Look into SGF files: what can be imitated, what cannot be read and why, who played."""

    path: Annotated[Path, tyro.conf.Positional]
    """An SGF file, a zip archive of such, or a folder."""
    size: int | None = None
    """Games on this board alone, 9 for 9x9; all, where it is left out."""
    most: int = 20
    """So many bad games are named; --json names all."""
    json: Path | None = None
    """Write the counts and every bad game there."""


def games(command: Games) -> None:
    """Print what is there. Raises NotationError, and UsageError where not one game can be read."""
    from agents.human_games import rank_band
    from games.notation import read_sgf

    console = Console(highlight=False)
    found = read_sgf(command.path, command.size)
    told: dict[str, Any] = {"schema": "move37-games/1", "path": command.path.as_posix(), **found.to_json()}
    told["sizes"] = _counted(game.size for game in found.games)
    told["results"] = _counted(str(game.result).split("+")[0] for game in found.games)
    told["ranks"] = _counted(rank_band(rank) for game in found.games for rank in game.ranks)
    told["moves"] = sum(len(game.actions) for game in found.games)
    console.print("\n".join(found.report(command.most)), soft_wrap=True, markup=False)
    for words, name in (("boards:", "sizes"), ("won by", "results"), ("ranks:", "ranks")):
        if told[name]:
            counts = ", ".join(f"{key}: {count:,}" for key, count in told[name].items())
            console.print(f"{words} {counts}", soft_wrap=True)
    if command.json:
        write_json(command.json, told)
    if not found.games:
        board = f" on {command.size}x{command.size}" if command.size else ""
        raise UsageError(
            f"{command.path}: not one game{board} could be read; SGF files, or archives of them, can"
        )
    console.print(f"{told['moves']:,} moves")


def _counted(values: Any) -> dict[str, int]:
    """How often each value occurs, by its name."""
    return {str(key): count for key, count in sorted(Counter(map(str, values)).items())}
