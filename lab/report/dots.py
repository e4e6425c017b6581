"""Dots with their intervals in rows, one row a player: the ladder, ratings, matches against many.

On a wide page names stand left of the plot, on a narrow one above their dots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.canvas import HAIRLINE, INK, LETTER, MUTED, PAPER, STYLE, finished, fitted

FOOT, LINE, PITCH = 42.0, 13.5, 13.5  # units: axis below, a line of text, one dot below another
BEHIND = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}  # keeps texts clear of the lines across
SMALLER = 0.9  # quieter lines, as a share of the text
ARROW = 14.0  # units that a bound's arrow reaches out


@dataclass(frozen=True)
class Sheet:
    """A page width, in units of 1/72 inch: the figure, its text, its columns left and right of the plot."""

    width: float
    text: float
    left: float
    right: float
    stacked: bool


WIDE = Sheet(677.0, 9.6, 205.0, 40.0, False)
NARROW = Sheet(360.0, 10.4, 8.0, 44.0, True)


@dataclass(frozen=True)
class Dot:
    """A value with its interval; `bound` 1: at least so much, -1: at most; kind: solid, hollow or small."""

    value: float
    low: float
    high: float
    colour: str
    kind: str = "solid"
    bound: int = 0
    dashed: bool = False


@dataclass(frozen=True)
class Row:
    """A name, a quieter note (two lines at most) and dots below each other; `apart`: a heading above it."""

    label: str
    note: str
    dots: tuple[Dot, ...]
    apart: str = ""


@dataclass(frozen=True)
class Across:
    """A line across all rows at a value, with its name."""

    value: float
    text: str
    colour: str
    weight: str = "normal"


def dot_figure(
    rows: Sequence[Row],
    across: Sequence[Across],
    xlabel: str,
    write: Callable[[float], str],
    sheet: Sheet,
    key: str,
    description: str,
) -> str:
    """The rows from the top down as an <svg>; `write` puts a value into words, for axis and dots."""
    places, height = _places(rows, sheet)
    head = LINE * len(across) + 6
    with mpl.rc_context(STYLE):
        axes = _axes(sheet, head, height)
        _frame(axes, rows, across, xlabel, write, sheet)
        for number, line in enumerate(across):
            leftmost = len(across) > 1 and line.value == min(other.value for other in across)
            _draw_across(axes, line, head - LINE * (number + 0.6), sheet, leftmost)
        for row, place in zip(rows, places, strict=True):
            _draw_row(axes, row, place, write, sheet)
        return finished(axes, key, description)


def score_dot(score: dict[str, Any], colour: str, kind: str = "solid", dashed: bool = False) -> Dot:
    """A Score as a dot."""
    return Dot(score["rate"], score["low"], score["high"], colour, kind, dashed=dashed)


def _places(rows: Sequence[Row], sheet: Sheet) -> tuple[list[float], float]:
    """Where each row's first dot stands, in units below the plot's top, and the plot's height."""
    places, y = [], 8.0
    for row in rows:
        y += (2.4 if sheet.stacked else 1.6) * LINE if row.apart else 0.0
        lines = LINE * (1 + len(_notes(row, sheet)))
        dots = len(row.dots) * PITCH
        above = lines if sheet.stacked else max(0.0, (lines - dots) / 2)
        places.append(y + above + PITCH / 2)
        y += above + (dots if sheet.stacked else max(dots, lines - above)) + 7.0
    return places, y + 2.0


def _axes(sheet: Sheet, head: float, height: float) -> Axes:
    whole = head + height + FOOT
    figure = Figure(figsize=(sheet.width / 72, whole / 72))
    FigureCanvasSVG(figure)
    share = (sheet.width - sheet.left - sheet.right) / sheet.width
    axes = figure.add_axes((sheet.left / sheet.width, FOOT / whole, share, height / whole))
    axes.set_ylim(height, 0.0)
    return axes


def _frame(
    axes: Axes,
    rows: Sequence[Row],
    across: Sequence[Across],
    xlabel: str,
    write: Callable[[float], str],
    sheet: Sheet,
) -> None:
    dots = [dot for row in rows for dot in row.dots]
    ends = [value for dot in dots for value in (dot.low, dot.high, dot.value)] + [a.value for a in across]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    margin = 0.03 * (high - low) or 0.05
    axes.set_xlim(low - margin, high + margin)
    axes.xaxis.set_major_locator(MaxNLocator(5 if sheet.stacked else 7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: write(x)))
    axes.set_xlabel(xlabel, fontsize=sheet.text, color=MUTED, labelpad=6)
    axes.yaxis.set_visible(False)
    axes.tick_params(which="both", length=0, labelsize=sheet.text, labelcolor=MUTED, pad=5)
    axes.grid(axis="x", color=HAIRLINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(HAIRLINE)


def _draw_across(axes: Axes, line: Across, up: float, sheet: Sheet, leftmost: bool) -> None:
    """A vertical line, its name above the plot: the leftmost one's to the left, where there is room."""
    bottom, _ = axes.get_ylim()
    axes.plot([line.value] * 2, [bottom, -up + LINE * 0.4], color=line.colour, linewidth=1.1, clip_on=False)
    left, right = axes.get_xlim()
    plot = sheet.width - sheet.left - sheet.right
    place, width = plot * (line.value - left) / (right - left), 1.1 * LETTER * sheet.text * len(line.text)
    fits_left, fits_right = place + sheet.left > width, plot - place + sheet.right > width
    to_left = fits_left if leftmost or not fits_right else False
    axes.annotate(
        line.text,
        (line.value, -up),
        (-4 if to_left else 4, 0),
        textcoords="offset points",
        ha="right" if to_left else "left",
        va="center",
        fontsize=sheet.text,
        fontweight=line.weight,
        color=line.colour,
        annotation_clip=False,
        parse_math=False,
        bbox=BEHIND,
    )


def _room(sheet: Sheet) -> float:
    return sheet.width - sheet.left if sheet.stacked else sheet.left - 16.0


def _notes(row: Row, sheet: Sheet) -> list[str]:
    """The row's quieter lines: two at most."""
    letters = int(_room(sheet) / (LETTER * SMALLER * sheet.text))
    lines = wrap(row.note, letters)
    return [lines[0], " ".join(lines[1:])] if len(lines) > 1 else lines


def _draw_row(axes: Axes, row: Row, place: float, write: Callable[[float], str], sheet: Sheet) -> None:
    for number, dot in enumerate(row.dots):
        _draw_dot(axes, dot, place + number * PITCH, write, sheet)
    notes, small, room = _notes(row, sheet), sheet.text * SMALLER, _room(sheet)
    if sheet.stacked:
        first, x, align = place - PITCH / 2 - LINE * (len(notes) + 0.5), 0.0, "left"
    else:
        middle = place + (len(row.dots) - 1) * PITCH / 2
        first, x, align = middle - LINE * len(notes) / 2, -14.0, "right"
    _text(axes, *fitted(row.label, room, sheet.text), x, first, align, INK, "bold")
    for number, note in enumerate(notes):
        _text(axes, *fitted(note, room, small), x, first + LINE * (number + 1), align, MUTED)
    if row.apart:
        top = first - LINE * (0.9 if sheet.stacked else 1.1)
        axes.axhline(top - LINE * 0.55, color=HAIRLINE, linewidth=0.8)
        _text(axes, *fitted(row.apart, room, small), x, top, align, MUTED)


def _text(
    axes: Axes, text: str, size: float, x: float, y: float, align: Any, colour: str, weight: str = "normal"
) -> None:
    """A text `x` units from the plot's left edge, at a height of the plot's own."""
    axes.annotate(
        text,
        (0.0, y),
        (x, 0),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=size,
        color=colour,
        fontweight=weight,
        annotation_clip=False,
        parse_math=False,
        bbox=BEHIND,
    )


def _draw_dot(axes: Axes, dot: Dot, y: float, write: Callable[[float], str], sheet: Sheet) -> None:
    style: dict[str, Any] = {"color": dot.colour, "solid_capstyle": "butt", "clip_on": False}
    dashes: Any = (0, (2.2, 1.6)) if dot.dashed else "solid"
    axes.plot([dot.low, dot.high], [y, y], linewidth=2.6, alpha=0.5, linestyle=dashes, **style)
    hollow, small = dot.kind == "hollow", dot.kind == "small"
    axes.plot(
        [dot.value],
        [y],
        "o",
        markersize=4.0 if small else 6.2,
        markerfacecolor=PAPER if hollow else dot.colour,
        markeredgecolor=dot.colour if hollow else PAPER,
        markeredgewidth=1.5 if hollow else 0.0 if small else 0.9,
        clip_on=False,
    )
    if dot.bound:
        _arrow(axes, dot, y)
    words = {1: "≥ ", 0: "", -1: "≤ "}[dot.bound] + write(dot.value)
    end, shift = (dot.low, -6.0) if dot.bound < 0 else (dot.high, 6.0)
    shift += ARROW if dot.bound > 0 else 0.0
    axes.annotate(
        words,
        (dot.high if dot.bound < 0 else end, y),
        (6.0 if dot.bound < 0 else shift, 0),
        textcoords="offset points",
        va="center",
        fontsize=sheet.text * 0.88,
        color=MUTED,
        annotation_clip=False,
        parse_math=False,
        bbox=BEHIND,
    )


def _arrow(axes: Axes, dot: Dot, y: float) -> None:
    """An arrow from the interval's open end: nobody knows how far."""
    axes.annotate(
        "",
        (dot.high if dot.bound > 0 else dot.low, y),
        (dot.bound * ARROW, 0),
        textcoords="offset points",
        arrowprops={"arrowstyle": "<-", "color": dot.colour, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0},
        annotation_clip=False,
    )
