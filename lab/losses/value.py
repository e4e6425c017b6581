"""Losses of value heads."""

from torch import Tensor


def value_loss(v_t: Tensor, target_t: Tensor) -> Tensor:
    """(v - target)^2, [T]; both [T], in [-1, 1], for the player to move (Silver et al. 2016,
    equation 5, without its factor)."""
    if v_t.shape != target_t.shape or v_t.ndim != 1:
        raise ValueError(f"v_t and target_t are [T], not {tuple(v_t.shape)} and {tuple(target_t.shape)}")
    return (v_t - target_t) ** 2
