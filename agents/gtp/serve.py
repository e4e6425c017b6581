"""An engine on standard input and output, which are for GTP alone: other prints go to the errors."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from queue import Empty

from agents.gtp.engine import Engine
from agents.gtp.protocol import read_command
from agents.gtp.talk import Hangup, Lines, Talk

LOOK = 0.05  # seconds between two looks at whether the agent could be loaded


def serve(engine: Engine, lines: Lines, write: Callable[[str], None], check: Callable[[], None]) -> None:
    """Answer until `quit`, the end of the lines, or until nobody reads; `check` is called in pauses.

    Whatever a command makes go wrong is an answer, and the engine goes on.
    """
    while not engine.is_over:
        try:
            line = lines.next(LOOK)
        except Empty:
            check()
            continue
        if line is None:
            return
        command = read_command(line)
        if command is None:
            continue
        talk = Talk(command.number, write, lines.any_waiting)
        try:
            engine.answer(command, talk)
        except Hangup:
            return
        except Exception as error:
            check()
            traceback.print_exc()
            talk.failed(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def serve_pipe(engine: Engine) -> None:
    """Serve on this process's own input and output. Raises what loading the agent raises, before or after the
    first answers: it is loaded meanwhile."""
    out = os.dup(1)
    os.dup2(2, 1)  # a player of one's own may print

    def write(text: str) -> None:
        data = text.encode("utf-8", "replace")
        try:
            while data:
                data = data[os.write(out, data) :]
        except OSError:
            raise Hangup from None

    loader = Loader(engine)
    try:
        serve(engine, Lines(lambda count: os.read(0, count)), write, loader.check)
    finally:
        sys.stdout.flush()
        loader.join()


class Loader:
    """Loads the agent of an engine's first board in a thread, so that `name` need not wait for it, and has it
    move once, so that its kernels are there, too."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._engine.warm_up()
        except Exception as error:  # it is raised where somebody hears it
            self._error = error

    def join(self) -> None:
        """Wait for its end: a thread in the midst of compiling does not survive that of the process."""
        self._thread.join()

    def check(self) -> None:
        """Raise what loading has raised."""
        if self._error is not None:
            raise self._error
