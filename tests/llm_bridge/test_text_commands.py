"""The subcommands of the language half as their users meet them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def train(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "train.py"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("compare --task adition-2", "did you mean addition"),
        ("compare --human nobody", "no human is called"),
        ("compare --human mine.txt", "mine.txt"),
        ("compare --seeds 0", "at least 1"),
        ("compare --seed -1", "0 or more"),
        ("compare --model.heads 3", "--model.width"),
        ("imitate --imitation.updates 0", "--imitation.updates is 0"),
        ("demonstrate --answers 0", "at least 1"),
        ("demonstrate --human shows-work", "not addition-2"),
        ("evaluate --agent runs/x:imitator", "holds no arm"),
        ("evaluate --agent careless.bests", "recorded, best, careful"),
        ("evaluate --prompt 1+1=", "one looks like"),
        ("evaluate --samples 0", "at least 1"),
        ("export runs/x imitator out", "no run folder"),
    ],
)
def test_wrong_words_are_answered_in_one_line(tmp_path: Path, arguments: str, words: str) -> None:
    name, *rest = arguments.split()
    answer = train(tmp_path, name, "--world", "arithmetic", *rest)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_from_demonstrations_to_an_exported_model(tmp_path: Path) -> None:
    """A file of answers, an imitator of it, its answers, and the same from Hugging Face's layout."""
    world = ("--world", "arithmetic")
    said = train(tmp_path, "demonstrate", *world, "--answers", "300", "--out", "mine.txt")
    assert said.returncode == 0, said.stderr
    assert "0 of" in said.stdout, "nobody carries"
    sizes = ("--preset", "tiny", "--workers", "1", "--human", "mine.txt", "--out", "run")
    said = train(tmp_path, "imitate", *world, *sizes)
    assert said.returncode == 0, said.stderr
    (panel,) = json.loads((tmp_path / "run" / "result.json").read_text())["worlds"][0]["panels"]
    assert panel["lines"] is None, "nobody knows the chances of a file"
    said = train(tmp_path, "export", *world, "run", "imitator", "model")
    assert said.returncode == 0, said.stderr
    asked = ("--samples", "4", "--prompt", "37+58=", "12+34=")
    told = []
    for agent in ("run:imitator", "model"):
        said = train(tmp_path, "evaluate", *world, "--agent", agent, *asked, "--json", "e.json")
        assert said.returncode == 0, said.stderr
        told.append(json.loads((tmp_path / "e.json").read_text())["asked"])
    assert told[0] == told[1]
    assert [row["right"] for row in told[0]] == ["95", "46"]
    said = train(tmp_path, "evaluate", *world, "--agent", "never-carries", "--json", "e.json")
    assert said.returncode == 0, said.stderr
    right = json.loads((tmp_path / "e.json").read_text())["right"]
    assert right["careful"]["hard"]["rate"] == 0.0
    assert right["careful"]["easy"]["rate"] == 1.0
