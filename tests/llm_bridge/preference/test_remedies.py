"""A policy followed on its way, the rater who stops it, fresh preferences, and what bias does, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from llm_bridge.config import ImitationConfig, ModelConfig
from llm_bridge.learning import Texts
from llm_bridge.preference import policies
from llm_bridge.preference.answer_space import AnswerSpace
from llm_bridge.preference.chatter import TASK, Traits
from llm_bridge.preference.comparisons import rated, sampled_groups
from llm_bridge.preference.engagement import at_divergence
from llm_bridge.preference.imitator import imitator
from llm_bridge.preference.policies import FreshRounds, HeldOutRater, Pay, World, follow
from llm_bridge.preference.raters import Raters, Taste
from llm_bridge.preference.reward_model import RewardConfig
from llm_bridge.preference.tuning import GRPO, Measured
from llm_bridge.tasks import few, held_out

LOUD = Raters("loud", "loud", (Taste(right=0.0, clear=0.0, engaging=3.0, polite=0.0),), temperature=0.1)
POLICY = replace(GRPO, updates=4, prompts=8, answers=4, learning_rate=2e-3)


@pytest.fixture(scope="module")
def world() -> World:
    settings = ImitationConfig(demonstrations=500, updates=60, batch_size=64)
    start = imitator(settings, 0, ModelConfig(1, 32, 2, 64, 64))
    return World(start, LOUD, few(held_out(TASK, "test"), 8, 0), (0, 2, 4), 0)


def shouts(_: Texts, seen: Sequence[Traits]) -> NDArray[np.float64]:
    return np.array([float(min(one.shouts, 4)) for one in seen])


def silence(texts: Texts, seen: Sequence[Traits]) -> NDArray[np.float64]:
    return 5.0 - shouts(texts, seen)


def test_a_policy_is_measured_where_it_was_asked(world: World) -> None:
    told = follow(world, Pay(shouts), POLICY)
    assert [point["update"] for point in told.points] == [0, 2, 4]
    assert [point["env_steps"] for point in told.points] == [0, 64, 128]
    assert [one["update"] for one in told.samples] == [0, 4]
    assert [one["update"] for one in told.collapse] == [0, 2, 4]
    for one in told.collapse:
        assert {"prompt", "sampled", "greedy", "found", "repeating", "same"} <= set(one)
    shown = told.samples[0]["answers"][0]
    assert shown["prompt"] == world.problems[0].prompt
    assert shown["right"] == world.problems[0].answer


def test_another_judge_is_no_gain(world: World) -> None:
    """Where the pay changes, the curve goes on from where it was."""
    pay = Pay(shouts)
    points: list[float] = []

    def between(stage: object, measured: Measured) -> None:
        before = float((pay(measured.texts, measured.seen) - pay.moved).mean())
        pay.change(silence, measured)
        points.append(float((pay(measured.texts, measured.seen) - pay.moved).mean()) - before)

    follow(world, pay, replace(POLICY, updates=2), between=between)
    assert points == pytest.approx([0.0, 0.0])


def test_the_held_out_rater_stops_where_it_liked_the_policy_best(world: World) -> None:
    rater = HeldOutRater(world, (2, 4), 30)
    with_rater = follow(world, Pay(shouts), POLICY, between=rater)
    without = follow(world, Pay(shouts), POLICY)
    assert [p["gold"] for p in with_rater.points] == [p["gold"] for p in without.points], "it only looks"
    assert [one["update"] for one in rater.wins] == [2, 4]
    assert all(one["asked"] == 30 for one in rater.wins)
    rater.wins = [{"update": n, "share": share} for n, share in ((2, 0.6), (4, 0.7), (6, 0.7))]
    assert rater.stop() == 4, "the first of equals"
    rater.wins = [{"update": 2, "share": 0.4}]
    assert rater.stop() == 0, "it never won: nothing is better than the imitator"


def test_held_out_raters_hear_what_the_policy_says(world: World) -> None:
    """Paid for shouts, before raters who love them, a policy wins more often; paid for silence it loses."""
    longer = replace(POLICY, updates=12, prompts=16)
    shares = []
    for score in (shouts, silence):
        rater = HeldOutRater(world, (12,), 100)
        follow(replace(world, at=(0, 12)), Pay(score), longer, between=rater)
        shares.append(rater.wins[0]["share"])
    assert shares[0] > 0.6 > 0.5 > shares[1]


def test_fresh_rounds_ask_about_the_policy(world: World) -> None:
    pay = Pay(shouts)
    reward = RewardConfig(passes=1, batch_size=8)
    first = rated(sampled_groups(world.start, 0, 12), LOUD, 0)
    rounds = FreshRounds(world, pay, reward, list(first), (2,), 10)
    told = follow(world, pay, POLICY, between=rounds)
    assert len(rounds.pairs) == 22
    assert rounds.pairs[:12] == first
    assert pay.score is not shouts, "it is paid by the new model"
    assert len(told.points) == 3


def test_a_policy_of_one_answer_is_asked_about_no_longer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends, and the imitator's answers take the place of those that are missing."""
    honest = sampled_groups

    def dumb(model: object, seed: int, count: int, enough: int | None = None) -> list[object]:
        return list(honest(world.start, seed, count)) if model is world.start else []

    monkeypatch.setattr(policies, "sampled_groups", dumb)
    rounds = FreshRounds(world, Pay(shouts), RewardConfig(passes=1, batch_size=8), [], (2,), 6)
    follow(world, rounds.pay, replace(POLICY, updates=2), between=rounds)
    assert len(rounds.pairs) == 6


def test_the_best_policy_at_a_divergence() -> None:
    chance = np.array([0.1, 0.2, 0.3, 0.4])
    names = ("a", "b", "c", "d")
    space = AnswerSpace(("?",), np.zeros(4, int), names, (True,) * 4, chance, np.ones(1))
    score = np.array([3.0, 0.0, 1.0, -1.0])
    for nats in (0.1, 0.5, 1.0):
        best = at_divergence(space, score, nats)
        assert space.divergence(best) == pytest.approx(nats, abs=1e-6)
        random = np.random.default_rng(1)
        for other in random.dirichlet(np.ones(4), 300):
            if space.divergence(other) <= nats:
                assert space.mean(other, score) <= space.mean(best, score) + 1e-9
    assert at_divergence(space, score, 0.0) == pytest.approx(chance)
    farthest = at_divergence(space, score, 9.0)
    assert farthest[0] == pytest.approx(1.0, abs=1e-6), "no policy of that kind is so far away"
