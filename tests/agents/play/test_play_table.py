"""The table: turns, undo, teaching, hints, exploring, the rating, without a thread and without a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.play.boards import board_for
from agents.play.engine import Answer
from agents.play.own_rating import Rung
from agents.play.seats import PERSON, Seat
from agents.play.table import SECOND_LOOK, TEACHER, Table
from agents.play.thoughts import Candidate, Thoughts, Truth
from agents.play.verdicts import MISTAKE
from agents.play.view import view_of

ROBOT = Seat("alphabeta-4", "Robot", "programs")
LADDER = [Rung("alphabeta-4", 380.0, 320.0, 440.0)]
RIGHT, WRONG = 3, 0


class Mind:
    """Plays the first free column from the left but for the first; thinks that column 4 is right."""

    def prepare(self, seat: Seat, simulations: int) -> None:
        """Everybody is there but one."""
        if seat.name == "absent":
            raise ValueError("nobody is called absent")

    def move(self, seat: Seat, simulations: int, states: Any, key: int, ply: int) -> int:
        """Always the same column."""
        return 1

    def think(self, states: Any, simulations: int) -> Thoughts:
        """Column 1 loses, column 4 wins, all others draw."""
        values = (-1, 0, 0, 1, 0, 0, 0)
        candidate = Candidate(RIGHT, simulations, 0.5, 0.9, (RIGHT,))
        truth = Truth(values, tuple(abs(v) * 5 or None for v in values), tuple(9 * v for v in values))
        return Thoughts(0.5, simulations, (candidate,), (), truth)


class Engine:
    """Answers when told to, not before."""

    def __init__(self) -> None:
        self.asked: dict[str, tuple[int, Callable[[Any], Any]]] = {}
        self.given: list[Answer] = []

    def ask(self, kind: str, ticket: int, world: str, work: Callable[[Any], Any]) -> None:
        """Keep the question."""
        self.asked[kind] = (ticket, work)

    def cancel(self, kind: str) -> None:
        """Drop the question."""
        self.asked.pop(kind, None)

    def answers(self) -> list[Answer]:
        """Those since last time."""
        given, self.given = self.given, []
        return given

    def answer(self, kind: str) -> Answer:
        """Do the work of one kind of question now."""
        ticket, work = self.asked.pop(kind)
        try:
            answer = Answer(kind, ticket, work(Mind()))
        except ValueError as error:
            answer = Answer(kind, ticket, error=error)
        self.given.append(answer)
        return answer


class Game:
    """A table with its engine and a clock."""

    def __init__(self, first: Seat = PERSON, second: Seat = ROBOT, teaching: bool = False) -> None:
        self.engine, self.now = Engine(), 0.0
        self.table = Table(self.engine, "connect_four", (first, second), (0, 0), teaching, 7, LADDER)
        self.engine.answer("load")
        self.go()

    def go(self, *kinds: str) -> Any:
        """Answer the kinds one after the other, and let a second pass."""
        for kind in kinds:
            self.table.tick(self.now)
            self.engine.answer(kind)
        self.now += 1.0
        events = self.table.tick(self.now)
        self.now += 1.0
        more = self.table.tick(self.now)
        events.moved += more.moved
        events.ended |= more.ended
        return events

    def play(self, action: int) -> bool:
        """The person's move."""
        played = self.table.play(action, self.now)
        self.table.tick(self.now)
        return played


def test_an_engine_answers_a_person() -> None:
    game = Game()
    assert game.table.ready == [True, True]
    assert game.play(RIGHT)
    assert not game.play(RIGHT), "it is the other's turn"
    assert game.table.thinking()
    assert game.go("move").moved == [1]
    assert game.table.record.actions == [RIGHT, 1]
    assert game.table.waits_for_person()
    assert game.table.rated_opponent() == "alphabeta-4"


def test_a_move_is_shown_no_sooner_than_it_can_be_seen() -> None:
    game = Game()
    game.play(RIGHT)
    game.engine.answer("move")
    assert game.table.tick(game.now).moved == []
    due = game.table.due_in(game.now)
    assert due is not None
    assert 0 < due < 1
    assert game.table.tick(game.now + due).moved == [1]


def test_an_answer_about_another_position_is_thrown_away() -> None:
    game = Game()
    game.play(RIGHT)
    stale = game.engine.answer("move")
    game.table.undo()
    game.engine.given = [stale]
    game.go()
    assert game.table.record.cursor == 0
    game.play(5)
    game.engine.given = [stale]
    game.go()
    assert game.table.record.actions == [5], "the old answer was to another move"


def test_undo_takes_both_moves_and_the_game_out_of_the_rating() -> None:
    game = Game()
    for _ in range(2):
        game.play(RIGHT)
        game.go("move")
    assert game.table.undo()
    assert game.table.record.cursor == 2
    assert game.table.rated_opponent() is None
    assert game.table.redo()
    assert game.table.record.cursor == 4
    game.table.undo()
    game.play(6)
    game.go("move")
    assert game.table.record.actions == [RIGHT, 1, 6, 1], "the other branch is cut off"


def test_a_teacher_speaks_after_the_move_and_the_opponent_waits() -> None:
    game = Game(teaching=True)
    game.go("think")  # beforehand
    assert game.table.shown() is None
    game.play(WRONG)
    events = game.go()
    assert game.table.offer is not None
    lesson = game.table.lesson()
    assert lesson is not None
    assert lesson.best == RIGHT, "what was thought of the position before the mistake"
    view = view_of(game.table, board_for("connect_four"), None, RIGHT, 0, True)
    assert list(view.labels) == [RIGHT], "the board tells of the same position as the cards"
    assert view.line == []
    assert "move" not in game.engine.asked
    assert not game.table.waits_for_person()
    game.table.take_back()
    assert game.table.record.cursor == 0
    game.play(2)
    game.go()
    assert game.table.offer is not None
    assert game.table.offer.grade is MISTAKE
    game.table.keep()
    game.go("move")
    assert game.table.record.actions == [2, 1]
    assert game.table.verdicts()[0] is not None
    assert events.ended is False


def test_a_teacher_is_silent_about_good_moves() -> None:
    game = Game(teaching=True)
    game.play(RIGHT)
    assert game.table.verdicts() == [None], "not before it is thought"
    game.go("think")
    assert game.table.offer is None
    game.go("move")
    assert len(game.table.record.actions) == 2


def test_a_hint_comes_when_it_is_thought() -> None:
    game = Game()
    assert game.table.ask_hint()
    game.go("think")
    assert game.table.hint == RIGHT
    assert game.table.rated_opponent() is None
    game.play(2)
    assert game.table.hint is None
    assert not game.table.ask_hint(), "not on the other's turn"


def test_analysis_goes_through_the_whole_game_and_is_hidden_again() -> None:
    game = Game()
    game.play(WRONG)
    game.go("move")
    assert game.table.shown() is None
    game.table.analyse(True)
    for _ in range(12):
        game.table.tick(game.now)
        if "think" in game.engine.asked:
            game.engine.answer("think")
    assert all(verdict is not None for verdict in game.table.verdicts())
    assert min(one.simulations for one in game.table.thoughts.values()) >= SECOND_LOOK >= TEACHER
    assert game.table.seek_mistake()
    assert game.table.record.cursor == 1, "the mistake is the last move on the board"
    game.table.analyse(False)
    assert game.table.shown() is None
    assert game.table.verdicts() == [None, None]


def test_in_analysis_one_tries_moves_for_the_other_side() -> None:
    game = Game()
    game.play(RIGHT)
    game.go("move")
    game.table.analyse(True)
    game.table.go(1)
    assert game.table.waits_for_person(), "the robot's move may be tried"
    assert game.play(5)
    game.go()
    assert game.table.record.actions == [RIGHT, 5]
    assert game.play(2)
    game.go()
    assert "move" not in game.engine.asked, "the robot waits to be asked"
    game.table.go_on()
    game.go("move")
    assert game.table.record.actions == [RIGHT, 5, 2, 1]


def test_resignation_ends_the_game_and_counts() -> None:
    game = Game()
    game.play(RIGHT)
    assert game.table.resign()
    events = game.table.tick(game.now)
    assert events.ended
    assert not game.table.tick(game.now).ended, "told once"
    played = game.table.result_of_person()
    assert played is not None
    assert (played.opponent, played.points) == ("alphabeta-4", 0.0)
    assert not game.table.resign()


def test_swap_changes_places() -> None:
    game = Game()
    game.table.swap()
    assert game.table.people == [1]
    game.go("move")
    assert game.table.record.actions == [1]
    assert game.table.rated_opponent() == "alphabeta-4", "before the first move a swap is no help"
    game.table.swap()
    assert game.table.rated_opponent() is None


def test_two_engines_play_until_they_are_paused() -> None:
    game = Game(ROBOT, ROBOT)
    game.go("move")
    assert game.table.record.actions == [1]
    game.table.go_on()
    assert game.table.paused
    game.go("move")  # what was under way is thought to its end
    assert game.table.record.actions == [1], "and not shown"
    game.table.go_on()
    game.table.tick(game.now)
    assert game.table.record.actions == [1, 1]


def test_a_pause_holds_back_a_move_that_is_due() -> None:
    game = Game(ROBOT, ROBOT)
    game.engine.answer("move")
    game.table.tick(game.now)  # the first move falls, the second is asked for
    game.engine.answer("move")
    assert game.table.tick(game.now).moved == []
    assert game.table.due_in(game.now) == 1.0
    game.table.go_on()
    assert game.table.due_in(game.now) is None
    assert not game.table.thinking(), "nothing to wait for"
    assert game.go().moved == []
    assert game.table.record.actions == [1]
    game.table.go_on()
    assert game.table.due_in(game.now) == 0.0
    assert game.table.tick(game.now).moved == [1]


def test_who_cannot_be_loaded_is_told() -> None:
    engine = Engine()
    table = Table(engine, "connect_four", (PERSON, Seat("absent", "Absent", "runs")), (0, 0))
    engine.answer("load")
    events = table.tick(0.0)
    assert events.messages == ["nobody is called absent"]
    assert table.failed == "nobody is called absent"


@pytest.mark.parametrize("seats", [(PERSON, PERSON), (ROBOT, ROBOT)])
def test_only_a_game_of_one_person_counts(seats: tuple[Seat, Seat]) -> None:
    assert Game(*seats).table.rated_opponent() is None


@pytest.mark.parametrize(("after", "offered"), [(-0.4, False), (0.8, True)])
def test_a_move_hardly_looked_at_is_searched_itself_before_the_teacher_speaks(
    monkeypatch: pytest.MonkeyPatch, after: float, offered: bool
) -> None:
    def think(_: Mind, states: Any, simulations: int) -> Thoughts:
        if states["occupied"][0]:
            return Thoughts(after, simulations, (Candidate(RIGHT, simulations, after, 0.9, (RIGHT,)),))
        other = Candidate(WRONG, 1, -0.6, 0.01, (WRONG,))
        return Thoughts(0.5, simulations, (Candidate(RIGHT, simulations, 0.5, 0.9, (RIGHT,)), other))

    monkeypatch.setattr(Mind, "think", think)
    game = Game(teaching=True)
    game.go("think")
    game.play(WRONG)
    assert game.table.offer is None, "one visit is no ground for a verdict"
    assert "move" not in game.engine.asked
    game.go("think")
    assert (game.table.offer is not None) == offered
    if game.table.offer is not None:
        assert game.table.offer.words == "1: 75 \u2192 10 % to win; 4 is better"
