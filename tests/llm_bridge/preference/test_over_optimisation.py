"""The over-optimisation lesson in its shortest form: what it tells, its page, the seed alone decides."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from lab.curve import curve_path, read_curve
from lab.lessons import learned_here, studies_here
from lab.lessons.estimate import above_zero
from lab.lessons.run import write_lesson
from lab.run import create_run
from llm_bridge.config import ImitationConfig
from llm_bridge.preference import over_optimisation, over_optimisation_page
from llm_bridge.preference import over_optimisation_tables as tables
from llm_bridge.preference.over_optimisation_claims import REMEDIES
from llm_bridge.preference.over_optimisation_tables import at_budget
from llm_bridge.preference.reward_model import RewardConfig
from llm_bridge.text_lessons import LESSONS

TINY = replace(
    over_optimisation.SETTINGS,
    sft=ImitationConfig(demonstrations=300, updates=15, batch_size=32),
    reward=RewardConfig(passes=1),
    comparisons=64,
    few=32,
    held_out=64,
    sweep=(32, 64),
    widths=(16,),
    policy=replace(over_optimisation.SETTINGS.policy, updates=4, prompts=4, answers=4),
    longest=6,
    asked_at=(2, 4),
    questions=8,
    rounds=(2,),
    measured=(0, 2, 4, 6),
    problems=8,
    followed=2,
)


@pytest.fixture(scope="module")
def studies() -> list[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(over_optimisation, "SETTINGS", TINY)
        return studies_here(over_optimisation, (0, 1))


@pytest.fixture(scope="module")
def result(studies: list[dict[str, Any]]) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(over_optimisation, "SETTINGS", TINY)
        return over_optimisation.pooled(studies)


def timeless(points: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{name: value for name, value in point.items() if name != "cpu_seconds"} for point in points]


def test_every_arm_has_a_curve_of_every_seed(result: dict[str, Any]) -> None:
    assert set(result["curves"]) == set(over_optimisation.ARMS)
    for arm, seeds in result["curves"].items():
        long = [0, 2, 4, 6] if arm in over_optimisation.LONG else [0, 2, 4]
        assert [[point["update"] for point in points] for points in seeds] == [long] * 2
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
    again = learned_here(over_optimisation, (1,))
    for arm in over_optimisation.ARMS:
        assert timeless(again["curves"][arm][0]) == timeless(result["curves"][arm][1])
    shown = [claim["claim"] for claim in again["claims"] if claim["verdict"] == "shown"]
    assert all(words.startswith("best of n") for words in shown), "one seed shows only what is exact"
    page = over_optimisation_page.told(again)
    assert "[" not in " ".join(row["gold"] + row["more"] for row in page["remedies"]), "no interval of one"


def test_the_lesson_leaves_page_and_curves(
    studies: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(over_optimisation, "SETTINGS", TINY)
    run = create_run(tmp_path / "run", {"job": "lesson"}, "python train.py lesson over-optimisation")
    times = {"wall_seconds": 3.0, "cpu_seconds": 3.0}
    record = write_lesson("over-optimisation", LESSONS["over-optimisation"], (0, 1), run, studies, times)
    page = (run.folder / "report.html").read_text()
    assert escape(record["title"]) in page
    assert "where no verifier exists" in page
    assert "built-in method" not in page
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


# --- remedies, cap, sweeps, the exercise ---


def test_remedies_stand_beside_the_plain_run_at_equal_budget(result: dict[str, Any]) -> None:
    rows = over_optimisation_page.told(result)["remedies"]
    assert [row["arm"] for row in rows] == ["rlhf", *REMEDIES]
    samples = {result["curves"][row["arm"]][0][2]["env_steps"] for row in rows}
    assert samples == {4 * 16}
    values = at_budget(result, "rlhf")
    assert values["update"] == [4, 4], "the plain run is longer, and is judged at the remedies' budget"
    assert values["more"] == [0.0, 0.0]


def test_early_stopping_is_judged_where_its_rater_stopped(result: dict[str, Any]) -> None:
    for told in result["stops"]:
        assert [one["update"] for one in told["wins"]] == [2, 4]
        assert all(one["asked"] == 8 for one in told["wins"])
    moved = {**result, "stops": [{**told, "update": 2} for told in result["stops"]]}
    assert at_budget(moved, "early")["update"] == [2, 2]
    assert at_budget(moved, "kl")["update"] == [4, 4]


def test_a_claim_of_differences_follows_their_interval() -> None:
    assert above_zero("more", [0.5, 0.6, 0.55], str)["verdict"] == "shown"
    assert above_zero("more", [-0.5, -0.6, -0.55], str)["verdict"] == "contradicted"
    assert above_zero("more", [-0.5, 0.6, 0.1], str)["verdict"] == "not shown"
    assert above_zero("more", [0.5], str)["verdict"] == "not shown"


def test_judges_are_swept_over_labels_and_sizes(result: dict[str, Any]) -> None:
    for rows in result["sweep"]:
        assert [row["labels"] for row in rows] == [32, 64, 32, 64]
        assert rows[0]["weights"] < rows[2]["weights"] == 104_768
        assert all(0.0 <= row["likely"] <= row["best"] <= 1.0 for row in rows)


def test_a_collapse_is_shown_as_text(result: dict[str, Any]) -> None:
    told = {"found": True, "repeating": 0.9, "same": 0.1, "prompt": "37+58=", "sampled": "hm hm hm hm h"}
    broken = {
        arm: [[dict(one) for one in seed] for seed in seeds] for arm, seeds in result["collapse"].items()
    }
    for seed in broken["few"]:
        for one in seed:
            one["found"] = False
    broken["few"][1][2] |= told
    rows = [
        row for row in tables.collapse({**result, "collapse": broken}) if row["arm"].endswith("few labels")
    ]
    assert [(row["seed"], row["update"], row["sampled"], row["kind"]) for row in rows] == [
        (1, 4, "hm hm hm hm h", "repeats itself")
    ]


def test_the_exercise_is_exact(result: dict[str, Any]) -> None:
    for rows in result["bias"]:
        for row in rows:
            assert row["kl"] == pytest.approx(row["distance"], abs=1e-3) or row["kl"] < row["distance"]
        start = [row["right"] for row in rows if row["distance"] == 0.0]
        assert len(set(start)) == 1, "the imitator is the same whatever raters like"
        near = [row for row in rows if row["distance"] == 0.5]
        assert near[-1]["shouts"] > near[0]["shouts"]
        assert near[-1]["right"] <= near[0]["right"]
        assert [row["prefers"] for row in near] == sorted(row["prefers"] for row in near)
