"""The settings of every job of the language half: frozen, plain, without torch.

A preset is a count, never a clock (see agents/config.py, its counterpart).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelConfig:
    """A decoder of `layers` layers of `width` channels and `heads` heads."""

    layers: int = 2
    width: int = 64
    heads: int = 4
    hidden: int = 176
    """Width of the feed-forward network's inside."""
    positions: int = 96
    """Longest text, prompt included, in tokens."""


TINY, SMALL, MEDIUM = ModelConfig(), ModelConfig(4, 128, 4, 352), ModelConfig(6, 256, 8, 704)
