"""The policy gradient: imitation of one's own actions, each as much as it did better than expected."""

from __future__ import annotations

import torch
from torch import Tensor

from lab.losses.imitation import imitation_loss, masked_log_softmax


def policy_gradient_loss(
    logits_t: Tensor, a_t: Tensor, advantage_t: Tensor, mask_t: Tensor | None = None
) -> Tensor:
    """-A_t log pi(a_t), [T]: its gradient at the policy that drew a_t is REINFORCE's, downhill.

    logits_t [T, A], a_t int64 [T], advantage_t [T] (a constant: no gradient flows into it), mask_t
    bool [T, A]. Williams 1992, equation 11; AlphaGo's second stage, A = z - v(s), on moves (Silver et
    al. 2016, Methods, "Policy network: reinforcement learning"). On a language model's tokens it is
    the same function. An advantage of 1 everywhere makes it `imitation_loss`; of 1 for won games
    and 0 for all others, filtered imitation, which pushes nothing down.
    Raises ValueError for other ranks or lengths.
    """
    if advantage_t.ndim != 1:
        raise ValueError(f"advantage_t has rank {advantage_t.ndim}, not 1: shape {tuple(advantage_t.shape)}")
    loss_t = imitation_loss(logits_t, a_t, mask_t)
    if advantage_t.shape != loss_t.shape:
        raise ValueError(f"{len(loss_t)} actions need as many advantages, not {len(advantage_t)}")
    return advantage_t.detach() * loss_t


def entropy(logits_t: Tensor, mask_t: Tensor | None = None) -> Tensor:
    """-sum_a pi(a) log pi(a) in nats, [T], over the actions that mask_t [T, A] allows.

    logits_t [T, A]. Added to what is minimised with a negative weight it keeps a policy from
    sharpening before it has tried (Williams and Peng 1991). Raises ValueError for other ranks.
    """
    if logits_t.ndim != 2:
        raise ValueError(f"logits_t has rank {logits_t.ndim}, not 2: shape {tuple(logits_t.shape)}")
    log_pi = masked_log_softmax(logits_t, mask_t)
    return -torch.sum(log_pi.exp() * log_pi, dim=-1)
