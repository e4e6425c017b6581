"""The board half as the roof knows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from agents.analogy import analogy
from agents.config import CompareConfig, TeacherConfig, preset
from agents.experiment import board_experiment
from lab.experiment import Experiment
from lab.wing import Wing


def experiment_of(config: CompareConfig, job: str) -> Experiment:
    """The experiment of a job: `compare` is all of it, `imitate` and `reinforce` one arm."""
    if job == "compare":
        return board_experiment(config)
    name = "imitator" if job == "imitate" else "zero"
    alone = replace(config, arms=(name,), counter_human="none", plateau=(), teachers=TeacherConfig())
    whole = board_experiment(alone)
    return replace(
        whole,
        demonstrate=whole.demonstrate if job == "imitate" else (),
        evaluate=tuple(task for task in whole.evaluate if task.needs == (name,)),
    )


def board_entry(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    """The `worlds` entry of a finished run."""
    from agents.result import board_world

    return board_world(folder, config, arms)


def precision(device: str) -> str:
    """What networks compute in on a device."""
    from agents.folded import inference_dtype

    return str(inference_dtype(device)).removeprefix("torch.")


def then(folder: Path) -> str:
    """What to do with a finished run."""
    arms = sorted(path.name for path in (folder / "arms").glob("*"))
    arm = "zero" if "zero" in arms or not arms else arms[0]
    return f"play: python train.py duel --first {folder}:{arm} --second random"


CONNECT_FOUR = Wing(
    "connect_four", CompareConfig, preset, experiment_of, board_entry, precision, then, analogy=analogy
)
