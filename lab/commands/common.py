"""What all subcommands share: the options of every one of them, the error for what cannot be done, JSON.

Importing these files costs neither torch nor numba; the work imports what it needs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class UsageError(ValueError):
    """What was asked for cannot be done; the message says what can."""


@dataclass(frozen=True)
class Common:
    """What every subcommand takes."""

    world: str = "connect_four"
    """The game."""
    seed: int = 0
    """Everything random follows from it."""
    out: Path | None = None
    """A new folder for what comes of it; never overwritten. Learning: by default the next free one in
    runs/. demonstrate: the file of games."""
    json: Path | None = None
    """Write the result there too (docs/result.md)."""


def check_seed(command: Any) -> None:
    """Raise UsageError for a seed that is none."""
    if command.seed < 0:
        raise UsageError(f"--seed is a whole number, 0 or more, not {command.seed}")


Action = Callable[[Any], None]


def checked(actions: dict[type, Action], check_world: Callable[[str], None]) -> dict[type, Action]:
    """The actions of subcommands, before each of which its world and seed are checked, with UsageError."""

    def of(action: Action) -> Action:
        def act(command: Common) -> None:
            check_world(command.world)
            check_seed(command)
            action(command)

        return act

    return {command: of(action) for command, action in actions.items()}


def command_line() -> str:
    """The command as it was typed."""
    return "python train.py " + " ".join(sys.argv[1:])


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, its folder too; raises OSError."""
    from lab.durable import replace_file

    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, (json.dumps(value, indent=1, allow_nan=False) + "\n").encode())


def new_folder(command: Common) -> Path | None:
    """The folder of --out, made, with the command and its settings; raises RunExists."""
    if command.out is None:
        return None
    from lab.run import create_run

    return create_run(command.out, vars(command), command_line()).folder
