"""What may be said after the lesson of over-optimisation: its claims, each with the evidence of its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.lessons.estimate import Estimate, above_zero, ahead, below, estimate, exact
from lab.lessons.words import in_percent
from llm_bridge.preference.curves import (
    Points,
    at_distance,
    at_update,
    ends,
    nats,
    peak_of,
    signed,
)

Claim = dict[str, str]
Curves = dict[str, list[Points]]
REMEDIES = {
    "kl": "a penalty on the divergence",
    "adaptive": "a penalty that keeps the policy at a distance",
    "early": "stopping by a held-out rater",
    "ensemble": "an ensemble",
    "rounds": "fresh preferences in rounds",
}
HUNDRED = 100


def claims(curves: Curves, each: dict[str, list[Any]], budget: int) -> list[Claim]:
    """All claims, in the page's order. each: "stops", "sweep", "bias", "best_of_n", "posterior" of every
    seed; budget: the updates at which arms are compared."""
    return [
        *_parting(curves),
        *_faults(curves, budget),
        *_remedies(curves, each["stops"], budget),
        *_cap(curves),
        *_judges(each["sweep"]),
        *_bias(each["bias"]),
        _unbeaten(each["best_of_n"], each["posterior"]),
    ]


def stopped(curves: Curves, arm: str, stops: Sequence[dict[str, Any]], budget: int) -> list[dict[str, float]]:
    """Of every seed the point at which an arm is judged: where its rater stopped it, or at the budget."""
    places = [told["update"] for told in stops] if arm == "early" else [budget] * len(stops)
    return [at_update(points, place) for points, place in zip(curves[arm], places, strict=True)]


def _parting(curves: Curves) -> list[Claim]:
    rlhf = curves["rlhf"]
    peak = estimate([peak_of(points)["gold_second"] for points in rlhf])
    last = ends(rlhf, "gold_second")
    fewer = "fewer answers are right at the end than before"
    return [
        ahead("the reward model's score rises", ends(rlhf, "proxy"), ends(rlhf, "proxy", 0), nats),
        ahead("the raters' own utility ends below its peak", peak, last, nats),
        ahead("it ends below where it began", ends(rlhf, "gold", 0), ends(rlhf, "gold"), nats),
        ahead(fewer, ends(rlhf, "right", 0), ends(rlhf, "right"), in_percent),
    ]


def _faults(curves: Curves, budget: int) -> list[Claim]:
    rlhf, short, gold = (_at(curves[arm], "gold", budget) for arm in ("rlhf", "few", "gold"))
    begin, right = ends(curves["gold"], "gold", 0), _at(curves["gold"], "right", budget)
    return [
        ahead("few labels end worse for the raters than many", rlhf, short, nats),
        ahead("optimised directly, biased raters are served well", gold, begin, nats),
        ahead("and more answers are right", right, ends(curves["gold"], "right", 0), in_percent),
    ]


def _at(seeds: Sequence[Points], name: str, update: float) -> Estimate:
    return estimate([at_update(points, update)[name] for points in seeds])


def _remedies(curves: Curves, stops: Sequence[dict[str, Any]], budget: int) -> list[Claim]:
    plain = stopped(curves, "rlhf", stops, budget)
    told = []
    for arm, words in REMEDIES.items():
        other = stopped(curves, arm, stops, budget)
        gained = [one["gold"] - without["gold"] for one, without in zip(other, plain, strict=True)]
        told.append(
            above_zero(f"with as many labels and samples, {words} leaves the raters more", gained, signed)
        )
    return [*told, _at_equal_distance(curves["kl"], curves["rlhf"])]


def _at_equal_distance(held: Sequence[Points], free: Sequence[Points]) -> Claim:
    gained = []
    for one, other in zip(held, free, strict=True):
        near = min(max(point["distance"] for point in points) for points in (one, other))
        gained.append(at_distance(one, near, "gold") - at_distance(other, near, "gold"))
    return above_zero("at equal divergence, too, the penalty leaves the raters more", gained, signed)


def _cap(curves: Curves) -> list[Claim]:
    fast, slow = ([peak_of(points) for points in curves[arm]] for arm in ("rlhf", "slow"))
    places = estimate([point["update"] for point in fast])
    later = [b["update"] - a["update"] for a, b in zip(fast, slow, strict=True)]
    spent = curves["rlhf"][0][-1]["update"]
    lost = [
        peak["gold_second"] - points[-1]["gold_second"]
        for peak, points in zip(fast, curves["rlhf"], strict=True)
    ]
    few = f"the raters' utility peaks within the first {HUNDRED} updates"
    return [
        below(few, places, HUNDRED, lambda update: f"{update:.0f}"),
        above_zero(f"a cap of {spent:.0f} updates comes too late for the raters", lost, signed),
        above_zero(
            "with steps a quarter as long the peak comes later", later, lambda update: f"{update:+.0f}"
        ),
    ]


def _judges(sweeps: Sequence[Sequence[dict[str, float]]]) -> list[Claim]:
    def gain(rows: Sequence[dict[str, float]], name: str) -> float:
        most = {key: max(row[key] for row in rows) for key in ("labels", "weights")}
        least = min(row[name] for row in rows)
        other = "weights" if name == "labels" else "labels"
        high, low = (
            next(row["likely"] for row in rows if row[name] == value and row[other] == most[other])
            for value in (most[name], least)
        )
        return high - low

    def points(value: float) -> str:
        return f"{signed(100 * value)} points"

    return [
        above_zero(
            "a judge of more labels agrees with raters more",
            [gain(rows, "labels") for rows in sweeps],
            points,
        ),
        above_zero(
            "a larger judge agrees with raters more", [gain(rows, "weights") for rows in sweeps], points
        ),
    ]


def _bias(seeds: Sequence[Sequence[dict[str, float]]]) -> list[Claim]:
    def lost(rows: Sequence[dict[str, float]], name: str) -> float:
        near = min(row["distance"] for row in rows if row["distance"])
        values = [row[name] for row in rows if row["distance"] == near]
        return values[0] - values[-1]

    words = "raters biased for engagement get, at equal divergence, fewer right answers"
    more = "and more “!”"
    return [
        above_zero(
            words, [lost(rows, "right") for rows in seeds], lambda share: f"{100 * share:+.0f} points"
        ),
        above_zero(more, [-lost(rows, "shouts") for rows in seeds], signed),
    ]


def _unbeaten(chosen: Sequence[Points], best: Sequence[Points]) -> Claim:
    beaten = max(_beaten(*both) for both in zip(chosen, best, strict=True))
    return exact(
        "best of n never beats the best policy at its divergence",
        beaten <= 1e-6,
        f"by {beaten:.2g} nats of the model's score at most",
    )


def _beaten(chosen: Points, best: Points) -> float:
    """By how much best of n scores above the line of the best there is; below 0: it never does."""
    return max(row["proxy"] - _above(row["kl"], best) for row in chosen)


def _above(kl: float, best: Points) -> float:
    """An upper bound on the concave line at a divergence: the lowest of its tangents, whose slope is beta."""
    return min(row["proxy"] + row["beta"] * (kl - row["kl"]) for row in best)
