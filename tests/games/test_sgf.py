"""SGF from all over the world: what is read, what is named, and that no bytes at all crash the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.go import action_names
from games.notation import parse_point
from games.sgf import BadGame, SgfGame, parse_sgf, split_games
from games.sgf_values import Result, parse_result

NAMES = action_names(9)
PASS = 81
PLAIN = b"(;GM[1]FF[4]SZ[9]KM[6.5]PB[Ann]PW[Bo]BR[3d]WR[2150]RE[W+2.5];B[ee];W[gc];B[tt];W[])"
HEAD = b"(;GM[1]FF[4]SZ[9]KM[7]RE[B+R]"


def only(data: bytes) -> SgfGame:
    """The one game of a file, which must have been read."""
    (game,) = parse_sgf(data, "f.sgf")
    assert isinstance(game, SgfGame), str(game)
    return game


def bad(data: bytes) -> BadGame:
    """The one game of a file, which must not."""
    (game,) = parse_sgf(data, "f.sgf")
    assert isinstance(game, BadGame), f"{data!r} was read"
    return game


def moves(game: SgfGame) -> list[str]:
    return [NAMES[action] for action in game.actions]


def test_a_plain_game() -> None:
    game = only(PLAIN)
    assert moves(game) == ["E5", "G7", "pass", "pass"]
    assert (game.size, game.komi, game.first, game.handicap) == (9, 6.5, 0, 0)
    assert (game.names, game.ranks) == (("Ann", "Bo"), ("3d", "2150"))
    assert game.result == Result(-1, "count", 2.5)
    assert game.place == "f.sgf, game 1"
    assert game.notes == ()


def test_corners_are_where_people_see_them() -> None:
    assert moves(only(HEAD + b";B[aa];W[ia];B[ai];W[ii])")) == ["A9", "J9", "A1", "J1"]


# --- quirks that are read ---


def test_handicap_stones_and_white_begins() -> None:
    game = only(b"(;SZ[9]HA[2]AB[gc][cg]KM[0.5]RE[W+R];W[ee];B[eg])")
    assert (game.handicap, game.first) == (2, 1)
    assert {NAMES[stone] for stone in game.black} == {"G7", "C3"}
    assert game.white == ()


def test_handicap_written_as_moves() -> None:
    game = only(b"(;SZ[9]HA[3]RE[B+3]KM[0];B[gc];B[cg];B[gg];W[ee];B[cc])")
    assert (len(game.black), game.first, moves(game)) == (3, 1, ["E5", "C7"])
    assert game.notes == ("handicap written as moves",)


def test_setup_of_every_kind() -> None:
    game = only(b"(;SZ[9]KM[7]AB[aa:ca][ee]AW[ii]PL[W]AE[ee])")
    assert [NAMES[stone] for stone in game.black] == ["A9", "B9", "C9"]
    assert [NAMES[stone] for stone in game.white] == ["J1"]
    assert (game.first, game.actions) == (1, ())
    later = only(HEAD + b";AB[ee]C[the board];W[gg])")
    assert (later.first, len(later.black)) == (1, 1)


def test_white_may_begin_without_handicap() -> None:
    assert only(HEAD + b";W[ee];B[gg])").first == 1


def test_a_move_in_the_root() -> None:
    assert moves(only(b"(;SZ[9]KM[7]RE[0]B[ee];W[gg])")) == ["E5", "G3"]


def test_only_the_main_line_is_read() -> None:
    game = only(HEAD + b";B[ee](;W[gg];B[cc](;W[gc])(;W[cg]))(;W[aa];B[bb]))")
    assert moves(game) == ["E5", "G3", "C7", "G7"]
    assert game.notes == ("variations left out",)


def test_comments_are_kept_with_their_place() -> None:
    game = only(HEAD + rb";B[ee]C[a \] bracket (;GM[1\] and \\ more" + b"\nsecond line];W[gg])")
    assert game.comments == ((1, "a ] bracket (;GM[1] and \\ more\nsecond line"),)
    assert len(game.actions) == 2


def test_moves_after_two_passes_are_left_out() -> None:
    game = only(HEAD + b";B[ee];W[tt];B[];W[gg];B[cc])")
    assert moves(game) == ["E5", "pass", "pass"]
    assert game.notes == ("moves after the end left out",)


def test_tt_is_a_pass_up_to_19() -> None:
    assert only(b"(;SZ[19]KM[6.5]RE[B+T];B[tt])").actions == (361,)
    assert bad(HEAD + b";B[ts])").reason == "no point of the board"


def test_capitals_blanks_and_long_names() -> None:
    game = only(b"junk ( ;GaMe[1]SiZe[9] KM[7]\n RE [B+R] ; B [EE]\r\n;W[ gg ])")
    assert (game.size, moves(game)) == (9, ["E5", "G3"])


@pytest.mark.parametrize(
    ("text", "komi"),
    [
        (b"6.5", 6.5),
        (b"6,5", 6.5),
        (b" 7 ", 7.0),
        (b"-3.5", -3.5),
        (b"0", 0.0),
        (b"375", 7.5),
        (b"650", 6.5),
        (b"", None),
        (b"seven", None),
        (b"nan", None),
        (b"1e9", None),
        (b"99999", None),
    ],
)
def test_komi(text: bytes, komi: float | None) -> None:
    assert only(b"(;SZ[9]RE[B+R]KM[" + text + b"];B[ee])").komi == komi


def test_a_missing_size_is_guessed_from_the_moves() -> None:
    line = b"".join(b";" + b"BW"[i % 2 : i % 2 + 1] + b"[" + bytes([97 + i, 105]) + b"]" for i in range(9))
    assert only(b"(;KM[7]RE[B+R]" + line + b")").size == 9
    assert only(b"(;KM[7]RE[B+R]" + line + b";W[jj])").size == 19
    assert only(b"(;KM[7]RE[B+R];B[ee])").size == 19, "one move says nothing: what the standard says"


def test_texts_in_wrong_encodings() -> None:
    names = {
        "李".encode(): b"UTF-8",
        "李".encode("gb18030"): b"GB18030",
        "囲碁".encode("shift_jis"): b"Shift_JIS",
        b"\xff\xfe\x81": b"UTF-8",
        b"\xe9": b"no-such-encoding",
        b"J\xfcrgen": b"",
    }
    read = [
        only(b"(;SZ[9]CA[" + ca + b"]PB[" + raw + b"]KM[7]RE[0];B[ee])").names[0] for raw, ca in names.items()
    ]
    assert read[:3] == ["李", "李", "囲碁"]
    assert read[5] == "Jürgen"


def test_a_file_in_utf_16() -> None:
    assert moves(only(PLAIN.decode().encode("utf-16"))) == ["E5", "G7", "pass", "pass"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("B+3.5", Result(1, "count", 3.5)),
        ("w+R", Result(-1, "resignation")),
        ("White + Resign", Result(-1, "resignation")),
        ("B+T", Result(1, "time")),
        ("W+F", Result(-1, "forfeit")),
        ("B+", Result(1, "")),
        ("B+6,5", Result(1, "count", 6.5)),
        ("0", Result(0, "draw")),
        ("Draw", Result(0, "draw")),
        ("Void", Result(None, "void")),
        ("?", Result()),
        ("", Result()),
        ("白中盘胜", Result(-1, "resignation")),
        ("somebody won", Result()),
    ],
)
def test_results(text: str, result: Result) -> None:
    assert parse_result(text, []) == result


# --- games that are named, and the rest that is read ---


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no SGF"),
        (b"no game here", "no SGF"),
        (HEAD + b";B[ee];B[gg])", "out of turn"),
        (HEAD + b";B[ee]W[gg])", "two moves in one node"),
        (HEAD + b";B[ee];AB[gg];W[cc])", "set-up after moves"),
        (HEAD + b";B[jj])", "no point of the board"),
        (HEAD + b";B[e5])", "no point of the board"),
        (b"(;SZ[9]AB[zz];B[ee])", "no point of the board"),
        (b"(;GM[2]SZ[8];B[ee])", "not Go"),
        (b"(;SZ[9:13]KM[7];B[ee])", "board size"),
        (b"(;SZ[37]KM[7];B[ee])", "board size"),
        (b"(;SZ[nine]KM[7];B[ee])", "board size"),
        (HEAD + b";B[ee];W[g", "broken SGF"),
        (HEAD + b";B[ee];W)", "broken SGF"),
    ],
)
def test_bad_games_are_named(data: bytes, reason: str) -> None:
    found = bad(data)
    assert found.reason == reason
    assert str(found).startswith("f.sgf")


def test_the_rest_of_a_collection_is_read() -> None:
    """A game out of turn, one never closed, one with a value never closed: each costs itself alone."""
    good = PLAIN + b"\n"
    parts = [
        good,
        HEAD + b";B[ee];B[gg])\n",
        good,
        HEAD + b";B[ee];W[gg]\n",
        good,
        HEAD + b";B[ee];W[c\n",
        good,
    ]
    found = parse_sgf(b"".join(parts), "c.sgf")
    assert [isinstance(game, SgfGame) for game in found] == [True, False, True, False, True, False, True]
    assert [game.number for game in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [game.reason for game in found if isinstance(game, BadGame)] == [
        "out of turn",
        "broken SGF",
        "broken SGF",
    ]


def test_junk_between_games() -> None:
    found = parse_sgf(b"From: me [x\n(a note)\n" + PLAIN + b" -- ) ] \n\n" + PLAIN, "mail")
    assert [type(game) for game in found] == [SgfGame, SgfGame]


def test_a_hundred_thousand_brackets_take_no_time() -> None:
    """Linear, whatever is never closed."""
    for data in (
        b"[" * 100_000,
        b"(;" * 100_000,
        b"(;C[" * 50_000,
        HEAD * 5_000,
        b"(;SZ[9]" + b"(;B[ee]" * 50_000,
    ):
        assert all(isinstance(game, BadGame) for game in parse_sgf(data, "x"))


def test_pieces_join_to_what_they_were_cut_from() -> None:
    assert list(split_games(PLAIN * 3)) == [PLAIN] * 3


# --- fuzz ---


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    assert parse_sgf(data, "x")


@given(st.lists(st.sampled_from([*b"()[];:\\\n ", *b"BWCABSZKMHREPL", *b"aegit9-."]), max_size=120))
def test_any_bytes_that_look_like_sgf(data: list[int]) -> None:
    assert parse_sgf(b"(;SZ[9]" + bytes(data), "x")


CROWD = b"".join(
    [PLAIN, b"(;SZ[9]HA[2]AB[gc][cg]KM[0.5]RE[W+R];W[ee];B[eg]C[x\\]y])", HEAD + b";B[ee](;W[gg])(;W[aa]))\n"]
)


@given(st.lists(st.tuples(st.integers(0, len(CROWD) - 1), st.integers(-1, 255)), min_size=1, max_size=8))
def test_mutated_bytes(changes: list[tuple[int, int]]) -> None:
    """Some bytes changed, some taken out: every game is read or named, and what is read is sound."""
    data = bytearray(CROWD)
    for place, value in sorted(changes, reverse=True):
        data[place : place + 1] = bytes([value]) if value >= 0 else b""
    for game in parse_sgf(bytes(data), "x"):
        assert game.source == "x"
        if isinstance(game, SgfGame):
            assert all(0 <= action <= game.size**2 for action in game.actions)
            assert not set(game.black) & set(game.white)
        else:
            assert game.reason


def test_points() -> None:
    assert [parse_point(name, 9) for name in NAMES] == list(range(82))
    assert parse_point(" d4 ", 9) == NAMES.index("D4")
    assert parse_point("PASS", 9) == PASS
