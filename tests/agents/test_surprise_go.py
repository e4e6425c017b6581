"""Move 37 on 5x5 Go, whose positions are scored exactly: what a scripted human's procedure rules out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arms import SMALL
from stations import desk

from agents.certificates import find_certificates, ruled_out
from agents.config import CompareConfig, SurpriseConfig
from agents.evaluation import exact_policy, hard_part
from agents.experiment import board_experiment
from agents.games_file import Games, played_positions_of
from agents.go_config import go_preset
from agents.imitation import demonstrate, imitate
from agents.position_keys import position_keys, shown_moves
from agents.positions import PositionSet, load_positions
from agents.reinforcement import reinforce
from agents.surprise import find_surprises
from agents.surprise_boards import FoundMove, draw_finds
from games.go import GO5
from lab.report.picture import safe_svg

PASS = GO5.num_actions - 1


def games_of(*moves: list[int]) -> Games:
    lengths = np.array([len(game) for game in moves], np.int32)
    actions = np.full((len(moves), max(lengths)), -1, np.int16)
    for row, game in enumerate(moves):
        actions[row, : len(game)] = game
    return Games(actions, lengths, np.zeros(len(moves), np.int8))


def played(*moves: int) -> np.ndarray:
    states = GO5.new(1)
    for move in moves:
        states = GO5.step(states, np.array([move], np.int32))
    return states


def few() -> PositionSet:
    hard = hard_part(load_positions("go5", "validation"), 40)
    return PositionSet("few", hard.states, hard.scores)


# --- what games show ---


def test_games_show_their_moves_in_every_view_of_a_position() -> None:
    turned = [20 + 4 - move for move in (0, 6, 12)]  # half a turn: 24 - move
    states, made, _, _ = played_positions_of(games_of(turned), GO5)
    shown, known = shown_moves(played(0, 6), states, made, GO5)
    assert known.tolist() == [True]
    assert np.flatnonzero(shown[0]).tolist() == [12], "the centre stays where it is"
    shown, _ = shown_moves(played(0), states, made, GO5)
    assert np.flatnonzero(shown[0]).tolist() == [6]
    _, known = shown_moves(played(1, 6), states, made, GO5)
    assert known.tolist() == [False]


def test_on_the_empty_board_a_corner_is_every_corner_and_a_pass_is_none() -> None:
    states, made, _, _ = played_positions_of(games_of([0], [PASS]), GO5)
    shown, _ = shown_moves(GO5.new(1), states, made, GO5)
    assert np.flatnonzero(shown[0]).tolist() == [0, 4, 20, 24, PASS]
    assert position_keys(played(0), GO5) == position_keys(played(24), GO5)


def test_a_certificate_is_ruled_out_and_never_shown() -> None:
    positions = few()
    found = find_certificates("capturer", positions, None, GO5)
    careful = exact_policy("capturer.careful", positions.states)
    assert found.certified.any()
    assert (careful[found.certified] == 0).all()
    assert (found.certified == ruled_out("capturer", positions.states, GO5)).all()
    where, move = (int(index[0]) for index in np.nonzero(found.certified))
    state, opening = positions.states[where], np.zeros((1, 1), np.int16)
    shown = Games(
        opening + move, np.ones(1, np.int32), np.zeros(1, np.int8), positions.states[where : where + 1]
    )
    after = find_certificates("capturer", positions, shown, GO5)
    assert not after.certified[where, move], f"it was shown at {state['ply']}"
    assert after.demonstrated >= 1
    assert after.certified.sum() < found.certified.sum()


# --- from end to end ---


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, config = tmp_path_factory.mktemp("run"), small()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("meter", "surprise"):
            patch.setattr(f"agents.{module}.load_positions", lambda world, split: few())
        demonstrate(folder, config, "capturer", desk())
        imitate(folder, config, "imitator", desk())
        reinforce(folder, config, "zero", desk())
        find_surprises(folder, config, "", desk())
    return folder


def small() -> CompareConfig:
    surprise = SurpriseConfig(positions=40, draws=3, neighbours=2)
    return replace(
        SMALL,
        world="go5",
        human="capturer",
        counter_human="none",
        surprise=surprise,
        arms=("zero", "imitator"),
    )


def test_moves_are_counted_drawn_and_there_are_no_lines(run: Path) -> None:
    result = json.loads((run / "results" / "surprise.json").read_text())
    assert [row["player"] for row in result["certificates"]][-1] == "random"
    assert {row["human"] for row in result["certificates"]} == {"capturer"}
    random = result["certificates"][-1]
    assert random["surprises"]["rate"] > 0.2, "much of what is legal is ruled out"
    assert 0.0 < random["equally_rare"]["rate"] < 0.5
    assert result["lines"] == []
    for board in result["boards"]:
        assert safe_svg(board["svg"])
        assert "to move, komi" in board["caption"]
        assert "olumn" not in board["caption"]
        assert "The procedure of capturer rules it out" in board["caption"]


def test_stones_are_drawn_before_passes(tmp_path: Path) -> None:
    positions = few()
    passing = FoundMove("zero", "zero", "capturer", 0, PASS, 0.0, True)
    stone = FoundMove("zero", "zero", "capturer", 1, int(positions.keep[1].argmax()), 0.01, False)
    boards, _, _ = draw_finds(tmp_path, GO5, positions, [passing, stone], [])
    assert "zero: pass" not in boards[0]["caption"]
    assert "zero: pass" in boards[1]["caption"]


def test_only_boards_with_exact_scores_are_asked() -> None:
    def asked(world: str) -> list[str]:
        tasks = board_experiment(go_preset("quick", world)).evaluate
        return [task.function for task in tasks if task.name == "surprise"]

    assert asked("go5") == ["agents.surprise:find_surprises"]
    assert asked("go7") == asked("go9") == []
