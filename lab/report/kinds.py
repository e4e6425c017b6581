"""Kinds of fields that a result is checked against, besides plain text, numbers, lists and objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Maybe:
    """A field that may also be null or left out."""

    spec: Any


@dataclass(frozen=True)
class Each:
    """An object of any keys whose values are all alike."""

    spec: Any


class ScoreSpec:
    """{"rate", "low", "high", "n"} with 0 <= low <= rate <= high <= 1."""


class ShareSpec:
    """A number in [0, 1]."""


class CountSpec:
    """A whole number of at least 1."""


SCORE = ScoreSpec()
SHARE = ShareSpec()
COUNT = CountSpec()
