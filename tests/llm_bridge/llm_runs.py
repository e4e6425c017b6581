"""What the tests of learning arms share: a run of few counts, a desk, states to compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lab.checkpoint import load_checkpoint
from lab.curve import curve_path, read_curve
from lab.workers import Desk, Event
from llm_bridge.config import CompareConfig, ImitationConfig, ModelConfig, ReinforceConfig

NETWORK = ModelConfig(1, 32, 2, 64, 64)
FEW = ImitationConfig(
    demonstrations=400, updates=12, batch_size=32, learning_rate=1e-2, validation=40, evaluations=3
)
TINY_RUN = CompareConfig(
    task="addition-1",
    arms=("imitator", "verified"),
    model=NETWORK,
    imitation=FEW,
    verified=FEW,
    more_imitation=FEW,
    fine_tuning=FEW,
    counter_imitation=FEW,
    policy_gradient=ReinforceConfig(updates=4, prompts=8, answers=4, evaluations=2),
)


class Flag:
    """A stop flag that is raised after having been looked at so many times."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def desk(sent: list[Event] | None = None, looks: int = 1_000_000) -> Desk:
    return Desk("test", ([] if sent is None else sent).append, Flag(looks))


def state_of(folder: Path, arm: str) -> tuple[dict[str, Any], list[Any]]:
    """An arm's checkpoint and curve, the times left out: equal if two runs went the same way."""
    tensors, meta = load_checkpoint(folder / "arms" / arm / "checkpoint.safetensors")
    del meta["cpu_seconds"]
    rows = [(row.phase, row.step, row.games, row.tags) for row in read_curve(curve_path(folder, arm))]
    return {"meta": json.dumps(meta, sort_keys=True), **tensors}, rows


def same_state(one: tuple[dict[str, Any], list[Any]], other: tuple[dict[str, Any], list[Any]]) -> bool:
    tensors, others = one[0], other[0]
    return (
        one[1] == other[1]
        and tensors.keys() == others.keys()
        and all(np.array_equal(np.asarray(tensors[name]), np.asarray(others[name])) for name in tensors)
    )
