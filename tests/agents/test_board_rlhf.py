"""Reinforcement on what raters like: the step, the loop, the three curves, the detector, the lesson."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from agents.config import NetworkConfig, PolicyGradientConfig
from agents.evaluation import hard_part
from agents.human_moves import divergence as divergence_of
from agents.learning import Batch, new_learner
from agents.lessons import LESSONS, rlhf_on_a_board, rlhf_on_a_board_page
from agents.network import new_network
from agents.positions import load_positions
from agents.preference import rlhf
from agents.preference.gap import GapConfig
from agents.preference.imitator import ImitatorConfig, learn_imitator
from agents.preference.measure import Measure, first_alarm, promise, tilted
from agents.preference.preferences import HELD_OUT, seen_positions
from agents.preference.rater import Rater, over_random
from agents.preference.reward_model import RewardModelConfig
from agents.preference.rlhf import RlhfConfig, divergence, judged_advantages, reinforce, reinforce_step
from games.connect_four import GAME
from lab.lessons import learned_here
from lab.lessons.page import render

TINY = NetworkConfig(8, 1)
SHORT = RlhfConfig(
    PolicyGradientConfig(
        iterations=2, games_per_iteration=16, batch=16, batch_size=64, pool_every=1, learning_rate=1.5e-3
    ),
    points=2,
)


@pytest.fixture(scope="module")
def imitator() -> Any:
    return learn_imitator("forgetful", ImitatorConfig(False, TINY, games=60, updates=4, batch_size=64), 0)


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    settings = replace(
        rlhf_on_a_board.SETTINGS,
        few=40,
        many=120,
        labels=(40, 120),
        channels=(4, 8),
        held_out=150,
        pairs=2,
        imitator=ImitatorConfig(False, TINY, games=60, updates=4, batch_size=64),
        reward_model=RewardModelConfig(TINY, least=2, most=4, batch_size=32),
        rlhf=SHORT,
        gap=GapConfig(TINY, updates=2, batch_size=16),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rlhf_on_a_board, "SETTINGS", settings)
        return learned_here(rlhf_on_a_board, (0, 1))


def batch(states: Any, drawn: Any) -> Batch:
    weights = 0.2 * np.eye(7, dtype=np.float32)[drawn]
    legal = GAME.legal_action_mask(states)
    return Batch(GAME.observe(states), legal, weights, np.zeros(len(states), np.float32))


# --- the step ---


def test_a_move_is_judged_against_the_policy_s_mean_in_its_position() -> None:
    logits, rewards = torch.zeros(2, 3), torch.tensor([[3.0, 0.0, 9.0], [1.0, 1.0, 1.0]])
    mask = torch.tensor([[True, True, False], [True, True, True]])
    told = judged_advantages(logits, rewards, torch.tensor([0, 2]), mask)
    assert told.tolist() == pytest.approx([1.5, 0.0], abs=1e-6)


def test_the_divergence_is_exact_and_leaves_illegal_moves_out() -> None:
    policy, reference = np.array([[0.7, 0.3, 0.0]]), np.array([[0.5, 0.5, 0.0]])
    mask = torch.tensor([[True, True, False]])
    logits = torch.tensor([[np.log(0.7), np.log(0.3), 5.0]], dtype=torch.float32)
    told = divergence(logits, torch.log(torch.tensor([[0.5, 0.5, 1e-6]])), mask)
    assert float(told) == pytest.approx(divergence_of(policy, reference), abs=1e-5)


def test_what_is_paid_becomes_likelier_and_results_are_not_seen() -> None:
    network = new_network(TINY, GAME, 0)
    learner = new_learner(GAME, network, 1e-2, 0.0, 0.5, 20)
    states, drawn = GAME.new(32), np.arange(32) % 7
    rewards = torch.zeros(32, 7)
    rewards[:, 2] = 1.0
    value_before = network.value_out.weight.detach().clone()
    network.eval()
    reference = torch.log_softmax(network(torch.from_numpy(GAME.observe(states)))[0], dim=1).detach()
    for _ in range(10):
        _, error = reinforce_step(learner, batch(states, drawn), rewards, reference, 0.0)
        assert error == 0.0
    network.eval()
    after = torch.log_softmax(network(torch.from_numpy(GAME.observe(states)))[0], dim=1)
    assert after[0, 2] > reference[0, 2] + 0.1
    assert torch.equal(network.value_out.weight, value_before)


# --- the loop ---


def test_the_first_snapshot_is_the_imitator_and_the_same_seed_gives_the_same(imitator: Any) -> None:
    reward = Rater("forgetful").utility
    states = seen_positions("forgetful", 40, 0, HELD_OUT)
    runs = [list(reinforce(imitator, reward, SHORT, 3)) for _ in range(2)]
    assert [snapshot.games for snapshot in runs[0]] == [0, 16, 32]
    assert runs[0][-1].env_steps > 32 * 3
    for one, other in zip(*runs, strict=True):
        assert np.array_equal(one.policy(states), other.policy(states))
    assert not np.allclose(runs[0][0].policy(states), runs[0][-1].policy(states))


def test_measuring_between_snapshots_costs_no_learning(
    imitator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that says a second for each part of the work, and whoever measures takes a thousand."""
    clock = [0.0]

    def process_time() -> float:
        clock[0] += 0.5
        return clock[0]

    monkeypatch.setattr(rlhf, "time", SimpleNamespace(process_time=process_time))
    told = []
    for snapshot in reinforce(imitator, Rater("forgetful").utility, SHORT, 0):
        told.append(snapshot.cpu_seconds)
        clock[0] += 1_000.0
    assert told == [0.0, 0.5, 1.0]


def test_a_heavy_weight_keeps_the_policy_near_the_imitator(imitator: Any) -> None:
    states, reward = seen_positions("forgetful", 100, 0, HELD_OUT), Rater("forgetful").utility
    config = replace(SHORT, play=replace(SHORT.play, iterations=4, learning_rate=1e-2))
    moved = []
    for weight in (0.0, 30.0):
        first, *_, last = reinforce(imitator, reward, replace(config, kl_weight=weight), 0)
        moved.append(divergence_of(last.policy(states), first.policy(states)))
    assert moved[1] < moved[0] / 2


# --- the three curves and the detector ---


@pytest.fixture(scope="module")
def measure() -> Measure:
    states = seen_positions("forgetful", 300, 0, HELD_OUT)
    legal = GAME.legal_action_mask(states)
    hard = hard_part(load_positions("connect_four", "validation"), 60)
    return Measure(states, legal / legal.sum(axis=1, keepdims=True), hard, Rater("forgetful"))


def evenly(states: Any) -> Any:
    legal = GAME.legal_action_mask(states)
    return legal / legal.sum(axis=1, keepdims=True)


def test_shares_run_from_the_imitator_to_the_best_there_is(measure: Measure) -> None:
    rater = measure.considered
    start = measure.point(evenly, rater.utility, rater, 0)
    assert start["proxy"] == start["gold"] == pytest.approx(0.0, abs=1e-9)
    assert start["kl"] == pytest.approx(0.0, abs=1e-9)

    def best(states: Any) -> Any:
        utility = np.where(GAME.legal_action_mask(states), rater.utility(states), -np.inf)
        return np.eye(7)[utility.argmax(axis=1)]

    end = measure.point(best, rater.utility, rater, 0)
    assert end["proxy"] == end["gold"] == pytest.approx(1.0)
    assert "proxy" not in measure.point(best, None, rater, 0)
    assert measure.point(best, lambda states: -rater.utility(states), rater, 0)["proxy"] < 0


def test_nobody_lies_above_the_line(measure: Measure) -> None:
    line = measure.posterior((0.0, 0.5, 2.0, 50.0))
    assert line[0]["gold"] == pytest.approx(0.0, abs=1e-9)
    assert line[-1]["gold"] == pytest.approx(1.0, abs=0.02)
    utility = measure.considered.utility(measure.held_out)
    other = tilted(measure.reference, utility + np.random.default_rng(0).normal(size=utility.shape), 0.5)
    moved = divergence_of(other, measure.reference) ** 0.5
    reached = np.interp(moved, [p["root_kl"] for p in line], [p["gold"] for p in line])
    gold = over_random(utility, measure.legal)
    assert measure._share(other, gold) < reached


def test_the_detector_hears_a_model_that_promises_too_much(measure: Measure) -> None:
    rater = measure.considered
    utility = over_random(rater.utility(measure.held_out), measure.legal)
    policy = tilted(measure.reference, utility, 1.0)
    honest = promise(measure, policy, utility, rater, 0)
    assert honest["promised"] == pytest.approx(honest["kept"], abs=0.05)
    assert honest["alarm"] == 0.0
    gamed = promise(measure, tilted(measure.reference, -utility, 1.0), -utility, rater, 0)
    assert gamed["promised"] > 0.6 > 0.5 > gamed["kept"]
    assert gamed["alarm"] == 1.0
    assert first_alarm([honest, honest, gamed]) == 2
    assert first_alarm([honest]) is None


# --- the lesson ---


def test_the_lesson_is_known_and_comes_out_whole(result: dict[str, Any]) -> None:
    assert LESSONS["rlhf-on-a-board"].seeds_of("quick") == 1
    json.dumps(result, allow_nan=False)
    assert set(result["curves"]) == set(rlhf_on_a_board.ARMS)
    for arm, seeds in result["curves"].items():
        assert len(seeds) == 2
        assert [point["update"] for point in seeds[0]] == [0, 16, 32]
        assert ("proxy" in seeds[0][0]) == (arm != "result")
    assert len(result["table"]) == 4
    assert all(claim["verdict"] in ("shown", "not shown", "contradicted") for claim in result["claims"])
    assert 0.55 < result["lines"]["best"] < 0.65


def test_what_pays_the_utility_is_the_raters_gold(result: dict[str, Any]) -> None:
    for points in result["curves"]["utility"]:
        for point in points:
            assert point["proxy"] == pytest.approx(point["gold"])
    glance = result["curves"]["glance"][0][-1]
    assert glance["proxy"] != pytest.approx(glance["gold"])


def test_a_headline_supposes_no_way(result: dict[str, Any]) -> None:
    fallen = json.loads(json.dumps(result))
    fallen["arms"]["many-labels"]["proxy"]["mean"] = -0.12
    assert rlhf_on_a_board_page.headline(fallen).startswith("The vibe goes to −12\u00a0% of all there is")


def test_the_page_says_what_came_out(result: dict[str, Any]) -> None:
    record = {
        "lesson": "rlhf-on-a-board",
        "seeds": [0, 1],
        "times": {"cpu_seconds": 3.0, "wall_seconds": 3.0},
        "command": "python train.py lesson rlhf-on-a-board",
        "created": "2026-11-22T10:00:00",
        "result": result,
    }
    page = render(LESSONS["rlhf-on-a-board"], record, rlhf_on_a_board_page.told(result))
    assert "it would not have become strong" in page  # the sentence that is tested
    assert "What it does not show" in page
    assert "Where the analogy breaks" in page
    assert page.count("<svg") >= 8
    assert "The solver: it" in page
    columns, rows = rlhf_on_a_board_page.table(result)
    assert len(rows) == 6
    assert all(len(row) == len(columns) for row in rows)
