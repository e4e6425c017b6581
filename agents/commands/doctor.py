"""The subcommand `doctor`: is this machine fit for a run, and what will be slow, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from lab.commands.common import write_json

MARKS = {"good": "[green]✓[/]", "note": "[yellow]○[/]", "problem": "[red]✗[/]"}


@dataclass(frozen=True)
class Doctor:
    """Look at this machine: versions, cores, precision, caches, names, speed; exit code 1 if runs fail."""

    json: Path | None = None
    """Write the findings there too (docs/result.md)."""


def doctor(command: Doctor) -> None:
    """Print the findings as they come. Raises SystemExit(1) where something would fail."""
    from agents.doctor import examine
    from lab.doctor import report

    console, findings = Console(highlight=False), []
    for finding in examine(Path()):
        findings.append(finding)
        console.print(
            f"{MARKS[finding.level]} [bold]{finding.name}[/]  {escape(finding.value)}", soft_wrap=True
        )
        if finding.advice:
            console.print(f"    {escape(finding.advice)}", soft_wrap=True)
    told = report(findings)
    if command.json:
        write_json(command.json, told)
    if not told["fit"]:
        console.print("[red]Something would fail[/]: see the ✗ above.")
        raise SystemExit(1)
    console.print("Fit for a run: python train.py compare")
