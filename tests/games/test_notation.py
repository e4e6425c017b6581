"""Column strings and scored positions: what is read, and how what is wrong is named."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.connect_four import GAME, to_text
from games.notation import (
    NotationError,
    format_columns,
    parse_columns,
    parse_game,
    parse_scored_position,
    read_lines,
    read_scored_positions,
)

FIRST_FULL = "111111"  # six stones fill the first column, nobody wins
WON = "1212121"


def test_columns_there_and_back() -> None:
    actions = parse_columns(GAME, "44352")
    assert actions.tolist() == [3, 3, 2, 4, 1]
    assert actions.dtype == np.int32
    assert format_columns(GAME, actions) == "44352"
    assert len(parse_columns(GAME, "")) == 0


def test_a_game_gives_its_states() -> None:
    actions, states = parse_game(GAME, "4453")
    assert len(states) == len(actions) + 1
    assert to_text(states[0]) == to_text(GAME.new(1)[0])
    #   . . . O . . .
    #   . . O X X . .
    assert to_text(states[-1]).splitlines()[-2:] == ["...O...", "..OXX.."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("448", r"f, line 3: character 3 of '448' is '8'"),
        ("4 4", r"character 2 of '4 4' is ' '"),
        ("4٤", r"character 2"),
        (FIRST_FULL + "1", r"move 7 \('1'\) of '1111111': the rules do not allow it"),
        (WON + "3", r"move 8 .*: the game is already over"),
    ],
)
def test_wrong_columns_are_named(text: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        parse_columns(GAME, text, "f, line 3")


def test_scored_positions_of_every_kind() -> None:
    for line in ("44 1", "44  1", "\t44 1 "):
        actions, scores = parse_scored_position(line)
        assert (actions.tolist(), scores) == ([3, 3], (1,))
    assert parse_scored_position("44 -3 -2 -1 1 0 -2 -3")[1] == (-3, -2, -1, 1, 0, -2, -3)
    assert parse_scored_position("44 1 -3 -2 -1 1 0 -2 -3")[1] == (-3, -2, -1, 1, 0, -2, -3)
    assert parse_scored_position(FIRST_FULL + " . 0 -1 2 3 4 5")[1] == (None, 0, -1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "0 scores"),
        ("44", "0 scores after the moves '44'; expected 1 score, 7"),
        ("44 1 2", "2 scores"),
        ("44 1 2 3 4 5 6 7 8 9", "9 scores"),
        ("44 x", "score 1 is 'x'"),
        ("44 1.5", "score 1 is '1.5'"),
        ("44 --1", "score 1 is '--1'"),
        ("44 +1", "score 1 is"),
        ("44 ١", "score 1 is"),
        ("44 19", "from -18 to 18"),
        ("44 " + "9" * 5000, "score 1 is"),
        ("44 .", "a position has a score"),
        ("44 . 1 1 1 1 1 1", "column 1 is open, but has no score"),
        (FIRST_FULL + " 1 1 1 1 1 1 1", "column 1 is full, but has the score 1"),
        ("44 2 0 0 0 1 0 0 0", "score is 2, but its columns' best is 1"),
        ("44 2 . . . . . . .", "best is None"),
        (WON + " 3", "is over"),
        ("4x4 1", "character 2 of '4x4'"),
        ("4444444 1", "move 7"),
    ],
)
def test_wrong_scored_positions_are_named(line: str, message: str) -> None:
    with pytest.raises(NotationError, match=message) as caught:
        parse_scored_position(line, "set.txt, line 12")
    assert str(caught.value).startswith("set.txt, line 12: ")


@given(st.text(alphabet="1234567 .-+x#\t", max_size=60) | st.text(max_size=40))
def test_only_a_notation_error_ever_escapes(line: str) -> None:
    try:
        actions, scores = parse_scored_position(line)
    except NotationError:
        return
    assert len(scores) in (1, 7)
    assert line.split()[0] == format_columns(GAME, actions)


@given(st.lists(st.integers(0, 6), max_size=42))
def test_every_legal_game_is_read_back(moves: list[int]) -> None:
    states, played = GAME.new(1), []
    for move in moves:
        if GAME.legal_action_mask(states)[0, move]:
            states = GAME.step(states, np.array([move]))
            played.append(move)
    actions, read = parse_game(GAME, format_columns(GAME, np.array(played, np.int32)))
    assert actions.tolist() == played
    assert read[-1:].tobytes() == states.tobytes()


def test_files_are_read_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    path.write_text("# my positions\n\n44 1  # the answer\r\n445 -3 -2 -1 1 0 -2 -3\n")
    first, second = read_scored_positions(path)
    assert (first.place, first.scores, len(first.actions)) == (f"{path}, line 3", (1,), 2)
    assert second.place == f"{path}, line 4"
    assert first.state.tobytes() == parse_game(GAME, "44")[1][-1:].tobytes()


def test_a_wrong_line_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    path.write_text("44 1\n449 1\n")
    with pytest.raises(NotationError, match=r"set\.txt, line 2: character 3"):
        read_scored_positions(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotationError, match="there is no such file"):
        read_lines(tmp_path / "none.txt")
    with pytest.raises(NotationError, match="not a readable text file"):
        read_lines(tmp_path)
    (tmp_path / "empty.txt").write_text("# nothing\n\n")
    with pytest.raises(NotationError, match="holds nothing"):
        read_lines(tmp_path / "empty.txt")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    with pytest.raises(NotationError, match="not a readable text file"):
        read_lines(tmp_path / "binary.txt")


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_named(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.txt"
    path.write_bytes(data)
    with contextlib.suppress(NotationError):
        assert read_scored_positions(path)
