"""Several runs on one page: the curves of all of them in one figure, and their headline rows.

An arm keeps its colour, a run has its dashes and its mark at the end of every line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.axes import Axes

from lab.durable import replace_file
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
from lab.report.figures import WIDE, axis_words, cost_axis, mean_curve
from lab.report.palette import DARK, LIGHT, arm_slots, css
from lab.report.result import Result, ResultError, known_lines, read_result, validate
from lab.report.wording import capital, percent, seconds
from lab.report.words import Words, words_of

DASHES: tuple[Any, ...] = ("solid", (0, (5, 2)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)), (0, (9, 3)))
MARKS = "os^Dv"
MOST = len(MARKS)  # runs that can be told apart


def write_overlay(folders: Sequence[Path], out: Path) -> Path:
    """Lay finished runs over each other in <out>/overlay.html; returns its path.

    Raises ResultError for a run without a result, for runs of different worlds, and for more runs than
    can be told apart.
    """
    if len(set(folders)) > MOST:
        raise ResultError(f"{len(set(folders))} runs are too many to tell apart; name at most {MOST}")
    results = {folder: read_result(folder / "result.json") for folder in dict.fromkeys(folders)}
    page = render_overlay(dict(zip(_names(list(results)), results.values(), strict=True)))
    path = out / "overlay.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, page.encode())
    return path


def render_overlay(runs: dict[str, Result]) -> str:
    """The page of results by name; the same results give the same bytes. Raises ResultError."""
    runs = {name: validate(result) for name, result in runs.items()}
    first = [result["worlds"][0] for result in runs.values()]
    worlds = {f"{world['world']} ({world['title']})" for world in first}
    scores = {result["worlds"][0]["score_name"] for result in runs.values()}
    if len(worlds) > 1 or len(scores) > 1:
        raise ResultError(
            f"runs of different worlds or scores cannot be compared: {', '.join(sorted(worlds))}; "
            "one report of both worlds is what `compare` without --world makes"
        )
    words = words_of(next(iter(runs.values()))["worlds"][0])
    slots = {arm: slot for result in runs.values() for arm, slot in arm_slots(result).items()}
    figures = [
        (f"{title}, over {over}", Markup(svg))
        for number, (title, kinds) in enumerate(_kinds(words).items())
        for axis, over in (("cpu_seconds", "CPU time"), ("games", axis_words("games", words)))
        if (svg := overlay_figure(runs, slots, kinds, axis, f"o{number}{axis[0]}"))
    ]
    environment = Environment(
        loader=PackageLoader("lab.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, duration=seconds, capital=capital)
    return environment.get_template("overlay.html").render(
        title=f"{len(runs)} runs of {next(iter(runs.values()))['worlds'][0]['title']}",
        score_name=scores.pop(),
        words=words,
        several=any(len(result["worlds"]) > 1 for result in runs.values()),
        figures=figures,
        runs=[_told(name, result, slots) for name, result in runs.items()],
        light=css(LIGHT),
        dark=css(DARK),
    )


def _kinds(words: Words) -> dict[str, tuple[str, ...]]:
    return {"Alone": ("raw", "greedy"), capital(words.with_aid): ("searched",)}


def overlay_figure(
    runs: dict[str, Result], slots: dict[str, int], kinds: tuple[str, ...], axis: str, key: str
) -> str | None:
    """The main panels' curves of these kinds over a cost, every run in its own dashes: an <svg>, or None
    where there are none. Several seeds of a run are drawn as their mean."""
    drawn = [
        (number, name, curves)
        for number, (name, result) in enumerate(runs.items())
        for curves in _curves(result, kinds, axis)
    ]
    if not drawn:
        return None
    size = replace(WIDE, height=max(WIDE.height, 0.24 * len(drawn)), right=0.68)
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        labels = [_draw(axes, number, name, curves, slots, axis) for number, name, curves in drawn]
        ends = "; ".join(label.text for label in labels)
        words = words_of(next(iter(runs.values()))["worlds"][0])
        lines = [known_lines(result["worlds"][0]["panels"][0]) for result in runs.values()]
        if all(other == lines[0] for other in lines):  # one human, one pair of lines
            labels += draw_human(axes, lines[0])
        _frame(axes, [curves for _, _, curves in drawn], labels, axis, size, words)
        place_labels(axes, labels, size)
        return finished(axes, key, f"Score over {axis_words(axis, words)}, all runs. At the end: {ends}.")


def _curves(result: Result, kinds: tuple[str, ...], axis: str) -> list[list[dict[str, Any]]]:
    """The main panel's curves of these kinds, those of an arm's seeds together."""
    series = defaultdict(list)
    for curve in result["worlds"][0]["panels"][0]["curves"]:
        if curve["series"] in kinds and any(point[axis] > 0 for point in curve["points"]):
            series[curve["arm"], curve["series"]].append(curve)
    return list(series.values())


def _draw(
    axes: Axes, number: int, name: str, curves: list[dict[str, Any]], slots: dict[str, int], axis: str
) -> Label:
    arm = curves[0]["arm"]
    colour = placeholder(slots[arm])
    x, scores = mean_curve(curves, axis)
    y = [score.rate for score in scores]
    low, high = [score.low for score in scores], [score.high for score in scores]
    axes.fill_between(x, low, high, color=colour, alpha=0.06, linewidth=0)
    axes.plot(x, y, color=colour, linewidth=1.7, linestyle=DASHES[number])
    style: dict[str, Any] = {"markersize": 5.0, "markeredgecolor": PAPER, "markeredgewidth": 0.8}
    axes.plot(x[-1:], y[-1:], MARKS[number], color=colour, **style)
    return Label(x[-1], y[-1], f"{name}: {arm}  {100 * y[-1]:.0f} %", colour)


def _frame(
    axes: Axes,
    drawn: list[list[dict[str, Any]]],
    labels: list[Label],
    axis: str,
    size: Size,
    words: Words,
) -> None:
    ends = [label.x for label in labels if label.x is not None]
    lows = [point["score"]["low"] for curves in drawn for curve in curves for point in curve["points"]]
    lows += [label.y for label in labels]
    axes.set_ylim(max(0.0, np.floor((min(lows) - 0.01) * 20) / 20), 1.02)
    axes.set_xlim(0, (max(ends) or 1.0) * 1.012)
    cost_axis(axes, axis, max(ends) or 1.0, 6)
    finish_axes(axes, axis_words(axis, words), size)


def _told(name: str, result: Result, slots: dict[str, int]) -> dict[str, Any]:
    """What the table tells of a run: its headline rows, each with its colour, and how it was made."""
    rows = result["worlds"][0]["panels"][0]["headline"]
    return {
        "name": name,
        "command": result["command"],
        "preset": result["preset"],
        "seeds": len(result["seeds"] or []) or 1,
        "seed": result["seed"],
        "cpu_seconds": result["times"]["cpu_seconds"],
        "rows": [{**row, "slot": slots[row["arm"]]} for row in rows],
    }


def _names(folders: list[Path]) -> list[str]:
    """The shortest ends of the paths, whole parts, that tell the folders apart."""
    parts = [folder.resolve().parts for folder in folders]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    raise ResultError("the same run is named twice under different names: name it once")
