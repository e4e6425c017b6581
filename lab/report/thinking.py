"""Thinking: working shown and length of answers while learning, and what votes and room give at test time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.arms import is_imitator, is_learner
from lab.report.canvas import (
    MUTED,
    STYLE,
    TOP,
    Label,
    Size,
    finish_axes,
    finished,
    place_labels,
    placeholder,
)
from lab.report.counts import Scale, Series, count_figure
from lab.report.palette import KNOWN
from lab.report.wording import percent
from lab.statistics import Score, above

WIDE = Size(9.4, 5.2, 9.6, 0.062, 0.775, 0.1)
HALF = Size(5.9, 4.8, 10.2, 0.098, 0.66, 0.115)
NARROW = Size(5.0, 5.6, 10.4, 0.1, 0.6, 0.095)
UPPER, GAP = 0.62, 0.075  # the upper plot's share of the room, and what lies between the two
WORKING: Any = (0, (4.5, 2.2))
KINDS = {
    "votes": ("votes", Scale("votes, every doubling the same room", lambda x: f"{x:.0f}", doubling=True)),
    "allowed": ("tokens", Scale("tokens an answer may have", lambda x: f"{x:.0f}")),
}
Points = list[dict[str, Any]]


def length_figure(points: Points, human: dict[str, Any] | None, slot: int, size: Size, key: str) -> str:
    """Right answers and worked ones over updates, and below them the mean length: an <svg>."""
    room = TOP - size.bottom
    heights = (room * UPPER, room * (1 - UPPER) - GAP)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(size.width, size.height))
        FigureCanvasSVG(figure)
        width = size.right - size.left
        upper = figure.add_axes((size.left, TOP - heights[0], width, heights[0]))
        lower = figure.add_axes((size.left, size.bottom, width, heights[1]), sharex=upper)
        labels = _draw_shares(upper, points, human, slot)
        _frame(upper, "", replace(size, bottom=TOP - heights[0]))
        upper.set_ylim(0, 1.02)
        upper.tick_params(labelbottom=False)
        label = _draw_length(lower, points, size)
        place_labels(upper, labels, replace(size, bottom=TOP - heights[0]))
        place_labels(lower, [label], replace(size, bottom=TOP - heights[1]))
        return finished(upper, key, _description(points))


def _draw_shares(axes: Axes, points: Points, human: dict[str, Any] | None, slot: int) -> list[Label]:
    x, colour = [point["update"] for point in points], placeholder(slot)
    labels = []
    for name, words, dashes in (("correct", "right", "solid"), ("worked", "working shown", WORKING)):
        y = [point[name] for point in points]
        axes.plot(x, y, color=colour, linewidth=1.9, linestyle=dashes, solid_capstyle="round")
        labels.append(Label(x[-1], y[-1], f"{words}  {100 * y[-1]:.0f} %", colour))
    if human is not None:
        axes.axhspan(human["low"], human["high"], color=placeholder(0), alpha=0.07, linewidth=0)
        axes.axhline(human["rate"], color=placeholder(0), linewidth=1.1)
        text = f"human, right  {100 * human['rate']:.0f} %"
        labels.append(Label(None, human["rate"], text, placeholder(0), "bold"))
    return labels


def _draw_length(axes: Axes, points: Points, size: Size) -> Label:
    x, y = [point["update"] for point in points], [point["length"] for point in points]
    axes.plot(x, y, color=MUTED, linewidth=1.7, solid_capstyle="round")
    _frame(axes, "updates", size)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.set_ylim(0.0, 1.12 * max(y) or 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.set_xlim(x[0], x[-1] + (0.012 * (x[-1] - x[0]) or 1.0))
    return Label(x[-1], y[-1], f"mean length  {y[-1]:.1f}", MUTED)


def _frame(axes: Axes, words: str, size: Size) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    finish_axes(axes, words, size)


def _description(points: Points) -> str:
    first, last = points[0], points[-1]
    return (
        f"From update {first['update']} to {last['update']}: right answers {percent(first['correct'])} % to "
        f"{percent(last['correct'])} %, working shown {percent(first['worked'])} % to "
        f"{percent(last['worked'])} %, mean length {first['length']:.1f} to {last['length']:.1f} tokens."
    )


def aid_figure(thinking: dict[str, Any], kind: str, slots: dict[str, int], size: Size, key: str) -> str:
    """Right answers over votes, or over the tokens an answer may have; a line an arm: an <svg>."""
    field, scale = KINDS[kind]
    arms = dict.fromkeys(entry["arm"] for entry in thinking[kind])
    series = [
        Series(arm, slots[arm], [(e[field], e["score"]) for e in thinking[kind] if e["arm"] == arm])
        for arm in arms
    ]
    human = [("human", thinking["human"])] if thinking["human"] else []
    return count_figure(series, scale, human, size, key, f"Share of right answers by {field}:")


def length_words(points: Points) -> str:
    """What became of the length, and of the share of worked answers; one run, no interval."""
    first, last = points[0], points[-1]
    change = last["length"] - first["length"]
    grows = "grow" if change > 0.05 * first["length"] else "do not grow"
    grows = "shrink" if change < -0.05 * first["length"] else grows
    return (
        f"answers {grows} while it learns, from {first['length']:.1f} to {last['length']:.1f} tokens; "
        f"working is shown in {percent(first['worked'])} % at first and {percent(last['worked'])} % at last, "
        f"and {percent(first['correct'])} % and {percent(last['correct'])} % are right "
        "(one run, so no interval)."
    )


def votes_words(thinking: dict[str, Any]) -> str:
    """Whether votes of the imitator stand in for learning: its most votes against a learner's fewest."""
    scores = {(e["arm"], e["votes"]): Score.from_json(e["score"]) for e in thinking["votes"]}
    copies = [pair for pair in scores if is_imitator(pair[0])]
    learners = [pair for pair in scores if is_learner(pair[0])]
    if not copies or not learners:
        return ""
    most, fewest = max(copies, key=lambda pair: pair[1]), min(learners, key=lambda pair: pair[1])
    mine, theirs = scores[most], scores[fewest]
    verdict = "not told apart from" if not above(theirs, mine) else "behind"
    verdict = "ahead of" if above(mine, theirs) else verdict
    unit = "vote" if fewest[1] == 1 else "votes"
    return (
        f"With {most[1]} votes the {most[0]} reaches {percent(mine.rate)} %, {verdict} {fewest[0]} with "
        f"{fewest[1]} {unit} ({percent(theirs.rate)} %)."
    )


def slot_of(told: dict[str, Any], slots: dict[str, int]) -> int:
    """The colour of the arm of which something is told."""
    return slots.get(told["arm"], KNOWN.get(told["arm"], KNOWN["policy-gradient"]))
