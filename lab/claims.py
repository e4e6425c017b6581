"""What numbers bear: a claim with its verdict and the figures behind it, shown where intervals are apart."""

from __future__ import annotations

from typing import Any

from lab.statistics import Score, above

LINES = {"recorded": "as recorded", "best": "at best"}  # the human's two lines, in words
MARGIN = 0.05  # "stops at its teacher" means: within so much of the teacher's best


def passes(claim: str, score: Score, other: Score, costs: str = "") -> dict[str, Any]:
    """The claim that one score lies above another: shown, contradicted, or not shown where they overlap."""
    verdict = "shown" if above(score, other) else "contradicted" if above(other, score) else "not shown"
    return {"claim": claim, "verdict": verdict, "evidence": f"{score} against {other}{costs}"}


def stays(who: str, score: Score, ceiling: Score) -> dict[str, Any]:
    """One-sided equivalence: that a copy passes its ceiling by so much can be shut out, or not.

    The ceiling is exact on these problems, so the copy's own interval decides.
    """
    limit = ceiling.rate + MARGIN
    verdict = "shown" if score.high < limit else "contradicted" if score.low > limit else "not shown"
    claim = f"{who} does not pass the human at best by {100 * MARGIN:.0f} points or more"
    return {"claim": claim, "verdict": verdict, "evidence": f"{score} against {ceiling.rate:.3f}"}
