"""Go at the table: komi, passes, counting, captures, whose points are whose, SGF files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from agents.commands.window import Play, start_of
from agents.play import counting, paint, panels
from agents.play.board import EMPTY, Label, View
from agents.play.boards import board_for, stones_of
from agents.play.controls import save_table
from agents.play.engine import Answer
from agents.play.files import SavedGame, load_saved, save_game
from agents.play.folder import fresh_path, saved_games
from agents.play.known import KNOWN
from agents.play.menu import MenuScene
from agents.play.mind import Mind
from agents.play.point_board import PointBoard
from agents.play.record import GameRecord
from agents.play.refusals import why_not
from agents.play.seats import GO_HUMANS, PERSON, Seat, find_seat, roster
from agents.play.settings import Settings, parse_settings
from agents.play.table import Table
from agents.play.theme import PALETTES, Look
from agents.play.thoughts import Candidate, Opinion, Thoughts, from_json, to_json
from agents.play.view import headline, last_cell, seat_title, view_of
from agents.play.window import Start, Window
from agents.player import UnknownPlayer
from agents.ready_made import agent_names, preferred_of
from agents.scripted import describe, human_names
from games.core import load_game
from games.go import place, with_komi
from games.notation import NotationError
from lab.commands.common import UsageError

GO5 = load_game("go5")
WALL = "C5 D5 C4 D4 C3 D3 C2 D2 C1 D1"  # Black has three columns, White two
ROBOT = Seat("random", "Robot", "programs")


def record_of(moves: str, world: str = "go5", **given: Any) -> GameRecord:
    game = load_game(world)
    return GameRecord(game, [game.action_names.index(move) for move in moves.split()], **given)


class Silent:
    """An engine that never answers."""

    def ask(self, kind: str, ticket: int, world: str, work: Any) -> None:
        """Into the wind."""

    def cancel(self, kind: str) -> None:
        """Nothing to cancel."""

    def answers(self) -> list[Answer]:
        """None."""
        return []


def table_of(moves: str, komi: float | None = None, seats: tuple[Seat, Seat] = (PERSON, PERSON)) -> Table:
    table = Table(Silent(), "go5", seats, (0, 0), komi=komi)
    for number, move in enumerate(moves.split()):
        if seats[table.mover] == PERSON:
            assert table.play(GO5.action_names.index(move), float(number))
        else:
            table.record.play(GO5.action_names.index(move))
        table.tick(float(number))
    return table


def test_two_passes_end_it_and_the_board_is_counted() -> None:
    table = table_of(f"{WALL} pass pass", komi=3.5)
    assert table.record.is_over
    assert headline(table) == (
        "Black wins by 1.5",
        "Black 15, White 10 + 3.5 komi, by area; all stones count as alive",
    )
    board = board_for("go5")
    owner = view_of(table, board, None, None, 0, True).owner
    assert owner == (1, 1, 1, -1, -1) * 5
    assert not table.waits_for_person()


def test_the_usual_komi_is_the_games_own_and_another_one_decides() -> None:
    usual, high = table_of(f"{WALL} pass pass"), table_of(f"{WALL} pass pass", komi=5.5)
    assert usual.record.start["komi"][0] == 24.5
    assert headline(high)[0] == "White wins by 0.5"
    assert high.record.branch().result() == high.record.result() == (-1.0, 1.0)
    drawn = table_of(f"{WALL} pass pass", komi=5.0)
    assert headline(drawn)[0] == "A draw"


def test_a_pass_says_what_the_next_one_means() -> None:
    table = table_of(f"{WALL} pass", komi=0.5)
    words = headline(table)
    assert words == (
        "White to move",
        "Black passed. Another pass ends it and counts the board as it is: Black by 4.5",
    )
    assert last_cell(table.record) is None
    assert [seat_title(table, side) for side in (0, 1)] == ["Black", "White"]
    assert table.undo()
    assert table.record.cursor == 10


def test_a_game_given_up_is_not_counted() -> None:
    table = table_of(WALL, seats=(PERSON, ROBOT))
    assert table.resign()
    assert headline(table)[0] == "Robot wins by resignation"
    assert counting.owners(table.record, None, False) is None


def test_captures_are_counted_where_the_board_stands() -> None:
    record = record_of("A4 A5 C3 B4 B5 C4 A5")
    record.go(4)
    assert [counting.captured(record, side) for side in (0, 1)] == [0, 0]
    record.go(5)  # B5 takes A5
    assert [counting.captured(record, side) for side in (0, 1)] == [1, 0]
    assert stones_of(GO5, record.state)[0] == EMPTY
    four = load_game("connect_four")
    assert counting.captured(GameRecord(four, [3]), 0) is None


def test_komi_is_told_from_the_start() -> None:
    table = table_of("", komi=6.5)
    assert [counting.komi_words(table.record, side) for side in (0, 1)] == ["", "komi 6.5"]
    assert counting.komi_words(GameRecord(load_game("connect_four")), 1) == ""


def test_area_is_what_counts_now_or_what_is_expected() -> None:
    record = record_of(WALL)
    assert counting.owners(record, None, False) is None
    assert counting.owners(record, None, True) == (1, 1, 1, -1, -1) * 5
    expected = Thoughts(0.0, 1, (Candidate(0, 1, 0.0, 0.1, (0,)),), owner=(0.5,) * 25, lead=-3.25)
    assert counting.owners(record, expected, True) == (0.5,) * 25
    assert counting.lead_words(expected) == "Random playouts expect White to win by about 3.2"
    network = Opinion("network", "zero, at first sight", (1.0, *[0.0] * 25), 0.9)
    assert counting.lead_words(replace(expected, opinions=(network,))) == "", "its value may say the contrary"
    learned = replace(expected, opinions=(network,), lead_by="zero")
    assert counting.lead_words(learned) == "Zero expects White to win by about 3.2"
    assert from_json(to_json(learned), 26) == learned
    assert from_json(to_json(expected), 26) == expected
    for harm in ({"owner": [2.0] * 25}, {"owner": [0.1] * 9}, {"lead": float("nan")}):
        with pytest.raises(ValueError, match="points"):
            from_json({**to_json(expected), **harm}, 26)


def test_the_most_moves_end_a_game_and_it_is_said() -> None:
    record, random = record_of(""), np.random.default_rng(2)
    while record.result() is None:
        points = [action for action in record.legal() if action != GO5.pass_action]
        forced = record.last_action == GO5.pass_action and not points
        assert not forced, "nobody is out of moves here"
        record.play(int(random.choice(points)) if points else 25)
    assert len(record.actions) == GO5.max_plies
    assert counting.counted_words(record).startswith("The most moves are made. Black ")


def test_what_the_rules_forbid_is_told_in_words() -> None:
    ko = "B3 D4 C4 E3 C2 D2 A1 C3 D3"  # Black's last stone takes C3
    taken, repeated = record_of(ko), GO5.action_names.index("C3")
    board = board_for("go5")
    assert repeated not in taken.legal()
    told = why_not(taken, repeated, board)
    assert told == "C3 is ko: it would bring back a position that this game has had"
    assert why_not(taken, GO5.action_names.index("E3"), board) == "E3 is taken: a stone lies there"
    corner = record_of("A4 C3 B5")
    told = why_not(corner, GO5.action_names.index("A5"), board)
    assert told == "A5 would be suicide: a stone there would have no liberty and take nothing"
    four = GameRecord(load_game("connect_four"), [3] * 6)
    assert why_not(four, 3, board_for("connect_four")) == "Column 4 is full"
    assert why_not(four, 7, board_for("connect_four")) == "There is no column 8"
    cells = GameRecord(load_game("tic_tac_toe"), [4])
    assert why_not(cells, 4, board_for("tic_tac_toe")) == "Cell 5 is taken"


# --- who plays ---


def test_every_human_of_go_has_a_seat_on_every_board(tmp_path: Path) -> None:
    assert set(GO_HUMANS) == set(human_names(GO5))
    for name, (_, words) in GO_HUMANS.items():
        assert describe(name).title in words
    for world in (name for name, known in KNOWN.items() if known.family == "Go"):
        names = [seat.name for seat in roster(world, tmp_path)]
        assert {"me", "mcts-1000", "random", *GO_HUMANS} <= set(names)
        assert ("search" in names) != bool(agent_names(world)), "a tree of playouts where no agent is ready"
    assert find_seat("mcts-77", "go9")[0].group == "programs"
    assert find_seat("tactician.best", "go9")[0].title == "Tactician at best"
    with pytest.raises(UnknownPlayer, match="nobody who plays go9"):
        find_seat("alphabeta-4", "go9")


def test_runs_bring_the_arms_of_their_own_game(tmp_path: Path) -> None:
    for world in ("go5", "connect_four"):
        arm = tmp_path / f"compare-{world}" / "arms" / "zero"
        arm.mkdir(parents=True)
        (arm / "checkpoint.safetensors").write_bytes(b"")
        config = f'{{"config": {{"world": "{world}"}}}}'
        (tmp_path / f"compare-{world}" / "config.json").write_text(config)
    titles = [seat.title for seat in roster("go5", tmp_path) if seat.group == "runs"]
    assert titles == ["compare-go5: zero"]
    assert not [seat for seat in roster("go9", tmp_path) if seat.group == "runs"]


def test_the_mind_knows_what_to_think_of_go() -> None:
    mind = Mind("go5")
    record = record_of("C3")
    thoughts = mind.think(record.state, 32)
    assert thoughts.simulations == 32
    assert [opinion.name for opinion in thoughts.opinions] == ["human", "network", "search"]
    assert len(thoughts.owner) == 25
    assert sum(thoughts.owner) > 5, "the centre is worth much"
    assert thoughts.lead is not None
    assert thoughts.lead == pytest.approx(sum(thoughts.owner) - 24.5, abs=0.01)
    assert thoughts.candidates[0].line[0] == thoughts.candidates[0].action
    assert thoughts == mind.think(record.state, 32), "a function of the position"
    assert mind.move(find_seat("mcts-100", "go5")[0], 0, record.state, 3, 1) in record.legal()


def test_the_strongest_agent_there_is_analyses_and_sits_opposite(screen: bool, settings_folder: Path) -> None:
    thoughts = Mind("go9").think(load_game("go9").new(1), 2)
    assert [opinion.words for opinion in thoughts.opinions][1:] == [
        "master, at first sight",
        "master, 2 simulations",
    ]
    everybody = ["pretrained:imitator", "pretrained:master", "pretrained:zero"]
    assert preferred_of(everybody, "connect_four") == "pretrained:zero"
    assert preferred_of(everybody, "go9") == "pretrained:master", "who wins the matches between them"
    assert preferred_of(["search"], "go13") == "search"
    window = Window(Start())
    assert isinstance(window.scene, MenuScene)
    assert window.settings.sides == ["me", "pretrained:zero"]
    window.settings.sides[1] = "alphabeta-4"
    window.scene.choose_world("go9")
    assert window.settings.sides == ["me", "pretrained:master"], "who sat there plays no Go"
    window.close()


def test_the_command_line_takes_a_komi_for_go_alone() -> None:
    start = start_of(Play(world="go7", first="me", komi=9.5))
    assert (start.komi, start.seats and start.seats[1].name) == (9.5, "pretrained:zero")
    start = start_of(Play(world="go13", first="me"))
    assert (start.komi, start.seats and start.seats[1].name) == (None, "search"), "no ready-made agent there"
    for world, komi in (("connect_four", 6.5), ("go5", 1e6), ("go5", float("nan"))):
        with pytest.raises(UsageError, match="--komi is for Go"):
            start_of(Play(world=world, komi=komi))


def test_komi_is_remembered_and_nonsense_is_not() -> None:
    assert parse_settings({"komi": {"go9": 6.5}}).komi == {"go9": 6.5}
    assert Settings().komi == {}
    for komi in ({"go9": "six"}, {"go9": 1e9}, {"go9": float("nan")}, [1]):
        with pytest.raises(ValueError, match="komi"):
            parse_settings({"komi": komi})


# --- files ---


@pytest.mark.parametrize("shown", [0, 5, 99])
def test_a_saved_game_keeps_its_result_whatever_the_board_shows(tmp_path: Path, shown: int) -> None:
    path = tmp_path / "game.sgf"
    given_up = record_of("C3 C2 C4")
    given_up.resign(1)
    given_up.go(shown)
    save_game(path, SavedGame(given_up))
    assert b"RE[B+R]" in path.read_bytes()
    assert load_saved(path, "go5").record.resigned == 1
    counted = record_of(f"{WALL} pass pass", start=with_komi(GO5.new(1), 3.5))
    counted.go(shown)
    save_game(path, SavedGame(counted))
    assert b"RE[B+1.5]" in path.read_bytes()
    going = record_of("C3 C2 C4")
    going.go(shown)
    save_game(path, SavedGame(going))
    assert b"RE[" not in path.read_bytes()


def test_a_game_is_saved_as_sgf_and_comes_back(tmp_path: Path) -> None:
    start = GO5.with_komi(GO5.new(1), 6.5)  # type: ignore[misc]
    record = record_of(f"{WALL} pass pass", start=start)
    thoughts = Thoughts(0.5, 8, (Candidate(12, 8, 0.5, 0.4, (12, 7)),), owner=(0.0,) * 25, lead=1.25)
    path = tmp_path / "game.sgf"
    save_game(path, SavedGame(record, ("me", "mcts-100"), {(): thoughts}))
    text = path.read_text()
    for part in ("SZ[5]", "KM[6.5]", "RE[W+1.5]", "PW[mcts-100]", "wins 75.0%", "CR[cc]"):
        assert part in text
    back = load_saved(path, "connect_four")
    assert (back.world, back.sides) == ("go5", ("me", "mcts-100"))
    assert back.record.actions == record.actions
    assert back.record.result() == record.result()
    assert back.record.start["komi"][0] == 6.5


def test_a_handicap_and_a_resignation_come_back(tmp_path: Path) -> None:
    start = place(GO5.new(1), [6, 18], [], 1)
    record = record_of("C3", start=start)
    record.resign(0)
    path = tmp_path / "game.sgf"
    save_game(path, SavedGame(record, ("me", "me")))
    assert "HA[2]" in path.read_text()
    back = load_saved(path, "go9").record
    assert (back.resigned, back.player_at(0), back.result()) == (0, 1, (-1.0, 1.0))
    assert stones_of(GO5, back.start).count(0) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(;GM[1]SZ[6];B[aa])", "there are boards here of 5, 7, 9, 13, 19"),
        ("(;GM[1]SZ[5];B[aa];W[aa])", "holds no game that can be opened"),
        ("not a game", "holds no game that can be opened"),
    ],
)
def test_what_cannot_be_opened_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.sgf"
    path.write_text(text)
    with pytest.raises(NotationError, match=told):
        load_saved(path, "go5")
    with pytest.raises(NotationError, match="no such file"):
        load_saved(tmp_path / "absent.sgf", "go5")


def test_somebody_elses_game_is_between_persons(tmp_path: Path) -> None:
    path = tmp_path / "lee.sgf"
    path.write_text("(;GM[1]SZ[5]PB[Lee Sedol]PW[my_player.py]KM[7.5];B[cc];W[bb];B[tt])")
    saved = load_saved(path, "go5")
    assert saved.sides == ("me", "me"), "and no program is run because a file names it"
    assert saved.record.actions == [12, 6, 25]
    assert saved.names == ("Lee Sedol", "my_player.py")


def test_a_program_that_played_a_match_is_a_person_with_its_name(tmp_path: Path) -> None:
    path, table = tmp_path / "0001.sgf", table_of("")
    path.write_text("(;GM[1]SZ[5]PB[mcts-10]PW[gtp:gnugo --mode gtp]RE[W+R];B[cc];W[bb])")
    start = start_of(Play(load=path))
    assert start.seats is not None
    assert [seat.name for seat in start.seats] == ["mcts-10", "me"]
    path.write_text("(;GM[1]SZ[5]PB[runs/gone-001:zero]PW[gtp:gnugo --mode gtp]RE[W+R];B[cc];W[bb])")
    saved = load_saved(path, "go5")
    assert saved.sides == ("me", "me")
    table.open(saved)
    assert [seat_title(table, side) for side in (0, 1)] == ["runs/gone-001:zero", "gtp:gnugo --mode gtp"]
    assert headline(table)[0] == "gtp:gnugo --mode gtp wins by resignation"
    again = tmp_path / "again.sgf"
    assert save_table(table, again) == ""
    assert load_saved(again, "go5").names == saved.names


def test_saved_games_of_both_kinds_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import datetime

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    now = datetime(2026, 11, 21)
    for ending in (".txt", ".sgf", ".png"):
        path = fresh_path("go5", now, ending)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert {path.suffix for path in saved_games()} == {".txt", ".sgf"}


# --- the board ---


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[PointBoard]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    pygame.font.init()
    pygame.display.set_mode((600, 600))
    found = board_for("go5")
    assert isinstance(found, PointBoard)
    found.resize(pygame.Rect(0, 0, 600, 600), Look(1100, 740))
    yield found
    paint.forget()
    pygame.quit()


def drawn(board: PointBoard, view: View) -> np.ndarray:
    target = pygame.Surface((600, 600))
    board.draw(target, view, PALETTES["classic"])
    return pygame.surfarray.array3d(target).astype(int)


def test_points_are_found_and_passes_have_none(board: PointBoard) -> None:
    stones = (EMPTY,) * 24 + (0,)
    for cell in range(25):
        assert board.action_at(board.box(cell).center) == cell
    assert board.action_at((2, 2)) is None
    assert board.cell_of(24, stones) is None
    assert board.cell_of(25, stones) is None
    assert board.step(None, pygame.K_UP) == 12
    assert board.step(12, pygame.K_UP) == 7
    assert board.step(4, pygame.K_RIGHT) == 4


def test_stones_are_black_and_white_whatever_the_palette(board: PointBoard) -> None:
    stones = [EMPTY] * 25
    stones[0], stones[24] = 0, 1
    picture = drawn(board, View(tuple(stones), names=GO5.action_names))
    assert picture[board.box(0).center].max() < 110
    assert picture[board.box(24).center].min() > 200
    wood = picture[board.box(6).centerx + 20, board.box(6).centery + 20]
    assert wood[0] > wood[1] > wood[2]


def test_all_that_is_shown_is_seen(board: PointBoard) -> None:
    stones = (0, 1, *[EMPTY] * 23)
    plain = drawn(board, View(stones, names=GO5.action_names))
    views = {
        "ghost": View(stones, ghost=12),
        "last": View(stones, last=0),
        "heat": View(stones, heat=(0.0, 0.0, *[0.04] * 24)),
        "labels": View(
            stones, labels={12: Label("55", (1, 2, 3), True, note="1.2k"), 25: Label("9", (1, 2, 3))}
        ),
        "line": View(stones, line=[(12, 0, 1), (13, 1, 2), (12, 0, 3)]),
        "owner": View(stones, owner=(1.0, 1.0, *[-0.6] * 23)),
        "mark": View(stones, last=0, mark=("??", (200, 50, 50))),
        "coordinates": View(stones, coordinates=False),
    }
    for name, view in views.items():
        view.names = GO5.action_names
        assert not np.array_equal(drawn(board, view), plain), name
    dead = drawn(board, views["owner"])
    assert dead[board.box(1).center].max() < 110, "a black square on White's dead stone"
    assert np.array_equal(dead[board.box(0).center], plain[board.box(0).center]), "none on one's own"


def test_white_s_first_move_after_a_handicap_stands_in_white_s_column(board: PointBoard) -> None:
    def columns(begins: int) -> list[tuple[int, int]]:
        """Of each move its column, from the left, and its line."""
        target, box = pygame.Surface((150, 400)), pygame.Rect(0, 0, 150, 400)
        actions = [GO5.action_names.index(name) for name in ("C3", "B2", "D4")]
        found = panels.draw_moves(
            target, Look(1100, 740), box, GO5.action_names, actions, 3, [None] * 3, begins
        )
        assert [ply for _, ply in found] == [1, 2, 3]
        left, top = min(spot.x for spot, _ in found), min(spot.y for spot, _ in found)
        return [(int(spot.x > left), int(spot.y > top)) for spot, _ in found]

    assert columns(0) == [(0, 0), (1, 0), (0, 1)]
    assert columns(1) == [(1, 0), (0, 1), (1, 1)]
