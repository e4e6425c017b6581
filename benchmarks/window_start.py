"""How soon the window is drawn, a first move can be made, and Zero has answered: wall seconds from the start.

    python benchmarks/window_start.py [REPEATS]

Each time a new process, warm caches, SDL's dummy driver unless a display is there; the median of REPEATS.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 5
CHILD = """
import sys, time
sys.path.insert(0, {root!r})
start = {start!r}
import pygame
from agents.commands.window import Play, start_of
from agents.play.window import Window
window = Window(start_of(Play(world="connect_four", first="me", second="zero@64", teaching=False)))
told = {{}}
def after(window):
    told.setdefault("drawn", time.time() - start)
    table = getattr(window.scene, "table", None)
    if table is None:
        return
    if not table.record.actions and table.waits_for_person() and "playable" not in told:
        told["playable"] = time.time() - start
        table.play(3, window.house.now)
    if len(table.record.actions) >= 2:
        told["answered"] = time.time() - start
        window.house.quitting = True
window.run(after)
print(*(told[name] for name in ("drawn", "playable", "answered")))
"""


def measured() -> list[float]:
    """The three times of one start."""
    environment = os.environ | {"SDL_AUDIODRIVER": "dummy"}
    if "DISPLAY" not in environment:
        environment["SDL_VIDEODRIVER"] = "dummy"
    code = CHILD.format(root=str(ROOT), start=time.time())
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    return [float(word) for word in done.stdout.split()[-3:]]


def main(repeats: int) -> None:
    """Print the medians."""
    measured()  # warms the caches
    found = [measured() for _ in range(repeats)]
    for name, times in zip(("drawn", "playable", "answered"), zip(*found, strict=True), strict=True):
        print(f"{name}: {median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
