"""The headline figure: score over CPU time for every arm, as an SVG that takes its page's colours.

matplotlib draws in placeholder colours and the page's style sheet gives them their meaning, so that one
picture serves light, dark and print. Texts stay texts, in the reader's own fonts.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from lab.report.result import ResultError
from lab.statistics import Score, pooled

INK, MUTED, HAIRLINE, PAPER = "#0b0b01", "#0b0b02", "#0b0b03", "#0b0b04"
ROLES = {INK: "--ink", MUTED: "--muted", HAIRLINE: "--hairline", PAPER: "--paper"}
DASHES: dict[str, Any] = {"searched": (0, (4.5, 2.2)), "sampled": (0, (1.1, 1.7))}
SUFFIX = {"raw": "", "searched": " + search", "sampled": ", sampled", "greedy": ", greedy"}
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "move37",
    "path.simplify": False,
    "axes.unicode_minus": False,
}


@dataclass(frozen=True)
class Size:
    """A page width: the figure in inches of 72 units, the text in units, where the plot ends."""

    width: float
    height: float
    text: float
    left: float
    right: float


WIDE = Size(9.4, 5.3, 9.6, 0.062, 0.775)
NARROW = Size(5.0, 5.8, 10.4, 0.1, 0.625)


@dataclass(frozen=True)
class Label:
    """A name at the right edge: where its line ends and what it says."""

    x: float
    y: float
    text: str
    colour: str
    weight: str = "normal"


def placeholder(slot: int) -> str:
    """The colour that stands for an arm's slot until the page gives it one."""
    return f"#0a0a{slot:02x}"


def curve_figure(panel: dict[str, Any], slots: dict[str, int], optimum: float, size: Size, key: str) -> str:
    """Score over CPU seconds, every arm with its band, the human's lines and the optimum: an <svg>.

    Raw and greedy are solid, searched dashed, sampled dotted; every line is named where it ends. With
    several seeds each is a thin line and their mean carries the band. `key` keeps ids apart.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(size.width, size.height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((size.left, 0.1, size.right - size.left, 0.875))
        labels = [label for curves in _by_series(panel).values() for label in _draw(axes, curves, slots)]
        end = max((label.x for label in labels), default=1.0) or 1.0
        labels += _human_lines(axes, panel["lines"], optimum)
        _frame(axes, panel, optimum, end, size)
        _place_labels(axes, labels, end, size)
        svg = _saved(figure)
    return _for_the_page(svg, key, _description(panel))


def _saved(figure: Figure) -> str:
    """The figure as matplotlib writes it, without date, so that the same figure gives the same bytes."""
    buffer = io.StringIO()
    with warnings.catch_warnings():
        # the reader's own fonts draw the texts; those of this machine need not know every letter
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


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


def _human_lines(axes: Axes, lines: dict[str, Any], optimum: float) -> list[Label]:
    """The two ceilings with their bands, and the optimum."""
    labels = []
    for name, text in (("recorded", "human, as recorded"), ("best", "human, at best")):
        score = lines[name]
        axes.axhspan(score["low"], score["high"], color=placeholder(0), alpha=0.07, linewidth=0)
        axes.axhline(score["rate"], color=placeholder(0), linewidth=1.1)
        labels.append(Label(0, score["rate"], f"{text}  {100 * score['rate']:.0f} %", placeholder(0), "bold"))
    axes.axhline(optimum, color=MUTED, linewidth=0.8)
    return [*labels, Label(0, optimum, "optimum", MUTED)]


def _frame(axes: Axes, panel: dict[str, Any], optimum: float, end: float, size: Size) -> None:
    lows = [p["score"]["low"] for curve in panel["curves"] for p in curve["points"]]
    lows += [panel["lines"]["recorded"]["low"]]
    bottom = max(0.0, np.floor((min(lows) - 0.01) * 20) / 20)
    axes.set_ylim(bottom, optimum + 0.02)
    axes.set_xlim(0, end * 1.012)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %" if y <= 1.0 else ""))
    unit, name = (60.0, "min") if end >= 240 else (1.0, "s")
    axes.xaxis.set_major_locator(MaxNLocator(6 if size is WIDE else 4, steps=[1, 1.2, 2, 3, 5, 6, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / unit:g} {name}" if x else "0"))
    axes.set_xlabel("CPU time spent learning", fontsize=size.text, color=MUTED, labelpad=6)
    axes.tick_params(length=0, labelsize=size.text, labelcolor=MUTED, pad=5)
    axes.grid(axis="y", color=HAIRLINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(HAIRLINE)


def _place_labels(axes: Axes, labels: list[Label], end: float, size: Size) -> None:
    """Names in a column at the right, none on another, tied to their lines by hairlines."""
    bottom, top = axes.get_ylim()
    labels = sorted(labels, key=lambda label: label.y)
    gap = (top - bottom) * size.text * 1.32 / (size.height * 72 * 0.875)
    places = spread([label.y for label in labels], gap, bottom, top)
    column = end * (1.045 if size is WIDE else 1.06)
    for label, place in zip(labels, places, strict=True):
        start = label.x or end * 1.012
        axes.plot(
            [start, end * 1.012, column - end * 0.006],
            [label.y, label.y, place],
            color=label.colour,
            linewidth=0.6,
            alpha=0.55,
            clip_on=False,
        )
        axes.text(
            column,
            place,
            label.text,
            color=label.colour,
            fontsize=size.text,
            fontweight=label.weight,
            verticalalignment="center_baseline",
            parse_math=False,
        )


def spread(places: list[float], gap: float, bottom: float, top: float) -> list[float]:
    """Ascending places moved as little as need be until neighbours are `gap` apart, within the frame."""
    groups: list[tuple[float, int]] = []  # (centre, members) of labels that touch each other

    def inside(centre: float, members: int) -> float:
        half = gap * (members - 1) / 2
        return min(max(centre, bottom + half), top - half)

    for place in places:
        centre, members = inside(place, 1), 1
        while groups and centre - groups[-1][0] < gap * (members + groups[-1][1]) / 2:
            other, more = groups.pop()
            centre = inside((centre * members + other * more) / (members + more), members + more)
            members += more
        groups.append((centre, members))
    return [centre + gap * (i - (members - 1) / 2) for centre, members in groups for i in range(members)]


def _description(panel: dict[str, Any]) -> str:
    """What the picture shows, for those who do not see it."""
    ends = []
    for (arm, series), curves in _by_series(panel).items():
        ends.append(f"{arm}{SUFFIX.get(series, ', ' + series)} {100 * mean_curve(curves)[1][-1].rate:.1f} %")
    lines = panel["lines"]
    return (
        f"Score over CPU time. At the end: {', '.join(ends)}. Human as recorded "
        f"{100 * lines['recorded']['rate']:.1f} %, at best {100 * lines['best']['rate']:.1f} %."
    )


def _for_the_page(svg: str, key: str, description: str) -> str:
    """matplotlib's document as an element of ours: no prolog, no addresses, our colours and fonts."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    head, body = svg.split(">", 1)
    view = re.search(r'viewBox="([^"]+)"', head)
    assert view is not None
    body = re.sub(r'xlink:href="#', 'href="#', body)
    body = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{key}-", body)
    body = re.sub(r"#0a0a([0-9a-f]{2})", lambda match: f"var(--arm-{int(match[1], 16)})", body)
    for colour, role in ROLES.items():
        body = body.replace(colour, f"var({role})")
    body = re.sub(r"(font: [^;\"]*?px) [^;\"]+", r"\1 var(--sans)", body)
    body = re.sub(r"font-family: [^;\"]+", "font-family: var(--sans)", body)
    return f'<svg viewBox="{view[1]}" role="img" aria-label="{escape(description)}">{body}'.strip()
