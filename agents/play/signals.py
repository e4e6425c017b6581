"""SIGTERM and Ctrl C close the window at once, though its loop sleeps in a library or waits for a kernel."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CLOSING = (signal.SIGTERM, signal.SIGINT)
PATIENCE = 3.0  # seconds to save and to close, then the process ends as it is


@contextmanager
def closing_on_signals(close: Callable[[], None]) -> Iterator[None]:
    """While this is open, the first such signal calls `close` from a thread of its own; another one, or no
    end within PATIENCE seconds, ends the process. Outside the main thread nothing is changed.

    Python runs a signal's handler only between two steps of the main thread, which may sleep for long; the
    number of the signal is written to a socket at once.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in CLOSING}
    fd = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(reading, close), name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd)
        for number, handler in before.items():
            signal.signal(number, handler)
        writing.close()  # ends the thread


def _listen(reading: socket.socket, close: Callable[[], None]) -> None:
    with reading:
        told = _next(reading)
        if not told:
            return
        close()
        reading.settimeout(PATIENCE)
        try:
            if not _next(reading):
                return
        except TimeoutError:
            pass
        os._exit(128 + told)


def _next(reading: socket.socket) -> int:
    """The next of the signals; 0: nobody listens any more."""
    while (byte := reading.recv(1)) and byte[0] not in CLOSING:
        pass
    return byte[0] if byte else 0
