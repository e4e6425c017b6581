"""The subcommands for runs that are there: resume, report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from agents.commands.learn import finish


@dataclass(frozen=True)
class Report:
    """Write report.html of a finished run again."""

    run: Annotated[Path, tyro.conf.Positional]


@dataclass(frozen=True)
class Resume:
    """Go on with a run that was stopped."""

    run: Annotated[Path, tyro.conf.Positional]
    json: Path | None = None
    """Write the result there too (docs/result.md)."""
    anyway: bool = False
    """Go on under another processor, precision or version than the run was begun under, and record it:
    it will not end as it would have."""


def resume(command: Resume) -> None:
    """Go on with a stopped run. Raises RunError, EnvironmentDiffers, RunBusy, TaskFailed."""
    from lab.run import open_run

    finish(open_run(command.run), command.json, command.anyway)


def report(command: Report) -> None:
    """Write the page of a finished run again. Raises ResultError."""
    from lab.report import write_report

    Console().print(f"report  {write_report(command.run)}", highlight=False, soft_wrap=True)
