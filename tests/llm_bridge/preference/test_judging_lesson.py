"""The lesson of judging and writing in its shortest form, and by which rule it speaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab.lessons import studies_here
from lab.lessons.run import write_lesson
from lab.run import create_run
from llm_bridge.config import ModelConfig
from llm_bridge.preference import judging_and_writing, judging_and_writing_page
from llm_bridge.preference.judge import FitConfig
from llm_bridge.text_lessons import LESSONS

FIT = FitConfig(updates=6, batch_size=16, looks=2)
TIMES = {"wall_seconds": 3.0, "cpu_seconds": 3.0}
TINY = replace(
    judging_and_writing.SETTINGS,
    difficulties=("plain-sums", "sums", "countdown-3"),
    demonstrations=64,
    labels=48,
    sft=FIT,
    writer=FIT,
    judge=FIT,
    policy=replace(judging_and_writing.SETTINGS.policy, updates=2, prompts=4, answers=4),
    every=1,
    problems=8,
    best_of=2,
    model=ModelConfig(1, 32, 2, 64, 64),
)


def test_the_lesson_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging_and_writing, "SETTINGS", TINY)
    run = create_run(tmp_path / "run", {"job": "lesson"}, "python train.py lesson judging-and-writing")
    studies = studies_here(judging_and_writing, (0,))
    record = write_lesson("judging-and-writing", LESSONS["judging-and-writing"], (0,), run, studies, TIMES)
    result = record["result"]
    columns, rows = judging_and_writing_page.table(result)
    assert [row[0] for row in rows] == list(TINY.difficulties)
    assert all(len(row) == len(columns) for row in rows)
    for rows_of in result["measured"].values():
        told = rows_of[0]
        assert told["gap"] == told["judge"] - told["writer"]
        assert told["gain"] == told["reinforced"] - told["imitator"]
    assert {claim["verdict"] for claim in result["claims"]} == {"not shown"}, "one seed shows nothing"
    page = (run.folder / "report.html").read_text()
    assert all(title in page for title in result["titles"].values())
    assert record["title"].startswith("On one seed")


def told(gap: float, gain: float) -> dict[str, float]:
    return {"gap": gap, "gain": gain}


def order(seeds: list[list[tuple[float, float]]]) -> dict[str, Any]:
    """What is made of (gap, gain) by seed and task."""
    measured = {
        str(task): [told(*seeds[seed][task]) for seed in range(len(seeds))] for task in range(len(seeds[0]))
    }
    return judging_and_writing._order(measured, "gap")


def test_an_order_is_shown_where_seeds_agree_and_chance_seldom_does_as_well() -> None:
    up = [[(n / 10, n / 10 + seed / 100) for n in range(6)] for seed in range(3)]
    found = order(up)
    assert (found["means"], found["chance"]) == (pytest.approx(1.0), pytest.approx(1 / 720))
    assert judging_and_writing._follows("it follows", found, 6)["verdict"] == "shown"
    down = [[(x, -y) for x, y in seed] for seed in up]
    assert judging_and_writing._follows("it follows", order(down), 6)["verdict"] == "contradicted"
    assert judging_and_writing._follows("it follows", order(up[:1]), 6)["verdict"] == "not shown", "one seed"
    few = [seed[:3] for seed in up]
    assert judging_and_writing._follows("it follows", order(few), 3)["verdict"] == "not shown", (
        "1 of 6 orders"
    )


def test_the_headline_follows_the_verdicts() -> None:
    claims = [{"claim": "the gain follows", "verdict": "not shown", "evidence": ""}]
    claims += [
        {"claim": f"judging is ahead of writing: {n}", "verdict": verdict, "evidence": ""}
        for n, verdict in enumerate(("shown", "contradicted", "not shown"))
    ]
    result = {"claims": claims, "measured": {"a": [{}, {}]}}
    words = judging_and_writing_page.headline(result)
    assert "ahead of writing on 1 of 3 tasks, behind it on 1" in words
    assert "not shown to follow" in words
    claims[0]["verdict"] = "shown"
    assert "gains follows the gap" in judging_and_writing_page.headline(result)
