"""train.py as its users meet it: wrong words are answered in one line, a run goes from end to end,
stops at Ctrl-C, goes on, and comes out the same twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lab.report.result import validate

ROOT = Path(__file__).resolve().parents[1]
TRAIN = str(ROOT / "train.py")
ENVIRONMENT = {**os.environ, "COLUMNS": "200", "PYTHONWARNINGS": "default"}
# the smallest run that has every part
SMALLEST = """
    --world connect_four --preset tiny
    --imitation.games 100 --imitation.updates 4 --imitation.validation-games 20
    --counter-imitation.games 60 --counter-imitation.updates 4 --counter-imitation.validation-games 10
    --zero.iterations 2 --zero.games-per-iteration 8 --zero.batch 8 --zero.simulations 4
    --evaluation.pairs 2 --evaluation.simulations 2
""".split()  # noqa: SIM905


def one_arm(group: str) -> list[str]:
    """The options of SMALLEST that a subcommand of that group of settings takes."""
    mine = ("--world", "--preset", f"--{group}.", "--evaluation.")
    pairs = zip(SMALLEST[::2], SMALLEST[1::2], strict=True)
    return [word for pair in pairs if pair[0].startswith(mine) for word in pair] + ["--workers", "1"]


def train(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, TRAIN, *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


# --- wrong words ---


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("compare --world conect_four", "did you mean 'connect_four'"),
        ("compare --world tic_tac_toe", "no experiment yet"),
        ("compare --world connect_four --human straight-linr", "did you mean 'straight-liner'"),
        ("compare --world connect_four --human straight-liner.best", "without a version"),
        ("compare --world connect_four --counter-human two-pli", "did you mean 'two-ply'"),
        ("imitate --human games.txt", "games.txt: there is no such file"),
        ("compare --world connect_four --seeds 0", "at least 1"),
        ("compare --world connect_four --workers 0", "at least 1"),
        ("compare --world connect_four --zero.simulations 0", "--zero.simulations is 0"),
        ("compare --world connect_four --evaluation.pairs -3", "--evaluation.pairs is -3"),
        ("duel --first alphabeta-99", "from 1 to 42"),
        ("duel --first perfct", "did you mean 'perfect'"),
        ("duel --first runs/x:zero", "no run folder 'runs/x'"),
        ("duel --pairs 0", "at least 1"),
        ("duel --sprt --elo0 50", "elo0 must be less than elo1"),
        ("duel --sprt --opening-plies 0", "no new evidence"),
        ("duel --simulations 9", "does nothing for alphabeta-4 and wins-and-blocks"),
        ("evaluate --simulations -1", "0 (the raw network) or more"),
        ("evaluate --agent runs/x:zero.sampled --simulations 9", "does nothing for"),
        ("compare --world connect_four --seed -1", "0 or more"),
        ("demonstrate --human nobody --games 5", "nobody"),
        ("demonstrate --games 0", "at least 1"),
        ("report nowhere", "nowhere"),
        ("resume nowhere", "nowhere is no run folder"),
        ("report", "name a run folder"),
        ("report nowhere elsewhere", "nowhere"),
        ("runs show nowhere", "nowhere is no run folder"),
        ("runs delete nowhere --yes", "nothing is deleted"),
        ("duel --games 5", "duel has no option --games; the nearest: --pairs"),
        ("compar", "did you mean 'compare'"),
        ("runs show", "name a run folder"),
        ("lesson", "name a lesson: gridworld, "),
    ],
)
def test_wrong_words_are_answered_in_one_line(tmp_path: Path, arguments: str, words: str) -> None:
    answer = train(tmp_path, *arguments.split())
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr.startswith("error: ")
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert words in answer.stderr
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("compar", "compare"),
        ("compare --sed 3", "--seed"),
        ("compare --preset qick", "quick"),
        ("compare --world connect_four --seed one", "one"),
        ("compare --world connect_four --zero.simulation 3", "--zero.simulations"),
        ("imitate --zero.simulations 3", "--zero.simulations"),
        ("reinforce --imitation.games 3", "--imitation.games"),
        ("report --preset quick", "--preset"),
        ("runs drop", "delete"),
    ],
)
def test_wrong_options_are_answered_with_the_right_ones(tmp_path: Path, arguments: str, words: str) -> None:
    answer = train(tmp_path, *arguments.split())
    assert answer.returncode == 2
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "games.txt").write_text("4 # mine")
    answer = train(tmp_path, "compare", *SMALLEST, "--out", "mine")
    assert answer.returncode == 2
    assert "never overwritten" in answer.stderr
    answer = train(tmp_path, "demonstrate", "--games", "5", "--out", "games.txt")
    assert answer.returncode == 2
    assert "never overwritten" in answer.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert (tmp_path / "games.txt").read_text() == "4 # mine"


# --- what takes no learning ---


def test_demonstrate_and_duel(tmp_path: Path) -> None:
    answer = train(tmp_path, "demonstrate", "--games", "12", "--seed", "3", "--out", "a/games.txt")
    assert answer.returncode == 0, answer.stderr
    lines = (tmp_path / "a" / "games.txt").read_text().splitlines()
    assert sum(not line.startswith("#") for line in lines) == 12
    arguments = ["duel", "--first", "alphabeta-3", "--second", "random", "--pairs", "10", "--json", "d.json"]
    answer = train(tmp_path, *arguments)
    assert answer.returncode == 0, answer.stderr
    match = json.loads((tmp_path / "d.json").read_text())
    assert match["games"] == 20
    assert match["score"]["rate"] > 0.5
    assert "alphabeta-3 against random" in answer.stdout
    for status in (0, 2):  # the second time the folder is there
        answer = train(tmp_path, *arguments, "--out", "duels/1")
        assert answer.returncode == status, answer.stderr
    assert "never overwritten" in answer.stderr
    assert json.loads((tmp_path / "duels" / "1" / "duel.json").read_text()) == match


# --- a run from end to end ---


def timeless(value: Any) -> Any:
    """A result without its times, and without what says where and when."""
    dropped = {"cpu_seconds", "total_cpu_seconds", "evidence", "wall_seconds", "times", "created", "command"}
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in dropped}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def result_of(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "result.json").read_text())
    validate(result)
    return result


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished comparison."""
    folder = tmp_path_factory.mktemp("compare")
    answer = train(folder, "compare", *SMALLEST, "--json", "copy.json")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stderr == ""
    return folder / "runs" / "compare-connect_four-001"


def test_a_comparison(compared: Path) -> None:
    result = result_of(compared)
    assert json.loads((compared.parents[1] / "copy.json").read_text()) == result
    assert (compared / "report.html").stat().st_size > 10_000
    assert [panel["panel"] for panel in result["worlds"][0]["panels"]] == ["ceiling", "slips"]
    assert {row["arm"] for row in result["worlds"][0]["panels"][0]["headline"]} >= {"zero", "imitator"}
    assert result["times"]["cpu_seconds"] > 0
    for arm in ("zero", "imitator", "winners", "slips-imitator"):
        assert (compared / "arms" / arm / "checkpoint.safetensors").is_file()
        assert list((compared / "tensorboard" / arm).iterdir())
    assert not (compared / "errors.log").exists()


def test_resume_of_a_finished_run_changes_nothing(compared: Path) -> None:
    before = timeless(result_of(compared))
    answer = train(compared.parents[1], "resume", str(compared))
    assert answer.returncode == 0, answer.stderr
    assert timeless(result_of(compared)) == before
    phases = [phase["arm"] for phase in result_of(compared)["times"]["phases"]]
    assert len(set(phases)) == len(phases), "no task is counted twice"


def test_the_arms_of_a_run_play(compared: Path) -> None:
    answer = train(
        compared.parents[1],
        "duel",
        "--first",
        f"{compared.name}:zero@4",
        "--second",
        "random",
        "--pairs",
        "2",
    )
    assert answer.returncode == 0, answer.stderr
    answer = train(compared.parents[1], "evaluate", "--agent", f"{compared}:zero", "--json", "e.json")
    assert answer.returncode == 0, answer.stderr


def test_a_result_put_together_anew_is_the_same(compared: Path, tmp_path: Path) -> None:
    answer = train(tmp_path, "report", str(compared), "--anew", "--out", "again")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert result_of(tmp_path / "again") == result_of(compared)
    assert (tmp_path / "again" / "report.html").exists()


def test_ctrl_c_and_resume_give_the_same_result(compared: Path, tmp_path: Path) -> None:
    """Stopped while Zero learns, gone on with: the same scores, curves and matches as the run that was
    never stopped, which has the same seed and so shows that a run can be repeated."""
    process = subprocess.Popen(
        [sys.executable, TRAIN, "compare", *SMALLEST, "--workers", "1", "--out", "torn"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    folder, end = tmp_path / "torn", time.monotonic() + 120
    while not (folder / "arms" / "zero" / "checkpoint.safetensors").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 130, said + complained
    assert "\nstopping: this step is finished" in said
    assert "resume torn" in said
    assert complained == ""
    assert not (folder / "result.json").exists()
    answer = train(tmp_path, "resume", "torn")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    one, other = timeless(result_of(compared)), timeless(result_of(folder))
    assert one.pop("config") | {"workers": 1} == other.pop("config")
    assert one == other


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_second_signal_ends_a_run_at_once(tmp_path: Path) -> None:
    """Whichever of the two it is, and whatever the workers are doing."""
    settings = ["--imitation.games", "100", "--imitation.updates", "1000000"]
    process = subprocess.Popen(
        [sys.executable, TRAIN, "imitate", "--preset", "tiny", *settings, "--out", "torn"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "imitat" in line and "/1000000" in line:
            break
    process.send_signal(signal.SIGTERM)
    for line in process.stdout:
        if line.startswith("stopping"):
            break
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=30)
    assert process.returncode == 130
    assert complained == ""
    assert said.endswith("resume torn\n")


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_match_in_the_solver_ends_at_once(tmp_path: Path, number: signal.Signals) -> None:
    """In the midst of a kernel, which would go on for minutes."""
    command = "duel --first perfect --second random --pairs 1000 --opening-plies 10"
    process = subprocess.Popen([sys.executable, TRAIN, *command.split()], cwd=tmp_path, env=ENVIRONMENT)
    time.sleep(8)
    assert process.poll() is None
    process.send_signal(number)
    assert process.wait(timeout=30) == -number, "it does not wait for the kernel"


def test_zero_alone_is_the_zero_of_the_comparison(tmp_path: Path, compared: Path) -> None:
    answer = train(tmp_path, "reinforce", *one_arm("zero"), "--out", "run")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (panel,) = result_of(tmp_path / "run")["worlds"][0]["panels"]
    whole = result_of(compared)["worlds"][0]["panels"][0]
    mine, theirs = (timeless([row for row in p["headline"] if row["arm"] == "zero"]) for p in (panel, whole))
    assert mine == theirs
    assert timeless(panel["curves"]) == timeless([c for c in whole["curves"] if c["arm"] == "zero"])


def test_games_of_ones_own_are_imitated(tmp_path: Path) -> None:
    """A file of games in, an imitator out: nothing is claimed about a human that nobody knows."""
    assert train(tmp_path, "demonstrate", "--games", "60", "--out", "mine.txt").returncode == 0
    answer = train(tmp_path, "imitate", *one_arm("imitation"), "--human", "mine.txt", "--out", "run")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (panel,) = result_of(tmp_path / "run")["worlds"][0]["panels"]
    assert panel["lines"] is None
    assert panel["imitation"][0]["games"] <= 60
    assert panel["imitation"][0]["accuracy_ceiling"] is None
