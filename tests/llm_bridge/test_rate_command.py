"""`train.py rate` as its user meets it: what is typed into a pipe, what is kept of it, what is told."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from lab.commands.common import UsageError
from lab.run import create_run, open_run
from lab.run_overview import details, instead_of_resume
from llm_bridge.commands.rate import FEWEST, Rate, _choice, ask, rate
from llm_bridge.config import ImitationConfig, ModelConfig
from llm_bridge.network import LanguageModel
from llm_bridge.preference import taught
from llm_bridge.preference.comparisons import Ranking, read_rankings
from llm_bridge.preference.imitator import imitator
from llm_bridge.preference.reward_model import RewardConfig
from llm_bridge.preference.tuning import GRPO
from train import WINGS

ROOT = Path(__file__).resolve().parents[2]
SFT = ImitationConfig(demonstrations=200, updates=10, batch_size=32)
TINY = taught.TeachingConfig(
    sft=SFT,
    reward=RewardConfig(passes=1),
    policy=replace(GRPO, updates=1, prompts=4, answers=2),
    problems=4,
)


@pytest.fixture(scope="module")
def start() -> LanguageModel:
    return imitator(SFT, 0, ModelConfig(1, 32, 2, 64, 64))


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


class Pressed(io.StringIO):
    """A pipe from which some lines come, and then Ctrl-C."""

    def readline(self, *_: int) -> str:  # type: ignore[override]
        if line := super().readline():
            return line
        raise KeyboardInterrupt


def test_a_choice_is_asked_for_until_it_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types(monkeypatch, "3\n\n 2 \n")
    assert _choice() == "2"
    assert capsys.readouterr().out.count("1, 2, s or q") == 2
    types(monkeypatch, "S\n")
    assert _choice() == "s"
    types(monkeypatch, "")
    assert _choice() == "q", "the input has ended"
    monkeypatch.setattr("sys.stdin", Pressed(""))
    assert _choice() == "q", "Ctrl-C"


def test_what_is_chosen_comes_first_and_is_kept_at_once(
    start: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, kept = Console(quiet=True), list[list[Ranking]]()
    types(monkeypatch, "1\n1\n1\n")
    firsts = ask(start, 3, 0, console, lambda some: kept.append([*some]))
    assert [len(some) for some in kept] == [1, 2, 3]
    types(monkeypatch, "2\ns\n2\n")
    others = ask(start, 3, 0, console, lambda some: None)
    assert [one.prompt for one in others] == [firsts[0].prompt, firsts[2].prompt]
    for one, other in zip((firsts[0], firsts[2]), others, strict=True):
        assert other.answers == one.answers[::-1]
        assert other.ended == one.ended[::-1]
    types(monkeypatch, "1\nq\n1\n")
    assert ask(start, 3, 0, console, lambda some: None) == firsts[:1]


def asked_for(answers: Path | None, folder: Path) -> Rate:
    return Rate(pairs=FEWEST + 1, answers=answers, out=folder, json=folder.with_suffix(".json"))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The whole subcommand, on a model that has hardly learned."""
    monkeypatch.setattr(taught, "TeachingConfig", lambda: TINY)
    return monkeypatch


def test_from_a_pipe_to_what_was_taught(tmp_path: Path, short: pytest.MonkeyPatch) -> None:
    types(short, "1\n" * (FEWEST + 1))
    rate(asked_for(None, tmp_path / "run"))
    told = json.loads((tmp_path / "run" / "taught.json").read_text())
    assert told == json.loads((tmp_path / "run.json").read_text())
    assert told["comparisons"] == FEWEST + 1
    assert len(read_rankings(tmp_path / "run" / "preferences.txt")) == FEWEST + 1
    rate(asked_for(tmp_path / "run" / "preferences.txt", tmp_path / "again"))
    assert json.loads((tmp_path / "again" / "taught.json").read_text()) == told


def test_ctrl_c_loses_no_judgement(
    tmp_path: Path, short: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short.setattr("sys.stdin", Pressed("1\n2\n"))
    with pytest.raises(UsageError, match=r"2 comparisons teach nothing; .*preferences.txt holds them"):
        rate(asked_for(None, tmp_path / "few"))
    kept = tmp_path / "few" / "preferences.txt"
    assert len(read_rankings(kept)) == 2

    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    short.setattr(taught, "teach", pressed)
    short.setattr("sys.stdin", Pressed("1\n" * FEWEST))
    with pytest.raises(SystemExit):
        rate(asked_for(None, tmp_path / "run"))
    kept = tmp_path / "run" / "preferences.txt"
    assert f"rate --answers {kept}" in capsys.readouterr().out.replace("\n", "")
    assert len(read_rankings(kept)) == FEWEST


def test_two_comparisons_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_text("37+58=\t95\t85\n12+43=\t55\t54\n")
    command = [sys.executable, str(ROOT / "train.py"), "rate", "--answers", "two.txt", "--out", "run"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 2
    assert said.stderr.startswith("error: 2 comparisons teach nothing")
    assert said.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["two.txt"]


def test_resume_says_what_goes_on_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "rate"
    create_run(folder, {"job": "rate", "world": "arithmetic"}, "python train.py rate --seed 3")
    assert instead_of_resume(open_run(folder)) == "do it anew: python train.py rate --seed 3"
    (folder / "preferences.txt").write_text("37+58=\t95\t85\n")
    command = [sys.executable, str(ROOT / "train.py"), "resume", str(folder)]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 2
    assert f"rate --answers {folder / 'preferences.txt'}" in said.stderr
    assert details(folder, WINGS)["go_on"] == [instead_of_resume(open_run(folder))]
    create_run(tmp_path / "compare", {"job": "compare"}, "python train.py compare")
    assert instead_of_resume(open_run(tmp_path / "compare")) is None
