"""What every subcommand that learns does, whichever world it is for: counts from a preset, then a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from lab.commands.common import UsageError, command_line
from lab.commands.finish import finish
from lab.device import resolve_device
from lab.wing import Wings


def with_counts(command: type, counts: Any) -> Any:
    """A learning subcommand whose counts are those of a preset, for the command line to change."""
    # the device is resolved when the run begins, not when the preset was written
    return command(
        **{
            setting.name: getattr(counts, setting.name)
            for setting in fields(command)
            if setting.name != "device" and setting.name in vars(counts)
        }
    )


def settings_of(command: Any, counts: Any, **changes: Any) -> Any:
    """The resolved settings of a run: the preset's, where this subcommand takes none of its own."""
    names = {setting.name for setting in fields(counts)}
    own = {name: value for name, value in vars(command).items() if name in names}
    return replace(counts, **own | {"device": resolve_device(command.device)}, **changes)


def learn(command: Any, config: Any, job: str, wings: Wings, check: Callable[[Any], Any]) -> Path:
    """Check the settings, make the run folder, do the run; returns the folder. Raises UsageError, RunError,
    TaskFailed and what `check` raises."""
    from lab.run import create_run, next_run_folder

    if command.seeds < 1:
        raise UsageError(f"--seeds is a number of runs, at least 1, not {command.seeds}")
    check(config)
    folder = command.out or next_run_folder(Path("runs"), job, command.world)
    settings = {"job": job, "seeds": command.seeds, **vars(config)}
    finish(create_run(folder, settings, command_line()), wings, command.json)
    return folder
