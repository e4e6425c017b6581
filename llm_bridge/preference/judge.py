"""A judge: a network that reads a question and an answer and says how likely the answer is right.

It has the writer's own body, with one number at the last token in the place of the next token's chances,
and learns from labels, right or wrong, by their cross-entropy: Bradley and Terry's loss against an answer of
rating 0. Writers learn here, too, so that both are taught alike: of each a tenth of the questions is held
back, and of all that they were, what was best on those is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lab import optimization
from lab.losses import bradley_terry_loss, imitation_loss
from lab.run import check_finite
from llm_bridge.learning import CLIP, Texts, taught_logits
from llm_bridge.network import LanguageModel
from llm_bridge.preference.reward_model import as_answers, log_likelihood

BATCH = 1_024  # texts judged at once
FEATURE = 0.3  # what a judge makes at first of how likely the imitator finds an answer


@dataclass(frozen=True)
class Labelled:
    """N answers with their questions, and whether each is right."""

    prompts: Sequence[str]
    answers: Sequence[str]
    ended: Sequence[bool]
    right: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.prompts)

    def __getitem__(self, rows: Iterable[int]) -> Labelled:
        """Those rows."""
        told = list(rows)
        prompts, answers, ended = (
            [part[n] for n in told] for part in (self.prompts, self.answers, self.ended)
        )
        return Labelled(prompts, answers, ended, self.right[told])  # type: ignore[arg-type]

    @property
    def texts(self) -> Texts:
        """As tokens, the answers taught."""
        return as_answers(self.prompts, self.answers, self.ended)


@dataclass(frozen=True)
class FitConfig:
    """How a judge or a writer learns: so many updates, and a look at what is held back every few."""

    updates: int = 300
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    looks: int = 12
    held_back: float = 0.1
    """The share of the questions on which nothing is learned, by which the best look is chosen."""


class Judge(nn.Module):
    """log odds that an answer is right, in nats; with `likely`, told how likely the imitator finds it."""

    def __init__(self, body: LanguageModel, imitator: LanguageModel | None = None) -> None:
        super().__init__()
        self.body = deepcopy(body)
        self.body.lm_head = nn.Linear(body.config.width, 1)
        nn.init.zeros_(self.body.lm_head.weight)
        nn.init.zeros_(self.body.lm_head.bias)
        self.imitator = None if imitator is None else deepcopy(imitator).requires_grad_(False)
        self.weight = nn.Parameter(torch.tensor(FEATURE), requires_grad=imitator is not None)

    def likely(self, texts: Texts) -> Tensor:
        """What the imitator says of N texts, [N]; 0 where it is not asked."""
        return torch.zeros(len(texts)) if self.imitator is None else log_likelihood(self.imitator, texts)

    def forward(self, texts: Texts, likely: Tensor) -> Tensor:
        """[N] of N texts, with what `likely` says of them."""
        last = torch.from_numpy(texts.taught.shape[1] - 1 - texts.taught[:, ::-1].argmax(1))
        stream = self.body.stream(torch.from_numpy(texts.tokens))[torch.arange(len(texts)), last]
        odds: Tensor = self.body.lm_head(stream)[:, 0]
        return odds + self.weight * likely


def in_parts(ask: Callable[[Texts], Tensor], texts: Texts) -> Tensor:
    """What is asked of all texts, [N], a part at a time."""
    firsts = range(0, len(texts), BATCH)
    return torch.cat([ask(texts[np.arange(n, min(n + BATCH, len(texts)))]) for n in firsts])


def odds_of(judge: Judge, texts: Texts) -> NDArray[np.float64]:
    """A judge's log odds [N] that texts are right."""
    with torch.inference_mode():
        told: NDArray[np.float64] = (
            in_parts(lambda some: judge(some, judge.likely(some)), texts).double().numpy()
        )
    return told


def chance_right(judge: Judge, texts: Texts) -> NDArray[np.float64]:
    """The same as probabilities [N]."""
    chances: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds_of(judge, texts)))
    return chances


def train_judge(
    body: LanguageModel,
    examples: Labelled,
    settings: FitConfig,
    seed: int,
    imitator: LanguageModel | None = None,
) -> Judge:
    """A judge of labelled examples, its body beginning as `body`; a pure function of its arguments. Raises
    TrainingDiverged."""
    judge, texts = Judge(body, imitator), examples.texts
    right = torch.from_numpy(examples.right).float()
    likely = in_parts(judge.likely, texts)

    def loss(rows: NDArray[np.int64]) -> Tensor:
        odds = judge(texts[rows], likely[rows])
        return bradley_terry_loss(odds, torch.zeros_like(odds), right[rows])

    fit(judge, loss, examples.prompts, settings, seed)
    return judge.eval()


def train_writer(model: LanguageModel, examples: Labelled, settings: FitConfig, seed: int) -> LanguageModel:
    """A copy of the model that has learned to write the examples' answers, whatever their labels; a pure
    function of its arguments. Raises TrainingDiverged."""
    writer, texts = deepcopy(model), examples.texts

    def loss(rows: NDArray[np.int64]) -> Tensor:
        logits, tokens = taught_logits(writer, texts[rows])
        return imitation_loss(logits, tokens)

    fit(writer, loss, examples.prompts, settings, seed)
    return writer.eval()


def fit(
    model: nn.Module,
    loss: Callable[[NDArray[np.int64]], Tensor],
    prompts: Sequence[str],
    settings: FitConfig,
    seed: int,
) -> None:
    """Go down the mean of loss(rows) over examples, and end as what was best on those held back."""
    torch.set_num_threads(1)
    taught, held = parted(prompts, settings.held_back, seed)
    optimizer = optimization.new_optimizer(model, settings.learning_rate, settings.weight_decay)
    best, kept = np.inf, deepcopy(model.state_dict())
    for update in range(settings.updates):
        rows = np.random.default_rng([seed, 15, update]).choice(taught, settings.batch_size)
        model.train()
        step = loss(rows).mean()
        check_finite(update, fit_loss=float(step.detach()))
        rate = optimization.learning_rate_at(update, settings.updates, settings.learning_rate)
        optimization.descend(optimizer, step, rate, update, CLIP)
        if (update + 1) % max(1, settings.updates // settings.looks) == 0 and len(held):
            model.eval()
            with torch.inference_mode():
                now = float(torch.cat([loss(held[n : n + BATCH]) for n in range(0, len(held), BATCH)]).mean())
            if now < best:
                best, kept = now, deepcopy(model.state_dict())
    if len(held):
        model.load_state_dict(kept)


def parted(prompts: Sequence[str], share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(rows to learn from, rows held back): so many of the different questions, with all their answers."""
    names, number = np.unique(np.asarray(prompts), return_inverse=True)
    order = np.random.default_rng([seed, 16]).permutation(len(names))
    held = np.isin(number, order[: int(share * len(names))])
    return np.flatnonzero(~held), np.flatnonzero(held)


def area(score: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """How often a right answer scores above a wrong one, ties half (the area under the ROC curve; Hanley and
    McNeil 1982); .5 where all are right, or none is."""
    above, below = score[right], np.sort(score[~right])
    if not len(above) or not len(below):
        return 0.5
    under = np.searchsorted(below, above, "left") + np.searchsorted(below, above, "right")
    return float(under.mean() / 2 / len(below))
