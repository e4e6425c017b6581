"""Go in a real window: stones by clicks, passes, the count, komi and sizes in the menu, SGF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pygame
from window_hand import Hand, Step, play_script
from window_table import button, laid, my_turn, table_of

from agents.play.game import GameScene
from agents.play.menu import MenuScene
from agents.play.menu_games import GameCard, KomiCard
from agents.play.seats import find_seat
from agents.play.view import headline
from agents.play.widgets import Button
from agents.play.window import Start, Window

SIZES = ((640, 480), (700, 960), (1000, 500), (1200, 800))


def start(first: str, second: str, world: str = "go5", komi: float | None = None) -> Start:
    seats = (find_seat(first, world)[0], find_seat(second, world)[0])
    return Start(world, seats, (8, 8), False, komi=komi)


def place_of(window: Window, name: str) -> tuple[int, int]:
    scene = window.scene
    assert isinstance(scene, GameScene)
    cell = table_of(window).record.game.action_names.index(name)
    return scene.board.box(cell).center  # type: ignore[attr-defined, no-any-return]


def card(window: Window, kind: type[GameCard] | type[KomiCard]) -> GameCard | KomiCard:
    return [widget for widget in window.scene.widgets if isinstance(widget, kind)][-1]


def test_a_game_between_two_people_to_its_count_and_back(screen: bool, settings_folder: Path) -> None:
    window = Window(start("me", "me", komi=3.5))
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield lambda: laid(window)
        for number, name in enumerate(["C5", "D5", "C4", "D4", "C3", "D3", "C2", "D2", "C1", "D1"], 1):
            hand.click(place_of(window, name))
            yield lambda n=number: table_of(window).record.cursor == n and my_turn(window)
        hand.type("1")
        hand.click(place_of(window, "C5"))
        yield lambda: (window.house.toast or ("",))[0] == "C5 is taken: a stone lies there"
        hand.type("p")
        yield lambda: table_of(window).record.cursor == 11
        assert "Another pass ends it" in headline(table_of(window))[1], "and the key 1 plays nothing here"
        hand.type("BackSpace")
        yield lambda: table_of(window).record.cursor == 10
        hand.type("y")
        yield lambda: table_of(window).record.cursor == 11
        hand.click(button(window, "Pass (P)"))
        yield lambda: table_of(window).record.is_over
        assert headline(table_of(window))[0] == "Black wins by 1.5"
        hand.type("s", control=True)
        yield lambda: bool(list((settings_folder / "games").glob("go5-*.sgf")))
        saved = next((settings_folder / "games").glob("go5-*.sgf"))
        assert "RE[B+1.5]" in saved.read_text()
        hand.type("n")
        yield lambda: laid(window) and table_of(window).record.cursor == 0
        assert table_of(window).record.start["komi"][0] == 3.5, "the komi stays"
        pygame.event.post(pygame.event.Event(pygame.DROPFILE, file=str(saved)))
        yield lambda: laid(window) and table_of(window).record.cursor == 12
        assert table_of(window).analysing
        assert headline(table_of(window))[0] == "Black wins by 1.5"

    play_script(window, script())
    assert (settings_folder / "games" / "last-go5.sgf").exists()
    assert json.loads((settings_folder / "settings.json").read_text())["komi"] == {"go5": 3.5}


def test_analysis_and_area_at_every_size(screen: bool, settings_folder: Path) -> None:
    window = Window(start("me", "tactician"))
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield lambda: laid(window)
        hand.click(place_of(window, "C3"))
        yield lambda: my_turn(window) and table_of(window).record.cursor == 2
        hand.type("a")
        yield lambda: table_of(window).shown() is not None
        scene = window.scene
        assert isinstance(scene, GameScene)
        hand.type("o")
        yield lambda: scene.area
        hand.type("w")
        yield lambda: scene.heat == 1
        row, candidate = scene.cards.candidates.rows[0]
        hand.move(row.center)
        yield lambda: scene.pointed == candidate.action
        for size in SIZES:
            hand.resize(size)
            yield lambda s=size: window.screen.get_size() == s
            yield 0.05
            inside = pygame.Rect((0, 0), size)
            assert all(inside.contains(box) for box in scene.cards.boxes.values())
            assert inside.contains(scene.board.area)  # type: ignore[attr-defined]
            bar = [widget.box for widget in scene.widgets if isinstance(widget, Button)]
            assert all(inside.contains(box) for box in bar)
            assert all(box.collidelist(bar[n + 1 :]) == -1 for n, box in enumerate(bar))

    play_script(window, script())


def test_size_and_komi_are_chosen_in_the_menu(screen: bool, settings_folder: Path) -> None:
    window = Window(Start())
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield 0.1
        assert not [w for w in window.scene.widgets if isinstance(w, KomiCard)], "Connect Four has no komi"
        go = card(window, GameCard)
        assert isinstance(go, GameCard)
        hand.click(go.chip(1).center)
        yield lambda: window.settings.world == "go7"
        komi = card(window, KomiCard)
        assert isinstance(komi, KomiCard)
        assert komi.komi == 8.5
        hand.click((komi.box.right - 16, komi.box.bottom - 20))
        yield lambda: window.settings.komi == {"go7": 9.5}
        for size in SIZES:
            hand.resize(size)
            yield lambda s=size: window.screen.get_size() == s
            yield 0.05
            inside, boxes = pygame.Rect((0, 0), size), [widget.box for widget in window.scene.widgets]
            assert all(inside.contains(box) for box in boxes)
            assert all(box.collidelist(boxes[n + 1 :]) == -1 for n, box in enumerate(boxes))
            go = card(window, GameCard)
            assert isinstance(go, GameCard)
            chips = [go.chip(number) for number in range(5)]
            assert all(go.box.contains(chip) for chip in chips)
            assert all(chip.collidelist(chips[n + 1 :]) == -1 for n, chip in enumerate(chips))
        hand.type("Return")
        yield lambda: laid(window)
        assert table_of(window).record.game.name == "go7"
        assert table_of(window).record.start["komi"][0] == 9.5
        hand.type("Escape")
        yield lambda: isinstance(window.scene, MenuScene)

    play_script(window, script())


def test_two_players_play_a_game_of_go_on_their_own(screen: bool, settings_folder: Path) -> None:
    window = Window(start("tactician", "capturer"))
    window.settings.speed = 16.0

    def script() -> Iterator[Step]:
        yield lambda: laid(window) and table_of(window).record.result() is not None
        record = table_of(window).record
        assert record.actions[-2:] == [25, 25] or len(record.actions) == 75
        assert "komi, by area" in headline(table_of(window))[1]

    play_script(window, script())
