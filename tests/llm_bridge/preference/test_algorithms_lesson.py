"""The algorithms' lesson in its shortest form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.lessons import studies_here
from lab.lessons.run import write_lesson
from lab.run import create_run
from llm_bridge.config import ImitationConfig
from llm_bridge.preference import algorithms, algorithms_page
from llm_bridge.preference.offline import OfflineConfig
from llm_bridge.preference.reward_model import RewardConfig
from llm_bridge.text_lessons import LESSONS

TIMES = {"wall_seconds": 3.0, "cpu_seconds": 3.0}
TINY = replace(
    algorithms.SETTINGS,
    sft=ImitationConfig(demonstrations=300, updates=15, batch_size=32),
    reward=RewardConfig(passes=1),
    offline=OfflineConfig(passes=2, rounds=2, batch_size=12, learning_rate=1e-3),
    grpo=replace(algorithms.SETTINGS.grpo, updates=8, prompts=16, answers=4, learning_rate=3e-3),
    ppo=replace(algorithms.SETTINGS.ppo, updates=8, prompts=64, batch_size=32, learning_rate=3e-3),
    rankings=16,
    best_of=4,
    problems=8,
)


def test_every_algorithm_is_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algorithms, "SETTINGS", TINY)
    run = create_run(tmp_path / "run", {"job": "lesson"}, "python train.py lesson preference-algorithms")
    lesson = LESSONS["preference-algorithms"]
    studies = studies_here(algorithms, (0,))
    record = write_lesson("preference-algorithms", lesson, (0,), run, studies, TIMES)
    page = (run.folder / "report.html").read_text()
    columns, rows = algorithms_page.table(record["result"])
    assert [row[0] for row in rows] == ["imitator", *algorithms.ARMS.values()]
    assert all(len(row) == len(columns) for row in rows)
    ends = {arm: seeds[0] for arm, seeds in record["result"]["curves"].items()}
    assert all(before["kl"] == pytest.approx(0.0, abs=1e-4) for before, _ in ends.values())
    for arm in ("grpo", "ppo", "best-of-n"):
        before, after = ends[arm]
        assert after["proxy"] > before["proxy"] + 0.01, f"{arm} is paid by the model"
    shares = [(round(after["proxy"], 9), round(after["kl"], 9)) for _, after in ends.values()]
    assert len(set(shares)) == len(ends), "no arm is another's copy"
    assert all(name in page for name in algorithms.ARMS.values())
    assert record["title"].startswith("No algorithm is shown"), "one seed shows nothing"
    assert "No interval of the raters" in algorithms_page.told(record["result"])["deck"]
    assert_costs_are_told({arm: after for arm, (_, after) in ends.items()}, columns, rows)


def assert_costs_are_told(
    ends: dict[str, dict[str, float]], columns: list[str], rows: list[list[str]]
) -> None:
    pairwise = ("dpo", "ipo", "length-normalised", "dpo-with-sft")
    assert {ends[arm]["update"] for arm in (*pairwise, "ranked")} == {2 * 4.0}, "48 pairs, or 16 rankings"
    assert {ends[arm]["env_steps"] for arm in (*pairwise, "ranked")} == {0.0}
    sampled = {"self-play": 48.0, "grpo": 8 * 16 * 4.0, "ppo": 8 * 64.0, "best-of-n": 8 * 4.0}
    assert {arm: ends[arm]["env_steps"] for arm in sampled} == sampled
    told = dict(zip(algorithms.ARMS, rows[1:], strict=True))
    assert told["grpo"][columns.index("sampled")] == "512"
    assert told["best-of-n"][columns.index("greedy")] == "–"
    assert "greedy" not in ends["best-of-n"], "no copy of what is sampled"


def test_pairs_and_rankings_take_as_many_steps() -> None:
    settings = algorithms.SETTINGS
    pairs, rankings = (
        settings.offline.steps(settings.comparisons),
        settings.offline.steps(settings.rankings, 3),
    )
    assert pairs == rankings == settings.offline.passes * 64
    assert settings.comparisons == 3 * settings.rankings


def test_who_is_named_lies_above_the_imitator() -> None:
    """The deck names those alone that an interval supports, however high another's mean."""
    ends = dict.fromkeys(algorithms.ARMS, (2.0, 2.2)) | {"ipo": (2.9, 3.0), "ppo": (1.0, 9.0)}
    curves = {
        arm: [[{"gold": 2.0 + seed / 100, "right": 0.5}, {"gold": gold, "right": 0.5}] for seed, gold in
              enumerate(golds)]
        for arm, golds in ends.items()
    }  # fmt: skip
    result = {"curves": curves, "claims": algorithms._claims(curves)}
    assert algorithms_page.headline(result).startswith("1 of 9 ways")
    better = algorithms_page._better(result)
    assert algorithms.ARMS["ipo"] in better
    assert algorithms.ARMS["ppo"] not in better
