"""imitate --world go5 --games FILE, from the command line to the result, the report and a resumed run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from human_collection import write_collection

from lab.report.result import validate

ROOT = Path(__file__).resolve().parents[2]


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "train.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_from_file_to_result(tmp_path: Path) -> None:
    mine, run = tmp_path / "mine", tmp_path / "run"
    write_collection(mine / "a.sgf", 80)
    write_collection(tmp_path / "other.sgf", 30, seed=1)
    imitate = ("imitate", "--world", "go5", "--preset", "tiny", "--imitation.updates", "8", "--workers", "1")
    files = ("--games", str(mine), "--also", str(tmp_path / "other.sgf"), "--out", str(run))
    done = call(*imitate, *files)
    assert done.returncode == 0, done.stderr
    assert "80 games of 1 file read" in done.stdout
    assert "out of turn" in done.stdout
    assert "first choice, %" in done.stdout
    result = json.loads((run / "result.json").read_text())
    world = validate(result)["worlds"][0]
    assert list(world["human_prediction"]["on"]) == ["mine, test", "other.sgf"]
    assert [row["arm"] for row in world["panels"][0]["headline"]] == ["imitator", "imitator"]
    assert (run / "report.html").stat().st_size > 10_000
    assert (run / "demonstrations" / "own" / "mine" / "a.sgf").exists(), "the run keeps what it learned from"
    again = call("resume", str(run))
    assert again.returncode == 0, again.stderr
    assert json.loads((run / "result.json").read_text())["worlds"] == result["worlds"]


def test_what_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.sgf").write_text("no game")
    for arguments, words in (
        ((), "whom to imitate? Give --games"),
        (("--games", str(tmp_path / "none.sgf")), "there is no such file or folder"),
        (("--games", str(tmp_path / "a.sgf")), "no game on 9x9 can be read"),
        (("--games", str(tmp_path / "a.txt")), "a.txt"),
    ):
        done = call("imitate", "--world", "go9", *arguments, "--out", str(tmp_path / "run"))
        assert done.returncode == 2, done.stdout
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()
