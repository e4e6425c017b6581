"""The command line answers before anything heavy is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    *(
        "compare",
        "demonstrate",
        "imitate",
        "reinforce",
        "evaluate",
        "duel",
        "play",
        "export",
        "report",
        "resume",
        "runs",
        "doctor",
        "lesson",
        "lessons",
        "gtp",
        "match",
        "games",
        "rate",
    ),
)
HELP = """
import contextlib, io, sys
sys.argv = ["train.py", *{arguments!r}]
import train
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as said:
    train.main()
heavy = sorted({{"torch", "numba", "matplotlib", "gymnasium", "tensorboard"}} & set(sys.modules))
print(",".join(heavy), len(said.getvalue()))
"""


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_imports_nothing_heavy(command: str) -> None:
    arguments = [*([command] if command else []), "--help"]
    code = HELP.format(arguments=arguments)
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy, length = answer.stdout.rstrip("\n").split(" ")
    assert heavy == ""
    assert int(length) > 200, "the help says something"


def test_help_takes_less_than_a_second() -> None:
    """CPU seconds, the best of three, so that a busy machine does not decide."""
    times = []
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "train.py", "--help"], cwd=ROOT, capture_output=True, check=True)
        after = os.times()
        user = after.children_user - before.children_user
        times.append(user + after.children_system - before.children_system)
    assert min(times) < 1.0


def test_help_names_every_command() -> None:
    answer = subprocess.run(
        [sys.executable, "train.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in COMMANDS:
        assert command in answer.stdout
