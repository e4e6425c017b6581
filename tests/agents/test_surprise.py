"""Move 37 from end to end on a run of few counts, and what is drawn of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arms import SMALL
from stations import Flag, desk

from agents.config import CompareConfig, SurpriseConfig
from agents.evaluation import hard_part
from agents.imitation import demonstrate, imitate
from agents.lines import Lines
from agents.policy_log import policies_path, read_policies, write_policies
from agents.positions import PositionSet, load_positions
from agents.reinforcement import reinforce
from agents.surprise import find_surprises
from agents.surprise_boards import (
    FoundLine,
    FoundMove,
    Picture,
    birth_of,
    draw_finds,
    line_numbers,
    log_pictures,
)
from games.connect_four import GAME
from games.core import States
from lab.curve import ArmLog
from lab.report.picture import safe_svg
from lab.workers import Desk, Interrupted

FEW = SurpriseConfig(positions=40, first_ply=20, draws=3, neighbours=2)


def few_hard_positions() -> PositionSet:
    hard = hard_part(load_positions("connect_four", "validation"))
    rows = np.flatnonzero(np.bitwise_count(hard.states["occupied"]) >= 16)[:50]
    return PositionSet("few", hard.states[rows], hard.scores[rows])


def small(**changes: Any) -> CompareConfig:
    few = replace(SMALL, surprise=FEW, arms=("zero", "imitator"), counter_imitation=SMALL.imitation)
    return replace(few, **changes)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run with the arms that the default comparison has, and its surprises."""
    folder, made = tmp_path_factory.mktemp("run"), few_hard_positions()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("meter", "surprise"):
            patch.setattr(f"agents.{module}.load_positions", lambda world, split: made)
        for human in ("forgetful", "two-ply"):
            demonstrate(folder, small(), human, desk())
        for arm in ("imitator", "slips-imitator"):
            imitate(folder, small(), arm, desk())
        reinforce(folder, small(), "zero", desk())
        find_surprises(folder, small(), "", desk())
    return folder


def test_every_player_is_counted_with_its_base_rates(run: Path) -> None:
    result = json.loads((run / "results" / "surprise.json").read_text())
    assert result["threshold"] == 1e-4
    titles = [row["player"] for row in result["certificates"]]
    assert titles == [
        *("zero", "zero, 2 simulations", "imitator", "imitator, 2 simulations"),
        *("slips-imitator", "slips-imitator, 2 simulations", "random"),
    ]
    assert [row["player"] for row in result["lines"]] == titles
    assert {row["human"] for row in result["certificates"]} == {"two-ply"}
    assert {row["human"] for row in result["lines"]} == {"forgetful"}
    random = result["certificates"][-1]
    assert random["surprises"]["n"] == 3 * random["positions"] == 120
    assert result["lines"][-1]["equally_rare"] is None
    assert "forgetful rules no move out" in result["notes"][0]


def test_counting_again_gives_the_same_file(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.surprise.load_positions", lambda world, split: few_hard_positions())
    path = run / "results" / "surprise.json"
    before = path.read_bytes()
    find_surprises(run, small(), "", desk())
    assert path.read_bytes() == before


def test_who_asks_to_stop_is_heard_before_anything_is_written(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.surprise.load_positions", lambda world, split: few_hard_positions())
    path = run / "results" / "surprise.json"
    before = path.stat().st_mtime_ns
    with pytest.raises(Interrupted):
        find_surprises(run, small(), "", Desk("surprise", [].append, Flag(3)))
    assert path.stat().st_mtime_ns == before


def test_a_file_of_games_has_no_procedure_but_the_second_human_does(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.surprise.load_positions", lambda world, split: few_hard_positions())
    before = (run / "results" / "surprise.json").read_bytes()
    find_surprises(run, small(human=str(run / "demonstrations" / "forgetful.txt")), "", desk())
    path = run / "results" / "surprise.json"
    result = json.loads(path.read_text())
    path.write_bytes(before)
    assert {row["human"] for row in result["lines"]} == {"two-ply"}
    assert any("unknown" in note for note in result["notes"])


def test_a_curve_tells_how_often_the_move_is_one_that_a_human_rules_out(run: Path) -> None:
    curve = (run / "arms" / "zero" / "curve.jsonl").read_text().splitlines()
    points = [json.loads(line)["tags"] for line in curve if "score/rate" in line]
    assert points
    assert all(0.0 <= point["surprise/rate"]["rate"] <= 1.0 for point in points)


def test_a_torn_run_keeps_the_same_policies_as_an_undisturbed_one(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.meter.load_positions", lambda world, split: few_hard_positions())
    with pytest.raises(Interrupted):
        reinforce(tmp_path, small(), "zero", desk(looks=45))
    torn = read_policies(policies_path(tmp_path, "zero"))
    assert len(torn.steps) == 1, "torn after the first of two points"
    # a point that was measured and whose checkpoint was never written
    write_policies(policies_path(tmp_path, "zero"), torn.and_then(99, np.full((50, 7), 1 / 7)))
    reinforce(tmp_path, small(), "zero", desk())
    undisturbed = policies_path(run, "zero").read_bytes()
    assert policies_path(tmp_path, "zero").read_bytes() == undisturbed


def test_the_birth_of_a_move_is_its_chance_at_every_point_of_the_curve(run: Path) -> None:
    history = read_policies(policies_path(run, "zero"))
    legal = int(few_hard_positions().legal[5].argmax())
    points = birth_of(run, "zero", row=5, move=legal)
    assert [point["probability"] for point in points] == history.of(5, legal).tolist()
    assert [point["games"] for point in points] == sorted(point["games"] for point in points)
    assert 0.0 < points[-1]["probability"] < 1.0
    assert birth_of(run, "zero", row=5_000, move=legal) == []
    assert birth_of(run, "nobody", row=5, move=legal) == []


def after(text: str) -> States:
    state = GAME.new(1)
    for column in text:
        state = GAME.step(state, np.array([int(column) - 1], np.int32))
    return state


def line_of(text: str) -> Lines:
    """The line of the last five moves of a game."""
    states = np.stack([after(text[:-5]), after(text[:-3]), after(text[:-1])], axis=1)
    moves = np.array([[int(text[-5]) - 1, int(text[-3]) - 1, int(text[-1]) - 1]], np.int32)
    return Lines(np.array([0]), states, moves, after(text), np.array([1e-5]))


def test_the_stones_of_a_line_are_numbered_where_they_lie() -> None:
    """Five stones on one another but for the second: 4 lies on a full half of column 4."""
    assert line_numbers(line_of("4444" + "41147")) == {
        (3, 4): "1",
        (0, 0): "2",
        (0, 1): "3",
        (3, 5): "4",
        (6, 0): "5",
    }


def test_the_rarest_are_drawn_those_first_where_the_procedure_must_err(tmp_path: Path) -> None:
    positions = few_hard_positions()

    def found(row: int, chance: float, needed: bool) -> FoundMove:
        move = int(positions.keep[row].argmax())
        return FoundMove("zero, 64 simulations", "zero", "two-ply", row, move, chance, needed)

    moves = [found(3, 0.0, False), found(4, 0.2, True), found(4, 0.2, True), found(5, 0.001, False)]
    line = FoundLine("zero", "forgetful", line_of("444441147"))
    boards, births, pictures = draw_finds(tmp_path, GAME, positions, moves, [line])
    assert births == []  # no policies were kept
    captions = [board["caption"] for board in boards]
    assert "a slip leads there with probability 0.20" in captions[0]
    assert "no slip leads there" in captions[1]
    assert "1 in 100,000" in captions[2]
    assert len(pictures) == 3
    for board in boards:
        assert safe_svg(board["svg"])


def test_tensorboard_gets_each_picture_in_place_of_the_last_ones(tmp_path: Path) -> None:
    points = [{"cpu_seconds": 1.0, "games": 1, "probability": chance} for chance in (0.0, 0.5)]
    picture = Picture("move 1", after("44")[0], {(3, 2): "X"}, "words", points)
    for _ in range(2):
        log_pictures(tmp_path, [picture])
    events = list((tmp_path / "tensorboard" / "surprise").iterdir())
    assert len(events) == 1
    data = events[0].read_bytes()
    assert b"surprise/move 1" in data
    assert b"PNG" in data


def test_a_birth_has_no_point_that_the_curve_has_not(tmp_path: Path) -> None:
    with ArmLog(tmp_path, "zero") as log:
        log.log("reinforce", 2, 1.5, 64, {"score/rate": 0.5})
    history = read_policies(tmp_path / "none").and_then(2, np.full((1, 7), 1 / 7))
    write_policies(policies_path(tmp_path, "zero"), history.and_then(4, np.full((1, 7), 1 / 7)))
    (point,) = birth_of(tmp_path, "zero", 0, 3)
    assert point["cpu_seconds"] == 1.5
    assert point["probability"] == pytest.approx(1 / 7, rel=1e-3)
