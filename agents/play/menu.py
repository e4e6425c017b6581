"""The menu: which game, who sits at each side and how strong, how the board looks, and off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pygame

from agents.play import own_rating, paint, panels
from agents.play.boards import board_for
from agents.play.dialogs import HelpSheet, LadderSheet, OpenSheet
from agents.play.known import komi_of
from agents.play.menu_games import GameCard, KomiCard, worlds_by_family
from agents.play.mind import Mind
from agents.play.scene import House, Scene
from agents.play.seats import PERSON, STRENGTHS, Seat, find_seat, full_name, roster
from agents.play.theme import DIM, NIGHT, PALETTES, TEXT
from agents.play.widgets import Button, Choices, Row, Slider, Switch
from agents.player import UnknownPlayer
from agents.ready_made import preferred_of

GROUPS = {
    "you": "",
    "humans": "Scripted humans",
    "agents": "Agents",
    "programs": "Programs",
    "runs": "Your runs",
}
VERSION_WORDS = {
    "recorded": "as recorded, slips and all",
    "best": "at best: always its likeliest move",
    "careful": "without slips",
}


class MenuScene(Scene):
    """The menu. What is chosen is remembered at once."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.seats: list[Seat] = []
        self.boxes: dict[str, pygame.Rect] = {}
        self.starts = [-1, -1]  # the first visible row of each list
        self._read_roster()
        self._warm_up()

    def build(self) -> None:
        """Games above, the two seats side by side, switches and the start below."""
        look = self.look
        margin, gap = look.px(26), look.px(14)
        full = pygame.Rect(margin, look.px(18), look.width - 2 * margin, look.height - look.px(34))
        head = max(look.px(62), 42)
        cards = max(look.px(84), 56)
        foot = max(look.px(52), 38)
        rating = max(look.px(40), 26)
        switches = max(look.px(30), 24)
        self.boxes["head"] = pygame.Rect(full.x, full.y, full.width, head)
        y = full.y + head + gap // 2
        self._game_cards(pygame.Rect(full.x, y, full.width, cards), gap)
        y += cards + gap
        low = full.bottom - foot
        self._foot(pygame.Rect(full.x, low, full.width, foot), gap)
        low -= rating
        self.boxes["rating"] = pygame.Rect(full.x, low, full.width, rating)
        low -= switches
        self._switches(pygame.Rect(full.x, low, full.width, switches))
        seats = pygame.Rect(full.x, y, full.width, low - gap // 2 - y)
        middle = max(look.px(48), 34)
        wide = (seats.width - middle - 2 * gap) // 2
        for side in (0, 1):
            x = seats.x if side == 0 else seats.right - wide
            self._seat(side, pygame.Rect(x, seats.y, wide, seats.height))
        swap = pygame.Rect(0, 0, middle, middle)
        swap.center = seats.center
        self.widgets.append(Button(swap, look, "", self.swap, "⇄", "Change places (X)"))

    def paint(self, target: pygame.Surface) -> None:
        """Title, the seats' cards, one's own rating."""
        look = self.look
        target.fill(NIGHT)
        head = self.boxes["head"]
        title = paint.write(target, "Move 37", (head.x, head.centery), look.size(34), bold=True)
        words = "Imitation stops at its teachers; reinforcement goes past them. Play both."
        place = (title.right + look.px(18), head.centery + look.px(6))
        paint.write(target, words, place, look.size(14), DIM, width=max(0, head.right - place[0]))
        palette = PALETTES[self.house.settings.palette]
        board = board_for(self.house.settings.world)
        for side in (0, 1):
            box = self.boxes[f"seat {side}"]
            inner = panels.draw_card(target, look, box)
            size = max(look.px(22), 16)
            y = box.y + look.px(12)
            stone = board.piece(size, side, palette)
            target.blit(stone, (inner.x, y))
            words = ("Begins", "Answers")[side]
            paint.write(target, words, (inner.x + size + look.px(9), y + size / 2), look.size(15), bold=True)
        self._rating(target)

    def on_key(self, event: pygame.event.Event) -> bool:
        """Enter plays; the sheet of keys says the rest."""
        if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
            self.play()
        elif event.key == pygame.K_F1 or event.unicode == "?":
            self.help()
        elif event.key == pygame.K_x:
            self.swap()
        elif event.key == pygame.K_l:
            self.ladder()
        elif event.key == pygame.K_o:
            self.choose_file()
        elif event.key == pygame.K_ESCAPE:
            self.house.quitting = True
        else:
            return False
        return True

    def on_file(self, path: str) -> None:
        """A file opens its game."""
        from agents.play.files import load_saved
        from agents.play.game import GameScene
        from games.notation import NotationError

        try:
            saved = load_saved(Path(path), self.house.settings.world)
            (first, n), (second, m) = (find_seat(name, saved.world) for name in saved.sides)
        except (NotationError, UnknownPlayer, OSError) as error:
            self.house.tell(str(error))
            return
        sims = (self._simulations(0) if n is None else n, self._simulations(1) if m is None else m)
        self.house.go(GameScene(self.house, saved.world, (first, second), sims, saved))

    # --- what can be done ---

    def play(self) -> None:
        """Sit down."""
        from agents.play.game import GameScene

        sims = (self._simulations(0), self._simulations(1))
        seats = (self._seated(0), self._seated(1))
        self.house.go(GameScene(self.house, self.house.settings.world, seats, sims))

    def choose_world(self, world: str) -> None:
        """Another game; whoever does not play it leaves their seat."""
        self.house.settings.world = world
        self._read_roster()
        self._warm_up()
        self.starts = [-1, -1]
        self.rebuild()

    def swap(self) -> None:
        """Change places."""
        self.house.settings.sides.reverse()
        self.house.settings.simulations.reverse()
        self.starts = [-1, -1]
        self.rebuild()

    def help(self) -> None:
        """The sheet of keys."""
        world = self.house.settings.world
        self.open_dialog(HelpSheet(self.house, lambda: self.open_dialog(None), world, board_for(world)))

    def ladder(self) -> None:
        """The ladder with one's own place, where there is one."""
        if not self.house.ladder(self.house.settings.world):
            self.house.tell(own_rating.NO_LADDER)
            return
        self.open_dialog(LadderSheet(self.house, lambda: self.open_dialog(None), self.house.settings.world))

    def choose_file(self) -> None:
        """The saved games."""
        close = lambda: self.open_dialog(None)  # noqa: E731
        self.open_dialog(OpenSheet(self.house, close, lambda path: self.on_file(str(path))))

    # --- parts ---

    def _read_roster(self) -> None:
        settings = self.house.settings
        self.seats = roster(settings.world)
        for side in (0, 1):
            try:
                find_seat(settings.sides[side], settings.world)
            except UnknownPlayer:
                agents = [seat.name for seat in self.seats if seat.group == "agents"]
                other = preferred_of(agents, settings.world)
                settings.sides[side] = other if PERSON.name in settings.sides else PERSON.name

    def _warm_up(self) -> None:
        """Load who is chosen while the menu is looked at; who cannot be loaded says so in the game."""
        wanted = [(self._seated(side), self._simulations(side)) for side in (0, 1)]

        def prepare(mind: Mind) -> None:
            for seat, simulations in wanted:
                mind.prepare(seat, simulations)

        self.house.engine.ask("load", -1, self.house.settings.world, prepare)

    def _seated(self, side: int) -> Seat:
        return find_seat(self.house.settings.sides[side], self.house.settings.world)[0]

    def _simulations(self, side: int) -> int:
        return self.house.settings.simulations[side]

    def _game_cards(self, box: pygame.Rect, gap: int) -> None:
        """A card a game or family of games; beside them the komi, where there is one."""
        look, world = self.look, self.house.settings.world
        families = worlds_by_family()
        komi = komi_of(world) is not None
        extra = max(look.px(170), 104) if komi else 0
        room = box.width - (extra + gap if komi else 0) - gap * (len(families) - 1)
        wide = min(room // len(families), max(look.px(270), 200))
        for number, worlds in enumerate(families):
            place = pygame.Rect(box.x + number * (wide + gap), box.y, wide, box.height)
            self.widgets.append(GameCard(place, self, worlds))
        if komi:
            x = box.x + len(families) * (wide + gap)
            self.widgets.append(KomiCard(pygame.Rect(x, box.y, box.right - x, box.height), self))

    def _seat(self, side: int, box: pygame.Rect) -> None:
        """The list of who can sit there, and the strength of who searches."""
        self.boxes[f"seat {side}"] = box
        look, seat = self.look, self._seated(side)
        pad, top = look.px(12), max(look.px(44), 30)
        slider = max(look.px(50), 38) if seat.searches or seat.group == "humans" else 0
        area = pygame.Rect(box.x + pad, box.y + top, box.width - 2 * pad, box.height - top - pad - slider)
        rows, names = self._rows(seat)

        def change(index: int) -> None:
            self.house.settings.sides[side] = names[index]
            self.starts[side] = choices.start
            self._warm_up()
            self.rebuild()

        chosen = names.index(_listed(seat))
        choices = Choices(area, look, rows, chosen, change, max(0, self.starts[side]))
        choices.height = max(18, area.height // max(1, round(area.height / choices.height)))
        choices.reveal()
        self.widgets.append(choices)
        if slider:
            place = pygame.Rect(area.x, area.bottom + look.px(8), area.width, slider - look.px(8))
            (self._strength if seat.searches else self._version)(side, place)

    def _rows(self, seated: Seat) -> tuple[list[Row], list[str]]:
        rows, names, group = [], [], ""
        known = _listed(seated) in [seat.name for seat in self.seats]
        seats = self.seats if known else [*self.seats, seated]
        for seat in sorted(seats, key=lambda seat: list(GROUPS).index(seat.group)):
            if seat.group != group and GROUPS[seat.group]:
                rows.append(Row(GROUPS[seat.group], heading=True))
                names.append("")
            group = seat.group
            rows.append(
                Row(seat.title, seat.words if seat.searches else self._with_rating(seat, 0, seat.words))
            )
            names.append(seat.name)
        return rows, names

    def _strength(self, side: int, box: pygame.Rect) -> None:
        now = self._simulations(side)
        steps = sorted({*STRENGTHS, now})
        seat = self._seated(side)
        names = [self._with_rating(seat, n, f"{n:,} simulations a move" if n else "no search") for n in steps]

        def change(index: int) -> None:
            self.house.settings.simulations[side] = steps[index]
            self.dirty = True

        tip = "How far it looks ahead before each move"
        self.widgets.append(Slider(box, self.look, names, steps.index(now), change, tip))

    def _version(self, side: int, box: pygame.Rect) -> None:
        """A human as recorded, at best, or without slips."""
        seat = self._seated(side)
        base, _, version = seat.name.partition(".")
        versions = list(VERSION_WORDS)
        seats = [replace(seat, name=f"{base}.{one}") for one in versions]
        names = [
            self._with_rating(seat, 0, VERSION_WORDS[one]) for seat, one in zip(seats, versions, strict=True)
        ]

        def change(index: int) -> None:
            self.house.settings.sides[side] = seats[index].name
            self._warm_up()
            self.dirty = True

        self.widgets.append(Slider(box, self.look, names, versions.index(version or "recorded"), change))

    def _with_rating(self, seat: Seat, simulations: int, words: str) -> str:
        """Words, and the seat's rating where the ladder has one."""
        rung = own_rating.rung_of(self.house.ladder(self.house.settings.world), full_name(seat, simulations))
        return words if rung is None else f"{words} · {rung.rating:.0f} Elo"

    def _switches(self, box: pygame.Rect) -> None:
        settings, wide = self.house.settings, box.width // 4

        def place(number: int) -> pygame.Rect:
            gap = 0 if number == 3 else self.look.px(10)
            return pygame.Rect(
                box.x + number * wide, box.y, box.width - 3 * wide if gap == 0 else wide - gap, box.height
            )

        def sound(on: bool) -> None:
            settings.sound = self.house.sounds.on = on

        entries = (
            (
                "Teaching",
                settings.teaching,
                lambda on: setattr(settings, "teaching", on),
                "After a mistake you may take it back",
            ),
            (
                "Coordinates",
                settings.coordinates,
                lambda on: setattr(settings, "coordinates", on),
                "Numbers beside the board",
            ),
            ("Sound", settings.sound, sound, "M in a game"),
        )
        for number, (words, on, change, tip) in enumerate(entries):
            self.widgets.append(Switch(place(number), self.look, words, on, change, tip))
        if komi_of(settings.world) is None:  # Go is black and white
            title, tip = PALETTES[settings.palette].title, "Colours of the stones"
            self.widgets.append(Button(place(3), self.look, title, self._next_palette, "◉", tip))

    def _next_palette(self) -> None:
        names = list(PALETTES)
        at = names.index(self.house.settings.palette)
        self.house.settings.palette = names[(at + 1) % len(names)]
        self.rebuild()

    def _foot(self, box: pygame.Rect, gap: int) -> None:
        look = self.look
        small = max(look.px(120), 74)
        rated = bool(self.house.ladder(self.house.settings.world))
        entries = (
            ("Keys", "?", self.help, "F1", True),
            ("Ladder", "★", self.ladder, "L" if rated else own_rating.NO_LADDER, rated),
            ("Open", "↑", self.choose_file, "O", True),
        )
        for number, (words, glyph, do, tip, able) in enumerate(entries):
            place = pygame.Rect(box.x + number * (small + gap // 2), box.y, small, box.height)
            self.widgets.append(Button(place, look, words, do, glyph, tip, enabled=able))
        wide = max(look.px(300), 170)
        place = pygame.Rect(box.right - wide, box.y, wide, box.height)
        self.widgets.append(Button(place, look, "Play", self.play, "▶", "Enter", primary=True))

    def _rating(self, target: pygame.Surface) -> None:
        world, box = self.house.settings.world, self.boxes["rating"]
        ladder = self.house.ladder(world)
        own = own_rating.rate(self.house.history, ladder, world)
        words = own_rating.sentence(own, ladder)
        if words:
            size = self.look.size(14)
            paint.write(target, words, (box.x, box.centery), size, TEXT if own else DIM, width=box.width)


def _listed(seat: Seat) -> str:
    """The name under which a seat stands in the list: a human's, whichever version."""
    return seat.name.partition(".")[0] if seat.group == "humans" else seat.name
