"""Seconds from `train.py compare` to its first games, with compiled kernels kept and without.

    python benchmarks/start.py

The first games are there when the first demonstrations are written (600 games of `--preset tiny`).
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds_to_first_games(folder: Path, cache: Path) -> tuple[float, float]:
    """(wall, CPU) seconds of one start with that cache of kernels; RuntimeError where it ends early."""
    arguments = [
        sys.executable,
        "train.py",
        "compare",
        "--world",
        "connect_four",
        "--preset",
        "tiny",
        "--out",
        str(folder),
    ]
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    environment.pop("NUMBA_CACHE_DIR", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(
        arguments, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    while not any((folder / "demonstrations").glob("*.txt")):
        if process.poll() is not None:
            raise RuntimeError(f"the run ended with code {process.returncode} before its first games")
        time.sleep(0.02)
    wall = time.monotonic() - start
    process.send_signal(signal.SIGINT)
    process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def main() -> None:
    """Print one line for the cold start and one for three warm ones."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "cache").mkdir()
        for number, what in enumerate(("cold", "warm", "warm", "warm")):
            wall, cpu = seconds_to_first_games(base / f"run-{number}", base / "cache")
            print(
                f"{what}: first games after {wall:.1f} s ({cpu:.1f} s of CPU until it had stopped)",
                flush=True,
            )


if __name__ == "__main__":
    main()
