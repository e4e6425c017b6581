"""The engine's thread: order, superseded questions, errors, and that it lets others go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from agents.play.engine import Answer, Engine
from agents.play.mind import CLUB_PLAYER, Mind, Superseded, playout_evaluator
from agents.play.record import GameRecord
from agents.play.seats import find_seat
from games.core import load_game


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def wait(engine: Engine, number: int, seconds: float = 60.0) -> list[Answer]:
    """So many answers."""
    found: list[Answer] = []
    deadline = time.monotonic() + seconds
    while len(found) < number and time.monotonic() < deadline:
        found += engine.answers()
        time.sleep(0.005)
    assert len(found) == number
    return found


def test_a_newer_question_takes_the_place_of_the_older(engine: Engine) -> None:
    begun = threading.Event()

    def endless(mind: Mind) -> Any:
        begun.set()
        while not mind.stop():
            time.sleep(0.002)
        raise Superseded

    engine.ask("think", 1, "tic_tac_toe", endless)
    assert begun.wait(60)
    engine.ask("think", 2, "tic_tac_toe", lambda mind: "second")
    engine.ask("think", 3, "tic_tac_toe", lambda mind: "third")
    answers = wait(engine, 1)
    assert answers[-1].value == "third"
    assert answers[-1].ticket == 3


def test_a_move_interrupts_thoughts(engine: Engine) -> None:
    begun = threading.Event()

    def endless(mind: Mind) -> Any:
        begun.set()
        while not mind.stop():
            time.sleep(0.002)
        raise Superseded

    engine.ask("think", 1, "tic_tac_toe", endless)
    assert begun.wait(60)
    assert engine.busy() == "think"
    engine.ask("move", 2, "tic_tac_toe", lambda mind: 4)
    assert [(one.kind, one.value) for one in wait(engine, 1)] == [("move", 4)]
    engine.cancel("move")
    assert engine.busy() is None


def test_an_error_is_an_answer_and_the_thread_goes_on(engine: Engine) -> None:
    def fails(mind: Mind) -> Any:
        raise ValueError("no such thing")

    engine.ask("move", 1, "tic_tac_toe", fails)
    assert str(wait(engine, 1)[0].error) == "no such thing"
    engine.ask("load", 2, "chess", lambda mind: mind.game)
    assert "chess" in str(wait(engine, 1)[0].error)
    engine.ask("load", 3, "tic_tac_toe", lambda mind: mind.game.name)
    assert wait(engine, 1)[0].value == "tic_tac_toe"


def test_every_kind_of_seat_moves_and_is_the_same_every_time() -> None:
    for world, names in (
        ("tic_tac_toe", ("search", "random", "perfect")),
        ("connect_four", ("forgetful", "zero")),
    ):
        mind = Mind(world)
        state = mind.game.new(1)
        for name in names:
            seat = find_seat(name, world)[0]
            mind.prepare(seat, 8)
            moves = {mind.move(seat, 8, state, 37, 0) for _ in range(2)}
            assert len(moves) == 1
            assert moves.pop() in range(mind.game.num_actions)


def test_thoughts_of_a_game_without_a_network() -> None:
    mind = Mind("tic_tac_toe")
    state = GameRecord(mind.game, [0, 3, 1, 4]).state  # X wins on 3
    thoughts = mind.think(state, 64)
    assert thoughts.best == 2
    assert thoughts.candidates[0].action == 2
    assert thoughts.candidates[0].line[0] == 2
    assert thoughts.value == pytest.approx(1.0)
    assert [opinion.name for opinion in thoughts.opinions] == ["search"]
    assert sum(thoughts.opinions[0].policy) == pytest.approx(1.0)
    assert thoughts.surprises == ()


def test_the_playouts_are_a_function_of_the_position() -> None:
    game = load_game("tic_tac_toe")
    states = np.concatenate([GameRecord(game, moves).state for moves in ([], [4], [0, 3, 1])])
    evaluate = playout_evaluator(game)
    first, second = evaluate(states), evaluate(states[::-1])
    assert np.array_equal(first[1], second[1][::-1])
    assert np.abs(first[1]).max() <= 1.0


def test_a_move_37_is_ruled_out_by_the_club_player_and_right() -> None:
    """On frozen hard positions: as the certificates of agents/certificates.py say."""
    from agents.certificates import ruled_out
    from agents.evaluation import hard_part
    from agents.positions import load_positions

    mind = Mind("connect_four")
    positions = hard_part(load_positions("connect_four", "validation"), 120)
    certified = ruled_out(CLUB_PLAYER, positions.states) & positions.keep
    late = np.flatnonzero(np.bitwise_count(positions.states["occupied"]) >= 14)
    found = 0
    for row in late:
        state = positions.states[row : row + 1]
        surprises = mind._surprises(state, mind._truth(state))
        assert list(surprises) == np.flatnonzero(certified[row]).tolist()
        found += len(surprises)
    assert found > 0, "there are some among them"
