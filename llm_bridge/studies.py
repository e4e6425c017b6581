"""Studies: the same experiment with other settings, as tasks of the run that asks for them.

A study is a comparison of its own in `studies/<name>` of the run folder: the sloppy-teacher dial, and
two on thinking. Its tasks run among the others, and stop and go on as they do.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Literal

from lab.workers import Desk, Task
from llm_bridge.config import CompareConfig, ImitationConfig, ModelConfig, ReinforceConfig, preset

FOLDER = "studies"
SLIPS = "slips-"  # begins the names of the dial's studies
DIALLED = "zero-support"  # the human whose slips the dial turns
THINKING, DIRECT = "thinking", "direct"  # where working pays, and where it does not
THINKING_ARMS = ("base", "imitator", "policy-gradient", "r1-zero", "cold-start", "r1")


def studies_of(config: CompareConfig) -> dict[str, CompareConfig]:
    """name -> the settings of every study that the run asks for."""
    alone = replace(config, studies=False, rare_human="none", counter_human="none", slips=())
    studies = {
        f"{SLIPS}{percent}": replace(
            alone, human=f"{DIALLED}-{percent}", arms=("imitator", "policy-gradient")
        )
        for percent in (config.slips if config.human == DIALLED else ())  # the same human with other slips
    }
    if config.thinking.task != "none":
        studies[THINKING] = _thinking(alone, config.thinking.task, THINKING_ARMS)
        if config.thinking.easy_task != "none":
            arms = ("base", "imitator", "policy-gradient")
            studies[DIRECT] = _thinking(alone, config.thinking.easy_task, arms)
    return studies


def reasoning(name: Literal["r1-zero", "r1"]) -> CompareConfig:
    """The preset in which a base model of worked answers is reinforced, with nothing imitated (R1-Zero) or
    from a cold start (R1), beside an imitator of the crowd."""
    quick = preset("quick")
    alone = replace(quick, preset=name, rare_human="none", counter_human="none", slips=())
    arms = ("base", "imitator", *(("r1-zero",) if name == "r1-zero" else ("cold-start", "r1")))
    task = quick.thinking.task
    return replace(_thinking(alone, task, arms), thinking=replace(quick.thinking, task="none"))


def _thinking(config: CompareConfig, task: str, arms: tuple[str, ...]) -> CompareConfig:
    """The comparison of a study on thinking."""
    own = config.thinking
    imitation = ImitationConfig(demonstrations=own.demonstrations, updates=own.updates, evaluations=2)
    return replace(
        config,
        task=task,
        human=own.human,
        base_human=own.base_human,
        arms=arms,
        model=ModelConfig(own.layers, own.width, 4, round(2.75 * own.width / 8) * 8),
        base=replace(imitation, demonstrations=own.corpus, updates=own.base_updates),
        imitation=replace(imitation, learning_rate=1e-3),
        fine_tuning=replace(imitation, updates=own.updates // 4, learning_rate=1e-3, evaluations=1),
        policy_gradient=ReinforceConfig(
            algorithm="rloo",
            updates=own.reinforce_updates,
            prompts=own.prompts,
            answers=own.answers,
            learning_rate=own.learning_rate,
            entropy_weight=0.0,
            epochs=1,
            batch_size=0,
            evaluations=5,
        ),
    )


def study_tasks(config: CompareConfig) -> list[Task]:
    """The tasks of all studies, named "<study>, <task>"."""
    return [
        replace(
            task,
            name=f"{study}, {task.name}",
            function="llm_bridge.studies:do",
            argument=f"{study}, {task.name}",
            needs=tuple(f"{study}, {need}" for need in task.needs),
        )
        for study, settings in studies_of(config).items()
        for task in _tasks(settings)
    ]


def _tasks(settings: CompareConfig) -> tuple[Task, ...]:
    from llm_bridge.experiment import arithmetic_experiment

    return arithmetic_experiment(settings).tasks


def do(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that does one of a study, in the study's folder; raises what that raises."""
    study, _, name = argument.partition(", ")
    settings = studies_of(config)[study]
    task = next(task for task in _tasks(settings) if task.name == name)
    module, _, function = task.function.partition(":")
    where = study_folder(folder, study)
    where.mkdir(parents=True, exist_ok=True)
    getattr(importlib.import_module(module), function)(where, settings, task.argument, desk)


def study_folder(folder: Path, study: str) -> Path:
    """Where a study lies in its run's folder."""
    return folder / FOLDER / study
