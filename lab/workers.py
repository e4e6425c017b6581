"""Tasks side by side: a few processes, each with one torch thread, work through what is ready.

A task is a function `(folder, config, argument, desk) -> None` that leaves its results in the run
folder; `desk` is how it tells of its progress and hears that it should stop. Ctrl-C and a polite kill
belong to the parent alone: it raises the stop flag, tasks save at their next boundary, and Interrupted is
raised. Workers leave at once when their parent is killed: what they had saved stands, and nobody writes
beside those of the process that goes on.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, cast

from lab.environment import THREADS
from lab.run_lock import held_run, joined_run
from lab.statistics import Score
from lab.task_clock import TaskClock, spent_path


class Interrupted(Exception):  # noqa: N818
    """The user asked to stop; what was done is saved."""


class TaskFailed(RuntimeError):  # noqa: N818
    """A task ended in an error: `task`, its message, and the traceback in the run's `errors.log`."""


@dataclass(frozen=True)
class Task:
    """One piece of work: `function` is "module:name", `needs` the tasks that must be done before,
    `weight` about how many CPU seconds it takes, for the display alone."""

    name: str
    function: str
    argument: str = ""
    needs: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class Event:
    """What a task tells: how far it is (`step` of `total`), how strong, how fast."""

    task: str
    phase: str
    step: int = 0
    total: int = 0
    score: Score | None = None
    detail: str = ""
    done: bool = False
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


@dataclass
class Desk:
    """A task's desk: `tell` sends progress, `stopping` says whether to save and leave."""

    task: str
    send: Callable[[Event], None]
    stop: Any = None
    phase: str = ""
    clock: TaskClock | None = None
    _last: float = field(default=0.0)

    def stopping(self) -> bool:
        """Whether the user asked to stop."""
        return self.stop is not None and bool(self.stop.is_set())

    def leave_if_stopping(self) -> None:
        """Raise Interrupted if the user asked to stop; call it often, where everything is saved."""
        if self.clock is not None:
            self.clock.tick()
        if self.stopping():
            raise Interrupted(self.task)

    def tell(self, phase: str, step: int, total: int, score: Score | None = None, detail: str = "") -> None:
        """Send progress; a few times a second at most, but every new phase and every score."""
        if self.clock is not None:
            self.clock.tick()
        now = time.monotonic()
        if phase != self.phase or score is not None or step >= total or now - self._last > 0.2:
            self.phase, self._last = phase, now
            self.send(Event(self.task, phase, step, total, score, detail))


def run_tasks(tasks: tuple[Task, ...], folder: Path, config: Any, workers: int) -> Iterator[Event]:
    """Run all tasks, those that are ready in the order given, on `workers` processes; yields events.

    Tasks whose mark lies in `folder/done` are passed over, so a run that was stopped goes on. Raises
    TaskFailed for the first task that fails, Interrupted after Ctrl-C, when the others have saved, and
    RunBusy where another process works on the folder; before the first task ValueError for tasks whose
    needs nobody meets.
    """
    with held_run(folder):
        yield from _run_held(tasks, folder, config, workers)


def _run_held(tasks: tuple[Task, ...], folder: Path, config: Any, workers: int) -> Iterator[Event]:
    done = {task.name for task in tasks if mark(folder, task.name).exists()}
    waiting = [task for task in tasks if task.name not in done]
    _check_needs(waiting, done)
    context = multiprocessing.get_context("spawn")
    stop = StopFlag(context)
    pool = _Pool(context, min(workers, max(1, len(waiting))), folder, config, stop)
    try:
        for task in sorted(done):
            yield Event(task, "done", done=True)
        while waiting or pool.busy:
            _hand_out(waiting, done, pool)
            for event in pool.events():
                if event.done:
                    done.add(event.task)
                yield event
    except KeyboardInterrupt:
        stop.set()
        yield from pool.drain()
        raise Interrupted(str(folder)) from None
    finally:
        stop.set()
        pool.close()


def mark(folder: Path, task: str) -> Path:
    """The file that says that a task is done."""
    return folder / "done" / task.replace(" ", "-").replace(":", "-")


def _check_needs(waiting: list[Task], done: set[str]) -> None:
    """Raise ValueError where some could never start: for want of a task, or waiting for each other."""
    met, stuck = set(done), waiting
    while ready := [task for task in stuck if set(task.needs) <= met]:
        met |= {task.name for task in ready}
        stuck = [task for task in stuck if task.name not in met]
    if stuck:
        wanted = sorted({need for task in stuck for need in task.needs} - met)
        raise ValueError(f"tasks that can never start: {[task.name for task in stuck]}; they need {wanted}")


def _hand_out(waiting: list[Task], done: set[str], pool: _Pool) -> None:
    for task in list(waiting):
        if not pool.idle:
            return
        if set(task.needs) <= done:
            waiting.remove(task)
            pool.start(task)


class _Pool:
    """The processes, each with a pipe; `idle` and `busy` are their pipes."""

    def __init__(self, context: Any, workers: int, folder: Path, config: Any, stop: Any) -> None:
        self.idle: list[Connection] = []
        self.busy: list[Connection] = []
        self.processes = []
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, folder, config, stop), daemon=True)
            with _ignoring_interrupts():
                process.start()
            theirs.close()
            self.processes.append(process)
            self.idle.append(ours)

    def start(self, task: Task) -> None:
        pipe = self.idle.pop(0)
        pipe.send(task)
        self.busy.append(pipe)

    def events(self) -> Iterator[Event]:
        """Wait for news from busy workers; raises TaskFailed."""
        for pipe in cast("list[Connection]", wait(self.busy, timeout=0.5)):
            try:
                news = pipe.recv()
            except (EOFError, ConnectionResetError):
                raise TaskFailed("a worker process died; out of memory, perhaps? `resume` goes on") from None
            if isinstance(news, str):
                raise TaskFailed(news)
            if news.done:
                self.busy.remove(pipe)
                self.idle.append(pipe)
            yield news

    def drain(self) -> Iterator[Event]:
        """Wait until every busy worker has left its task; yields those that finished it."""
        while self.busy:
            for pipe in cast("list[Connection]", wait(self.busy, timeout=60)):
                try:
                    news = pipe.recv()
                except (EOFError, ConnectionResetError):
                    self.busy.remove(pipe)
                    continue
                if isinstance(news, str) or news.done:
                    self.busy.remove(pipe)
                    self.idle.append(pipe)
                if not isinstance(news, str) and news.done:
                    yield news

    def close(self) -> None:
        """End all processes: politely, then not."""
        for pipe in self.idle + self.busy:
            pipe.close()
        for process in self.processes:
            process.join(timeout=10)
            if process.is_alive():
                process.kill()


class StopFlag:
    """Whether the run is to stop, a shared byte: of an Event a worker that is killed might hold the lock, and
    who sets it would wait for ever."""

    def __init__(self, context: Any) -> None:
        self._byte = context.RawValue("b", 0)

    def set(self) -> None:
        """Ask all workers to stop."""
        self._byte.value = 1

    def is_set(self) -> bool:
        """Whether they are asked to."""
        return bool(self._byte.value)


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Processes started within are born deaf to Ctrl-C and to a polite kill of the whole group: both are the
    parent's affair."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _work(pipe: Connection, folder: Path, config: Any, stop: Any) -> None:
    """A worker's life: take a task, do it, tell; leave when the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = str(THREADS)  # sums differ between numbers of threads
    with joined_run(folder):
        _leave_with_the_parent()
        while True:
            try:
                task = pipe.recv()
                pipe.send(_do(task, folder, config, Desk(task.name, pipe.send, stop)))
            except (EOFError, BrokenPipeError, ConnectionResetError):
                return  # the parent is gone, or done with us


def _leave_with_the_parent() -> None:
    """End this process when its parent is killed, in the middle of whatever it does.

    It could otherwise go on for minutes, beside the worker of a resumed run, on the same files.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if not parent.is_alive():
        os._exit(1)

    def wait_for_the_end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def _do(task: Task, folder: Path, config: Any, desk: Desk) -> Event | str:
    path = mark(folder, task.name)
    path.parent.mkdir(exist_ok=True)
    clock = desk.clock = TaskClock(spent_path(folder, path.name))
    try:
        module, name = task.function.split(":")
        getattr(importlib.import_module(module), name)(folder, config, task.argument, desk)
        clock.save()
    except Interrupted:
        clock.save()
        return "interrupted"
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        with open(folder / "errors.log", "a") as log:
            log.write(f"--- {task.name}\n{traceback.format_exc()}\n")
        return f"{task.name}: {type(error).__name__}: {error} (traceback in {folder / 'errors.log'})"
    path.touch()
    wall, cpu = clock.sitting
    return Event(task.name, "done", done=True, cpu_seconds=cpu, wall_seconds=wall)
