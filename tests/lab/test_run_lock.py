"""One process a run folder, and nobody beside the workers of a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.run_lock import RunBusy, held_run, is_held, joined_run
from lab.workers import Task, run_tasks

HOLD = """
import sys, time
from pathlib import Path
from lab.run_lock import held_run, joined_run
with {kind}(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path, kind: str) -> subprocess.Popen[str]:
    """Another process that holds the folder."""
    code = HOLD.format(kind=kind)
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_folder_is_held_once_and_a_kill_frees_it(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    other = holder(tmp_path, "held_run")
    try:
        assert is_held(tmp_path)
        with pytest.raises(RunBusy, match="another process"), held_run(tmp_path):
            pass
        with pytest.raises(RunBusy):
            list(run_tasks((Task("a", "worker_tasks:note"),), tmp_path, "c", 1))
    finally:
        end(other)
    assert not is_held(tmp_path)
    with held_run(tmp_path):
        assert is_held(tmp_path)
    assert not is_held(tmp_path)


def test_workers_of_a_killed_run_are_waited_for(tmp_path: Path) -> None:
    with joined_run(tmp_path), joined_run(tmp_path):
        pass  # many at a time
    orphan = holder(tmp_path, "joined_run")
    try:
        with pytest.raises(RunBusy, match="a worker of a killed run"), held_run(tmp_path, patience=0.2):
            pass
        assert not is_held(tmp_path), "a refusal gives the folder back"
    finally:
        end(orphan)
    with held_run(tmp_path, patience=0.2):
        pass


PARENT = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from lab.workers import Task, run_tasks
if __name__ == "__main__":
    tasks = (Task("count", "worker_tasks:count_blindly", "count"),)
    for event in run_tasks(tasks, Path(sys.argv[1]), "c", 1):
        pass
"""


def test_a_worker_leaves_with_its_killed_parent(tmp_path: Path) -> None:
    """The task never looks up: it neither tells nor asks whether to stop."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(tests=str(Path(__file__).parent)))
    environment = {
        **os.environ,
        "PYTHONPATH": f"{Path(__file__).parents[2]}{os.pathsep}{Path(__file__).parent}",
    }
    parent = subprocess.Popen([sys.executable, str(script), str(tmp_path)], env=environment)
    path, patience = tmp_path / "count.txt", time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < patience
        time.sleep(0.05)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    with held_run(tmp_path, patience=10):
        text = path.read_text()
        time.sleep(0.3)
        assert path.read_text() == text, "nobody counts on"
