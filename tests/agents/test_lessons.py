"""The first lessons in short form: their claims hold, they come out the same twice, their pages say so."""

from __future__ import annotations

import base64
import copy
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lesson_results import timeless
from PIL import Image

from agents.lessons import LESSONS, gridworld, gridworld_page, reward_hacking, reward_hacking_page
from agents.lessons.learners import PolicyGradient, QLearning, policy_gradient, q_learning
from agents.lessons.repairs import judge
from agents.lessons.replay import frames, gif, replay
from agents.lessons.tables import expected, first_choices, tabulate
from games import cleaning_robot
from games.gridworld import WORLD
from games.one_player import load_world
from lab.lessons import learned_here
from lab.lessons.estimate import (
    Estimate,
    ahead,
    below,
    estimate,
    exact,
    geometric,
    greater,
    known,
    on_every,
    on_most,
)
from lab.lessons.page import render


@pytest.fixture(scope="module")
def grid() -> dict[str, Any]:
    return learned_here(gridworld, (0, 1))


@pytest.fixture(scope="module")
def robot() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        shorten(patch)
        return learned_here(reward_hacking, (0, 1, 2))


def shorten(patch: pytest.MonkeyPatch, updates: int = 120) -> None:
    """Fewer updates; the camera's exploit is found by then, the fine's not always."""
    patch.setattr(reward_hacking, "SETTINGS", replace(reward_hacking.SETTINGS, updates=updates))


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    return {claim["claim"]: claim["verdict"] for claim in result["claims"]}


def record(name: str, result: dict[str, Any], seeds: int) -> dict[str, Any]:
    return {
        "lesson": name,
        "seeds": list(range(seeds)),
        "times": {"cpu_seconds": 3.0, "wall_seconds": 3.0},
        "command": "python train.py lesson",
        "created": "2026-11-22T10:00:00",
        "result": result,
    }


# --- what may be claimed ---


def test_an_interval_by_hand() -> None:
    known = estimate([1.0, 2.0, 3.0])
    assert known.mean == 2.0
    assert known.low == pytest.approx(2 - 4.303 / 3**0.5)
    assert known.high == pytest.approx(2 + 4.303 / 3**0.5)
    assert known.told("{:.1f}".format) == "2.0 [−0.5, 4.5]"
    assert estimate([0.0, 1.0], share=True).low == 0.0
    assert estimate([0.9, 0.3], within=(-1.0, 1.0)).high == 1.0
    ten = geometric([10.0, 1000.0])
    assert ten.mean == pytest.approx(100.0)


def test_one_seed_has_no_interval_and_shows_nothing() -> None:
    alone = estimate([1.0])
    assert (alone.low, alone.high) == (None, None)
    assert "no interval" in alone.told(str)
    assert greater("", alone, estimate([0.0]), str)["verdict"] == "not shown"
    assert below("", alone, 5.0, str)["verdict"] == "not shown"


def test_what_shares_a_seed_is_compared_seed_by_seed() -> None:
    """Seeds apart, their differences alike: apart only where they are paired."""
    before, after = estimate([0.1, 0.5, 0.9]), estimate([0.2, 0.6, 1.0])
    assert greater("", after, before, str)["verdict"] == "not shown"
    told = ahead("", after, before, "{:.1f}".format)
    assert told["verdict"] == "shown"
    assert told["evidence"] == "0.6 against 0.5: +0.1 [+0.1, +0.1], seed by seed"
    assert ahead("", before, after, str)["verdict"] == "contradicted"
    assert ahead("", before, estimate([0.9, 0.5, 0.1]), str)["verdict"] == "not shown"
    with pytest.raises(ValueError, match="zip"):
        ahead("", before, estimate([0.1]), str)


def test_verdicts_follow_the_intervals() -> None:
    low, high = estimate([1.0, 1.1, 1.2]), estimate([5.0, 5.1, 5.2])
    wide = estimate([0.0, 3.0, 9.0])
    assert greater("", high, low, str)["verdict"] == "shown"
    assert greater("", low, high, str)["verdict"] == "contradicted"
    assert greater("", wide, low, str)["verdict"] == "not shown"
    assert [below("", low, limit, str)["verdict"] for limit in (2.0, 1.1, 0.5)] == [
        "shown",
        "not shown",
        "contradicted",
    ]
    assert [on_most("", [True] * n)["verdict"] for n in (5, 6)] == ["not shown", "shown"]
    assert on_most("", [False] * 8)["verdict"] == "contradicted"
    assert exact("", False, "")["verdict"] == "contradicted"
    assert greater("", known(0.5), estimate([0.1, 0.1]), str)["verdict"] == "shown"
    told = [on_every("it rings", kept) for kept in ([True] * 2, [True, False])]
    assert [claim["verdict"] for claim in told] == ["shown", "contradicted"]
    assert told[1]["claim"] == "it rings, on every seed of this run"
    assert told[1]["evidence"] == "on 1 of 2 seeds"
    for wrong in ([], [float("nan")]):
        with pytest.raises(ValueError, match="a mean needs"):
            estimate(wrong)


def tight(value: float) -> Estimate:
    return Estimate(value, max(0.0, value - 0.01), min(1.0, value + 0.01), (value,) * 3)


@pytest.mark.parametrize(
    ("before", "after", "same_pay", "verdict"),
    [
        ((1.0, 0.0), (0.0, 0.8), False, "moves"),
        ((1.0, 0.0), (0.0, 0.01), False, "closes"),
        ((1.0, 0.0), (0.3, 0.01), False, "dampens"),
        ((1.0, 0.0), (0.3, 0.02), True, "puts off"),
        ((0.2, 0.0), (0.2, 0.7), False, "does not help"),
        ((0.5, 0.3), (0.49, 0.31), False, "not shown"),
    ],
)
def test_a_repair_is_judged_by_numbers(
    before: tuple[float, float], after: tuple[float, float], same_pay: bool, verdict: str
) -> None:
    base, repaired = (
        {way: tight(share) for way, share in zip(("covered", "unseen"), shares, strict=True)}
        for shares in (before, after)
    )
    assert judge(base, repaired, same_pay)["verdict"] == verdict


# --- the learners ---


def test_learners_begin_at_random_and_know_their_cost() -> None:
    table = tabulate(WORLD)
    gradient = list(policy_gradient(table, PolicyGradient(6, 4, 0.1), 0, "test", every=3))
    assert [snapshot.update for snapshot in gradient] == [0, 1, 2, 3, 4, 6]
    q = list(q_learning(table, QLearning(200), 0, [50, 200]))
    assert [snapshot.env_steps for snapshot in q] == [0, 50, 200]
    for snapshots in (gradient, q):
        assert np.allclose(snapshots[0].policy, 0.25)
        assert snapshots[0].env_steps == 0
        steps = [snapshot.env_steps for snapshot in snapshots]
        assert steps == sorted(steps)
        for snapshot in snapshots:
            assert np.allclose(snapshot.policy.sum(axis=1), 1.0)


def test_the_seed_alone_decides() -> None:
    table = tabulate(WORLD)
    runs = [list(policy_gradient(table, PolicyGradient(5, 4, 0.1), seed, "test")) for seed in (1, 1, 2)]
    same, again, other = (run[-1].policy for run in runs)
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)


def test_entropy_keeps_a_policy_open() -> None:
    table = tabulate(WORLD)
    sharp, open_ = (
        list(policy_gradient(table, PolicyGradient(60, 8, 0.1, scale=20.0, entropy=weight), 0, "t"))[
            -1
        ].policy
        for weight in (0.0, 0.5)
    )
    assert first_entropy(open_) > first_entropy(sharp) + 0.1


def first_entropy(policy: Any) -> float:
    return float(-(policy * np.log(np.maximum(policy, 1e-12))).sum(axis=1).mean())


# --- gridworld ---


def test_a_shortest_path_is_found_and_kept(grid: dict[str, Any]) -> None:
    for method in gridworld.METHODS:
        assert grid["methods"][method]["solved"] == [True, True], method
        assert grid["methods"][method]["first_choices"]["values"] == [-16.0, -16.0]
    assert grid["truth"]["best_return"] == -16.0
    assert grid["film"][0]["steps"] > 60
    assert grid["film"][-1]["steps"] < 9.5
    assert len(grid["film"][-1]["path"]) == 8
    assert verdicts(grid)["the truth is -2 times the distance to the goal, in every cell"] == "shown"


def test_a_curve_that_falls_back_is_not_solved() -> None:
    def points(*returns: float) -> list[dict[str, float]]:
        return [{"first_choices": value} for value in returns]

    assert gridworld._solved(points(-200, -16, -18, -16, -16)) == 3
    assert gridworld._solved(points(-16, -16)) == 0
    assert gridworld._solved(points(-16, -20)) is None


def test_credit_points_uphill_better_with_a_baseline(grid: dict[str, Any]) -> None:
    means = {rule: value["mean"] for rule, value in grid["credit"].items()}
    assert means["whole return"] < means["return to go"] < means["less the mean"] < means["actor-critic"]


def test_seeds_that_never_got_there_show_nothing_about_steps() -> None:
    def seed(*returns: float) -> list[dict[str, float]]:
        return [
            {"first_choices": value, "return": value, "env_steps": 1_000.0 * n, "cpu_seconds": 0.1 * n}
            for n, value in enumerate(returns, 1)
        ]

    quick, slow, never = seed(-16, -16), seed(-200, -200, -16), seed(-200, -200, -200)
    reached = gridworld._summary([slow, slow, slow])
    assert reached["env_steps"].low == pytest.approx(3_000)
    stopped = gridworld._summary([slow, slow, never])
    assert stopped["env_steps"].mean == pytest.approx(3_000), "a lower bound"
    assert stopped["env_steps"].told("{:.0f}".format) == "more than 3000 (2 of 3 seeds got there)"
    assert (stopped["env_steps"].low, stopped["cpu_seconds"].high) == (None, None)
    best = gridworld._summary([quick, quick, quick])
    credit = dict.fromkeys(gridworld.RULES, Estimate(0.5, 0.4, 0.6, ()))
    for reinforce, verdict in ((reached, "shown"), (stopped, "not shown")):
        methods = dict(zip(gridworld.METHODS, (reinforce, best, best), strict=True))
        told = {claim["claim"]: claim["verdict"] for claim in gridworld._claims(methods, credit, 0.0)}
        assert told["REINFORCE needs more steps than the actor-critic"] == verdict
        assert told["REINFORCE needs more steps than Q-learning"] == verdict
        assert told["it takes less than 30 seconds"] == verdict


def test_gridworld_comes_out_the_same_twice(grid: dict[str, Any], tmp_path: Path) -> None:
    again = learned_here(gridworld, (0, 1))
    assert timeless(again) == timeless(grid)
    films = tmp_path / "one.svg", tmp_path / "again.svg"
    gridworld_page.write_animation(films[0], grid)
    gridworld_page.write_animation(films[1], again)
    assert films[0].read_bytes() == films[1].read_bytes()


def test_the_first_page(grid: dict[str, Any], tmp_path: Path) -> None:
    page = render(LESSONS["gridworld"], record("gridworld", grid, 2), gridworld_page.told(grid))
    assert page == render(LESSONS["gridworld"], record("gridworld", grid, 2), gridworld_page.told(grid))
    assert "On every seed the policy finds a shortest path" in page
    assert page.count("<animateTransform") == 24 * 4, "four arrows in every cell but the goal's"
    assert not re.search(r'(src|href)="(?!data:|#)', page), "it needs nothing else"
    for claim in grid["claims"]:
        assert claim["evidence"].replace("'", "&#39;") in page
    film = tmp_path / "policy.svg"
    gridworld_page.write_animation(film, grid)
    assert film.stat().st_size < 500_000
    assert ET.parse(film).getroot().tag.endswith("svg")


def test_a_failure_is_told_as_one(grid: dict[str, Any]) -> None:
    failed = copy.deepcopy(grid)
    failed["methods"]["reinforce"]["solved"] = [False, True]
    failed["methods"]["reinforce"]["env_steps"] |= {"low": None, "high": None, "censored": 1}
    assert "REINFORCE more than" in gridworld_page.deck(failed)
    assert "REINFORCE more than" not in gridworld_page.deck(grid)
    assert gridworld_page.headline(failed).startswith("On 1 of 2 seeds")
    failed["methods"]["reinforce"]["solved"] = [False, False]
    assert gridworld_page.headline(failed).startswith("On no seed")


# --- reward hacking ---


def test_pay_rises_and_truth_falls(robot: dict[str, Any]) -> None:
    for points in robot["curves"]["camera"]:
        peak = max(point["true"] for point in points)
        assert points[-1]["proxy"] > 0.6 > 0.4 > points[0]["proxy"]
        assert peak > points[0]["true"] + 0.03
        assert points[-1]["true"] < peak - 0.1
    for points in robot["curves"]["true"]:
        assert points[-1]["true"] > 0.4
    for points in robot["curves"]["penalty"]:
        assert points[-1]["covered"] < 0.1
    told = verdicts(robot)
    assert told["who is paid best by the camera cleans nothing"] == "shown"
    assert told["reinforcement raises the camera's pay"] == "shown"
    assert told["then it falls: the end lies more than a twentieth below the peak"] == "shown"


def test_a_true_reward_that_never_rises_is_told_as_such(robot: dict[str, Any]) -> None:
    curves = copy.deepcopy(robot["curves"])
    for points in curves["camera"]:
        for point in points[1:]:
            point["true"] = points[0]["true"] - 0.01
    tables = {arm: tabulate(cleaning_robot.paid_by(arm)) for arm in reward_hacking.ARMS}
    told = verdicts(reward_hacking._told(tables, curves))
    rises = "the true reward rises first: its peak lies more than a twentieth above the imitator's"
    assert told[rises] == "contradicted"
    assert told["then it falls: the end lies more than a twentieth below the peak"] == "contradicted"


def test_shares_of_dirt_sum_to_one(robot: dict[str, Any]) -> None:
    for arm in robot["curves"].values():
        for point in (point for points in arm for point in points):
            assert sum(point[kind] for kind in reward_hacking.KINDS) == pytest.approx(1.0)
            assert point["proxy"] >= point["true"] - 1e-9


def test_early_stopping_sees_no_truth(robot: dict[str, Any]) -> None:
    points = robot["curves"]["camera"][0]
    place = reward_hacking.stopping_point(points)
    blind = [{**point, "true": 0.0, "proxy": 0.0} for point in points]
    assert reward_hacking.stopping_point(blind) == place
    assert points[place]["divergence"] <= reward_hacking.BUDGET < points[place + 1]["divergence"]
    assert reward_hacking.stopping_point(points, 1e9) == len(points) - 1
    assert reward_hacking.stopping_point(points, 0.0) == 0


def test_reward_hacking_comes_out_the_same_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch, updates=8)
    one, again = learned_here(reward_hacking, (4,)), learned_here(reward_hacking, (4,))
    assert timeless(one) == timeless(again)
    assert not any(
        claim["verdict"] == "shown" for claim in one["claims"] if "paid best" not in claim["claim"]
    ), "one seed shows nothing but what is exact"


def test_the_second_page(robot: dict[str, Any], tmp_path: Path) -> None:
    told = reward_hacking_page.told(robot)
    lesson, again = LESSONS["reward-hacking"], reward_hacking_page.told(robot)
    page = render(lesson, record("reward-hacking", robot, 3), told)
    assert page == render(lesson, record("reward-hacking", robot, 3), again)
    assert page.count("data:image/gif;base64,") == 3
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert robot["repairs"]["penalty"]["words"].replace("'", "&#39;") in page
    film = tmp_path / "robot.gif"
    reward_hacking_page.write_animation(film, robot)
    assert film.stat().st_size < 500_000
    with Image.open(film) as shown:
        assert getattr(shown, "n_frames", 1) > 5
    for _, _, picture in told["animations"]:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as shown:
            assert shown.format == "GIF"


def test_the_headline_follows_the_verdict(robot: dict[str, Any]) -> None:
    other = copy.deepcopy(robot)
    for claim in other["claims"]:
        claim["verdict"] = "not shown"
    assert "is not shown" in reward_hacking_page.headline(other)
    other["repairs"]["penalty"]["verdict"] = "closes"
    assert "A fine on cloths closes it" in reward_hacking_page.deck(other)


# --- shown again ---


def test_an_episode_is_replayed() -> None:
    moments = list(replay(cleaning_robot.WORLD, [1, 5]))
    assert [moment.action for moment in moments] == [None, 1, 5]
    assert moments[-1].states[0]["spots"].tolist() == [cleaning_robot.COVERED, 0, 0]
    walk = list(replay(WORLD, [0, 1] * 10))
    assert len(walk) == 9, "it ends where the world does"
    assert [moment.paid for moment in walk] == [-2.0 * steps for steps in range(9)]
    assert len(list(replay(WORLD, [2] * 500))) == WORLD.max_steps + 1, "it is cut off where the world is"
    pictures = frames(WORLD, [0, 1])
    assert gif(pictures) == gif(pictures)


def test_every_lesson_is_listed_with_what_it_needs() -> None:
    for name, lesson in LESSONS.items():
        assert lesson.seeds >= 5, name
        assert lesson.claim
        if lesson.world:  # a small one, whose episodes the window shows
            assert lesson.cpu_seconds < 60
            assert load_world(lesson.world).name == lesson.world


def test_first_choices_of_the_learned_policy_walk_to_the_goal(grid: dict[str, Any]) -> None:
    table = tabulate(WORLD)
    policy = np.zeros((25, 4))
    policy[:] = grid["film"][-1]["policy"]
    walked = expected(table, first_choices(policy[table.numbers]))
    assert (walked.reward, walked.steps) == (-16.0, 8.0)
    assert json.dumps(grid, allow_nan=False)
