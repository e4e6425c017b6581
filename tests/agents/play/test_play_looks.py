"""Drawing: nothing overlaps or leaves the window at any size; shapes, sounds, words that fit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pygame
import pytest
from window_hand import display

from agents.play import paint, sound
from agents.play.boards import NoBoard, board_for, stones_of, winning_cells
from agents.play.dialogs import keys_of
from agents.play.drop_board import DropBoard
from agents.play.exact import truth_of
from agents.play.game import GameScene
from agents.play.grid_board import GridBoard
from agents.play.known import KNOWN, title_of
from agents.play.menu import MenuScene
from agents.play.panels import shown_candidates
from agents.play.record import GameRecord
from agents.play.seats import find_seat
from agents.play.theme import GRADE_COLOURS, PALETTES, Look
from agents.play.thoughts import Candidate, Thoughts, Truth
from agents.play.verdicts import BLUNDER, Verdict
from agents.play.window import Start, Window
from games.core import GAMES, load_game

SIZES = [(640, 480), (800, 600), (1100, 740), (1920, 1080), (700, 1000), (1000, 500)]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    with display():
        patch.setenv("SDL_VIDEODRIVER", "dummy")  # sizes beyond the virtual screen
        seats = (find_seat("me", "connect_four")[0], find_seat("random", "connect_four")[0])
        made = Window(Start("connect_four", seats))
        scene = made.scene
        assert isinstance(scene, GameScene)
        while scene.table is None or not all(scene.table.ready):
            scene.tick()
            pygame.time.wait(5)
        yield made
        made.close()
    patch.undo()


def show(window: Window, size: tuple[int, int]) -> None:
    window.screen = pygame.display.set_mode(size, pygame.RESIZABLE)
    window.resize()
    window.scene.draw(window.screen)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mood", ["play", "analysis", "offer"])
def test_nothing_overlaps_or_leaves_the_window(window: Window, size: tuple[int, int], mood: str) -> None:
    scene = window.scene
    assert isinstance(scene, GameScene)
    table = scene.table
    assert table is not None
    table.analysing = mood == "analysis"
    table.offer = Verdict(BLUNDER, 1.0, "1 loses in 20; 4 wins in 21") if mood == "offer" else None
    table.thoughts[()] = Thoughts(0.1, 400, tuple(Candidate(a, 9, 0.1, 0.1, (a,)) for a in range(7)))
    show(window, size)
    inside = pygame.Rect((0, 0), size)
    cards = list(scene.cards.boxes.values())
    board = scene.board.area  # type: ignore[attr-defined]
    bar = [widget.box for widget in scene.widgets if widget.box.top > scene.board_box.bottom]
    assert len(bar) > 10
    for box in (*cards, *bar, board, *(widget.box for widget in scene.widgets)):
        assert inside.contains(box)
    for boxes in (bar, [*cards, board]):
        for n, box in enumerate(boxes):
            assert box.collidelist(boxes[n + 1 :]) == -1
    assert all(box.height >= 30 for box in cards), "a card has room for a line at least"
    assert min(board.size) >= 0.4 * min(size)


def test_a_short_table_shows_the_moves_that_are_right() -> None:
    liked = tuple(Candidate(a, 9 - n, 0.1, 0.1, (a,)) for n, a in enumerate((4, 3, 2, 1, 0)))
    searched = Thoughts(0.1, 400, liked)
    assert [one.action for one in shown_candidates(searched, 3)] == [4, 3, 2]
    known = replace(searched, truth=Truth((1, 1, -1, 0, 0), (9, 8, 7, None, None), (3, 4, -5, 0, 0)))
    assert [one.action for one in shown_candidates(known, 3)] == [4, 1, 0], "0 and 1 win"
    assert [one.action for one in shown_candidates(known, 9)] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("size", SIZES)
def test_the_menu_fits_every_window(window: Window, size: tuple[int, int]) -> None:
    game = window.scene
    try:
        window.scene = MenuScene(window.house)
        show(window, size)
        inside, boxes = pygame.Rect((0, 0), size), [widget.box for widget in window.scene.widgets]
        assert all(inside.contains(box) for box in boxes)
        assert all(box.collidelist(boxes[n + 1 :]) == -1 for n, box in enumerate(boxes))
        for open_ in (window.scene.help, window.scene.ladder, window.scene.choose_file):
            open_()
            show(window, size)
            assert window.scene.dialog is not None
            assert inside.contains(window.scene.dialog.card)  # type: ignore[attr-defined]
    finally:
        window.scene = game


def test_the_sheet_of_keys_tells_what_they_do_in_this_game() -> None:
    def told(world: str) -> list[tuple[str, str]]:
        return [row for _, rows in keys_of(world, board_for(world)) for row in rows]

    go, four, cells = (told(world) for world in ("go9", "connect_four", "tic_tac_toe"))
    assert not [key for key, _ in go if key.startswith("1")], "no digit plays a point"
    assert ("P  0", "pass") in go
    assert ("← → ↑ ↓", "move the ghost stone") in go
    assert ("1 – 7", "play that column") in four
    assert ("1 – 9", "play that cell") in cells
    assert not {"O", "P  0"} & {key for key, _ in [*four, *cells]}
    assert {"O", "P  0"} <= {key for key, _ in go}


def test_a_game_that_is_only_registered_is_in_the_menu(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = ModuleType("rules_of_mine")
    monkeypatch.setitem(GAMES, "mine_37", "rules_of_mine")
    game = window.scene
    try:
        window.scene = MenuScene(window.house)
        show(window, (1100, 740))
        assert title_of("mine_37") == "Mine 37"
        cards = [widget for widget in window.scene.widgets if getattr(widget, "world", "") == "mine_37"]
        assert len(cards) == 1
        before = pygame.surfarray.array3d(window.screen.subsurface(cards[0].box))
        squares = replace(load_game("connect_four"), name="mine_37", title="Mine!", num_actions=42)
        monkeypatch.setattr(rules, "GAME", squares, raising=False)
        monkeypatch.setitem(sys.modules, "rules_of_mine", rules)
        show(window, (1100, 740))
        assert title_of("mine_37") == "Mine!"
        assert board_for("mine_37").columns == 7, "the board of its own shape"
        after = pygame.surfarray.array3d(window.screen.subsurface(cards[0].box))
        assert not np.array_equal(before, after)
        monkeypatch.setattr(rules, "GAME", replace(squares, num_actions=5))
        show(window, (1100, 740))  # what it cannot be played on is told when somebody sits down
    finally:
        window.scene = game


def test_what_is_known_beforehand_is_what_the_rules_say() -> None:
    for world, known in KNOWN.items():
        game = load_game(world)
        board = board_for("by its rules", game)
        assert (known.title, known.shape) == (game.title, game.shape)
        assert type(board) is type(board_for(world)), "the board of its own rules"
        assert known.solved == (truth_of(game) is not None)
        assert len(known.sample) == known.shape.columns * known.shape.rows
        assert known.komi == (None if game.with_komi is None else float(game.new(1)["komi"][0]))


def test_shapes_are_round_and_smooth(window: Window) -> None:
    picture = pygame.surfarray.array_alpha(paint.stone(41, (200, 60, 50), True))
    assert np.array_equal(picture, picture[::-1])
    assert np.array_equal(picture, picture.T)
    assert picture[20, 20] == 255
    assert picture[0, 0] == 0
    partly = ((picture > 0) & (picture < 255)).sum()
    assert partly > 60, "the edge is anti-aliased"
    area = picture.astype(float).sum() / 255.0
    assert area == pytest.approx(np.pi * 20.0**2, rel=0.01), "half a pixel inside its square on every side"


def test_words_are_cut_to_fit(window: Window) -> None:
    words = "Imitation stops at its teachers"
    assert paint.fitted(words, 14, 2000) == words
    short = paint.fitted(words, 14, 90)
    assert short.endswith("…")
    assert paint.width_of(short, 14) <= 90
    lines = paint.wrapped(words, 14, 90)
    assert " ".join(lines) == words
    assert len(lines) > 1


def test_classes_are_told_apart_by_the_colour_blind() -> None:
    """Distances after Machado et al.'s (2009) deuteranopia and protanopia, in linear RGB."""
    deutan = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
    protan = np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]])
    colours = [np.array(colour) / 255.0 for colour in GRADE_COLOURS.values()]
    pairs = [[p.first, p.second] for p in PALETTES.values()]
    for matrix in (deutan, protan):
        for group in (colours, *([np.array(c) / 255.0 for c in pair] for pair in pairs)):
            seen = [np.clip(matrix @ colour**2.2, 0, 1) ** (1 / 2.2) for colour in group]
            nearest = min(np.abs(a - b).sum() for n, a in enumerate(seen) for b in seen[n + 1 :])
            assert nearest > 0.25


def test_another_game_finds_its_board_by_its_shape_or_is_told() -> None:
    four = load_game("connect_four")
    assert isinstance(board_for("mine", replace(four, name="mine")), DropBoard)
    assert isinstance(board_for("mine", replace(load_game("tic_tac_toe"), name="mine")), GridBoard)
    with pytest.raises(NoBoard, match="actions"):
        board_for("mine", replace(four, num_actions=9))
    with pytest.raises(NoBoard, match="planes"):
        board_for("mine", replace(four, observation_shape=(42,)))


def test_boards_know_their_cells() -> None:
    game = load_game("connect_four")
    board = board_for("connect_four", game)
    board.resize(pygame.Rect(10, 10, 700, 640), Look(1100, 740))
    stones = stones_of(game, GameRecord(game, [3, 3]).state)
    assert board.cell_of(3, stones) == 3 * 7 + 3
    assert stones[5 * 7 + 3] == 0
    assert stones[4 * 7 + 3] == 1
    for action in range(7):
        cell = board.cell_of(action, stones)
        assert cell is not None
        assert board.action_at(board.box(cell).center) == action  # type: ignore[attr-defined]
    assert board.action_at((0, 0)) is None
    assert board.step(None, pygame.K_LEFT) == 3
    assert board.step(0, pygame.K_LEFT) == 0
    won = stones_of(game, GameRecord(game, [0, 1, 0, 1, 0, 1, 0]).state)
    assert winning_cells("connect_four", board, won) == [14, 21, 28, 35]
    grid = board_for("tic_tac_toe")
    assert grid.step(4, pygame.K_UP) == 1
    assert grid.cell_of(4, (-1,) * 9) == 4


def test_sounds_are_short_and_soft() -> None:
    for name, wave in sound.waves().items():
        assert np.abs(wave).max() <= 1.0, name
        assert len(wave) < 0.9 * sound.RATE, name
        assert abs(wave[-1]) < 0.02, "it ends without a click"


def test_without_an_audio_device_there_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise pygame.error("no device")

    monkeypatch.setattr(pygame.mixer, "init", refuse)
    sounds = sound.Sounds(on=True)
    sounds.play("stone")
    assert not sounds.open()


def test_without_matplotlib_s_typeface_pygame_s_own_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.play import theme

    monkeypatch.setattr(theme.importlib.util, "find_spec", lambda name: None)
    theme.font_file.cache_clear()
    assert theme.font_file(False) is None
    theme.font_file.cache_clear()
    monkeypatch.undo()
    path = theme.font_file(True)
    assert path is not None
    assert Path(path).name == "DejaVuSans-Bold.ttf"
