"""The cards of the menu: a game each, with its sizes where there are several, and the komi."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from agents.play import paint
from agents.play.board import EMPTY, View
from agents.play.boards import board_for
from agents.play.known import KNOWN, family_of, komi_of, why_komi
from agents.play.settings import MOST_KOMI
from agents.play.theme import ACCENT, CARD, DIM, EDGE, INK, PALETTES, RAISED, TEXT, Look, mix
from agents.play.widgets import CLICK, Widget
from games.core import GAMES

if TYPE_CHECKING:
    from agents.play.menu import MenuScene


def worlds_by_family() -> list[list[str]]:
    """The registered games, those of one family together, families last."""
    families: dict[str, list[str]] = {}
    for world in reversed(GAMES):
        families.setdefault(family_of(world), []).insert(0, world)
    return sorted(families.values(), key=len)


class GameCard(Widget):
    """A game as a picture of its board; of a family the size that is chosen, and a chip for each."""

    def __init__(self, box: pygame.Rect, scene: MenuScene, worlds: list[str]) -> None:
        super().__init__(box, scene.look)
        self.scene, self.worlds = scene, worlds
        now = scene.house.settings.world
        self.on = now in worlds
        self.world = now if self.on else worlds[len(worlds) // 2]
        high = self.box.height - self.look.px(16)
        self.square = pygame.Rect(
            self.box.x + self.look.px(12), self.box.y + self.look.px(8), round(high * 1.05), high
        )
        self.words_at = self.square.right + self.look.px(12)

    def chip(self, number: int) -> pygame.Rect:
        """Where a size is chosen."""
        look = self.look
        wide, high = (self.box.right - look.px(10) - self.words_at) / len(self.worlds), max(look.px(26), 18)
        x = self.words_at + round(number * wide)
        y = self.box.bottom - high - look.px(12)
        return pygame.Rect(x, y, max(8, round(wide) - max(1, look.px(2))), high)

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """The board, small, the name, and the sizes."""
        look = self.look
        fill = mix(CARD, ACCENT, 0.22) if self.on else (RAISED if hovered else CARD)
        paint.draw_panel(target, self.box, look.px(12), fill, ACCENT if self.on else EDGE)
        target.blit(_picture(self.world, self.square.size, self.scene.house.settings.palette), self.square)
        several = len(self.worlds) > 1
        y = self.box.y + round(self.box.height * 0.32) if several else self.box.centery
        width = self.box.right - self.words_at - 4
        title = family_of(self.world)
        paint.write(target, title, (self.words_at, y), look.size(16), bold=self.on, width=width)
        mouse = pygame.mouse.get_pos() if hovered else (-1, -1)
        for number, world in enumerate(self.worlds if several else ()):
            self._draw_chip(target, self.chip(number), world, mouse)
        if focused:
            pygame.draw.rect(target, ACCENT, self.box.inflate(4, 4), 2, border_radius=look.px(13))

    def _draw_chip(
        self, target: pygame.Surface, box: pygame.Rect, world: str, mouse: tuple[int, int]
    ) -> None:
        on = self.on and world == self.world
        fill = ACCENT if on else mix(RAISED, TEXT, 0.12 if box.collidepoint(mouse) else 0.0)
        paint.draw_panel(target, box, self.look.px(6), fill)
        size = min(self.look.size(13), max(9, round(0.5 * box.width)))
        words = str(board_for(world).columns)
        paint.write(target, words, box.center, size, INK if on else TEXT, on, "center")

    def press(self, place: tuple[int, int]) -> None:
        """Choose the game, or one of its sizes."""
        chips = [world for number, world in enumerate(self.worlds) if self.chip(number).collidepoint(place)]
        self.scene.choose_world(chips[0] if chips and len(self.worlds) > 1 else self.world)

    def scroll(self, steps: int) -> None:
        """A size a step."""
        at = self.worlds.index(self.world) + steps
        if self.on and 0 <= at < len(self.worlds):
            self.scene.choose_world(self.worlds[at])

    def key(self, key: int) -> bool:
        """Enter and space choose, left and right the size."""
        step = {pygame.K_LEFT: -1, pygame.K_RIGHT: 1}.get(key)
        if key in CLICK:
            self.scene.choose_world(self.world)
        elif step is not None:
            self.scroll(step)
        return key in CLICK or step is not None


class KomiCard(Widget):
    """What the second player gets, up and down by one."""

    tip = "What White gets for moving second (arrow keys, wheel; a click on the figure: the usual one)"

    def __init__(self, box: pygame.Rect, scene: MenuScene) -> None:
        super().__init__(box, scene.look)
        self.scene = scene
        self.world = scene.house.settings.world
        self.usual = komi_of(self.world) or 0.0
        if why := why_komi(self.world):
            self.tip = f"{self.tip}; {self.usual:g}: {why}"

    @property
    def komi(self) -> float:
        """As it is set now."""
        return self.scene.house.settings.komi.get(self.world, self.usual)

    def _buttons(self) -> tuple[pygame.Rect, pygame.Rect]:
        side = min(max(self.look.px(28), 20), self.box.width // 4)
        y = self.box.bottom - side - self.look.px(11)
        pad = self.look.px(12)
        less = pygame.Rect(self.box.x + pad, y, side, side)
        return less, pygame.Rect(self.box.right - pad - side, y, side, side)

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """The word, the figure between two signs."""
        look = self.look
        paint.draw_panel(target, self.box, look.px(12), CARD, EDGE)
        place = (self.box.x + look.px(13), self.box.y + round(self.box.height * 0.28))
        usual = "" if self.komi == self.usual else f" (usual: {self.usual:g})"
        width = self.box.width - 2 * look.px(13)
        paint.write(target, f"Komi{usual}", place, look.size(13), DIM, bold=not usual, width=width)
        mouse = pygame.mouse.get_pos() if hovered else (-1, -1)
        less, more = self._buttons()
        for box, sign in ((less, "−"), (more, "+")):
            fill = mix(RAISED, TEXT, 0.14 if box.collidepoint(mouse) else 0.0)
            paint.draw_panel(target, box, look.px(7), fill)
            paint.write(target, sign, box.center, look.size(17), TEXT, align="center")
        middle = ((less.right + more.left) / 2, less.centery)
        paint.write(target, f"{self.komi:g}", middle, look.size(18), TEXT, True, "center")
        self._focus_ring(target, focused, look.px(12))

    def press(self, place: tuple[int, int]) -> None:
        """A sign changes it, the figure puts the usual one back."""
        less, more = self._buttons()
        if place[0] < less.right:
            self._set(self.komi - 1.0)
        elif place[0] >= more.left:
            self._set(self.komi + 1.0)
        else:
            self._set(self.usual)

    def scroll(self, steps: int) -> None:
        """One a step."""
        self._set(self.komi + steps)

    def key(self, key: int) -> bool:
        """Arrows change it."""
        step = {pygame.K_LEFT: -1, pygame.K_DOWN: -1, pygame.K_RIGHT: 1, pygame.K_UP: 1}.get(key)
        if step is not None:
            self._set(self.komi + step)
        return step is not None

    def _set(self, komi: float) -> None:
        self.scene.house.settings.komi[self.world] = min(max(komi, -MOST_KOMI), MOST_KOMI)
        if komi == self.usual:
            del self.scene.house.settings.komi[self.world]
        self.scene.dirty = True


_pictures: dict[tuple[str, int, int, tuple[int, int], str], pygame.Surface] = {}


def _picture(world: str, size: tuple[int, int], palette: str) -> pygame.Surface:
    """A game's board, made at four times the size."""
    board = board_for(world)
    key = (world, board.columns, board.rows, size, palette)  # of a game not listed the shape comes later
    if key not in _pictures:
        large = pygame.Surface((size[0] * 4, size[1] * 4), pygame.SRCALPHA)
        board.resize(large.get_rect(), Look(1100, 740))
        cells = KNOWN[world].sample if world in KNOWN else "." * (board.columns * board.rows)
        stones = tuple({"X": 0, "O": 1}.get(cell, EMPTY) for cell in cells)
        board.draw(large, View(stones, coordinates=False), PALETTES[palette])
        _pictures[key] = pygame.transform.smoothscale(large, size)
    return _pictures[key]
