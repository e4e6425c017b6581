"""The GTP engine: every command, exact answers, and nothing that ends it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from gtp_sessions import answers, arm, engine, session

from agents.gtp.board import Board, fixed_handicap, handicap_points
from agents.gtp.clock import Clock
from agents.gtp.protocol import GtpError, read_command
from games.go import go_game

PROMISED = """
    protocol_version name version known_command list_commands quit boardsize clear_board komi play genmove
    fixed_handicap place_free_handicap set_free_handicap undo time_settings time_left final_score
    final_status_list loadsgf showboard reg_genmove kgs-genmove_cleanup lz-analyze kata-analyze
    lz-genmove_analyze kata-genmove_analyze
"""


# --- the text ---


def test_a_session_is_answered_exactly() -> None:
    told = session(
        "1 protocol_version\n2 name\nboardsize 5\nkomi 24.5\nplay b C3\nplay white d4\n"
        "3 showboard\nfinal_score\nundo\n4 final_score\nquit\nname\n"
    )
    assert told == (
        "=1 2\n\n=2 Move 37 (random)\n\n= \n\n= \n\n= \n\n= \n\n"
        "=3 \n   A B C D E\n 5 . . . . . 5\n 4 . . . O . 4\n 3 . . X . . 3\n 2 . . . . . 2\n 1 . . . . . 1\n"
        "   A B C D E\nX to move, komi 24.5, passes 0, 2 moves\n\n"
        "= W+24.5\n\n= \n\n=4 B+0.5\n\n= \n\n"
    )


def test_lines_are_cleaned_as_gtp_says() -> None:
    told = session(
        b"\r\n   \n# a comment\n7\tprotocol_version # why\r\n\x01\x02name\x7f\n"
        b"0012 known_command\tplay\n13\nknown_command nonsense\nknown_command"
    )
    assert told == "=7 2\n\n= Move 37 (random)\n\n=0012 true\n\n?13 unknown command\n\n= false\n\n= false\n\n"


def test_all_that_was_promised_is_there() -> None:
    told = answers("list_commands")[0].removeprefix("= ").split("\n")
    assert set(PROMISED.split()) <= set(told)
    for name in told:
        assert answers(f"known_command {name}") == ["= true"]


def test_a_command_is_read_from_any_bytes() -> None:
    assert read_command(b"12 play B D4 # there") is not None
    assert read_command(b"12 play B D4").words == ("B", "D4")  # type: ignore[union-attr]
    assert read_command(b"  \t \r") is None
    assert read_command(b"#") is None
    assert read_command("١٢ name".encode()).number == ""  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nonsense", "unknown command"),
        ("play", "play needs a color and a point, such as: play B D4"),
        ("play b", "play needs a color and a point, such as: play B D4"),
        ("play x d4", "invalid color or coordinate"),
        ("play b i5", "invalid color or coordinate"),
        ("play b f1", "invalid color or coordinate"),
        ("play b d0", "invalid color or coordinate"),
        ("boardsize", "syntax error: it needs a size"),
        ("boardsize 20", "unacceptable size"),
        ("boardsize 1", "unacceptable size"),
        ("boardsize -3", "'-3' is no whole number, 0 or more"),
        ("komi", "syntax error: it needs a number"),
        ("komi nan", "'nan' is no number"),
        ("komi 1e308", "'1e308' is no number"),
        ("genmove", "syntax error: it needs a color"),
        ("genmove green", "invalid color or coordinate"),
        ("undo", "cannot undo"),
        ("fixed_handicap 2", "invalid number of stones"),
        ("place_free_handicap 1", "invalid number of stones"),
        ("set_free_handicap C3", "bad vertex list"),
        ("set_free_handicap C3 C3", "bad vertex list"),
        ("set_free_handicap C3 pass", "bad vertex list"),
        ("time_settings 1 2", "time_settings needs main time, byo-yomi time and byo-yomi stones"),
        ("final_status_list asleep", "a status is alive, seki or dead, not 'asleep'"),
        ("loadsgf", "loadsgf needs a file, and perhaps a move number"),
        ("lz-analyze b 10 sideways 3", None),
        ("lz-analyze maxmoves", "'maxmoves' needs a value"),
        ("kata-analyze rootInfo perhaps", "'rootInfo' is true or false, not 'perhaps'"),
    ],
)
def test_what_is_wrong_is_said(line: str, error: str | None) -> None:
    told = answers(line)
    assert len(told) == 1
    assert told[0] == f"? {error}" if error else told[0].startswith("? ")


def test_illegal_moves_are_refused_and_change_nothing() -> None:
    moves = "play b b1\nplay b a2\nplay w a1\nplay b b1\n"
    assert answers(f"{moves}final_score") == ["= ", "= ", "? illegal move", "? illegal move", "= B+0.5"]


def test_superko_is_kept_over_undo_and_colours_out_of_turn() -> None:
    #   2  . X O .
    #   1  X . X O     White takes C1 by B1, and Black may take back when the board has changed
    shape = "boardsize 4\nplay b b2\nplay b a1\nplay b c1\nplay w d1\nplay w c2\nplay w b1\n"
    told = answers(f"{shape}play b c1\nplay b a4\nplay w d4\nplay b c1\nundo\nundo\nundo\nplay b c1")
    assert told == ["= "] * 7 + ["? illegal move"] + ["= "] * 6 + ["? illegal move"]


# --- board and handicap ---


def test_fixed_handicap_is_where_gtp_has_it() -> None:
    names = go_game(19).action_names
    assert [names[a] for a in fixed_handicap(19, 5)] == ["D4", "Q16", "D16", "Q4", "K10"]
    assert [names[a] for a in fixed_handicap(19, 6)][4:] == ["D10", "Q10"]
    assert [names[a] for a in fixed_handicap(19, 7)][4:] == ["D10", "Q10", "K10"]
    assert [names[a] for a in fixed_handicap(19, 8)][6:] == ["K4", "K16"]
    assert [names[a] for a in fixed_handicap(19, 9)][8:] == ["K10"]
    small = go_game(9).action_names
    assert [small[a] for a in fixed_handicap(9, 4)] == ["C3", "G7", "C7", "G3"]
    assert len(fixed_handicap(8, 4)) == len(fixed_handicap(7, 4)) == 4
    for size, count in ((8, 5), (7, 5), (5, 2), (19, 10), (9, 1)):
        with pytest.raises(GtpError, match="invalid number of stones"):
            fixed_handicap(size, count)


@pytest.mark.parametrize("size", range(2, 20))
def test_free_handicap_lies_on_different_points_of_every_board(size: int) -> None:
    points = handicap_points(size, 9)
    assert len(set(points)) == len(points) >= 2
    assert all(0 <= point < size * size for point in points)


def test_after_a_handicap_white_moves_and_the_board_must_be_empty() -> None:
    set_up = "boardsize 9\nfixed_handicap 2\nshowboard\nfixed_handicap 2\nundo\n"
    told = answers(f"{set_up}clear_board\nset_free_handicap A1 B2 C3")
    assert told[1] == "= C3 G7"
    assert "O to move" in told[2]
    assert told[3:] == ["? board not empty", "? cannot undo", "= ", "= "]


def test_a_game_goes_on_after_two_passes_and_after_the_move_limit() -> None:
    board = Board(2)
    board.play(0, 4)
    board.play(1, 4)
    board.play(0, 0)
    assert board.stones(0) == [0]
    for _ in range(30):  # the limit is 12 moves
        board.play(0, 4)
    board.play(1, 3)
    assert board.stones(1) == [3]


def test_komi_stays_until_another_is_given() -> None:
    asked = "get_komi\nboardsize 7\nget_komi\nkomi 3\nclear_board\nget_komi\nboardsize 5\nget_komi\n"
    told = answers(f"{asked}final_score")
    assert told == ["= 24.5", "= ", "= 8.5", "= ", "= ", "= 3", "= ", "= 3", "= W+3"]


# --- moves, strengths, time ---


def test_genmove_plays_and_reg_genmove_does_not() -> None:
    told = answers("reg_genmove b\nreg_genmove b\ngenmove b\nundo\nreg_genmove b\nshowboard")
    assert told[0] == told[1] == told[2] == told[4]
    assert told[5].count("X") == 1  # who is to move


def test_everything_random_follows_from_the_seed() -> None:
    play = "boardsize 7\n" + "genmove b\ngenmove w\n" * 10
    assert answers(play, engine(seed=1)) == answers(play, engine(seed=1))
    assert answers(play, engine(seed=1)) != answers(play, engine(seed=2))


@pytest.mark.parametrize("agent", ["random", "mcts-20", "search", "capturer", "surveyor.careful", "go-club"])
def test_players_without_a_network_play_every_size(agent: str) -> None:
    for size in (2, 5, 9, 19):
        told = answers(f"boardsize {size}\ngenmove b\ngenmove w", engine(agent))
        assert told[0] == "= "
        assert all(re.fullmatch(r"= ([A-T]\d{1,2}|pass)", move) for move in told[1:])


def test_an_arm_plays_its_own_size_only(tmp_path: Path) -> None:
    told = answers("boardsize 9\nboardsize 5\ngenmove b", engine(arm(tmp_path, 5)))
    assert told[:2] == ["? unacceptable size", "= "]
    assert re.fullmatch(r"= [A-E][1-5]", told[2])


def test_a_network_at_first_sight_searches_nothing(tmp_path: Path) -> None:
    name = arm(tmp_path, 5)
    at_once, searched = (answers("lz-genmove_analyze b 1", engine(name, simulations=n)) for n in (0, 64))
    assert "visits 0" in at_once[0]
    assert sum(int(n) for n in re.findall(r"visits (\d+)", searched[0].split("\n")[-2])) > 0


def test_it_resigns_when_two_moves_in_a_row_are_hopeless(tmp_path: Path) -> None:
    hopeless = engine(arm(tmp_path, 5), simulations=8, resign_below=0.9)
    assert answers("komi 100\ngenmove b\nplay w A1\ngenmove b", hopeless)[3] == "= resign"
    both = answers("komi 100\ngenmove b\ngenmove w\ngenmove b", engine("search", resign_below=0.2))
    assert "resign" not in "".join(both[:3]), "White's game is won"
    assert both[3] == "= resign", "each colour's moves are counted"
    never = engine(arm(tmp_path / "other", 5), simulations=8)
    assert "resign" not in session("komi 100\ngenmove b\nplay w A1\ngenmove b", never)


def test_a_clock_shares_out_what_is_left() -> None:
    assert Clock().seconds(0, 0, 81) is None
    assert Clock(0.0, 10.0, 0).seconds(0, 0, 81) is None  # GTP: no limit
    absolute = Clock(100.0)
    first = absolute.seconds(0, 0, 81)
    assert first is not None
    assert 1 < first < 10
    absolute.tell(0, 1.0, 0)
    last = absolute.seconds(0, 200, 81)
    assert last is not None
    assert 0 < last < 0.3
    absolute.tell(0, 0.0, 0)
    assert absolute.seconds(0, 200, 81) == 0.02
    assert Clock(0.0, 5.0, 1).seconds(0, 0, 81) == pytest.approx(4.9), "byo-yomi alone begins at once"
    canadian = Clock(0.0, 10.0, 5)
    assert canadian.seconds(1, 3, 81) == pytest.approx(1.9)
    canadian.tell(1, 10.0, 5)
    assert canadian.seconds(1, 3, 81) == pytest.approx(1.9)
    canadian.spend(1, 4.0)
    assert canadian.left[1] == (6.0, 4)
    for _ in range(4):
        canadian.spend(1, 1.0)
    assert canadian.left[1] == (10.0, 5)


def test_a_search_keeps_to_the_clock(tmp_path: Path) -> None:
    told = session("time_settings 0 1 1\nlz-genmove_analyze b 1", engine(arm(tmp_path, 5), simulations=None))
    assert "play " in told


# --- counting ---


def test_a_stone_that_playouts_give_up_is_dead_and_still_counted() -> None:
    """White's stone behind Black's wall; the count takes nothing off."""
    wall = "".join(f"play b b{row}\n" for row in range(1, 6))
    told = answers(
        f"{wall}play b d4\nplay w a1\nfinal_status_list dead\nfinal_status_list seki\n"
        "final_status_list alive\nkomi 0.5\nfinal_score"
    )
    assert told[7:9] == ["= A1", "= "]
    assert set(told[9].removeprefix("= ").split("\n")) == {"B1", "B2", "B3", "B4", "B5", "D4"}
    assert told[11] == "= B+18.5", "20 points and White's stone, which makes the left nobody's"


def test_where_nothing_is_settled_every_stone_counts_as_alive() -> None:
    asked = "play b c3\nplay w a1\nfinal_status_list dead\nfinal_status_list seki\n"
    told = answers(f"{asked}final_status_list alive\nfinal_score")
    assert told[2:4] == ["= ", "= "]
    assert set(told[4].removeprefix("= ").split("\n")) == {"C3", "A1"}
    assert told[5] == "= W+24.5"


# --- SGF ---


def test_a_file_is_loaded_to_its_end_or_before_a_move(tmp_path: Path) -> None:
    path = tmp_path / "game.sgf"
    path.write_text("(;GM[1]FF[4]SZ[5]KM[3.5]AB[cc];W[aa];B[];W[ee])")
    told = answers(f"loadsgf {path}\nshowboard\nloadsgf {path} 2\nshowboard\nloadsgf {path} 1\nshowboard")
    assert "O . . . ." in told[1]
    assert ". . . . O" in told[1]
    assert "X to move, komi 3.5, passes 0, 3 moves" in told[1]
    assert "1 moves" in told[3]
    assert "O . . . ." not in told[5]
    assert "O to move" in told[5]


@pytest.mark.parametrize(
    "text", ["", "no game", "(;GM[1]SZ[25])", "(;GM[1]SZ[5];B[aa];W[aa])", "(;SZ[5];B[zz])", "(;GM[2])"]
)
def test_a_file_that_cannot_be_loaded_changes_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.sgf"
    path.write_text(text)
    told = answers(f"play b c3\nloadsgf {path}\nloadsgf {tmp_path}\nloadsgf {tmp_path / 'none.sgf'}\nundo")
    assert all(answer.startswith("? cannot load file: ") for answer in told[1:4])
    assert told[4] == "= "


def test_an_illegal_move_is_named(tmp_path: Path) -> None:
    path = tmp_path / "illegal.sgf"
    path.write_text("(;GM[1]SZ[5];B[cc];W[bb];B[cc])")
    why = f"{path}, game 1: illegal move: move 3, Black C3: a stone lies there"
    assert answers(f"loadsgf {path}\nloadsgf {path} 3") == [f"? cannot load file: {why}", "= "]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe.sgf")
    assert answers(f"loadsgf {path}") == [f"? cannot load file: {path} is no regular file"]


# --- analysis ---


def reports(answer: str) -> list[list[str]]:
    """The moves of each report of a streamed answer."""
    return [re.findall(r"info move (\S+)", line) for line in answer.split("\n") if line.startswith("info")]


@pytest.mark.parametrize("command", ["lz-analyze", "kata-analyze"])
def test_an_analysis_streams_until_the_next_line(tmp_path: Path, command: str) -> None:
    told = answers(f"12 {command} b 1 maxmoves 3\n13 name", engine(arm(tmp_path, 5)))
    assert told[0].startswith("=12\ninfo move ")
    assert all(0 < len(moves) <= 3 for moves in reports(told[0]))
    assert told[1].startswith("=13 Move 37")


def test_the_fields_are_those_that_boards_read(tmp_path: Path) -> None:
    name = arm(tmp_path, 5)
    lz = answers("lz-analyze 100", engine(name))[0]
    fields = r"info move (\S+) visits (\d+) winrate (\d+) prior (\d+) lcb (\d+) order (\d+) pv ([^i]+)"
    found = re.findall(fields, lz.split("\n")[1])
    assert [int(order) for *_, order, _ in found] == list(range(len(found)))
    assert all(0 <= int(value) <= 10_000 for _, _, *values, _, _ in found for value in values)
    assert all(line.split()[0] == move for move, *_, line in found)
    kata = answers("kata-analyze 100 rootInfo true minmoves 26", engine(name))[0]
    assert len(reports(kata)[0]) == 26
    rates = [float(rate) for rate in re.findall(r"winrate (\S+)", kata)]
    assert all(0 <= rate <= 1 for rate in rates)
    assert re.search(r"rootInfo visits \d+ utility \S+ winrate \S+ scoreLead \S+$", kata, re.MULTILINE)


def test_ownership_is_the_movers_and_adds_up_to_the_lead() -> None:
    asked = "play b c3\nplay b c4\nplay b c2\nkomi 0\nkata-analyze {} 100 ownership true rootInfo true"
    for color, sign in (("b", 1), ("w", -1)):
        told = answers(asked.format(color), engine("mcts-20"))[-1]
        owner = [float(share) for share in told.split("ownership ")[1].split()]
        assert len(owner) == 25
        assert sign * sum(owner) > 5
        lead = float(told.split("scoreLead ")[1].split()[0])
        assert lead == pytest.approx(sum(owner), abs=0.02)


def test_who_shows_no_thoughts_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mute.py"
    path.write_text(
        "import numpy as np\nfrom agents.player import Player\n"
        "def player(game):\n"
        "    print('a greeting')\n"
        "    return Player('mute', lambda states, keys, plies: np.full(len(states), 25))\n"
    )
    told = answers("lz-analyze\ngenmove b\nlz-genmove_analyze w", engine(str(path)))
    assert told == [f"? {path} shows no thoughts", "= pass", "=\nplay pass"]


def test_an_error_in_a_player_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(
        "from agents.player import Player\n"
        "def player(game):\n"
        "    return Player('wrong', lambda states, keys, plies: 1 / 0)\n"
    )
    told = answers("genmove b\nname", engine(str(path)))
    assert told[0].startswith("? ")
    assert "ZeroDivisionError" in told[0]
    assert told[1].startswith("= ")
    assert "Traceback" in capsys.readouterr().err


# --- whatever is sent ---

VOCABULARY = """
    play genmove undo boardsize komi clear_board showboard final_score fixed_handicap set_free_handicap
    place_free_handicap time_left time_settings lz-analyze kata-analyze loadsgf final_status_list reg_genmove
    known_command list_commands lz-genmove_analyze b w black white pass resign A1 C3 E5 T19 J9 I4 Z99 0 1 2 5
    7 -1 1e9 nan inf alive dead seki interval minmoves maxmoves ownership true 99999999999999999999 #
    /etc/passwd . é 囲碁
"""


def test_no_line_ends_the_engine() -> None:
    rng, known = np.random.default_rng(0), VOCABULARY.split()
    lines = []
    for _ in range(3_000):
        kind = rng.integers(4)
        if kind == 0:
            line = rng.integers(0, 256, rng.integers(0, 40), np.uint8).tobytes().replace(b"\n", b"")
        else:
            words = rng.choice(known, rng.integers(1, 6))
            first = rng.choice(known[:21]) if kind < 3 else words[0]
            line = " ".join([first, *words]).encode()
        lines.append(line.replace(b"quit", b""))
    told = session(b"\n".join([*lines, b"boardsize 5", b"clear_board", b"777 play b c3", b"778 genmove w"]))
    assert "\n\n=777 \n\n" in told
    assert re.search(r"\n\n=778 ([A-E][1-5]|pass)\n\n$", told)
    asked = sum(read_command(line) is not None for line in lines) + 4
    heads = [block for block in told.split("\n\n") if block.startswith(("=", "?"))]
    assert len(heads) == asked, "every command has one answer"


def test_a_line_without_end_is_cut() -> None:
    told = session(b"play b " + b"x" * 1_000_000 + b"\n5 name\n")
    assert told.startswith("? ")
    assert "=5 Move 37 (random)\n\n" in told
