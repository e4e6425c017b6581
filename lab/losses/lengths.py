"""What the length of an answer does to its loss: the averages by which the algorithms differ, a penalty.

All averages take a loss a token, answer after answer, and how many tokens each answer has.
"""

from __future__ import annotations

import torch
from torch import Tensor


def answer_mean(loss_t: Tensor, lengths: Tensor) -> Tensor:
    """The mean over answers of the mean over an answer's tokens, a scalar: GRPO (Shao et al. 2024,
    equation 3).

    loss_t [T], lengths int64 [N], at least 1 each, T in sum. A token of a long answer counts less than one of
    a short answer: long wrong answers are pushed down too little. Raises ValueError for other shapes.
    """
    _check(loss_t, lengths)
    share_t = (1.0 / lengths.to(loss_t.dtype)).repeat_interleave(lengths)
    return (loss_t * share_t).sum() / len(lengths)


def token_mean(loss_t: Tensor, lengths: Tensor) -> Tensor:
    """The mean over all tokens, a scalar: DAPO (Yu et al. 2025, equation 8).

    loss_t [T], lengths int64 [N], T in sum. Every token counts the same, whichever answer it stands in; how
    much depends on how long the others are. Raises ValueError for other shapes.
    """
    _check(loss_t, lengths)
    return loss_t.sum() / len(loss_t)


def constant_length_mean(loss_t: Tensor, lengths: Tensor, constant: float = 1.0) -> Tensor:
    """The mean over answers of the sum over an answer's tokens / constant, a scalar: Dr. GRPO (Liu et
    al. 2025, section 3.2).

    loss_t [T], lengths int64 [N], T in sum; constant: the most tokens an answer may have, or 1 where the
    scale does not matter, as with Adam. The gradient of the expected reward, without a bias of length. Raises
    ValueError for other shapes.
    """
    _check(loss_t, lengths)
    return loss_t.sum() / (len(lengths) * constant)


def overlong_penalty(lengths: Tensor, most: int, margin: int) -> Tensor:
    """0 up to most - margin tokens, falling evenly to -1 at `most` and beyond, [N], to be added to a reward:
    DAPO (Yu et al. 2025, equation 13).

    lengths int64 [N]. Raises ValueError for a margin that is not within 1 to most.
    """
    if not 1 <= margin <= most:
        raise ValueError(f"the penalty begins 1 to {most} tokens before the end, not {margin}")
    return ((most - margin - lengths) / margin).clamp(-1.0, 0.0)


def _check(loss_t: Tensor, lengths: Tensor) -> None:
    if loss_t.ndim != 1 or lengths.ndim != 1 or int(lengths.sum()) != len(loss_t):
        shapes = f"{tuple(loss_t.shape)} and {tuple(lengths.shape)}, of {int(lengths.sum())} tokens in sum"
        raise ValueError(f"loss_t is [T] and lengths [N], T in sum, not {shapes}")
    if len(lengths) == 0 or bool(torch.any(lengths < 1)):
        raise ValueError("there is at least one answer, and every answer has at least one token")
