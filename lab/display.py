"""The live display of a run: what is going on, how fast, how strong so far, how long still."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from lab.workers import Event, Task


def watch(events: Iterable[Event], tasks: tuple[Task, ...], console: Console) -> Iterator[Event]:
    """Pass events through and show them: a line a running task, and one for the whole.

    On a terminal the lines live; elsewhere every new phase and every finished task is one line.
    """
    if not console.is_terminal:
        yield from _print(events, console)
        return
    progress = Progress(
        TextColumn("{task.description}", justify="left"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[strength]}", justify="left"),
        TextColumn("[dim]{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=console,
        refresh_per_second=4,
    )
    with progress:
        board = _Board(progress, tasks)
        for event in events:
            board.update(event)
            yield event


class _Board:
    """The lines of the display."""

    def __init__(self, progress: Progress, tasks: tuple[Task, ...]) -> None:
        self.progress, self.start = progress, time.monotonic()
        self.weights = {task.name: task.weight for task in tasks}
        self.shares = dict.fromkeys(self.weights, 0.0)
        self.lines: dict[str, TaskID] = {}
        self.before = 0.0  # the share of the whole that earlier sittings of a stopped run have done
        self.whole = progress.add_task("[bold]all of it", total=1.0, strength="", detail="")

    def update(self, event: Event) -> None:
        """Show an event."""
        line = self._line(event.task)
        if event.done:
            self.shares[event.task] = 1.0
            if event.wall_seconds == 0.0:
                self.before = self._share()
            self.progress.update(line, completed=1.0, detail=f"{event.wall_seconds:.0f} s")
            self.progress.stop_task(line)
            if self.weights.get(event.task, 0.0) < 10.0:  # short tasks leave the display
                self.progress.update(line, visible=False)
        else:
            share = event.step / event.total if event.total else 0.0
            self.shares[event.task] = min(share, 0.99)
            words = f"{event.phase} {event.step}/{event.total}"
            self.progress.update(line, completed=share, detail=f"{words}  {event.detail}".strip())
            if event.score:
                self.progress.update(line, strength=f"[bold]{event.score.rate:.1%}[/] right")
        self._show_whole()

    def _line(self, task: str) -> TaskID:
        if task not in self.lines:
            self.lines[task] = self.progress.add_task(f"  {task}", total=1.0, strength="", detail="")
        return self.lines[task]

    def _show_whole(self) -> None:
        share = self._share()
        fresh = share - self.before
        elapsed = time.monotonic() - self.start
        left = f"about {_words(elapsed * (1 - share) / fresh)} left" if fresh > 0.02 else ""
        self.progress.update(self.whole, completed=share, detail=left)

    def _share(self) -> float:
        """How much of the whole is done, by weight."""
        total = sum(self.weights.values()) or 1.0
        return sum(self.weights[name] * self.shares[name] for name in self.weights) / total


def _words(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{max(1, round(seconds / 5) * 5)} s"


def _print(events: Iterable[Event], console: Console) -> Iterator[Event]:
    phases: dict[str, str] = {}
    for event in events:
        if event.done:
            console.print(f"{event.task}: done in {event.wall_seconds:.0f} s", highlight=False)
        elif event.score or phases.get(event.task) != event.phase:
            strength = f"  {event.score}" if event.score else ""
            words = f"{event.task}: {event.phase} {event.step}/{event.total}{strength}  {event.detail}"
            console.print(words.rstrip(), highlight=False)
        phases[event.task] = event.phase
        yield event
