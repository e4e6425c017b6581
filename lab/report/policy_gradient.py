"""What the policy gradient's "80 %" is made of: opponents, entropy, and how far mere sharpening gets."""

from __future__ import annotations

import re
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.canvas import (
    INK,
    MUTED,
    PAPER,
    STYLE,
    Label,
    Size,
    finish_axes,
    finished,
    new_axes,
    place_labels,
    placeholder,
)
from lab.report.dots import Across, Dot, Row, Sheet, dot_figure, score_dot
from lab.report.palette import KNOWN
from lab.report.wording import capital, percent, with_interval
from lab.statistics import Score, above

PUBLISHED = 0.80  # AlphaGo's policy gradient against its supervised policy, sampled ("more than 80 %")
ARMS = ("policy-gradient", "own-wins")
WIDE = Sheet(677.0, 9.6, 150.0, 40.0, False)
NARROW = Sheet(360.0, 9.8, 108.0, 44.0, False)
WIDE_SHARP = Size(9.4, 4.0, 9.6, 0.062, 0.775, 0.13)
NARROW_SHARP = Size(5.0, 4.6, 10.4, 0.1, 0.6, 0.12)


def against_figure(stage: dict[str, Any], sheet: Sheet, key: str) -> str:
    """Every opponent with the scores against it: filled sampled, hollow greedy, a colour an arm."""
    opponents = list(dict.fromkeys(entry["opponent"] for entry in stage["against"]))
    rows = [Row(opponent, "", _dots(stage, opponent)) for opponent in opponents]
    across = [Across(0.5, "even", MUTED), Across(PUBLISHED, "AlphaGo, row 1: more than 80 %", MUTED)]
    told = [
        f"{e['arm']}, {e['style']}, against {e['opponent']} {percent(e['score']['rate'])} %"
        for e in stage["against"]
    ]
    if not opponents or not _is_sampled_imitator(opponents[0]):
        across.pop()
    return dot_figure(
        rows,
        across,
        "score in games without search",
        lambda value: f"{100 * value:.0f} %",
        sheet,
        key,
        f"Scores without search: {'; '.join(told)}.",
    )


def _dots(stage: dict[str, Any], opponent: str) -> tuple[Dot, ...]:
    kinds = {"sampled": "solid", "greedy": "hollow"}
    return tuple(
        score_dot(entry["score"], _colour(entry["arm"]), kinds[entry["style"]])
        for entry in stage["against"]
        if entry["opponent"] == opponent
    )


def _colour(arm: str) -> str:
    return placeholder(KNOWN.get(arm, KNOWN["policy-gradient"]))


def _is_sampled_imitator(name: str) -> bool:
    return re.sub(r"[^a-z]+", ".", name.lower()).strip(".") == "imitator.sampled"


def _score(stage: dict[str, Any], arm: str) -> dict[str, Any] | None:
    """The arm's score against the sampled imitator, both sampled: AlphaGo's measure."""
    for entry in stage["against"]:
        if entry["arm"] == arm and entry["style"] == "sampled" and _is_sampled_imitator(entry["opponent"]):
            score: dict[str, Any] = entry["score"]
            return score
    return None


def _entropy(stage: dict[str, Any], arm: str) -> float | None:
    names = (arm, f"{arm}.sampled", f"{arm}, sampled")
    return next((float(e["entropy"]) for e in stage["entropy"] if e["player"] in names), None)


def sharpening_figure(stage: dict[str, Any], size: Size, key: str) -> str:
    """Score against the sampled imitator over entropy: the imitator sharpened, and the arms that learned."""
    controls = sorted(stage["sharpening"], key=lambda entry: float(entry["entropy"]))
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        labels = [_draw_controls(axes, stage, controls)]
        labels += [label for arm in ARMS if (label := _draw_arm(axes, stage, arm))]
        axes.axhline(0.5, color=MUTED, linewidth=0.8)
        labels.append(Label(None, 0.5, "even", MUTED))
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, 0.47), high)
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        finish_axes(axes, "entropy of the policy, nats", size)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        place_labels(axes, labels, size)
        told = [f"{e['player']} {percent(e['score']['rate'])} % at {e['entropy']:.2f}" for e in controls]
        return finished(axes, key, f"Score against the sampled imitator by entropy: {'; '.join(told)}.")


def _line(stage: dict[str, Any]) -> tuple[list[float], list[float]]:
    """The sharpened imitator by entropy; unsharpened it meets itself, which is even."""
    points = {float(e["entropy"]): float(e["score"]["rate"]) for e in stage["sharpening"]}
    itself = _entropy(stage, "imitator")
    if itself is not None:
        points.setdefault(itself, 0.5)
    return sorted(points), [points[x] for x in sorted(points)]


def _draw_controls(axes: Axes, stage: dict[str, Any], controls: list[dict[str, Any]]) -> Label:
    x, y = _line(stage)
    colour = placeholder(KNOWN["imitator"])
    axes.plot(x, y, color=colour, linewidth=1.4, linestyle=(0, (3.2, 2.0)))
    for entry in controls:
        _point(axes, entry["entropy"], entry["score"], colour)
    return Label(x[-1], y[-1], "imitator, sharpened", colour)


def _point(axes: Axes, x: float, score: dict[str, Any], colour: str) -> None:
    axes.plot([x, x], [score["low"], score["high"]], color=colour, linewidth=2.6, alpha=0.4)
    axes.plot(
        [x], [score["rate"]], "o", color=colour, markersize=6, markeredgecolor=PAPER, markeredgewidth=0.9
    )


def _draw_arm(axes: Axes, stage: dict[str, Any], arm: str) -> Label | None:
    """An arm's point, and for the policy gradient the way up from the sharpened imitator's line."""
    score, entropy = _score(stage, arm), _entropy(stage, arm)
    if score is None or entropy is None:
        return None
    reached = _sharpened(stage, entropy)
    if arm == "policy-gradient" and reached is not None:
        axes.annotate(
            "",
            (entropy, score["rate"]),
            (entropy, reached),
            arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 0.9, "shrinkA": 1, "shrinkB": 5},
        )
    _point(axes, entropy, score, _colour(arm))
    return Label(entropy, score["rate"], f"{arm}  {100 * score['rate']:.0f} %", _colour(arm), "bold")


def _sharpened(stage: dict[str, Any], entropy: float) -> float | None:
    """What the sharpened imitator reaches at an entropy, between its measured points; else None."""
    x, y = _line(stage)
    return float(np.interp(entropy, x, y)) if len(x) > 1 and x[0] <= entropy <= x[-1] else None


def stage_words(stage: dict[str, Any]) -> list[str]:
    """AlphaGo's figure, and what remains of it beyond sharpening: shown, not shown or contradicted."""
    score = _score(stage, "policy-gradient")
    if score is None:
        return []
    verdict = "not shown"
    if score["low"] > PUBLISHED:
        verdict = "shown"
    elif score["high"] < PUBLISHED:
        verdict = "contradicted"
    words = [f"More than 80 % against the sampled imitator: {verdict}, {with_interval(score)}."]
    return words + _sharpening_words(stage, score)


def _sharpening_words(stage: dict[str, Any], score: dict[str, Any]) -> list[str]:
    if not stage["sharpening"]:
        return []
    best = max(stage["sharpening"], key=lambda entry: float(entry["score"]["rate"]))
    mine, other = Score.from_json(score), Score.from_json(best["score"])
    verdict = "shown" if above(mine, other) else "contradicted" if above(other, mine) else "not shown"
    words = f"{capital(best['player'])} gets {with_interval(best['score'])} and has learned nothing"
    told = [f"{words}; that the policy gradient did more than sharpen is {verdict}."]
    entropy = _entropy(stage, "policy-gradient")
    reached = None if entropy is None else _sharpened(stage, entropy)
    if reached is not None and score["rate"] > 0.51:  # else there is nothing to share out
        above_even, beyond = 100 * (score["rate"] - 0.5), 100 * (score["rate"] - reached)
        told.append(
            f"At the policy gradient’s own entropy of {entropy:.2f} nats the sharpened imitator would score "
            f"about {percent(reached)} % (between its measured points): of the {above_even:.0f} "
            f"points above even {beyond:.0f} lie beyond sharpening."
        )
    return told
