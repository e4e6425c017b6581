"""The display lets every event through and says what is going on."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from lab import display
from lab.display import watch
from lab.statistics import Score
from lab.workers import Event, Task

TASKS = (Task("zero", "m:f", weight=90.0), Task("score zero", "m:g", needs=("zero",), weight=5.0))
EVENTS = (
    Event("zero", "reinforce", 1, 4, detail="12 games/s"),
    Event("zero", "reinforce", 2, 4),
    Event("zero", "reinforce", 2, 4, Score(0.5, 0.4, 0.6, 10), "13 games/s"),
    Event("score zero", "score", 0, 0),
    Event("zero", "done", done=True, wall_seconds=12.4),
    Event("score zero", "done", done=True, wall_seconds=1.0),
)


def shown(terminal: bool) -> tuple[list[Event], str]:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=110, color_system=None)
    return list(watch(EVENTS, TASKS, console)), file.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
def test_events_pass_through(terminal: bool) -> None:
    assert shown(terminal)[0] == list(EVENTS)


def test_without_a_terminal_news_are_lines() -> None:
    """Every new phase, every score, every end; nothing of the steps between."""
    lines = shown(terminal=False)[1].splitlines()
    assert len(lines) == 5
    assert lines[0] == "zero: reinforce 1/4  12 games/s"
    assert lines[1].startswith("zero: reinforce 2/4  0.500 [0.400, 0.600]")
    assert lines[3] == "zero: done in 12 s"


def test_on_a_terminal_the_whole_is_shown() -> None:
    said = shown(terminal=True)[1]
    assert "all of it" in said
    assert "50.0% right" in said
    assert "100%" in said


def test_an_error_passes_through() -> None:
    def broken() -> object:
        yield EVENTS[0]
        raise RuntimeError("on the way")

    console = Console(file=io.StringIO(), force_terminal=True, width=110)
    with pytest.raises(RuntimeError, match="on the way"):
        list(watch(broken(), TASKS, console))  # type: ignore[arg-type]


def test_time_left_does_not_count_what_was_done_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine tenths were done in an earlier sitting; half of the rest took a minute, so a minute is left."""
    tasks = (Task("imitator", "m:f", weight=90.0), Task("zero", "m:g", weight=10.0))
    events = (Event("imitator", "done", done=True), Event("zero", "reinforce", 1, 2))
    clock = iter([0.0, 0.0, 60.0])
    monkeypatch.setattr(display, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=110, color_system=None)
    list(watch(events, tasks, console))
    assert "about 60 s left" in file.getvalue()
