"""Certificates: what two-ply's procedure leaves out at boards worked by hand, and what was never shown."""

from __future__ import annotations

import numpy as np

from agents.certificates import find_certificates, move_keys, ruled_out, ruling_humans
from agents.games_file import Games
from agents.positions import PositionSet
from agents.surprise import certificate_row
from games.connect_four import GAME, WIDTH
from games.core import States


def states_of(*games: str) -> States:
    made = []
    for text in games:
        state = GAME.new(1)
        for column in text:
            state = GAME.step(state, np.array([int(column) - 1], np.int32))
        made.append(state)
    return np.concatenate(made)


def games_of(*texts: str) -> Games:
    actions = np.full((len(texts), GAME.max_plies), -1, np.int8)
    for row, text in enumerate(texts):
        actions[row, : len(text)] = [int(column) - 1 for column in text]
    lengths = np.array([len(text) for text in texts], np.int32)
    return Games(actions, lengths, np.ones(len(texts), np.int8))


# X to move: B gives B C D with A and E free, E gives C D E with B and F free. Those are double threats,
# which two-ply makes whenever it can, and there are no others.
#   . . . . . . o
#   . . X X . . o
TWO_IN_A_ROW = "4737"


def scored_anywhere(*games: str) -> PositionSet:
    """Positions too early to solve, with scores made up: column 1 alone keeps the value."""
    states = states_of(*games)
    scores = np.full((len(states), WIDTH), -3, np.int8)
    scores[:, 0] = 2
    return PositionSet("made up", states, scores)


def test_a_player_of_double_threats_rules_out_every_other_move() -> None:
    states = states_of(TWO_IN_A_ROW)
    assert ruled_out("two-ply", states)[0].tolist() == [True, False, True, True, False, True, True]
    assert not ruled_out("forgetful", states).any()


def test_an_illegal_move_is_no_certificate() -> None:
    full = states_of("4444447")
    out = ruled_out("two-ply", full)
    assert not out[0, 3]


def test_only_procedures_that_rule_something_out_have_certificates() -> None:
    states = states_of(TWO_IN_A_ROW)
    assert ruling_humans(("forgetful", "two-ply", "two-ply"), states) == ["two-ply"]
    assert ruling_humans(("games.txt", "none"), states) == []


def test_a_move_and_its_mirror_image_share_a_key() -> None:
    left, right = states_of("12", "76")
    keys = move_keys(np.array([left, right, left, left]), np.array([2, 4, 4, -1], np.int32))
    assert keys[0] == keys[1]
    assert len(set(keys.tolist())) == 3


def test_on_a_board_that_is_its_own_mirror_image_a_move_and_its_mirror_share_a_key() -> None:
    centre = states_of("44")[0]
    keys = move_keys(np.array([centre, centre, centre]), np.array([0, 6, 1], np.int32))
    assert keys[0] == keys[1] != keys[2]


def test_a_demonstrated_move_is_no_certificate_nor_is_its_mirror_image() -> None:
    positions = scored_anywhere(TWO_IN_A_ROW)
    before = find_certificates("two-ply", positions, None).certified[0]
    shown = find_certificates("two-ply", positions, games_of(TWO_IN_A_ROW + "6")).certified[0]
    mirrored = "".join(str(8 - int(column)) for column in TWO_IN_A_ROW)
    seen = find_certificates("two-ply", positions, games_of(mirrored + "2"))
    assert before[5]
    assert not shown[5]
    assert shown.sum() == before.sum() - 1
    assert (seen.certified[0] == shown).all()
    assert seen.demonstrated == 1


def test_the_counts_of_moves_known_beforehand() -> None:
    """Column 1 is a right certificate, column 3 a wrong one, column 2 none."""
    found = find_certificates("two-ply", scored_anywhere(TWO_IN_A_ROW), None)
    row = certificate_row(found, np.zeros(4, np.int64), np.array([0, 2, 1, 1], np.int32))
    assert row["surprises"]["rate"] == 0.5
    assert row["surprises"]["n"] == 4
    assert row["right"]["rate"] == 0.5
    assert row["right"]["n"] == 2
    assert row["equally_rare"]["rate"] == 1 / 5  # of the five certificates, column 1 alone is right
    assert row["equally_rare"]["n"] == 5
    assert row["text"].startswith("2 of 4 moves (2 of them not even by a slip)")
    assert row["text"].endswith(
        "1 of the 1 positions that have one, at 1 of the 1 that have no other right move"
    )


def test_without_surprises_nothing_is_said_of_right_ones() -> None:
    found = find_certificates("two-ply", scored_anywhere(TWO_IN_A_ROW), None)
    row = certificate_row(found, np.array([0, 0]), np.array([1, 4], np.int32))
    assert row["surprises"]["rate"] == 0.0
    assert row["right"] is None


def test_where_every_right_move_is_ruled_out_the_procedure_must_err() -> None:
    found = find_certificates("two-ply", scored_anywhere(TWO_IN_A_ROW), None)
    assert found.needed.tolist() == [True]
    positions = scored_anywhere(TWO_IN_A_ROW)
    positions.scores[0, 1] = 2
    assert find_certificates("two-ply", positions, None).needed.tolist() == [False]


def test_what_no_slip_leads_to_is_told_apart() -> None:
    found = find_certificates("two-ply", scored_anywhere(TWO_IN_A_ROW), None)
    assert (found.never <= found.certified).all()
    assert (found.human[found.never] == 0.0).all()
    assert found.never[0, 0]  # the double threat lies in a row, which is never misread
