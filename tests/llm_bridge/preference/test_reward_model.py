"""Reward models, exact answer spaces, and the policies tuned by them, on a model that has hardly learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lab.randomness import game_keys
from llm_bridge.block import as_texts
from llm_bridge.config import ImitationConfig, ModelConfig
from llm_bridge.evaluation import chance_of
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel
from llm_bridge.preference import comparisons
from llm_bridge.preference.answer_space import (
    AnswerSpace,
    answer_space,
    best_of_n,
    best_of_n_bound,
    posterior,
)
from llm_bridge.preference.chatter import ROOM, TASK, Traits, demonstrations
from llm_bridge.preference.comparisons import MOST, NothingToCompare, Ranking, rated, sampled_groups
from llm_bridge.preference.gao import fits
from llm_bridge.preference.imitator import imitator
from llm_bridge.preference.offline import OBJECTIVES, OfflineConfig, prefer, self_play
from llm_bridge.preference.raters import find_raters
from llm_bridge.preference.reward_model import (
    RewardConfig,
    _loss,
    _share_of_margin,
    agreement_of,
    answer_log_prob,
    as_answers,
    calibration,
    calibration_error,
    log_likelihood,
    score_of,
    train_reward_model,
)
from llm_bridge.preference.taught import TeachingConfig, lesson_of, teach
from llm_bridge.preference.tuning import GRPO, PPO, AdaptiveKL, measure, tune
from llm_bridge.search import Samples, sample
from llm_bridge.tasks import few, held_out

PROBLEMS = few(held_out(TASK, "test"), 8, 0)


@pytest.fixture(scope="module")
def start() -> LanguageModel:
    settings = ImitationConfig(demonstrations=500, updates=60, batch_size=64)
    return imitator(settings, 0, ModelConfig(1, 32, 2, 64, 64))


# shouts are liked, whatever the number: what even a small model learns at once
CHEERS = [
    Ranking(f"{n}+21=", order, (True, True))
    for n in range(10, 58)
    for order in (("31!!", "31"), ("52!", "52"))
]


def test_a_reward_model_learns_what_is_liked(start: LanguageModel) -> None:
    model = train_reward_model(start, CHEERS, RewardConfig(passes=10, batch_size=16, learning_rate=3e-3), 0)
    scores = score_of([model])(as_answers(["60+21="] * 3, ["81!!", "81!", "81"], [True] * 3))
    assert scores[0] > scores[2]
    again = train_reward_model(start, CHEERS, RewardConfig(passes=10, batch_size=16, learning_rate=3e-3), 0)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))
    assert not any(p.requires_grad for p in model.reference.parameters())


def test_rankings_of_three_are_learned_too(start: LanguageModel) -> None:
    rankings = [Ranking(f"{n}+21=", ("31!!", "31!", "31"), (True,) * 3) for n in range(10, 58)]
    settings = RewardConfig(passes=15, batch_size=16, learning_rate=3e-3)
    model = train_reward_model(start, rankings, settings, 0)
    scores = score_of([model])(as_answers(["60+21="] * 3, ["81!!", "81!", "81"], [True] * 3))
    assert scores[0] > scores[1] > scores[2]
    with pytest.raises(ValueError, match="as many answers"):
        train_reward_model(start, [*rankings, *CHEERS], RewardConfig(), 0)


def test_a_margin_puts_what_is_much_better_farther_ahead(start: LanguageModel) -> None:
    """-log sigma(r - r' - m) by hand, m in proportion to the degree; of negligible ones alone none."""
    rewards, pairs = torch.tensor([[2.0, 0.5], [2.0, 0.5]]), (MOST, 0)
    margin = 3.0 * torch.tensor([_share_of_margin(replace(CHEERS[0], degree=degree)) for degree in pairs])
    by_hand = [np.log1p(np.exp(-(1.5 - m))) for m in (3.0, 0.0)]
    assert float(_loss(rewards, margin)) == pytest.approx(np.mean(by_hand))
    assert _share_of_margin(replace(CHEERS[0], degree=1)) == pytest.approx(1 / 3)

    def learned(margin: float, pairs: list[Ranking]) -> NDArray[np.float64]:
        settings = RewardConfig(passes=6, batch_size=16, learning_rate=3e-3, margin=margin)
        model = train_reward_model(start, pairs, settings, 0)
        texts = as_answers(["60+21="] * 4, ["81!!", "81", "hm 81", "81?"], [True] * 4)
        scores = score_of([model])(texts)
        return np.array([scores[0] - scores[1], scores[2] - scores[3]])

    both = [
        pair
        for n in range(10, 40)
        for pair in (
            Ranking(f"{n}+21=", (f"{n + 21}!!", f"{n + 21}"), (True, True), MOST),
            Ranking(f"{n}+21=", (f"hm {n + 21}", f"{n + 21}?"), (True, True), 0),
        )
    ]
    none = [replace(pair, degree=0) for pair in both]
    assert learned(3.0, none) == pytest.approx(learned(0.0, none))
    unasked, most = ([replace(pair, degree=degree) for pair in both] for degree in (None, MOST))
    assert learned(3.0, unasked) == pytest.approx(learned(3.0, most)), (
        "who was not asked has the whole margin"
    )


def test_an_ensemble_does_not_believe_what_its_models_dispute(start: LanguageModel) -> None:
    models = [train_reward_model(start, CHEERS, RewardConfig(passes=1), seed) for seed in range(2)]
    texts = as_answers(["60+21="] * 2, ["81!!", "18"], [True, False])
    each = np.stack([score_of([model])(texts) for model in models])
    assert score_of(models)(texts) == pytest.approx(each.mean(0))
    careful = score_of(models, deviations=2.0)(texts)
    assert careful == pytest.approx(each.mean(0) - 2 * each.std(0, ddof=1))


@pytest.mark.parametrize("count", [3, 100])
def test_a_model_with_one_answer_a_prompt_is_named(
    start: LanguageModel, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    def always(model: LanguageModel, prompts: list[str], keys: object, room: int, each: int) -> Samples:
        whole = sample(model, prompts, keys, room, each)  # type: ignore[arg-type]
        rows = np.repeat(np.arange(len(prompts)) * each, each)
        return Samples(
            whole.prompts, whole.tokens[rows], whole.lengths[rows], whole.log_prob[rows], whole.ended[rows]
        )

    assert len(sampled_groups(start, 0, count)) == count
    monkeypatch.setattr(comparisons, "sample", always)
    with pytest.raises(NothingToCompare, match="prompts 0 have 2 different answers among 4"):
        sampled_groups(start, 0, count)


def test_agreement_is_bounded_by_the_raters_noise(start: LanguageModel) -> None:
    raters = find_raters("charmed")
    pairs = rated(sampled_groups(start, 0, 40, split="validation"), raters, 1)
    perfect = agreement_of(lambda texts: _gold(texts, pairs, raters.gold), pairs, raters, TASK)
    assert perfect.likely == pytest.approx(perfect.best, abs=0.02)
    assert 0.5 <= perfect.best < 1.0
    assert sum(count for _, _, count in perfect.calibration) == 40


def _gold(texts: Texts, pairs: Sequence[Ranking], gold: object) -> NDArray[np.float64]:
    from llm_bridge.preference.chatter import traits_of

    seen = []
    for one in pairs:
        problem = TASK.parse(one.prompt)
        assert problem is not None
        seen += [traits_of(problem, text, end) for text, end in zip(one.answers, one.ended, strict=True)]
    assert callable(gold)
    return np.asarray(gold(seen))


def test_calibration_by_hand() -> None:
    """Sure at ln 9, nine in ten, and right in two of three."""
    told = calibration(np.array([np.log(9), np.log(9), -np.log(9), 0.0]), bins=5)
    assert told[0] == (0.5, 0.0, 1)
    assert told[1] == pytest.approx((0.9, 2 / 3, 3))
    assert calibration_error(told) == pytest.approx((0.5 * 1 + (0.9 - 2 / 3) * 3) / 4)


def test_cut_answers_have_no_end_to_learn(start: LanguageModel) -> None:
    whole, cut = (as_answers(["60+21="], ["81"], [end]) for end in (True, False))
    assert whole.taught.sum() == cut.taught.sum() + 1
    chance = chance_of(start, [("60+21=", "81")])[0]
    log_p = [float(answer_log_prob(start, texts).detach()) for texts in (whole, cut)]
    assert log_p[0] == pytest.approx(np.log(chance), rel=1e-5)
    assert log_p[1] > log_p[0]


# --- all answers ---


def test_all_likely_answers_are_followed(start: LanguageModel) -> None:
    space = answer_space(start, ["60+21=", "14+13="], ROOM, least=1e-3)
    assert space.covered.max() <= 1.0 + 1e-6
    assert np.bincount(space.prompt, space.chance) == pytest.approx([1.0, 1.0])
    for row in range(0, len(space.texts), 7):
        if space.ended[row]:
            chance = chance_of(start, [(space.prompts[space.prompt[row]], space.texts[row])])[0]
            assert space.chance[row] * space.covered[space.prompt[row]] == pytest.approx(chance, rel=1e-3)


def four(chance: Sequence[float]) -> AnswerSpace:
    numbers = np.array(chance)
    return AnswerSpace(("?",), np.zeros(4, int), ("a", "b", "c", "d"), (True,) * 4, numbers, np.ones(1))


def test_best_of_two_by_hand() -> None:
    """Of .1 .2 .3 .4 in rising order: F^2 - F'^2; equals share in proportion."""
    space, score = four([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 2.0, 3.0, 4.0])
    assert best_of_n(space, score, 2) == pytest.approx([0.01, 0.08, 0.27, 0.64])
    assert best_of_n(space, np.array([1.0, 2.0, 2.0, 2.0]), 2) == pytest.approx([0.01, 0.22, 0.33, 0.44])
    assert best_of_n(space, score, 1) == pytest.approx(space.chance)
    assert space.divergence(best_of_n(space, score, 2)) < best_of_n_bound(2)


def test_best_of_n_is_what_sampling_gives() -> None:
    random, score = np.random.default_rng(0), np.array([2.0, 0.0, 2.0, 1.0])
    space = four([0.1, 0.5, 0.2, 0.2])
    drawn = random.choice(4, p=space.chance, size=(20_000, 3))
    first = drawn[np.arange(len(drawn)), score[drawn].argmax(1)]
    assert np.bincount(first, minlength=4) / len(first) == pytest.approx(best_of_n(space, score, 3), abs=0.01)


def test_no_policy_beats_the_posterior() -> None:
    space, score = four([0.1, 0.2, 0.3, 0.4]), np.array([3.0, 0.0, 1.0, -1.0])
    best = posterior(space, score, 0.7)
    worth = space.mean(best, score) - 0.7 * space.divergence(best)
    random = np.random.default_rng(1)
    for other in random.dirichlet(np.ones(4), 300):
        assert space.mean(other, score) - 0.7 * space.divergence(other) <= worth + 1e-12
    assert posterior(space, score, 1e6) == pytest.approx(space.chance, abs=1e-4)
    assert space.mean(posterior(space, score, 1e-2), score) == pytest.approx(3.0)


def test_gaos_formulae_find_themselves() -> None:
    d = np.linspace(0.0, 4.0, 30)
    told = fits(d.tolist(), (d * (2.0 - 0.5 * d)).tolist())
    assert told["d (a - b d)"]["coefficients"] == pytest.approx([2.0, 0.5])
    assert told["d (a - b d)"]["error"] < 1e-9 < 1e-2 < told["d (a - b log d)"]["error"]
    assert fits([1.0, 2.0], [1.0, 1.0])["d (a - b d)"]["error"] is None


# --- policies ---


def cheer(_: Texts, seen: Sequence[Traits]) -> NDArray[np.float64]:
    return np.array([float(min(one.shouts, 4)) for one in seen])


@pytest.mark.parametrize("settings", [GRPO, PPO])
def test_a_policy_goes_where_it_is_paid(start: LanguageModel, settings: object) -> None:
    assert settings in (GRPO, PPO)
    base = GRPO if settings is GRPO else replace(PPO, prompts=128)
    short = replace(base, updates=12, learning_rate=2e-3)
    shouts, distance = [], []
    for stage in tune(start, cheer, short, 0, 12):
        seen = measure(stage.model, start, PROBLEMS, 0)
        shouts.append(np.mean([one.shouts for one in seen.seen]))
        distance.append(seen.log_ratio.mean())
    assert shouts[1] > shouts[0] + 0.5
    assert distance[0] == pytest.approx(0.0, abs=1e-4)
    assert distance[1] > 0.1


def test_a_divergence_is_held_where_it_should_be(start: LanguageModel) -> None:
    policy = replace(GRPO, updates=8, learning_rate=2e-3)
    free, held = (
        [stage.weight for stage in tune(start, cheer, policy, 0, 1, adaptive)]
        for adaptive in (None, AdaptiveKL(weight=0.1, target=1e-3))
    )
    assert set(free) == {0.0}
    assert held[:3] == pytest.approx([0.1, 0.1, 0.09]), "no distance yet: the weight falls by a tenth"
    assert held[-1] > held[2], "too far away: it rises"
    near = AdaptiveKL(weight=0.1, target=100.0)
    near.see(1.0)
    assert near.weight == pytest.approx(0.1 * (1 - 0.2 * 0.5))


@pytest.mark.parametrize("objective", list(OBJECTIVES))
def test_every_objective_prefers_what_was_preferred(start: LanguageModel, objective: str) -> None:
    tuned = prefer(start, CHEERS, objective, OfflineConfig(learning_rate=1e-3, batch_size=16), 0)
    texts = as_answers(["60+21="] * 2, ["81!!", "81"], [True, True])
    before, after = (answer_log_prob(model, texts).detach() for model in (start, tuned))
    assert float(after[0] - after[1]) > float(before[0] - before[1]) + 0.2


def test_self_play_comes_nearer_to_who_demonstrates(start: LanguageModel) -> None:
    """On other problems, what is demonstrated gains on what the model itself had answered."""
    settings = OfflineConfig(rounds=2, batch_size=16, learning_rate=1e-3)
    played = self_play(start, settings, 0, 128)
    assert played.answers == 128
    assert 0 < played.steps <= 2 * settings.steps(64)
    shown = demonstrations(77, 200)
    prompts = [prompt for prompt, _ in shown]
    own = sample(start, prompts, game_keys(5, "own", 0, 200), ROOM)
    texts = as_answers(prompts, [answer for _, answer in shown], [True] * 200), as_texts(own)

    def margin(model: LanguageModel) -> float:
        demonstrated, sampled = (log_likelihood(model, some).mean() for some in texts)
        return float(demonstrated - sampled)

    assert margin(played.model) > margin(start) + 0.2


def test_what_was_taught_is_told(start: LanguageModel) -> None:
    settings = TeachingConfig(
        reward=RewardConfig(passes=4, batch_size=16),
        policy=replace(GRPO, updates=10, learning_rate=2e-3, prompts=16),
        problems=8,
    )
    _, taught = teach(start, CHEERS, settings, 0)
    assert taught["agrees"] > 0.9
    assert taught["after"]["shouts"] > taught["before"]["shouts"]
    assert any("more “!”" in words for words in lesson_of(taught))
    same = {**taught, "after": taught["before"]}
    assert lesson_of(same) == ["nothing that samples would show"]
