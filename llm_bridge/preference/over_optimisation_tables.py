"""The tables of the over-optimisation lesson's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lab.lessons.estimate import estimate
from lab.lessons.words import in_percent, short
from llm_bridge.preference.curves import Points, at_update, nats, peak_of, signed
from llm_bridge.preference.over_optimisation import ARMS
from llm_bridge.preference.over_optimisation_claims import stopped

Result = dict[str, Any]
Row = dict[str, Any]
JUDGES = {
    "many": "{comparisons:,} comparisons",
    "margin": "the same, with margins",
    "ensemble": "the same, {models} models’ mean",
    "few": "{few:,} comparisons",
}


def at_budget(result: Result, arm: str) -> dict[str, list[float]]:
    """What every seed's policy is worth at equal samples, or where its rater stopped it: a point's names, the
    score's `gain`, and `more`: the raters' utility above that of the plain run."""
    budget = result["settings"]["policy"]["updates"]
    points, plain = (stopped(result["curves"], name, result["stops"], budget) for name in (arm, "rlhf"))
    values = {name: [point[name] for point in points] for name in points[0]}
    firsts = [curve[0]["proxy"] for curve in result["curves"][arm]]
    values["gain"] = [point["proxy"] - first for point, first in zip(points, firsts, strict=True)]
    values["more"] = [point["gold"] - other["gold"] for point, other in zip(points, plain, strict=True)]
    return values


def policies(result: Result) -> list[Row]:
    """A row an arm, at equal budget."""
    words: dict[str, Callable[[float], str]] = {
        "gold": nats,
        "right": in_percent,
        "greedy": in_percent,
        "more": signed,
    }
    rows = []
    for arm, name in ARMS.items():
        values = at_budget(result, arm)
        cells = {key: short(estimate(values[key]), how) for key, how in words.items()}
        found = sum(any(told["found"] for told in seed) for seed in result["collapse"][arm])
        peaks = [
            peak_of([point for point in points if point["update"] <= result["settings"]["policy"]["updates"]])
            for points in result["curves"][arm]
        ]
        rows.append(
            {
                "arm": arm,
                "name": name,
                "proxy": signed(estimate(values["gain"]).mean),
                "kl": f"{estimate(values['kl']).mean:.1f}",
                "peak": short(estimate([peak["gold_second"] for peak in peaks]), nats),
                "collapsed": f"{found} of {len(peaks)}",
                **cells,
            }
        )
    return rows


def stops(result: Result) -> list[Row]:
    """Of every seed: how often held-out raters preferred the policy to the imitator, and where it stopped."""
    return [
        {
            "update": f"{told['update']:.0f}",
            "wins": ", ".join(f"{one['update']:.0f}: {in_percent(one['share'])}" for one in told["wins"]),
        }
        for told in result["stops"]
    ]


def cap(result: Result) -> list[Row]:
    """Where the raters' utility peaks, and what is left at some updates, by the size of the step."""
    rows = []
    for arm in ("rlhf", "slow"):
        seeds = result["curves"][arm]
        peaks = [peak_of(points) for points in seeds]
        rows.append(
            {
                "name": ARMS[arm],
                "update": short(estimate([peak["update"] for peak in peaks]), lambda value: f"{value:.0f}"),
                "distance": short(estimate([peak["distance"] for peak in peaks]), nats),
                "peak": short(estimate([peak["gold_second"] for peak in peaks]), nats),
                "at": [_left(seeds, update) for update in cap_places(result)],
            }
        )
    return rows


def cap_places(result: Result) -> list[int]:
    """The updates at which the table says what is left: half of the longest run, and its end."""
    longest = result["settings"]["longest"]
    return [longest // 2, longest]


def _left(seeds: Sequence[Points], update: int) -> str:
    return short(estimate([at_update(points, update)["gold"] for points in seeds]), nats)


# --- exactly ---


def chosen(seeds: Sequence[Points]) -> list[Row]:
    """Best of every n."""
    rows = []
    for place, first in enumerate(seeds[0]):
        values = {
            name: estimate([points[place][name] for points in seeds]) for name in ("kl", "gold", "right")
        }
        rows.append(
            {
                "n": f"{first['n']:.0f}",
                "kl": short(values["kl"], nats),
                "bound": nats(first["bound"]),
                "gold": short(values["gold"], nats),
                "right": short(values["right"], in_percent),
            }
        )
    return rows


def fits(told: Result) -> list[Row]:
    """Every fit: what, formula, coefficients, error, error left out, and whether that is the least of its
    kind."""
    rows = []
    for kind, formulae in told.items():
        errors = [fit["left_out_error"] for fit in formulae.values()]
        for formula, fit in formulae.items():
            found = fit["coefficients"] or []
            rows.append(
                {
                    "kind": kind,
                    "formula": formula,
                    "found": ", ".join(f"{n} = {signed(v)}" for n, v in zip("abc", found, strict=False))
                    or "–",
                    "error": _three(fit["error"]),
                    "left": _three(fit["left_out_error"]),
                    "least": None not in errors and fit["left_out_error"] == min(errors),
                    "points": fit["points"],
                }
            )
    return rows


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


# --- judges ---


def models(told: Result, settings: Result) -> list[Row]:
    """How each reward model does on comparisons held out."""
    rows = []
    for kind, name in JUDGES.items():
        seeds = told[kind]
        knows = [one["right_above_wrong"] for one in seeds if one["right_above_wrong"] is not None]
        cells = {
            key: short(estimate([one[key] for one in seeds]), in_percent)
            for key in ("agreement", "likely", "best", "error")
        }
        rows.append(
            {
                "name": name.format(**settings),
                "right": short(estimate(knows), in_percent) if knows else "–",
                **cells,
            }
        )
    return rows


def calibration(told: Result) -> list[Row]:
    """The reliability table of the model of all labels and of that of few, all seeds' pairs together."""
    rows = []
    for place in range(5):
        low = 0.5 + 0.1 * place
        row: Row = {"belief": f"{in_percent(low)} to {in_percent(low + 0.1)}"}
        for kind in ("many", "margin", "few"):
            bins = [
                part
                for one in told[kind]
                for part in one["calibration"]
                if min(4, int((part[0] - 0.5) * 10)) == place
            ]
            pairs = sum(part[2] for part in bins)
            share = sum(part[1] * part[2] for part in bins) / pairs if pairs else None
            row[kind] = "–" if share is None else f"{in_percent(share)} of {pairs:,}"
        rows.append(row)
    return rows


# --- texts ---


def collapse(result: Result) -> list[Row]:
    """Every arm and seed in which the detector found a collapse: where first, and an answer of it."""
    rows = []
    for arm, seeds in result["collapse"].items():
        for seed, points in enumerate(seeds):
            first = next((told for told in points if told["found"]), None)
            if first is not None:
                kind = "repeats itself" if first["repeating"] > 0.5 else "one answer to most questions"
                share = in_percent(max(first["repeating"], first["same"]))
                rows.append({**first, "arm": ARMS[arm], "seed": seed, "kind": kind, "share": share})
    return rows


def nearest_collapse(result: Result) -> Row:
    """Where nothing collapsed: the point at which most answers repeat themselves, with one of them."""
    points = [
        {**told, "arm": ARMS[arm]}
        for arm, seeds in result["collapse"].items()
        for seed in seeds
        for told in seed
    ]
    worst = max(points, key=lambda told: max(told["repeating"], told["same"]))
    return {**worst, "share": in_percent(max(worst["repeating"], worst["same"]))}


def samples(result: Result) -> list[Row]:
    """The imitator's answers once, then each policy's at its end."""
    first = next(iter(result["samples"].values()))[0]
    ends = [{"arm": ARMS[arm], **stages[-1]} for arm, stages in result["samples"].items()]
    return [{"arm": "imitator", **first}, *ends]


# --- the exercise ---


def bias(seeds: Sequence[Sequence[dict[str, float]]]) -> Row:
    """What raters more and more biased for engagement make of the best policy at stated divergences."""
    distances = list(dict.fromkeys(row["distance"] for row in seeds[0]))
    rows = []
    for strength in dict.fromkeys(row["strength"] for row in seeds[0]):
        of = [[row for row in rows_ if row["strength"] == strength] for rows_ in seeds]
        cells = []
        for place, _ in enumerate(distances):
            right, shouts = (estimate([rows_[place][key] for rows_ in of]) for key in ("right", "shouts"))
            cells.append((short(right, in_percent), short(shouts, nats)))
        rows.append(
            {"strength": f"{strength:g}", "prefers": in_percent(of[0][0]["prefers"]), "cells": cells[1:]}
        )
    start = [(short(estimate([rows_[0]["right"] for rows_ in seeds]), in_percent),
              short(estimate([rows_[0]["shouts"] for rows_ in seeds]), nats))]  # fmt: skip
    return {"distances": [f"{distance:g}" for distance in distances[1:]], "rows": rows, "start": start[0]}
