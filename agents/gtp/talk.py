"""The pipe: lines in as they come, answers out; one that streams goes on until the next line comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Queue

from agents.gtp.protocol import one_line, reply_head

LONGEST_LINE = 1 << 16  # bytes: what is longer is cut
CHUNK = 1 << 16
MOST_WAITING = 10_000  # lines: then the other side has to wait


class Hangup(Exception):  # noqa: N818
    """Nobody reads the answers any more."""


class Lines:
    """The lines of a pipe, read by a thread of their own; `read(n)` gives at most n bytes, b"" at the end."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._lines: Queue[bytes | None] = Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def next(self, seconds: float | None = None) -> bytes | None:
        """The next line, None at the end. Raises queue.Empty where none comes in that time."""
        return self._lines.get(timeout=seconds)

    def any_waiting(self) -> bool:
        """Whether a line waits, or the end."""
        return not self._lines.empty()

    def _run(self) -> None:
        rest, is_cut = b"", False
        while True:
            try:
                chunk = self._read(CHUNK)
            except OSError:
                chunk = b""
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._lines.put(b"" if is_cut else line[:LONGEST_LINE])
                is_cut = False
            if len(rest) > LONGEST_LINE:  # its first part is all that is read of it
                if not is_cut:
                    self._lines.put(rest[:LONGEST_LINE])
                rest, is_cut = b"", True
        if rest and not is_cut:
            self._lines.put(rest)
        self._lines.put(None)


class Talk:
    """The answer to one command: one text, or, after `open`, lines until it is done."""

    def __init__(self, number: str, write: Callable[[str], None], is_interrupted: Callable[[], bool]) -> None:
        self._number, self._write, self._is_open = number, write, False
        self.is_interrupted = is_interrupted

    def open(self) -> None:
        """Begin an answer of several lines."""
        if not self._is_open:
            self._write(reply_head(self._number, True).rstrip(" ") + "\n")
            self._is_open = True

    def line(self, text: str) -> None:
        """One line of an answer that is open."""
        self._write(text + "\n")

    def done(self, text: str) -> None:
        """The end of the answer; a whole one, where it has not been opened."""
        head = "" if self._is_open else reply_head(self._number, True)
        end = "\n\n" if text or not self._is_open else "\n"
        self._write(f"{head}{text}{end}")

    def failed(self, text: str) -> None:
        """An error; one in the midst of an open answer ends it."""
        head = "" if self._is_open else reply_head(self._number, False)
        self._write(f"{head}{one_line(text)}\n\n")
