"""From the files of a run to its result: what stands on the ladder, what is claimed, what is left out."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from arms import made_up_positions
from run_folder import LADDER, ONE_ARM, match_path, result_of_run, write_match, write_run

from agents.config import CompareConfig
from agents.ladder import RUNGS
from agents.match_plan import Match, matches
from agents.teachers import OPENINGS, PERFECT_FROM, PERFECT_POSITIONS
from lab.pooling import pool_results
from lab.report import render_report
from lab.report.result import validate

Json = dict[str, Any]
MEASURE = Match("ceiling", "policy-gradient.sampled", "imitator.sampled")
MORE_THAN_80 = "the policy gradient, moves sampled, beats the sampled imitator in more than 80 % of games"


@pytest.fixture(autouse=True)
def few_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_up_positions(40)
    monkeypatch.setattr("agents.result.load_positions", lambda world, split: made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_run(tmp_path, LADDER)
    return tmp_path


def main_panel(result: Json) -> Json:
    panel: Json = result["worlds"][0]["panels"][0]
    return panel


def evidence(result: Json) -> dict[str, str]:
    return {claim["claim"]: claim["evidence"] for claim in main_panel(result)["claims"]}


def rungs(result: Json) -> dict[str, Json]:
    return {rung["arm"]: rung for rung in result["worlds"][0]["ladder"]}


def test_raw_alphago_is_the_imitator_and_nothing_of_its_own(folder: Path) -> None:
    """Its matches without search lie in the folder, as an older plan played them, and are passed over."""
    assert match_path(folder, "match alphago v alphabeta-4").exists()
    result = validate(result_of_run(folder, LADDER))
    panel, rung = main_panel(result), rungs(result)["alphago"]
    assert (rung["raw"], rung["sampled"]) == (None, None)
    assert rung["searched"]["rate"] > 0.6
    (row,) = [row for row in panel["headline"] if row["arm"] == "alphago"]
    assert row["raw"] is None
    assert row["searched"] == rung["searched"]
    assert {curve["series"] for curve in panel["curves"] if curve["arm"] == "alphago"} == {"searched"}
    played = [match for match in panel["matches"] if match["first"] == "alphago"]
    assert played
    assert all(match["first_simulations"] > 0 for match in played)
    claimed = [claim for claim in evidence(result) if claim.startswith("alphago")]
    assert claimed
    assert all(claim.startswith("alphago with 64 simulations beats") for claim in claimed)
    assert "alphago, raw" not in {row["player"] for row in panel["mistakes"]}
    assert "alphago, 64 simulations" in {row["player"] for row in panel["mistakes"]}
    assert "The ladder: one ingredient at a time" in render_report(result)


def test_the_plan_plays_alphago_with_search_alone() -> None:
    named = {match.first for match in matches(LADDER)} | {match.second for match in matches(LADDER)}
    assert "alphago@" in named
    assert "alphago" not in named
    assert {"master", "zero", "more-imitation", "policy-gradient"} <= named


def test_alphagos_search_is_told_apart_from_the_others(folder: Path) -> None:
    result = result_of_run(folder, LADDER)
    unequal = "equal simulations, not equal CPU"
    assert "rollouts" in RUNGS["alphago"].ingredient
    assert unequal in rungs(result)["alphago"]["note"]
    assert [rung["arm"] for rung in result["worlds"][0]["ladder"] if rung["note"]] == ["alphago"]
    found = evidence(result)
    assert unequal in found["Zero passes AlphaGo, both searched"]
    assert unequal in found["alphago with 64 simulations beats imitator with 64 simulations"]
    assert unequal not in found["Zero passes Master, both searched"]


def test_claims_between_arms_state_both_costs(folder: Path) -> None:
    """An arm costs 100 s and a second a letter of its name; Master stands on the imitator, AlphaGo on that
    and the policy gradient, too."""
    found = evidence(result_of_run(folder, LADDER))
    assert "CPU 104 s against 214 s" in found["Zero passes Master, both raw"]
    assert "CPU 104 s against 114 s" in found["Zero passes more imitation, both searched"]
    searched = "zero with 64 simulations beats {} with 64 simulations"
    assert "CPU 104 s against 114 s" in found[searched.format("more-imitation")]
    assert "CPU 104 s against 214 s" in found[searched.format("master")]
    assert "CPU 104 s against 330 s" in found["Zero passes AlphaGo, both searched"]
    assert "teacher's own not counted" in found["imitator of Zero passes imitator, both raw"]
    assert "CPU" not in found["zero beats alphabeta-4"]


@pytest.mark.parametrize(("rate", "verdict"), [(0.9, "shown"), (0.82, "not shown"), (0.7, "contradicted")])
def test_alphagos_measure_of_the_policy_gradient(folder: Path, rate: float, verdict: str) -> None:
    write_match(folder, MEASURE, rate)
    (claim,) = [c for c in main_panel(result_of_run(folder, LADDER))["claims"] if c["claim"] == MORE_THAN_80]
    assert claim["verdict"] == verdict
    assert "of 400 games" in claim["evidence"]
    assert "CPU 223 s against 108 s" in claim["evidence"]


def test_what_was_not_played_is_not_claimed(folder: Path) -> None:
    before = evidence(result_of_run(folder, LADDER))
    match_path(folder, MEASURE.name).unlink()
    match_path(folder, "match zero@ v more-imitation@").unlink()
    gone = set(before) - set(evidence(result_of_run(folder, LADDER)))
    assert gone == {MORE_THAN_80, "zero with 64 simulations beats more-imitation with 64 simulations"}


def test_answers_in_positions_are_no_games(folder: Path) -> None:
    result = result_of_run(folder, LADDER)
    rung, panel = rungs(result)["imitate-perfect"], main_panel(result)
    assert rung["games"] is None
    assert f"{PERFECT_POSITIONS:,} positions" in rung["ingredient"]
    assert f"from ply {PERFECT_FROM} on" in rung["ingredient"]
    assert {row["games"] for row in panel["headline"] if row["arm"] == "imitate-perfect"} == {None}
    points = [p for curve in panel["curves"] if curve["arm"] == "imitate-perfect" for p in curve["points"]]
    assert {point["games"] for point in points} == {0}
    assert rungs(result)["imitator"]["games"] == 60_000
    (row,) = result["worlds"][0]["teachers"]["rows"]
    assert row["taught_on"] == f"positions of the human's games from ply {PERFECT_FROM} on"


def test_words_of_the_rungs_are_those_of_the_settings() -> None:
    assert f"{OPENINGS.opening_share:.0%}".replace("%", " %") in RUNGS["imitate-zero"].ingredient
    assert RUNGS["policy-gradient"].ingredient.startswith("games played alike, lost moves pushed down")


def test_the_sweep_is_set_beside_what_reinforcement_cost(folder: Path) -> None:
    lines = result_of_run(folder, LADDER)["worlds"][0]["teachers"]["lines"]
    assert {line["label"]: line["cpu_seconds"] for line in lines} == {
        "policy gradient, raw": 223.0,
        "Master, raw": 214.0,
        "Zero, raw": 104.0,
    }


def test_one_arm_alone_has_a_result(tmp_path: Path) -> None:
    write_run(tmp_path, ONE_ARM)
    result = validate(result_of_run(tmp_path, ONE_ARM))
    assert result["worlds"][0]["ladder"] is None
    assert evidence(result)["zero beats alphabeta-4"]


def test_seeds_are_pooled(folder: Path) -> None:
    first = result_of_run(folder, LADDER)
    second = copy.deepcopy(first) | {"seed": 1}
    pool = validate(pool_results([first, second], {"seeds": 2}))
    for match in main_panel(pool)["matches"]:
        assert match["games"] == match["score"]["n"] == 800
        assert match["wins"] + match["draws"] + match["losses"] == 800
        assert match["first_simulations"] in (0, 64)
    assert rungs(pool)["alphago"]["raw"] is None
    assert rungs(pool)["zero"]["games"] == 60_000
    assert main_panel(pool)["imitation"][0]["games"] == 58_000
    assert "The ladder: one ingredient at a time" in render_report(pool)


def test_arms_of_a_smaller_comparison(tmp_path: Path) -> None:
    config = replace(CompareConfig(), arms=("zero", "imitator"))
    write_run(tmp_path, config)
    assert evidence(result_of_run(tmp_path, config))["Zero passes imitator, both raw"]
