"""imitate --world go5 --games FILE, from the command line to the result, the report and a resumed run."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from human_collection import write_collection

from agents.commands.go import with_preset
from agents.commands.learn import Imitate, imitate
from agents.config import CompareConfig
from agents.games_file import write_games
from agents.go_config import go_preset
from agents.go_wing import GO5
from agents.scripted import demonstrate
from games.go import GO5 as RULES
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
    page = (run / "report.html").read_text()
    assert page.count('<table class="people">') == 2
    assert "rightly" not in page
    assert "alphabeta" not in page, "who takes no part is not told of"
    assert (run / "demonstrations" / "own" / "mine" / "a.sgf").exists(), "the run keeps what it learned from"
    again = call("resume", str(run))
    assert again.returncode == 0, again.stderr
    assert json.loads((run / "result.json").read_text())["worlds"] == result["worlds"]


def test_a_scripted_human_and_a_text_file_are_imitated_as_in_any_game(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the board half's experiment, with the counts of the comparison's imitator but for what was asked."""
    started: list[tuple[CompareConfig, str]] = []

    def begin(command: Imitate, config: CompareConfig, job: str, wings: Any, check: Any) -> None:
        check(config)
        started.append((config, job))

    monkeypatch.setattr("agents.commands.learn.learn", begin)
    path = tmp_path / "capturer.txt"
    write_games(path, demonstrate("capturer", 20, 0, game=RULES), "capturer against itself", RULES)
    people = replace(with_preset(Imitate, "tiny", "go5"), world="go5", preset="tiny")
    people = replace(people, imitation=replace(people.imitation, updates=8))
    for named in (replace(people, human="capturer"), replace(people, games=path)):
        imitate(named)
    compared = go_preset("tiny", "go5")
    for (config, job), human in zip(started, ("capturer", path.as_posix()), strict=True):
        assert (config.human, config.arms, job) == (human, ("imitator",), "imitate")
        assert config.imitation == replace(compared.imitation, updates=8)
        assert (config.network, config.evaluation) == (compared.network, compared.evaluation)
        names = [task.name for task in GO5.experiment(config, job).tasks]
        assert "score imitator" in names
        assert ("demonstrate capturer" in names) == (human == "capturer")


def test_what_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.sgf").write_text("no game")
    for arguments, words in (
        ((), "whom to imitate? Give --games"),
        (("--human", "capturer"), "capturer: in go13 there are no scored positions"),
        (("--games", str(tmp_path / "none.sgf")), "there is no such file or folder"),
        (("--games", str(tmp_path / "a.sgf")), "no game on 13x13 can be read"),
        (("--games", str(tmp_path / "a.txt")), "a.txt: there is no such file or folder"),
        (("--games", "NOPE"), "--games NOPE: there is no such file or folder"),
        (("--games", str(ROOT / "Makefile")), "Makefile: games are read from text (.txt), SGF (.sgf)"),
    ):
        done = call("imitate", "--world", "go13", *arguments, "--out", str(tmp_path / "run"))
        assert done.returncode == 2, done.stdout
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()
