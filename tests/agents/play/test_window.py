"""Whole games in a real window: clicks, keys, undo, teaching, resizing, a broken file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pygame
from own_files import page_files
from window_hand import Hand, Step, play_script
from window_table import button, laid, my_turn, table_of

from agents.commands.window import Play, start_of
from agents.play.files import SavedGame, save_game
from agents.play.game import GameScene
from agents.play.menu import MenuScene
from agents.play.record import GameRecord
from agents.play.seats import find_seat
from agents.play.widgets import Choices, Slider
from agents.play.window import Start, Window
from games.core import load_game


def start(world: str, first: str, second: str, teaching: bool = False, simulations: int = 8) -> Start:
    seats = (find_seat(first, world)[0], find_seat(second, world)[0])
    return Start(world, seats, (simulations, simulations), teaching)


def answered(window: Window, before: int) -> bool:
    """Whether the game is over, or it is my turn again two moves later."""
    record = table_of(window).record
    return record.result() is not None or (my_turn(window) and record.cursor == before + 2)


def place_of(window: Window, action: int) -> tuple[int, int]:
    """A pixel where a click plays an action."""
    scene = window.scene
    assert isinstance(scene, GameScene)
    board, stones = scene.board, tuple(-1 for _ in range(scene.board.columns * scene.board.rows))
    cell = board.cell_of(action, stones)
    assert cell is not None
    return board.box(cell).center  # type: ignore[attr-defined, no-any-return]


def test_a_full_game_by_clicks_and_keys(screen: bool, settings_folder: Path) -> None:
    window = Window(start("tic_tac_toe", "me", "perfect"))
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield lambda: laid(window)
        hand.click(place_of(window, 4))
        yield lambda: my_turn(window) and table_of(window).record.cursor == 2
        hand.type("BackSpace")  # both moves
        yield lambda: table_of(window).record.cursor == 0
        hand.type("y")
        yield lambda: table_of(window).record.cursor == 2
        while table_of(window).record.result() is None:
            before = table_of(window).record.cursor
            hand.type(str(table_of(window).record.legal()[0] + 1))
            yield lambda n=before: answered(window, n)
        assert table_of(window).record.result() in ((0.0, 0.0), (-1.0, 1.0)), (
            "nobody beats the perfect player"
        )
        hand.type("a")
        yield lambda: all(verdict is not None for verdict in table_of(window).verdicts())
        hand.type("Home")
        yield lambda: table_of(window).record.cursor == 0 and table_of(window).shown() is not None
        hand.type("s", control=True)
        yield lambda: bool(list((settings_folder / "games").glob("tic_tac_toe-*.txt")))
        hand.type("F1")
        yield lambda: window.scene.dialog is not None
        hand.type("Escape")
        yield lambda: window.scene.dialog is None
        hand.type("Escape")
        yield lambda: isinstance(window.scene, MenuScene)

    play_script(window, script())
    assert (settings_folder / "games" / "last-tic_tac_toe.txt").exists(), "a game that is left is not lost"
    settings = json.loads((settings_folder / "settings.json").read_text())
    assert settings["sides"] == ["me", "perfect"]
    assert settings["world"] == "tic_tac_toe"


def test_a_teacher_offers_a_mistake_back(screen: bool, settings_folder: Path) -> None:
    window = Window(start("connect_four", "me", "wins-and-blocks", teaching=True))
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield lambda: laid(window)
        assert table_of(window).shown() is None, "no verdict before the answer"
        hand.click(place_of(window, 0))  # the edge loses
        yield lambda: table_of(window).offer is not None
        assert table_of(window).record.cursor == 1, "the opponent waits"
        hand.click(button(window, "Take it back"))
        yield lambda: table_of(window).record.cursor == 0
        hand.type("Right")
        yield lambda: getattr(window.scene, "cursor", None) == 3
        hand.type("Return")  # the middle is right
        yield lambda: my_turn(window) and table_of(window).record.cursor == 2
        assert table_of(window).record.actions[0] == 3
        assert table_of(window).verdicts()[0] is not None
        assert table_of(window).verdicts()[1] is None, "the opponent's moves are not judged"

    play_script(window, script())


def test_analysis_with_a_ready_made_agent_at_every_size(screen: bool, settings_folder: Path) -> None:
    window = Window(start("connect_four", "me", "zero"))
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield lambda: laid(window)
        hand.type("4")
        yield lambda: my_turn(window)
        hand.type("a")
        yield lambda: table_of(window).shown() is not None
        thoughts = table_of(window).shown()
        assert thoughts is not None
        assert len(thoughts.opinions) == 3
        assert thoughts.truth is not None
        scene = window.scene
        assert isinstance(scene, GameScene)
        row, candidate = scene.cards.candidates.rows[0]
        hand.move(row.center)
        yield lambda: scene.pointed == candidate.action
        for size in ((640, 480), (700, 960), (1200, 800)):
            hand.resize(size)
            yield lambda s=size: window.screen.get_size() == s
            yield 0.05
            inside = pygame.Rect((0, 0), size)
            assert all(inside.contains(box) for box in scene.cards.boxes.values())
        hand.click(button(window, "(X)"))
        yield lambda: table_of(window).people == [1]

    play_script(window, script())


def test_a_broken_file_is_told_and_nothing_is_lost(screen: bool, settings_folder: Path) -> None:
    settings_folder.mkdir(parents=True)
    (settings_folder / "settings.json").write_text("{ this is not JSON")
    broken = settings_folder / "broken.txt"
    broken.write_text("4435248\n")
    window = Window(start("connect_four", "me", "random"))
    assert window.house.toast is not None
    assert "put aside" in window.house.toast[0]
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield lambda: laid(window)
        hand.type("4")
        yield lambda: my_turn(window)
        pygame.event.post(pygame.event.Event(pygame.DROPFILE, file=str(broken)))
        yield lambda: window.house.toast is not None and "'8'" in window.house.toast[0]
        assert table_of(window).record.cursor == 2, "the game stays on the table"

    play_script(window, script())
    assert (settings_folder / "settings.json.broken").read_text() == "{ this is not JSON"
    assert json.loads((settings_folder / "settings.json").read_text())["sides"] == ["me", "random"]


def test_two_agents_play_on_their_own(screen: bool, settings_folder: Path) -> None:
    window = Window(start("tic_tac_toe", "random", "perfect"))
    window.settings.speed = 2.0
    hand = Hand(screen)
    games = window.settings.games

    def script() -> Iterator[Step]:
        yield lambda: laid(window) and table_of(window).record.cursor >= 1
        hand.type("space")
        yield lambda: table_of(window).paused
        held = list(table_of(window).record.actions)
        yield 0.8  # more than a move takes
        assert table_of(window).record.actions == held, "nothing falls in a pause"
        table_of(window).speed = window.settings.speed = 16.0
        hand.type("space")
        yield lambda: table_of(window).record.result() is not None
        result = table_of(window).record.result()
        assert result is not None
        assert result[1] >= 0, "who is perfect does not lose"
        for _ in range(3):  # the engine answers at once by now: no answer gets lost between two games
            before = window.scene
            hand.type("n")
            yield lambda old=before: window.scene is not old and laid(window)
            yield lambda: table_of(window).record.cursor >= 1
            assert [seat.name for seat in table_of(window).seats] == ["random", "perfect"]

    play_script(window, script())
    assert window.settings.games == games + 4
    assert window.history == [], "games of others say nothing of one's own strength"


def test_a_game_and_a_player_of_ones_own(screen: bool, settings_folder: Path, tmp_path: Path) -> None:
    for name, text in page_files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    world, greedy = str(tmp_path / "squares.py"), str(tmp_path / "greedy.py")
    window, hand = Window(start_of(Play(world=world, first="me", second=greedy))), Hand(screen)
    kept = tmp_path / "game.txt"
    save_game(kept, SavedGame(GameRecord(load_game(world), [0, 15, 1]), ("me", greedy)))

    def script() -> Iterator[Step]:
        yield lambda: my_turn(window)
        hand.click(window.scene.board.box(5).center)
        yield lambda: answered(window, 0)
        assert table_of(window).record.actions[0] == 5
        pygame.event.post(pygame.event.Event(pygame.DROPFILE, file=str(kept)))
        yield lambda: laid(window) and table_of(window).record.actions[:3] == [0, 15, 1]
        assert table_of(window).world == world
        assert [seat.name for seat in table_of(window).seats] == ["me", greedy]

    play_script(window, script())
    told = json.loads((settings_folder / "settings.json").read_text())
    assert told["world"] == "connect_four", "no file of one's own is remembered"
    assert greedy not in told["sides"]


def test_the_menu_by_mouse_and_keyboard(screen: bool, settings_folder: Path) -> None:
    window = Window(Start())
    hand = Hand(screen)

    def script() -> Iterator[Step]:
        yield 0.1
        assert isinstance(window.scene, MenuScene)
        cards = [w for w in window.scene.widgets if getattr(w, "world", "") == "tic_tac_toe"]
        hand.click(cards[0].box.center)
        yield lambda: window.settings.world == "tic_tac_toe"
        first = list(window.settings.sides)
        hand.click(button(window, "(X)"))
        yield lambda: window.settings.sides == first[::-1]
        hand.click(
            next(w for w in window.scene.widgets if getattr(w, "world", "") == "connect_four").box.center
        )
        yield lambda: window.settings.world == "connect_four"
        window.settings.sides = ["me", "two-ply"]
        window.scene.rebuild()
        lists = [w for w in window.scene.widgets if isinstance(w, Slider)]
        hand.click((lists[0].box.centerx, lists[0].box.bottom - 8))
        yield lambda: window.settings.sides == ["me", "two-ply.best"]
        window.scene.focus = [w for w in window.scene.widgets if isinstance(w, Choices)][1]
        hand.type("Home")
        yield lambda: window.settings.sides == ["me", "me"]
        for _ in range(3):
            hand.type("Tab")
        yield lambda: window.scene.focus is not None
        hand.click(button(window, "Play"))
        yield lambda: laid(window)
        assert table_of(window).record.game is load_game("connect_four")
        assert table_of(window).people == [0, 1]

    play_script(window, script())
