"""SIGTERM and Ctrl C: the window closes at once, and nothing is left changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest
from window_hand import Step, play_script

from agents.play.menu import MenuScene
from agents.play.signals import CLOSING, closing_on_signals
from agents.play.window import Start, Window

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("number", CLOSING)
def test_a_signal_is_heard_and_the_handlers_come_back(number: int) -> None:
    told, before = threading.Event(), signal.getsignal(number)
    with closing_on_signals(told.set):
        os.kill(os.getpid(), number)
        assert told.wait(10)
    assert signal.getsignal(number) is before
    assert signal.set_wakeup_fd(-1) == -1


def test_outside_the_main_thread_nothing_is_changed() -> None:
    seen: list[object] = []

    def run() -> None:
        with closing_on_signals(lambda: None):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_a_second_signal_ends_a_process_that_does_not_close() -> None:
    words = (
        "import os, signal, time\n"
        "from agents.play.signals import closing_on_signals\n"
        "with closing_on_signals(lambda: os.kill(os.getpid(), signal.SIGINT)):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    time.sleep(60)\n"
    )
    assert subprocess.run([sys.executable, "-c", words], cwd=ROOT, timeout=50).returncode == 128 + 15


def test_the_menu_closes_though_nothing_happens_in_it(screen: bool, settings_folder: Path) -> None:
    window = Window(Start())
    since = 0.0

    def script() -> Iterator[Step]:
        nonlocal since
        yield lambda: isinstance(window.scene, MenuScene)
        pygame.time.set_timer(pygame.USEREVENT, 0)  # nothing wakes the loop any more
        since = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)
        yield lambda: False

    play_script(window, script())
    assert window.hurried
    assert time.monotonic() - since < 60, "it closed by itself, not at the script's end of patience"
