"""A Go program at the other end of a pipe: asked in GTP, never waited for without end."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
from queue import Empty
from subprocess import PIPE

from agents.gtp.talk import Lines

GAMES = "/usr/games:/usr/local/games"  # where Debian puts them, which is not everybody's PATH
NOISE = 1_000  # lines before an answer that are passed over: greetings
LONGEST_ANSWER = 10_000  # lines
TAIL = 2_000  # bytes of what it writes to its errors that are kept
PARTING = 2.0  # seconds between asking it to quit and ending it


class ProgramError(Exception):
    """What a program did instead of answering: `kind` is refused, crash, time or garbled."""

    kind = "garbled"


class Refused(ProgramError):  # noqa: N818
    """It answered with an error; the message is its own."""

    kind = "refused"


class Crashed(ProgramError):  # noqa: N818
    """It has ended."""

    kind = "crash"


class TimedOut(ProgramError):  # noqa: N818
    """It did not answer in time, and has been ended."""

    kind = "time"


class Program:
    """A running program; `ask` one command after the other, `close` it in the end."""

    def __init__(self, command: str) -> None:
        """Start it. Raises ProgramError where there is no such program."""
        self.command = command
        try:
            name, *arguments = shlex.split(command)
            words = [shutil.which(name) or shutil.which(name, path=GAMES) or name, *arguments]
            self._process = subprocess.Popen(
                words, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
        except (OSError, ValueError, IndexError) as error:
            raise Crashed(f"{command!r} cannot be started: {error}") from None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        out, errors = self._process.stdout.fileno(), self._process.stderr.fileno()
        self._lines = Lines(lambda count: os.read(out, count))
        self._tail = b""
        self._is_ended = False
        self._errors = threading.Thread(target=self._listen, args=(errors,), name="errors", daemon=True)
        self._errors.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def ask(self, command: str, seconds: float) -> str:
        """Its answer to a command. Raises Refused, and, the program ended, Crashed, TimedOut and ProgramError
        for what is no answer."""
        try:
            return self._ask(command, time.monotonic() + seconds)
        except Refused:
            raise
        except Empty:
            has_ended = not self.is_running  # though a child of its own holds its output open
            error = self._crash(command) if has_ended else None
            self.end()
            if error is not None:
                raise error from None
            raise TimedOut(f"no answer to {command!r} in {seconds:g} s") from None
        except ProgramError:
            self.end()
            raise

    def _ask(self, command: str, end: float) -> str:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{command}\n".encode())
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has ended, or been ended
            raise self._crash(command) from None
        answer: list[str] = []
        for _ in range(NOISE + LONGEST_ANSWER):
            line = self._lines.next(max(0.0, end - time.monotonic()))
            if line is None:
                raise self._crash(command)
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if not answer and not text.startswith(("=", "?")):
                continue
            if answer and not text.strip():
                return _told(answer)
            answer.append(text)
        raise ProgramError(f"no GTP: {LONGEST_ANSWER} lines without an end after {command!r}")

    def _crash(self, command: str) -> Crashed:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PARTING)
        code = self._process.poll()
        said = self._tail.decode("utf-8", "replace").strip().split("\n")[-1][-200:]
        return Crashed(f"ended at {command!r} with status {code}" + (f": {said}" if said else ""))

    def _listen(self, errors: int) -> None:
        with contextlib.suppress(OSError):
            while chunk := os.read(errors, TAIL):
                self._tail = (self._tail + chunk)[-TAIL:]

    def close(self) -> None:
        """Ask it to quit, and end it if it does not."""
        if self.is_running:
            with contextlib.suppress(ProgramError):
                self.ask("quit", PARTING)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PARTING)
        self.end()

    def end(self) -> None:
        """End it at once, and whatever it has started."""
        if not self._is_ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)  # children too, of one that has ended itself
                else:
                    self._process.kill()
        self._is_ended = True
        self._process.wait()
        self._errors.join(PARTING)
        ended = (None, self._lines.close(PARTING), not self._errors.is_alive())
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        for pipe, has_ended in zip(pipes, ended, strict=True):
            if pipe is not None and has_ended is not False:  # a child of its own may hold one open
                with contextlib.suppress(OSError):
                    pipe.close()


def _told(answer: list[str]) -> str:
    """The text behind "=" or "?" and a number. Raises Refused."""
    head = answer[0][1:].lstrip("0123456789").strip()
    text = "\n".join([head, *answer[1:]]).strip()
    if answer[0].startswith("?"):
        raise Refused(text or "an error without words")
    return text
