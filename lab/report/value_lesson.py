"""AlphaGo's lesson of the value network: on whole games it overfits, on one position a game it does not."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.canvas import INK, MUTED, STYLE, Size, finish_axes, finished, fitted, placeholder
from lab.report.wording import thousands

KINDS = {
    "whole_games": ("Whole games", 1),
    "one_position": ("One position a game", 3),
    "human_games": ("Games of the human", 0),
}
WIDE = Size(9.4, 3.1, 9.6, 0.062, 0.99, 0.17)
NARROW = Size(5.0, 3.2, 10.4, 0.11, 0.985, 0.17)
GAP, HEAD = 0.035, 0.87  # between the plots, and where they end, in shares of the figure


def lesson_kinds(lesson: dict[str, Any]) -> list[str]:
    """The kinds of training that have points."""
    return [kind for kind in KINDS if lesson[kind] and lesson[kind]["points"]]


def lesson_figure(lesson: dict[str, Any], size: Size, key: str) -> str:
    """Training and test error over updates, a plot for each kind of training on one scale: an <svg>."""
    kinds = lesson_kinds(lesson)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(size.width, size.height))
        FigureCanvasSVG(figure)
        width = (size.right - size.left - GAP * (len(kinds) - 1)) / len(kinds)
        axes: list[Axes] = []
        for number, kind in enumerate(kinds):
            place = (size.left + number * (width + GAP), size.bottom, width, HEAD - size.bottom)
            axes.append(figure.add_axes(place, sharey=axes[0] if axes else None))
            _draw(axes[-1], lesson[kind]["points"], kind, size, outer=number == 0)
        axes[0].set_ylim(0, _highest(lesson, kinds) * 1.06)
        return finished(axes[0], key, _description(lesson))


def _highest(lesson: dict[str, Any], kinds: list[str]) -> float:
    ends = [max(p["train"], p["test"]) for kind in kinds for p in lesson[kind]["points"]]
    return max(ends) or 1.0


def _draw(axes: Axes, points: list[dict[str, Any]], kind: str, size: Size, outer: bool) -> None:
    """Two lines and the gap between them."""
    title, slot = KINDS[kind]
    colour = placeholder(slot)
    x = [point["updates"] for point in points]
    train, test = [point["train"] for point in points], [point["test"] for point in points]
    axes.fill_between(x, train, test, color=colour, alpha=0.15, linewidth=0)
    axes.plot(x, train, color=colour, linewidth=1.5, linestyle=(0, (3.2, 2.0)))
    axes.plot(x, test, color=colour, linewidth=1.9)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    finish_axes(axes, "updates", size)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: thousands(round(v))))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.tick_params(labelleft=outer)
    room = 72 * size.width * (axes.get_position().width + 0.6 * GAP)
    ends = f"train {train[-1]:.3f}, test {test[-1]:.3f}"
    for words, height, ink, weight in ((title, 1.1, INK, "bold"), (ends, 1.02, MUTED, "normal")):
        text, fontsize = fitted(words, room, size.text)
        axes.text(
            0,
            height,
            text,
            color=ink,
            fontsize=fontsize,
            fontweight=weight,
            transform=axes.transAxes,
        )


def _description(lesson: dict[str, Any]) -> str:
    told = []
    for kind in lesson_kinds(lesson):
        last = lesson[kind]["points"][-1]
        told.append(f"{KINDS[kind][0].lower()} train {last['train']:.3f}, test {last['test']:.3f}")
    return f"{lesson['unit'].capitalize()} of the value at the end: {'; '.join(told)}."


def lesson_words(lesson: dict[str, Any]) -> str:
    """Whether the gap of whole games is the larger one; one run, no interval."""
    gaps = {}
    for kind in lesson_kinds(lesson):
        last = lesson[kind]["points"][-1]
        gaps[kind] = last["test"] - last["train"]
    if not {"whole_games", "one_position"} <= set(gaps):
        return ""
    whole, one = gaps["whole_games"], gaps["one_position"]
    words = (
        f"The test error lies {whole:+.3f} from the training error on whole games, {one:+.3f} on one position"
    )
    seen = "as AlphaGo found" if whole > one + 0.005 else "so AlphaGo’s lesson is not seen here"
    return f"{words} a game: {seen} (one run, so no interval)."
