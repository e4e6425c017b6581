"""The cards of a game, which of them there is room for, and what the mouse meets on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pygame

from agents.play import own_rating, paint, panels
from agents.play.counting import captured, color_of, komi_words
from agents.play.graph import Graph
from agents.play.theme import ACCENT, DIM, GOLD, GRADE_COLOURS, PALETTES, TEXT
from agents.play.verdicts import counts
from agents.play.view import headline, seat_note, seat_title, win_rates
from agents.play.widgets import Button

if TYPE_CHECKING:
    from agents.play.game import GameScene
    from agents.play.table import Table

Boxes = dict[str, pygame.Rect]
LESSON = [("opinions", 0.45), ("candidates", 0.58)]  # what could have been played, and who would have


class Cards:
    """The panel beside the board."""

    def __init__(self, scene: GameScene) -> None:
        self.scene = scene
        self.boxes: Boxes = {}
        self.graph = Graph()
        self.candidates = panels.Candidates()
        self.moves: list[tuple[pygame.Rect, int]] = []

    def lay_out(self, panel: pygame.Rect) -> None:
        """Give each card its place; a teacher's offer brings its buttons."""
        look, table = self.scene.look, self.scene.table
        gap = look.px(10)
        analysing = table is not None and table.analysing
        over = table is not None and table.record.result() is not None
        offer = table is not None and table.offer is not None
        players = 2 * max(look.px(46), 30) + 2 * look.px(8)
        status = max(look.px(76), 56) + (max(look.px(44), 34) if offer else 0)
        if look.upright:
            self.boxes = self._two_columns(panel, players, status, gap, analysing, offer)
        else:
            rest = panel.height - players - status - 2 * gap
            parts = self._analysis(rest, over) if analysing else LESSON if offer else self._playing()
            self.boxes = self._stack(panel, [("players", players), ("status", status)], parts, gap)
        if offer:
            self._offer_buttons()

    def draw(self, target: pygame.Surface) -> None:
        """All cards there is a place for."""
        table = self.scene.table
        self._players(target)
        self._status(target)
        if table is None:
            return
        self.moves = []
        for name, draw in (
            ("moves", self._moves),
            ("rating", self._rating),
            ("graph", self._graph),
            ("opinions", self._opinions),
            ("candidates", self._candidates),
            ("report", self._report),
        ):
            if name in self.boxes:
                draw(target, table, self.boxes[name])

    def ply_at(self, place: tuple[int, int]) -> int | None:
        """The position that a click on the graph or on a move means."""
        ply = next((ply for box, ply in self.moves if box.collidepoint(place)), None)
        return self.graph.ply_at(place) if ply is None and "graph" in self.boxes else ply

    def candidate_at(self, place: tuple[int, int]) -> int | None:
        """The candidate move under a pixel."""
        table = self.scene.table
        here = "candidates" in self.boxes and table is not None and table.lesson() is not None
        return self.candidates.action_at(place) if here else None

    # --- where they lie ---

    def _analysis(self, height: int, over: bool) -> list[tuple[str, float]]:
        """The cards of the analysis and their shares of the height; a report where there is room."""
        many = not self.scene.board.numbered  # the opinions are boards, too
        parts = [("graph", 0.24), ("opinions", 0.46 if many else 0.33), ("candidates", 0.43)]
        return [*parts, ("report", 0.20)] if over and height > self.scene.look.px(470) else parts

    def _playing(self) -> list[tuple[str, float]]:
        """The cards while one plays; one's rating where there is a ladder."""
        rated = bool(self.scene.house.ladder(self.scene.world))
        return [("moves", 1.0), *([("rating", 0.0)] if rated else [])]

    def _stack(
        self, panel: pygame.Rect, fixed: list[tuple[str, int]], parts: list[tuple[str, float]], gap: int
    ) -> Boxes:
        """Cards below one another: some of a fixed height, the rest by shares."""
        boxes, y = {}, panel.y
        for name, high in fixed:
            boxes[name] = pygame.Rect(panel.x, y, panel.width, high)
            y += high + gap
        if parts and parts[-1] == ("rating", 0.0):
            high = max(self.scene.look.px(78), 56)
            parts = parts[:-1]
            boxes["rating"] = pygame.Rect(panel.x, panel.bottom - high, panel.width, high)
            panel = pygame.Rect(panel.x, panel.y, panel.width, panel.height - high - gap)
        room = panel.bottom - y - gap * (len(parts) - 1)
        total = sum(share for _, share in parts)
        for name, share in parts:
            high = round(room * share / total)
            boxes[name] = pygame.Rect(panel.x, y, panel.width, high)
            y += high + gap
        return boxes

    def _two_columns(
        self, panel: pygame.Rect, players: int, status: int, gap: int, analysing: bool, offer: bool
    ) -> Boxes:
        """In an upright window: who plays and what goes on to the left, thoughts to the right."""
        wide = (panel.width - gap) // 2
        left = pygame.Rect(panel.x, panel.y, wide, panel.height)
        right = pygame.Rect(panel.right - wide, panel.y, wide, panel.height)
        fixed = [("players", players), ("status", status)]
        beside = [("graph", 1.0)] if analysing else self._playing()[1:]
        thoughts = LESSON if analysing or offer else [("moves", 1.0)]
        return self._stack(left, fixed, beside, gap) | self._stack(right, [], thoughts, gap)

    def _offer_buttons(self) -> None:
        scene, look = self.scene, self.scene.look
        table, box = scene.table, self.boxes["status"]
        assert table is not None
        pad, high = look.px(12), max(look.px(36), 28)
        row = pygame.Rect(box.x + pad, box.bottom - high - look.px(9), box.width - 2 * pad, high)
        first = pygame.Rect(row.x, row.y, round(row.width * 0.58), high)
        second = pygame.Rect(first.right + look.px(8), row.y, row.right - first.right - look.px(8), high)
        scene.widgets.append(
            Button(first, look, "Take it back", self._then(table.take_back), "↶", "Backspace", primary=True)
        )
        scene.widgets.append(Button(second, look, "Keep it", self._then(table.keep), tip="K"))

    def _then(self, do: Callable[[], None]) -> Callable[[], None]:
        def press() -> None:
            do()
            self.scene.rebuild()

        return press

    # --- what they show ---

    def _players(self, target: pygame.Surface) -> None:
        scene, look, box = self.scene, self.scene.look, self.boxes["players"]
        table = scene.table
        panels.draw_card(target, look, box)
        pad = look.px(8)
        high = (box.height - 2 * pad) // 2
        for side in (0, 1):
            row = pygame.Rect(box.x + pad, box.y + pad + side * high, box.width - 2 * pad, high).inflate(
                0, -2
            )
            seats = scene.seats if table is None else table.seats
            simulations = scene.simulations if table is None else table.simulations
            title = seats[side].title if table is None else seat_title(table, side)
            note = seat_note(seats[side], simulations[side])
            note = note if table is None else _with_points(table, side, note)
            active = table is not None and table.mover == side and not table.record.is_over
            waiting = table is None or not table.ready[side] or (active and table.thinking())
            busy = scene.house.now if waiting else None
            palette = PALETTES[scene.house.settings.palette]
            panels.draw_player(target, look, row, side, palette, title, note, active, scene.board, busy)

    def _status(self, target: pygame.Surface) -> None:
        scene, look, box = self.scene, self.scene.look, self.boxes["status"]
        table = scene.table
        inner = panels.draw_card(target, look, box)
        words, more = ("Setting up …", scene.failed) if table is None else headline(table)
        if not scene.failed and (table is None or not all(table.ready)) and scene.waits_long():
            more = "Once on every machine, kernels are compiled: a minute or so."
        size, small = look.size(18), look.size(13)
        colour = TEXT
        if table is not None and table.offer is not None:
            colour = GRADE_COLOURS[table.offer.grade.name]
        paint.write(target, words, (inner.x, inner.y + size * 0.62), size, colour, True, width=inner.width)
        special = GOLD if more.startswith("Move 37") else DIM
        for number, line in enumerate(paint.wrapped(more, small, inner.width)[:2]):
            y = inner.y + size * 1.35 + small * (0.75 + 1.35 * number)
            paint.write(target, line, (inner.x, y), small, special, width=inner.width)

    def _moves(self, target: pygame.Surface, table: Table, box: pygame.Rect) -> None:
        record, look = table.record, self.scene.look
        names, begins = record.game.action_names, record.player_at(0)
        self.moves = panels.draw_moves(
            target, look, box, names, record.actions, record.cursor, table.verdicts(), begins
        )

    def _rating(self, target: pygame.Surface, table: Table, box: pygame.Rect) -> None:
        scene, look = self.scene, self.scene.look
        ladder = scene.house.ladder(scene.world)
        own = own_rating.rate(scene.house.history, ladder, scene.world)
        interval = f"{own.rating:.0f} [{own.low:.0f}, {own.high:.0f}]" if own else ""
        inner = panels.draw_card(target, look, box, "Your rating (L: the ladder)", interval)
        size = look.size(13)
        for number, line in enumerate(paint.wrapped(own_rating.sentence(own, ladder), size, inner.width)[:2]):
            y = inner.y + size * (0.75 + 1.35 * number)
            paint.write(target, line, (inner.x, y), size, ACCENT if own else DIM, width=inner.width)

    def _graph(self, target: pygame.Surface, table: Table, box: pygame.Rect) -> None:
        palette = PALETTES[self.scene.house.settings.palette]
        rates, outcomes = win_rates(table)
        cursor, verdicts, first = table.record.cursor, table.verdicts(), color_of(table.record, 0)
        self.graph.draw(target, self.scene.look, box, rates, outcomes, verdicts, cursor, palette, first)

    def _opinions(self, target: pygame.Surface, table: Table, box: pygame.Rect) -> None:
        thoughts, look = table.lesson(), self.scene.look
        if table.record.is_over:
            self._report(target, table, box)
            return
        if thoughts is None:
            panels.draw_card(target, look, box, "Opinions side by side")
            return
        names, title = table.record.game.action_names, _before(table, "Opinions") or "Opinions side by side"
        board, opinions, truth = self.scene.board, thoughts.opinions, thoughts.truth
        panels.draw_opinions(target, look, box, board, opinions, truth, names, title)

    def _candidates(self, target: pygame.Surface, table: Table, box: pygame.Rect) -> None:
        if table.record.is_over:
            self._moves(target, table, box)
            return
        names, title = table.record.game.action_names, _before(table, "Candidates") or "Candidate moves"
        thoughts, pointed = table.lesson(), self.scene.pointed
        self.candidates.draw(target, self.scene.look, box, thoughts, names, pointed, title)

    def _report(self, target: pygame.Surface, table: Table, box: pygame.Rect) -> None:
        record, verdicts = table.record, table.verdicts()
        sides = [record.player_at(ply) for ply in range(len(record.actions))]
        made = [counts(verdicts, sides, side) for side in (0, 1)]
        panels.draw_report(target, self.scene.look, box, made, [seat_title(table, side) for side in (0, 1)])


def _with_points(table: Table, side: int, note: str) -> str:
    """A side's komi and captures, where there are such, before what it is."""
    taken, komi = captured(table.record, side), komi_words(table.record, side)
    stones = "" if taken is None else f"{taken} captured"
    return " · ".join(words for words in (komi, stones, note) if words)


def _before(table: Table, words: str) -> str:
    """A card's title where it tells of the position before a mistake; nothing elsewhere."""
    last = table.record.last_action
    name = "" if last is None else table.record.game.action_names[last]
    return f"{words} before {name}" if table.offer is not None else ""
