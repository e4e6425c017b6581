"""Files, folders and archives of SGF; moves checked against the rules; the real collections."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from games.core import IllegalMove
from games.go import GO9, go_game, score
from games.notation import NotationError, format_point, parse_game, parse_point, read_sgf
from games.sgf import SgfGame
from games.sgf_files import action_table, check_moves, read_collection, start_of
from games.sgf_values import Result

GOOD = b"(;GM[1]FF[4]SZ[9]KM[7]RE[B+R];B[ee];W[gc];B[cg])\n"
SMALL = b"(;SZ[5]KM[0]RE[B+25];B[cc])"
KO = "cb db bc ec cd dd dc cc"  # White takes the ko; Black may not take back


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def game_of(points: str, size: int = 9) -> bytes:
    """Black and White in turn on those points, in SGF's letters."""
    line = "".join(f";{'BW'[i % 2]}[{point}]" for i, point in enumerate(points.split()))
    return f"(;SZ[{size}]KM[7]RE[0]{line})".encode()


def test_a_collection(tmp_path: Path) -> None:
    read = read_collection(written(tmp_path, "a.sgf", GOOD * 3 + SMALL), size=9)
    assert [game.place for game in read.games] == [f"a.sgf, game {n}" for n in (1, 2, 3)]
    assert (read.other_sizes, read.files, read.bad) == ({5: 1}, 1, ())
    assert len(read_collection(tmp_path / "a.sgf").games) == 4


def test_a_folder_and_its_archives(tmp_path: Path) -> None:
    written(tmp_path, "one/b.SGF", GOOD)
    written(tmp_path, "a.sgf", b"nothing")
    written(tmp_path, "readme.md", b"(;GM[1]")
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/d.sgf", GOOD * 2)
        archive.writestr("e.txt", "no")
    read = read_sgf(tmp_path, 9)
    assert [game.place for game in read.games] == [
        "c.zip/deep/d.sgf, game 1",
        "c.zip/deep/d.sgf, game 2",
        "one/b.SGF, game 1",
    ]
    assert read.reasons == {"no SGF": 1}
    assert read.files == 3
    assert any("a.sgf: no SGF" in line for line in read.report())


def test_archives_that_are_broken(tmp_path: Path) -> None:
    assert read_collection(written(tmp_path, "a.zip", b"PK\x03\x04 no")).reasons == {"cannot be unpacked": 1}
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.sgf", GOOD * 50)
        archive.writestr("y.sgf", GOOD)
    data = bytearray(path.read_bytes())
    data[60:70] = b"??????????"
    read = read_collection(written(tmp_path, "b.zip", bytes(data)))
    assert (len(read.games), read.reasons) == (1, {"cannot be unpacked": 1})
    rng = np.random.default_rng(3)
    for _ in range(200):  # bytes anywhere, its directory too
        data = bytearray(path.read_bytes())
        data[int(rng.integers(len(data)))] = int(rng.integers(256))
        assert read_collection(written(tmp_path, "c.zip", bytes(data))).files >= 1


def test_an_archive_in_an_archive_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as inner:
        inner.writestr("game.sgf", game_of("aa bb"))
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        outer.writestr("game.sgf", game_of("aa bb"))
        outer.write(tmp_path / "inner.zip", "deep/inner.zip")
    found = read_collection(tmp_path / "outer.zip")
    assert (len(found.games), found.files) == (1, 2)
    why = "outer.zip/deep/inner.zip: archive in an archive: unpack it first"
    assert [str(bad) for bad in found.bad] == [why]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NotationError, match="there is no such file or folder"):
        read_sgf(tmp_path / "none.sgf")
    assert read_sgf(tmp_path).reasons == {"no SGF": 1}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe.sgf")
    assert [str(bad) for bad in read_collection(path).bad] == ["pipe.sgf: cannot be read: no regular file"]
    assert [bad.reason for bad in read_collection(tmp_path).bad] == ["no SGF"]


# --- legality ---


def test_illegal_moves_are_named(tmp_path: Path) -> None:
    taken = game_of("ee gc ee")
    suicide = game_of("ab ii ba hh tt aa")  # White into a corner that Black surrounds
    superko = game_of(f"{KO} dc")
    path = written(tmp_path, "x.sgf", GOOD + taken + suicide + GOOD + superko + game_of(KO))
    read = read_collection(path, 9)
    assert [game.number for game in read.games] == [1, 4, 6]
    assert [str(one) for one in read.bad] == [
        "x.sgf, game 2: illegal move: move 3, Black E5: a stone lies there",
        "x.sgf, game 3: illegal move: move 6, White A9: suicide",
        "x.sgf, game 5: repeats a position: move 9, Black D7: positional superko",
    ]
    assert read.reasons == {"illegal move": 2, "repeats a position": 1}


def test_impossible_setups_are_named(tmp_path: Path) -> None:
    data = b"(;SZ[9]KM[7]AB[aa]AW[ab][ba];B[ee])" + GOOD
    read = read_collection(written(tmp_path, "x.sgf", data), 9)
    assert (len(read.games), read.reasons) == (1, {"impossible set-up": 1})


def test_starts() -> None:
    game = SgfGame("", 1, 9, 0.5, 2, (20, 60), (), 1, (40,), Result())
    state = start_of(game)
    assert state["komi"][0] == np.float32(0.5)
    assert GO9.current_player(state)[0] == 1
    assert GO9.observe(state)[0, 1].ravel().nonzero()[0].tolist() == [20, 60], "the opponent's"


def test_playing_through_is_playing_step_by_step() -> None:
    """200 random games, some of whose moves are illegal: the kernel stops where step refuses."""
    rng = np.random.default_rng(5)
    actions = rng.integers(0, 82, (200, 60)).astype(np.int16)
    lengths = rng.integers(0, 61, 200)
    assert GO9.play_through is not None
    finals, played = GO9.play_through(GO9.new(200), actions, lengths)
    for row in range(200):
        state = GO9.new(1)
        count = 0
        try:
            for action in actions[row, : lengths[row]]:
                state = GO9.step(state, np.array([action]))
                count += 1
        except IllegalMove:
            pass
        assert count == played[row]
        assert state.tobytes() == finals[row : row + 1].tobytes()
    with pytest.raises(ValueError, match="need moves"):
        GO9.play_through(GO9.new(2), actions[:2], [61, 0])


# --- text ---


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I5", "no column is called I"),
        ("K1", "off the board: 9x9 has A1 to J9"),
        ("A10", "off the board"),
        ("A0", "is no point"),
        ("", "is no point"),
        ("D4 D5", "is no point"),
        ("D٤", "is no point"),
    ],
)
def test_wrong_points_are_named(text: str, words: str) -> None:
    with pytest.raises(NotationError, match=words) as caught:
        parse_point(text, 9, "line 3")
    assert str(caught.value).startswith("line 3: ")


def test_a_line_of_go_moves() -> None:
    actions, states = parse_game(GO9, "E5 g7, pass")
    assert [format_point(action, 9) for action in actions] == ["E5", "G7", "pass"]
    assert len(states) == 4
    for text, words in (("E5 Z9", r"move 2 of .* is 'Z9'; .* A9 to J1, pass"), ("E5 E5", "do not allow it")):
        with pytest.raises(NotationError, match=words):
            parse_game(GO9, text)


# --- the real collections ---


def collection_file(name: str) -> Path:
    """A collection in the folder that MOVE37_DATA names; fails where there is none."""
    folder = os.environ.get("MOVE37_DATA")
    if not folder:
        pytest.fail("MOVE37_DATA is unset: let it name the folder that holds go9_human/*.sgf")
    return Path(folder) / "go9_human" / name


@pytest.mark.data
@pytest.mark.parametrize(("name", "count", "superko"), [("goquest.sgf", 4555, 4), ("pro.sgf", 373, 0)])
def test_every_real_game_is_read_or_named(name: str, count: int, superko: int) -> None:
    read = read_collection(collection_file(name), 9)
    assert len(read.games) + len(read.bad) == count
    assert read.reasons == ({"repeats a position": superko} if superko else {})
    assert check_moves(read.games)[1] == ()


@pytest.mark.data
def test_results_against_our_count() -> None:
    """Of games that two passes ended and that were counted: how often our count, all stones alive, gives the
    winner and the very margin that the file gives. People leave dead stones lie, which their server takes
    off: 65 % and 34 % agree. Where they do not, no other komi explains more games than the file's."""
    games = [
        game
        for game in read_collection(collection_file("goquest.sgf"), 9).games
        if game.result.how == "count" and game.actions[-2:] == (81, 81) and not game.notes
    ]
    assert len(games) > 4_000
    actions, lengths = action_table(games)
    rules = go_game(9)
    assert rules.play_through is not None
    finals, _ = rules.play_through(np.concatenate([start_of(game) for game in games]), actions, lengths)
    ours = score(finals)[0] - finals["komi"]
    theirs = np.array([(game.result.winner or 0) * (game.result.margin or 0.0) for game in games])
    assert (np.sign(ours) == np.sign(theirs)).mean() >= 0.60
    assert (ours == theirs).mean() >= 0.30
    off, times = np.unique(ours - theirs, return_counts=True)
    assert off[times.argmax()] == 0
    assert np.sort(times)[-2] < 0.1 * times.max()
