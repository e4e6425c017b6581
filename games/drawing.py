"""Position to picture: a Connect Four board as SVG text. No window, no events, no style sheets.

Colours are chosen for light and dark pages and for readers who do not see red: yellow discs are
light, red ones dark, and the second player's carry a ring.
"""

from __future__ import annotations

from typing import Any

from games.connect_four import HEIGHT, WIDTH

CELL = 40
BOARD, HOLE, FIRST, SECOND, RING = "#2f5d9b", "#e9eef5", "#f2c230", "#c8402f", "#f7ded9"
MARK = "#1b7f5c"


def connect_four_svg(state: Any, marks: dict[int, str] | None = None, title: str = "") -> str:
    """One state as an SVG picture of 280 x 270 units.

    marks: column -> a short word to write below it, such as "human" or "zero".
    """
    marks = marks or {}
    width, height = WIDTH * CELL, HEIGHT * CELL
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 30}" role="img"'
        f' aria-label="{_escape(title or "Connect Four position")}">',
        f'<rect x="0" y="0" width="{width}" height="{height}" rx="10" fill="{BOARD}"/>',
    ]
    parts += [_disc(state, column, row) for column in range(WIDTH) for row in range(HEIGHT)]
    for column, word in marks.items():
        x = column * CELL + CELL / 2
        parts.append(
            f'<path d="M {x - 6} {height + 12} L {x + 6} {height + 12} L {x} {height + 3} Z" fill="{MARK}"/>'
            f'<text x="{x}" y="{height + 26}" font-size="12" text-anchor="middle" font-family="sans-serif"'
            f' fill="currentColor">{_escape(word)}</text>'
        )
    return "".join(parts) + "</svg>"


def _disc(state: Any, column: int, row: int) -> str:
    bit = 1 << 7 * column + row
    occupied, current = int(state["occupied"]), int(state["current"])
    movers_are_first = occupied.bit_count() % 2 == 0
    x, y = column * CELL + CELL / 2, (HEIGHT - 1 - row) * CELL + CELL / 2
    if not occupied & bit:
        return f'<circle cx="{x}" cy="{y}" r="15" fill="{HOLE}"/>'
    if bool(current & bit) == movers_are_first:
        return f'<circle cx="{x}" cy="{y}" r="15" fill="{FIRST}"/>'
    ring = f'<circle cx="{x}" cy="{y}" r="9" fill="none" stroke="{RING}" stroke-width="2"/>'
    return f'<circle cx="{x}" cy="{y}" r="15" fill="{SECOND}"/>{ring}'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
