"""Numbers and sentences as the report writes them."""

from __future__ import annotations

from typing import Any


def percent(share: float) -> str:
    """A share in per cent with one digit, without the sign."""
    return f"{100 * share:.1f}"


def with_interval(score: dict[str, Any]) -> str:
    """A Score as "78.6 % [76.5–80.6]"."""
    return f"{percent(score['rate'])} % [{percent(score['low'])}–{percent(score['high'])}]"


def seconds(value: float) -> str:
    """A duration as people say it: 85 s, 2 min 51 s, 1 h 4 min."""
    whole = round(value)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h" + (f" {whole % 3600 // 60} min" if whole % 3600 // 60 else "")


def by_seed(evidence: str) -> tuple[str, str]:
    """The evidence of a claim over seeds (lab.pooling): the count, and each seed; of one run all, and ""."""
    count, colon, each = evidence.partition(" seeds: ")
    return (f"{count} seeds", each) if colon and count.startswith("shown on ") else (evidence, "")


def thousands(value: int) -> str:
    """A count in groups of three digits."""
    return f"{value:,}".replace(",", "\u202f")


def sentence(text: str) -> str:
    """A claim as a sentence: a capital first, a full stop last."""
    return f"{capital(text).rstrip('.')}."


def listed(names: list[str]) -> str:
    """Names in a row: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]
