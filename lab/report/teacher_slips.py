"""The sloppy teacher: how random slips change human, imitator and who learns from its own answers."""

from __future__ import annotations

from typing import Any

from lab.report.canvas import Size
from lab.report.counts import Scale, Series, count_figure
from lab.report.palette import KNOWN
from lab.report.wording import listed
from lab.statistics import Score, above

DOTS: Any = (0, (1.1, 1.7))
KINDS: dict[str, tuple[str, int, Any]] = {
    "policy_gradient": ("policy-gradient", KNOWN["policy-gradient"], "solid"),
    "imitator_greedy": ("imitator, greedy", KNOWN["imitator"], "solid"),
    "imitator_sampled": ("imitator, sampled", KNOWN["imitator"], DOTS),
    "best": ("human, at best", KNOWN["human"], "solid"),
    "recorded": ("human, as recorded", KNOWN["human"], DOTS),
}
SCALE = Scale("share of steps in which the human slips", lambda x: f"{100 * x:g} %")
Row = dict[str, Any]


def slips_figure(rows: list[Row], size: Size, key: str) -> str:
    """Human, imitator and policy gradient over the share of slips: an <svg>."""
    series = [
        Series(name, slot, points, dashes)
        for field, (name, slot, dashes) in KINDS.items()
        if (points := [(row["slips"], row[field]) for row in rows if row[field]])
    ]
    return count_figure(series, SCALE, [], size, key, "Share of right answers by the human's slips:")


def slips_words(rows: list[Row]) -> list[str]:
    """At which slips the greedy imitator passes its human, and the policy gradient the greedy imitator."""
    ordered = sorted(rows, key=lambda row: float(row["slips"]))
    learned = [row for row in ordered if row["policy_gradient"]]
    told = [
        _where("The greedy imitator passes its human as recorded", ordered, "imitator_greedy", "recorded"),
        _where("It passes the human at best", ordered, "imitator_greedy", "best"),
        _where(
            "The policy gradient passes the greedy imitator", learned, "policy_gradient", "imitator_greedy"
        ),
    ]
    passes = [_passes(row, "policy_gradient", "imitator_greedy") for row in learned]
    if passes and not passes[0] and any(passes):
        told.append(
            "With the fewest slips it is not shown to, with more it is: slips are what it explores with."
        )
    return [words for words in told if words]


def _where(claim: str, rows: list[Row], first: str, second: str) -> str:
    """The claim with the slips at which it is shown and those at which it is not."""
    if not rows:
        return ""
    shown = [row["slips"] for row in rows if _passes(row, first, second)]
    rest = [row["slips"] for row in rows if not _passes(row, first, second)]
    parts = [f"{words} {_at(slips)}" for words, slips in (("shown", shown), ("not shown", rest)) if slips]
    return f"{claim}: {'; '.join(parts)}."


def _passes(row: Row, first: str, second: str) -> bool:
    return above(Score.from_json(row[first]), Score.from_json(row[second]))


def _at(slips: list[float]) -> str:
    return f"at {listed([SCALE.write(share) for share in slips])} slips"
