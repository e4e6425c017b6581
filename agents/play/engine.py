"""The engine: one thread that loads and thinks, so that the window never waits.

Whoever asks gives a ticket; the answer carries it, and an answer to an old ticket is thrown away. A newer
question of the same kind takes the place of the older one, also of one that is being thought about.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from agents.play.mind import Mind, Superseded

KINDS = ("load", "move", "think")  # what comes first
Work = Callable[[Mind], Any]


@dataclass(frozen=True)
class Answer:
    """What came of a question: its kind, its ticket, the value or what went wrong."""

    kind: str
    ticket: int
    value: Any = None
    error: Exception | None = None


@dataclass(frozen=True)
class _Question:
    kind: str
    ticket: int
    world: str
    work: Work


class Engine:
    """Questions in, answers out; `wake` is called from the thread whenever there is an answer."""

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._wake = wake
        self._condition = threading.Condition()
        self._waiting: dict[str, _Question] = {}
        self._current: _Question | None = None
        self._superseded = False
        self._closed = False
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        self._mind: Mind | None = None
        self._world = ""  # whose mind it is
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def ask(self, kind: str, ticket: int, world: str, work: Work) -> None:
        """Ask; what was asked of this kind before is dropped, and thoughts give way to anything."""
        with self._condition:
            self._waiting[kind] = _Question(kind, ticket, world, work)
            current = self._current
            if current is not None and (current.kind == kind or current.kind == "think"):
                self._superseded = True
            self._condition.notify()

    def cancel(self, kind: str) -> None:
        """Nobody waits for this kind of answer any more."""
        with self._condition:
            self._waiting.pop(kind, None)
            if self._current is not None and self._current.kind == kind:
                self._superseded = True

    def answers(self) -> list[Answer]:
        """The answers since last time."""
        found = []
        while True:
            try:
                found.append(self._answers.get_nowait())
            except Empty:
                return found

    def busy(self) -> str | None:
        """The kind of question that is being thought about, or waits; None: the engine is at rest."""
        with self._condition:
            if self._current is not None and not self._superseded:
                return self._current.kind
            return next(iter(self._waiting), None)

    def close(self, seconds: float = 2.0) -> None:
        """Stop thinking; a kernel that cannot be stopped is left to end with the process."""
        with self._condition:
            self._closed = self._superseded = True
            self._waiting.clear()
            self._condition.notify()
        self._thread.join(seconds)

    def _run(self) -> None:
        while (question := self._next()) is not None:
            try:
                answer = Answer(question.kind, question.ticket, self._answer(question))
            except Superseded:
                answer = None
            except Exception as error:  # whatever it is, the window tells it and goes on
                answer = Answer(question.kind, question.ticket, error=error)
            with self._condition:
                self._current = None
            if answer is not None:
                self._answers.put(answer)
                self._wake()

    def _next(self) -> _Question | None:
        with self._condition:
            while not self._closed and not self._waiting:
                self._condition.wait()
            if self._closed:
                return None
            kind = min(self._waiting, key=KINDS.index)
            self._current, self._superseded = self._waiting.pop(kind), False
            return self._current

    def _answer(self, question: _Question) -> Any:
        if self._mind is None or self._world != question.world:
            self._mind, self._world = Mind(question.world), question.world
        self._mind.stop = lambda: self._superseded
        return question.work(self._mind)
