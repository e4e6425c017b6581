"""Thoughts as values: what they say, how moves are judged by them, and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agents.play.record import GameRecord
from agents.play.sequels import EXACT, Sequel, sequel_of
from agents.play.thoughts import Candidate, Opinion, Thoughts, Truth, from_json, to_json
from agents.play.verdicts import (
    BEST,
    BLUNDER,
    GOOD,
    INACCURACY,
    MISTAKE,
    counts,
    judge,
    next_mistake,
    settled,
    verdicts_of,
)
from games.core import load_game

NAMES = ("1", "2", "3", "4")
SEARCHED = Thoughts(
    0.4,
    100,
    (
        Candidate(2, 80, 0.4, 0.7, (2, 1)),
        Candidate(1, 15, 0.34, 0.2, (1,)),
        Candidate(0, 4, 0.2, 0.1, (0,)),
        Candidate(3, 1, -0.9, 0.0, (3,)),
    ),
    (Opinion("search", "zero", (0.04, 0.15, 0.8, 0.01), 0.4),),
)
KNOWN = replace(SEARCHED, truth=Truth((1, 1, 0, -1), (9, 3, None, 2), (2, 8, 0, -17)), surprises=(1,))


def test_the_truth_decides_where_it_is_known() -> None:
    assert KNOWN.best == 1, "the sooner win, though the search likes another move"
    assert SEARCHED.best == 2
    assert judge(KNOWN, 1, NAMES).grade is BEST
    assert judge(KNOWN, 1, NAMES).surprise
    assert judge(KNOWN, 0, NAMES).grade is INACCURACY, "six moves slower"
    assert judge(KNOWN, 2, NAMES).grade is MISTAKE
    assert judge(KNOWN, 2, NAMES).words == "3 draws; 2 wins in 3"
    blunder = judge(KNOWN, 3, NAMES)
    assert blunder.grade is BLUNDER
    assert blunder.lost == 1.0
    assert blunder.is_mistake


def test_without_it_the_search_does() -> None:
    assert judge(SEARCHED, 2, NAMES).grade is BEST
    assert judge(SEARCHED, 1, NAMES).grade is GOOD
    assert judge(SEARCHED, 0, NAMES).grade is INACCURACY
    assert judge(SEARCHED, 3, NAMES).grade is BLUNDER
    assert judge(SEARCHED, 3, NAMES).lost == pytest.approx(0.65)
    after = Sequel(0.3, 100)
    assert judge(SEARCHED, 3, NAMES, after).grade is GOOD, "one visit said less than a search of its own"
    assert judge(SEARCHED, 3, NAMES, after).lost == pytest.approx(0.05)
    assert judge(SEARCHED, 3, NAMES, Sequel(0.3, 1)).grade is BLUNDER
    assert judge(SEARCHED, 0, NAMES).words == "1: 70 \u2192 60 % to win; 3 is better"
    assert judge(SEARCHED, 3, NAMES, Sequel(0.5, 100)).words == "4 keeps 75 % to win; the search plays 3"


def test_a_move_that_was_hardly_looked_at_has_no_verdict_yet() -> None:
    assert settled(SEARCHED, 2, None), "the search's own move"
    assert not settled(SEARCHED, 1, None), "15 of 100 visits"
    assert not settled(SEARCHED, 1, Sequel(0.3, 20))
    assert settled(SEARCHED, 1, Sequel(0.3, 50))
    assert settled(KNOWN, 3, None), "the truth needs no visits"


def test_a_pass_is_judged_by_what_a_pass_in_reply_makes_of_it() -> None:
    game = load_game("go5")
    pass_ = game.pass_action
    assert pass_ is not None
    moves = [12, 7, 13, 11, pass_]
    sure = Thoughts(0.93, 400, (Candidate(6, 390, 0.93, 0.5, (6,)), Candidate(pass_, 9, 0.86, 0.1, (pass_,))))
    record = GameRecord(game, moves)
    sequel = sequel_of(record, 4, {})
    assert sequel is not None
    assert (sequel.value, sequel.simulations) == (-1.0, EXACT), "two stones each, and 24.5 for White"
    verdict = verdicts_of(record, {tuple(moves[:4]): sure})[4]
    assert verdict is not None
    assert verdict.grade is BLUNDER
    assert verdict.words == "pass: 96 \u2192 0 % to win (the other may pass, too, and wins); B4 is better"
    ended = GameRecord(game, [*moves, pass_])
    assert sequel_of(ended, 5, {}) == Sequel(1.0, EXACT), "the second pass wins"
    ahead = GameRecord(game, [12, pass_])
    assert sequel_of(ahead, 1, {}) == Sequel(-1.0, EXACT, "the other may pass, too, and wins")
    free = GameRecord(game, [12, pass_], start=game.with_komi(game.new(1), 26.0))
    assert sequel_of(free, 1, {}) is None, "a pass in reply would lose: what else there is, a search says"
    told = replace(sure, value=-0.5)
    assert sequel_of(free, 1, {(12, pass_): told}) == Sequel(0.5, 400)


def test_win_rates_are_the_first_players() -> None:
    assert SEARCHED.win_rate(0) == pytest.approx(0.7)
    assert SEARCHED.win_rate(1) == pytest.approx(0.3)
    assert KNOWN.outcome(0) == 1
    assert KNOWN.outcome(1) == -1
    assert SEARCHED.outcome(0) is None


def test_the_next_mistake_goes_round() -> None:
    found = [judge(KNOWN, 1, NAMES), judge(KNOWN, 3, NAMES), None, judge(KNOWN, 2, NAMES)]
    assert next_mistake(found, -1) == 1
    assert next_mistake(found, 1) == 3
    assert next_mistake(found, 3) == 1
    assert next_mistake(found[:1], -1) is None
    assert counts(found, [0, 1, 0, 1], 1) == {
        "best": 0,
        "good": 0,
        "inaccuracy": 0,
        "mistake": 1,
        "blunder": 1,
    }


def test_verdicts_are_found_by_position() -> None:
    record = GameRecord(load_game("tic_tac_toe"), [2, 1, 0])
    nine = replace(SEARCHED, truth=None, opinions=())
    found = verdicts_of(record, {(): nine, (2, 1): nine})
    assert [None if one is None else one.grade for one in found] == [BEST, None, None], "4 of 100 visits"
    nine_more = replace(nine, value=-0.1)
    found = verdicts_of(record, {(): nine, (2, 1): nine, (2, 1, 0): nine_more})
    assert [None if one is None else one.grade for one in found] == [BEST, None, MISTAKE]


def test_json_gives_the_same_thoughts_back() -> None:
    assert from_json(json.loads(json.dumps(to_json(KNOWN))), 4) == KNOWN
    assert from_json(to_json(SEARCHED), 4) == SEARCHED


@pytest.mark.parametrize(
    "harm",
    [
        {"candidates": []},
        {"candidates": [[9, 1, 0.0, 0.0, []]]},
        {"candidates": [[1, 1, 0.0, 0.0, [77]]]},
        {"opinions": [["search", "", [0.5, 0.5], None]]},
        {"truth": [[1], [1], [1]]},
        {"truth": [[None] * 4] * 3},
        {"value": None},
        {"surprises": 3},
    ],
)
def test_what_is_no_analysis_is_refused(harm: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"analysis|numbers|NoneType"):
        from_json({**to_json(KNOWN), **harm}, 4)
    with pytest.raises(ValueError, match="analysis"):
        from_json([1, 2], 4)
