"""The loss of rankings: more than two at once."""

from __future__ import annotations

from torch import Tensor


def ranking_loss(score: Tensor) -> Tensor:
    """-sum_k log softmax over those not yet placed, [N]: -log P of the order in which the answers stand.

    score [N, K]: the best first, in nats. The best of all is chosen in proportion to exp(score), then the
    best of the rest, and so on (Plackett 1975, "The analysis of permutations"; Luce 1959). Of two it is
    bradley_terry_loss. Raises ValueError for another rank, and for K = 1.
    """
    if score.ndim != 2 or score.shape[1] < 2:
        raise ValueError(f"scores are [N, K] of at least 2 answers, not {tuple(score.shape)}")
    rest = score.flip(1).logcumsumexp(1).flip(1)  # log sum exp over an answer and all ranked below it
    return (rest - score)[:, :-1].sum(1)
