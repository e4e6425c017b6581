"""`train.py lesson` and `lessons` as their users meet them."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from lesson_results import timeless
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from agents.lessons import LESSONS, gridworld
from lab.commands.common import UsageError
from lab.commands.lesson import finish_lesson
from lab.curve import curve_path, read_curve
from lab.environment import environment
from lab.lessons import Lesson, learned_here, lessons_in
from lab.lessons.estimate import above_zero, ahead, below, estimate, greater, on_most
from lab.lessons.run import PRECISION, write_lesson
from lab.run import Run, RunError, create_run
from lab.run_delete import check_deletable
from lab.run_overview import details, overview
from lab.task_clock import read_spent
from train import LESSONS as PLACES

GRIDWORLD = LESSONS["gridworld"]
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
        ("lesson gridworld --workers 0", "--workers is a whole number, at least 1"),
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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a lesson of two seeds that nobody disturbed, on two workers, and what it said."""
    place = tmp_path_factory.mktemp("whole")
    answer = train(place, "lesson", "gridworld", "--seed", "5", "--seeds", "2", "--json", "copy.json")
    assert answer.returncode == 0, answer.stderr
    return place / "runs" / "lesson-gridworld-001", answer.stdout


def result_of(folder: Path) -> Any:
    """What a lesson's record says of its world."""
    return timeless(json.loads((folder / "lesson.json").read_text())["result"])


def test_a_lesson_from_end_to_end(whole: tuple[Path, str], tmp_path: Path) -> None:
    folder, said = whole
    record = json.loads((folder / "lesson.json").read_text())
    assert record == json.loads((folder.parents[1] / "copy.json").read_text())
    assert record["seeds"] == [5, 6]
    assert record["title"] in said
    for claim in record["result"]["claims"]:
        assert claim["claim"] in said
    assert f"{record['times']['cpu_seconds']:.0f} s of CPU time, 2 seeds\n" in said
    spent = [read_spent(folder / "spent" / f"seed-{seed}.json")[1] for seed in (5, 6)]
    assert record["times"]["cpu_seconds"] == pytest.approx(sum(spent), abs=0.01)
    assert (folder / "report.html").stat().st_size > 100_000
    assert 10_000 < (folder / "policy.svg").stat().st_size < 500_000
    rows = read_curve(curve_path(folder, "reinforce"))
    assert rows[0].tags["lesson/return"] == pytest.approx(-141.04, abs=0.01)
    events = EventAccumulator(str(folder / "tensorboard" / "reinforce"), size_guidance={"scalars": 0})
    events.Reload()
    assert len(events.Scalars("lesson/return")) == len(rows)
    again = train(tmp_path, "report", str(folder))
    assert (again.returncode, again.stdout) == (0, f"report  {folder / 'report.html'}\n")
    seen = overview(folder, {})
    assert (seen.job, seen.state, seen.seeds) == ("lesson", "finished", (5, 6))
    assert check_deletable(folder)[0] > 10, "it holds nothing that `runs delete` does not know"


def test_a_report_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "lesson.json").write_text("{}")
    gone = train(tmp_path, "report", str(tmp_path))
    assert gone.returncode == 2
    assert "do the lesson again" in gone.stderr


def test_seeds_side_by_side_come_out_as_one_after_the_other(whole: tuple[Path, str]) -> None:
    assert result_of(whole[0]) == timeless(learned_here(gridworld, (5, 6)))


def test_a_lesson_that_is_stopped_goes_on_with_what_is_missing(
    whole: tuple[Path, str], tmp_path: Path
) -> None:
    """Stopped by Ctrl-C after its first seed."""
    arguments = ["lesson", "gridworld", "--seed", "5", "--seeds", "2", "--workers", "1", "--out", "torn"]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "train.py"), *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    torn, end = tmp_path / "torn", time.monotonic() + 120
    while not (torn / "done" / "seed-5").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, complained) == (130, "")
    assert "\nstopping: seeds under way leave after this piece of work" in said
    assert said.endswith("1 of 2 seeds are done and saved. Go on with: python train.py resume torn\n")
    first = (torn / "results" / "seed-5.json").read_bytes()
    assert overview(torn, {}).state_words == "stopped at 50 %"
    assert details(torn, {})["go_on"] == [f"go on with: python train.py resume {torn}"]
    answer = train(tmp_path, "resume", "torn", "--json", "copy.json")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "seed 5: done before\n" in answer.stdout
    assert (torn / "results" / "seed-5.json").read_bytes() == first
    assert result_of(torn) == result_of(whole[0])
    assert json.loads((tmp_path / "copy.json").read_text()) == json.loads((torn / "lesson.json").read_text())
    kept = (torn / "lesson.json").read_bytes()
    again = train(tmp_path, "resume", "torn")
    assert (again.returncode, again.stdout) == (0, "finished already; report: torn/report.html\n")
    assert (torn / "lesson.json").read_bytes() == kept


def a_run(folder: Path, **changes: Any) -> Run:
    """The folder of a lesson that was begun."""
    settings = {"job": "lesson", "world": "gridworld", "seed": 0, "seeds": 1, "workers": 1, **changes}
    return create_run(folder, settings, "python train.py lesson gridworld")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"world": "gridwrld"}, "no lesson is called 'gridwrld' (did you mean 'gridworld'?)"),
        ({"seeds": "many"}, "its config.json is not that of a lesson"),
        ({"seeds": 0}, "its config.json is not that of a lesson"),
    ],
)
def test_a_lesson_that_cannot_go_on_says_why(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises((UsageError, RunError), match=re.escape(words)):
        finish_lesson(a_run(tmp_path / "run", **changes), PLACES)


def test_a_lesson_goes_on_under_the_conditions_that_it_was_begun_under(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run")
    (run.folder / "done").mkdir()
    conditions = environment("cpu", PRECISION) | {"torch": "0.1"}
    record = {"schema": "move37-environment/1", "conditions": conditions, "changes": []}
    (run.folder / "environment.json").write_text(json.dumps(record))
    answer = train(tmp_path, "resume", "run")
    assert answer.returncode == 2
    assert "torch: then 0.1, now" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_study_that_is_damaged_is_named(tmp_path: Path) -> None:
    run = a_run(tmp_path / "run")
    for name in ("done/seed-0", "results/seed-0.json"):
        (run.folder / name).parent.mkdir()
        (run.folder / name).write_text("")
    with pytest.raises(RunError, match=r"seed-0.json cannot be read .* delete .*seed-0, and resume does it"):
        finish_lesson(run, PLACES, anyway=True)


def test_studies_of_two_versions_are_not_pooled(tmp_path: Path) -> None:
    studies = [{"settings": {"updates": 1}}, {"settings": {"updates": 2}}]
    with pytest.raises(RunError, match="its seeds were studied with different settings"):
        write_lesson("gridworld", GRIDWORLD, (0, 1), a_run(tmp_path / "run"), studies, {})


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
