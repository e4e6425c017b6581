"""Games written as SGF come back as they were; what was thought of them stands where others look for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sgfmill import sgf

from games.go import GO9
from games.sgf import SgfGame, parse_sgf
from games.sgf_files import check_moves
from games.sgf_values import Result
from games.sgf_write import Candidate, Thought, to_sgf

GAME = SgfGame("", 1, 9, 6.5, 0, (), (), 0, (40, 24, 81, 81), Result(-1, "count", 2.5), ("zero", "gnugo"))


def back(game: SgfGame) -> SgfGame:
    (read,) = parse_sgf(to_sgf([game]), game.source)
    assert isinstance(read, SgfGame), str(read)
    return read


def random_game(rng: np.random.Generator) -> SgfGame:
    """Random legal moves, perhaps from a set-up, perhaps with White to begin."""
    first = int(rng.integers(2))
    stones = rng.permutation(81)[:4].tolist() if rng.integers(2) else []
    black, white = tuple(sorted(stones[:2])), tuple(sorted(stones[2:]))
    state = GO9.new(1)
    if stones or first:
        from games.go import place

        state = place(state, black, white, first)
    actions = []
    for _ in range(int(rng.integers(1, 100))):
        legal = np.flatnonzero(GO9.legal_action_mask(state)[0])
        if len(legal) == 0:
            break
        actions.append(int(rng.choice(legal)))
        state = GO9.step(state, np.array(actions[-1:]))
    komi = float(rng.integers(-9, 10)) + 0.5 * int(rng.integers(2))
    result = [Result(), Result(0, "draw"), Result(1, "resignation"), Result(-1, "time"), Result(None, "void")]
    return SgfGame(
        "", 1, 9, komi, 0, black, white, first, tuple(actions), result[int(rng.integers(5))],
        ("a]b\\", "ü囲"), ("3d", "2150"), "Chinese", "2026-11-21", "a: b",
    )  # fmt: skip


def test_round_trip() -> None:
    """300 random games: every field comes back, and every move is still legal."""
    rng = np.random.default_rng(1)
    games = [random_game(rng) for _ in range(300)]
    read = parse_sgf(to_sgf(games), "")
    assert [replace(game, number=1, notes=()) for game in read if isinstance(game, SgfGame)] == games
    assert check_moves([game for game in read if isinstance(game, SgfGame)])[1] == ()


def test_handicap_and_comments_come_back() -> None:
    game = replace(GAME, handicap=2, black=(20, 60), first=1, comments=((0, "first\nlines"), (2, "x]")))
    assert replace(back(game), notes=()) == game


def test_thoughts_stand_at_their_position() -> None:
    best = Candidate(40, 0.525, 1200, 0.31, (40, 24, 81))
    thoughts = {0: Thought(0.52, (best, Candidate(24, 0.4), Candidate(81))), 4: Thought(None, (), "the end")}
    tree = sgf.Sgf_game.from_bytes(to_sgf([GAME], [thoughts]))
    nodes = tree.get_main_sequence()
    assert nodes[0].get("C").splitlines() == [
        "Black to move, wins 52.0%",
        "A E5, wins 52.5%, 1,200 visits, policy 31.0%, E5 G7 pass",
        "B G7, wins 40.0%",
        "C pass",
    ]
    assert nodes[0].get("LB") == [((4, 4), "A"), ((6, 6), "B")]
    assert nodes[0].get("CR") == {(4, 4)}
    assert nodes[4].get("C") == "the end"
    assert not any(node.has_property("C") for node in nodes[1:4])
    assert tree.get_winner() == "w"
    assert tree.get_komi() == 6.5
    assert tree.get_player_name("b") == "zero"


def test_thoughts_are_read_back_as_comments() -> None:
    (read,) = parse_sgf(to_sgf([GAME], [{1: Thought(0.25)}]), "")
    assert isinstance(read, SgfGame)
    assert read.comments == ((1, "White to move, wins 25.0%"),)
    assert read.actions == GAME.actions


def test_lone_halves_of_characters_are_written_all_the_same() -> None:
    assert back(replace(GAME, names=("a\ud800b\x00", ""))).names[0].startswith("a")


@pytest.mark.parametrize(
    ("game", "thoughts", "words"),
    [
        (replace(GAME, actions=(82,)), {}, "action 82 is none"),
        (replace(GAME, size=25), {}, "boards of 2x2 to 19x19"),
        (replace(GAME, komi=float("nan")), {}, "komi is a number"),
        (replace(GAME, black=(81,)), {}, "no stone can be set"),
        (GAME, {5: Thought()}, "a game of 4 moves has not"),
        (GAME, {0: Thought(0.5, (Candidate(-1),))}, "action -1 is none"),
    ],
)
def test_what_no_sgf_can_hold(game: SgfGame, thoughts: dict[int, Thought], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        to_sgf([game], [thoughts])
