"""Runs at a glance: finished, running, stopped and how far; runs list, show and delete as users meet them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.config import preset
from agents.wing import experiment_of
from lab.run import RunError, create_run
from lab.run_lock import held_run
from lab.run_overview import details, find_runs, overview
from lab.statistics import Score
from lab.workers import mark
from train import WINGS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = replace(preset("tiny"), seed=3)


def a_run(folder: Path, seeds: int = 1) -> Path:
    settings = {"job": "compare", "seeds": seeds, **vars(CONFIG)}
    create_run(folder, settings, "python train.py compare --preset tiny")
    return folder


def do(folder: Path, names: set[str]) -> None:
    for name in names:
        mark(folder, name).parent.mkdir(parents=True, exist_ok=True)
        mark(folder, name).touch()


def finish(folder: Path) -> None:
    score = Score(0.7, 0.6, 0.8, 100).to_json()
    rows = [
        {"player": "imitator", "arm": "imitator", "raw": score | {"rate": 0.65}, "searched": None},
        {"player": "zero", "arm": "zero", "raw": score, "searched": score},
        {"player": "imitate-perfect", "arm": "imitate-perfect", "raw": score | {"rate": 0.75}},
        {"player": "human, at best", "arm": "human", "raw": score | {"rate": 0.8}, "searched": None},
        {"player": "human, as recorded", "arm": "human", "raw": None, "searched": None},
    ]
    panel = {"panel": "ceiling", "title": "A human", "headline": rows}
    result = {"created": "2026-11-20T14:03:00+00:00", "worlds": [{"panels": [panel]}]}
    (folder / "result.json").write_text(json.dumps({**result, "times": {"wall_seconds": 3.0}}))


def test_how_far_is_the_weight_of_the_finished_tasks(tmp_path: Path) -> None:
    run, tasks = a_run(tmp_path / "a"), experiment_of(CONFIG, "compare").tasks
    assert overview(run, WINGS).share == 0.0
    assert overview(run, WINGS).state_words == "stopped at 0 %"
    do(run, {task.name for task in tasks if task.name in ("zero", "imitator")})
    weights = {task.name: task.weight for task in tasks}
    expected = (weights["zero"] + weights["imitator"]) / sum(weights.values())
    assert overview(run, WINGS).share == pytest.approx(expected)
    do(run, set(weights))
    assert overview(run, WINGS).share == 1.0
    assert overview(run, WINGS).state == "stopped", "its result is not written yet"


def test_seeds_count_together(tmp_path: Path) -> None:
    run = a_run(tmp_path / "a", seeds=2)
    do(a_run(run / "seed-3"), {task.name for task in experiment_of(CONFIG, "compare").tasks})
    seen = overview(run, WINGS)
    assert seen.seeds == (3, 4)
    first, later = (
        sum(task.weight for task in experiment_of(replace(CONFIG, studies=studies), "compare").tasks)
        for studies in (True, False)  # the first seed alone makes the studies
    )
    assert seen.share == pytest.approx(first / (first + later))


def test_a_finished_run_tells_its_strongest_arm(tmp_path: Path) -> None:
    finish(a_run(tmp_path / "a"))
    seen = overview(tmp_path / "a", WINGS)
    assert (seen.state, seen.share, seen.player, seen.date) == ("finished", 1.0, "zero", "2026-11-20 14:03")
    assert seen.score == Score(0.7, 0.6, 0.8, 100)
    assert seen.to_json()["score"]["rate"] == 0.7
    assert json.loads(json.dumps(seen.to_json()))["seeds"] == [3]


def test_a_run_at_work_is_told(tmp_path: Path) -> None:
    run = a_run(tmp_path / "a")
    with held_run(run):
        assert overview(run, WINGS).state == "running"
        assert details(run, WINGS)["go_on"] == ["a process is working on it now"]
    assert overview(run, WINGS).state == "stopped"


def test_runs_of_other_versions_and_other_folders(tmp_path: Path) -> None:
    create_run(
        tmp_path / "old", {"job": "compare", "seed": 0, "world": "connect_four"}, "python train.py compare"
    )
    create_run(tmp_path / "duel", {"first": "random"}, "python train.py duel --first random")
    (tmp_path / "duel" / "duel.json").write_text("{}")
    (tmp_path / "no run").mkdir()
    (tmp_path / "file.txt").touch()
    found = {run.folder.name: run for run in find_runs(tmp_path, WINGS)}
    assert set(found) == {"old", "duel"}
    assert found["old"].share is None
    assert found["old"].state_words == "stopped at ? %"
    assert (found["duel"].job, found["duel"].state) == ("duel", "finished")
    assert find_runs(tmp_path / "nowhere", WINGS) == []
    with pytest.raises(RunError):
        overview(tmp_path / "no run", WINGS)


# --- the commands ---


def train(*arguments: str, answer: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "train.py"), "runs", *arguments]
    return subprocess.run(command, input=answer or "", capture_output=True, text=True)


def told(path: Path) -> Any:
    return json.loads(path.read_text())


def test_list_show_and_delete(tmp_path: Path) -> None:
    finish(a_run(tmp_path / "runs" / "a-rather-long-name-of-a-run-folder-001"))
    a_run(tmp_path / "runs" / "b")
    out = tmp_path / "out.json"
    said = train("list", str(tmp_path / "runs"), "--json", str(out))
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert all(len(line.rstrip()) <= 80 for line in lines)
    assert any(line.rstrip().endswith("finished        zero 70.0 %     2026-11-20") for line in lines), lines
    assert "stopped at 0 %" in said.stdout
    assert {Path(run["folder"]).name: run["state"] for run in told(out)["runs"]} == {
        "a-rather-long-name-of-a-run-folder-001": "finished",
        "b": "stopped",
    }
    said = train("show", str(tmp_path / "runs" / "b"), "--json", str(out))
    assert said.returncode == 0, said.stderr
    assert "train.py resume" in said.stdout
    assert told(out)["config"]["seed"] == 3
    said = train("delete", str(tmp_path / "runs" / "b"))
    assert said.returncode == 2
    assert "add --yes" in said.stderr
    assert (tmp_path / "runs" / "b").exists()
    said = train("delete", str(tmp_path / "runs" / "b"), "--yes")
    assert said.returncode == 0, said.stderr
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["a-rather-long-name-of-a-run-folder-001"]
    said = train("delete", str(tmp_path), "--yes")
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    said = train("list", str(tmp_path / "empty"))
    assert "no runs in" in said.stdout
