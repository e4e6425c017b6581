"""The small figure of more games of the same human: what its copies score by how many they saw."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from lab.report.arms import is_plateau
from lab.report.canvas import (
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
from lab.report.figures import DASHES
from lab.report.result import known_lines
from lab.report.wording import percent, thousands
from lab.report.words import BOARD, Words
from lab.statistics import Score, above

FEWEST = 3  # points below which there is no curve to speak of
WIDE = Size(6.2, 3.1, 9.6, 0.095, 0.68, 0.16)
NARROW = Size(5.0, 3.9, 10.4, 0.11, 0.6, 0.15)


def plateau_points(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """The imitator and its further copies, fewest games first; none where there are less than three."""
    family = [
        entry
        for entry in panel["imitation"]
        if (entry["arm"] == "imitator" or is_plateau(entry["arm"])) and entry.get("greedy") is not None
    ]
    points = sorted(family, key=lambda entry: int(entry["games"]))
    return points if len({entry["games"] for entry in points}) >= FEWEST and points[0]["games"] > 0 else []


def plateau_figure(
    panel: dict[str, Any], slots: dict[str, int], size: Size, key: str, words: Words = BOARD
) -> str:
    """Score over lessons seen (log), greedy and sampled, and the human's lines."""
    points = plateau_points(panel)
    colour = placeholder(slots["imitator"])
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        axes.set_xscale("log")
        styles = [style for style in ("greedy", "sampled") if all(entry.get(style) for entry in points)]
        labels = [_draw(axes, points, style, colour) for style in styles]
        labels += draw_human(axes, known_lines(panel))
        _frame(axes, points, panel, styles)
        finish_axes(axes, f"{words.lessons} of the same human", size)
        place_labels(axes, labels, size)
        return finished(axes, key, _description(points, words))


def _draw(axes: Axes, points: list[dict[str, Any]], style: str, colour: str) -> Label:
    games, scores = [entry["games"] for entry in points], [entry[style] for entry in points]
    rates = [score["rate"] for score in scores]
    low, high = [score["low"] for score in scores], [score["high"] for score in scores]
    axes.fill_between(games, low, high, color=colour, alpha=0.13, linewidth=0)
    axes.plot(games, rates, color=colour, linewidth=1.7, linestyle=DASHES.get(style, "solid"))
    axes.plot(games, rates, "o", color=colour, markersize=4.6, markeredgecolor=PAPER, markeredgewidth=0.9)
    return Label(games[-1], rates[-1], f"imitator, {style}  {100 * rates[-1]:.0f} %", colour)


def _frame(axes: Axes, points: list[dict[str, Any]], panel: dict[str, Any], styles: list[str]) -> None:
    games = [entry["games"] for entry in points]
    scores = [entry[style] for entry in points for style in styles]
    scores += known_lines(panel).values()
    low, high = min(score["low"] for score in scores), max(score["high"] for score in scores)
    axes.set_ylim(max(0.0, np.floor((low - 0.005) * 50) / 50), min(1.0, np.ceil((high + 0.005) * 50) / 50))
    axes.set_xlim(games[0] / 1.12, games[-1] * 1.12)
    axes.xaxis.set_major_locator(FixedLocator(games))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / 1000:g}k" if x >= 1000 else f"{x:g}"))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))


def _description(points: list[dict[str, Any]], words: Words) -> str:
    told = [f"{entry['games']} {words.lessons} {percent(entry['greedy']['rate'])} %" for entry in points]
    return f"The greedy imitator's score by {words.lessons} of its human: {', '.join(told)}."


def plateau_words(panel: dict[str, Any], words: Words = BOARD) -> tuple[str, str]:
    """(heading, what the last step shows): an end is named only where the last step is not shown to gain."""
    before, last = plateau_points(panel)[-2:]
    step = f"from {thousands(before['games'])} to {thousands(last['games'])} {words.lessons}"
    change = 100 * (last["greedy"]["rate"] - before["greedy"]["rate"])
    moved = f"The last step, {step}, moves the greedy copy by {change:+.1f} points"
    if above(Score.from_json(last["greedy"]), Score.from_json(before["greedy"])):
        return "Where more of the same leads", f"{moved}: still rising, so no end is in sight here."
    told = f"and the intervals overlap: more {words.lessons} are not shown to help any further"
    if above(Score.from_json(before["greedy"]), Score.from_json(last["greedy"])):
        told = "down, not up"
    return "Where more of the same ends", f"{moved}, {told}."
