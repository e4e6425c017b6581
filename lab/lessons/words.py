"""Numbers as the lessons' pages tell them."""

from __future__ import annotations

from lab.lessons.estimate import Estimate, Words


def percent(share: float) -> str:
    """A share in per cent, whole, without the sign: −12."""
    return f"{100 * share:.0f}".replace("-", "−")


def tenths(share: float) -> str:
    """A share in per cent with one digit behind the point, without the sign: −12.3."""
    return f"{100 * share:.1f}".replace("-", "−")


def in_percent(share: float) -> str:
    """A share in per cent, whole, with the sign: 54 %."""
    return f"{percent(share)} %"


def short(known: Estimate, words: Words) -> str:
    """A mean with its interval; that of a single seed by itself, which a page says once."""
    return known.told(words) if known.low is not None else words(known.mean)
