"""Learning from preferences without a reward model: the policy's own log-probabilities are the rewards.

All take what an answer's tokens are worth in sum, log pi(y|x), one number an answer, of the policy and, where
it is asked, of the reference (a constant: no gradient flows into it). The implicit reward of an answer is
beta log(pi / pi_ref); its difference between two answers is what Bradley and Terry's loss is of.

Self-play preference (SPIN: Chen et al. 2024, equation 4.7) is dpo_loss with a demonstrator's answer as the
chosen and an answer of the policy's last round, which is the reference too, as the rejected one.
"""

from __future__ import annotations

from torch import Tensor

from lab.losses.bradley_terry import bradley_terry_loss
from lab.losses.ranking import ranking_loss
from lab.losses.shapes import check_alike


def dpo_loss(
    chosen: Tensor,
    rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
    flipped: float = 0.0,
) -> Tensor:
    """-log sigma(beta h), h = log(pi / pi_ref)(chosen) - log(pi / pi_ref)(rejected), [N]: DPO (Rafailov
    et al. 2023, equation 7).

    All [N]. flipped: the share of labels that are taken to be wrong (conservative DPO; Mitchell 2023). The
    loss's gradient at pi = pi_ref is -beta (1/2 - flipped) times that of log pi(chosen) - log pi(rejected).
    Raises ValueError for other shapes, and where beta is not above 0.
    """
    check_alike("[N]", chosen, rejected, reference_chosen, reference_rejected)
    _check_positive("beta", beta)
    first = beta * (chosen - reference_chosen.detach())
    second = beta * (rejected - reference_rejected.detach())
    if flipped == 0.0:
        return bradley_terry_loss(first, second)
    return bradley_terry_loss(first, second, first.detach().new_full(first.shape, 1.0 - flipped))


def ipo_loss(
    chosen: Tensor, rejected: Tensor, reference_chosen: Tensor, reference_rejected: Tensor, beta: float = 0.1
) -> Tensor:
    """(h - 1 / (2 beta))^2 with DPO's h, [N]: IPO (Azar et al. 2023, equation 17).

    All [N], sums over tokens as in the paper; other code takes means over them here. Where DPO pushes a pair
    apart for ever, this one ends at a distance. Raises ValueError as dpo_loss does.
    """
    check_alike("[N]", chosen, rejected, reference_chosen, reference_rejected)
    _check_positive("beta", beta)
    h = chosen - reference_chosen.detach() - (rejected - reference_rejected.detach())
    return (h - 1.0 / (2.0 * beta)) ** 2


def length_normalised_loss(
    chosen: Tensor,
    rejected: Tensor,
    chosen_lengths: Tensor,
    rejected_lengths: Tensor,
    beta: float = 2.0,
    margin: float = 0.5,
) -> Tensor:
    """-log sigma(beta (log pi(chosen) / |chosen| - log pi(rejected) / |rejected|) - margin), [N]: SimPO
    (Meng et al. 2024, equation 6).

    All [N]; lengths in tokens, at least 1. There is no reference: nothing but its size keeps the policy near
    where it began. Raises ValueError for other shapes, for a length below 1, and where beta is not above 0.
    """
    check_alike("[N]", chosen, rejected, chosen_lengths, rejected_lengths)
    _check_positive("beta", beta)
    if bool((chosen_lengths < 1).any()) or bool((rejected_lengths < 1).any()):
        raise ValueError("every answer has at least one token")
    first, second = beta * chosen / chosen_lengths, beta * rejected / rejected_lengths
    return bradley_terry_loss(first - margin, second)


def dpo_imitation_loss(
    chosen: Tensor,
    rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    chosen_lengths: Tensor,
    beta: float = 0.1,
    weight: float = 1.0,
) -> Tensor:
    """dpo_loss - weight log pi(chosen) / |chosen|, [N]: DPO with an SFT term (Pang et al. 2024, "Iterative
    reasoning preference optimization", equation 1).

    All [N]. DPO alone may make both answers less likely as long as the rejected one falls faster; the term
    holds the chosen one up. Raises ValueError as dpo_loss does.
    """
    check_alike("[N]", chosen, chosen_lengths)
    loss = dpo_loss(chosen, rejected, reference_chosen, reference_rejected, beta)
    return loss - weight * chosen / chosen_lengths


def ranked_dpo_loss(log_prob: Tensor, reference: Tensor, beta: float = 0.1) -> Tensor:
    """ranking_loss of beta log(pi / pi_ref), [N]: DPO of whole rankings (Rafailov et al. 2023, appendix A.3,
    equation 20).

    Both [N, K], the best answer first. Of two it is dpo_loss. Raises ValueError for other shapes, and where
    beta is not above 0.
    """
    if log_prob.shape != reference.shape:
        raise ValueError(f"both are [N, K], not {tuple(log_prob.shape)} and {tuple(reference.shape)}")
    _check_positive("beta", beta)
    return ranking_loss(beta * (log_prob - reference.detach()))


def _check_positive(name: str, value: float) -> None:
    if not value > 0.0:
        raise ValueError(f"{name} is above 0, not {value}")
