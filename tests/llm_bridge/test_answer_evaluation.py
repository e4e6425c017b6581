"""Measuring answers: verdicts in order, scores by category, exact human lines, votes, pass@k by counting."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm_runs import NETWORK

from lab.statistics import clustered, wilson
from llm_bridge.evaluation import (
    CATEGORIES,
    Judged,
    answer_by_sampling,
    answer_greedily,
    elected,
    human_lines,
    judge,
    pass_at_k,
    rate,
    votes,
)
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.scripted import VERSIONS, describe
from llm_bridge.search import Samples
from llm_bridge.tasks import Problem, Task, draw_problems, find_task, held_out, sample_of
from llm_bridge.vocabulary import END, PAD, encode

ADDITION, MULTIPLICATION = find_task("addition-2"), find_task("multiplication-4")


def problems_of(task: Task, *prompts: str) -> list[Problem]:
    found = [task.parse(prompt) for prompt in prompts]
    return [problem for problem in found if problem is not None]


def judged_of(task: Task, problems: Sequence[Problem], texts: Sequence[str], width: int = 20) -> Judged:
    """Answers that somebody wrote; those that end in "…" are cut off."""
    each = len(texts) // len(problems)
    tokens = np.full((len(texts), width), PAD, np.int64)
    for row, text in enumerate(texts):
        written = encode(text.rstrip("…")) + ([] if text.endswith("…") else [END])
        tokens[row, : len(written)] = written
    ended = (tokens == END).any(1)
    lengths = (tokens != PAD).sum(1)
    prompts = [problem.prompt for problem in problems for _ in range(each)]
    blank = np.zeros(tokens.shape, np.float32)
    return judge(task, problems, Samples(prompts, tokens, lengths, blank, ended))


SUMS = problems_of(ADDITION, "37+58=", "21+34=")


def test_verdicts_stand_in_the_order_of_the_samples() -> None:
    judged = judged_of(ADDITION, SUMS, ["95", "85", "9 5", "55", "55…", "95"])
    assert judged.correct.tolist() == [True, False, False, True, False, False]
    assert [verdict.format for verdict in judged.verdicts] == [True, True, False, True, False, True]
    assert judged.share("correct") == pytest.approx(2 / 6)
    assert judged.share("format") == pytest.approx(4 / 6)
    assert judged.share("ended") == pytest.approx(5 / 6)
    assert judged.share("worked") == 0.0


def test_samples_of_other_problems_are_refused() -> None:
    judged = judged_of(ADDITION, SUMS, ["95", "55"])
    with pytest.raises(ValueError, match="2 samples are not of these 2 problems"):
        judge(ADDITION, SUMS[::-1], judged.samples)
    with pytest.raises(ValueError, match="2 samples are not of these 3 problems"):
        judge(ADDITION, [*SUMS, SUMS[0]], judged.samples)
    with pytest.raises(ValueError, match="not of these 0 problems"):
        judge(ADDITION, [], judged.samples)


# --- scores ---


def test_scores_by_category_by_hand() -> None:
    problems = problems_of(ADDITION, "37+58=", "21+34=", "19+19=", "11+11=")
    assert [problem.hard for problem in problems] == [True, False, True, False]
    scores = rate(problems, np.array([True, True, False, True]))
    assert tuple(scores) == CATEGORIES
    assert (scores["all"].rate, scores["hard"].rate, scores["easy"].rate) == (0.75, 0.5, 1.0)
    assert (scores["all"].n, scores["hard"].n, scores["easy"].n) == (4, 2, 2)
    assert scores["easy"] == wilson(2, 2)


def test_categories_without_problems_have_no_score() -> None:
    assert set(rate(SUMS[:1], np.array([True]))) == {"all", "hard"}
    lines = human_lines(describe("carries"), SUMS[1:])
    assert set(lines["recorded"]) == {"all", "easy"}


def test_samples_of_one_problem_hang_together() -> None:
    """Ten copies of what is known say no more than one: the interval does not shrink with them."""
    problems = draw_problems(ADDITION, "test", np.random.default_rng(1), 40)
    right = np.random.default_rng(2).random(40) < 0.6
    once, often = rate(problems, right), rate(problems, np.repeat(right[:, None], 10, 1))
    assert often["all"].rate == pytest.approx(once["all"].rate)
    assert often["all"].n == 400
    assert often["all"].high - often["all"].low == pytest.approx(once["all"].high - once["all"].low, rel=0.02)
    shares = np.random.default_rng(3).random((40, 5))
    expected = clustered(shares.ravel(), np.repeat([problem.asks for problem in problems], 5))
    assert rate(problems, shares)["all"] == expected


def test_commuted_problems_hang_together() -> None:
    """A sum and its mirror image, answered alike, say no more than one of them."""
    pairs = [("37+58=", "58+37="), ("19+29=", "29+19="), ("15+26=", "26+15="), ("48+34=", "34+48=")]
    right = np.array([True, False, True, True])
    twice = problems_of(ADDITION, *(prompt for pair in pairs for prompt in pair))
    both = rate(twice, right.repeat(2))["all"]
    alone = rate(twice[::2], right)["all"]
    assert (both.rate, both.low, both.high) == pytest.approx((alone.rate, alone.low, alone.high))
    assert (both.n, alone.n) == (8, 4)


@pytest.mark.parametrize("human", ["zero-support", "one-in-twenty", "careless", "classroom"])
def test_human_lines_are_exact(human: str) -> None:
    """`recorded` and `careful` by summing what each member writes, `best` by walking greedily."""
    problems = draw_problems(find_task("addition-3"), "test", np.random.default_rng(3), 25)
    someone, chances = describe(human), {version: np.zeros(25) for version in VERSIONS}
    for number, problem in enumerate(problems):
        recorded = someone.distribution(problem)
        chances["recorded"][number] = recorded.get(problem.answer, 0.0)
        chances["careful"][number] = someone.careful.distribution(problem).get(problem.answer, 0.0)
        written = ""
        for place in range(3):
            mass = [
                sum(chance for text, chance in recorded.items() if text.startswith(f"{written}{digit}"))
                for digit in range(10)
            ]
            assert sorted(mass)[-1] > sorted(mass)[-2] + 1e-9, f"no tie at place {place}"
            written += str(int(np.argmax(mass)))
        chances["best"][number] = float(written == problem.answer)
    lines = human_lines(someone, problems)
    for version in VERSIONS:
        assert lines[version]["all"].rate == pytest.approx(chances[version].mean())
        expected = clustered(chances[version], [problem.asks for problem in problems])
        assert lines[version]["all"].low == pytest.approx(expected.low)
        hard = np.array([problem.hard for problem in problems])
        assert lines[version]["hard"].rate == pytest.approx(chances[version][hard].mean())


def test_zero_support_has_the_ceiling_zero() -> None:
    problems = draw_problems(ADDITION, "test", np.random.default_rng(3), 100)
    lines = human_lines(describe("zero-support"), problems)
    assert [lines[version]["hard"].rate for version in VERSIONS] == [0.0, 0.0, 0.0]
    assert lines["best"]["easy"].rate == 1.0
    assert lines["recorded"]["easy"].rate == pytest.approx(0.91)


# --- a model's answers ---


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return new_model(NETWORK, 1)


def test_greedy_answers_are_one_a_problem(model: LanguageModel) -> None:
    problems = draw_problems(ADDITION, "test", np.random.default_rng(0), 20)
    judged = answer_greedily(model, ADDITION, problems)
    assert judged.samples.prompts == [problem.prompt for problem in problems]
    assert judged.samples.texts == answer_greedily(model, ADDITION, problems).samples.texts
    assert judged.samples.tokens.shape[1] == ADDITION.max_tokens


def test_sampled_answers_are_a_pure_function_of_the_seed(model: LanguageModel) -> None:
    problems = draw_problems(ADDITION, "test", np.random.default_rng(0), 10)
    judged = answer_by_sampling(model, ADDITION, problems, seed=4, each=3)
    assert judged.samples.prompts == [problem.prompt for problem in problems for _ in range(3)]
    again = answer_by_sampling(model, ADDITION, problems, seed=4, each=3)
    assert np.array_equal(judged.samples.tokens, again.samples.tokens)
    other = answer_by_sampling(model, ADDITION, problems, seed=5, each=3)
    assert not np.array_equal(judged.samples.tokens, other.samples.tokens)


# --- votes and pass@k ---


def test_votes_by_hand() -> None:
    problems = problems_of(MULTIPLICATION, "3262*4=", "1111*2=", "1000*3=", "2000*4=")
    texts = [
        # the last words count, worked or not
        *["13048", "08 24 10 13#13048", "13047", "13047…"],
        # what is cut off, or holds two answers, has no vote
        *["02222…", "02222…", "1#2#02222", "02223"],
        # the first of those that are tied
        *["03000", "03001", "03001", "03000"],
        # nobody has one
        *["", "8000", "08000…", "0 8000"],
    ]
    judged = judged_of(MULTIPLICATION, problems, texts)
    assert votes(judged, problems).tolist() == [True, False, True, False]
    assert votes(judged, problems).dtype == np.bool_
    assert elected(judged, problems) == ["13048", "02223", "03000", ""]
    assert elected(judged, problems, voters=2) == ["13048", "", "03000", ""]


def test_one_sample_votes_for_itself() -> None:
    judged = judged_of(ADDITION, SUMS, ["95", "56"])
    assert votes(judged, SUMS).tolist() == judged.correct.tolist()


def by_counting(right: Sequence[bool], k: int) -> float:
    """The share of all choices of k samples in which one is right."""
    choices = list(itertools.combinations(right, k))
    return sum(any(choice) for choice in choices) / len(choices)


@given(st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=5), st.integers(1, 7))
@settings(max_examples=150)
def test_pass_at_k_counts_all_choices(rows: list[list[bool]], k: int) -> None:
    found = pass_at_k(np.array(rows), k)
    assert found == pytest.approx([by_counting(row, k) for row in rows])


def test_pass_at_k_by_hand() -> None:
    right = np.zeros((3, 256), np.bool_)
    right[1, 17] = right[2, :] = True
    assert pass_at_k(right, 1) == pytest.approx([0.0, 1 / 256, 1.0])
    assert pass_at_k(right, 64) == pytest.approx([0.0, 0.25, 1.0])
    assert pass_at_k(right, 256) == pytest.approx([0.0, 1.0, 1.0])
    right[1, :128] = True
    assert pass_at_k(right, 2)[1] == pytest.approx(1 - math.comb(128, 2) / math.comb(256, 2))


def test_pass_at_k_grows_with_k() -> None:
    right = np.random.default_rng(0).random((30, 64)) < 0.05
    means = [pass_at_k(right, k).mean() for k in range(1, 65)]
    assert means[0] == pytest.approx(right.mean())
    assert all(after >= before for before, after in itertools.pairwise(means))
    assert means[-1] == pytest.approx(right.any(1).mean())


@pytest.mark.parametrize("k", [0, -1, 5])
def test_more_than_were_drawn_cannot_be_chosen(k: int) -> None:
    with pytest.raises(ValueError, match=f"pass@{k} needs .* there are 4"):
        pass_at_k(np.zeros((2, 4), np.bool_), k)


def test_a_sample_for_curves_is_as_hard_as_all() -> None:
    problems = held_out(find_task("addition-2"), "test")
    some = sample_of(problems, 200)
    share = [sum(problem.hard for problem in part) / len(part) for part in (problems, some)]
    assert share[1] == pytest.approx(share[0], abs=0.005)
    assert len({problem.prompt for problem in some}) == 200
    assert some == sample_of(problems, 200)
    assert sample_of(problems[:3], 200) == sorted(problems[:3], key=lambda problem: problem.hard)
