"""What the report's figures share: sizes, names at the right edge, and the way onto the page.

matplotlib draws in placeholder colours and the page's style sheet gives them their meaning, so that one
picture serves light, dark and print. Texts stay texts, in the reader's own fonts.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from html import escape
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

INK, MUTED, HAIRLINE, PAPER = "#0b0b01", "#0b0b02", "#0b0b03", "#0b0b04"
ROLES = {INK: "--ink", MUTED: "--muted", HAIRLINE: "--hairline", PAPER: "--paper"}
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "move37",
    "path.simplify": False,
    "axes.unicode_minus": False,
}
LETTER = 0.53  # a letter's mean width, in heights of the text
TOP = 0.975  # of the figure's height, where the plot ends


@dataclass(frozen=True)
class Size:
    """A page width: the figure in inches of 72 units, the text in units, the plot's place in shares."""

    width: float
    height: float
    text: float
    left: float
    right: float
    bottom: float = 0.1


@dataclass(frozen=True)
class Label:
    """A name at the right edge: where its line ends (None: at the edge itself) and what it says."""

    x: float | None
    y: float
    text: str
    colour: str
    weight: str = "normal"


def placeholder(slot: int) -> str:
    """The colour that stands for an arm's slot until the page gives it one."""
    return f"#0a0a{slot:02x}"


def new_axes(size: Size) -> Axes:
    """Empty axes of a figure of that size, whose texts will stay texts."""
    figure = Figure(figsize=(size.width, size.height))
    FigureCanvasSVG(figure)
    return figure.add_axes((size.left, size.bottom, size.right - size.left, TOP - size.bottom))


def draw_human(axes: Axes, lines: dict[str, Any]) -> list[Label]:
    """The human's lines with their bands, as far as they are known."""
    labels = []
    for name, text in (("recorded", "human, as recorded"), ("best", "human, at best")):
        score = lines.get(name)
        if score is not None:
            axes.axhspan(score["low"], score["high"], color=placeholder(0), alpha=0.07, linewidth=0)
            axes.axhline(score["rate"], color=placeholder(0), linewidth=1.1)
            text = f"{text}  {100 * score['rate']:.0f} %"
            labels.append(Label(None, score["rate"], text, placeholder(0), "bold"))
    return labels


def finish_axes(axes: Axes, xlabel: str, size: Size) -> None:
    """Percent on the left, hairlines across, no box."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %" if y <= 1.0 else ""))
    axes.set_xlabel(xlabel, fontsize=size.text, color=MUTED, labelpad=6)
    axes.tick_params(which="both", length=0, labelsize=size.text, labelcolor=MUTED, pad=5)
    axes.grid(axis="y", color=HAIRLINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(HAIRLINE)


def place_labels(axes: Axes, labels: list[Label], size: Size) -> None:
    """Names in a column at the right, none on another, tied to their lines by hairlines.

    To be called last: the axes' limits and scales must not change afterwards.
    """
    bottom, top = axes.get_ylim()
    labels = sorted(labels, key=lambda label: label.y)
    gap = (top - bottom) * size.text * 1.32 / (size.height * 72 * (TOP - size.bottom))
    places = spread([label.y for label in labels], gap, bottom, top)
    share = axes.transScale + axes.transLimits
    column = 1.0 + 0.16 / (size.width * (size.right - size.left))
    room = 72 * size.width * (1 - size.right) - 12.0
    style: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "clip_on": False}
    for label, place in zip(labels, places, strict=True):
        start = 1.0 if label.x is None else share.transform((label.x, label.y))[0]
        x, y = [start, 1.0, column - 0.006], [label.y, label.y, place]
        axes.plot(x, y, color=label.colour, linewidth=0.6, alpha=0.55, **style)
        text, fontsize = fitted(label.text, room, size.text)
        axes.text(
            column,
            place,
            text,
            color=label.colour,
            fontsize=fontsize,
            fontweight=label.weight,
            verticalalignment="center_baseline",
            parse_math=False,
            **style,
        )


def fitted(text: str, room: float, size: float) -> tuple[str, float]:
    """A text and its size such that it needs no more than `room`: first smaller, by a fifth at most, then
    with its first part (what stands before two spaces, or all) cut short."""
    width = LETTER * size * len(text)
    size *= min(1.0, max(0.8, room / width)) if width else 1.0
    most = max(4, int(room / (LETTER * size)))
    if len(text) <= most:
        return text, size
    name, gap, value = text.rpartition("  ")
    name, tail = (name, gap + value) if len(gap + value) < most - 3 and name else (text, "")
    return f"{name[: most - len(tail) - 1].rstrip()}…{tail}", size


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


def finished(axes: Axes, key: str, description: str) -> str:
    """The figure as an <svg> for the page; `key` keeps ids apart, `description` tells what is to be seen."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return _for_the_page(_saved(figure), key, description)


def _saved(figure: Figure) -> str:
    """The figure as matplotlib writes it, without date, so that the same figure gives the same bytes."""
    buffer = io.StringIO()
    with warnings.catch_warnings():
        # the reader's own fonts draw the texts; those of this machine need not know every letter
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _for_the_page(svg: str, key: str, description: str) -> str:
    """matplotlib's document as an element of ours: no prolog, no addresses, our colours and fonts."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.S)
    head, body = svg.split(">", 1)
    view = re.search(r'viewBox="([^"]+)"', head)
    assert view is not None
    body = re.sub(r'xlink:href="#', 'href="#', body)
    body = _slimmed(body)
    body = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{key}-", body)
    body = re.sub(r"#0a0a([0-9a-f]{2})", lambda match: f"var(--arm-{int(match[1], 16)})", body)
    for colour, role in ROLES.items():
        body = body.replace(colour, f"var({role})")
    body = re.sub(r"(font: [^;\"]*?px) [^;\"]+", r"\1 var(--sans)", body)
    body = re.sub(r"font-family: [^;\"]+", "font-family: var(--sans)", body)
    return f'<svg viewBox="{view[1]}" role="img" aria-label="{escape(description)}">{body}'.strip()


def _slimmed(body: str) -> str:
    """The same drawing in fewer bytes: hundredths of a unit, no idle ids, comments, turns and line breaks."""
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', body))
    names = {name for pair in used for name in pair if name}

    def slim(tag: re.Match[str]) -> str:
        text = re.sub(r"(\.\d\d)\d+", r"\1", tag[0])
        text = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in names else "", text)
        text = re.sub(r' transform="rotate\(-0 [^"]*"', "", text)
        return re.sub(r"\s*\n\s*", " ", text)

    body = re.sub(r"<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r">\s*\n\s*<", "><", body)
    return re.sub(r"<[^>]+>", slim, body)
