"""Saved games: there and back with their analysis, readable by others; what is wrong with broken ones."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from own_files import page_files

from agents.games_file import read_games
from agents.play.files import SavedGame, load_saved, save_game
from agents.play.folder import fresh_path, saved_games, user_folder
from agents.play.record import GameRecord
from agents.play.seats import find_seat
from agents.play.thoughts import Candidate, Thoughts
from agents.player import UnknownPlayer
from games.core import load_game
from games.notation import NotationError

GAME = load_game("connect_four")
THOUGHTS = Thoughts(0.25, 64, (Candidate(3, 60, 0.25, 0.9, (3, 3, 4)), Candidate(2, 4, 0.1, 0.1, (2,))))
WON = [0, 1, 0, 1, 0, 1, 0]


def test_a_game_comes_back_with_its_analysis(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "game.txt"
    record = GameRecord(GAME, [3, 3, 2])
    record.resign(1)
    save_game(path, SavedGame(record, ("me", "pretrained:zero@64"), {(): THOUGHTS, (3, 3, 2): THOUGHTS}))
    saved = load_saved(path, "tic_tac_toe")
    assert saved.record.actions == [3, 3, 2]
    assert saved.record.resigned == 1
    assert saved.sides == ("me", "pretrained:zero@64")
    assert saved.thoughts == {(): THOUGHTS, (3, 3, 2): THOUGHTS}


def test_imitate_can_read_a_finished_game(tmp_path: Path) -> None:
    path = tmp_path / "game.txt"
    save_game(path, SavedGame(GameRecord(GAME, WON), thoughts={(): THOUGHTS}))
    games = read_games(path, GAME)
    assert games.actions[0, : games.lengths[0]].tolist() == WON
    assert games.results.tolist() == [1]


def test_a_plain_file_of_moves_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("# somebody's game\n443\n")
    saved = load_saved(path, "connect_four")
    assert saved.record.actions == [3, 3, 2]
    assert saved.sides == ("me", "me")
    empty = tmp_path / "empty.txt"
    save_game(empty, SavedGame(GameRecord(load_game("tic_tac_toe"))))
    assert load_saved(empty, "connect_four").record.game.name == "tic_tac_toe"


def analysis(**damage: Any) -> str:
    """A game with an analysis of its beginning, so damaged."""
    good = {"value": 0.1, "simulations": 8, "candidates": [[3, 8, 0.1, 0.5, [3]]], "opinions": []}
    return f"44\n# analysis 0 {json.dumps(good | {'truth': None, 'surprises': [], 'human': ''} | damage)}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds nothing"),
        ("4448\n", "'8'"),
        ("1111111\n", "move 7"),
        ("443 2-0\n", "1-0"),
        ("1212121 0-1\n", "the moves end otherwise"),
        ('# move37-game/1 {"world": \n44\n', "head is damaged"),
        ("# move37-game/1 [1]\n44\n", "head is damaged"),
        ('# move37-game/1 {"world": "chess"}\n44\n', "chess"),
        ('# move37-game/1 {"world": "evil.py"}\n44\n', "no game is called"),
        ('# move37-game/1 {"world": ["a"]}\n44\n', "broken.txt"),
        ('# move37-game/1 {"sides": ["me"]}\n44\n', "two names"),
        ('# move37-game/1 {"resigned": 7}\n44\n', "gave up"),
        ("44\n# analysis 9 {}\n", "there is no position 9"),
        ("44\n# analysis 0 {\n", "analysis is damaged"),
        ("44\n# analysis x y\n", "analysis is damaged"),
        ("44\n# analysis 0 " + "[" * 100_000 + "\n", "analysis is damaged"),
        (analysis(simulations=float("inf")), "analysis is damaged"),
        (analysis(value=float("nan")), "a value or a chance that is none"),
        (
            analysis(truth=[[1, None, 0, 0, 0, 0, 0], [None] * 7, [1, None, 0, 0, 0, 0, 0]]),
            "another position",
        ),
        (analysis(truth=[[0] * 7, [None] * 7, [None] * 7]), "not how good"),
    ],
)
def test_a_broken_file_is_told_by_its_name_and_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text)
    with pytest.raises(NotationError) as error:
        load_saved(path, "connect_four")
    assert says in str(error.value)
    assert "broken.txt" in str(error.value)


def test_what_is_no_text_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(NotationError, match="not a readable text file"):
        load_saved(tmp_path / "picture.txt", "connect_four")
    with pytest.raises(NotationError, match="no such file"):
        load_saved(tmp_path / "nothing.txt", "connect_four")
    with pytest.raises(NotationError, match="not a readable"):
        load_saved(tmp_path, "connect_four")


def test_saved_games_get_names_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_folder() == tmp_path / "move37"
    assert saved_games() == []
    now = datetime(2026, 11, 21, 20, 0)
    first = fresh_path("connect_four", now)
    save_game(first, SavedGame(GameRecord(GAME)))
    second = fresh_path("connect_four", now)
    assert second != first
    assert saved_games() == [first]


@pytest.mark.parametrize("side", ["C:/x/evil.py@0", "games:evil.py@0", "evil.py", "zero@999999"])
def test_a_saved_game_seats_no_program_and_nobody_too_strong(side: str) -> None:
    with pytest.raises(UnknownPlayer, match="cannot sit here"):
        find_seat(side, "connect_four")


def test_a_game_of_ones_own_is_found_where_it_lies(tmp_path: Path) -> None:
    world = str(tmp_path / "squares.py")
    Path(world).write_text(page_files()["squares.py"], encoding="utf-8")
    path = tmp_path / "game.txt"
    save_game(path, SavedGame(GameRecord(load_game(world), [0, 5])))
    assert load_saved(path, world).world == world
    path.write_text('# move37-game/1 {"world": "tic_tac_toe"}\n15\n')
    assert load_saved(path, world).world == "tic_tac_toe"
