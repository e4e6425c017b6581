"""The subcommands for runs that are there: resume, report, and runs list, show, delete."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from lab.commands.common import UsageError, write_json
from lab.commands.finish import finish
from lab.commands.lesson import finish_lesson
from lab.lessons import Lists
from lab.wing import Wings

if TYPE_CHECKING:
    from lab.run_overview import RunOverview


@dataclass(frozen=True)
class Report:
    """Write report.html of a finished run again (a lesson's is there); of several, overlay.html with all."""

    run: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """One run, or several to lay over each other."""
    out: Path | None = None
    """The folder for overlay.html, or for what --anew makes; default: that of the first run."""
    anew: bool = False
    """Put the result of one run together again from the files of its tasks, of several seeds those that are
    finished, with the claims of this version."""


@dataclass(frozen=True)
class Resume:
    """Go on with a run, or a lesson, that was stopped or killed."""

    run: Annotated[Path, tyro.conf.Positional]
    json: Path | None = None
    """Write the result there too (docs/result.md)."""
    anyway: bool = False
    """Go on under another processor, precision or version than the run was begun under, and record it:
    it will not end as it would have."""


@dataclass(frozen=True)
class List:
    """The runs in a folder: job, seeds, how far, how strong, when."""

    folder: Annotated[Path, tyro.conf.Positional] = Path("runs")
    json: Path | None = None
    """Write the table there too."""


@dataclass(frozen=True)
class Show:
    """One run: its settings, arms, scores, times and files, and how to go on with it."""

    run: Annotated[Path, tyro.conf.Positional]
    json: Path | None = None
    """Write it there too."""


@dataclass(frozen=True)
class Delete:
    """Delete a run folder: only one that holds a run and nothing else, and after a question."""

    run: Annotated[Path, tyro.conf.Positional]
    yes: bool = False
    """Do not ask."""


Choice = (
    Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Show, tyro.conf.subcommand("show")]
    | Annotated[Delete, tyro.conf.subcommand("delete")]
)
WIDE = 120  # columns of a terminal that has room for everything
CHOICES = {"runs list": List, "runs show": Show, "runs delete": Delete}


@dataclass(frozen=True)
class Runs:
    """The runs that are there: list, show, delete."""

    do: tyro.conf.OmitSubcommandPrefixes[Choice]


def resume(command: Resume, wings: Wings, lists: Lists) -> None:
    """Go on with a stopped run or lesson. Raises UsageError, RunError, EnvironmentDiffers, RunBusy,
    TaskFailed."""
    from lab.run import open_run
    from lab.run_overview import instead_of_resume

    run = open_run(command.run)
    if run.config.get("job") == "lesson":
        finish_lesson(run, lists, command.json, command.anyway)
        return
    if instead := instead_of_resume(run):
        raise UsageError(f"{run.folder} is no learning run, which resume goes on with; {instead}")
    finish(run, wings, command.json, command.anyway)


def report(command: Report, wings: Wings) -> None:
    """Write the page of a finished run again, or lay several over each other. Raises ResultError."""
    if not command.run:
        raise UsageError("report: name a run folder, or several")
    if command.anew:
        page = _anew(command, wings)
    elif len(command.run) == 1 and command.out is None:
        page = _page_of(command.run[0])
    else:
        from lab.report.overlay import write_overlay

        page = write_overlay(command.run, command.out or command.run[0])
    Console().print(f"report  {page}", highlight=False, soft_wrap=True)


def _page_of(folder: Path) -> Path:
    """Write the page of a comparison again; a lesson has written its own, which is there."""
    from lab.report import ResultError, write_report
    from lab.run_overview import OTHER_JOBS

    if not (folder / OTHER_JOBS["lesson"]).is_file():
        return write_report(folder)
    page = folder / "report.html"
    if not page.is_file():
        raise ResultError(f"{folder}: this lesson's report.html is gone; do the lesson again")
    return page


def _anew(command: Report, wings: Wings) -> Path:
    from lab.report import write_report
    from lab.run import open_run
    from lab.runs import put_together

    if len(command.run) > 1:
        raise UsageError("report --anew: name one run")
    result, missing = put_together(open_run(command.run[0]), wings)
    if missing:
        Console().print(f"not finished and left out: {'; '.join(missing)}", highlight=False)
    folder = command.out or command.run[0]
    write_json(folder / "result.json", result)
    return write_report(folder)


def runs(command: Runs, wings: Wings) -> None:
    """List, show or delete runs. Raises RunError, NotDeletable, RunBusy, UsageError."""
    actions: dict[type, Any] = {List: _list, Show: _show, Delete: _delete}
    actions[type(command.do)](command.do, wings)


def _list(command: List, wings: Wings) -> None:
    from lab.run_overview import find_runs

    found = find_runs(command.folder, wings)
    if command.json:
        write_json(command.json, {"schema": "move37-runs/1", "runs": [run.to_json() for run in found]})
    if not found:
        Console().print(f"no runs in {command.folder}", highlight=False)
        return
    console = Console(highlight=False)
    wide = console.width >= WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("run", overflow="fold")  # it alone may take a second line
    for column in ("world", *(("preset", "seed") if wide else ()), "state", "strongest, raw", "date"):
        table.add_column(column, no_wrap=True)
    for run in found:
        more = (run.preset, _seeds(run)) if wide else ()
        world = "both" if " + " in run.world else run.world
        date = run.date if wide else run.date.partition(" ")[0]
        table.add_row(run.folder.name, world, *more, run.state_words, _score(run), date)
    console.print(table)


def _seeds(run: RunOverview) -> str:
    return str(run.seeds[0]) if len(run.seeds) == 1 else f"{run.seeds[0]}-{run.seeds[-1]}"


def _score(run: RunOverview) -> str:
    player = (run.player or "").removesuffix(", greedy")
    return f"{player} {100 * run.score.rate:.1f} %" if run.score else ""


def _show(command: Show, wings: Wings) -> None:
    from lab.run_overview import details

    shown = details(command.run, wings)
    if command.json:
        write_json(command.json, shown)
    console = Console(highlight=False)
    console.print(f"[bold]{shown['folder']}[/]  {shown['state_words']}\n{shown['command']}", soft_wrap=True)
    for title, rows in shown["tables"].items():
        if rows:
            table = Table(box=None, title=title, title_justify="left", pad_edge=False, show_header=False)
            for row in rows:
                table.add_row(*(str(cell) for cell in row))
            console.print(table)
    console.print("\n".join(shown["go_on"]), soft_wrap=True)


def _delete(command: Delete, _: Wings) -> None:
    from lab.run_delete import check_deletable, delete_run

    files, size = check_deletable(command.run)
    if not command.yes:
        if not sys.stdin.isatty():
            raise UsageError(f"nothing is deleted: to delete {command.run} unasked, add --yes")
        answer = Console().input(f"Delete {command.run}: {files} files, {size / 1e6:.1f} MB? \\[y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            Console().print("nothing is deleted")
            return
    delete_run(command.run)
    Console().print(f"deleted {command.run}: {files} files, {size / 1e6:.1f} MB", highlight=False)
