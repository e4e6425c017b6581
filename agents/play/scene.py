"""What a scene of the window is: widgets, a focus, what it draws, what it does with keys and mouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pygame

from agents.play import paint
from agents.play.theme import EDGE, NIGHT, TEXT, Look
from agents.play.widgets import Widget, draw_tip

if TYPE_CHECKING:
    from agents.play.engine import Engine
    from agents.play.own_rating import Played, Rung
    from agents.play.settings import Settings
    from agents.play.sound import Sounds

SEEN = (  # events after which something may look different
    *(pygame.KEYDOWN, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEMOTION, pygame.MOUSEWHEEL),
    *(pygame.DROPFILE, pygame.WINDOWENTER, pygame.WINDOWLEAVE, pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED),
)
TOAST = 4.5  # seconds a message stays


@dataclass
class House:
    """What all scenes share: the engine, what is remembered, sounds, messages."""

    engine: Engine
    settings: Settings
    sounds: Sounds
    history: list[Played]
    ladders: dict[str, list[Rung]] = field(default_factory=dict)
    toast: tuple[str, float] | None = None  # a message and when it goes
    next_scene: Scene | None = None
    quitting: bool = False
    now: float = 0.0

    def ladder(self, world: str) -> list[Rung]:
        """The rated players of a game."""
        if world not in self.ladders:
            from agents.play.own_rating import read_ladder

            self.ladders[world] = read_ladder(world)
        return self.ladders[world]

    def tell(self, words: str) -> None:
        """Show a message for a while."""
        if words:
            self.toast = (words, self.now + TOAST)

    def go(self, scene: Scene) -> None:
        """Show another scene."""
        self.next_scene = scene


class Scene:
    """One thing that the window shows. A dialog is a scene that lies over another."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.look = Look(1100, 740)
        self.widgets: list[Widget] = []
        self.focus: Widget | None = None
        self.held: Widget | None = None
        self.dialog: Scene | None = None
        self.dirty = True
        self.touched: list[pygame.Rect] = []  # parts that look different, where not all of it does

    # --- what a kind of scene says of itself ---

    def build(self) -> None:
        """Lay everything out for `self.look`; called whenever the size or the state changes."""

    def paint(self, target: pygame.Surface) -> None:
        """Draw all that is no widget."""

    def tick(self) -> None:
        """Something may have happened: answers, time."""

    def animating(self) -> bool:
        """Whether something moves, so that frames are wanted."""
        return False

    def due_in(self) -> float | None:
        """In how many seconds `tick` is wanted, if nothing else happens."""
        return None

    def on_key(self, event: pygame.event.Event) -> bool:
        """A key that no widget wanted; whether it meant something."""
        return False

    def on_press(self, place: tuple[int, int]) -> None:
        """The mouse was pressed beside all widgets."""

    def on_move(self, place: tuple[int, int]) -> None:
        """The mouse moves."""

    def on_wheel(self, place: tuple[int, int], steps: int) -> None:
        """The wheel was turned beside all widgets."""

    def on_file(self, path: str) -> None:
        """A file was dropped on the window."""

    def message_area(self) -> pygame.Rect:
        """Where messages are shown."""
        return pygame.Rect(0, 0, self.look.width, self.look.height - self.look.px(68))

    def keep(self) -> str:
        """The scene is left: save what would be lost; returns what went wrong, or nothing."""
        return ""

    # --- what all of them do ---

    def resize(self, width: int, height: int) -> None:
        """The window has another size."""
        self.look = Look(width, height)
        self.rebuild()
        if self.dialog is not None:
            self.dialog.resize(width, height)

    def rebuild(self) -> None:
        """Lay out anew; the focus stays on the widget in the same place of the order."""
        index = self.widgets.index(self.focus) if self.focus in self.widgets else -1
        self.widgets = []
        self.build()
        self.focus = self.widgets[index] if 0 <= index < len(self.widgets) else None
        self.held, self.dirty = None, True

    def open_dialog(self, dialog: Scene | None) -> None:
        """Lay a dialog over this scene, or take it away."""
        self.dialog, self.dirty = dialog, True
        if dialog is not None:
            dialog.resize(self.look.width, self.look.height)

    def draw(self, target: pygame.Surface) -> None:
        """Everything, the dialog and the mouse's words last."""
        self.paint(target)
        mouse = pygame.mouse.get_pos() if pygame.mouse.get_focused() else (-1, -1)
        top = self.dialog is None
        for widget in self.widgets:
            widget.draw(target, top and widget.box.collidepoint(mouse), widget is self.focus)
        if self.dialog is not None:
            veil = pygame.Surface(target.get_size(), pygame.SRCALPHA)
            veil.fill((*NIGHT, 200))
            target.blit(veil, (0, 0))
            self.dialog.draw(target)
        elif (pointed := self.widget_at(mouse)) is not None:
            low = pointed.box.bottom > target.get_height() - self.look.px(24)
            draw_tip(target, self.look, pointed.tip, (mouse[0], pointed.box.top), low)

    def handle(self, event: pygame.event.Event) -> None:
        """Hand an event to the dialog, a widget, or the scene."""
        self.dirty = self.dirty or event.type in SEEN
        if self.dialog is not None:
            self.dialog.handle(event)
        elif event.type == pygame.KEYDOWN:
            self._key(event)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._press(event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            self.held = None
        elif event.type == pygame.MOUSEMOTION:
            if self.held is not None:
                self.held.drag(event.pos)
            self.on_move(event.pos)
        elif event.type == pygame.MOUSEWHEEL:
            self._wheel(event.y)
        elif event.type == pygame.DROPFILE:
            self.on_file(event.file)

    def widget_at(self, place: tuple[int, int]) -> Widget | None:
        """The widget under a pixel."""
        return next((widget for widget in self.widgets if widget.box.collidepoint(place)), None)

    def _press(self, place: tuple[int, int]) -> None:
        widget = self.widget_at(place)
        self.focus = None
        if widget is not None:
            self.held = widget
            widget.press(place)
        else:
            self.on_press(place)

    def _wheel(self, steps: int) -> None:
        place = pygame.mouse.get_pos()
        widget = self.widget_at(place)
        if widget is not None:
            widget.scroll(steps)
        else:
            self.on_wheel(place, steps)

    def _key(self, event: pygame.event.Event) -> None:
        if event.key == pygame.K_TAB and not event.mod & pygame.KMOD_CTRL:
            self._next_focus(-1 if event.mod & pygame.KMOD_SHIFT else 1)
        elif not (self.focus is not None and self.focus.key(event.key)):
            self.on_key(event)

    def _next_focus(self, step: int) -> None:
        able = [widget for widget in self.widgets if widget.enabled]
        if able:
            at = able.index(self.focus) if self.focus in able else (-1 if step > 0 else 0)
            self.focus = able[(at + step) % len(able)]


def draw_toast(target: pygame.Surface, look: Look, words: str, area: pygame.Rect) -> None:
    """A message at the lower edge of an area."""
    size, pad = look.size(14), look.px(12)
    room = min(look.px(620), area.width - 3 * pad)
    lines = [paint.fitted(line, size, room) for line in paint.wrapped(words, size, room)[:4]]
    line = size + look.px(5)
    wide = max(paint.width_of(one, size) for one in lines) + 2 * pad
    box = pygame.Rect(0, 0, wide, len(lines) * line + pad)
    box.midbottom = (area.centerx, area.bottom - look.px(10))
    paint.draw_panel(target, box, look.px(9), (16, 22, 30), EDGE, alpha=244)
    for number, one in enumerate(lines):
        paint.write(
            target, one, (box.centerx, box.y + pad / 2 + line * (number + 0.5)), size, TEXT, align="center"
        )
