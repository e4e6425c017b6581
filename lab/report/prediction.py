"""Predicting humans against beating them: AlphaGo Zero's finding, every arm as a path through both."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.arms import is_control, is_imitator, is_learner
from lab.report.canvas import (
    MUTED,
    PAPER,
    STYLE,
    Label,
    Size,
    draw_human,
    finish_axes,
    finished,
    new_axes,
    place_labels,
    placeholder,
)
from lab.report.figures import CONTROL_DASHES
from lab.report.result import known_lines
from lab.report.wording import percent
from lab.report.words import Words, words_of
from lab.statistics import Score, above

WIDE = Size(9.4, 4.7, 9.6, 0.062, 0.775, 0.115)
NARROW = Size(5.0, 5.4, 10.4, 0.1, 0.6, 0.1)


def prediction_figure(world: dict[str, Any], slots: dict[str, int], size: Size, key: str) -> str:
    """Strength over accuracy on held-out human moves; every arm a path from early to late."""
    arms = [entry for entry in world["prediction"]["arms"] if entry["points"]]
    ceiling = world["prediction"]["ceiling"]
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        labels = [_draw(axes, entry, placeholder(slots[entry["arm"]])) for entry in arms]
        labels += draw_human(axes, known_lines(world["panels"][0]))
        _frame(axes, arms, ceiling, size, words_of(world))
        if ceiling is not None:
            _draw_ceiling(axes, ceiling, size)
        place_labels(axes, labels, size)
        return finished(axes, key, _description(arms, ceiling, words_of(world)))


def _draw(axes: Axes, entry: dict[str, Any], colour: str) -> Label:
    """A path whose points grow with time; the last bears both intervals."""
    points, arm = entry["points"], entry["arm"]
    x, y = [p["accuracy"]["rate"] for p in points], [p["strength"]["rate"] for p in points]
    dashes = CONTROL_DASHES if is_control(arm) else "solid"
    axes.plot(x, y, color=colour, linewidth=1.4, linestyle=dashes, alpha=0.85)
    sizes = [6 + 10 * (number + 1) / len(points) for number in range(len(points))]
    axes.scatter(x, y, s=sizes, color=colour, linewidths=0, zorder=3)
    last = points[-1]
    accuracy, strength = last["accuracy"], last["strength"]
    style: dict[str, Any] = {"color": colour, "linewidth": 2.4, "alpha": 0.35}
    axes.plot([accuracy["low"], accuracy["high"]], [y[-1], y[-1]], **style)
    axes.plot([x[-1], x[-1]], [strength["low"], strength["high"]], **style)
    axes.plot(x[-1:], y[-1:], "o", color=colour, markersize=6.4, markeredgecolor=PAPER, markeredgewidth=0.9)
    return Label(x[-1], y[-1], f"{arm}  {100 * x[-1]:.0f} | {100 * y[-1]:.0f} %", colour)


def _draw_ceiling(axes: Axes, ceiling: float, size: Size) -> None:
    axes.axvline(ceiling, color=MUTED, linewidth=1.0)
    axes.annotate(
        f"best possible {100 * ceiling:.1f} %",
        (ceiling, 0.985),
        (-4, 0),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=size.text,
        color=MUTED,
    )


def _frame(axes: Axes, arms: list[dict[str, Any]], ceiling: float | None, size: Size, words: Words) -> None:
    points = [point for entry in arms for point in entry["points"]]
    x = [p["accuracy"][end] for p in points for end in ("low", "high")] + ([ceiling] if ceiling else [])
    low, high = min(x, default=0.0), max(x, default=1.0)
    margin = 0.04 * (high - low) or 0.02
    axes.set_xlim(max(0.0, low - margin), min(1.0, high + margin))
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + 0.04 * (top - bottom))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:.0f} %"))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    finish_axes(axes, f"accuracy on held-out {words.choices} of the human", size)


def _description(arms: list[dict[str, Any]], ceiling: float | None, words: Words) -> str:
    told = [
        f"{e['arm']} predicts {percent(e['points'][-1]['accuracy']['rate'])} % and scores "
        f"{percent(e['points'][-1]['strength']['rate'])} %"
        for e in arms
    ]
    most = f" No copy could predict more than {percent(ceiling)} %." if ceiling is not None else ""
    return f"Strength over accuracy on human {words.choices}. At the end: {'; '.join(told)}.{most}"


def prediction_words(world: dict[str, Any]) -> str:
    """Whether the strongest learner predicts humans worse than their imitator, and yet plays better."""
    ends = {e["arm"]: e["points"][-1] for e in world["prediction"]["arms"] if e["points"]}
    learners = [arm for arm in ends if is_learner(arm)]
    copies = [arm for arm in ends if is_imitator(arm)]
    if not learners or not copies:
        return ""
    best = "zero" if "zero" in learners else max(learners, key=lambda arm: float(_rate(ends[arm])))
    copy = "imitator" if "imitator" in copies else copies[0]
    stronger = _compared(ends[best]["strength"], ends[copy]["strength"])
    predicts = _compared(ends[copy]["accuracy"], ends[best]["accuracy"])
    finding = "AlphaGo Zero’s finding, less like a human and yet stronger,"
    told = [
        f"{percent(ends[arm]['accuracy']['rate'])} % and scores {percent(_rate(ends[arm]))} %"
        for arm in (best, copy)
    ]
    figures = f"of the human’s {words_of(world).choices} {best} predicts {told[0]}, the {copy} {told[1]}"
    if stronger == predicts == "shown":
        return f"{finding} is shown here: {figures}."
    verdict = "contradicted" if "contradicted" in (stronger, predicts) else "not shown"
    return f"{finding} is {verdict} here: {figures}."


def _rate(point: dict[str, Any]) -> float:
    return float(point["strength"]["rate"])


def _compared(first: dict[str, Any], second: dict[str, Any]) -> str:
    a, b = Score.from_json(first), Score.from_json(second)
    return "shown" if above(a, b) else "contradicted" if above(b, a) else "not shown"
