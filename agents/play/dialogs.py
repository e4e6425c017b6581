"""What lies over a scene: the sheet of keys, the ladder with one's own place, the saved games."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygame

from agents.play import own_rating, paint
from agents.play.board import Board
from agents.play.folder import games_folder, saved_games
from agents.play.known import KNOWN, komi_of
from agents.play.own_rating import Rung
from agents.play.scene import House, Scene
from agents.play.theme import ACCENT, CARD, DIM, EDGE, FAINT, GOLD, TEXT, mix
from agents.play.widgets import Button, Choices, Row

THE_GAME = (
    "The game",
    (
        ("Page ↑ ↓", "one move back, on"),
        ("Home  End", "start, end"),
        ("Space", "pause, or go on from here"),
        ("+  −", "speed, agent against agent"),
        ("N", "new game"),
        ("X", "swap sides"),
        ("G", "give up"),
    ),
)
THOUGHTS = (
    ("A", "analysis: show, hide"),
    ("W", "whose policy warms the board"),
    ("[  ]", "the line of a candidate"),
    ("E", "next mistake"),
    ("T", "teaching: on, off"),
    ("Backspace", "take a mistake back"),
    ("K", "keep it"),
)
THE_WINDOW = (
    "The window",
    (
        ("Ctrl S", "save the game"),
        ("Ctrl O", "open a game"),
        ("L", "the ladder, and you on it"),
        ("C", "coordinates"),
        ("M", "sound"),
        ("F11", "full screen"),
        ("Tab", "next button"),
        ("Esc", "back to the menu"),
        ("F1  ?", "this sheet"),
    ),
)
Keys = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # headings, each with keys and what they do


def keys_of(world: str, board: Board) -> Keys:
    """The keys that do something in a game, in groups."""
    in_go, known = komi_of(world) is not None, world in KNOWN
    number = board.columns if board.place_name == "column" else board.columns * board.rows
    digits = (f"1 – {min(number, 9)}", f"play that {board.place_name}")
    moves = (
        *((digits,) if board.numbered else ()),
        ("← → ↑ ↓", f"move the ghost {'stone' if in_go else 'piece'}"),
        ("Enter", "play it"),
        ("Backspace", "undo both moves"),
        ("Y", "redo both moves"),
        ("H", "a hint"),
        *((("P  0", "pass"),) if in_go else () if known else (("P  0", "pass, where one may"),)),
    )
    area = (("O", "whose point is whose"),) if in_go else ()
    return (("Moves", moves), THE_GAME, ("Thoughts", (*THOUGHTS[:2], *area, *THOUGHTS[2:])), THE_WINDOW)


class Dialog(Scene):
    """A card in the middle, closed by Esc, its button, or a click beside it."""

    title = ""
    wanted = (720, 520)

    def __init__(self, house: House, close: Callable[[], None]) -> None:
        super().__init__(house)
        self.close = close
        self.card = pygame.Rect(0, 0, 1, 1)
        self.inner = pygame.Rect(0, 0, 1, 1)

    def build(self) -> None:
        """The card and its closing button."""
        look = self.look
        width = min(look.px(self.wanted[0]), look.width - look.px(40))
        self.card = pygame.Rect(0, 0, width, min(look.px(self.wanted[1]), look.height - look.px(40)))
        self.card.center = (look.width // 2, look.height // 2)
        pad = look.px(22)
        side = max(look.px(32), 24)
        box = pygame.Rect(self.card.right - pad - side, self.card.y + look.px(14), side, side)
        self.widgets.append(Button(box, look, "", self.close, glyph="✕", tip="Close (Esc)"))
        top = self.card.y + look.px(60)
        self.inner = pygame.Rect(self.card.x + pad, top, width - 2 * pad, self.card.bottom - pad - top)

    def paint(self, target: pygame.Surface) -> None:
        """The card and its title."""
        look = self.look
        paint.draw_panel(target, self.card, look.px(14), CARD, EDGE)
        place = (self.card.x + look.px(22), self.card.y + look.px(30))
        paint.write(target, self.title, place, look.size(21), bold=True)

    def on_key(self, event: pygame.event.Event) -> bool:
        """Esc closes."""
        escape: bool = event.key == pygame.K_ESCAPE
        if escape:
            self.close()
        return escape

    def on_press(self, place: tuple[int, int]) -> None:
        """A click beside the card closes."""
        if not self.card.collidepoint(place):
            self.close()


class HelpSheet(Dialog):
    """All keys of a game on one sheet."""

    title = "Keys"
    wanted = (940, 590)

    def __init__(self, house: House, close: Callable[[], None], world: str, board: Board) -> None:
        super().__init__(house, close)
        self.keys = keys_of(world, board)

    def paint(self, target: pygame.Surface) -> None:
        """Four groups, in as many columns as there is room for."""
        super().paint(target)
        look = self.look
        size = look.size(13)
        columns = 2
        wide = self.inner.width // columns
        rows = max(len(self.keys[n][1]) + len(self.keys[n + 2][1]) for n in (0, 1)) + 3.2
        line = min(look.px(30), int(self.inner.height / rows))
        size = min(size, max(10, int(line * 0.62)))
        tops = [float(self.inner.y)] * columns
        for number, (heading, keys) in enumerate(self.keys):
            column = number % columns
            x, y = self.inner.x + column * wide, tops[column] + line / 2
            paint.write(target, heading, (x, y), size + 1, ACCENT, bold=True)
            for key, words in keys:
                y += line
                self._cap(target, key, (x, y), size, line)
                shift = max(look.px(112), 84)
                paint.write(target, words, (x + shift, y), size, TEXT, width=wide - shift - 6)
            tops[column] = y + 1.35 * line

    def _cap(
        self, target: pygame.Surface, key: str, place: tuple[float, float], size: int, line: int
    ) -> None:
        wide = paint.width_of(key, size, True) + round(0.9 * size)
        box = pygame.Rect(round(place[0]), 0, wide, round(line * 0.82))
        box.centery = round(place[1])
        paint.draw_panel(target, box, self.look.px(5), mix(CARD, TEXT, 0.10), mix(CARD, TEXT, 0.2))
        paint.write(target, key, box.center, size, TEXT, bold=True, align="center")


class LadderSheet(Dialog):
    """The rated players, best first, and one's own place among them."""

    title = "The ladder"
    wanted = (760, 640)

    def __init__(self, house: House, close: Callable[[], None], world: str) -> None:
        super().__init__(house, close)
        self.ladder = house.ladder(world)
        self.own = own_rating.rate(house.history, self.ladder, world)
        self.start = -1  # the first visible row; -1: wherever oneself is seen

    def on_wheel(self, place: tuple[int, int], steps: int) -> None:
        """Scroll."""
        self.start = max(0, self.start - 2 * steps)

    def on_key(self, event: pygame.event.Event) -> bool:
        """Arrows scroll."""
        step = {pygame.K_UP: -1, pygame.K_DOWN: 1, pygame.K_PAGEUP: -10, pygame.K_PAGEDOWN: 10}.get(
            event.key, 0
        )
        self.start = max(0, self.start + step)
        return bool(step) or super().on_key(event)

    def paint(self, target: pygame.Surface) -> None:
        """A sentence, then a row a player: name, interval, rating."""
        super().paint(target)
        look, box = self.look, self.inner
        size = look.size(14)
        y = box.y + size / 2
        for words in paint.wrapped(own_rating.sentence(self.own, self.ladder), size, box.width):
            paint.write(target, words, (box.x, y), size, GOLD if self.own else DIM)
            y += size * 1.5
        note = "Elo; the human Forgetful, as recorded, is 0. Bars: 95 % intervals."
        paint.write(target, note, (box.x, box.bottom - size / 2), look.size(12), FAINT, width=box.width)
        entries: list[Rung | None] = list(self.ladder)
        if self.own is not None:
            entries.insert(sum(rung.rating > self.own.rating for rung in self.ladder), None)
        line = max(look.px(21), 17)
        area = pygame.Rect(box.x, round(y + 4), box.width, round(box.bottom - size * 1.8 - y))
        room = max(1, area.height // line)
        if self.start < 0 and None in entries:
            self.start = entries.index(None) - room // 2
        self.start = min(max(self.start, 0), max(0, len(entries) - room))
        for number, entry in enumerate(entries[self.start : self.start + room]):
            self._entry(target, entry, pygame.Rect(area.x, area.y + number * line, area.width, line))

    def _entry(self, target: pygame.Surface, rung: Rung | None, box: pygame.Rect) -> None:
        look, own = self.look, self.own
        size = min(look.size(13), box.height - 4)
        if rung is None:
            assert own is not None
            paint.draw_panel(target, box, look.px(5), mix(CARD, GOLD, 0.22))
            words, rating, low, high, colour = "You", own.rating, own.low, own.high, GOLD
        else:
            words, rating, colour = own_rating.title(rung.player), rung.rating, TEXT
            low = rung.rating if rung.low is None else rung.low
            high = rung.rating if rung.high is None else rung.high
        pad, names = look.px(8), round(box.width * 0.36)
        paint.write(target, words, (box.x + pad, box.centery), size, colour, rung is None, width=names - pad)
        paint.write(
            target, f"{rating:.0f}", (box.right - pad, box.centery), size, colour, rung is None, "midright"
        )
        track = pygame.Rect(box.x + names, box.centery, box.width - names - look.px(58), 1)
        bottom, top = self._range()

        def at(value: float) -> int:
            return track.x + round(track.width * (min(max(value, bottom), top) - bottom) / (top - bottom))

        bar = pygame.Rect(at(low), box.centery - 2, max(3, at(high) - at(low)), 4)
        paint.draw_panel(target, bar, 2, mix(CARD, colour if rung is None else ACCENT, 0.55))
        spot = max(7, look.px(9))
        target.blit(
            paint.dot(spot, colour if rung is None else ACCENT),
            (at(rating) - spot // 2, box.centery - spot // 2),
        )

    def _range(self) -> tuple[float, float]:
        values = [rung.rating for rung in self.ladder] + ([self.own.rating] if self.own else [])
        return min(values, default=0.0) - 60.0, max(values, default=1.0) + 60.0


class OpenSheet(Dialog):
    """The saved games, newest first; files can be dropped on the window, too."""

    title = "Open a game"
    wanted = (640, 520)

    def __init__(self, house: House, close: Callable[[], None], open_: Callable[[Path], None]) -> None:
        super().__init__(house, close)
        self.paths, self.open = saved_games(), open_
        self.chosen = 0

    def build(self) -> None:
        """The list and a button."""
        super().build()
        look, box = self.look, self.inner
        if not self.paths:
            return
        high = max(look.px(40), 30)
        rows = [Row(path.stem.replace("_", " ")) for path in self.paths]
        area = pygame.Rect(box.x, box.y, box.width, box.height - high - look.px(34))
        self.widgets.append(Choices(area, look, rows, self.chosen, self._choose))
        button = pygame.Rect(box.right - look.px(150), box.bottom - high, look.px(150), high)
        self.widgets.append(Button(button, look, "Open", self._open, primary=True))
        self.focus = self.widgets[1]

    def rebuild(self) -> None:
        """The list has the focus from the start."""
        super().rebuild()
        self.focus = self.widgets[1] if len(self.widgets) > 1 else None

    def paint(self, target: pygame.Surface) -> None:
        """Where the games lie."""
        super().paint(target)
        look, box = self.look, self.inner
        if not self.paths:
            words = "No game has been saved yet (Ctrl S). A game's file can be dropped on the window."
            for number, line in enumerate(paint.wrapped(words, look.size(15), box.width)):
                paint.write(target, line, (box.x, box.y + look.px(24) * (number + 0.5)), look.size(15), DIM)
        width = box.width - (look.px(165) if self.paths else 0)
        place = (box.x, box.bottom - max(look.px(20), 15))
        paint.write(target, str(games_folder()), place, look.size(12), FAINT, width=width)

    def on_key(self, event: pygame.event.Event) -> bool:
        """Enter opens."""
        if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER) and self.paths:
            self._open()
            return True
        return super().on_key(event)

    def _choose(self, index: int) -> None:
        self.chosen = index

    def _open(self) -> None:
        self.close()
        self.open(self.paths[self.chosen])
