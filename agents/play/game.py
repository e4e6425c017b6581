"""The scene of a game: board to the left as large as it fits, cards to the right, a bar of buttons below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from agents.play.board import View
from agents.play.boards import NoBoard, board_for
from agents.play.controls import build_bar, ending_of, run_key, save_table
from agents.play.folder import last_path
from agents.play.game_cards import Cards
from agents.play.motion import Motion
from agents.play.own_rating import rate as own_rate
from agents.play.own_rating import save_history, sentence
from agents.play.refusals import why_not
from agents.play.scene import House, Scene
from agents.play.seats import Seat, find_seat
from agents.play.table import TICKETS, Table
from agents.play.theme import NIGHT, PALETTES
from agents.play.view import last_cell, view_of
from agents.player import UnknownPlayer
from games.core import is_own_file

if TYPE_CHECKING:
    from agents.play.files import SavedGame
    from games.core import Game

DIGITS = {key: key - pygame.K_1 for key in range(pygame.K_1, pygame.K_9 + 1)}
DIGITS |= {key: key - pygame.K_KP_1 for key in range(pygame.K_KP_1, pygame.K_KP_9 + 1)}
ARROWS = (pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN)
LONG = 6.0  # seconds
SPINNER = 0.1  # seconds between two pictures of the thinking dots


class GameScene(Scene):
    """A game that is played, watched or looked at. The table comes once the rules are loaded."""

    def __init__(
        self,
        house: House,
        world: str,
        seats: tuple[Seat, Seat],
        simulations: tuple[int, int],
        saved: SavedGame | None = None,
        open_path: Path | None = None,
    ) -> None:
        super().__init__(house)
        self.world, self.seats, self.simulations = world, seats, simulations
        self.saved, self.open_path = saved, open_path
        self.table: Table | None = None
        self.failed = ""
        self.board = board_for(world)
        self.cards = Cards(self)
        self.motion: Motion | None = None
        self.ghost: int | None = None  # under the mouse
        self.cursor: int | None = None  # of the keyboard
        self.pointed: int | None = None  # the candidate whose line is shown
        self.heat: int = 0  # whose opinion warms the board; 0: nobody's
        self.area: bool = False  # whether it is shown whose point is whose
        self.board_box = pygame.Rect(0, 0, 1, 1)
        self.ticket = next(TICKETS)
        self.begun = house.now
        house.engine.ask("load", self.ticket, world, lambda mind: mind.rules())

    # --- what goes on ---

    def tick(self) -> None:
        """Take the engine's answers; sounds, motion and one's rating follow from what happened."""
        if self.table is None:
            self._lay_table()
            return
        events = self.table.tick(self.house.now)
        for words in events.messages:
            self.house.tell(words)
        if events.moved:
            self._move_stone()
            self.house.sounds.play("stone")
        if events.taught:
            self.house.sounds.play("offer")
        if events.ended:
            self._finish()
        if events.changed:
            self.pointed = None if events.moved else self.pointed
            self.rebuild()
        if self.motion is not None:
            self.touched.append(self.board_box.inflate(2 * self.look.px(14), 2 * self.look.px(14)))
            if self.motion.done(self.house.now) >= 1.0:
                self.motion, self.dirty = None, True

    def animating(self) -> bool:
        """While a stone falls."""
        return self.motion is not None

    def due_in(self) -> float | None:
        """Until the next picture of the thinking dots, or an engine's move that is due."""
        if self.table is None:
            return None if self.failed else SPINNER
        due = self.table.due_in(self.house.now)
        if self.table.thinking() or not all(self.table.ready):
            self.touched.append(self.cards.boxes["players"].union(self.cards.boxes["status"]))
            return SPINNER if due is None else min(due, SPINNER)
        return due

    def waits_long(self) -> bool:
        """Whether loading takes so long that one wants to know why."""
        return self.house.now - self.begun > LONG

    def _lay_table(self) -> None:
        """Once the rules are there, the game can begin."""
        for answer in self.house.engine.answers():
            if answer.kind == "load" and answer.ticket == self.ticket:
                self.failed = str(answer.error or "")
                if not self.failed:
                    self._begin(answer.value)
                self.house.tell(self.failed)
                self.rebuild()
                return

    def _begin(self, game: Game) -> None:
        from lab.randomness import game_keys

        try:
            self.board = board_for(self.world, game)
        except NoBoard as error:
            self.failed = str(error)
            return
        settings = self.house.settings
        settings.games += 1
        key = int(game_keys(0, "window", settings.games, 1)[0])
        ladder = self.house.ladder(self.world)
        self.table = Table(
            self.house.engine, self.world, self.seats, self.simulations, settings.teaching, key, ladder,
            settings.komi.get(self.world),
        )  # fmt: skip
        self.table.speed = settings.speed
        if self.saved is not None:
            self.table.open(self.saved)
            self.table.analyse(True)
        if self.open_path is not None:
            self.on_file(str(self.open_path))

    def _move_stone(self) -> None:
        table = self.table
        assert table is not None
        cell = last_cell(table.record)
        fast = not table.people and table.speed > 4
        if cell is not None and not fast:
            side = table.record.player_at(table.record.cursor - 1)
            self.motion = Motion(cell, side, self.house.now, self.board.seconds(cell))

    def _finish(self) -> None:
        """The end: a sound, and where it counts one's rating."""
        table, house = self.table, self.house
        assert table is not None
        result = table.record.result() or (0.0, 0.0)
        mine = result[table.people[0]] if len(table.people) == 1 else abs(result[0])
        house.sounds.play("draw" if not any(result) else "won" if mine > 0 else "lost")
        played = table.result_of_person()
        if played is not None:
            house.history.append(played)
            own = own_rate(house.history, house.ladder(self.world), self.world)
            house.tell(save_history(house.history) or sentence(own, house.ladder(self.world)))

    # --- layout and drawing ---

    def build(self) -> None:
        """Board, cards, bar; the panel goes below the board in an upright window."""
        look = self.look
        margin, bar = look.px(14), max(look.px(46), 36)
        full = pygame.Rect(margin, margin, look.width - 2 * margin, look.height - 3 * margin - bar)
        if look.upright:
            high = round(full.height * 0.46)
            panel = pygame.Rect(full.x, full.bottom - high, full.width, high)
            self.board_box = pygame.Rect(full.x, full.y, full.width, full.height - high - margin)
        else:
            wide = min(max(round(look.width * 0.36), 268), look.px(470))
            panel = pygame.Rect(full.right - wide, full.y, wide, full.height)
            self.board_box = pygame.Rect(full.x, full.y, full.width - wide - margin, full.height)
        self.board.resize(self.board_box, look)
        self.cards.lay_out(panel)
        build_bar(self, pygame.Rect(margin, look.height - margin - bar, look.width - 2 * margin, bar))

    def paint(self, target: pygame.Surface) -> None:
        """Board and cards."""
        target.fill(NIGHT)
        settings = self.house.settings
        if self.table is None:
            view = View((-1,) * (self.board.columns * self.board.rows), coordinates=settings.coordinates)
        else:
            ghost = self.ghost if self.ghost is not None else self.cursor
            shown = ghost if self.table.waits_for_person() and self.motion is None else None
            view = view_of(
                self.table, self.board, shown, self.pointed, self.heat, settings.coordinates, self.area
            )
            if self.motion is not None:
                view.falling = self.motion.falling(self.house.now)
                view.labels, view.winning = {}, []
        self.board.draw(target, view, PALETTES[settings.palette])
        self.cards.draw(target)

    def message_area(self) -> pygame.Rect:
        """On who plays: nothing there is looked for while something is told."""
        return self.cards.boxes["players"]

    # --- the mouse ---

    def on_press(self, place: tuple[int, int]) -> None:
        """A click on the board plays, on a card it points or jumps."""
        if self.table is None:
            return
        ply = self.cards.ply_at(place)
        action = self.cards.candidate_at(place)
        if ply is not None:
            self.table.go(ply)
        elif action is not None:
            self.play(action)
        elif (here := self.board.action_at(place)) is not None:
            self.play(here)

    def on_move(self, place: tuple[int, int]) -> None:
        """The ghost follows; a candidate under the mouse shows its line."""
        self.ghost = self.board.action_at(place)
        self.cursor = None if self.ghost is not None else self.cursor
        self.pointed = self.cards.candidate_at(place)

    def on_wheel(self, place: tuple[int, int], steps: int) -> None:
        """Through the moves."""
        if self.table is not None:
            self.table.go(self.table.record.cursor - steps)

    def on_file(self, path: str) -> None:
        """A file was dropped, chosen or named: lay its game on the table."""
        from agents.play.files import load_saved
        from games.notation import NotationError

        try:
            saved = load_saved(Path(path), self.world)
            seats = tuple(self._named(name, saved.world) for name in saved.sides)
        except (NotationError, UnknownPlayer, OSError) as error:
            self.open_path = None
            self.house.tell(str(error))
            return
        (first, n), (second, m) = seats
        sims = (self.simulations[0] if n is None else n, self.simulations[1] if m is None else m)
        if saved.world == self.world and self.table is not None and self.open_path is not None:
            self.open_path = None
            self.table.open(saved)
            self.table.analyse(True)
            return
        self.house.go(GameScene(self.house, saved.world, (first, second), sims, saved))

    def _named(self, name: str, world: str) -> tuple[Seat, int | None]:
        """Who sat at a saved game. Somebody of one's own is there only if they sit at this table already."""
        here = next((seat for seat in self.seats if seat.name == name), None)
        return (here, None) if here is not None and is_own_file(name) else find_seat(name, world)

    def leave(self) -> None:
        """Back to the menu; nobody goes on thinking."""
        from agents.play.menu import MenuScene

        for kind in ("move", "think"):
            self.house.engine.cancel(kind)
        self.house.go(MenuScene(self.house))

    def again(self) -> None:
        """A new game, the same players."""
        if self.table is not None:
            seats, simulations = self.table.seats, self.table.simulations
            self.house.go(GameScene(self.house, self.world, seats, simulations))

    def keep(self) -> str:
        """The game that is left can be opened again, as the last one of its kind."""
        if self.table is None or not self.table.record.actions:
            return ""
        return save_table(self.table, last_path(self.table.record.game.name, ending_of(self.table)))

    def play(self, action: int) -> None:
        """A person's move, if it is their turn; one that the rules forbid is told why."""
        table = self.table
        if table is None:
            return
        if table.play(action, self.house.now):
            self.cursor = None
            self.tick()
        elif table.waits_for_person():
            self.house.tell(why_not(table.record, action, self.board))

    # --- the keyboard ---

    def on_key(self, event: pygame.event.Event) -> bool:
        """Every key of the sheet (agents/play/dialogs.py)."""
        if event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META) or event.key not in (*DIGITS, *ARROWS):
            if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
                return self._enter()
            return run_key(self, event)
        if event.key in DIGITS:
            if self.board.numbered:
                self.play(DIGITS[event.key])
        else:
            self._move_cursor(event.key)
        return True

    def _enter(self) -> bool:
        """Play where the ghost is."""
        if self.cursor is not None:
            self.play(self.cursor)
        return self.cursor is not None

    def _move_cursor(self, key: int) -> None:
        step = self.board.step(self.cursor if self.cursor is not None else self.ghost, key)
        if step is not None:
            self.cursor, self.ghost = step, None
