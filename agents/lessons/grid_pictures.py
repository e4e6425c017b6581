"""The grid world as SVG, in the report's colours: a policy as arrows, still and moving; values; credit."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from games.gridworld import GOAL, SIZE, START

CELL = 56
SIDE = SIZE * CELL
RIGHT, WRONG, SEEN = "var(--arm-3)", "var(--arm-1)", "var(--arm-3)"
ARROW = "M-1.7 0 L-1.7 -15 L-5.4 -15 L0 -24.5 L5.4 -15 L1.7 -15 L1.7 0 Z"  # north, from the middle of a cell
SECONDS, HELD = 14.0, 0.22  # of the animation, and which share of it the end is held
CELLS = range(SIZE * SIZE)
GOAL_CELL = GOAL[0] * SIZE + GOAL[1]


def policy_svg(frame: dict[str, Any], best: Sequence[Sequence[bool]], words: str) -> str:
    """One moment: an arrow's area is the chance of that move, blue where it is a best one; the darker a cell,
    the more often an episode passes it."""
    parts = [_visit(cell, _shade(frame["visits"][cell]), "") for cell in CELLS]
    parts += [
        _arrow(cell, action, best[cell][action], f"{frame['policy'][cell][action] ** 0.5:.3f}", "")
        for cell in CELLS
        for action in range(4)
        if cell != GOAL_CELL
    ]
    return _frame("".join(parts), words)


def policy_film(frames: Sequence[dict[str, Any]], best: Sequence[Sequence[bool]]) -> str:
    """The same over training, as an SVG that moves by itself, with a line of words below the grid."""
    times = _times(len(frames))
    parts = []
    for cell in CELLS:
        shades = [f"{_shade(frame['visits'][cell]):.2f}" for frame in frames]
        parts.append(_visit(cell, float(shades[-1]), _animated("fill-opacity", shades, times)))
    for cell in (cell for cell in CELLS if cell != GOAL_CELL):
        for action in range(4):
            sizes = [f"{frame['policy'][cell][action] ** 0.5:.2f}" for frame in frames]
            parts.append(_arrow(cell, action, best[cell][action], sizes[-1], _scaled(sizes, times)))
    parts += [_line_of_words(frame, number, frames, times) for number, frame in enumerate(frames)]
    words = "The policy of every cell as arrows, while REINFORCE learns it"
    return _frame("".join(parts), words, below=20)


def values_svg(values: Sequence[float], words: str) -> str:
    """What every cell is worth, in numbers, the darker the less."""
    worst = min(values) or -1.0
    parts = []
    for cell in CELLS:
        x, y = _middle(cell)
        parts.append(_visit(cell, 0.42 * values[cell] / worst, ""))
        if cell != GOAL_CELL:
            parts.append(
                f'<text x="{x:g}" y="{y + 5:g}" font-size="14" text-anchor="middle">'
                f"{_number(values[cell])}</text>"
            )
    return _frame("".join(parts), words, start=False)


def credit_svg(states: Sequence[int], actions: Sequence[int], credit: Sequence[float], words: str) -> str:
    """What one episode would change under a rule of credit: every move it made, blue if it becomes likelier,
    orange if less likely, by the sum of its credits; below, the credit of every step."""
    moves: dict[tuple[int, int], float] = {}
    for state, action, given in zip(states, actions, credit, strict=True):
        moves[state, action] = moves.get((state, action), 0.0) + given
    most = max(abs(given) for given in moves.values()) or 1.0
    parts = [
        _arrow(state, action, given > 0, f"{max(abs(given) / most, 0.02) ** 0.5:.3f}", "")
        for (state, action), given in moves.items()
    ]
    return _frame("".join(parts) + _bars(credit), words, below=74)


def standalone(svg: str, colours: str, dark: str) -> str:
    """The drawing as a file of its own that follows the reader's light or dark setting."""
    style = (
        f"svg {{ --ink: #1d1c1a; --muted: #6b6760; --hairline: #e4e1da; --paper: #fffefb;"
        f" --shade: #f6f4ef; {colours} font-family: Helvetica, Arial, sans-serif; }}\n"
        f"@media (prefers-color-scheme: dark) {{ svg {{ --ink: #ebe8e1; --muted: #a29d93;"
        f" --hairline: #34353a; --paper: #161719; --shade: #1f2023; {dark} }} }}"
    )
    head, body = svg.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{body}\n'


def _frame(inside: str, words: str, below: int = 0, start: bool = True) -> str:
    """The grid with what is in it, the flag and, where asked for, the dot at which the robot starts."""
    lines = "".join(
        f'<path d="M{k * CELL} 0V{SIDE}M0 {k * CELL}H{SIDE}" stroke="var(--hairline)" stroke-width="1"/>'
        for k in range(1, SIZE)
    )
    x, y = _middle(GOAL_CELL)
    goal = (
        f'<path d="M{x - 9:g} {y + 18:g}V{y - 18:g}" stroke="var(--muted)" stroke-width="3"'
        ' stroke-linecap="round"/>'
        f'<path d="M{x - 8:g} {y - 18:g}L{x + 15:g} {y - 9:g}L{x - 8:g} {y:g}Z" fill="var(--arm-5)"/>'
    )
    x, y = _middle(START[0] * SIZE + START[1])
    dot = f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="var(--ink)"/>' if start else ""
    return (
        f'<svg viewBox="-2 -2 {SIDE + 4} {SIDE + 4 + below}" role="img" aria-label="{escape(words)}"'
        f' fill="var(--ink)"><rect width="{SIDE}" height="{SIDE}" rx="6" fill="var(--shade)"/>'
        f'{lines}{inside}{goal}{dot}<rect width="{SIDE}" height="{SIDE}" rx="6" fill="none"'
        ' stroke="var(--muted)" stroke-width="1.4"/></svg>'
    )


def _middle(cell: int) -> tuple[float, float]:
    return (cell % SIZE + 0.5) * CELL, (cell // SIZE + 0.5) * CELL


def _visit(cell: int, opacity: float, animation: str) -> str:
    x, y = cell % SIZE * CELL, cell // SIZE * CELL
    return (
        f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{SEEN}" fill-opacity="{opacity:.2f}">'
        f"{animation}</rect>"
    )


def _shade(visits: float) -> float:
    return 0.3 * min(1.0, visits)


def _arrow(cell: int, action: int, right: bool, size: str, animation: str) -> str:
    """An arrow that grows from the cell's middle."""
    x, y = _middle(cell)
    colour = RIGHT if right else WRONG
    return (
        f'<g transform="translate({x:g} {y:g}) rotate({90 * action})"><path d="{ARROW}" fill="{colour}"'
        f' transform="scale({size})">{animation}</path></g>'
    )


def _times(count: int) -> str:
    """When each frame is reached, the last one twice: it is held."""
    moments = [(1.0 - HELD) * k / max(1, count - 1) for k in range(count)]
    return ";".join(f"{moment:.3f}" for moment in [*moments, 1.0])


def _animated(attribute: str, values: list[str], times: str) -> str:
    return (
        f'<animate attributeName="{attribute}" dur="{SECONDS:g}s" repeatCount="indefinite"'
        f' values="{";".join([*values, values[-1]])}" keyTimes="{times}"/>'
    )


def _scaled(sizes: list[str], times: str) -> str:
    return (
        f'<animateTransform attributeName="transform" type="scale" dur="{SECONDS:g}s"'
        f' repeatCount="indefinite" values="{";".join([*sizes, sizes[-1]])}" keyTimes="{times}"/>'
    )


def _line_of_words(frame: dict[str, Any], number: int, frames: Sequence[Any], times: str) -> str:
    """The words of one frame, seen while it is the latest; where nothing moves, those of the last."""
    shown = ["1" if k == number else "0" for k in range(len(frames))]
    last = number == len(frames) - 1
    animation = _animated("opacity", shown, times).replace("<animate ", '<animate calcMode="discrete" ')
    words = f"{frame['episodes']:,} episodes".replace(",", "\u202f")
    return (
        f'<text y="{SIDE + 17}" font-size="11" opacity="{int(last)}">{animation}'
        f'<tspan x="2" fill="var(--muted)">{words}</tspan><tspan x="{SIDE - 2}" text-anchor="end">'
        f"{frame['steps']:.1f} steps to the goal</tspan></text>"
    )


def _bars(credit: Sequence[float]) -> str:
    """The credit of every step as bars from one line, up or down."""
    most, width = max(abs(given) for given in credit) or 1.0, SIDE / len(credit)
    middle = SIDE + 40
    bars = "".join(
        f'<rect x="{k * width + 0.6:.1f}" y="{middle - max(0.0, 28 * given / most):.1f}"'
        f' width="{width - 1.2:.1f}" height="{max(0.6, 28 * abs(given) / most):.1f}"'
        f' fill="{RIGHT if given > 0 else WRONG}"/>'
        for k, given in enumerate(credit)
    )
    return f'{bars}<path d="M0 {middle}H{SIDE}" stroke="var(--muted)" stroke-width="0.8"/>'


def _number(value: float) -> str:
    told = f"{value:.0f}" if abs(value - round(value)) < 1e-9 else f"{value:.2f}"
    return told.replace("-", "−")
