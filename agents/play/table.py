"""The table: a game between two seats, who is waited for, and what the engine is asked. No pygame here.

`tick(now)` is called whenever something may have happened; it takes the engine's answers and asks the next
question. Thoughts are hidden while one plays: they are shown in analysis, and by a teacher after the move.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from agents.play.engine import Answer
from agents.play.own_rating import Played, Rung, rung_of
from agents.play.record import GameRecord, Key
from agents.play.seats import PERSON, Seat, full_name
from agents.play.sequels import sequel_of
from agents.play.thoughts import Thoughts
from agents.play.verdicts import Verdict, judge, next_mistake, settled, verdicts_of
from games.core import load_game

if TYPE_CHECKING:
    from agents.play.files import SavedGame

FIRST_LOOK, SECOND_LOOK, LAST_LOOK = 64, 400, 1600  # simulations of the analysis, one after the other
TEACHER = 400  # simulations before a teacher speaks
TICKETS = itertools.count(1)  # of all tables, so that no answer is taken for another table's
SHORTEST = 0.35  # seconds a move of an engine takes at least, so that one sees it


class Asked(Protocol):
    """What the table needs of an engine."""

    def ask(self, kind: str, ticket: int, world: str, work: Callable[[Any], Any]) -> None:
        """As agents.play.engine.Engine."""

    def cancel(self, kind: str) -> None:
        """As agents.play.engine.Engine."""

    def answers(self) -> list[Answer]:
        """As agents.play.engine.Engine."""


@dataclass
class Events:
    """What happened since one looked last, for sounds, animations and messages."""

    moved: list[int] = field(default_factory=list)  # actions that came onto the board
    messages: list[str] = field(default_factory=list)
    ended: bool = False
    taught: bool = False
    changed: bool = False


class Table:
    """A game at which two seats sit. `now` is a time in seconds that only ever grows."""

    def __init__(
        self,
        engine: Asked,
        world: str,
        seats: tuple[Seat, Seat],
        simulations: tuple[int, int],
        teaching: bool = False,
        key: int = 0,
        ladder: list[Rung] | None = None,
        komi: float | None = None,
    ) -> None:
        """`key`: of the game's random numbers; `komi`: another than the usual one. Raises UnknownGame."""
        self.engine, self.world, self.key = engine, world, key
        self.seats, self.simulations, self.teaching = seats, simulations, teaching
        self.names = ("", "")  # of persons, as a saved game tells them
        game = load_game(world)
        start = None if komi is None or game.with_komi is None else game.with_komi(game.new(1), komi)
        self.record = GameRecord(game, start=start)
        self.thoughts: dict[Key, Thoughts] = {}
        self.analysing = False
        self.assisted = False  # hints, undo and analysis take a game out of the rating
        self.offer: Verdict | None = None  # a teacher's: the last move could be taken back
        self.hint: int | None = None
        self.paused = False
        self.speed = 1.0
        self.events = Events()
        self.ladder = ladder or []
        self.ready = [seat == PERSON for seat in seats]
        self.failed = ""
        self._pending: dict[str, Any] = {}
        self._moved_at = 0.0
        self._due: tuple[float, int] | None = None  # an engine's move that is shown at that time
        self._told_end = False
        self._teacher_at: int | None = None  # the ply of the move that the teacher still has to judge
        self._hint_wanted = False
        self._reviewing = False
        self._load()

    # --- what the window asks ---

    @property
    def mover(self) -> int:
        """Who is to move on the board."""
        return self.record.player_at(self.record.cursor)

    @property
    def people(self) -> list[int]:
        """The sides at which a person sits."""
        return [side for side in (0, 1) if self.seats[side] == PERSON]

    def waits_for_person(self) -> bool:
        """Whether a person may move now: on their turn, in analysis for anybody who does not think."""
        mine = self.seats[self.mover] == PERSON
        exploring = self.analysing and (self.paused or not self.record.at_end)
        return not self.record.is_over and (mine or exploring) and self.offer is None

    def thinking(self) -> bool:
        """Whether an engine's move is awaited; one that a pause holds back is not."""
        return "move" in self._pending or (self._due is not None and not self.paused)

    def shown(self) -> Thoughts | None:
        """The thoughts that may be shown about the position on the board."""
        return self.thoughts.get(self.record.key) if self.analysing else None

    def lesson(self) -> Thoughts | None:
        """What was thought of the position before a mistake that may be taken back."""
        key = self.record.key[: self.lesson_ply]
        return self.thoughts.get(key) if self.offer is not None else self.shown()

    @property
    def lesson_ply(self) -> int:
        """The ply of the position that the thoughts shown are about."""
        return max(0, self.record.cursor - (self.offer is not None))

    def verdicts(self) -> list[Verdict | None]:
        """The verdict on every move, as far as it may be shown: in analysis all, with a teacher one's own."""
        found = verdicts_of(self.record, self.thoughts)
        if self.analysing:
            return found
        mine = [self.teaching and self.seats[self.record.player_at(p)] == PERSON for p in range(len(found))]
        judged = len(found) if self._teacher_at is None else self._teacher_at
        return [
            one if show and p < judged else None
            for p, (one, show) in enumerate(zip(found, mine, strict=True))
        ]

    def rated_opponent(self) -> str | None:
        """The opponent's name on the ladder, if this game counts for one's rating."""
        if len(self.people) != 1 or self.assisted or self.teaching:
            return None
        side = 1 - self.people[0]
        rung = rung_of(self.ladder, full_name(self.seats[side], self.simulations[side]))
        return rung.player if rung is not None else None

    # --- what a person does ---

    def play(self, action: int, now: float) -> bool:
        """A person's move; whether it was one."""
        if not self.waits_for_person() or action not in self.record.legal():
            return False
        if not self.record.at_end:
            self.assisted = True
        ply, mine = self.record.cursor, self.seats[self.mover] == PERSON
        self.paused = self.paused or not mine  # whose move was made for them waits to be asked again
        self._put(action, now)
        if self.teaching and mine and not self.analysing:
            self._teacher_at = ply
        return True

    def undo(self) -> bool:
        """Back to the person's last turn: both moves. Between engines, or two people, one move."""
        side = self.people[0] if len(self.people) == 1 else None
        return self._moved_about(self.record.undo(side) or self.record.undo(None), helped=True)

    def redo(self) -> bool:
        """Both moves again."""
        side = self.people[0] if len(self.people) == 1 else None
        return self._moved_about(self.record.redo(side))

    def go(self, ply: int) -> bool:
        """To the position after so many moves."""
        return self._moved_about(self.record.go(ply), helped=True)

    def take_back(self) -> None:
        """Accept the teacher's offer: the mistake is taken back."""
        if self.offer is not None:
            self.offer = None
            self._moved_about(self.record.undo(None), helped=True)

    def keep(self) -> None:
        """Decline the teacher's offer: the game goes on."""
        self.offer = None
        self.events.changed = True

    def resign(self) -> bool:
        """The person gives up; whether there was something to give up."""
        if len(self.people) != 1 or self.record.is_over:
            return False
        self._forget()
        self.record.resign(self.people[0])
        self.events.changed = True
        return True

    def swap(self) -> None:
        """The two seats change places."""
        self.seats = (self.seats[1], self.seats[0])
        self.simulations = (self.simulations[1], self.simulations[0])
        self.names = (self.names[1], self.names[0])
        self.ready.reverse()
        self.assisted = self.assisted or bool(self.record.actions)
        self._forget()
        self.events.changed = True

    def ask_hint(self) -> bool:
        """A hint for the person to move; it comes when it is thought."""
        if not self.waits_for_person():
            return False
        self.assisted = self._hint_wanted = True
        return True

    def analyse(self, on: bool) -> None:
        """Show the thoughts, or hide them."""
        self.analysing = on
        self.assisted = self.assisted or (on and self.record.result() is None)
        if not on:
            self.engine.cancel("think")
            self._pending.pop("think", None)
        self.events.changed = True

    def seek_mistake(self) -> bool:
        """Put the next mistake on the board, as the last move; whether there is one."""
        ply = next_mistake(self.verdicts(), self.record.cursor - 1)
        if ply is None:
            return False
        self.go(ply + 1)
        return True

    def go_on(self) -> None:
        """Pause or go on between engines; where one has gone back, the later moves are cut off.

        A move that is thought but not shown yet is held back until it goes on.
        """
        if self.record.at_end:
            self.paused = not self.paused and not self.people
        elif self.seats[self.mover] != PERSON:
            self.assisted = True  # a game played on from where one has gone back counts for nobody
            self.record = self.record.branch()
            self.paused = False
        self.events.changed = True

    def open(self, saved: SavedGame) -> None:
        """Lay a saved game on the table, at its end, in analysis."""
        self.record, self.thoughts, self.names = saved.record, dict(saved.thoughts), saved.names
        self.record.go(len(self.record.actions))
        self.assisted, self._told_end, self.paused = True, True, True
        self._forget()
        self.events.changed = True

    # --- what goes on by itself ---

    def tick(self, now: float) -> Events:
        """Take answers, make the engine's move when it is due, ask what is to be asked; what happened."""
        for answer in self.engine.answers():
            self._take(answer, now)
        if self._due is not None and not self.paused and now >= self._due[0]:
            action, self._due = self._due[1], None
            self._put(action, now)
        self._teach()
        self._tell_end()
        self._ask_move()
        self._ask_thoughts()
        events, self.events = self.events, Events()
        return events

    def due_in(self, now: float) -> float | None:
        """In how many seconds a move is to be shown; None: nothing is due, or it is held back."""
        return None if self._due is None or self.paused else max(0.0, self._due[0] - now)

    def result_of_person(self) -> Played | None:
        """What the finished game counts for one's rating, if it does."""
        opponent, result = self.rated_opponent(), self.record.result()
        if opponent is None or result is None:
            return None
        return Played(self.world, opponent, (result[self.people[0]] + 1.0) / 2.0)

    def _load(self) -> None:
        wanted = list(zip(self.seats, self.simulations, strict=True))

        def work(mind: Any) -> None:
            for seat, simulations in wanted:
                mind.prepare(seat, simulations)

        self._ask("load", work)

    def _ask(self, kind: str, work: Callable[[Any], Any], about: Any = None) -> None:
        ticket = next(TICKETS)
        self._pending[kind] = (ticket, about)
        self.engine.ask(kind, ticket, self.world, work)

    def _take(self, answer: Answer, now: float) -> None:
        ticket, about = self._pending.get(answer.kind, (None, None))
        if ticket != answer.ticket:
            return  # a stale one: the position is another by now
        del self._pending[answer.kind]
        self.events.changed = True
        if answer.error is not None:
            self.failed = str(answer.error) or type(answer.error).__name__
            self.events.messages.append(self.failed)
            self._hint_wanted = False
            self._teacher_at = None
        elif answer.kind == "load":
            self.ready = [True, True]
        elif answer.kind == "move":
            gap = SHORTEST if self.people else max(0.02, 1.0 / self.speed)
            self._due = (max(now, self._moved_at + gap), answer.value)
        elif answer.kind == "think":
            self._keep_thoughts(about, answer.value)

    def _keep_thoughts(self, key: Key, thoughts: Thoughts) -> None:
        before = self.thoughts.get(key)
        if before is None or before.simulations <= thoughts.simulations:
            self.thoughts[key] = thoughts

    def _put(self, action: int, now: float) -> None:
        self._forget()
        self.record.play(action)
        self._moved_at = now
        self.events.moved.append(action)
        self.events.changed = True
        self._told_end = False

    def _moved_about(self, moved: bool, helped: bool = False) -> bool:
        if moved:
            self._forget()
            if self.record.result() is None:
                self.assisted = self.assisted or helped
            self.events.changed = True
        return moved

    def _forget(self) -> None:
        """What is under way belongs to another position."""
        for kind in ("move", "think"):
            self.engine.cancel(kind)
            self._pending.pop(kind, None)
        self._due, self.hint, self.offer = None, None, None
        self._teacher_at, self._hint_wanted = None, False

    def _ask_move(self) -> None:
        record, side = self.record, self.mover
        idle = not self.thinking() and not self.failed and not self.paused
        wanted = self.seats[side] != PERSON and record.at_end and not record.is_over
        if not (idle and wanted) or self._teacher_at is not None or self.offer is not None:
            return
        seat, simulations, ply = self.seats[side], self.simulations[side], record.cursor
        state, key = record.state.copy(), self.key
        self._ask("move", lambda mind: mind.move(seat, simulations, state, key, ply))

    def _ask_thoughts(self) -> None:
        if "think" in self._pending or self.failed:
            return
        wanted = self._wanted_thoughts()
        if wanted is None:
            return
        ply, simulations = wanted
        state = self.record.state_at(ply).copy()
        about = tuple(self.record.actions[:ply])
        self._ask("think", lambda mind: mind.think(state, simulations), about)

    def _wanted_thoughts(self) -> tuple[int, int] | None:
        """The next position to think about, by its ply, and with how many simulations."""
        here = self.record.cursor
        if self._hint_wanted and self._known(here) >= TEACHER:
            self.hint, self._hint_wanted = self.thoughts[self.record.key].best, False
            self.events.changed = True
        if self._hint_wanted:
            return here, TEACHER
        if self._teacher_at is not None:
            known = self._known(self._teacher_at) >= TEACHER
            return self._teacher_at + known, TEACHER  # the position before the move, then the one after it
        if self.teaching and self.waits_for_person() and self._known(here) < TEACHER:
            return here, TEACHER  # beforehand, so that the teacher need not be waited for; it is not shown
        if not self.analysing:
            return None
        for simulations in (FIRST_LOOK, SECOND_LOOK):
            if not self._over(here) and self._known(here) < simulations:
                return here, simulations
        for ply in range(len(self.record.actions) + 1):  # the graph, the mistakes
            if not self._over(ply) and self._known(ply) < SECOND_LOOK:
                return ply, SECOND_LOOK
        return (here, LAST_LOOK) if not self._over(here) and self._known(here) < LAST_LOOK else None

    def _known(self, ply: int) -> int:
        """How many simulations are behind what is known of a position; 0: nothing is."""
        known = self.thoughts.get(tuple(self.record.actions[:ply]))
        return 0 if known is None else known.simulations

    def _over(self, ply: int) -> bool:
        return bool(self.record.game.is_terminal(self.record.state_at(ply))[0])

    def _teach(self) -> None:
        """The teacher's verdict on the person's last move, once it is thought: a move that was hardly looked
        at is searched itself before anything is said of it."""
        ply = self._teacher_at
        if ply is None or self._known(ply) < TEACHER:
            return
        thoughts, action = self.thoughts[tuple(self.record.actions[:ply])], self.record.actions[ply]
        sequel = sequel_of(self.record, ply, self.thoughts)
        if not settled(thoughts, action, sequel):
            return
        self._teacher_at = None
        verdict = judge(thoughts, action, self.record.game.action_names, sequel)
        if verdict.is_mistake:
            self.offer, self.events.taught = verdict, True
        self.events.changed = True

    def _tell_end(self) -> None:
        if self._told_end or self.offer is not None or self._teacher_at is not None:
            return
        if self.record.at_end and self.record.result() is not None:
            self._told_end = self.events.ended = True
            self.events.changed = True
