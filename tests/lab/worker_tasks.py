"""Tasks for tests/lab/test_workers.py, in a file of their own, which spawned processes import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import lab.task_clock
from lab.statistics import Score
from lab.workers import Desk

PATIENCE = 30.0  # seconds after which a test has hung


def note(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    """Write a line with who and when."""
    desk.tell("note", 1, 2)
    with open(folder / "notes.txt", "a") as file:
        file.write(f"{desk.task} {argument} {config}\n")
    desk.tell("note", 2, 2, Score(0.5, 0.25, 0.75, 4))


def meet(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    """Leave a sign and wait for the other's: ends only where two tasks run side by side."""
    mine, other = argument.split()
    (folder / mine).touch()
    end = time.monotonic() + PATIENCE
    while not (folder / other).exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{other} never came")
        time.sleep(0.01)


def fail(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    raise ArithmeticError(f"the numbers of {argument} do not add up")


def die(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    """As if the system had killed it for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def work_until_stopped(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    """Count in a file, a step at a time, until asked to leave; goes on where it stood."""
    path = folder / f"{argument}.txt"
    steps = int(path.read_text()) if path.exists() else 0
    end = time.monotonic() + PATIENCE
    while steps < int(config):
        desk.leave_if_stopping()
        if time.monotonic() > end:
            raise TimeoutError("nobody asked to stop")
        steps += 1
        path.write_text(str(steps))
        desk.tell("count", steps, int(config))
        time.sleep(0.02)


def count_blindly(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    """Count in a file and never look up."""
    end, steps = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        steps += 1
        (folder / f"{argument}.txt").write_text(str(steps))
        time.sleep(0.02)


def burn(folder: Path, config: Any, argument: str, desk: Desk) -> None:
    """Use so many CPU seconds, saving their count often; the first time it is killed before the end."""
    lab.task_clock.EVERY = 0.02
    start, first = time.process_time(), not (folder / "burned").exists()
    (folder / "burned").touch()
    while time.process_time() - start < float(argument):
        desk.leave_if_stopping()
    if first:
        os.kill(os.getpid(), signal.SIGKILL)
