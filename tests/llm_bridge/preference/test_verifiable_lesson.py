"""The lesson of the verifiable and the unverifiable in its shortest form, and its arithmetic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.lessons import studies_here
from lab.lessons.run import write_lesson
from lab.run import create_run
from llm_bridge.config import ModelConfig
from llm_bridge.preference import verifiable_and_not, verifiable_and_not_page
from llm_bridge.preference.judge import FitConfig
from llm_bridge.text_lessons import LESSONS

FIT = FitConfig(updates=6, batch_size=16, looks=2)
TIMES = {"wall_seconds": 3.0, "cpu_seconds": 3.0}
TINY = replace(
    verifiable_and_not.SETTINGS,
    demonstrations=64,
    sft=FIT,
    judge=FIT,
    filtered=FIT,
    labels=(16, 48),
    policy=replace(verifiable_and_not.SETTINGS.policy, updates=2, prompts=4, answers=4),
    every=1,
    problems=8,
    best_of=2,
    model=ModelConfig(1, 32, 2, 64, 64),
)
CURVE = [
    {"env_steps": 0.0, "right": 0.2},
    {"env_steps": 100.0, "right": 0.4},
    {"env_steps": 200.0, "right": 0.8},
]


def test_the_lesson_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifiable_and_not, "SETTINGS", TINY)
    run = create_run(tmp_path / "run", {"job": "lesson"}, "python train.py lesson verifiable-and-not")
    studies = studies_here(verifiable_and_not, (0,))
    record = write_lesson("verifiable-and-not", LESSONS["verifiable-and-not"], (0,), run, studies, TIMES)
    result = record["result"]
    assert list(result["curves"]) == list(verifiable_and_not.arms_of(TINY.labels))
    starts = {seeds[0][0]["right"] for seeds in result["curves"].values()}
    assert len(starts) == 1, "all begin as the same imitator"
    assert result["spent"] == 2 * 4 * 4
    assert all(seeds[0][-1]["env_steps"] == result["spent"] for seeds in result["curves"].values())
    assert {claim["verdict"] for claim in result["claims"]} == {"not shown"}, "one seed shows nothing"
    columns, rows = verifiable_and_not_page.table(result)
    assert all(len(row) == len(columns) for row in rows)
    page = (run.folder / "report.html").read_text()
    assert "200,000 judgements" in page
    assert "a judge of 48 labels" in page.lower()


def test_between_two_points_a_curve_goes_straight() -> None:
    assert verifiable_and_not.after(CURVE, 50) == pytest.approx(0.3)
    assert verifiable_and_not.after(CURVE, 150) == pytest.approx(0.6)
    assert verifiable_and_not.after(CURVE, 999) == 0.8
    assert verifiable_and_not.needed(CURVE, 0.6) == pytest.approx(150.0)
    assert verifiable_and_not.needed(CURVE, 0.1) == 0.0
    assert verifiable_and_not.needed(CURVE, 0.9) is None


def test_seeds_that_never_got_there_are_told_apart() -> None:
    words = verifiable_and_not_page._verdicts([100.0, 300.0, 0.0, None])
    assert words == "200 (median of 2); none on 1 of 4; more than were given on 1 of 4"
