"""Tasks side by side: order, failures, stops, and going on after each of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from lab.experiment import Arm, Experiment, run
from lab.statistics import Score
from lab.workers import Desk, Event, Interrupted, StopFlag, Task, TaskFailed, mark, run_tasks


def task(name: str, function: str, argument: str = "", *needs: str) -> Task:
    return Task(name, f"worker_tasks:{function}", argument, needs)


def do(folder: Path, *tasks: Task, config: Any = "c", workers: int = 1) -> list[Event]:
    return list(run_tasks(tasks, folder, config, workers))


def finished(events: list[Event]) -> list[str]:
    return [event.task for event in events if event.done]


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The workers that had to be killed, not having left by themselves."""
    found: list[Any] = []
    kill = BaseProcess.kill

    def recorded(process: BaseProcess) -> None:
        found.append(process)
        kill(process)

    monkeypatch.setattr(BaseProcess, "kill", recorded)
    return found


def test_needs_come_first(tmp_path: Path) -> None:
    events = do(
        tmp_path,
        task("last", "note", "3", "second", "first"),
        task("second", "note", "2", "first"),
        task("first", "note", "1"),
    )
    assert finished(events) == ["first", "second", "last"]
    assert (tmp_path / "notes.txt").read_text() == "first 1 c\nsecond 2 c\nlast 3 c\n"
    told = [event for event in events if event.task == "first" and not event.done]
    assert [(event.phase, event.step, event.total) for event in told] == [("note", 1, 2), ("note", 2, 2)]
    assert told[1].score == Score(0.5, 0.25, 0.75, 4)
    assert all(event.wall_seconds > 0 for event in events if event.done)


def test_two_side_by_side(tmp_path: Path) -> None:
    events = do(tmp_path, task("a", "meet", "a b"), task("b", "meet", "b a"), workers=2)
    assert sorted(finished(events)) == ["a", "b"]


def test_a_failure_is_named_and_its_traceback_kept(tmp_path: Path) -> None:
    with pytest.raises(
        TaskFailed, match=r"sum: ArithmeticError: the numbers of June do not add up"
    ) as caught:
        do(tmp_path, task("before", "note"), task("sum", "fail", "June"), task("after", "note"))
    assert str(tmp_path / "errors.log") in str(caught.value)
    log = (tmp_path / "errors.log").read_text()
    assert "--- sum" in log
    assert 'raise ArithmeticError(f"the numbers' in log
    assert mark(tmp_path, "before").exists()
    assert not mark(tmp_path, "sum").exists()
    assert not mark(tmp_path, "after").exists()


def test_finished_tasks_are_passed_over(tmp_path: Path) -> None:
    """They are told of, for the display, and take no time."""
    tasks = task("one", "note"), task("two", "note", "", "one")
    assert finished(do(tmp_path, tasks[0])) == ["one"]
    done = [event for event in do(tmp_path, *tasks) if event.done]
    assert [(event.task, event.wall_seconds > 0.0) for event in done] == [("one", False), ("two", True)]
    done = [event for event in do(tmp_path, *tasks) if event.done]
    assert [(event.task, event.wall_seconds) for event in done] == [("one", 0.0), ("two", 0.0)]
    assert (tmp_path / "notes.txt").read_text() == "one  c\ntwo  c\n"


def test_a_stop_is_heard_and_the_work_goes_on_later(tmp_path: Path, killed: list[Any]) -> None:
    """Ctrl-C in the parent: the task leaves at its boundary, Interrupted is raised, a second call ends it."""
    counting = task("count", "work_until_stopped", "count")
    events = run_tasks((counting, task("later", "note", "", "count")), tmp_path, "1000000", 1)
    next(events)
    # sent while the parent waits for news, as a user's would be
    threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
    with pytest.raises(Interrupted):
        list(events)
    assert not killed, "an idle worker is sent home at once"
    steps = int((tmp_path / "count.txt").read_text())
    assert steps >= 1
    assert not mark(tmp_path, "count").exists()
    assert finished(do(tmp_path, counting, config=str(steps + 3))) == ["count"]
    assert int((tmp_path / "count.txt").read_text()) == steps + 3


def test_a_killed_worker_is_a_failed_task(tmp_path: Path) -> None:
    with pytest.raises(TaskFailed, match=r"worker process died.*resume"):
        do(tmp_path, task("victim", "die"))
    assert not mark(tmp_path, "victim").exists()


def test_the_survivors_stop_when_another_dies(tmp_path: Path, killed: list[Any]) -> None:
    with pytest.raises(TaskFailed):
        do(tmp_path, task("a", "work_until_stopped", "a"), task("b", "die"), config="1000000", workers=2)
    assert not killed


def test_needs_that_nobody_meets(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"can never start: \['b', 'd'\]; they need \['b', 'c'\]"):
        do(tmp_path, task("a", "note"), task("b", "note", "", "c", "a"), task("d", "note", "", "b"))
    assert not (tmp_path / "notes.txt").exists(), "it is known before the first task starts"
    with pytest.raises(ValueError, match=r"can never start: \['a', 'b'\]"):
        do(tmp_path / "ring", task("a", "note", "", "b"), task("b", "note", "", "a"))


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("worker_tasks:nonsense", "AttributeError.*nonsense"),
        ("no_such_module:f", "ModuleNotFoundError.*no_such_module"),
        ("worker_tasks", "ValueError"),
    ],
)
def test_unknown_functions(tmp_path: Path, function: str, words: str) -> None:
    with pytest.raises(TaskFailed, match=f"odd: {words}"):
        do(tmp_path, Task("odd", function))


# --- in this process ---


def test_a_desk_tells_a_few_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every phase, every score and every end, but of the rest only what comes 0.2 s after the last."""
    clock = [100.0]
    monkeypatch.setattr("lab.workers.time.monotonic", lambda: clock[0])
    sent: list[Event] = []
    desk = Desk("task", sent.append)
    score = Score(0.5, 0.4, 0.6, 10)
    for phase, step, given in [
        ("a", 1, None),
        ("a", 2, None),
        ("a", 3, score),
        ("b", 4, None),
        ("b", 9, None),
    ]:
        desk.tell(phase, step, 9, given)
    clock[0] += 0.21
    desk.tell("b", 5, 9)
    assert [event.step for event in sent] == [1, 3, 4, 9, 5]


def test_a_desk_hears_the_flag() -> None:
    flag = threading.Event()
    desk = Desk("task", lambda event: None, flag)
    assert not desk.stopping()
    desk.leave_if_stopping()
    flag.set()
    assert desk.stopping()
    with pytest.raises(Interrupted, match="task"):
        desk.leave_if_stopping()
    assert not Desk("task", lambda event: None).stopping()


def test_marks_are_plain_file_names(tmp_path: Path) -> None:
    path = mark(tmp_path, "match zero@ v RUN:imitator.sampled")
    assert path == tmp_path / "done" / "match-zero@-v-RUN-imitator.sampled"


def test_an_experiment_is_its_tasks(tmp_path: Path) -> None:
    experiment = Experiment(
        "world",
        "A world",
        "a score",
        demonstrate=(task("games", "note"),),
        arms=(Arm("pupil", "scratch", "imitation", task("pupil", "note", "", "games")),),
        evaluate=(task("score pupil", "note", "", "pupil"),),
    )
    assert [part.name for part in experiment.tasks] == ["games", "pupil", "score pupil"]
    assert finished(list(run(experiment, tmp_path, "c", workers=1))) == ["games", "pupil", "score pupil"]


def _ask_for_ever(stop: StopFlag) -> None:
    while True:
        stop.is_set()


def test_who_is_killed_while_asking_leaves_the_flag_free() -> None:
    """An Event's lock would be held by the dead about every second time, and set() wait for ever."""
    context = multiprocessing.get_context("spawn")
    stop = StopFlag(context)
    process = context.Process(target=_ask_for_ever, args=(stop,), daemon=True)
    process.start()
    process.join(timeout=3)
    process.kill()
    process.join()
    setter = threading.Thread(target=stop.set, daemon=True)
    setter.start()
    setter.join(timeout=30)
    assert not setter.is_alive()
    assert stop.is_set()
