"""The curve file: what was measured when, one JSON line a measurement. It is the truth; TensorBoard's
events are drawn from it.

    {"arm": "zero", "phase": "reinforce", "step": 3, "cpu_seconds": 31.4, "games": 768,
     "tags": {"loss/policy": 1.53, "score/rate": {"rate": 0.61, "low": 0.58, "high": 0.64, "n": 900}}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from lab.durable import replace_file
from lab.statistics import Score
from lab.tensorboard_log import TensorBoardLog

Tags = Mapping[str, float | Score]


class CurveError(ValueError):
    """A curve file with a line that cannot be read (other than a torn last one)."""


@dataclass(frozen=True)
class CurveRow:
    """One measurement of an arm: `step` counts up over all phases of the arm, `games` are played or
    imitated so far, `cpu_seconds` spent learning so far."""

    arm: str
    phase: str
    step: int
    cpu_seconds: float
    games: int
    tags: dict[str, float | Score]

    def to_line(self) -> str:
        """The row as a line of JSON; raises ValueError for NaN and Inf."""
        tags = {
            tag: value.to_json() if isinstance(value, Score) else value for tag, value in self.tags.items()
        }
        return json.dumps({**vars(self), "tags": tags}, allow_nan=False, sort_keys=False) + "\n"

    @staticmethod
    def from_line(line: str) -> CurveRow:
        """The inverse of to_line; raises ValueError, KeyError or TypeError."""
        row = json.loads(line)
        tags = {
            tag: Score.from_json(v) if isinstance(v, dict) else float(v) for tag, v in row["tags"].items()
        }
        return CurveRow(
            str(row["arm"]),
            str(row["phase"]),
            int(row["step"]),
            float(row["cpu_seconds"]),
            int(row["games"]),
            tags,
        )


def curve_path(folder: Path, arm: str) -> Path:
    """Where an arm's curve lies in a run folder; raises ValueError for a name that is no plain word."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", arm):
        raise ValueError(f"an arm is named by letters, digits, '_', '.' and '-', not {arm!r}")
    return folder / "arms" / arm / "curve.jsonl"


def read_curve(path: Path) -> list[CurveRow]:
    """The rows of a curve file, [] where there is none yet; a torn last line (a killed run) is left out.

    Raises CurveError for any other line that cannot be read.
    """
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            if line:
                rows.append(CurveRow.from_line(line.decode()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if any(lines[number:]):
                raise CurveError(
                    f"{path}, line {number}: no measurement ({error}); was it edited?"
                ) from error
    return rows


class ArmLog:
    """Appends an arm's measurements to its curve file and, from it, to TensorBoard.

    Opening an existing curve drops a torn last line and goes on after it. Use as a context manager.
    """

    def __init__(self, folder: Path, arm: str) -> None:
        self.arm = arm
        self.path = curve_path(folder, arm)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._tensorboard_folder = folder / "tensorboard" / arm
        self._config_path = folder / "config.json"
        rows = read_curve(self.path)
        self._last_step = rows[-1].step if rows else -1
        self._rewrite(rows)
        self._open(first=not rows)

    def log(self, phase: str, step: int, cpu_seconds: float, games: int, tags: Tags) -> None:
        """Append one measurement; it is in the file when this returns.

        Raises ValueError for a step smaller than the last one, and for NaN or Inf.
        """
        if step < self._last_step:
            raise ValueError(f"arm {self.arm!r} is at step {self._last_step}; step {step} is in the past")
        row = CurveRow(self.arm, phase, int(step), float(cpu_seconds), int(games), dict(tags))
        self._file.write(row.to_line())
        self._file.flush()
        self._last_step = step
        self._tensorboard.write(row)

    def truncate_after(self, step: int) -> None:
        """Forget every measurement after `step`: a resumed run repeats the torn iteration."""
        self.close()
        self._rewrite([row for row in read_curve(self.path) if row.step <= step])
        self._last_step = min(self._last_step, step)
        self._open(first=False)

    def close(self) -> None:
        """Close both files; a second call does nothing."""
        self._file.close()
        self._tensorboard.close()

    def _rewrite(self, rows: list[CurveRow]) -> None:
        replace_file(self.path, "".join(row.to_line() for row in rows).encode())

    def _open(self, first: bool) -> None:
        config = self._config_path.read_text("utf-8") if self._config_path.exists() else "{}"
        purge = None if first else self._last_step + 1
        self._file: Any = open(self.path, "a", encoding="utf-8")  # noqa: SIM115  (closed by close)
        self._tensorboard = TensorBoardLog(self._tensorboard_folder, config, purge)

    def __enter__(self) -> ArmLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
