"""The language half as the roof knows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from lab.experiment import Experiment
from lab.run import open_run
from lab.wing import Wing
from llm_bridge.config import CompareConfig, preset
from llm_bridge.experiment import arithmetic_experiment
from llm_bridge.tasks import find_task, held_out


def experiment_of(config: CompareConfig, job: str) -> Experiment:
    """The experiment of a job: `compare` is all of it, `imitate` the imitator, `reinforce` it and what
    learns from it by trial; both without the studies."""
    if job == "compare":
        return arithmetic_experiment(config)
    arms = ("imitator",) if job == "imitate" else ("imitator", "policy-gradient")
    alone = replace(config, arms=arms, rare_human="none", counter_human="none", studies=False)
    return arithmetic_experiment(alone)


def _entry(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    from llm_bridge.result import arithmetic_world

    return arithmetic_world(folder, config, arms)


def _analogy(entry: dict[str, Any]) -> dict[str, Any]:
    from llm_bridge.analogy import analogy

    return analogy(entry)


def _precision(device: str) -> str:
    return "float32"


def _then(folder: Path) -> str:
    arms = sorted(path.name for path in (folder / "arms").glob("*"))
    arm = "policy-gradient" if "policy-gradient" in arms or not arms else arms[0]
    task = find_task(str(open_run(folder).config.get("task", CompareConfig.task)))
    problems = held_out(task, "test")
    prompt = problems[len(problems) // 2].prompt
    return f"ask: python train.py evaluate --world arithmetic --agent {folder}:{arm} --prompt '{prompt}'"


def _over_seeds(entries: list[dict[str, Any]]) -> dict[str, Any]:
    from llm_bridge.exhibits import discovery_field
    from llm_bridge.ladder_result import worth_over_seeds

    return {"discovery": discovery_field(entries), "shown_worth": worth_over_seeds(entries)}


ARITHMETIC = Wing(
    "arithmetic", CompareConfig, preset, experiment_of, _entry, _precision, _then, _over_seeds, _analogy
)
