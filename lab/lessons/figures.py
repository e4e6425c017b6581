"""The lessons' curves, drawn as the report's are: a line a seed, their mean with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.lessons.estimate import Estimate, estimate
from lab.report.canvas import (
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

WIDE, NARROW = Size(9.4, 4.5, 9.6, 0.062, 0.79, 0.12), Size(5.0, 4.6, 10.4, 0.11, 0.66, 0.12)
SMALL = Size(4.4, 3.2, 11.5, 0.13, 0.72, 0.18)
POINTS = 60  # of a mean curve
Points = Sequence[dict[str, float]]


@dataclass(frozen=True)
class Series:
    """One line: its name, colour and curves, one a seed, over `x`; dashed where it is a second kind."""

    name: str
    slot: int
    x: str
    y: str
    seeds: Sequence[Points]
    dashed: bool = False
    mean: bool = True  # whether costs can be told apart from seed to seed, so that a mean says something


@dataclass(frozen=True)
class Look:
    """How a figure is read: words below, the scale, lines with a name, places with a name."""

    xlabel: str
    bottom: float
    top: float
    share: bool = True  # in per cent
    digits: int = 0  # behind the point, of what is no share
    log: bool = False
    lines: tuple[tuple[float, str], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    ends: tuple[float, float] | None = None


def figure(series: Sequence[Series], look: Look, size: Size, key: str, description: str) -> str:
    """Every seed as a thin line, their mean with its interval, names at the right: an <svg>."""
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        if look.log:
            axes.set_xscale("log")
        labels = [_draw(axes, one, look, size) for one in series]
        for height, name in look.lines:
            axes.axhline(height, color=MUTED, linewidth=0.8)
            labels.append(Label(None, height, f"{name}  {_told(height, look)}", MUTED))
        axes.set_ylim(look.bottom, look.top)
        if look.ends:
            axes.set_xlim(*look.ends)
        elif not look.log:
            axes.set_xlim(0.0)
        for place, name in look.marks:
            axes.axvline(place, color=MUTED, linewidth=0.9, linestyle=(0, (1.5, 2)))
            axes.annotate(name, (place, look.top), (4, -4), textcoords="offset points", va="top", color=MUTED,
                          fontsize=size.text * 0.92)  # fmt: skip
        finish_axes(axes, look.xlabel, size)
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _told(y, look)))
        if look.log:
            axes.xaxis.set_major_formatter(FuncFormatter(_short))
        place_labels(axes, labels, size)
        return finished(axes, key, description)


def figures(series: Sequence[Series], look: Look, key: str, description: str) -> dict[str, str]:
    """The figure in both of the page's widths: {"wide", "narrow"}."""
    sizes = {"wide": WIDE, "narrow": NARROW}
    return {name: figure(series, look, size, key + name, description) for name, size in sizes.items()}


def _told(value: float, look: Look) -> str:
    return f"{100 * value:.0f} %" if look.share else f"{value:.{look.digits}f}".replace("-", "−")


def _short(value: float, _: Any = None) -> str:
    """1, 20, 3k, 0.02."""
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def _draw(axes: Axes, one: Series, look: Look, size: Size) -> Label:
    colour, dashes = placeholder(one.slot), (0, (3.2, 2.0)) if one.dashed else "solid"
    thin = 0.35 if one.mean else 0.8
    for points in one.seeds:
        x, y = _columns(points, one)
        keep = x > 0 if look.log else x >= 0
        axes.plot(
            x[keep], y[keep], color=colour, linewidth=0.6 if one.mean else 0.9, alpha=thin, linestyle=dashes
        )
    if one.mean:
        x, means = mean_curve(one, look.log)
        middle = [point.mean for point in means]
        low = [point.mean if point.low is None else point.low for point in means]
        high = [point.mean if point.high is None else point.high for point in means]
        axes.fill_between(x, low, high, color=colour, alpha=0.14, linewidth=0)
        axes.plot(x, middle, color=colour, linewidth=1.9, linestyle=dashes, solid_capstyle="round")
        axes.plot(
            x[-1:], middle[-1:], "o", color=colour, markersize=4.2, markeredgecolor=PAPER, markeredgewidth=0.9
        )
        return Label(float(x[-1]), middle[-1], f"{one.name}  {_told(middle[-1], look)}", colour, "bold")
    end = float(np.mean([points[-1][one.y] for points in one.seeds]))
    return Label(None, end, f"{one.name}  {_told(end, look)}", colour, "bold")


def mean_curve(one: Series, log: bool) -> tuple[Any, list[Estimate]]:
    """The mean over seeds at costs that all have reached; between two points the earlier one holds."""
    columns = [_columns(points, one) for points in one.seeds]
    end = min(float(x[-1]) for x, _ in columns)
    begin = max(float(x[x > 0][0]) for x, _ in columns) if log else 0.0
    places = np.geomspace(begin, end, POINTS) if log else np.linspace(begin, end, POINTS)
    held = [y[np.maximum(0, np.searchsorted(x, places + 1e-9, side="right") - 1)] for x, y in columns]
    return places, [estimate(values) for values in np.transpose(held).tolist()]


def _columns(points: Points, one: Series) -> tuple[Any, Any]:
    return np.array([point[one.x] for point in points]), np.array([point[one.y] for point in points])
