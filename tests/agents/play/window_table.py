"""What a test sees of a window in which a game is on."""

from __future__ import annotations

from agents.play.game import GameScene
from agents.play.table import Table
from agents.play.widgets import Button
from agents.play.window import Window


def table_of(window: Window) -> Table:
    assert isinstance(window.scene, GameScene)
    assert window.scene.table is not None
    return window.scene.table


def laid(window: Window) -> bool:
    """Whether a game is on and its players are there."""
    scene = window.scene
    return isinstance(scene, GameScene) and scene.table is not None and all(scene.table.ready)


def my_turn(window: Window) -> bool:
    return laid(window) and table_of(window).waits_for_person() and not window.scene.animating()


def button(window: Window, tip: str) -> tuple[int, int]:
    """The middle of the button of that tip."""
    scene = window.scene.dialog or window.scene
    found = [w for w in scene.widgets if isinstance(w, Button) and (tip in w.tip or tip == w.words)]
    assert found, tip
    return found[0].box.center
