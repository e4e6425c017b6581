"""Judges, the crowd that is half wrong, and who pays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from llm_bridge.block import as_texts
from llm_bridge.config import ModelConfig, ReinforceConfig
from llm_bridge.evaluation import answer_by_sampling
from llm_bridge.network import new_model
from llm_bridge.preference.difficulties import difficulties, examples
from llm_bridge.preference.judge import (
    FitConfig,
    Judge,
    Labelled,
    area,
    chance_right,
    odds_of,
    parted,
    train_judge,
    train_writer,
)
from llm_bridge.preference.paying import (
    best_by_pay,
    by_judge,
    by_verifier,
    labelled_samples,
    paid_block,
    reinforced,
)
from llm_bridge.preference.reward_model import log_likelihood
from llm_bridge.preference.verifiable_and_not import wrong_always, wrong_anew
from llm_bridge.tasks import find_task, held_out

SMALL = ModelConfig(1, 32, 2, 64, 64)
SUMS = find_task("addition-2")
SHORT = ReinforceConfig(algorithm="grpo", updates=3, prompts=4, answers=4, batch_size=0)


def test_the_area_counts_pairs() -> None:
    score, right = np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, False])
    assert area(score, right) == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert area(score, np.ones(4, np.bool_)) == 0.5


def test_questions_are_held_back_with_all_their_answers() -> None:
    prompts = [f"{n % 20}" for n in range(100)]
    taught, held = parted(prompts, 0.25, seed=3)
    assert sorted([*taught, *held]) == list(range(100))
    assert len(held) == 25
    assert not {prompts[n] for n in taught} & {prompts[n] for n in held}


def _surface(count: int, seed: int) -> Labelled:
    """Answers that are right where they begin with 7: nothing has to be worked out."""
    random = np.random.default_rng(seed)
    prompts = [f"{a:02}+{b:02}=" for a, b in random.integers(50, size=(count, 2))]
    right = random.random(count) < 0.5
    answers = [f"{7 if good else 3}{random.integers(10)}" for good in right]
    return Labelled(prompts, answers, [True] * count, right)


def test_a_judge_learns_what_can_be_seen_and_tells_chances() -> None:
    told, other = _surface(400, 1), _surface(100, 2)
    judge = train_judge(new_model(SMALL, 0), told, FitConfig(updates=60, batch_size=32), seed=0)
    assert area(odds_of(judge, other.texts), other.right) > 0.99
    chances = chance_right(judge, other.texts)
    assert chances[other.right].min() > 0.5 > chances[~other.right].max()
    again = train_judge(new_model(SMALL, 0), told, FitConfig(updates=60, batch_size=32), seed=0)
    assert np.array_equal(odds_of(again, other.texts), odds_of(judge, other.texts))


def test_an_untaught_judge_that_is_told_likelihoods_goes_by_them() -> None:
    model = new_model(SMALL, 0)
    texts = _surface(20, 1).texts
    expected = 0.3 * log_likelihood(model, texts).double().numpy()
    assert odds_of(Judge(model, model), texts) == pytest.approx(expected, rel=1e-5)
    assert not odds_of(Judge(model), texts).any()


def test_a_writer_keeps_its_best_look_and_leaves_its_start_alone() -> None:
    start, shown = new_model(SMALL, 0), _surface(400, 1)
    before = {name: value.clone() for name, value in start.state_dict().items()}
    good = shown[np.flatnonzero(shown.right)]
    writer = train_writer(start, good, FitConfig(updates=40, batch_size=32, looks=4), seed=0)
    texts = _surface(100, 2).texts
    assert log_likelihood(writer, texts).mean() > log_likelihood(start, texts).mean()
    assert all(torch.equal(value, before[name]) for name, value in start.state_dict().items())
    assert writer.state_dict().keys() == before.keys()


@pytest.mark.parametrize("name", ["one-skill", "plain-sums", "differences", "products", "countdown-3"])
def test_half_of_what_the_crowd_writes_is_right(name: str) -> None:
    it = difficulties()[name]
    shown = examples(it, 200, seed=0)
    for prompt, answer, right in zip(shown.prompts, shown.answers, shown.right, strict=True):
        problem = it.task.parse(prompt)
        assert problem is not None
        assert problem.accepts(answer) == right
        assert it.task.split(problem) == "train"
    assert 0.35 < shown.right.mean() < 0.65
    assert examples(it, 200, seed=0).answers == shown.answers


def test_plain_sums_never_carry() -> None:
    task = difficulties()["plain-sums"].task
    assert not any(problem.hard for problem in held_out(task, "test"))


def test_verifiers_err_as_often_as_they_say() -> None:
    model, problems = new_model(SMALL, 0), held_out(SUMS, "test")[:100]
    judged = answer_by_sampling(model, SUMS, problems, 0, 20)
    samples, texts = judged.samples, as_texts(judged.samples)
    right = np.arange(len(samples.prompts)) % 2 == 0
    anew, always = wrong_anew(0.3, 0), wrong_always(0.3, 0)
    first, second = (anew(samples, right, texts) for _ in range(2))
    assert (first != right).mean() == pytest.approx(0.3, abs=0.05)
    assert not np.array_equal(first, second)
    first, second = (always(samples, right, texts) for _ in range(2))
    assert np.array_equal(first, second)
    assert (first != right).mean() == pytest.approx(0.3, abs=0.05)
    other = wrong_always(0.3, 1)(samples, right, texts)
    assert not np.array_equal(first, other), "another seed errs elsewhere"
    assert np.array_equal(wrong_anew(0.0, 0)(samples, right, texts), right)


def test_whoever_pays_pays_for_every_answer() -> None:
    model = new_model(SMALL, 0)
    block = paid_block(model, SUMS, by_verifier, SHORT, 0, 0)
    assert np.array_equal(block.reward.flatten().numpy() == 1.0, block.judged.correct)
    judge = Judge(model, model)
    block = paid_block(model, SUMS, by_judge(judge), SHORT, 0, 0)
    assert block.reward.shape == (4, 4)
    assert block.reward.flatten().numpy() == pytest.approx(chance_right(judge, block.texts), rel=1e-5)


def test_stages_come_when_due_and_the_start_stays() -> None:
    start = new_model(SMALL, 0)
    before = [value.clone() for value in start.parameters()]
    stages = [
        (stage.update, stage.answers)
        for stage in reinforced(
            start,
            SUMS,
            lambda s, right, t: np.arange(len(right)).astype(np.float64),
            replace(SHORT, kl_weight=0.1),
            0,
            2,
        )
    ]
    assert stages == [(0, 0), (2, 32), (3, 48)]
    assert all(torch.equal(*pair) for pair in zip(before, start.parameters(), strict=True))


def test_labels_are_the_verifiers() -> None:
    labelled = labelled_samples(new_model(SMALL, 0), SUMS, 30, 0)
    assert len(labelled) == len(labelled.right) == 30
    for prompt, answer, ended, right in zip(
        labelled.prompts, labelled.answers, labelled.ended, labelled.right, strict=True
    ):
        problem = SUMS.parse(prompt)
        assert problem is not None
        assert right == (ended and problem.accepts(answer))
    some = labelled[[3, 5]]
    assert some.prompts == [labelled.prompts[3], labelled.prompts[5]]


def test_the_best_paid_of_several_is_taken() -> None:
    problems = held_out(SUMS, "test")[:2]
    judged = answer_by_sampling(new_model(SMALL, 0), SUMS, problems, 0, 2)
    right = [replace(verdict, correct=n in (1, 2)) for n, verdict in enumerate(judged.verdicts)]
    judged = replace(judged, verdicts=right)
    assert best_by_pay(judged, np.array([0.0, 1.0, 0.0, 1.0]), 2) == 0.5
    assert best_by_pay(judged, np.array([0.0, 1.0, 1.0, 1.0]), 2) == 1.0, "the first of equals"
