"""The headline figure: score over CPU time or games for every arm, in its page's own colours."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from lab.report.arms import is_control, is_learner, plain
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
from lab.report.wording import capital
from lab.report.words import BOARD, Words, words_of
from lab.statistics import Score, pooled

DASHES: dict[str, Any] = {"searched": (0, (4.5, 2.2)), "sampled": (0, (1.1, 1.7))}
CONTROL_DASHES: Any = (0, (3.2, 2.0))
WIDE = Size(9.4, 5.3, 9.6, 0.062, 0.775)
NARROW = Size(5.0, 5.8, 10.4, 0.1, 0.6)
MANY = 4  # arms beyond which alone and with search are drawn apart
ALL = ("raw", "searched", "sampled", "greedy")


@dataclass(frozen=True)
class View:
    """One way to look at the curves: over which cost, which series, and where arms begin that go on from
    another (arm -> cost of all it started from). `bottom` and `top`: where the scale
    ends, if it is shared with another figure."""

    title: str
    axis: str = "cpu_seconds"
    series: tuple[str, ...] = ALL
    begins: dict[str, float] = field(default_factory=dict)
    bands: tuple[dict[str, Any], ...] = ()
    words: Words = BOARD
    bottom: float | None = None
    top: float | None = None

    @property
    def apart(self) -> bool:
        """Whether this view holds only a part of the series."""
        return self.series != ALL


def axis_words(axis: str, words: Words) -> str:
    """What stands below a cost's axis."""
    return "CPU time spent learning" if axis == "cpu_seconds" else f"{words.lessons} seen"


def suffix(series: str, words: Words) -> str:
    """What a series adds to its arm's name."""
    known = {"raw": "", "searched": f" + {words.aid}"}
    return known.get(series, f", {series}")


def views(panel: dict[str, Any], world: dict[str, Any]) -> list[View]:
    """The views a panel's curves deserve: over CPU time and over games; with many arms alone and searched."""
    drawn, words = [curve for curve in panel["curves"] if curve["points"]], words_of(world)
    series: dict[str, tuple[str, ...]] = {"": ALL}
    if len({curve["arm"] for curve in drawn}) > MANY:
        series = {"Alone, ": ("raw", "greedy"), f"{capital(words.with_aid)}, ": ("searched",)}
    main = panel["panel"] == world["panels"][0]["panel"]  # ladder and bands are those of the main human
    return [
        View(title, axis, kinds, beginnings(world, axis), _bands(panel, world, kinds), words)
        if main
        else View(title, axis, kinds, words=words)
        for prefix, kinds in series.items()
        for axis, title in ((axis, f"{prefix}{over}") for axis, over in _overs(prefix, words))
        if any(c["series"] in kinds and any(p[axis] > 0 for p in c["points"]) for c in drawn)
    ]


def _overs(prefix: str, words: Words) -> tuple[tuple[str, str], ...]:
    over = "over" if prefix else "Over"
    return ("cpu_seconds", f"{over} CPU time"), ("games", f"{over} {words.lessons}")


def beginnings(world: dict[str, Any], axis: str) -> dict[str, float]:
    """What every rung's forebears had cost when it began: seconds in all less its own, or their games."""
    rungs = {rung["arm"]: rung for rung in world["ladder"] or []}
    if axis == "cpu_seconds":
        known = {arm: (r["cpu_seconds"], r["total_cpu_seconds"]) for arm, r in rungs.items()}
        return {arm: max(0.0, all_ - own) for arm, (own, all_) in known.items() if None not in (own, all_)}
    return {arm: float(_games_before(arm, rungs, frozenset())) for arm in rungs}


def _games_before(arm: str, rungs: dict[str, dict[str, Any]], seen: frozenset[str]) -> int:
    """The games of all that an arm starts from; a circle ends where it closes."""
    parent = rungs[arm]["starts"]
    if parent not in rungs or parent in seen:
        return 0
    return (rungs[parent]["games"] or 0) + _games_before(parent, rungs, seen | {arm})


def _bands(
    panel: dict[str, Any], world: dict[str, Any], kinds: tuple[str, ...]
) -> tuple[dict[str, Any], ...]:
    """The shipped bands of curves that this panel draws."""
    drawn = {(curve["arm"], curve["series"]) for curve in panel["curves"] if curve["points"]}
    return tuple(
        band
        for band in (world["bands"] or [])
        if band["points"] and band["series"] in kinds and (band["arm"], band["series"]) in drawn
    )


def curve_figure(
    panel: dict[str, Any],
    slots: dict[str, int],
    optimum: float,
    size: Size,
    key: str,
    view: View | None = None,
) -> str:
    """Score over a cost, every arm with its interval, the human's lines and the optimum: an <svg>.

    Raw and greedy are solid, searched dashed, sampled dotted; where a view holds one kind alone, dashes mark
    the controls. Every line is named where it ends. With several seeds each is a thin line and their mean
    carries the interval. Shipped many-seed bands lie below. `key` keeps ids apart.
    """
    view = view or View("")
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        for band in view.bands:
            _draw_band(axes, band, placeholder(slots[band["arm"]]), view)
        drawn = _by_series(panel, view)
        labels = [label for curves in drawn.values() for label in _draw(axes, curves, slots, view)]
        end = max((label.x for label in labels if label.x is not None), default=1.0) or 1.0
        labels += draw_human(axes, known_lines(panel))
        axes.axhline(optimum, color=MUTED, linewidth=0.8)
        labels.append(Label(None, optimum, "optimum", MUTED))
        _frame(axes, panel, view, optimum, end, size)
        place_labels(axes, labels, size)
        return finished(axes, key, _description(panel, view))


def _by_series(panel: dict[str, Any], view: View) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The view's curves with points, those of several seeds together."""
    series = defaultdict(list)
    for curve in panel["curves"]:
        if curve["points"] and curve["series"] in view.series:
            series[curve["arm"], curve["series"]].append(curve)
    return dict(series)


def _places(points: list[dict[str, Any]], arm: str, view: View) -> list[float]:
    return [view.begins.get(arm, 0.0) + point[view.axis] for point in points]


def _draw_band(axes: Axes, band: dict[str, Any], colour: str, view: View) -> None:
    """From the lowest to the highest of the shipped seeds, with their middle as a thin dotted line."""
    x = _places(band["points"], band["arm"], view)
    low, middle, high = ([point[name] for point in band["points"]] for name in ("low", "middle", "high"))
    axes.fill_between(x, low, high, facecolor=colour, alpha=0.10, linewidth=0)
    for edge in (low, high):
        axes.plot(x, edge, color=colour, linewidth=0.5, alpha=0.45)
    axes.plot(x, middle, color=colour, linewidth=0.9, alpha=0.7, linestyle=(0, (1, 2)))


def _draw(axes: Axes, curves: list[dict[str, Any]], slots: dict[str, int], view: View) -> list[Label]:
    arm, series = curves[0]["arm"], curves[0]["series"]
    colour, dashes = placeholder(slots[arm]), DASHES.get(series, "solid")
    if view.apart:
        dashes = CONTROL_DASHES if is_control(arm) else "solid"
    if len(curves) > 1:
        for curve in curves:
            y = [p["score"]["rate"] for p in curve["points"]]
            x = _places(curve["points"], arm, view)
            axes.plot(x, y, color=colour, linewidth=0.6, alpha=0.45, linestyle=dashes)
    costs, scores = mean_curve(curves, view.axis)
    x, y = [view.begins.get(arm, 0.0) + cost for cost in costs], [score.rate for score in scores]
    low, high = [s.low for s in scores], [s.high for s in scores]
    axes.fill_between(x, low, high, color=colour, alpha=0.07 if view.apart else 0.13, linewidth=0)
    axes.plot(x, y, color=colour, linewidth=1.9, linestyle=dashes, solid_capstyle="round")
    axes.plot(x[-1:], y[-1:], "o", color=colour, markersize=4.2, markeredgecolor=PAPER, markeredgewidth=0.9)
    weight = "bold" if series in ("raw", "searched") and is_learner(arm) and not view.apart else "normal"
    told = "" if view.apart else suffix(series, view.words)
    return [Label(x[-1], y[-1], f"{plain(arm)}{told}  {100 * y[-1]:.0f} %", colour, weight)]


def mean_curve(curves: list[dict[str, Any]], axis: str = "cpu_seconds") -> tuple[list[float], list[Score]]:
    """The cost and pooled scores at the steps that every seed has; raises ResultError for none."""
    steps = [{p["step"]: p for p in curve["points"]} for curve in curves]
    common = sorted(set.intersection(*(set(points) for points in steps)))
    if not common:
        raise ResultError(
            f"the seeds of {curves[0]['arm']!r}, {curves[0]['series']!r} have no step in common"
        )
    costs = [float(np.mean([points[step][axis] for points in steps])) for step in common]
    scores = [pooled([Score.from_json(points[step]["score"]) for points in steps]) for step in common]
    return costs, scores


def _frame(axes: Axes, panel: dict[str, Any], view: View, optimum: float, end: float, size: Size) -> None:
    axes.set_ylim(lowest(panel, view) if view.bottom is None else view.bottom, (view.top or optimum) + 0.02)
    axes.set_xlim(0, end * 1.012)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    cost_axis(axes, view.axis, end, 6 if size is WIDE else 4)
    finish_axes(axes, axis_words(view.axis, view.words), size)


def lowest(panel: dict[str, Any], view: View) -> float:
    """A round twentieth below all that a view draws."""
    drawn = [curve for curves in _by_series(panel, view).values() for curve in curves]
    lows = [p["score"]["low"] for curve in drawn for p in curve["points"]]
    lows += [score["low"] for score in known_lines(panel).values()]
    return float(max(0.0, np.floor((min(lows, default=0.0) - 0.01) * 20) / 20))


def cost_axis(axes: Axes, axis: str, end: float, most: int) -> None:
    """At most so many ticks at round numbers of the unit that fits: 90 s, 3 min, 1.5 h, 20k games."""
    unit, name = (1000.0, "k") if end >= 2000 else (1.0, "")
    if axis == "cpu_seconds":
        unit, name = (3600.0, " h") if end >= 4 * 3600 else (60.0, " min") if end >= 240 else (1.0, " s")
    ticks = MaxNLocator(most, steps=[1, 1.5, 2, 3, 5, 6, 10]).tick_values(0.0, end / unit)
    axes.xaxis.set_major_locator(FixedLocator([tick * unit for tick in ticks if 0 <= tick * unit <= end]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / unit:.6g}{name}" if x else "0"))


def _description(panel: dict[str, Any], view: View) -> str:
    """What the picture shows, for those who do not see it."""
    ends = []
    for (arm, series), curves in _by_series(panel, view).items():
        ends.append(f"{arm}{suffix(series, view.words)} {100 * mean_curve(curves)[1][-1].rate:.1f} %")
    lines = known_lines(panel)
    known = [
        f"{words} {100 * lines[name]['rate']:.1f} %"
        for name, words in (("recorded", "as recorded"), ("best", "at best"))
        if name in lines
    ]
    human = f"Human {', '.join(known)}." if known else "The human's line is unknown."
    over = {"cpu_seconds": "CPU time", "games": view.words.lessons}[view.axis]
    return f"Score over {over}. At the end: {', '.join(ends)}. {human}"
