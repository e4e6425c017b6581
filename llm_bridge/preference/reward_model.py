"""The reward model: what raters would say of an answer, learned from their comparisons.

    r(x, y) = head(copy of the imitator, at the last token) + a sum_t log p_imitator(y_t)

The loss is lab.losses.bradley_terry_loss, the very function by which players are rated from their games
(lab/ratings.py): an answer is a player, a comparison a game, the reward a rating. The second term is a
feature that needs no learning but of its one weight: what an imitator finds likely is more often right, where
its teachers' mistakes are slips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lab import optimization
from lab.lessons.agreement import agreement_of as expected_agreement
from lab.losses import bradley_terry_loss, imitation_loss, ranking_loss
from lab.run import check_finite
from llm_bridge.learning import CLIP, Texts, taught_logits, texts_of
from llm_bridge.network import LanguageModel
from llm_bridge.preference.chatter import traits_of
from llm_bridge.preference.comparisons import MOST, Ranking
from llm_bridge.preference.raters import Raters
from llm_bridge.tasks import Task
from llm_bridge.vocabulary import PAD

BATCH = 1_024  # texts judged at once
Score = Callable[[Texts], NDArray[np.float64]]  # the rewards [N] of N texts


@dataclass(frozen=True)
class RewardConfig:
    """How a reward model learns.

    margin: how far ahead, in nats, an answer has to be that raters found significantly better (or that nobody
    was asked by how much), and in proportion one that they found less so, negligibly better not at all
    (Llama 2's m(r): Touvron et al. 2023, equation 2; theirs are 1 and 3).
    """

    passes: int = 3
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    margin: float = 0.0
    feature: bool = True
    """Whether it is told how likely the imitator finds an answer."""


class RewardModel(nn.Module):
    """A reward for every text, in nats: two answers' difference is the log odds of a preference."""

    def __init__(self, start: LanguageModel, feature: bool = True) -> None:
        super().__init__()
        self.body = deepcopy(start)
        self.body.lm_head = nn.Linear(start.config.width, 1)
        nn.init.zeros_(self.body.lm_head.weight)
        nn.init.zeros_(self.body.lm_head.bias)
        self.reference = deepcopy(start).requires_grad_(False)
        self.weight = nn.Parameter(torch.tensor(0.3 if feature else 0.0), requires_grad=feature)

    def forward(self, texts: Texts, likely: Tensor | None = None) -> Tensor:
        """Rewards [N] of N texts; likely [N]: log_likelihood of them, where it is known already."""
        if likely is None:
            likely = log_likelihood(self.reference, texts)
        tokens = torch.from_numpy(texts.tokens)
        last = torch.from_numpy(texts.taught.shape[1] - 1 - texts.taught[:, ::-1].argmax(1))
        stream = self.body.stream(tokens)[torch.arange(len(tokens)), last]
        head: Tensor = self.body.lm_head(stream)[:, 0]
        return head + self.weight * likely


def log_likelihood(model: LanguageModel, texts: Texts) -> Tensor:
    """log p of each text's taught tokens, summed, [N], without a gradient."""
    with torch.no_grad():
        return answer_log_prob(model, texts)


def answer_log_prob(model: LanguageModel, texts: Texts) -> Tensor:
    """log p of each text's taught tokens, summed, [N]."""
    logits, tokens = taught_logits(model, texts)
    rows = torch.from_numpy(np.nonzero(texts.taught)[0])
    return torch.zeros(len(texts)).index_add(0, rows, -imitation_loss(logits, tokens))


def as_answers(prompts: Sequence[str], answers: Sequence[str], ended: Sequence[bool]) -> Texts:
    """Prompts with their answers as texts; what was cut off has no end mark."""
    texts = texts_of(list(zip(prompts, answers, strict=True)))
    for row in np.flatnonzero(~np.asarray(ended, np.bool_)):
        last = int((texts.tokens[row] != PAD).sum()) - 1
        texts.tokens[row, last], texts.taught[row, last] = PAD, False
    return texts


def ranked_texts(rankings: Sequence[Ranking]) -> Texts:
    """The answers of N rankings of K answers each, [N * K], the first ranking's first. Raises ValueError
    where rankings differ in K."""
    if len({len(one.answers) for one in rankings}) != 1:
        raise ValueError("rankings are learned from together where all have as many answers")
    told = [
        (one.prompt, text, end) for one in rankings for text, end in zip(one.answers, one.ended, strict=True)
    ]
    return as_answers(*zip(*told, strict=True))


def train_reward_model(
    start: LanguageModel, rankings: Sequence[Ranking], settings: RewardConfig, seed: int
) -> RewardModel:
    """Learn from rankings of K answers each: of pairs by Bradley and Terry's loss, of more by Plackett and
    Luce's. A pure function of its arguments. Raises TrainingDiverged."""
    torch.set_num_threads(1)
    model = RewardModel(start, settings.feature)
    texts, each = ranked_texts(rankings), len(rankings[0].answers)
    likely = _in_parts(lambda some: log_likelihood(start, some), texts)
    random = np.random.default_rng([seed, 14])
    with torch.no_grad():  # ensembles begin at different heads
        noise = random.normal(size=start.config.width) * 0.01
        model.body.lm_head.weight.copy_(torch.from_numpy(noise).float()[None])
    margin = settings.margin * torch.tensor([_share_of_margin(one) for one in rankings])
    optimizer = optimization.new_optimizer(model, settings.learning_rate, settings.weight_decay)
    steps = settings.passes * -(-len(rankings) // settings.batch_size)
    update = 0
    model.train()
    for _ in range(settings.passes):
        order = random.permutation(len(rankings))
        for first in range(0, len(order), settings.batch_size):
            some = order[first : first + settings.batch_size]
            rows = (some[:, None] * each + np.arange(each)).ravel()
            reward = model(texts[rows], likely[rows]).reshape(-1, each)
            loss = _loss(reward, margin[some])
            check_finite(update, reward_loss=float(loss.detach()))
            rate = optimization.learning_rate_at(update, steps, settings.learning_rate, warmup=10)
            optimization.descend(optimizer, loss, rate, update, CLIP)
            update += 1
    return model.eval()


def _share_of_margin(one: Ranking) -> float:
    return 1.0 if one.degree is None else one.degree / MOST


def _loss(reward: Tensor, margin: Tensor) -> Tensor:
    """Of rewards [N, K], the best answer's first, and margins [N], which pairs alone have."""
    if reward.shape[1] == 2:
        return bradley_terry_loss(reward[:, 0] - margin, reward[:, 1]).mean()
    return ranking_loss(reward).mean()


def _in_parts(score: Callable[[Texts], Tensor], texts: Texts) -> Tensor:
    firsts = range(0, len(texts), BATCH)
    return torch.cat([score(texts[np.arange(n, min(n + BATCH, len(texts)))]) for n in firsts])


def score_of(models: Sequence[RewardModel], deviations: float = 0.0) -> Score:
    """The mean of the models' rewards less so many deviations between them (Coste et al. 2023, "Reward
    model ensembles": what they do not agree on is not believed)."""

    def score(texts: Texts) -> NDArray[np.float64]:
        with torch.inference_mode():
            told = np.stack([_in_parts(model, texts).double().numpy() for model in models])
        spread = told.std(axis=0, ddof=1) if deviations and len(models) > 1 else 0.0
        rewards: NDArray[np.float64] = told.mean(axis=0) - deviations * spread
        return rewards

    return score


@dataclass(frozen=True)
class Agreement:
    """How a reward model does on comparisons held out.

    agreement: with what the raters said; best: of whoever knows each pair's exact chances, which the raters'
    noise and disagreement leave; likely: what is expected of the model by those chances (less noisy
    than agreement); right_above_wrong: of pairs one of which is right, how often it is scored higher;
    calibration: (mean of what it believes, share that the raters said, pairs) by belief; error: the mean
    distance of those two, each pair counting once (expected calibration error).
    """

    agreement: float
    best: float
    likely: float
    right_above_wrong: float | None
    calibration: tuple[tuple[float, float, int], ...]
    error: float


def agreement_of(score: Score, pairs: Sequence[Ranking], raters: Raters, task: Task) -> Agreement:
    """Measure a reward model on pairs held out (the answer that was preferred first)."""
    reward = score(ranked_texts(pairs)).reshape(-1, 2)
    chances, sides = [], []
    for one in pairs:
        problem = task.parse(one.prompt)
        assert problem is not None  # a file of other prompts is refused when it is read
        first, second = (traits_of(problem, t, e) for t, e in zip(one.answers, one.ended, strict=True))
        chances.append(raters.preference(first, second))
        sides.append(int(first.right) - int(second.right))
    chance, side, difference = np.array(chances), np.array(sides), reward[:, 0] - reward[:, 1]
    told, by_belief = np.sign(difference) * side, calibration(difference)
    said, expected = (expected_agreement(difference, known) for known in (np.ones_like(chance), chance))
    return Agreement(
        said.agreement,
        expected.best,
        expected.agreement,
        float((told[side != 0] > 0).mean()) if (side != 0).any() else None,
        by_belief,
        calibration_error(by_belief),
    )


def calibration(difference: NDArray[np.float64], bins: int = 5) -> tuple[tuple[float, float, int], ...]:
    """Of pairs whose preferred answer is `difference` [N] ahead: by what the model believed of its own
    favourite (.5 to 1), the mean belief, how often the raters agreed, and how many pairs."""
    belief = 1.0 / (1.0 + np.exp(-np.abs(difference)))
    rows = np.minimum(((belief - 0.5) * 2 * bins).astype(int), bins - 1)
    return tuple(
        (float(belief[rows == b].mean()), float((difference[rows == b] > 0).mean()), int((rows == b).sum()))
        for b in range(bins)
        if (rows == b).any()
    )


def calibration_error(told: Sequence[tuple[float, float, int]]) -> float:
    """The expected calibration error of what `calibration` gives."""
    pairs = sum(count for _, _, count in told)
    return sum(abs(belief - share) * count for belief, share, count in told) / max(1, pairs)
