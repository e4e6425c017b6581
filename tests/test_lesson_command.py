"""`train.py lesson` and `lessons` as their users meet them."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from lab.curve import curve_path, read_curve
from lab.lessons import Lesson, lessons_in
from lab.lessons.estimate import above_zero, ahead, below, estimate, greater, on_most
from lab.run_overview import overview
from train import LESSONS as PLACES

ROOT = Path(__file__).resolve().parents[1]


def train(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {**os.environ, "COLUMNS": "120", "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, str(ROOT / "train.py"), *arguments]
    return subprocess.run(command, cwd=folder, env=inherited, capture_output=True, text=True)


def test_the_list_names_claims_and_times(tmp_path: Path) -> None:
    answer = train(tmp_path, "lessons", "--json", "lessons.json")
    assert answer.returncode == 0, answer.stderr
    told = json.loads((tmp_path / "lessons.json").read_text())["lessons"]
    assert set(told) == set(lessons_in(PLACES))
    assert {"gridworld", "reward-hacking"} <= set(told)
    for name, lesson in told.items():
        assert name in answer.stdout
        assert f"about {lesson['cpu_seconds']:.0f} s" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("lesson gridwrld", "did you mean 'gridworld'"),
        ("lesson chess", "there are: gridworld, reward-hacking"),
        ("lesson gridworld --preset quick --seeds 0", "at least 1"),
        ("lesson gridworld --seed -1", "0 or more"),
        ("lesson gridworld --out taken", "never overwritten"),
    ],
)
def test_wrong_words_are_answered_in_one_line(tmp_path: Path, arguments: str, words: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("years of work")
    answer = train(tmp_path, *arguments.split())
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr.startswith("error: ")
    assert answer.stderr.count("\n") == 1
    assert words in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_lesson_from_end_to_end(tmp_path: Path) -> None:
    answer = train(tmp_path, "lesson", "gridworld", "--seed", "5", "--seeds", "2", "--json", "copy.json")
    assert answer.returncode == 0, answer.stderr
    folder = tmp_path / "runs" / "lesson-gridworld-001"
    record = json.loads((folder / "lesson.json").read_text())
    assert record == json.loads((tmp_path / "copy.json").read_text())
    assert record["seeds"] == [5, 6]
    assert record["title"] in answer.stdout
    for claim in record["result"]["claims"]:
        assert claim["claim"] in answer.stdout
    assert (folder / "report.html").stat().st_size > 100_000
    assert 10_000 < (folder / "policy.svg").stat().st_size < 500_000
    rows = read_curve(curve_path(folder, "reinforce"))
    assert rows[0].tags["lesson/return"] == pytest.approx(-141.04, abs=0.01)
    events = EventAccumulator(str(folder / "tensorboard" / "reinforce"), size_guidance={"scalars": 0})
    events.Reload()
    assert len(events.Scalars("lesson/return")) == len(rows)
    again = train(tmp_path, "report", str(folder))
    assert (again.returncode, again.stdout) == (0, f"report  {folder / 'report.html'}\n")
    (folder / "report.html").unlink()
    gone = train(tmp_path, "report", str(folder))
    assert gone.returncode == 2
    assert "do the lesson again" in gone.stderr
    seen = overview(folder, {})
    assert (seen.job, seen.state, seen.seeds) == ("lesson", "finished", (5, 6))


def test_quick_takes_fewer_seeds_where_it_needs_to() -> None:
    short, long = Lesson("", "", 5, 9.0, "", ""), Lesson("", "", 5, 90.0, "", "", quick_seeds=2)
    assert [one.seeds_of(preset) for one in (short, long) for preset in ("quick", "standard")] == [5, 5, 2, 5]


# how each kind of claim would be told of n seeds that all say the same
SHOWN = {
    "above_zero": lambda n: above_zero("", [1.0] * n, str),
    "ahead": lambda n: ahead("", estimate([1.0] * n), estimate([0.0] * n), str),
    "greater": lambda n: greater("", estimate([1.0] * n), estimate([0.0] * n), str),
    "below": lambda n: below("", estimate([0.0] * n), 1.0, str),
    "on_most": lambda n: on_most("", [True] * n),
}


@pytest.mark.parametrize("name", list(lessons_in(PLACES)))
def test_every_claim_of_a_lesson_can_be_shown_with_its_seeds(name: str) -> None:
    lesson = lessons_in(PLACES)[name]
    kinds = kinds_of_claims(lesson.module)
    assert kinds
    verdicts = {kind: SHOWN[kind](lesson.seeds)["verdict"] for kind in kinds}
    assert set(verdicts.values()) == {"shown"}, verdicts


def kinds_of_claims(module: str) -> set[str]:
    """The kinds of claims that a module and its neighbours, as far as it imports them, call."""
    kinds, package = set(), module.rpartition(".")[0]
    waiting, seen = [module], set()
    while waiting:
        place = waiting.pop()
        seen.add(place)
        for node in ast.walk(ast.parse((ROOT / f"{place.replace('.', '/')}.py").read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHOWN:
                kinds.add(node.func.id)
            near = node.module if isinstance(node, ast.ImportFrom) else None
            if near and near.startswith(f"{package}.") and near not in seen:
                waiting.append(near)
    return kinds


def test_two_lessons_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two lessons are called gridworld"):
        lessons_in(("agents.lessons:LESSONS", "agents.lessons:LESSONS"))
