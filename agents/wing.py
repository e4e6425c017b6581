"""The board half as the roof knows it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
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


def _entry(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    from agents.result import board_world

    return board_world(folder, config, arms)


def _precision(device: str) -> str:
    from agents.folded import inference_dtype

    return str(inference_dtype(device)).removeprefix("torch.")


def _then(folder: Path) -> str:
    arms = sorted(path.name for path in (folder / "arms").glob("*"))
    arm = "zero" if "zero" in arms or not arms else arms[0]
    return f"play: python train.py duel --first {folder}:{arm} --second random"


def _wing(world: str) -> Wing:
    presets = partial(preset, world=world)
    return Wing(world, CompareConfig, presets, experiment_of, _entry, _precision, _then, analogy=analogy)


CONNECT_FOUR, GO5, GO7, GO9 = (_wing(world) for world in ("connect_four", "go5", "go7", "go9"))
