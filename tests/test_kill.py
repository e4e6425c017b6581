"""A run that is killed with SIGKILL, wherever it is, and gone on with, ends as one that was left alone:
weights, optimiser, replay, curves, games and result, to the bit."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lab.checkpoint import load_checkpoint
from lab.randomness import root_key, uniform

ROOT = Path(__file__).resolve().parents[1]
TRAIN = str(ROOT / "train.py")
SMALL = """
    --world connect_four --preset tiny
    --imitation.games 100 --imitation.updates 4 --imitation.validation-games 20
    --zero.iterations 3 --zero.games-per-iteration 8 --zero.batch 8 --zero.simulations 4
    --evaluation.pairs 2 --evaluation.simulations 2 --teachers.teachers
    --ratings.rounds 1 --ratings.pairs 1 --ratings.others random --surprise.positions 20 --surprise.draws 1
""".split()  # noqa: SIM905
FEW_ARMS = [*SMALL, "--counter-human", "none", "--arms", "imitator", "zero"]
TEXT = """
    --world arithmetic --preset tiny --rare-human none --counter-human none
    --arms imitator policy-gradient ppo imitate-rl --imitation.updates 8 --verified.updates 8
    --policy-gradient.updates 24
""".split()  # noqa: SIM905
TIMES = {"times", "created", "command", "environment", "human_file"}
STUDY_LEFT_OUT = re.compile(r"studies/[^/]+/tensorboard/")
LEFT_OUT = ("tensorboard/", "done/", "spent/", "times.json", "report.html", "environment.json", "config.json")


def timeless(value: Any) -> Any:
    """A value without its times, and without what says where and when."""
    if isinstance(value, dict):
        return {
            key: timeless(item)
            for key, item in value.items()
            if key not in TIMES and not key.endswith("_seconds")
        }
    if isinstance(value, str):  # a claim's evidence names costs
        return re.sub(r"CPU \d+ s", "CPU", value)
    return [timeless(item) for item in value] if isinstance(value, list) else value


def arrays(tensors: dict[str, Any]) -> dict[str, str]:
    """Each array as its type, shape and digest."""
    return {
        name: f"{array.dtype} {array.shape} {hashlib.sha256(np.ascontiguousarray(array)).hexdigest()}"
        for name, array in sorted(tensors.items())
    }


def content(path: Path, folder: Path) -> Any:
    """What a file says, without times."""
    if path.suffix == ".safetensors":
        tensors, meta = load_checkpoint(path)
        return [arrays(tensors), timeless(meta)]
    if path.suffix == ".npz":
        with np.load(path) as file:
            return arrays(dict(file))
    text = path.read_text().replace(str(folder), "RUN").replace(folder.name, "RUN")
    if path.suffix == ".json":
        return timeless(json.loads(text))
    if path.suffix == ".jsonl":
        return [timeless(json.loads(line)) for line in text.splitlines()]
    return text


def contents(folder: Path) -> dict[str, Any]:
    """Every file of a finished run that is to be the same twice: its name and what it says."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: content(path, folder)
        for name, path in sorted(files.items())
        if not name.startswith((*LEFT_OUT, "."))
        and not STUDY_LEFT_OUT.match(name)
        and not re.match(r"seed-\d+/(?!result\.json)", name)
    }


def assert_same(torn: Path, whole: Path) -> None:
    one, other = contents(torn), contents(whole)
    assert sorted(one) == sorted(other), "the same files, and none left over"
    different = [name for name in one if one[name] != other[name]]
    assert not different, {name: (one[name], other[name]) for name in different[:1]}
    assert any(name.endswith("checkpoint.safetensors") for name in one)
    assert not list(torn.rglob("*.unfinished")), "no litter"


class Runner:
    """`train.py` in a folder: begins a run, then goes on with it, each time in processes of their own."""

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self.folder, self.arguments = folder, arguments
        self.run = folder / "torn"

    def start(self) -> subprocess.Popen[str]:
        begun = (self.run / "config.json").exists()
        words = ["resume", "torn"] if begun else ["compare", *self.arguments, "--out", "torn"]
        return subprocess.Popen(
            [sys.executable, TRAIN, *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> float:
        """Let it go to its end; returns the seconds that took."""
        start, process = time.monotonic(), self.start()
        said, complained = process.communicate(timeout=900)
        assert process.returncode == 0, said[-2000:] + complained
        return time.monotonic() - start

    def kill_after(self, seconds: float, whole_group: bool) -> bool:
        """Kill it after so long, the parent alone or its workers too; returns whether it was still on."""
        process = self.start()
        try:
            process.wait(timeout=seconds)
            assert process.returncode == 0, process.communicate()
        except subprocess.TimeoutExpired:
            if whole_group:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        self._drain(process)
        return process.returncode != 0

    def kill_when(self, sign: str, whole_group: bool = True) -> None:
        """Kill it as soon as a file of that pattern is there that was not before."""
        before, process = self._files(sign), self.start()
        end = time.monotonic() + 300
        while not self._files(sign) - before:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.0005)
        os.killpg(process.pid, signal.SIGKILL) if whole_group else process.kill()
        self._drain(process)

    def _files(self, sign: str) -> set[tuple[str, int]]:
        found = set()
        for path in self.run.glob(sign):
            try:
                found.add((str(path), path.stat().st_mtime_ns))
            except FileNotFoundError:
                continue  # gone in between
        return found

    @staticmethod
    def _drain(process: subprocess.Popen[str]) -> None:
        """Read what is left; orphans hold the pipes until they have left."""
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of few arms that nobody disturbed."""
    runner = Runner(tmp_path_factory.mktemp("whole"), FEW_ARMS)
    runner.finish()
    return runner.run


def test_two_kills_leave_no_trace(tmp_path: Path, whole: Path) -> None:
    """The parent alone while Zero's first checkpoint is fresh; then everybody while a file is being
    written."""
    runner = Runner(tmp_path, FEW_ARMS)
    runner.kill_when("arms/zero/checkpoint.safetensors", whole_group=False)
    assert_refused_elsewhere(runner)
    runner.kill_when("**/.*.unfinished")
    runner.finish()
    assert_same(runner.run, whole)


def test_a_killed_run_in_text_leaves_no_trace(tmp_path: Path) -> None:
    """While the critic's arm is under way, and while a study learns."""
    (tmp_path / "whole").mkdir()
    undisturbed, torn = Runner(tmp_path / "whole", TEXT), Runner(tmp_path, TEXT)
    undisturbed.finish()
    torn.kill_when("arms/ppo/checkpoint.safetensors")
    torn.kill_when("studies/thinking/arms/policy-gradient/checkpoint.safetensors", whole_group=False)
    torn.finish()
    assert_same(torn.run, undisturbed.run)


def assert_refused_elsewhere(runner: Runner) -> None:
    """A run that was begun under another PyTorch is not gone on with, and nothing of it is touched."""
    path = runner.run / "environment.json"
    record = path.read_text()
    path.write_text(
        record.replace(f'"torch": "{json.loads(record)["conditions"]["torch"]}"', '"torch": "0.1"')
    )
    process = runner.start()
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "torch: then 0.1, now" in complained
    assert complained.count("\n") == 1
    path.write_text(record)


@pytest.mark.long
@pytest.mark.parametrize("run", range(5))
def test_kills_at_random_instants_leave_no_trace(
    tmp_path: Path, all_arms: tuple[Path, float], run: int
) -> None:
    """20 instants, 4 a run, drawn from the whole of its length; the parent alone or everybody."""
    reference, seconds = all_arms
    runner = Runner(tmp_path, SMALL)
    torn = 0
    for kill in range(4):
        # each sitting begins with seconds of imports: an instant in the first half comes far enough
        after = 1.0 + 0.5 * seconds * uniform(root_key(2026, "kills"), 4 * run + kill)
        torn += runner.kill_after(after, whole_group=bool(kill % 2))
    assert torn >= 1, "something was killed"
    runner.finish()
    assert_same(runner.run, reference)


@pytest.mark.long
@pytest.mark.parametrize(
    "sign",
    [
        "arms/*/.checkpoint.safetensors.unfinished",
        "arms/*/.curve.jsonl.unfinished",
        "arms/*/checkpoint.safetensors",
        "demonstrations/.*.unfinished",
        "results/.*.unfinished",
        "results/*.json",
        "spent/.*.unfinished",
        "done/*",
        ".result.json.unfinished",
        "result.json",
    ],
)
def test_kills_during_writes_leave_no_trace(tmp_path: Path, whole: Path, sign: str) -> None:
    runner = Runner(tmp_path, FEW_ARMS)
    runner.kill_when(sign)
    runner.finish()
    assert_same(runner.run, whole)


@pytest.fixture(scope="module")
def all_arms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A run of every arm that nobody disturbed, and the seconds it took."""
    runner = Runner(tmp_path_factory.mktemp("all_arms"), SMALL)
    return runner.run, runner.finish()


@pytest.mark.long
def test_a_killed_run_of_two_seeds_on_ones_own_games(tmp_path: Path) -> None:
    """The user's file changes and goes between the sittings; the run has its own copy."""
    arguments = [*FEW_ARMS[:-2], "imitator", "--seeds", "2", "--human", "mine.txt"]
    for name in ("whole", "torn"):
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, TRAIN, "demonstrate", "--games", "60", "--out", "mine.txt"],
            cwd=tmp_path / name,
            check=True,
            capture_output=True,
        )
    undisturbed, torn = Runner(tmp_path / "whole", arguments), Runner(tmp_path / "torn", arguments)
    undisturbed.finish()
    torn.kill_when("seed-0/done/imitator")
    (tmp_path / "torn" / "mine.txt").unlink()
    torn.finish()
    for seed in ("seed-0", "seed-1"):
        assert contents(torn.run / seed) == contents(undisturbed.run / seed)
