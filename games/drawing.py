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
DARK, PALE = "#111418", "#ffffff"  # numbers on light and on dark stones


def connect_four_svg(
    state: Any,
    marks: dict[int, str] | None = None,
    title: str = "",
    numbers: dict[tuple[int, int], str] | None = None,
) -> str:
    """One state as an SVG picture of 280 x 270 units.

    marks: column -> a short word to write below it, such as "human" or "zero"; numbers: (column, row
    from the bottom) -> what to write on the stone there, such as the number of its move.
    """
    marks, numbers = marks or {}, numbers or {}
    width, height = WIDTH * CELL, HEIGHT * CELL
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 30}" role="img"'
        f' aria-label="{_escape(title or "Connect Four position")}">',
        f'<rect x="0" y="0" width="{width}" height="{height}" rx="10" fill="{BOARD}"/>',
    ]
    parts += [_disc(state, column, row) for column in range(WIDTH) for row in range(HEIGHT)]
    parts += [_number(state, *cell, text) for cell, text in numbers.items()]
    for column, word in marks.items():
        x = column * CELL + CELL / 2
        parts.append(
            f'<path d="M {x - 6} {height + 12} L {x + 6} {height + 12} L {x} {height + 3} Z" fill="{MARK}"/>'
            f'<text x="{x}" y="{height + 26}" font-size="12" text-anchor="middle" font-family="sans-serif"'
            f' fill="currentColor">{_escape(word)}</text>'
        )
    return "".join(parts) + "</svg>"


def owner(state: Any, column: int, row: int) -> int | None:
    """Whose stone lies there (row 0 is the lowest): 0 the first player's, 1 the second's, None: nobody's."""
    bit = 1 << 7 * column + row
    occupied, current = int(state["occupied"]), int(state["current"])
    movers_are_first = occupied.bit_count() % 2 == 0
    if not occupied & bit:
        return None
    return 0 if bool(current & bit) == movers_are_first else 1


def _centre(column: int, row: int) -> tuple[float, float]:
    return column * CELL + CELL / 2, (HEIGHT - 1 - row) * CELL + CELL / 2


def _disc(state: Any, column: int, row: int) -> str:
    (x, y), whose = _centre(column, row), owner(state, column, row)
    if whose is None:
        return f'<circle cx="{x}" cy="{y}" r="15" fill="{HOLE}"/>'
    if whose == 0:
        return f'<circle cx="{x}" cy="{y}" r="15" fill="{FIRST}"/>'
    ring = f'<circle cx="{x}" cy="{y}" r="9" fill="none" stroke="{RING}" stroke-width="2"/>'
    return f'<circle cx="{x}" cy="{y}" r="15" fill="{SECOND}"/>{ring}'


def _number(state: Any, column: int, row: int, text: str) -> str:
    (x, y), whose = _centre(column, row), owner(state, column, row)
    colour = PALE if whose == 1 else DARK
    return (
        f'<text x="{x}" y="{y + 5}" font-size="15" font-weight="bold" text-anchor="middle"'
        f' font-family="sans-serif" fill="{colour}">{_escape(text)}</text>'
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
