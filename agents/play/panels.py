"""The cards beside the board: who plays, the win-rate graph, opinions side by side, candidate moves."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from agents.play import paint
from agents.play.board import Board
from agents.play.theme import (
    ACCENT,
    CARD,
    DIM,
    EDGE,
    FAINT,
    GOLD,
    GRADE_COLOURS,
    INK,
    OPINION_COLOURS,
    RAISED,
    TEXT,
    TRUTH_COLOURS,
    Colour,
    Look,
    Palette,
    mix,
)
from agents.play.thoughts import Candidate, Opinion, Thoughts, Truth
from agents.play.verdicts import Verdict

NAMES = {"human": "Human", "imitator": "Imitator", "network": "Self-play network", "search": "Search"}
SHORT = {"human": "Human", "imitator": "Imitator", "network": "Network", "search": "Search"}


def draw_card(
    target: pygame.Surface, look: Look, box: pygame.Rect, title: str = "", note: str = ""
) -> pygame.Rect:
    """A card with a title and a note at its right; returns the room below the title."""
    paint.draw_panel(target, box, look.px(12), CARD, EDGE)
    pad = look.px(13)
    if not title:
        return box.inflate(-2 * pad, -2 * look.px(9))
    size = look.size(13)
    y = box.y + look.px(8) + size * 0.62
    words = paint.write(target, title, (box.x + pad, y), size, DIM, bold=True)
    if note:
        room = box.right - pad - words.right - pad
        paint.write(
            target,
            paint.fitted(note, look.size(12), room),
            (box.right - pad, y),
            look.size(12),
            DIM,
            align="midright",
        )
    top = round(y + size * 0.85)
    return pygame.Rect(box.x + pad, top, box.width - 2 * pad, box.bottom - look.px(10) - top)


def draw_player(
    target: pygame.Surface,
    look: Look,
    box: pygame.Rect,
    side: int,
    palette: Palette,
    title: str,
    note: str,
    active: bool,
    board: Board,
    busy: float | None,
) -> None:
    """A row: stone, name, what it is; bright when it is to move; dots while it thinks (`busy`: seconds)."""
    if active:
        paint.draw_panel(target, box, look.px(8), mix(CARD, ACCENT, 0.20))
        stripe = pygame.Rect(box.x, box.y + 4, 3, box.height - 8)
        paint.draw_panel(target, stripe, 1, ACCENT)
    size = min(box.height - look.px(10), look.px(30))
    centre = (box.x + look.px(10) + size // 2, box.centery)
    picture = board.piece(size, side, palette)
    target.blit(picture, (centre[0] - size // 2, centre[1] - size // 2))
    x, room = box.x + look.px(20) + size, box.right - look.px(12) - (box.x + look.px(20) + size)
    high = look.size(15)
    two = box.height >= 2.3 * high
    y = box.centery - high * 0.58 if two and note else box.centery
    words = paint.write(
        target, title, (x, y), high, TEXT if active else (205, 216, 227), bold=active, width=room
    )
    if note and two:
        paint.write(target, note, (x, box.centery + high * 0.66), look.size(12), DIM, width=room)
    elif note and room - words.width > look.px(50):
        small = paint.fitted(note, look.size(12), room - words.width - look.px(8))
        paint.write(
            target, small, (box.right - look.px(12), box.centery), look.size(12), DIM, align="midright"
        )
    if busy is not None:
        _dots(target, look, (box.right - look.px(34), y), busy)


def _dots(target: pygame.Surface, look: Look, place: tuple[float, float], seconds: float) -> None:
    spot = max(5, look.px(6))
    for number in range(3):
        strength = 0.5 + 0.5 * float(pygame.math.Vector2(1, 0).rotate(seconds * 360 - number * 70).x)
        x = place[0] + number * round(spot * 1.7)
        target.blit(
            paint.dot(spot, mix(CARD, ACCENT, 0.25 + 0.75 * strength)), (round(x), round(place[1] - spot / 2))
        )


def draw_opinions(
    target: pygame.Surface,
    look: Look,
    box: pygame.Rect,
    board: Board,
    opinions: Sequence[Opinion],
    truth: Truth | None,
    names: Sequence[str],
    title: str,
) -> None:
    """The opinions of one position side by side, the exact truth as the last of them."""
    columns = len(opinions) + (truth is not None)
    pointed = _pointed(box, columns)
    unpointed = "how likely each plays what" if truth is not None else "no exact truth is known here"
    note = opinions[pointed].words if pointed is not None and pointed < len(opinions) else ""
    inner = draw_card(target, look, box, title, note or unpointed)
    gap = look.px(14)
    wide = (inner.width - gap * (columns - 1)) // max(1, columns)
    size, small = look.size(12), max(10, look.size(11))
    for number, opinion in enumerate(opinions):
        place = pygame.Rect(inner.x + number * (wide + gap), inner.y, wide, inner.height)
        colour = OPINION_COLOURS[(number + 3 - len(opinions)) % 3]
        name = NAMES.get(opinion.name, opinion.name)
        if paint.width_of(name, size, True) > wide:
            name = SHORT.get(opinion.name, name)
        chart = _column(target, place, name, colour, size, small)
        best = opinion.favourite
        share = f"{names[best]}  {100 * opinion.policy[best]:.0f} %"
        paint.write(target, share, (place.x, place.bottom - small * 0.6), small, TEXT, width=wide)
        board.draw_policy(target, chart, opinion.policy, colour, best)
    if truth is not None:
        place = pygame.Rect(inner.right - wide, inner.y, wide, inner.height)
        chart = _column(target, place, "The truth" if wide > 6 * size else "Truth", TEXT, size, small)
        words = {1: "won", 0: "drawn", -1: "lost"}[truth.value]
        paint.write(
            target,
            words,
            (place.x, place.bottom - small * 0.6),
            small,
            TRUTH_COLOURS[truth.value],
            True,
            width=wide,
        )
        _truth(target, chart, board, truth)


def _pointed(box: pygame.Rect, columns: int) -> int | None:
    """The column under the mouse, whose words are then told."""
    mouse = pygame.mouse.get_pos() if pygame.mouse.get_focused() else (-1, -1)
    return (mouse[0] - box.x) * columns // box.width if box.collidepoint(mouse) and columns else None


def _column(
    target: pygame.Surface, place: pygame.Rect, title: str, colour: Colour, size: int, small: int
) -> pygame.Rect:
    paint.write(target, title, (place.x, place.y + size * 0.6), size, colour, True, width=place.width)
    top = round(place.y + size * 1.55)
    return pygame.Rect(place.x, top, place.width, max(8, round(place.bottom - small * 1.7 - top)))


def _truth(target: pygame.Surface, box: pygame.Rect, board: Board, truth: Truth) -> None:
    """Every move's exact outcome: won up, drawn level, lost down; the best ones full."""
    grid = len(truth.values) == board.columns * board.rows and board.rows > 1
    columns, rows = (board.columns, board.rows) if grid else (len(truth.values), 1)
    side = min(box.width / columns, box.height / rows) if grid else box.width / columns
    left = box.centerx - side * columns / 2 if grid else box.x
    for action, value in enumerate(truth.values):
        row, column = divmod(action, columns)
        cell = pygame.Rect(
            round(left + column * side),
            round(box.bottom - (rows - row) * side),
            max(3, round(side) - 2),
            max(3, round(side) - 2),
        )
        if not grid:
            cell.height = max(
                4, round(box.height * {1: 1.0, 0: 0.5, -1: 0.16}.get(value if value is not None else -1, 0))
            )
            cell.width = max(2, round(side * 0.72))
            cell.bottom = box.bottom
        if value is None:
            if grid:
                paint.draw_panel(target, cell, 3, (30, 41, 54))
            continue
        colour = TRUTH_COLOURS[value]
        shade = colour if action in truth.best else mix(CARD, colour, 0.5)
        paint.draw_panel(target, cell, 2, shade, TEXT if grid and action in truth.best else None)


def shown_candidates(thoughts: Thoughts, room: int) -> list[Candidate]:
    """The candidates that so many rows have room for, in their order: where the truth is known, moves that
    keep what the position is worth go before all others."""
    truth = thoughts.truth
    liked = sorted(
        thoughts.candidates,
        key=lambda c: (c.action != thoughts.best, truth is not None and not truth.right(c.action)),
    )[:room]
    return [one for one in thoughts.candidates if one in liked]


class Candidates:
    """The moves that were looked at, best first: a row each; the row under the mouse tells its line."""

    def __init__(self) -> None:
        self.rows: list[tuple[pygame.Rect, Candidate]] = []

    def draw(
        self,
        target: pygame.Surface,
        look: Look,
        box: pygame.Rect,
        thoughts: Thoughts | None,
        names: Sequence[str],
        pointed: int | None,
        title: str,
    ) -> None:
        """`pointed`: the action whose row is bright."""
        made = 0 if thoughts is None else sum(candidate.visits for candidate in thoughts.candidates)
        note = f"{made:,} simulations" if made else ""
        inner = draw_card(target, look, box, title, note)
        self.rows = []
        if thoughts is None:
            size = look.size(13)
            paint.write(target, "Thinking …", (inner.x, inner.y + size), size, DIM, width=inner.width)
            return
        line = max(look.px(26), 19)
        header = round(line * 0.8)
        columns = self._columns(look, inner)
        small = max(10, look.size(11))
        for words, x in zip(("move", "win", "visits"), columns[:3], strict=True):
            align = "midleft" if words == "move" else "midright"
            paint.write(target, words, (x, inner.y + header / 2), small, FAINT, align=align)
        if thoughts.truth is None:
            place = (columns[2] + look.px(14), inner.y + header / 2)
            paint.write(target, "then", place, small, FAINT)
        else:
            paint.write(target, "truth", (inner.right, inner.y + header / 2), small, FAINT, align="midright")
        room = max(0, (inner.height - header) // line)
        for number, candidate in enumerate(shown_candidates(thoughts, room)):
            row = pygame.Rect(inner.x - 6, inner.y + header + number * line, inner.width + 12, line)
            self._row(target, look, row, candidate, thoughts, names, columns, pointed == candidate.action)
            self.rows.append((row, candidate))

    def action_at(self, place: tuple[int, int]) -> int | None:
        """The candidate under a pixel."""
        return next((one.action for row, one in self.rows if row.collidepoint(place)), None)

    def _columns(self, look: Look, inner: pygame.Rect) -> tuple[int, int, int]:
        return inner.x + 2, inner.x + round(inner.width * 0.34), inner.x + round(inner.width * 0.60)

    def _row(
        self,
        target: pygame.Surface,
        look: Look,
        row: pygame.Rect,
        candidate: Candidate,
        thoughts: Thoughts,
        names: Sequence[str],
        columns: tuple[int, int, int],
        pointed: bool,
    ) -> None:
        size = min(look.size(13), row.height - 4)
        best = candidate.action == thoughts.best
        if pointed:
            paint.draw_panel(target, row, look.px(5), RAISED)
        high, name = min(row.height - 4, look.px(22)), names[candidate.action]
        spot = max(high, paint.width_of(name, size, True) + round(0.75 * size) if len(name) > 1 else 0)
        chip = pygame.Rect(columns[0], row.centery - high // 2, spot, high)
        paint.draw_panel(target, chip, high // 2, ACCENT if best else mix(CARD, TEXT, 0.16))
        paint.write(target, name, chip.center, size, INK if best else TEXT, True, "center")
        if candidate.action in thoughts.surprises:
            tag = pygame.Rect(columns[0] + spot + look.px(5), 0, round(size * 1.9), round(size * 1.35))
            tag.centery = row.centery
            paint.draw_panel(target, tag, tag.height // 2, GOLD)
            paint.write(target, "37", tag.center, max(9, size - 3), INK, True, "center")
        seen = candidate.visits > 0
        rate = f"{50 + 50 * candidate.value:.0f} %" if seen else "–"
        shade = TEXT if best else (205, 216, 227)
        paint.write(target, rate, (columns[1], row.centery), size, shade if seen else FAINT, best, "midright")
        paint.write(
            target,
            str(candidate.visits) if seen else "–",
            (columns[2], row.centery),
            size,
            DIM,
            align="midright",
        )
        if thoughts.truth is None:
            room = row.right - 6 - columns[2] - look.px(14)
            line = " ".join(names[action] for action in candidate.line[1:])
            place = (columns[2] + look.px(14), row.centery)
            paint.write(target, line, place, max(10, size - 2), FAINT, width=room)
        else:
            value = thoughts.truth.values[candidate.action]
            colour = mix(TRUTH_COLOURS[value or 0], TEXT, 0.28)
            words = thoughts.truth.words(candidate.action)
            width = row.right - 6 - columns[2] - look.px(8)
            shown = paint.fitted(words, size, width)
            paint.write(target, shown, (row.right - 6, row.centery), size, colour, best, "midright")


def draw_moves(
    target: pygame.Surface,
    look: Look,
    box: pygame.Rect,
    names: Sequence[str],
    actions: Sequence[int],
    cursor: int,
    verdicts: Sequence[Verdict | None],
    begins: int = 0,
) -> list[tuple[pygame.Rect, int]]:
    """The moves so far, in pairs, the first side's left; returns where each is, with the ply after it.
    `begins`: the side that moves first, the second in a game with a handicap."""
    inner = draw_card(target, look, box, "Moves", f"{cursor} of {len(actions)}" if actions else "")
    size, line = look.size(13), max(look.px(24), 18)
    number_wide = max(look.px(34), 26)
    longest = max((names[action] for action in actions), key=len, default="")  # with its sign behind it
    spaces = look.px(18)
    cell = max(look.px(54), 40, spaces + paint.width_of(longest, size, True) + paint.width_of("??", size))
    columns = max(1, inner.width // (number_wide + 2 * cell))
    rows = max(1, inner.height // line)
    pairs = (begins + len(actions) + 1) // 2
    first = max(0, min((begins + cursor - 1) // 2 - rows * columns + 1, pairs - rows * columns))
    places = []
    if not actions:
        paint.write(target, "none yet", (inner.x, inner.y + line / 2), size, FAINT)
    for place, pair in enumerate(range(max(0, first), min(pairs, max(0, first) + rows * columns))):
        x = inner.x + place // rows * (inner.width // columns)
        y = inner.y + place % rows * line
        paint.write(target, f"{pair + 1}.", (x, y + line / 2), size, FAINT)
        for half in (0, 1):
            ply = 2 * pair + half - begins
            spot = pygame.Rect(x + number_wide + half * cell, y, cell - 3, line - 2)
            if ply < 0:
                paint.write(target, "…", (spot.x + look.px(8), spot.centery), size, FAINT)
            elif ply < len(actions):
                _move(
                    target,
                    look,
                    spot,
                    names[actions[ply]],
                    verdicts[ply],
                    ply + 1 == cursor,
                    ply < cursor,
                    size,
                )
                places.append((spot, ply + 1))
    return places


def _move(
    target: pygame.Surface,
    look: Look,
    spot: pygame.Rect,
    name: str,
    verdict: Verdict | None,
    here: bool,
    made: bool,
    size: int,
) -> None:
    if here:
        paint.draw_panel(target, spot, look.px(5), mix(CARD, ACCENT, 0.32))
    colour = TEXT if made else FAINT
    box = paint.write(target, name, (spot.x + look.px(8), spot.centery), size, colour, here)
    if verdict is not None and (verdict.is_mistake or verdict.surprise):
        mark = "37" if verdict.surprise else verdict.grade.mark
        shade = GOLD if verdict.surprise else GRADE_COLOURS[verdict.grade.name]
        paint.write(target, mark, (box.right + look.px(3), spot.centery), size, shade, True)


def draw_report(
    target: pygame.Surface,
    look: Look,
    box: pygame.Rect,
    counts: Sequence[dict[str, int]],
    titles: Sequence[str],
) -> None:
    """How many moves of each class either side made: a bar a side."""
    inner = draw_card(target, look, box, "How the moves were", "best  good  ?!  ?  ??")
    line = max(1, inner.height // 2)
    size = min(look.size(12), line - 2)
    names = min(round(inner.width * 0.36), max(paint.width_of(title, size) for title in titles) + look.px(12))
    for side, made in enumerate(counts):
        y = inner.y + side * line + line / 2
        paint.write(target, titles[side], (inner.x, y), size, DIM, width=names - 6)
        total = sum(made.values())
        x = float(inner.x + names)
        for grade, number in made.items():
            if number:
                wide = (inner.width - names) * number / total
                bar = pygame.Rect(
                    round(x),
                    round(y - line * 0.32),
                    max(2, round(x + wide) - round(x) - 2),
                    round(line * 0.64),
                )
                paint.draw_panel(target, bar, 3, GRADE_COLOURS[grade])
                if wide > size * 1.2:
                    paint.write(target, str(number), bar.center, max(9, size - 1), INK, True, "center")
                x += wide
