"""Scores over a count: tries, votes, tokens allowed, slips; a line for each arm, named where it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from lab.report.canvas import (
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
from lab.report.wording import percent

WIDE = Size(9.4, 4.4, 9.6, 0.062, 0.775, 0.125)
HALF = Size(5.9, 3.9, 10.2, 0.098, 0.66, 0.14)  # two beside each other
NARROW = Size(5.0, 4.4, 10.4, 0.1, 0.6, 0.125)


@dataclass(frozen=True)
class Series:
    """A line: its name, colour slot and dashes, and its points as (count, Score)."""

    name: str
    slot: int
    points: Sequence[tuple[float, dict[str, Any]]]
    dashes: Any = "solid"


@dataclass(frozen=True)
class Scale:
    """The axis below: its words, how it writes a count, and whether every doubling takes the same room."""

    words: str
    write: Callable[[float], str]
    doubling: bool = False


def count_figure(
    series: Sequence[Series],
    scale: Scale,
    lines: Sequence[tuple[str, dict[str, Any]]],
    size: Size,
    key: str,
    told: str,
) -> str:
    """Every series with its intervals, and named levels across: an <svg>; `told` opens its description."""
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        if scale.doubling:
            axes.set_xscale("log", base=2)
        labels = [_draw(axes, one) for one in series]
        labels += [_level(axes, name, score) for name, score in lines]
        _frame(axes, series, lines, scale, size)
        finish_axes(axes, scale.words, size)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: scale.write(x)))
        place_labels(axes, labels, size)
        return finished(axes, key, f"{told} {_ends(series, scale)}")


def _draw(axes: Axes, one: Series) -> Label:
    points = sorted(one.points, key=lambda point: point[0])
    x, scores = [count for count, _ in points], [score for _, score in points]
    rates, colour = [score["rate"] for score in scores], placeholder(one.slot)
    low, high = [score["low"] for score in scores], [score["high"] for score in scores]
    axes.fill_between(x, low, high, color=colour, alpha=0.13, linewidth=0)
    if len(x) == 1:
        axes.plot(x * 2, [*low, *high], color=colour, linewidth=2.6, alpha=0.35, clip_on=False)
    axes.plot(x, rates, color=colour, linewidth=1.8, linestyle=one.dashes)
    axes.plot(
        x,
        rates,
        "o",
        color=colour,
        markersize=4.8,
        markeredgecolor=PAPER,
        markeredgewidth=0.9,
        clip_on=False,
        zorder=4,
    )
    return Label(x[-1], rates[-1], f"{one.name}  {100 * rates[-1]:.0f} %", colour)


def _level(axes: Axes, name: str, score: dict[str, Any]) -> Label:
    axes.axhspan(score["low"], score["high"], color=placeholder(0), alpha=0.07, linewidth=0)
    axes.axhline(score["rate"], color=placeholder(0), linewidth=1.1)
    return Label(None, score["rate"], f"{name}  {100 * score['rate']:.0f} %", placeholder(0), "bold")


def _frame(
    axes: Axes,
    series: Sequence[Series],
    lines: Sequence[tuple[str, dict[str, Any]]],
    scale: Scale,
    size: Size,
) -> None:
    scores = [score for one in series for _, score in one.points] + [score for _, score in lines]
    low, high = min(score["low"] for score in scores), max(score["high"] for score in scores)
    bottom = max(0.0, np.floor((low - 0.005) * 10) / 10)
    axes.set_ylim(bottom if bottom > 0.2 else 0.0, min(1.02, np.ceil((high + 0.005) * 10) / 10))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    counts = sorted({count for one in series for count, _ in one.points})
    first, last = counts[0], counts[-1]
    if scale.doubling:
        axes.set_xlim(first / 1.12, max(last, 2 * first) * 1.12)
    else:
        margin = 0.04 * (last - first) or 0.5
        axes.set_xlim(first - margin, last + margin)
    axes.xaxis.set_major_locator(FixedLocator(_apart(counts, scale, size)))
    axes.xaxis.set_minor_locator(NullLocator())


def _apart(counts: list[float], scale: Scale, size: Size) -> list[float]:
    """Of the counts, from the largest down, those whose numbers do not touch each other."""
    place: Callable[[float], float] = (lambda x: float(np.log2(x))) if scale.doubling else float
    whole = place(counts[-1]) - place(counts[0]) or 1.0
    room = 72 * size.width * (size.right - size.left)
    kept: list[float] = []
    for count in reversed(counts):
        width = size.text * 0.6 * (len(scale.write(count)) + 2)
        if not kept or room * (place(kept[-1]) - place(count)) / whole >= width:
            kept.append(count)
    return kept[::-1]


def _ends(series: Sequence[Series], scale: Scale) -> str:
    told = []
    for one in series:
        points = sorted(one.points, key=lambda point: point[0])
        (first, start), (last, end) = points[0], points[-1]
        ends = f"{percent(start['rate'])} % at {scale.write(first)}, {percent(end['rate'])} % at"
        told.append(f"{one.name} {ends} {scale.write(last)}")
    return f"{'; '.join(told)}."
