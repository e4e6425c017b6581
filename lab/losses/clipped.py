"""Policy gradients that may take several steps on the same answers: PPO's clipped surrogate and what keeps
a policy near another."""

from __future__ import annotations

from torch import Tensor

from lab.losses.shapes import check_alike


def clipped_surrogate_loss(
    log_prob_t: Tensor,
    old_log_prob_t: Tensor,
    advantage_t: Tensor,
    clip_low: float = 0.2,
    clip_high: float = 0.2,
) -> Tensor:
    """-min(r A, clip(r, 1 - clip_low, 1 + clip_high) A) with r = pi / pi_old, [T].

    All [T]; old_log_prob_t is that of the policy that drew the actions. PPO (Schulman et al. 2017,
    equation 7); clip_high > clip_low is DAPO's clip-higher (Yu et al. 2025). While pi is pi_old, the gradient
    is policy_gradient_loss's. Raises ValueError for other shapes.
    """
    check_alike("[T]", log_prob_t, old_log_prob_t, advantage_t)
    ratio = (log_prob_t - old_log_prob_t.detach()).exp()
    advantage = advantage_t.detach()
    return -(ratio * advantage).minimum(ratio.clamp(1 - clip_low, 1 + clip_high) * advantage)


def clipped_share(
    log_prob_t: Tensor,
    old_log_prob_t: Tensor,
    advantage_t: Tensor,
    clip_low: float = 0.2,
    clip_high: float = 0.2,
) -> Tensor:
    """Which steps the clip keeps from moving any further, bool [T]."""
    check_alike("[T]", log_prob_t, old_log_prob_t, advantage_t)
    ratio = (log_prob_t - old_log_prob_t).exp()
    return ((ratio > 1 + clip_high) & (advantage_t > 0)) | ((ratio < 1 - clip_low) & (advantage_t < 0))


def clipped_value_loss(v_t: Tensor, old_v_t: Tensor, return_t: Tensor, clip: float = 0.2) -> Tensor:
    """max((v - R)^2, (v clipped to old_v +- clip - R)^2) / 2, [T]: PPO's critic as OpenAI's code has it
    (Huang et al. 2022, "The 37 implementation details", 9). All [T]; raises ValueError for others."""
    check_alike("[T]", v_t, old_v_t, return_t)
    near = old_v_t.detach() + (v_t - old_v_t.detach()).clamp(-clip, clip)
    return ((v_t - return_t) ** 2).maximum((near - return_t) ** 2) / 2


def kl_estimate(log_prob_t: Tensor, reference_log_prob_t: Tensor) -> Tensor:
    """pi_ref / pi - log(pi_ref / pi) - 1, [T]: never negative, and on average over actions of pi the
    Kullback-Leibler divergence KL(pi | pi_ref) (Schulman 2020, "Approximating KL divergence", k3; GRPO's
    equation 4). Both [T]; raises ValueError for others."""
    check_alike("[T]", log_prob_t, reference_log_prob_t)
    difference = reference_log_prob_t.detach() - log_prob_t
    return difference.exp() - difference - 1.0
