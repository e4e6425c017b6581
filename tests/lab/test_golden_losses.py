"""The losses put together as the papers say, against TRL's trainers, in value and gradient.

The golden numbers are made by make_golden_losses.py with TRL's own code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from lab.losses import (
    answer_mean,
    clipped_surrogate_loss,
    constant_length_mean,
    group_advantage,
    imitation_loss,
    kl_estimate,
    leave_one_out_advantage,
    overlong_penalty,
    token_mean,
)

GOLDEN = json.loads((Path(__file__).resolve().parent / "golden" / "losses.json").read_text())
LENGTHS = torch.tensor(GOLDEN["lengths"])
TOKENS = torch.tensor(GOLDEN["tokens"])
MASK = torch.arange(TOKENS.shape[1]) < LENGTHS[:, None]  # [N, T]
REWARD = torch.tensor(GOLDEN["rewards"], dtype=torch.float64).reshape(-1, GOLDEN["answers"])
AVERAGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "grpo": answer_mean,
    "dr_grpo": lambda loss_t, lengths: constant_length_mean(loss_t, lengths, TOKENS.shape[1]),
    "dapo": token_mean,
    "bnpo": token_mean,
}
GRPO_KIN = [name for name in GOLDEN["cases"] if not name.startswith("rloo")]


def logits_of(name: str) -> Tensor:
    return torch.tensor(GOLDEN[name], dtype=torch.float64)


def log_prob_of(logits: Tensor) -> Tensor:
    """Of the drawn tokens, answer after answer, [T]."""
    return -imitation_loss(logits[MASK], TOKENS[MASK])


def assert_equal(case: dict[str, Any], advantage: Tensor, loss: Tensor, logits: Tensor) -> None:
    loss.backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert advantage.flatten().tolist() == pytest.approx(case["advantages"], abs=1e-6)
    assert float(loss.detach()) == pytest.approx(case["loss"], abs=1e-9)
    torch.testing.assert_close(
        logits.grad, torch.tensor(case["gradient"], dtype=torch.float64), atol=1e-9, rtol=0
    )


@pytest.mark.parametrize("name", GRPO_KIN)
def test_grpo_and_its_kin(name: str) -> None:
    case = GOLDEN["cases"][name]
    settings = case["settings"]
    logits = logits_of("logits").requires_grad_()
    log_prob, old = log_prob_of(logits), log_prob_of(logits_of("old_logits"))
    advantage = group_advantage(REWARD, standardise=settings["scale_rewards"] == "group")
    advantage_t = advantage.flatten().repeat_interleave(LENGTHS)
    clip_high = settings.get("epsilon_high", 0.2)
    loss_t = clipped_surrogate_loss(log_prob, old, advantage_t, clip_high=clip_high)
    loss_t = loss_t + settings.get("beta", 0.0) * kl_estimate(
        log_prob, log_prob_of(logits_of("reference_logits"))
    )
    assert_equal(case, advantage, AVERAGES[settings["loss_type"]](loss_t, LENGTHS), logits)


@pytest.mark.parametrize("name", ["rloo", "rloo with KL"])
def test_rloo(name: str) -> None:
    """TRL's takes an answer as one action: log-probabilities are summed, the KL is taken from the reward."""
    case = GOLDEN["cases"][name]
    logits = logits_of("logits").requires_grad_()
    old = log_prob_of(logits_of("old_logits"))
    kl = by_answer(old - log_prob_of(logits_of("reference_logits")))
    advantage = leave_one_out_advantage(REWARD - case["settings"]["beta"] * kl.reshape(REWARD.shape))
    log_prob = by_answer(log_prob_of(logits))
    loss = clipped_surrogate_loss(log_prob, by_answer(old), advantage.flatten()).mean()
    assert_equal(case, advantage, loss, logits)


def by_answer(values_t: Tensor) -> Tensor:
    """The sum over each answer's tokens, [N]."""
    return torch.stack([part.sum() for part in torch.split(values_t, LENGTHS.tolist())])


def test_the_cases_differ_and_something_is_clipped() -> None:
    """What could not tell the algorithms apart would prove nothing."""
    losses = [case["loss"] for case in GOLDEN["cases"].values() if case["settings"].get("beta", 0.0) == 0.0]
    assert len({round(loss, 6) for loss in losses}) == len(losses)
    ratio = (log_prob_of(logits_of("logits")) - log_prob_of(logits_of("old_logits"))).exp()
    assert bool((ratio > 1.28).any())
    assert bool((ratio < 0.8).any())


def test_overlong_penalty() -> None:
    wanted = GOLDEN["overlong"]
    found = overlong_penalty(torch.tensor(wanted["lengths"]), wanted["most"], wanted["margin"])
    assert found.tolist() == pytest.approx(wanted["penalty"])
