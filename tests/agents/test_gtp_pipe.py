"""The engine as a program: `train.py gtp` at the other end of a pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gtp_sessions import arm

from agents.gtp.talk import LONGEST_LINE, Lines
from agents.referee.program import Program, Refused

ROOT = Path(__file__).resolve().parents[2]
ENGINE = f"{sys.executable} {ROOT / 'train.py'} gtp"
PATIENCE = 120.0  # seconds: the first run compiles


@pytest.fixture
def started() -> Iterator[list[Program]]:
    programs: list[Program] = []
    yield programs
    for program in programs:
        program.close()


def test_it_speaks_through_a_pipe_and_leaves_when_asked(started: list[Program]) -> None:
    program = Program(f"{ENGINE} --world go5 --agent random --seed 3")
    started.append(program)
    assert program.ask("name", PATIENCE) == "Move 37 (random)"
    assert program.ask("boardsize 7", PATIENCE) == ""
    with pytest.raises(Refused, match="unacceptable size"):
        program.ask("boardsize 99", PATIENCE)
    assert program.ask("genmove b", PATIENCE) != ""
    assert program.ask("quit", PATIENCE) == ""
    deadline = time.monotonic() + PATIENCE
    while program.is_running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not program.is_running


def told_by(arguments: list[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "train.py", "gtp", *arguments],
        input=given, cwd=ROOT, capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip


def test_output_is_for_gtp_alone(tmp_path: Path) -> None:
    path = tmp_path / "talker.py"
    path.write_text(
        "import numpy as np\nfrom agents.player import Player\nprint('loaded')\n"
        "def act(states, keys, plies):\n"
        "    print('thinking')\n"
        "    return np.full(len(states), 25)\n"
        "def player(game):\n"
        "    return Player('talker', act)\n"
    )
    ended = told_by(["--world", "go5", "--agent", str(path)], b"1 genmove b\r\n2 genmove w\r\n")
    assert ended.stdout == b"=1 pass\n\n=2 pass\n\n"
    assert b"thinking" in ended.stderr
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--agent", "nobody"], b"error: nobody is called 'nobody'"),
        (["--world", "connect_four"], b"error: --world connect_four: this is for Go only"),
        (["--world", "go20"], b"error: --world go20: this is for Go only"),
        (["--agent", "runs/none:zero"], b"error: there is no run folder 'runs/none'"),
        (["--resign", "2"], b"error: --resign is a share"),
        (["--simulations", "-1"], b"error: --simulations is 0 to"),
        (["--seconds", "-1"], b"error: --seconds is 0"),
        (["--leaves", "0"], b"error: --leaves is 1 to"),
    ],
)
def test_what_cannot_be_served_is_said_at_the_start(arguments: list[str], error: bytes) -> None:
    """Also while nobody asks for a move: the input stays open."""
    program = subprocess.Popen(
        [sys.executable, "train.py", "gtp", *arguments],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert program.wait(PATIENCE) == 2
        assert program.stderr is not None
        assert program.stderr.read().startswith(error)
    finally:
        program.kill()
        program.communicate()


def test_a_wrong_name_is_said_before_any_answer() -> None:
    ended = told_by(["--world", "go5", "--agent", "nonsense"], b"name\n")
    assert (ended.stdout, ended.returncode) == (b"", 2)
    assert ended.stderr.startswith(b"error: nobody is called 'nonsense'")


def test_the_boards_own_agent_and_a_number_without_effect() -> None:
    assert b"(pretrained:zero)" in told_by(["--world", "go5"], b"name\nquit\n").stdout
    ended = told_by(["--world", "go5", "--agent", "mcts-50", "--simulations", "100"], b"quit\n")
    assert ended.stderr == (
        b"note: --simulations 100 does nothing for mcts-50: its number is that of its name, mcts-100\n"
    )


def test_an_analysis_goes_on_until_a_line_comes(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "train.py", "gtp", "--world", "go5", "--agent", arm(tmp_path, 5)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    out = program.stdout.fileno()
    lines = Lines(lambda count: os.read(out, count))
    try:
        program.stdin.write(b"8 kata-analyze 5\n")
        program.stdin.flush()
        assert lines.next(PATIENCE) == b"=8"
        seen = [lines.next(PATIENCE) for _ in range(3)]
        assert all(line is not None and line.startswith(b"info move ") for line in seen)
        program.stdin.write(b"\n")  # an empty line ends it, too
        program.stdin.flush()
        while (line := lines.next(PATIENCE)) != b"":
            assert line is not None
            assert line.startswith(b"info move ")
        program.stdin.write(b"9 protocol_version\nquit\n")
        program.stdin.flush()
        assert [lines.next(PATIENCE) for _ in range(4)] == [b"=9 2", b"", b"= ", b""]
        assert lines.next(PATIENCE) is None
        assert program.wait(PATIENCE) == 0
    finally:
        program.kill()
        program.communicate()


def test_the_end_of_input_ends_it_in_the_midst_of_an_analysis(tmp_path: Path) -> None:
    ended = told_by(["--world", "go5", "--agent", "mcts-50"], b"lz-analyze 1\n")
    assert ended.returncode == 0
    assert ended.stdout.startswith(b"=\ninfo move ")
    assert ended.stdout.endswith(b"\n\n")


def test_nobody_who_reads_ends_it() -> None:
    program = subprocess.Popen(
        [sys.executable, "train.py", "gtp", "--world", "go5", "--agent", "random"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(b"name\n")
    program.stdin.flush()
    assert program.stdout.readline() == b"= Move 37 (random)\n"
    program.stdout.close()
    program.stdin.write(b"name\n")
    program.stdin.flush()
    try:
        assert program.wait(PATIENCE) == 0
    finally:
        program.kill()
        program.stdin.close()
        assert program.stderr is not None
        program.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_ends_it_quietly() -> None:
    program = subprocess.Popen(
        [sys.executable, "train.py", "gtp", "--world", "go5", "--agent", "random"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(b"genmove b\n")
    program.stdin.flush()
    program.stdout.readline()
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130
    assert errors == b""


def test_lines_are_split_whatever_the_chunks() -> None:
    data = b"one\ntwo\r\n\nx" + b"y" * LONGEST_LINE + b"\nthree"
    for size in (1, 7, 100_000):
        if size == 1 and len(data) > 10_000:
            continue
        position = 0

        def read(_: int, size: int = size) -> bytes:
            nonlocal position
            position += size
            return data[position - size : position]

        lines = Lines(read)
        found = []
        while (line := lines.next(10.0)) is not None:
            found.append(line)
        assert found[:3] == [b"one", b"two\r", b""]
        assert found[-1] == b"three"
        assert len(found[3]) <= LONGEST_LINE
