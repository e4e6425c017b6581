"""Game files: what is written comes back, and what is wrong is named by file, line and place."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from agents.games_file import Games, positions_of, read_games, write_games
from agents.scripted import demonstrate
from games.connect_four import GAME
from games.core import load_game
from games.notation import NotationError, parse_game


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.txt"
    path.write_text(text)
    return path


def test_round_trip(tmp_path: Path) -> None:
    games, path = demonstrate("club-night", 500, seed=1), tmp_path / "games.txt"
    write_games(path, games, "club-night against itself\nseed 1")
    again = read_games(path)
    for field in ("actions", "lengths", "results"):
        assert getattr(again, field).dtype == getattr(games, field).dtype
        assert (getattr(again, field) == getattr(games, field)).all()
    assert path.read_text().startswith("# club-night against itself\n# seed 1\n")
    assert [entry.name for entry in tmp_path.iterdir()] == ["games.txt"]


def test_the_line_of_a_game(tmp_path: Path) -> None:
    path = written(tmp_path, "# by hand\n\n1213141 1-0  # a column\n1122334\r\n4 0-1\n4455 1/2-1/2\n")
    games = read_games(path)
    assert games.results.tolist() == [1, 1, -1, 0]
    assert games.lengths.tolist() == [7, 7, 1, 4]
    assert games.actions[1, :8].tolist() == [0, 0, 1, 1, 2, 2, 3, -1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("44\n448 1-0", r"line 2: character 3 of '448' is '8'"),
        ("# x\n4444444 1-0", r"line 2: move 7 \('4'\) of '4444444': the rules do not allow it"),
        ("12131415 1-0", r"line 1: move 8 .* the game is already over"),
        ("44 1-0\n4435", r"line 2: the game is not over; write its result"),
        ("1213141 0-1", r"line 1: the file says 0-1, but the moves end in 1-0"),
        ("44 2-0", r"line 1: after the moves stands '2-0'; expected one result"),
        ("44 1-0 1-0", r"line 1: after the moves stands '1-0 1-0'"),
        ("1-0", r"line 1: a result without moves"),
        ("4" * 43, r"line 1: 43 moves; .* at most 42"),
        ("# nothing\n", r"holds nothing"),
    ],
)
def test_errors_name_the_place(tmp_path: Path, text: str, words: str) -> None:
    text = text.replace("44\n448", "44 1-0\n448")
    with pytest.raises(NotationError, match=words) as raised:
        read_games(written(tmp_path, text))
    assert "mine.txt" in str(raised.value)


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(NotationError, match="no such file"):
        read_games(tmp_path / "absent.txt")
    (tmp_path / "binary").write_bytes(b"\xff\x00\x12")
    with pytest.raises(NotationError, match="not a readable text file"):
        read_games(tmp_path / "binary")


def test_a_broken_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    games, path = demonstrate("beginner", 5, seed=1), tmp_path / "games.txt"
    path.write_text("old")

    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_games(path, games, "")
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_positions_equal_a_replay_one_by_one() -> None:
    games = demonstrate("two-ply", 60, seed=2)
    states, actions, values, index = positions_of(games)
    assert len(states) == len(actions) == len(values) == len(index) == games.lengths.sum()
    for game in range(len(games)):
        moves = "".join(str(action + 1) for action in games.actions[game, : games.lengths[game]])
        played, along = parse_game(GAME, moves)
        rows = index == game
        assert (states[rows] == along[:-1]).all()
        assert (actions[rows] == played).all()
        outcome = GAME.rewards(along[-1:])[0]
        assert values[rows].tolist() == [outcome[ply % 2] for ply in range(len(played))]


def test_a_given_result_counts_where_the_game_is_unfinished(tmp_path: Path) -> None:
    _, _, values, _ = positions_of(read_games(written(tmp_path, "443 0-1")))
    assert values.tolist() == [-1.0, 1.0, -1.0]


def test_illegal_games_have_no_positions() -> None:
    actions = np.full((2, 42), -1, np.int8)
    actions[0, :1], actions[1, :7] = 3, 3
    games = Games(actions, np.array([1, 7], np.int32), np.array([0, 0], np.int8))
    with pytest.raises(NotationError, match="game 2: move 7"):
        positions_of(games)


def test_no_games_no_positions() -> None:
    states, actions, values, index = positions_of(demonstrate("beginner", 3, seed=1)[:0])
    assert len(states) == len(actions) == len(values) == len(index) == 0


def test_other_games_have_files_too(tmp_path: Path) -> None:
    game = load_game("tic_tac_toe")
    path = written(tmp_path, "14253 1-0\n15 1/2-1/2\n")
    games = read_games(path, game)
    assert games.actions.shape == (2, game.max_plies)
    states, _, values, _ = positions_of(games, game)
    assert states.dtype == game.state_dtype
    assert values.tolist() == [1, -1, 1, -1, 1, 0, 0]
    write_games(path, games, "", game)
    assert read_games(path, game).results.tolist() == [1, 0]
