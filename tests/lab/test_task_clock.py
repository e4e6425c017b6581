"""What a task costs over all its sittings, torn ones included."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.task_clock import TaskClock, phases, read_spent, spent_path
from lab.workers import Task, TaskFailed, mark, run_tasks


def test_sittings_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"wall": 100.0, "cpu": 10.0}
    monkeypatch.setattr("lab.task_clock.time.perf_counter", lambda: now["wall"])
    monkeypatch.setattr("lab.task_clock.time.process_time", lambda: now["cpu"])
    path = spent_path(tmp_path, "zero")
    for sitting in (1, 2):
        clock = TaskClock(path, now["wall"], now["cpu"])
        now["wall"] += 3.0
        clock.tick()
        assert read_spent(path) == (7.0 * (sitting - 1), 5.0 * (sitting - 1)), "not so soon"
        now["wall"], now["cpu"] = now["wall"] + 4.0, now["cpu"] + 5.0
        clock.tick()
        assert read_spent(path) == (7.0 * sitting, 5.0 * sitting)
    clock.save()
    assert read_spent(path) == (14.0, 10.0), "saved twice, counted once"
    assert phases(tmp_path, [("zero", "zero"), ("never begun", "never")]) == [
        {"arm": "zero", "phase": "zero", "wall_seconds": 14.0, "cpu_seconds": 10.0}
    ]


def test_a_killed_task_is_counted(tmp_path: Path) -> None:
    """It burns a fifth of a second, dies, and burns it again: both are paid for."""
    task = Task("burn", "worker_tasks:burn", "0.2")
    with pytest.raises(TaskFailed, match="died"):
        list(run_tasks((task,), tmp_path, "c", 1))
    path = spent_path(tmp_path, mark(tmp_path, "burn").name)
    assert 0.1 < read_spent(path)[1] < 0.5
    list(run_tasks((task,), tmp_path, "c", 1))
    assert 0.3 < read_spent(path)[1] < 1.0
