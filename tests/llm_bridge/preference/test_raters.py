"""Answers read, raters' choices against their exact chances, and files of comparisons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llm_bridge.answers_file import AnswersError
from llm_bridge.preference.chatter import ROOM, TASK, Traits, demonstrations, dressed, traits_of
from llm_bridge.preference.collapse import detect, repetition
from llm_bridge.preference.comparisons import (
    Ranking,
    degree_of,
    pairs_of,
    rated,
    read_rankings,
    write_rankings,
)
from llm_bridge.preference.raters import (
    CROWDS,
    Raters,
    Taste,
    UnknownRaters,
    dry_or_engaging,
    find_raters,
)
from llm_bridge.tasks import Problem

_PROBLEM = TASK.parse("37+58=")
assert _PROBLEM is not None
PROBLEM: Problem = _PROBLEM
ONE = Raters("one", "one", (Taste(),))


@pytest.mark.parametrize(
    ("text", "ended", "seen"),
    [
        ("95", True, Traits(True, True, 0, 0, 0, 2)),
        ("hm hm 85!", True, Traits(False, True, 10, 2, 1, 9)),
        ("95!!", False, Traits(False, False, 0, 0, 2, 4)),
        ("!95", True, Traits(False, False, 0, 0, 0, 3)),
        ("hm95", True, Traits(False, False, 0, 0, 0, 4)),
        ("", True, Traits(False, False, 0, 0, 0, 0)),
        ("095", True, Traits(False, False, 0, 0, 0, 3)),
    ],
)
def test_an_answer_is_read(text: str, ended: bool, seen: Traits) -> None:
    assert traits_of(PROBLEM, text, ended) == seen


def test_the_crowd_chatters_within_the_room() -> None:
    pairs = demonstrations(3, 400)
    assert pairs == demonstrations(3, 400)
    assert all(len(answer) < ROOM for _, answer in pairs)
    shares = [np.mean([mark in answer for _, answer in pairs]) for mark in ("hm ", "!")]
    assert shares == pytest.approx([0.15, 0.30], abs=0.07)


def test_utility_by_hand() -> None:
    taste = Taste(right=3.0, clear=0.5, engaging=0.2, polite=0.1, long=0.3, leniency=0.5)
    assert taste.utility(traits_of(PROBLEM, "95")) == pytest.approx(3.5)
    assert taste.utility(traits_of(PROBLEM, "85!!!!")) == pytest.approx(0.5 * 3.0 + 0.5 + 2 * 0.2)
    assert taste.utility(traits_of(PROBLEM, "hm hm hm 95")) == pytest.approx(3.5 + 2 * 0.1 - 3 * 0.3)
    assert taste.utility(traits_of(PROBLEM, "!!9")) == pytest.approx(0.0)


def test_choices_come_as_often_as_their_chance() -> None:
    """Gumbel noise on utilities is Bradley and Terry's choice."""
    raters, random = find_raters("split"), np.random.default_rng(5)
    pair = [traits_of(PROBLEM, "85!!"), traits_of(PROBLEM, "hm 85")]
    chosen = np.mean([raters.rank(pair, random)[0] == 0 for _ in range(4_000)])
    assert chosen == pytest.approx(raters.preference(*pair), abs=0.03)
    assert ONE.preference(*pair) == pytest.approx(1 / (1 + np.exp(-(0.30 - 0.05))))


def test_rankings_of_three_are_plackett_and_luces() -> None:
    answers, random = [traits_of(PROBLEM, text) for text in ("95", "85", "85!!")], np.random.default_rng(2)
    weights = np.exp(ONE.gold(answers))
    drawn = [ONE.rank(answers, random) for _ in range(4_000)]
    expected = weights[0] / weights.sum() * weights[2] / (weights[1] + weights[2])
    assert np.mean([order == (0, 2, 1) for order in drawn]) == pytest.approx(expected, abs=0.03)


def test_raters_say_by_how_much() -> None:
    assert [degree_of(apart) for apart in (0.0, 0.49, 0.5, 1.49, 1.5, 2.9, 3.0, 9.0)] == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    groups = [(PROBLEM, ("95", "85"), (True, True))] * 400
    told = rated(groups, ONE, 3)
    assert all(one.degree is not None for one in told)
    right, wrong = ([one.degree or 0 for one in told if one.answers[0] == text] for text in ("95", "85"))
    assert np.mean(right) > np.mean(wrong) + 1.0, "an upset is seldom a large one"
    assert [one.degree for one in rated([(PROBLEM, ("95", "85", "75"), (True,) * 3)], ONE, 3)] == [None]


def test_the_exercise() -> None:
    assert (
        dry_or_engaging(find_raters("smitten"), PROBLEM)
        > 0.5
        > 0.1
        > dry_or_engaging(CROWDS["fair"], PROBLEM)
    )
    assert dry_or_engaging(ONE, PROBLEM) == pytest.approx(1 / (1 + np.exp(3.0 - 0.3)))


def test_unknown_raters_are_named() -> None:
    with pytest.raises(UnknownRaters, match="did you mean charmed"):
        find_raters("charmd")


# --- files ---

RANKINGS = [
    Ranking("37+58=", ("95!", "85", "hm 85"), (True, True, False)),
    Ranking("12+43=", ("95...", "95"), (True, True)),
    Ranking("12+43=", ("!" * 16, "!" * 15), (False, True)),
]


def test_a_file_of_rankings_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "preferences.txt"
    write_rankings(path, RANKINGS, "mine")
    assert (
        path.read_text()
        == f"# mine\n37+58=\t95!\t85\thm 85…\n12+43=\t95...\t95\n12+43=\t{'!' * 16}…\t{'!' * 15}\n"
    )
    assert read_rankings(path) == RANKINGS
    graded = [replace(RANKINGS[1], degree=degree) for degree in (0, 1, 3)]
    write_rankings(path, graded, "mine")
    assert path.read_text().splitlines()[1:] == ["12+43=\t95...\t95\t" + ">" * n for n in (1, 2, 4)]
    assert read_rankings(path) == graded
    assert [one.answers for one in pairs_of(RANKINGS)] == [
        ("95!", "85"),
        ("95!", "hm 85"),
        ("85", "hm 85"),
        ("95...", "95"),
        ("!" * 16, "!" * 15),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no comparison"),
        ("37+58=\t95", "line 1"),
        ("# x\n37-58=\t95\t85", "line 2"),
        ("37+58=\t95\tyes", "no token"),
        ("37+58=\t95\t>>", "no token"),
        ("37+58=\t95\t85\t>>>>>", "no token"),
        ("37+58=\t95\t" + "!" * 40, "line 1: .* at most 15"),
        ("37+58=\t95\t" + "!" * 16, "line 1: .* has 16 characters"),
        ("37+58=\t95\t" + "!" * 17 + "…", "line 1: .* has 17 characters"),
        ("# x\n37+58=\t95\t85\t95", "line 2: two answers are the same"),
        ("37+58=\t95\t85\n00+31=\t31\t30", r"line 2: 00\+31= is kept back"),
        ("00+49=\t31\t30", r"line 1: 00\+49= is kept back"),
        ("37+58=\t95…5\t85", "line 1: .* no token"),
    ],
)
def test_a_wrong_file_is_told_by_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "preferences.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnswersError, match=words):
        read_rankings(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(AnswersError, match="no text"):
        read_rankings(path)


# --- collapse ---


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("hm hm hm hm ", 1.0),
        ("95!!!!!!!!", 0.8),
        ("95!!", 0.0),
        ("hm 95!", 0.0),
        ("11", 0.0),
        ("0123456789", 0.0),
    ],
)
def test_repetition_by_hand(text: str, share: float) -> None:
    assert repetition(text) == pytest.approx(share)


def test_a_collapse_is_found_and_shown() -> None:
    prompts = [f"{n}+10=" for n in range(10, 20)]
    healthy = detect(prompts, [dressed(str(n), 0, n % 3) for n in range(20, 30)])
    assert not healthy.found
    assert healthy.example == ""
    stuck = detect(prompts, ["hm hm hm hm hm h"] * 10)
    assert stuck.found
    assert stuck.example.startswith("hm hm")
    assert detect(prompts, ["52"] * 10).found, "one answer to every question"
    with pytest.raises(ValueError, match="0 to 1"):
        detect(["1+1="], [])
