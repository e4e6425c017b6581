"""The frozen position sets, and what a policy scores on them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from agents import positions_connect_four as p
from agents.baselines import baseline_player
from agents.commands.world import check_imitated, check_world
from agents.positions import (
    FOLDER,
    SPLITS,
    PositionSet,
    fill_split,
    load_positions,
    read_positions,
    score_policy,
)
from agents.scored_worlds import NEEDED, scored_worlds
from games.connect_four import GAME
from games.connect_four_solver import Solver
from games.notation import NotationError, parse_game
from lab.commands.common import UsageError
from lab.randomness import game_keys

# Frozen: results are comparable only on the same positions. Do not change these with the files.
SHA_256 = {
    "test": "76147485948db2378fec0efdd489f0d6b3014edf2cb4e146acfc3c89e4e763cc",
    "validation": "09996f279d02c7d438936c1a64edf9c050e573e6c296c7491852987b25c91cf9",
    "train": "237aea1fb83ca85f32e2b6c7d66a93d8d08bf6a76b81837c208919c6a5fcfe1c",
}


@pytest.fixture(scope="module")
def sets() -> dict[str, PositionSet]:
    return {split: load_positions("connect_four", split) for split in SPLITS}


@pytest.mark.parametrize("split", SPLITS)
def test_the_files_are_frozen(split: str) -> None:
    content = (FOLDER / "connect_four" / f"{split}.txt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA_256[split]


def test_sizes_and_plies(sets: dict[str, PositionSet]) -> None:
    for split, (size, hard) in SPLITS.items():
        assert len(sets[split]) >= size
        assert sets[split].hard.sum() >= hard
        plies = np.bitwise_count(sets[split].states["occupied"])
        assert set(plies.tolist()) <= set(p.PLIES)


def test_no_position_stands_twice_up_to_mirror(sets: dict[str, PositionSet]) -> None:
    keys = [key for positions in sets.values() for key in p.canonical_keys(positions.states)]
    assert len(set(keys)) == len(keys)


@pytest.mark.data
def test_no_published_position_is_among_ours(sets: dict[str, PositionSet]) -> None:
    folder = os.environ.get("MOVE37_DATA")
    assert folder, "MOVE37_DATA is unset: let it name the folder that holds connect_four/*.allscores"
    files = sorted((Path(folder) / "connect_four").glob("*.allscores"))
    assert files, f"{folder} holds no connect_four/*.allscores"
    published = {key for path in files for key in p.canonical_keys(read_positions(path).states)}
    ours = {key for positions in sets.values() for key in p.canonical_keys(positions.states)}
    assert not published & ours


def test_labels_agree_with_the_rules(sets: dict[str, PositionSet]) -> None:
    for positions in sets.values():
        assert np.array_equal(positions.legal, GAME.legal_action_mask(positions.states))
        stones = np.bitwise_count(positions.states["occupied"]).astype(int)
        wins = positions.scores.max(axis=1) == (43 - stones) // 2  # winning with the next stone
        assert np.array_equal(wins, positions.win_at_hand)


def test_labels_agree_with_the_solver(sets: dict[str, PositionSet]) -> None:
    solver = Solver()
    for positions in sets.values():
        late = np.flatnonzero(np.bitwise_count(positions.states["occupied"]) >= 18)[::20]
        assert np.array_equal(solver.action_scores(positions.states[late]), positions.scores[late])


def test_categories_are_what_they_say(sets: dict[str, PositionSet]) -> None:
    positions = sets["validation"]
    assert not (positions.win_at_hand & positions.forced_block).any()
    assert not (positions.hard & (positions.win_at_hand | positions.forced_block)).any()
    assert (positions.strict <= positions.keep).all()
    assert positions.strict.any(axis=1).all()
    assert not (positions.hard & (positions.values < 0)).any(), "a lost position has nothing to lose"
    for n in np.flatnonzero(positions.win_at_hand)[:50]:
        state = positions.states[n : n + 1]
        winning = GAME.step(state, positions.strict[n].argmax()[None])
        assert GAME.is_terminal(winning)[0]


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "hand.txt"
    path.write_text("# by hand\n" + "\n".join(lines) + "\n")
    return path


def hand_set(folder: Path) -> PositionSet:
    """Three lines of the published sets: a quiet draw, a forced block, a win at hand."""
    return read_positions(
        a_file(
            folder,
            "274552224131661 0 -9 -11 -12 0 -11 -11 -11",
            "52753311433677442422121 8 2 3 7 7 8 7 2",
            "6146 18 -1 0 0 5 18 3 -1",
        )
    )


def test_a_set_by_hand(tmp_path: Path) -> None:
    positions = hand_set(tmp_path)
    assert positions.values.tolist() == [0, 1, 1]
    assert positions.keep.astype(int).tolist() == [[0, 0, 0, 1, 0, 0, 0], [1] * 7, [0, 0, 0, 1, 1, 1, 0]]
    assert positions.strict.argmax(axis=1).tolist() == [3, 4, 4]
    for n, (can_win, must_block) in enumerate(by_trial(positions)):
        assert positions.win_at_hand[n] == can_win
        assert positions.forced_block[n] == (must_block and not can_win)


def by_trial(positions: PositionSet) -> list[tuple[bool, bool]]:
    """Whether the mover, and the opponent if he were to move, can win at once: by playing it out."""
    answers = []
    for state in positions.states:
        other = state.copy()
        other["current"] ^= other["occupied"]
        answers.append((wins_by_trial(state), wins_by_trial(other)))
    return answers


def wins_by_trial(state: np.void) -> bool:
    states = np.array([state])
    moves = np.flatnonzero(GAME.legal_action_mask(states)[0])
    after = GAME.step(np.repeat(states, len(moves)), moves)
    return bool(GAME.rewards(after).any())


def test_categories_by_trial() -> None:
    _, states = p.unfinished_games(game_keys(3, "test", 0, 100))
    positions = PositionSet("played", states, np.zeros((len(states), 7), np.int8))
    expected = by_trial(positions)
    assert positions.win_at_hand.tolist() == [win for win, _ in expected]
    assert positions.forced_block.tolist() == [block and not win for win, block in expected]


def test_scores_of_a_policy_by_hand(tmp_path: Path) -> None:
    positions = hand_set(tmp_path)
    policy = np.zeros((3, 7))
    policy[0, [3, 4]] = 0.25, 0.75
    policy[1, [0, 4]] = 0.4, 0.6
    policy[2, [3, 4, 0]] = 0.5, 0.3, 0.2
    scores = score_policy(positions, policy)
    np.testing.assert_allclose(scores["all"], [0.25, 1.0, 0.8])
    np.testing.assert_allclose(scores["strict"], [0.25, 0.6, 0.3])
    assert set(scores) == {"hard", "all", "strict", "win_at_hand", "forced_block"}
    assert [len(scores[name]) for name in ("hard", "win_at_hand", "forced_block")] == [
        positions.hard.sum(),
        positions.win_at_hand.sum(),
        positions.forced_block.sum(),
    ]


def test_what_is_no_policy_is_refused(tmp_path: Path) -> None:
    positions = hand_set(tmp_path)
    with pytest.raises(ValueError, match="shape"):
        score_policy(positions, np.zeros((2, 7)))
    with pytest.raises(ValueError, match="row 0 of the policy"):
        score_policy(positions, np.zeros((3, 7)))
    with pytest.raises(ValueError, match="row 0 of the policy"):
        score_policy(positions, np.full((3, 7), np.nan))


def test_random_and_the_best_stand_where_they_must(sets: dict[str, PositionSet]) -> None:
    positions = sets["validation"]
    best = positions.strict / positions.strict.sum(axis=1, keepdims=True)
    for values in score_policy(positions, best.astype(np.float32)).values():
        np.testing.assert_allclose(values, 1.0, atol=1e-6)
    random = baseline_player("random", GAME).policy
    assert random is not None
    scores = score_policy(positions, random(positions.states))
    assert 0.6 < scores["all"].mean() < 0.8  # a random player keeps the value seven times in ten
    assert 0.35 < scores["hard"].mean() < 0.6


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match="no split is called 'tset'"):
        load_positions("connect_four", "tset")
    with pytest.raises(ValueError, match="no frozen positions"):
        load_positions("tic_tac_toe", "test")


def test_every_world_with_an_experiment_has_its_positions() -> None:
    assert {"connect_four", "go5", "go7", "go9"} <= set(scored_worlds())
    for world in scored_worlds():
        check_world(world)
        for split in NEEDED:
            assert load_positions(world, split).hard.any(), (world, split)


def test_positions_that_come_later_make_a_world_of_experiments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("agents.scored_worlds", "agents.positions"):
        monkeypatch.setattr(f"{module}.FOLDER", tmp_path)
    with pytest.raises(UsageError, match="go13 has rules here but no experiment yet"):
        check_world("go13")
    (tmp_path / "go13").mkdir()
    for split in NEEDED:
        (tmp_path / "go13" / f"{split}.txt").write_text(f"7.5 A13 .{'+' * 169}\n")
    check_world("go13")
    assert len(load_positions("go13", "test")) == 1
    check_imitated("go19")


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotationError, match="line 2"):
        read_positions(a_file(tmp_path, "1118 0 0 0 0 0 0 0 0"))


def test_a_score_alone_is_completed_by_the_solver(tmp_path: Path) -> None:
    full = "52753311433677442422121 8 2 3 7 7 8 7 2"  # of the published set Test_L2_R1
    alone = read_positions(a_file(tmp_path, "52753311433677442422121 8", full))
    assert alone.scores.tolist() == [[2, 3, 7, 7, 8, 7, 2]] * 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("52753311433677442422121 7", "line 2: the score is 8, not 7"),
        ("4444 0", "line 2: the score is"),
    ],
)
def test_a_score_alone_must_be_right(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        read_positions(a_file(tmp_path, line))


# --- how they were made ---


def test_games_are_reproducible_whatever_the_batch() -> None:
    keys = game_keys(37, "positions", 0, 40)
    games, states = p.unfinished_games(keys)
    again, same_states = p.unfinished_games(keys[:20])
    assert states[: len(again)].tobytes() == same_states.tobytes()
    assert [game.tolist() for game in again] == [game.tolist() for game in games[: len(again)]]
    for game, state in zip(games, states, strict=True):
        text = "".join(str(move + 1) for move in game)
        assert parse_game(GAME, text)[1][-1].tobytes() == state.tobytes()
    assert {len(game) for game in games} <= set(p.PLIES)


def test_mirror_images_share_their_key() -> None:
    states, mirrored = (parse_game(GAME, text)[1][-1:] for text in ("1123357", "7765531"))
    other = parse_game(GAME, "1123356")[1][-1:]
    assert p.canonical_keys(states) == p.canonical_keys(mirrored)
    assert p.canonical_keys(states) != p.canonical_keys(other)


def test_a_split_is_filled_until_both_counts_are_met() -> None:
    stream = iter([("a", False), ("b", True), ("c", False), ("d", True), ("e", True)])
    assert fill_split(stream, 2, 2) == ["a", "b", "c", "d"]
    assert next(stream) == ("e", True)


def test_a_split_can_be_filled_to_exact_counts() -> None:
    stream = iter([("a", False), ("b", True), ("c", False), ("d", True), ("e", True), ("f", True)])
    assert fill_split(stream, 3, 2, strict=True) == ["a", "b", "d"]
    assert next(stream) == ("e", True)
