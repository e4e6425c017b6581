"""Which prior and which value serve search: the words above the table."""

from __future__ import annotations

from typing import Any

from lab.report.wording import with_interval
from lab.statistics import Score, separated


def priors_words(priors: list[dict[str, Any]]) -> str:
    """Whether the imitator's prior serves search better than the policy gradient's, all else equal."""
    rows = {(row["prior"], row["value"], row["simulations"]): row["score"] for row in priors}
    for (prior, value, simulations), score in rows.items():
        other = rows.get(("policy-gradient", value, simulations))
        if prior == "imitator" and other is not None:
            return _compared(score, other, value)
    return ""


def _compared(imitator: dict[str, Any], gradient: dict[str, Any], value: str) -> str:
    first, second = Score.from_json(imitator), Score.from_json(gradient)
    verdict = "not shown"
    if separated(first, second):
        verdict = "shown" if first.rate > second.rate else "contradicted"
    return (
        "AlphaGo’s finding that the supervised prior serves search better than the policy gradient’s is "
        f"{verdict} with {value}: {with_interval(imitator)} against {with_interval(gradient)}."
    )
