"""`train.py match`: our players against GNU Go and against our own engine, stopped and gone on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from gtp_sessions import program

from agents.gtp.board import Move
from agents.referee.program import GAMES
from agents.referee.sides import DeadStones
from games.go import go_game, score
from games.sgf import SgfGame, parse_sgf
from games.sgf_files import start_of
from lab.run_delete import check_deletable
from lab.statistics import Score

ROOT = Path(__file__).resolve().parents[2]
GNUGO = "gnugo --mode gtp --chinese-rules --positional-superko --capture-all-dead"
with_gnugo = pytest.mark.skipif(
    not (shutil.which("gnugo") or shutil.which("gnugo", path=GAMES)),
    reason="GNU Go is not installed (apt-get install gnugo)",
)


def match(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [sys.executable, "train.py", "match", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended


def result_of(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "match.json").read_text())
    return result


@with_gnugo
def test_a_short_match_with_gnu_go(tmp_path: Path) -> None:
    folder = tmp_path / "match"
    said = match(
        *("--world", "go5", "--first", "mcts-200", "--second", f"gtp:{GNUGO} --level 1", "--games", "4"),
        *("--opening-plies", "1", "--komi", "6.5", "--out", str(folder), "--json", str(tmp_path / "it.json")),
    ).stdout
    result = result_of(folder)
    assert json.loads((tmp_path / "it.json").read_text()) == result
    assert result["games"] == 4
    assert result["wins"] + result["draws"] + result["losses"] == 4
    assert Score.from_json(result["score"]).n == 4
    assert result["programs"][0]["name"] == "GNU Go"
    assert result["faults"] == []
    assert "game 4: " in said
    for number in range(1, 5):
        read = parse_sgf((folder / "sgf" / f"{number:04d}.sgf").read_bytes(), "it")[0]
        assert isinstance(read, SgfGame)
        assert read.komi == 6.5
        assert check_count(read)


def check_count(read: SgfGame) -> bool:
    """Whether a game that was counted has the result of its last position."""
    states, played = go_game(5).play_through(start_of(read), [list(read.actions)], [len(read.actions)])
    assert played[0] == len(read.actions), "every move was legal by our rules"
    return read.result.how != "count" or abs(float(score(states)[0][0]) - 6.5) == read.result.margin


@with_gnugo
def test_gnu_go_tells_dead_stones(tmp_path: Path) -> None:
    """White's stone in Black's land is dead, and nobody has taken it off."""
    game = go_game(5)
    stones = [("b", "B4"), ("w", "A1"), ("b", "B3"), ("w", "pass"), ("b", "B2"), ("w", "pass"), ("b", "D3")]
    judge = DeadStones("gnugo --mode gtp --chinese-rules")
    moves_made = [Move("bw".index(color), game.action_names.index(name)) for color, name in stones]
    try:
        assert judge.dead(game, 0.5, moves_made) == [game.action_names.index("A1")]
    finally:
        judge.close()


def test_our_engine_over_a_pipe_under_our_own_referee(tmp_path: Path) -> None:
    engine = f"gtp:{sys.executable} {ROOT / 'train.py'} gtp --world go5 --agent mcts-30"
    folder = tmp_path / "match"
    match("--world", "go7", "--first", engine, "--second", "capturer", "--games", "2", "--out", str(folder))
    result = result_of(folder)
    assert result["games"] == 2
    assert result["faults"] == []
    assert result["programs"][0]["name"] == "Move 37 (mcts-30)"
    assert result["moves_mean"] > 4
    assert check_deletable(folder)[0] > 4, "it holds nothing that `runs delete` does not know"


def test_a_match_stopped_by_ctrl_c_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "match"
    slow = program(tmp_path, "if command == 'genmove': time.sleep(0.05)")
    arguments = ["--world", "go5", "--first", "random", "--second", f"gtp:{slow}", "--games", "6"]
    running = subprocess.Popen(
        [sys.executable, "train.py", "match", *arguments, "--out", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (folder / "match.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT if os.name == "posix" else signal.CTRL_C_EVENT)
    said, errors = running.communicate(timeout=60)
    assert running.returncode == 130, errors
    assert "Go on with: python train.py match --resume" in said
    kept = (folder / "games.jsonl").read_text()
    assert 1 <= kept.count("\n") < 6
    said = match("--resume", str(folder)).stdout
    assert result_of(folder)["games"] == 6
    assert (folder / "games.jsonl").read_text().startswith(kept)
    assert "random against gtp:" in said


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--games", "3"], "--games is even, at least 2, not 3"),
        (["--world", "connect_four"], "this is for Go only"),
        (["--opening-plies", "-1"], "--opening-plies is 0 or more"),
        (["--opening-plies", "100"], "there are not so many points"),
        (["--komi", "nan"], "--komi is a number"),
        (["--patience", "0"], "--patience is a number of seconds above 0"),
        (["--first", "nobody"], "go-club, random, mcts-1000, the ready-made imitator, master"),
        (["--first", "gtp:no-such-program"], "'no-such-program' is no program that speaks GTP"),
        (["--first", "random", "--dead-stones", "no-such-judge -x"], "'no-such-judge -x' is no program that"),
        (["--resume", "runs"], "is no run folder"),
        (["--openings", "no-such-file"], "there is no such file"),
    ],
)
def test_what_cannot_be_played_is_said(arguments: list[str], error: str, tmp_path: Path) -> None:
    said = match("--second", "random", "--out", str(tmp_path / "out"), *arguments, code=2)
    assert error in said.stderr
    assert said.stderr.startswith("error: ")
    assert not (tmp_path / "out").exists()


def test_a_match_is_listed_among_the_runs(tmp_path: Path) -> None:
    match(
        "--world",
        "go5",
        "--first",
        "random",
        "--second",
        "wanderer",
        "--games",
        "2",
        "--out",
        str(tmp_path / "m"),
    )
    said = subprocess.run(
        [sys.executable, "train.py", "runs", "list", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "finished" in said
    assert "go5" in said
