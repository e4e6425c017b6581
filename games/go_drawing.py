"""A Go position as a picture: SVG for reports, pixels for the faces, text for a terminal."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.go import COLUMNS
from games.go_board import BLACK, EMPTY, point_of
from games.go_looks import INK, LINE, NAMES, PAPER, STONE, WOOD, Pixels, star_points, stone_pixels, wood
from games.raster import Picture

MARK = "#1b7f5c"
UNIT = 40  # of an SVG, from line to line


def colors_of(state: Any) -> NDArray[np.int8]:
    """Whose stone lies on each point, row by row: 0 Black's, 1 White's, -1 nobody's; [N * N]."""
    size = int(state["size"])
    points = [point_of(action, size) for action in range(size * size)]
    colors = state["color"][points].astype(np.int8)
    return np.asarray(np.where(colors == EMPTY, -1, colors - BLACK), np.int8)


# --- SVG ---


def go_svg(
    state: Any,
    marks: Mapping[int, str] | None = None,
    title: str = "",
    numbers: Mapping[int, str] | None = None,
    owner: Sequence[float] | None = None,
) -> str:
    """One state as an SVG picture, 40 units from line to line, coordinates around it.

    marks: action -> who would play there; each gets a letter on the board, explained below it (a pass has
    its explanation alone). numbers: action -> what to write on the stone there. owner [N * N]: +1 Black's
    point, -1 White's, or anything between: a square of that size.
    """
    size, marks, numbers = int(state["size"]), marks or {}, numbers or {}
    side = (size + 1) * UNIT
    colors = colors_of(state)
    letters = {action: "abcdefghijklmnopqrstuvwxyz"[n % 26] for n, action in enumerate(marks)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side + 24 * len(marks)}" role="img"'
        f' aria-label="{_escape(title or "Go position")}">',
        f'<rect width="{side}" height="{side}" rx="6" fill="{_hex(WOOD)}"/>',
        *_svg_lines(size),
    ]
    parts += [
        _svg_stone(_spot(action, size), int(color)) for action, color in enumerate(colors) if color >= 0
    ]
    parts += _svg_owner(size, colors, owner)
    last = int(state["last"])
    if 0 <= last < size * size and last not in numbers and colors[last] >= 0:
        (x, y), ink = _spot(last, size), _hex(INK if colors[last] else PAPER)
        parts.append(f'<circle cx="{x}" cy="{y}" r="8" fill="none" stroke="{ink}" stroke-width="2.5"/>')
    for action, words in numbers.items():
        parts.append(_svg_words(_spot(action, size), words, _hex(INK if colors[action] == 1 else PAPER), 16))
    for line, (action, words) in enumerate(marks.items()):
        if action < size * size:
            x, y = _spot(action, size)
            parts.append(f'<circle cx="{x}" cy="{y}" r="14" fill="{MARK}" fill-opacity="0.92"/>')
            parts.append(_svg_words((x, y), letters[action], "#ffffff", 16))
        name = letters[action] if action < size * size else "pass"
        parts.append(
            f'<text x="12" y="{side + 18 + 24 * line}" font-size="15" font-family="sans-serif"'
            f' fill="currentColor">{name}: {_escape(words)}</text>'
        )
    return "".join(parts) + "</svg>"


def _spot(action: int, size: int) -> tuple[int, int]:
    """Where a point lies in the SVG."""
    return (action % size + 1) * UNIT, (action // size + 1) * UNIT


def _svg_lines(size: int) -> list[str]:
    low, high = UNIT, size * UNIT
    rows = "".join(f"M{low} {i * UNIT}H{high}M{i * UNIT} {low}V{high}" for i in range(1, size + 1))
    parts = [f'<path d="{rows}" stroke="{_hex(LINE)}" stroke-width="1.2" stroke-linecap="square"/>']
    for star in star_points(size):
        x, y = _spot(star, size)
        parts.append(f'<rect x="{x - 3.5}" y="{y - 3.5}" width="7" height="7" rx="3.5" fill="{_hex(LINE)}"/>')
    for i in range(1, size + 1):
        for place in ((i * UNIT, 12), (i * UNIT, (size + 1) * UNIT - 12)):
            parts.append(_svg_words(place, COLUMNS[i - 1], _hex(NAMES), 13, bold=False))
        for place in ((12, i * UNIT), ((size + 1) * UNIT - 12, i * UNIT)):
            parts.append(_svg_words(place, str(size + 1 - i), _hex(NAMES), 13, bold=False))
    return parts


def _svg_stone(place: tuple[int, int], color: int) -> str:
    (x, y), r = place, STONE * UNIT
    fill, rim = (_hex(PAPER), "#8d8674") if color else (_hex(INK), "#101215")
    return f'<circle cx="{x}" cy="{y}" r="{r:g}" fill="{fill}" stroke="{rim}" stroke-width="1"/>'


def _svg_owner(size: int, colors: NDArray[np.int8], owner: Sequence[float] | None) -> list[str]:
    """A square on each point that somebody counts, but on own stones."""
    parts = []
    for action, share in enumerate([] if owner is None else owner):
        whose = 0 if share > 0 else 1
        if abs(share) < 0.05 or colors[action] == whose:
            continue
        (x, y), side = _spot(action, size), 15 * float(np.sqrt(abs(share)))
        fill, rim = (_hex(PAPER), "#8d8674") if whose else (_hex(INK), "#6d6d6d")
        parts.append(
            f'<rect x="{x - side / 2:g}" y="{y - side / 2:g}" width="{side:g}" height="{side:g}"'
            f' fill="{fill}" stroke="{rim}" stroke-width="1"/>'
        )
    return parts


def _svg_words(place: tuple[int, int], words: str, ink: str, size: int, bold: bool = True) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{place[0]}" y="{place[1] + 0.36 * size:g}" font-size="{size}"{weight} text-anchor="middle"'
        f' font-family="sans-serif" fill="{ink}">{_escape(words)}</text>'
    )


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


# --- pixels ---


def go_picture(state: Any, width: int, height: int) -> Pixels:
    """One state as pixels, the board as large as it fits the middle; the last stone bears a ring."""
    size = int(state["size"])
    step, left, top = _layout(size, width, height)
    picture = Picture.on(_empty(size, width, height))
    radius = STONE * step
    diameter = max(2, round(2 * radius))
    for action, color in enumerate(colors_of(state)):
        if color >= 0:
            x, y = left + action % size * step, top + action // size * step
            picture.disc((x + 0.05 * step, y + 0.07 * step), radius, (0, 0, 0), 0.22)
            picture.stamp((x, y), *stone_pixels(diameter, bool(color)))
    last = int(state["last"])
    if 0 <= last < size * size:
        x, y = left + last % size * step, top + last // size * step
        ink = INK if colors_of(state)[last] == 1 else PAPER
        picture.ring((x, y), 0.22 * step, max(1.5, 0.055 * step), ink)
    return picture.pixels()


def _layout(size: int, width: int, height: int) -> tuple[float, float, float]:
    """From line to line, and where the first lines cross: x, y."""
    step = min(width, height) / (size + 0.6)
    return step, (width - (size - 1) * step) / 2, (height - (size - 1) * step) / 2


@functools.lru_cache(maxsize=8)
def _empty(size: int, width: int, height: int) -> Pixels:
    """The wood with its lines."""
    step, left, top = _layout(size, width, height)
    picture = Picture.on(wood(width, height))
    end = (size - 1) * step
    for i in range(size):
        thick = max(1.0, step / (24 if i in (0, size - 1) else 40))
        picture.line((left, top + i * step), (left + end, top + i * step), thick, LINE, 0.9)
        picture.line((left + i * step, top), (left + i * step, top + end), thick, LINE, 0.9)
    for star in star_points(size):
        row, column = divmod(star, size)
        picture.disc((left + column * step, top + row * step), max(1.5, 0.08 * step), LINE)
    return picture.pixels()


# --- text ---


def go_text(state: Any) -> str:
    """The board with its coordinates, X Black's stones and O White's, the last one in brackets; below it who
    is to move."""
    size, last = int(state["size"]), int(state["last"])
    colors, stars = colors_of(state), star_points(size)
    names = "   " + " ".join(COLUMNS[:size])
    lines = [names]
    for row in range(size):
        line = f"{size - row:2d}"
        for action in range(row * size, (row + 1) * size):
            mark = "XO"[colors[action]] if colors[action] >= 0 else "+" if action in stars else "."
            before = "(" if action == last else ")" if action == last + 1 and action % size else " "
            line += before + mark
        lines.append(f"{line}{')' if last == (row + 1) * size - 1 else ' '}{size - row}")
    passed = ", after a pass" if last == size * size else ""
    tail = f"{'White' if state['player'] else 'Black'} to move{passed}, komi {float(state['komi']):g}"
    return "\n".join([*lines, names, tail])
