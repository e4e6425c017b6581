"""How often the window is drawn while a stone moves and the engine thinks, and what a frame costs to draw.

    python benchmarks/window_frames.py [MOVES]

SDL's dummy driver unless a display is there (xvfb-run -a -s "-screen 0 1920x1080x24" before it gives one).

Two engines play; every frame between two turns of a stone's way is counted, in play and in analysis.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOVES = 14
CASES = (
    ("connect_four", "zero@200", "play"),
    ("connect_four", "zero@200", "analysis"),
    ("go5", "zero@200", "analysis"),
)
CHILD = """
import sys, time
sys.path.insert(0, {root!r})
sys.setswitchinterval(0.002)  # as the command does
import numpy as np, pygame
from agents.commands.window import Play, start_of
from agents.play.window import Window
window = Window(start_of(Play(world={world!r}, first={who!r}, second={who!r}, teaching=False)))
size = window.screen.get_size()
apart, costs, last, begun = [], [], None, time.monotonic()
asked = {analysis!r} == "play"
def after(window):
    global last, asked
    table = getattr(window.scene, "table", None)
    if table is None:
        return
    if not asked and table.record.actions:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a, mod=0, unicode="a"))
        asked = True
    if window.scene.animating():
        now = (window.frames, time.perf_counter(), window.drawing)
        if last is not None and now[0] == last[0] + 1:
            apart.append(now[1] - last[1])
            costs.append(now[2] - last[2])
        last = now
    else:
        last = None
    if len(table.record.actions) >= {moves} or time.monotonic() - begun > 120:
        window.house.quitting = True
window.run(after)
rates = np.percentile(np.array(apart) * 1000, [50, 95])
cost = np.percentile(np.array(costs) * 1000, [50, 95])
print(*size, len(apart), *rates, *cost)
"""


def measured(world: str, who: str, mode: str, moves: int) -> list[float]:
    """Width, height, frames counted; ms between frames and of drawing: median, 95th percentile."""
    environment = os.environ | {"SDL_AUDIODRIVER": "dummy"}
    if "DISPLAY" not in environment:
        environment["SDL_VIDEODRIVER"] = "dummy"
    code = CHILD.format(root=str(ROOT), world=world, who=who, analysis=mode, moves=moves)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    return [float(word) for word in done.stdout.split()[-7:]]


def main(moves: int) -> None:
    """Print a line for each case."""
    for world, who, mode in CASES:
        width, height, count, apart, slow, cost, dear = measured(world, who, mode, moves)
        print(
            f"{world}, {mode}, {width:.0f} x {height:.0f}: {count:.0f} frames, "
            f"{apart:.1f} ms apart (95 %: {slow:.1f}), {cost:.1f} ms to draw (95 %: {dear:.1f})",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MOVES)
