"""What a task costs over all its sittings, torn ones included: `spent/<task>.json` in the run folder.

It is written every few seconds while the task runs, so that a kill loses no more than those.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.durable import replace_file

EVERY = 5.0  # seconds


def spent_path(folder: Path, file_name: str) -> Path:
    """Where the cost of a task lies; `file_name` is that of its mark."""
    return folder / "spent" / f"{file_name}.json"


@dataclass
class TaskClock:
    """Counts one sitting of a task in this process on top of the earlier ones."""

    path: Path
    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def __post_init__(self) -> None:
        """Read what earlier sittings took."""
        self.path.parent.mkdir(exist_ok=True)
        self._earlier = read_spent(self.path)
        self._saved = self.wall

    @property
    def sitting(self) -> tuple[float, float]:
        """(wall seconds, CPU seconds) of this sitting so far."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu

    def tick(self) -> None:
        """Save now and then; cheap to call in a loop."""
        if time.perf_counter() - self._saved > EVERY:
            self.save()

    def save(self) -> None:
        """Write the sum of all sittings. Raises OSError."""
        self._saved = time.perf_counter()
        (wall, cpu), (earlier_wall, earlier_cpu) = self.sitting, self._earlier
        value = {"wall_seconds": earlier_wall + wall, "cpu_seconds": earlier_cpu + cpu}
        replace_file(self.path, json.dumps(value).encode())


def read_spent(path: Path) -> tuple[float, float]:
    """(wall seconds, CPU seconds) of a task so far; zeros where it has not begun."""
    if not path.exists():
        return 0.0, 0.0
    value = json.loads(path.read_bytes())
    return float(value["wall_seconds"]), float(value["cpu_seconds"])


def phases(folder: Path, tasks: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """The `phases` of result.json: of every (name, file name) of a task that was begun, its cost."""
    spent = [(name, *read_spent(spent_path(folder, file_name))) for name, file_name in tasks]
    return [
        {"arm": name, "phase": name, "wall_seconds": wall, "cpu_seconds": cpu}
        for name, wall, cpu in spent
        if wall > 0.0
    ]
