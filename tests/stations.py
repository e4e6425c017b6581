"""What the tests of both halves' learning tasks share: a desk, and states of arms to compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lab.checkpoint import load_checkpoint
from lab.curve import curve_path, read_curve
from lab.workers import Desk, Event

State = tuple[dict[str, Any], list[Any]]


class Flag:
    """A stop flag that is raised after having been looked at so many times."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def desk(sent: list[Event] | None = None, looks: int = 1_000_000) -> Desk:
    """A desk that asks to stop after so many looks."""
    return Desk("test", ([] if sent is None else sent).append, Flag(looks))


def state_of(folder: Path, arm: str) -> State:
    """An arm's checkpoint and curve, the times left out: equal if two runs went the same way."""
    tensors, meta = load_checkpoint(folder / "arms" / arm / "checkpoint.safetensors")
    del meta["cpu_seconds"]
    rows = [(row.phase, row.step, row.games, row.tags) for row in read_curve(curve_path(folder, arm))]
    return {"meta": json.dumps(meta, sort_keys=True), **tensors}, rows


def same_state(one: State, other: State) -> bool:
    """Whether two arms are the same, bit for bit."""
    tensors, others = one[0], other[0]
    return (
        one[1] == other[1]
        and tensors.keys() == others.keys()
        and all(np.array_equal(np.asarray(tensors[name]), np.asarray(others[name])) for name in tensors)
    )
