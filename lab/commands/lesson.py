"""The subcommands for the lessons of both wings: one of them, and the list."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lab.commands.common import UsageError, check_seed, command_line, write_json
from lab.commands.stopping import INTERRUPTED, stopping_told
from lab.lessons import Lesson as Known
from lab.lessons import LessonPreset, Lists, lessons_in

if TYPE_CHECKING:
    from lab.run import Run

MARKS = {"shown": ("✓", "green"), "contradicted": ("✗", "red"), "not shown": ("○", "yellow")}


@dataclass(frozen=True)
class Lesson:
    """A lesson, in a minute to a few: gridworld, over-optimisation, ... A report, curves, a table."""

    name: Annotated[str, tyro.conf.Positional]
    """Which; `lessons` lists them."""
    preset: LessonPreset = "standard"
    """quick: at most 3 minutes on 2 cores, with fewer seeds where that needs it; standard: every seed."""
    seed: int = 0
    """Everything random follows from it."""
    seeds: int | None = None
    """So many, SEED, SEED + 1, ...; intervals are over them. By default as many as the preset has."""
    workers: int = 2
    """Processes, each with one thread; each does one seed at a time."""
    out: Path | None = None
    """A new folder for what comes of it, never overwritten; by default the next free one in runs/."""
    json: Path | None = None
    """Write the result there too."""


@dataclass(frozen=True)
class Lessons:
    """List the lessons: what each asks, and how long it takes."""

    json: Path | None = None
    """Write the list there too."""


def lessons(command: Lessons, lists: Lists) -> None:
    """Print the lessons with their questions and times."""
    known = lessons_in(lists)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("lesson", "it asks", "seeds", "takes, CPU"):
        table.add_column(
            column, no_wrap=column != "it asks", justify="right" if column == "takes, CPU" else "left"
        )
    for name, lesson in known.items():
        table.add_row(name, lesson.claim, str(lesson.seeds), f"about {lesson.cpu_seconds:.0f} s")
    console = Console(highlight=False)
    console.print(table)
    console.print("CPU times as measured on busy cores. Start one: python train.py lesson NAME", style="dim")
    if command.json:
        told = {name: {"title": lesson.title, "claim": lesson.claim, "seeds": lesson.seeds,
                       "quick_seeds": lesson.seeds_of("quick"),
                       "cpu_seconds": lesson.cpu_seconds} for name, lesson in known.items()}  # fmt: skip
        write_json(command.json, {"schema": "move37-lessons/1", "lessons": told})


def lesson(command: Lesson, lists: Lists) -> None:
    """Do a lesson. Raises UsageError, RunExists, RunError, TaskFailed."""
    known = _checked(command, lessons_in(lists))
    from lab.run import create_run, next_run_folder

    count = known.seeds_of(command.preset) if command.seeds is None else command.seeds
    folder = command.out or next_run_folder(Path("runs"), "lesson", command.name)
    settings = {
        "job": "lesson",
        "world": command.name,
        "seed": command.seed,
        "seeds": count,
        "preset": command.preset,
        "workers": command.workers,
    }
    finish_lesson(create_run(folder, settings, command_line()), lists, command.json)


def finish_lesson(run: Run, lists: Lists, json_path: Path | None = None, anyway: bool = False) -> None:
    """Do what is left of a lesson, and tell what came out; one that is finished is pointed to.

    Raises UsageError, RunError, EnvironmentDiffers, RunBusy, TaskFailed; SystemExit once it is stopped.
    """
    from lab.lessons.run import tasks_of, teach
    from lab.run_overview import overview
    from lab.workers import Interrupted, mark

    name, seeds, workers = _asked_for(run)
    known = _find(name, lessons_in(lists))
    console = Console(highlight=False)
    if overview(run.folder, {}).state == "finished":
        console.print(f"finished already; report: {run.folder / 'report.html'}", soft_wrap=True)
        if json_path:
            write_json(json_path, json.loads((run.folder / "lesson.json").read_bytes()))
        return
    console.print(f"run folder: {run.folder}", soft_wrap=True)
    try:
        with stopping_told(console, "seeds under way leave after this piece of work, within a minute or so"):
            record = teach(
                name, known, seeds, run, lambda words: console.print(words, style="dim"), workers, anyway
            )
    except (Interrupted, KeyboardInterrupt):
        done = sum(mark(run.folder, task.name).exists() for task in tasks_of(seeds))
        saved = f"stopped; {done} of {len(seeds)} seeds are done and saved"
        console.print(f"\n{saved}. Go on with: python train.py resume {run.folder}", soft_wrap=True)
        raise SystemExit(INTERRUPTED) from None
    if json_path:
        write_json(json_path, record)
    _print(record, known, console)
    for what, file in (
        ("report", "report.html"),
        ("animation", known.animation),
        ("TensorBoard", "tensorboard"),
    ):
        if file:
            console.print(f"{what:12} {run.folder / file}", soft_wrap=True)


def _asked_for(run: Run) -> tuple[str, tuple[int, ...], int]:
    """(lesson, seeds, workers) of a lesson's run folder. Raises RunError."""
    from lab.run import RunError

    try:
        first, count = int(run.config["seed"]), int(run.config["seeds"])
        if count < 1:
            raise ValueError(f"{count} seeds")
        return str(run.config["world"]), tuple(range(first, first + count)), int(run.config.get("workers", 2))
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{run.folder}: its config.json is not that of a lesson ({error})") from None


def _checked(command: Lesson, known: dict[str, Known]) -> Known:
    """The lesson. Raises UsageError for a lesson, a seed, a number of seeds or workers that there is not."""
    found = _find(command.name, known)
    check_seed(command)
    if command.seeds is not None and command.seeds < 1:
        raise UsageError(f"--seeds is a number of seeds, at least 1, not {command.seeds}")
    if command.workers < 1:
        raise UsageError(f"--workers is a whole number, at least 1, not {command.workers}")
    return found


def _find(name: str, known: dict[str, Known]) -> Known:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise UsageError(f"no lesson is called {name!r}{hint}; there are: {', '.join(known)}")
    return known[name]


def _print(record: dict[str, Any], known: Known, console: Console) -> None:
    """The headline, the table, the claims with their verdicts."""
    import importlib

    page = importlib.import_module(known.page)
    console.print(Text(f"\n{record['title']}\n", style="bold"))
    columns, rows = page.table(record["result"])
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print()
    claims = Table.grid(padding=(0, 2, 0, 0))
    for claim in record["result"]["claims"]:
        mark, colour = MARKS[claim["verdict"]]
        words = Text.assemble(claim["claim"], "\n", (claim["evidence"], "dim"))
        claims.add_row(Text(f"{mark} {claim['verdict']}", style=colour), words)
    console.print(claims)
    seconds = record["times"]["cpu_seconds"]
    console.print(f"\n{seconds:.0f} s of CPU time, {len(record['seeds'])} seeds")
