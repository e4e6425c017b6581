"""The headline figure: score over CPU time for every arm, as an SVG that takes its page's colours."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

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
from lab.report.result import ResultError, known_lines
from lab.statistics import Score, pooled

DASHES: dict[str, Any] = {"searched": (0, (4.5, 2.2)), "sampled": (0, (1.1, 1.7))}
SUFFIX = {"raw": "", "searched": " + search", "sampled": ", sampled", "greedy": ", greedy"}
WIDE = Size(9.4, 5.3, 9.6, 0.062, 0.775)
NARROW = Size(5.0, 5.8, 10.4, 0.1, 0.6)


def curve_figure(panel: dict[str, Any], slots: dict[str, int], optimum: float, size: Size, key: str) -> str:
    """Score over CPU seconds, every arm with its band, the human's lines and the optimum: an <svg>.

    Raw and greedy are solid, searched dashed, sampled dotted; every line is named where it ends. With
    several seeds each is a thin line and their mean carries the band. `key` keeps ids apart.
    """
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        labels = [label for curves in _by_series(panel).values() for label in _draw(axes, curves, slots)]
        end = max((label.x for label in labels if label.x is not None), default=1.0) or 1.0
        labels += draw_human(axes, known_lines(panel))
        axes.axhline(optimum, color=MUTED, linewidth=0.8)
        labels.append(Label(None, optimum, "optimum", MUTED))
        _frame(axes, panel, optimum, end, size)
        place_labels(axes, labels, size)
        return finished(axes, key, _description(panel))


def _by_series(panel: dict[str, Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The curves with points, those of several seeds together."""
    series = defaultdict(list)
    for curve in panel["curves"]:
        if curve["points"]:
            series[curve["arm"], curve["series"]].append(curve)
    return dict(series)


def _draw(axes: Axes, curves: list[dict[str, Any]], slots: dict[str, int]) -> list[Label]:
    arm, series = curves[0]["arm"], curves[0]["series"]
    colour, dashes = placeholder(slots[arm]), DASHES.get(series, "solid")
    if len(curves) > 1:
        for curve in curves:
            points = curve["points"]
            x, y = [p["cpu_seconds"] for p in points], [p["score"]["rate"] for p in points]
            axes.plot(x, y, color=colour, linewidth=0.6, alpha=0.45, linestyle=dashes)
    x, scores = mean_curve(curves)
    y = [score.rate for score in scores]
    axes.fill_between(
        x, [s.low for s in scores], [s.high for s in scores], color=colour, alpha=0.13, linewidth=0
    )
    axes.plot(x, y, color=colour, linewidth=1.9, linestyle=dashes, solid_capstyle="round")
    axes.plot(x[-1:], y[-1:], "o", color=colour, markersize=4.2, markeredgecolor=PAPER, markeredgewidth=0.9)
    weight = "bold" if series in ("raw", "searched") and slots[arm] > 2 else "normal"
    text = f"{arm}{SUFFIX.get(series, f', {series}')}  {100 * y[-1]:.0f} %"
    return [Label(x[-1], y[-1], text, colour, weight)]


def mean_curve(curves: list[dict[str, Any]]) -> tuple[list[float], list[Score]]:
    """CPU seconds and pooled scores at the steps that every seed has; raises ResultError for none."""
    steps = [{p["step"]: p for p in curve["points"]} for curve in curves]
    common = sorted(set.intersection(*(set(points) for points in steps)))
    if not common:
        raise ResultError(
            f"the seeds of {curves[0]['arm']!r}, {curves[0]['series']!r} have no step in common"
        )
    seconds = [float(np.mean([points[step]["cpu_seconds"] for points in steps])) for step in common]
    scores = [pooled([Score.from_json(points[step]["score"]) for points in steps]) for step in common]
    return seconds, scores


def _frame(axes: Axes, panel: dict[str, Any], optimum: float, end: float, size: Size) -> None:
    lows = [p["score"]["low"] for curve in panel["curves"] for p in curve["points"]]
    lows += [score["low"] for score in known_lines(panel).values()]
    bottom = max(0.0, np.floor((min(lows, default=0.0) - 0.01) * 20) / 20)
    axes.set_ylim(bottom, optimum + 0.02)
    axes.set_xlim(0, end * 1.012)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    unit, name = (60.0, "min") if end >= 240 else (1.0, "s")
    axes.xaxis.set_major_locator(MaxNLocator(6 if size is WIDE else 4, steps=[1, 1.2, 2, 3, 5, 6, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / unit:g} {name}" if x else "0"))
    finish_axes(axes, "CPU time spent learning", size)


def _description(panel: dict[str, Any]) -> str:
    """What the picture shows, for those who do not see it."""
    ends = []
    for (arm, series), curves in _by_series(panel).items():
        ends.append(f"{arm}{SUFFIX.get(series, ', ' + series)} {100 * mean_curve(curves)[1][-1].rate:.1f} %")
    lines = known_lines(panel)
    known = [
        f"{words} {100 * lines[name]['rate']:.1f} %"
        for name, words in (("recorded", "as recorded"), ("best", "at best"))
        if name in lines
    ]
    human = f"Human {', '.join(known)}." if known else "The human's line is unknown."
    return f"Score over CPU time. At the end: {', '.join(ends)}. {human}"
