"""The sweep over teachers: what a student reaches by what its teacher can."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.canvas import (
    HAIRLINE,
    MUTED,
    PAPER,
    STYLE,
    TOP,
    Label,
    Size,
    finish_axes,
    finished,
    new_axes,
    place_labels,
    placeholder,
    spread,
)
from lab.report.palette import KNOWN
from lab.report.wording import percent, seconds
from lab.statistics import Score, above

STYLES = {"sampled": ("sampled", 1), "greedy": ("greedy", 1), "winners": ("winners only", 2)}
WIDE = Size(9.4, 5.0, 9.6, 0.062, 0.775, 0.11)
NARROW = Size(5.0, 5.6, 10.4, 0.1, 0.6, 0.1)


def teachers_figure(teachers: dict[str, Any], size: Size, key: str) -> str:
    """Students over teachers, greedy, sampled and of winners; above the diagonal the student is ahead.

    Lines join the students of whole games; a student `taught_on` anything else is drawn apart from them.
    """
    rows = sorted(teachers["rows"], key=lambda row: float(row["teacher_score"]["rate"]))
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        _frame(axes, teachers, size)
        _name_teachers(axes, rows, size)
        labels = [label for style in STYLES if (label := _draw(axes, rows, style))]
        labels += [_line(axes, line) for line in teachers["lines"]]
        labels.append(_diagonal(axes))
        finish_axes(axes, "the teacher’s own score", size)
        place_labels(axes, labels, size)
        return finished(axes, key, _description(rows))


def _frame(axes: Axes, teachers: dict[str, Any], size: Size) -> None:
    x = [row["teacher_score"]["rate"] for row in teachers["rows"]]
    scores = [row[style] for row in teachers["rows"] for style in STYLES if row[style]]
    scores += [line["score"] for line in teachers["lines"]]
    low = min([*x, *(score["low"] for score in scores)])
    high = max([*x, *(score["high"] for score in scores)])
    axes.set_xlim(max(0.0, min(x) - 0.03), min(1.03, max(x) + 0.03))
    names = max(len(row["teacher"]) for row in teachers["rows"]) * size.text * 0.84 * 0.56 + 8
    strip = min(0.4, names / (72 * size.height * (TOP - size.bottom)))  # their share of the height
    top = min(1.02, high + 0.02)
    axes.set_ylim(low - strip / (1 - strip) * (top - low), top)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:.0f} %" if v <= 1 else ""))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))


def _name_teachers(axes: Axes, rows: list[dict[str, Any]], size: Size) -> None:
    """Upright names at the bottom, none on another, each with a hairline at its teacher's score."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    gap = (right - left) * size.text * 1.15 / (size.width * 72 * (size.right - size.left))
    places = spread([row["teacher_score"]["rate"] for row in rows], gap, left + gap / 2, right - gap / 2)
    foot = bottom + 0.012 * (top - bottom)
    for row, place in zip(rows, places, strict=True):
        axes.axvline(row["teacher_score"]["rate"], color=HAIRLINE, linewidth=0.6)
        axes.text(
            place,
            foot,
            row["teacher"],
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=size.text * 0.84,
            color=MUTED,
            parse_math=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.4},
        )


def _draw(axes: Axes, rows: list[dict[str, Any]], style: str) -> Label | None:
    words, slot = STYLES[style]
    colour, taught = placeholder(slot), [row for row in rows if row[style]]
    if not taught:
        return None
    x = [row["teacher_score"]["rate"] for row in taught]
    y = [row[style]["rate"] for row in taught]
    joined = [(place, high) for place, high, row in zip(x, y, taught, strict=True) if not row["taught_on"]]
    dashes: Any = (0, (1.1, 1.7)) if style == "sampled" else "solid"
    if joined:
        axes.plot(*zip(*joined, strict=True), color=colour, linewidth=1.3, linestyle=dashes)
    for place, row in zip(x, taught, strict=True):
        axes.plot(
            [place] * 2, [row[style]["low"], row[style]["high"]], color=colour, linewidth=2.4, alpha=0.3
        )
    face = PAPER if style == "sampled" else colour
    edge = colour if style == "sampled" else PAPER
    marker = "D" if style == "winners" else "o"
    axes.plot(
        x,
        y,
        marker,
        markersize=4.4 if style == "winners" else 5.4,
        markerfacecolor=face,
        markeredgecolor=edge,
        markeredgewidth=1.1,
    )
    return Label(x[-1], y[-1], f"students, {words}", colour)


def _line(axes: Axes, line: dict[str, Any]) -> Label:
    """A level to compare with: an arm's colour where its name begins with one, else ink's quiet sister."""
    name = line["label"].lower().replace(" ", "-")
    arms = [arm for arm in KNOWN if name.startswith(arm)]
    colour = placeholder(KNOWN[max(arms, key=len)]) if arms else MUTED
    score = line["score"]
    axes.axhspan(score["low"], score["high"], color=colour, alpha=0.07, linewidth=0)
    axes.axhline(score["rate"], color=colour, linewidth=1.2)
    return Label(None, score["rate"], f"{line['label']}  {100 * score['rate']:.0f} %", colour, "bold")


def _diagonal(axes: Axes) -> Label:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    start, end = max(left, bottom), min(right, top)
    axes.plot([start, end], [start, end], color=MUTED, linewidth=0.9, linestyle=(0, (5, 3)))
    return Label(end, end, "as good as the teacher", MUTED)


def _description(rows: list[dict[str, Any]]) -> str:
    told = [
        f"{row['teacher']} {percent(row['teacher_score']['rate'])} %, "
        f"its student {percent(row['greedy']['rate'])} %"
        for row in rows
    ]
    return f"Students over teachers, greedy: {'; '.join(told)}."


def teachers_words(teachers: dict[str, Any]) -> str:
    """Which greedy students pass their teachers, and whose imitation wins against reinforcement."""
    counts: dict[str, list[str]] = {"ahead of": [], "behind": [], "not told apart from": []}
    for row in teachers["rows"]:
        student, teacher = Score.from_json(row["greedy"]), Score.from_json(row["teacher_score"])
        word = "ahead of" if above(student, teacher) else "behind" if above(teacher, student) else ""
        counts[word or "not told apart from"].append(row["teacher"])
    told = [f"{word} {', '.join(names)}" for word, names in counts.items() if names]
    words = [f"The greedy student is {'; '.join(told)}."]
    words += [
        f"The student of {row['teacher']} stands apart: it was taught on {row['taught_on']}."
        for row in teachers["rows"]
        if row["taught_on"]
    ]
    words += [_against(line, teachers["rows"]) for line in teachers["lines"]]
    return " ".join([*words, "Of the students the learning alone is counted, not their teachers’ own play."])


def _against(line: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """Whose greedy student passes what learned from its own games, and what both cost."""
    level, cost = Score.from_json(line["score"]), line["cpu_seconds"]
    past = [row for row in rows if above(Score.from_json(row["greedy"]), level)]
    label = line["label"] + (f", which learned for {seconds(cost)} of CPU time" if cost is not None else "")
    if past:
        names = ", ".join(row["teacher"] for row in past)
        return f"Imitation of {names}, {_spent(past)}, is shown to pass {label}."
    return f"No greedy student, {_spent(rows)}, is shown to pass {label}."


def _spent(rows: list[dict[str, Any]]) -> str:
    """What the students of these rows cost: "each after 62 s", or the least and the most."""
    costs = [row["cpu_seconds"] for row in rows]
    low, high = seconds(min(costs)), seconds(max(costs))
    return f"each after {low if low == high else f'{low} to {high}'} of CPU time"
