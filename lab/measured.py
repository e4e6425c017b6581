"""What a task has measured: `results/<name>.json` in its run folder, written whole, read where it exists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab.durable import replace_file


def measured_path(folder: Path, name: str) -> Path:
    """Where a measurement of that name lies; spaces become dashes."""
    return folder / "results" / f"{name.replace(' ', '-')}.json"


def write_measured(folder: Path, name: str, value: object) -> None:
    """Write a measurement; raises ValueError for NaN and Inf, OSError."""
    path = measured_path(folder, name)
    path.parent.mkdir(exist_ok=True)
    replace_file(path, json.dumps(value, indent=1, allow_nan=False).encode())


def read_measured(folder: Path, name: str) -> Any:
    """A measurement as it was written, None where there is none."""
    path = measured_path(folder, name)
    return json.loads(path.read_text()) if path.exists() else None


def imitation_path(folder: Path, arm: str) -> Path:
    """Where an imitator tells how well it predicts its human, and what it has learned from."""
    return folder / "arms" / arm / "imitation.json"


def write_imitation(folder: Path, arm: str, entry: dict[str, Any]) -> None:
    """Write what an imitator tells; raises ValueError for NaN and Inf, OSError."""
    replace_file(imitation_path(folder, arm), json.dumps(entry, indent=1, allow_nan=False).encode())


def read_imitation(folder: Path, arm: str) -> dict[str, Any] | None:
    """What an imitator tells, None of an arm that has imitated nobody."""
    path = imitation_path(folder, arm)
    return json.loads(path.read_text()) if path.exists() else None
