"""The frozen positions of Go on 5x5."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from agents import positions_go as g
from agents.baselines import baseline_player
from agents.position_set import natural_moves
from agents.positions import FOLDER, PositionSet, load_positions, read_positions, score_policy
from games.go import GO5, score, with_komi
from games.go_solver import Solver, taken_points
from games.notation import NotationError
from games.notation import read_lines as text_lines
from lab.randomness import game_keys

# Frozen: results are comparable only on the same positions. Do not change these with the files.
SHA_256 = {
    "test": "9b27b3d6412eb8be39fe4c894d4c855767f9a8037c966b8f0ddb689b40904a90",
    "validation": "059a78b6e6cb6379b05db5c67e04fbbc6b8e2829a019ab29685d257bb87253ba",
    "train": "be3824c6ec46f579889c6ed98ba6bac4305e14631fd1907dddb5ffb84ad314b7",
}


@pytest.fixture(scope="module")
def sets() -> dict[str, PositionSet]:
    return {split: load_positions("go5", split) for split in g.SPLITS}


@pytest.mark.parametrize("split", g.SPLITS)
def test_the_files_are_frozen(split: str) -> None:
    content = (FOLDER / "go5" / f"{split}.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA_256[split]


def test_sizes_and_empty_points(sets: dict[str, PositionSet]) -> None:
    for split, (size, hard) in g.SPLITS.items():
        assert (len(sets[split]), int(sets[split].hard.sum())) == (size, hard)
        empties = 25 - GO5.observe(sets[split].states)[:, :2].sum(axis=(1, 2, 3))
        assert set(empties.astype(int).tolist()) <= set(g.EMPTIES)


def test_no_position_stands_twice_up_to_symmetry(sets: dict[str, PositionSet]) -> None:
    keys = [key for positions in sets.values() for key in g.canonical_keys(positions.states)]
    assert len(set(keys)) == len(keys)


def test_hard_positions_are_what_they_say(sets: dict[str, PositionSet]) -> None:
    for positions in sets.values():
        assert np.array_equal(positions.legal, GO5.legal_action_mask(positions.states))
        hard = positions.hard
        assert (positions.values == 1).all(), "at its komi each is won"
        assert positions.keep[hard].any(axis=1).all()
        assert (natural_moves(positions.states) & positions.legal & ~positions.keep)[hard].any(axis=1).all()
        assert not positions.win_at_hand.any()
        assert not positions.forced_block.any()


def test_labels_agree_with_the_solver(sets: dict[str, PositionSet]) -> None:
    solver = Solver(nodes=g.NODES)
    for split, positions in sets.items():
        lines = text_lines(FOLDER / "go5" / f"{split}.txt")
        for n in range(0, len(positions), 60):
            states = g.played(GO5, lines[n][1].split()[1].split(","))
            scores = solver.action_values(positions.states[n : n + 1], taken_points(states))
            assert np.array_equal(scores[0], positions.scores[n]), lines[n][0]


def test_a_pass_that_ends_the_game_is_scored_by_the_board(sets: dict[str, PositionSet]) -> None:
    checked = 0
    for positions in sets.values():
        states = positions.states[positions.states["passes"] == 1]
        scores = positions.scores[positions.states["passes"] == 1]
        sign = 1 - 2 * GO5.current_player(states).astype(int)
        expected = np.sign((score(states)[0] - states["komi"]) * sign)
        assert np.array_equal(scores[:, 25], expected)
        checked += len(states)
    assert checked > 20


def test_random_and_the_best_stand_where_they_must(sets: dict[str, PositionSet]) -> None:
    positions = sets["validation"]
    best = positions.strict / positions.strict.sum(axis=1, keepdims=True)
    assert set(score_policy(positions, best)) == {"hard", "all", "strict", "win_at_hand", "forced_block"}
    np.testing.assert_allclose(score_policy(positions, best)["hard"], 1.0)
    random = baseline_player("random", GO5).policy
    assert random is not None
    assert 0.1 < score_policy(positions, random(positions.states))["hard"].mean() < 0.6


# --- lines ---

LINE = "24.5 C3,pass,A1,A2 "


def a_file(folder: Path, line: str) -> Path:
    path = folder / "hand.txt"
    path.write_text(f"# by hand\n{line}\n", encoding="ascii")
    return path


def test_a_line_by_hand(tmp_path: Path) -> None:
    marks = list("+" * 26)
    for name in ("C3", "A1", "A2"):
        marks[GO5.action_names.index(name)] = "."
    marks[0], marks[25] = "-", "="
    positions = read_positions(a_file(tmp_path, LINE + "".join(marks)), "go5")
    assert GO5.to_text(positions.states[0]).startswith(
        ".....\n.....\n..X..\nO....\nX....\nX to move, komi 24.5"
    )
    assert positions.scores[0, [0, 1, 12, 25]].tolist() == [-1, 1, -128, 0]
    assert positions.hard.tolist() == [True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (LINE + "+" * 26, "line 2: a move is marked that the rules forbid"),
        (LINE + "+" * 25, "line 2: expected a komi, moves and 26 marks"),
        ("x C3 " + "+" * 26, "line 2: expected a komi"),
        ("0.5 C3,Z9 " + "+" * 26, "line 2: 'Z9' is no move"),
        ("0.5 C3,C3 " + "+" * 26, "line 2: move 2 .'C3'. is against the rules"),
        ("0.5 pass,pass " + "+" * 26, "line 2: a move is marked"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        read_positions(a_file(tmp_path, line), "go5")


# --- how they were made ---


def test_games_are_reproducible_whatever_the_batch() -> None:
    keys = game_keys(37, "go positions", 0, 12)
    games, states = g.chosen_positions(keys, ("random",))
    again, same_states = g.chosen_positions(keys[:6], ("random",))
    assert states[: len(again)].tobytes() == same_states.tobytes()
    assert [game.tolist() for game in again] == [game.tolist() for game in games[: len(again)]]
    for game, state in zip(games, states, strict=True):
        replayed = g.played(GO5, [GO5.action_names[action] for action in game])[-1:]
        assert with_komi(replayed, state["komi"]).tobytes() == state.tobytes()


def test_a_stream_of_lines() -> None:
    stream = g.scored_positions(5, pool=("random",), batch=16)
    lines = [next(stream) for _ in range(3)]
    assert len({line for line, _ in lines}) == 3
    again = g.scored_positions(5, pool=("random",), batch=16)
    assert [next(again) for _ in range(3)] == lines


def test_images_share_their_key() -> None:
    keys = set()
    for names in (["A5", "C3"], ["E5", "C3"], ["E1", "C3"], ["A1", "C3"]):
        keys |= set(g.canonical_keys(g.played(GO5, names)[-1:]))
    assert len(keys) == 1
    assert set(g.canonical_keys(g.played(GO5, ["C3", "A5"])[-1:])).isdisjoint(keys)
