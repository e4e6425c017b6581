"""People's games of Go as lessons: what is read, how they are split, and that nothing is learned twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from human_collection import random_record, write_collection

from agents.games_file import (
    UNKNOWN,
    Games,
    played_positions_of,
    positions_of,
    read_games,
    write_games,
)
from agents.human_games import (
    SPLITS,
    board_size,
    game_key,
    games_of,
    rank_band,
    read_human_games,
    splits_of,
)
from agents.imitation import examples_of, mirror_symmetric
from games.connect_four import GAME as CONNECT_FOUR
from games.go import GO5, GO9
from games.notation import NotationError
from games.sgf import SgfGame
from games.sgf_values import Result
from lab.own_files import is_games_file, keep, named


def test_games_are_read_with_starts_and_results(tmp_path: Path) -> None:
    records = write_collection(tmp_path / "a.sgf", 60)
    human = read_human_games(tmp_path / "a.sgf", GO5)
    assert len(human) == 60
    assert human.collection.reasons == {"out of turn": 1}
    assert {record.actions for record in human.records} == {record.actions for record in records}
    assert (human.games.results == UNKNOWN).sum() == 6
    assert human.games.starts is not None
    assert (human.games.starts["komi"] == 24.5).all()
    for row, record in enumerate(human.records):
        played = human.games.actions[row, : human.games.lengths[row]]
        assert tuple(played.tolist()) == record.actions
    assert human.splits.tolist() == sorted(human.splits.tolist()), "those to learn from come first"
    assert sum(len(human.of(split)) for split in SPLITS) == len(human.of("all")) == 60


def test_the_lazy_positions_are_the_kept_ones(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.sgf", 30)
    games = read_games(tmp_path / "a.sgf", GO5)
    states, actions, values, index = positions_of(games, GO5)
    lazy, *others = played_positions_of(games, GO5)
    for kept, again in zip((actions, values, index), others, strict=True):
        assert np.array_equal(kept, again, equal_nan=kept is values)
    rows = np.random.default_rng(0).permutation(len(states))[:200]
    assert lazy[rows].tobytes() == states[rows].tobytes()
    assert lazy[5:9].tobytes() == states[5:9].tobytes()
    assert np.isnan(values).sum() == games.lengths[games.results == UNKNOWN].sum()
    examples = examples_of(games, GO5)
    assert len(examples.states) == len(values), "of games without a result the moves are learned"
    assert examples.known is not None
    assert np.array_equal(examples.known, ~np.isnan(values))
    assert np.isfinite(examples.value_targets).all()
    assert examples_of(games[games.results != UNKNOWN], GO5).known is None


def test_a_setup_game_is_learned_from_its_start() -> None:
    record = SgfGame("", 1, 9, 0.5, 2, (20, 60), (), 1, (40, 24), Result(-1, "resignation"))
    games = games_of([record], GO9)
    states, _, values, _ = positions_of(games, GO9)
    assert GO9.current_player(states).tolist() == [1, 0]
    assert values.tolist() == [1.0, -1.0]
    assert played_positions_of(games, GO9)[0][np.arange(2)].tobytes() == states.tobytes()


# --- splits ---


def test_all_views_of_a_game_share_a_key() -> None:
    rng = np.random.default_rng(2)
    record = random_record(rng, 1)
    keys = set()
    for symmetry in GO5.symmetries:
        image = np.argsort(symmetry.actions)  # where each action goes
        keys.add(game_key(replace(record, actions=tuple(image[list(record.actions)].tolist()))))
    assert keys == {game_key(record)}
    assert game_key(replace(record, actions=record.actions[:-1])) not in keys
    assert game_key(replace(record, first=1)) not in keys


def test_the_split_of_a_game_never_changes() -> None:
    """Frozen: figures are comparable only on the same test games."""
    record = SgfGame("", 1, 9, 7.0, 0, (), (), 0, (40, 24, 60), Result())
    assert game_key(record) == 3608848240322467307
    rng = np.random.default_rng(0)
    keys = rng.integers(0, 2**64, 20_000, np.uint64, endpoint=False)
    shares = np.bincount(splits_of(keys)) / len(keys)
    assert np.abs(shares - [0.84, 0.10, 0.06]).max() < 0.01
    assert (splits_of(keys[:100]) == splits_of(keys)[:100]).all()


def test_copies_are_counted_once(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.sgf", 20)
    (tmp_path / "b.sgf").write_bytes((tmp_path / "a.sgf").read_bytes())
    human = read_human_games(tmp_path, GO5)
    assert (len(human), human.copies) == (20, 20)


@pytest.mark.parametrize(
    ("rank", "band"),
    [
        ("2374", "2300-2399"),
        ("5p", "4p-6p"),
        ("9p, Honinbo", "7p-9p"),
        ("3d", "1d-3d"),
        ("12k", "10k-12k"),
        ("4 dan", "4d-6d"),
        ("", "unknown"),
        ("Shinjin-O", "unknown"),
    ],
)
def test_bands_of_ranks(rank: str, band: str) -> None:
    assert rank_band(rank) == band


# --- files ---


def test_our_games_there_and_back_as_sgf(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    games = games_of([random_record(rng, number) for number in range(1, 30)], GO5)
    write_games(tmp_path / "ours.sgf", games, "somebody against itself", GO5)
    again = read_games(tmp_path / "ours.sgf", GO5)
    assert len(again) == len(games)
    ours = {tuple(row.tolist()): result for row, result in zip(games.actions, games.results, strict=True)}
    width = games.actions.shape[1]
    for row, result in zip(again.actions, again.results, strict=True):
        assert ours[tuple(np.pad(row, (0, width - len(row)), constant_values=-1).tolist())] == result


def test_go_as_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("C3,b2,pass 1-0\nC3,D4,pass,pass\n")
    games = read_games(path, GO5)
    assert games.lengths.tolist() == [3, 4]
    assert games.results.tolist() == [1, -1], "one stone each, and komi is White's"
    write_games(tmp_path / "again.txt", games, "mine", GO5)
    assert (tmp_path / "again.txt").read_text().splitlines()[1:] == ["C3,B2,pass 1-0", "C3,D4,pass,pass 0-1"]
    path.write_text("C3,Z9 1-0\n")
    with pytest.raises(NotationError, match="line 1: move 2 of"):
        read_games(path, GO5)


def test_text_cannot_tell_of_starts(tmp_path: Path) -> None:
    record = SgfGame("", 1, 9, 0.5, 2, (20, 60), (), 1, (40, 24), Result(1, "time"))
    with pytest.raises(ValueError, match=r"write them to a \.sgf"):
        write_games(tmp_path / "x.txt", games_of([record], GO9), "", GO9)
    write_games(tmp_path / "x.sgf", games_of([record], GO9), "", GO9)
    (back,) = read_human_games(tmp_path / "x.sgf", GO9).records
    assert (back.black, back.first, back.actions, back.komi) == ((20, 60), 1, (40, 24), 0.5)


def test_sgf_is_for_go(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.sgf", 3)
    with pytest.raises(NotationError, match="SGF holds games of Go"):
        read_games(tmp_path / "a.sgf", CONNECT_FOUR)
    with pytest.raises(NotationError, match=r"no game on 9x9 can be read \(3 on 5x5, left out"):
        read_human_games(tmp_path / "a.sgf", GO9)
    with pytest.raises(NotationError, match="there is no such file"):
        read_human_games(tmp_path / "b.sgf", GO9)
    assert board_size(CONNECT_FOUR) is None
    assert board_size(GO9) == 9


def test_which_names_are_files_of_games(tmp_path: Path) -> None:
    for name in ("a.txt", "A.SGF", "x/y.zip", "folder/", str(tmp_path)):
        assert is_games_file(name), name
    for name in ("forgetful", "two-ply.best", "runs/none:zero", "my_player.py"):
        assert not is_games_file(name), name
    assert named(tmp_path).endswith("/")
    assert mirror_symmetric("a.sgf")
    assert not mirror_symmetric("a.txt")


def test_a_run_keeps_a_folder_of_games(tmp_path: Path) -> None:
    write_collection(tmp_path / "mine" / "deep" / "a.sgf", 3)
    (tmp_path / "mine" / "notes.md").write_text("not a game")
    keep(tmp_path / "mine", tmp_path / "kept")
    assert [path.name for path in (tmp_path / "kept").rglob("*.*")] == ["a.sgf"]
    (tmp_path / "mine" / "deep" / "a.sgf").unlink()
    keep(tmp_path / "mine", tmp_path / "kept")
    assert len(read_human_games(tmp_path / "kept", GO5)) == 3


def test_slices_keep_their_starts(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.sgf", 10)
    games = read_games(tmp_path / "a.sgf", GO5)
    part: Games = games[3:5]
    assert part.starts is not None
    assert len(part.starts) == len(part) == 2


def test_the_command_says_what_a_file_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from agents.commands.games import Games as Command
    from agents.commands.games import games as say

    write_collection(tmp_path / "a.sgf", 20)
    say(Command(tmp_path / "a.sgf", json=tmp_path / "told.json"))
    told = json.loads((tmp_path / "told.json").read_text())
    assert (told["games"], told["sizes"], told["reasons"]) == (20, {"5": 20}, {"out of turn": 1})
    assert sum(told["results"].values()) == 20
    assert sum(told["ranks"].values()) == 40
    said = capsys.readouterr().out
    assert "20 games of 1 file read" in said
    assert "a.sgf, game 21: out of turn" in said
    with pytest.raises(NotationError, match="there is no such file"):
        say(Command(tmp_path / "none"))


def test_demonstrations_of_go_are_written_as_text_and_as_sgf(tmp_path: Path) -> None:
    from agents.commands.play import Demonstrate, demonstrate

    for name in ("x.txt", "x.sgf"):
        demonstrate(Demonstrate(world="go5", human="random", games=6, out=tmp_path / name))
    text, sgf = read_games(tmp_path / "x.txt", GO5), read_games(tmp_path / "x.sgf", GO5)
    assert sorted(map(_moves, zip(text.actions, text.lengths, text.results, strict=True))) == sorted(
        map(_moves, zip(sgf.actions, sgf.lengths, sgf.results, strict=True))
    )


def _moves(game: tuple[Any, Any, Any]) -> tuple[int, ...]:
    actions, length, result = game
    return (int(result), *actions[:length].tolist())
