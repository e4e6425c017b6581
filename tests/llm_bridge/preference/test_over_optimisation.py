"""The over-optimisation lesson in its shortest form: what it tells, its page, the seed alone decides."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from lab.curve import curve_path, read_curve
from lab.lessons.run import teach
from lab.run import create_run
from llm_bridge.config import ImitationConfig
from llm_bridge.preference import over_optimisation, over_optimisation_page
from llm_bridge.preference.reward_model import RewardConfig
from llm_bridge.text_lessons import LESSONS

TINY = replace(
    over_optimisation.SETTINGS,
    sft=ImitationConfig(demonstrations=300, updates=15, batch_size=32),
    reward=RewardConfig(passes=1),
    comparisons=64,
    few=32,
    held_out=64,
    policy=replace(over_optimisation.SETTINGS.policy, updates=4, prompts=4, answers=4),
    every=2,
    problems=8,
    followed=2,
)


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(over_optimisation, "SETTINGS", TINY)
        return over_optimisation.learn((0, 1))


def timeless(points: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{name: value for name, value in point.items() if name != "cpu_seconds"} for point in points]


def test_every_arm_has_a_curve_of_every_seed(result: dict[str, Any]) -> None:
    assert set(result["curves"]) == set(over_optimisation.ARMS)
    for seeds in result["curves"].values():
        assert [[point["update"] for point in points] for points in seeds] == [[0, 2, 4]] * 2
        assert all(points[0]["kl"] == pytest.approx(0.0, abs=1e-4) for points in seeds)
    begins = {arm: seeds[0][0]["gold"] for arm, seeds in result["curves"].items()}
    assert len(set(begins.values())) == 1, "all begin as the same imitator, measured on the same answers"


def test_nobody_beats_the_best_policy(result: dict[str, Any]) -> None:
    claim = next(claim for claim in result["claims"] if claim["claim"].startswith("best of n"))
    assert claim["verdict"] == "shown"
    for rows in result["best_of_n"]:
        assert all(row["kl"] <= row["bound"] + 1e-9 for row in rows)
        scores = [row["proxy"] for row in rows]
        assert scores == pytest.approx(sorted(scores))


def test_it_comes_out_the_same_twice(result: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_optimisation, "SETTINGS", TINY)
    again = over_optimisation.learn((1,))
    for arm in over_optimisation.ARMS:
        assert timeless(again["curves"][arm][0]) == timeless(result["curves"][arm][1])
    shown = [claim["claim"] for claim in again["claims"] if claim["verdict"] == "shown"]
    assert all(words.startswith("best of n") for words in shown), "one seed shows only what is exact"


def test_the_lesson_leaves_page_and_curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_optimisation, "SETTINGS", TINY)
    run = create_run(tmp_path / "run", {"job": "lesson"}, "python train.py lesson over-optimisation")
    record = teach("over-optimisation", LESSONS["over-optimisation"], (0, 1), run, lambda words: None)
    page = (run.folder / "report.html").read_text()
    assert escape(record["title"]) in page
    assert "where no verifier exists" in page
    assert not re.search(r'(src|href)="(?!data:|#)', page), "it needs nothing else"
    rows = read_curve(curve_path(run.folder, "rlhf"))
    assert {"lesson/proxy", "lesson/gold", "lesson/right", "lesson/kl"} <= set(rows[0].tags)
    columns, table = over_optimisation_page.table(record["result"])
    assert all(len(row) == len(columns) for row in table)


def test_the_headline_follows_the_verdict(result: dict[str, Any]) -> None:
    told = {**result, "claims": [{**claim, "verdict": "shown"} for claim in result["claims"]]}
    assert "served ever worse" in over_optimisation_page.headline(told)
    told = {**result, "claims": [{**claim, "verdict": "not shown"} for claim in result["claims"]]}
    assert over_optimisation_page.headline(told).startswith("On 2 seeds")
