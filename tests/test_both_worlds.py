"""Both worlds in one run: one result, one report, the analogy between them; stopped and gone on with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from agents import config as board
from lab.report import render_report
from lab.report.result import validate
from lab.run import Run, create_run, open_run, plain
from lab.run_delete import delete_run
from lab.run_overview import details, overview
from lab.runs import complete, put_together
from llm_bridge import config as text
from train import WINGS

SELF_PLAY = board.SelfPlayConfig(iterations=1, games_per_iteration=8, batch=8, simulations=4, evaluations=1)
BOARD = replace(
    board.preset("tiny"),
    arms=("imitator", "zero"),
    counter_human="none",
    studies=False,
    plateau=(),
    teachers=board.TeacherConfig(),
    zero=SELF_PLAY,
    imitation=board.ImitationConfig(games=60, updates=4, batch_size=32, validation_games=10, evaluations=1),
    evaluation=board.EvaluationConfig(simulations=4, batch=32, pairs=2, curve_positions=16),
)
TEXT = replace(
    text.preset("tiny"),
    arms=("imitator", "policy-gradient"),
    rare_human="none",
    counter_human="none",
    studies=False,
)


BOTH = ("connect_four", "arithmetic")


def a_run(folder: Path, seeds: int = 1) -> Run:
    settings = {"connect_four": plain(vars(BOARD)), "arithmetic": plain(vars(TEXT))}
    shared = {"job": "compare", "preset": "tiny", "seed": 0, "seeds": seeds}
    config = {**shared, "worlds": list(BOTH), "settings": settings}
    return create_run(folder, config, "python train.py compare --preset tiny")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, dict[str, Any]]:
    run = a_run(tmp_path_factory.mktemp("both") / "run")
    result = complete(run, WINGS, Console(quiet=True))
    run.result_path.write_text(json.dumps(result))
    return run, result


def test_one_result_holds_both(finished: tuple[Run, dict[str, Any]]) -> None:
    run, result = finished
    validate(result)
    assert [world["world"] for world in result["worlds"]] == ["connect_four", "arithmetic"]
    rows = {row["row"]: row for row in result["analogy"]}
    assert len(rows) == 9
    assert any(row["board"]["figure"] for row in rows.values())
    assert any(row["text"]["figure"] for row in rows.values())
    assert all(row["breaks"] for row in rows.values())
    page = render_report(result)
    assert "Connect Four" in page
    assert "adding numbers" in page
    for world in BOTH:
        assert (run.folder / world / "result.json").exists()


def test_gone_on_with_it_changes_nothing_and_put_together_anew_it_is_the_same(
    finished: tuple[Run, dict[str, Any]],
) -> None:
    run, result = finished
    again = complete(open_run(run.folder), WINGS, Console(quiet=True))
    assert again["worlds"] == result["worlds"]
    anew, missing = put_together(run, WINGS)
    assert anew["worlds"] == result["worlds"]
    assert anew["analogy"] == result["analogy"]
    assert missing == []


def test_it_is_listed_shown_and_deleted_whole(finished: tuple[Run, dict[str, Any]], tmp_path: Path) -> None:
    run, _ = finished
    seen = overview(run.folder, WINGS)
    assert (seen.world, seen.state, seen.share) == ("connect_four + arithmetic", "finished", 1.0)
    go_on = details(run.folder, WINGS)["go_on"]
    assert any("duel" in line for line in go_on)
    assert any("--world arithmetic" in line for line in go_on)
    begun = a_run(tmp_path / "begun")
    assert overview(begun.folder, WINGS).share == 0.0
    delete_run(begun.folder)
    assert not begun.folder.exists()


def test_seeds_of_both_worlds_stand_side_by_side(tmp_path: Path) -> None:
    run = a_run(tmp_path / "two", seeds=2)
    result = complete(run, WINGS, Console(quiet=True))
    validate(result)
    assert [len(seed["worlds"]) for seed in result["seeds"]] == [2, 2]
    assert result["worlds"][1]["discovery"]["seeds"]
    render_report(result)
