"""What Ctrl-C and a polite kill do to a run: the first is answered at once, the second ends it at once."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from rich.console import Console

SIGNALS = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 130  # the status of a command that was
FINISHING = "this step is finished and saved, which may take a minute"


def end_at_once() -> None:
    """Have SIGINT and SIGTERM end this process even in the middle of a kernel, which Python's own handlers
    wait for: for commands that have nothing to save."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def stopping_told(console: Console, first_words: str = FINISHING) -> Iterator[None]:
    """Within, the first SIGINT or SIGTERM says what happens, that the run stops after its step, and raises
    KeyboardInterrupt; the second kills the workers in their step, which costs that step alone, and a third
    would kill this process, too."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return

    def say(words: str) -> None:
        with suppress(RuntimeError):  # it was writing when the signal came
            console.print(words, highlight=False, soft_wrap=True)

    def first(_number: int, _frame: FrameType | None) -> None:
        for number in SIGNALS:
            signal.signal(number, second)
        say(f"\nstopping: {first_words}; once more ends it at once")
        raise KeyboardInterrupt

    def second(_number: int, _frame: FrameType | None) -> None:
        end_at_once()
        for worker in multiprocessing.active_children():
            worker.kill()
        raise KeyboardInterrupt

    former = {number: signal.signal(number, first) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
