"""Learning from a block: a few steps of the policy, and of the critic where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.losses import (
    answer_mean,
    clipped_share,
    clipped_surrogate_loss,
    constant_length_mean,
    entropy,
    imitation_loss,
    kl_estimate,
    token_mean,
)
from lab.run import check_finite
from llm_bridge.block import Block
from llm_bridge.config import ReinforceConfig
from llm_bridge.critic import Critic, critic_loss, critic_step, values_of
from llm_bridge.learning import Learner, Texts, descend, taught_logits
from llm_bridge.network import LanguageModel
from llm_bridge.weights import standardised, weigh

AVERAGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "answer": answer_mean,
    "token": token_mean,
    "constant": constant_length_mean,
}
BEFORE = ("policy/ratio_error", "kl/sampler")  # told of the first step, before anything has moved


@dataclass(frozen=True)
class Weighed:
    """A block, and what is learned from its N answers of at most L tokens, all [N, L]: the advantages; with
    a reference its log-probabilities; with a critic its values, and the returns that it is to learn."""

    block: Block
    advantage: Tensor
    reference: Tensor | None = None
    values: Tensor | None = None
    returns: Tensor | None = None


def reinforce_step(
    learner: Learner,
    block: Block,
    settings: ReinforceConfig,
    reference: LanguageModel | None = None,
    critic: Critic | None = None,
) -> dict[str, float]:
    """Learn from a block; returns what is told of it. Raises TrainingDiverged, and ValueError for PPO
    without a critic.

    Answers of weight 0 (a group whose rewards are all equal) are not computed: nothing flows back from them.
    """
    weighed = _weighed(block, settings, reference, critic)
    told = block.tags
    if weighed.reference is not None:
        there = weighed.reference[block.mask]
        told["kl/to_imitation"] = float(kl_estimate(block.log_prob[block.mask], there).mean())
    if settings.algorithm == "expert-iteration":
        return told | _imitate(learner, weighed, settings)
    everywhere = settings.entropy_weight != 0.0 or (settings.kl_weight != 0.0 and not settings.kl_in_reward)
    alive = np.full(len(block.texts), True) if everywhere else (weighed.advantage != 0).any(1).numpy()
    steps = [
        _step(learner, weighed, rows, alive, settings, critic)
        for rows in _batches(np.arange(len(block.texts)), settings)
        if alive[rows].any()
    ]
    if steps:
        told |= {name: float(np.mean([step[name] for step in steps])) for name in steps[0]}
        told |= {name: steps[0][name] for name in BEFORE}
    return told


def _batches(rows: NDArray[np.int64], settings: ReinforceConfig) -> Iterator[NDArray[np.int64]]:
    """The rows, a batch at a time, as often as there are epochs."""
    size = settings.batch_size or len(rows)
    for _ in range(settings.epochs):
        yield from (rows[first : first + size] for first in range(0, len(rows), size))


def _weighed(
    block: Block, settings: ReinforceConfig, reference: LanguageModel | None, critic: Critic | None
) -> Weighed:
    """What reference and critic say of a block before anything is learned from it, and the advantages."""
    there = values = returns = None
    with torch.no_grad():
        if reference is not None:
            logits, tokens = taught_logits(reference, block.texts)
            there = _spread(-imitation_loss(logits, tokens), block.mask)
        if critic is not None:
            values = _spread(values_of(critic, block.texts), block.mask)
    advantage = weigh(block, settings, there, values)
    if values is not None:
        returns = advantage + values
        advantage = standardised(advantage, block.mask) if settings.standardise else advantage
    return Weighed(block, advantage, there, values, returns)


def _spread(value_t: Tensor, mask: Tensor) -> Tensor:
    """One value a token, answer after answer [M], as [N, L], 0 behind an answer's end."""
    spread = torch.zeros(mask.shape)
    spread[mask] = value_t.cpu()
    return spread


def _step(
    learner: Learner,
    weighed: Weighed,
    rows: NDArray[np.int64],
    alive: NDArray[np.bool_],
    settings: ReinforceConfig,
    critic: Critic | None,
) -> dict[str, float]:
    """One step on those answers, of which only the living are computed but all count in the average."""
    left = rows[alive[rows]]
    texts, mask = weighed.block.texts[left], weighed.block.mask[left]
    learner.model.train()
    logits, tokens = taught_logits(learner.model, texts)
    log_prob = -imitation_loss(logits, tokens)
    device = log_prob.device
    old, advantage_t = (part[left][mask].to(device) for part in (weighed.block.log_prob, weighed.advantage))
    loss_t = clipped_surrogate_loss(log_prob, old, advantage_t, settings.clip_low, settings.clip_high)
    if settings.entropy_weight:
        loss_t = loss_t - settings.entropy_weight * entropy(logits)
    if settings.kl_weight and not settings.kl_in_reward and weighed.reference is not None:
        loss_t = loss_t + settings.kl_weight * kl_estimate(log_prob, weighed.reference[left][mask].to(device))
    loss = AVERAGES[settings.averaging](loss_t, mask.sum(1).to(device))
    loss = loss * _share(weighed.block, left, rows, settings)
    value_loss = None if critic is None else _value_loss(learner, critic, weighed, texts, left)
    told = {"loss/policy": descend(learner, loss, warm=False)}
    if critic is not None and value_loss is not None:
        critic_step(critic, value_loss, learner.updates)
        told["loss/value"] = float(value_loss.detach())
    with torch.no_grad():
        clipped = clipped_share(log_prob, old, advantage_t, settings.clip_low, settings.clip_high)
        return told | {
            "entropy/policy": float(entropy(logits.detach()).mean()),
            "policy/clipped_share": float(clipped.float().mean()),
            "kl/sampler": float(kl_estimate(old, log_prob).mean()),
            "policy/ratio_error": float(((log_prob - old).exp() - 1).abs().max()),
        }


def _share(
    block: Block, left: NDArray[np.int64], rows: NDArray[np.int64], settings: ReinforceConfig
) -> float:
    """What part of a batch those that are computed are, as its average counts them."""
    if settings.averaging == "token":
        return float(block.lengths[left].sum() / block.lengths[rows].sum())
    return len(left) / len(rows)


def _value_loss(
    learner: Learner, critic: Critic, weighed: Weighed, texts: Texts, rows: NDArray[np.int64]
) -> Tensor:
    """How far the critic is from the returns. Raises TrainingDiverged, before anything has moved."""
    assert weighed.values is not None
    assert weighed.returns is not None
    mask, device = weighed.block.mask[rows], critic.model.lm_head.weight.device
    old_v, returns = (part[rows][mask].to(device) for part in (weighed.values, weighed.returns))
    critic.model.train()
    loss = critic_loss(critic, texts, old_v, returns)
    check_finite(learner.updates, value_loss=float(loss.detach()))
    return loss


def _imitate(learner: Learner, weighed: Weighed, settings: ReinforceConfig) -> dict[str, float]:
    """Imitate the chosen answers (expert iteration: Anthony et al. 2017; Zelikman et al. 2022)."""
    rows = np.flatnonzero((weighed.advantage > 0).any(1).numpy())
    if len(rows) == 0:
        return {}
    losses = []
    for batch in _batches(rows, settings):
        learner.model.train()
        logits, tokens = taught_logits(learner.model, weighed.block.texts[batch])
        losses.append(descend(learner, imitation_loss(logits, tokens).mean(), warm=False))
    return {"loss/policy": float(np.mean(losses)), "entropy/policy": float(entropy(logits.detach()).mean())}
