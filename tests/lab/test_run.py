"""Run folders, curves, TensorBoard, divergence and Ctrl-C."""

import json
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from lab.curve import CurveError, read_curve
from lab.run import (
    ArmLog,
    RunError,
    RunExists,
    TrainingDiverged,
    check_finite,
    create_run,
    next_run_folder,
    open_run,
)
from lab.statistics import Score, wilson


@dataclass(frozen=True)
class Settings:
    """A config as a job has it."""

    seed: int = 3
    sizes: tuple[int, ...] = (32, 64)
    games: Path = Path("games/human.txt")


def test_a_run_is_written_resolved_and_read_again(tmp_path: Path) -> None:
    run = create_run(
        tmp_path / "runs" / "a", {"job": Settings(), "rate": np.float32(0.5)}, "train.py compare"
    )
    expected = {"job": {"seed": 3, "sizes": [32, 64], "games": "games/human.txt"}, "rate": 0.5}
    assert json.loads((run.folder / "config.json").read_text())["config"] == expected
    assert open_run(run.folder) == run
    assert run.config == expected
    assert [path.name for path in run.folder.iterdir()] == ["config.json"]


def test_runs_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    create_run(tmp_path / "empty", {}, "first")
    with pytest.raises(RunExists, match="--out"):
        create_run(tmp_path / "empty", {}, "second")
    assert open_run(tmp_path / "empty").command == "first"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunExists):
        create_run(tmp_path / "file", {}, "third")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder can be made below a file")
    with pytest.raises(RunError, match=r"cannot be made .*--out"):
        create_run(tmp_path / "file" / "run", {}, "train.py")


def test_a_config_that_cannot_be_kept_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"config\.net\[1\] is a set"):
        create_run(tmp_path / "a", {"net": [1, {2}]}, "")
    with pytest.raises(ValueError, match=r"config\.rate is nan"):
        create_run(tmp_path / "a", {"rate": float("nan")}, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other"}', '{"schema": "move37-run/1"}'])
def test_no_run_folder(tmp_path: Path, text: str) -> None:
    with pytest.raises(RunError, match=r"no config\.json"):
        open_run(tmp_path)
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(RunError, match="cannot be read"):
        open_run(tmp_path)


def test_the_next_free_folder(tmp_path: Path) -> None:
    assert next_run_folder(tmp_path / "none", "compare", "go").name == "compare-go-001"
    for name in ("compare-go-001", "compare-go-041", "compare-go-old", "imitate-go-077"):
        (tmp_path / name).mkdir()
    assert next_run_folder(tmp_path, "compare", "go") == tmp_path / "compare-go-042"


def log_three(folder: Path) -> ArmLog:
    log = ArmLog(folder, "zero")
    for step in range(3):
        tags: dict[str, float | Score] = {"score/rate": wilson(step + 5, 10), "loss/policy": 2.0 - step}
        log.log("reinforce", step, 1.5 * step, 256 * step, tags)
    return log


def test_the_curve_comes_back(tmp_path: Path) -> None:
    log = log_three(tmp_path)
    rows = read_curve(tmp_path / "arms" / "zero" / "curve.jsonl")  # not closed: every line is flushed
    assert [(row.step, row.games, row.tags["loss/policy"]) for row in rows] == [
        (0, 0, 2),
        (1, 256, 1),
        (2, 512, 0),
    ]
    assert rows[2].tags["score/rate"] == wilson(7, 10)
    with pytest.raises(ValueError, match="in the past"):
        log.log("reinforce", 1, 0.0, 0, {})
    with pytest.raises(ValueError, match="JSON"):
        log.log("reinforce", 3, 0.0, 0, {"loss/policy": float("inf")})
    log.close()
    assert len(read_curve(log.path)) == 3


def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path) -> None:
    log_three(tmp_path).close()
    path = tmp_path / "arms" / "zero" / "curve.jsonl"
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for length in range(last + 1, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert len(read_curve(path)) == 2
    with ArmLog(tmp_path, "zero") as log:
        log.log("reinforce", 2, 9.0, 9, {})
    assert [row.cpu_seconds for row in read_curve(path)] == [0.0, 1.5, 9.0]


def test_a_broken_line_in_the_middle_is_an_error(tmp_path: Path) -> None:
    log_three(tmp_path).close()
    path = tmp_path / "arms" / "zero" / "curve.jsonl"
    lines = path.read_text().split("\n")
    path.write_text("\n".join([lines[0], lines[1][:-5], lines[2], ""]))
    with pytest.raises(CurveError, match="line 2"):
        read_curve(path)


@pytest.mark.parametrize("arm", ["", "..", "a/b", ".hidden", "a b"])
def test_an_arm_is_a_plain_word(tmp_path: Path, arm: str) -> None:
    with pytest.raises(ValueError, match="an arm is named"):
        ArmLog(tmp_path, arm)


def scalars(folder: Path, tag: str) -> list[tuple[int, float]]:
    events = EventAccumulator(str(folder / "tensorboard" / "zero"), size_guidance={"scalars": 0})
    events.Reload()
    return [(event.step, event.value) for event in events.Scalars(tag)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_tells_the_same(tmp_path: Path) -> None:
    create_run(tmp_path / "run", {"seed": 5}, "train.py compare")
    log = log_three(tmp_path / "run")
    log.truncate_after(0)
    log.log("reinforce", 1, 7.0, 1, {"loss/policy": 40.0, "score/rate": wilson(9, 10)})
    log.close()
    assert [row.tags["loss/policy"] for row in read_curve(log.path)] == [2.0, 40.0]
    assert scalars(tmp_path / "run", "loss/policy") == [(0, 2.0), (1, 40.0)]
    assert scalars(tmp_path / "run", "time/cpu_seconds") == [(0, 0.0), (1, 7.0)]
    low = scalars(tmp_path / "run", "score/rate_low")
    assert low[1][1] == pytest.approx(wilson(9, 10).low)
    events = EventAccumulator(str(tmp_path / "run" / "tensorboard" / "zero"))
    events.Reload()
    assert "config/text_summary" in events.Tags()["tensors"]
    assert "custom_scalars__config__" in events.Tags()["tensors"]


def test_what_is_not_finite_stops_the_run() -> None:
    check_finite(4, loss=1.0, count=3, array=np.ones(3), tensor=torch.ones(2), score=wilson(1, 2))
    bad = np.array([0.0, np.inf], np.float32)
    for value in (float("nan"), bad, bad[1], torch.tensor([1.0, float("nan")], dtype=torch.bfloat16)):
        with pytest.raises(TrainingDiverged, match="step 4: loss is NaN") as caught:
            check_finite(4, fine=0.0, loss=value)
        assert (caught.value.step, caught.value.what) == (4, "loss")
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_run_that_was_killed_before_it_began_can_begin(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / ".config.json.unfinished").write_text('{"half')
    assert create_run(folder, {"seed": 1}, "command").config == {"seed": 1}
    assert [path.name for path in folder.iterdir()] == ["config.json"]
