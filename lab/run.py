"""A run folder, and what a run does when it diverges.

runs/compare-connect_four-001/
    config.json                  the command and every resolved setting
    arms/zero/curve.jsonl        every measurement (lab/curve.py)
    arms/zero/*.safetensors      checkpoints (lab/checkpoint.py)
    tensorboard/zero/            the same curve as events
    result.json, report.html     at the end (lab/report)
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from lab.curve import ArmLog, CurveError, read_curve
from lab.durable import replace_file
from lab.statistics import Score

if TYPE_CHECKING:
    import torch

__all__ = [
    "ArmLog",
    "CheckpointError",
    "CurveError",
    "Run",
    "RunError",
    "RunExists",
    "TrainingDiverged",
    "check_finite",
    "create_run",
    "load_checkpoint",
    "next_run_folder",
    "open_run",
    "plain",
    "read_curve",
    "save_checkpoint",
]

SCHEMA = "move37-run/1"


class RunError(RuntimeError):
    """A folder that is no run folder, whose config.json cannot be read, or that cannot be made."""


class RunExists(RunError):  # noqa: N818
    """A run folder that holds something already; runs never overwrite each other."""


class TrainingDiverged(ArithmeticError):  # noqa: N818
    """NaN or Inf while learning. Attributes: `step`, `what`."""

    def __init__(self, step: int, what: str) -> None:
        super().__init__(step, what)
        self.step, self.what = step, what

    def __str__(self) -> str:
        return (
            f"training diverged at step {self.step}: {self.what} is NaN or infinite. "
            "The last checkpoint is intact; try a smaller learning rate"
        )


@dataclass(frozen=True)
class Run:
    """A run folder that exists: where it lies, what was asked for, with which resolved settings."""

    folder: Path
    command: str
    config: dict[str, Any]

    @property
    def result_path(self) -> Path:
        """Where the result of the run goes: JSON, described in docs/result.md."""
        return self.folder / "result.json"


def create_run(folder: Path | str, config: Mapping[str, Any], command: str) -> Run:
    """A new run folder with its config.json; `config` may hold dataclasses, paths and NumPy numbers.

    Raises RunExists where the folder holds anything, RunError where it cannot be made, TypeError for a
    setting that JSON cannot hold.
    """
    folder = Path(folder)
    settings = plain(config)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        torn = {".config.json.unfinished"}  # of a run that was killed before it began
        if not folder.is_dir() or {path.name for path in folder.iterdir()} - torn:
            raise RunExists(
                f"{folder} exists already and is never overwritten: "
                "name another folder by --out, leave --out away for the next free one, or delete it yourself"
            ) from None
    except OSError as error:
        raise RunError(
            f"{folder} cannot be made ({error.strerror}): name a folder that can be written by --out"
        ) from None
    record = {"schema": SCHEMA, "command": command, "config": settings}
    replace_file(folder / "config.json", (json.dumps(record, indent=2, allow_nan=False) + "\n").encode())
    return Run(folder, command, settings)


def open_run(folder: Path | str) -> Run:
    """The run in that folder; raises RunError where there is none."""
    path = Path(folder) / "config.json"
    try:
        record = json.loads(path.read_bytes())
        if record["schema"] != SCHEMA:
            raise ValueError(f"its schema is {record['schema']!r}, not {SCHEMA!r}")
        return Run(Path(folder), str(record["command"]), dict(record["config"]))
    except FileNotFoundError:
        raise RunError(f"{folder} is no run folder: it has no config.json") from None
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{path} cannot be read ({error}): it holds the run's settings, without which nothing goes on; "
            "put a copy in its place, or begin the run anew"
        ) from error


def next_run_folder(base: Path | str, command: str, world: str) -> Path:
    """<base>/<command>-<world>-<NNN>, one more than the highest number there; nothing is made."""
    stem = f"{command}-{world}-"
    names = [path.name for path in Path(base).glob(f"{stem}*")]
    numbers = [int(name[len(stem) :]) for name in names if re.fullmatch(r"\d+", name[len(stem) :])]
    return Path(base) / f"{stem}{max(numbers, default=0) + 1:03d}"


def plain(value: Any, place: str = "config") -> Any:
    """A setting as JSON holds it: dataclasses as objects, paths as text, tuples as lists.

    Raises TypeError that names the place of anything else, ValueError for NaN and Inf.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{place}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{place}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{place} is {value}, which no run can be repeated with")
    if isinstance(value, Path):
        return value.as_posix()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{place} is a {type(value).__name__}, which config.json cannot hold")


def check_finite(step: int, **named_values: float | Score | np.ndarray | torch.Tensor) -> None:
    """Raise TrainingDiverged for the first value (number, array or tensor) that is not all finite."""
    for what, value in named_values.items():
        if isinstance(value, Score):
            continue  # a Score refuses NaN when it is made
        if isinstance(value, int | float | np.ndarray | np.generic):
            finite = bool(np.isfinite(value).all())
        else:
            finite = bool(value.isfinite().all())
        if not finite:
            raise TrainingDiverged(step, what)
