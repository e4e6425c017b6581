"""The algorithms' lesson in its shortest form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.lessons.run import teach
from lab.run import create_run
from llm_bridge.config import ImitationConfig
from llm_bridge.preference import algorithms, algorithms_page
from llm_bridge.preference.offline import OfflineConfig
from llm_bridge.preference.reward_model import RewardConfig
from llm_bridge.text_lessons import LESSONS

TINY = replace(
    algorithms.SETTINGS,
    sft=ImitationConfig(demonstrations=300, updates=15, batch_size=32),
    reward=RewardConfig(passes=1),
    offline=OfflineConfig(passes=1, rounds=1),
    grpo=replace(algorithms.SETTINGS.grpo, updates=2, prompts=4, answers=4),
    ppo=replace(algorithms.SETTINGS.ppo, updates=2, prompts=16),
    comparisons=48,
    best_of=4,
    problems=8,
)


def test_every_algorithm_is_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algorithms, "SETTINGS", TINY)
    run = create_run(tmp_path / "run", {"job": "lesson"}, "python train.py lesson preference-algorithms")
    lesson = LESSONS["preference-algorithms"]
    record = teach("preference-algorithms", lesson, (0,), run, lambda words: None)
    page = (run.folder / "report.html").read_text()
    columns, rows = algorithms_page.table(record["result"])
    assert [row[0] for row in rows] == ["imitator", *algorithms.ARMS.values()]
    assert all(len(row) == len(columns) for row in rows)
    for seeds in record["result"]["curves"].values():
        before, after = seeds[0]
        assert before["kl"] == pytest.approx(0.0, abs=1e-4)
        assert after["proxy"] != before["proxy"], "something was learned"
    assert all(name in page for name in algorithms.ARMS.values())
    assert record["title"].startswith("No algorithm is shown"), "one seed shows nothing"
