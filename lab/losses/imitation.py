"""Losses that make a policy say what somebody else said: a teacher's actions, or a search's opinion."""

import torch
from torch import Tensor

MASKED = -1e9  # the logit of an action that cannot be taken: its probability is 0 in any float


def masked_log_softmax(logits: Tensor, mask: Tensor | None) -> Tensor:
    """log pi [..., A] over the actions that `mask` [..., A] allows (all, where it is None)."""
    if mask is not None:
        logits = logits.masked_fill(~mask, MASKED)
    return torch.log_softmax(logits, dim=-1)


def imitation_loss(logits_t: Tensor, a_t: Tensor, mask_t: Tensor | None = None) -> Tensor:
    """-log pi(a_t), the cross-entropy of the demonstrator's actions, [T].

    logits_t [T, A], a_t int64 [T], mask_t bool [T, A]. AlphaGo's supervised stage (Silver et al.
    2016, equation 1) and supervised fine-tuning of a language model are this one function.
    """
    _check_rank(logits_t, 2, "logits_t")
    _check_rank(a_t, 1, "a_t")
    log_pi = masked_log_softmax(logits_t, mask_t)
    return -log_pi.gather(-1, a_t.unsqueeze(-1)).squeeze(-1)


def policy_target_loss(logits_t: Tensor, action_weights_t: Tensor, mask_t: Tensor | None = None) -> Tensor:
    """-sum_a w(a) log pi(a), the cross-entropy of a search's improved policy w, [T].

    logits_t [T, A], action_weights_t [T, A] (rows sum to 1), mask_t bool [T, A]. AlphaGo Zero's
    policy term (Silver et al. 2017, equation 1).
    """
    _check_rank(logits_t, 2, "logits_t")
    _check_rank(action_weights_t, 2, "action_weights_t")
    if logits_t.shape != action_weights_t.shape:
        shapes = f"{tuple(logits_t.shape)} and {tuple(action_weights_t.shape)}"
        raise ValueError(f"logits_t and action_weights_t are both [T, A], not {shapes}")
    return -(action_weights_t * masked_log_softmax(logits_t, mask_t)).sum(-1)


def _check_rank(tensor: Tensor, rank: int, name: str) -> None:
    if tensor.ndim != rank:
        raise ValueError(f"{name} has rank {tensor.ndim}, not {rank}: shape {tuple(tensor.shape)}")
