"""Runs of the board half from their saved settings: run or go on, then put the result together."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

from rich.console import Console

from agents.config import CompareConfig, TeacherConfig
from agents.experiment import connect_four_experiment
from games.notation import NotationError
from lab.display import watch
from lab.durable import replace_file
from lab.environment import environment, read_environment, settle
from lab.experiment import Experiment, run
from lab.pooling import pool_results
from lab.run import Run, RunError, create_run, open_run
from lab.run_lock import held_run
from lab.task_clock import TaskClock, phases, read_spent
from lab.workers import mark

PACKAGES = ("torch", "numba", "numpy", "gymnasium", "pettingzoo")


def complete(run_: Run, console: Console, anyway: bool = False) -> dict[str, Any]:
    """Do what is left of a run and return its result; several seeds lie in folders of their own.

    `anyway`: go on under other conditions than those it was begun under (lab/environment.py). Raises
    Interrupted, TaskFailed, RunError, EnvironmentDiffers, RunBusy, NotationError.
    """
    config, job, seeds = resolved(run_.config)
    human = keep_games(run_.folder, config.human, Path(config.human))
    if seeds == 1:
        config = replace(config, human=human)
        return _complete_one(run_, config, job, console, anyway)
    with held_run(run_.folder):  # between two seeds, too, when none of their folders is held
        return _complete_seeds(run_, config, job, seeds, human, console, anyway)


def _complete_seeds(
    run_: Run, config: CompareConfig, job: str, seeds: int, human: str, console: Console, anyway: bool
) -> dict[str, Any]:
    """The pooled result of several seeds, each in a folder of its own; `human` is the run's copy of them."""
    results = []
    for seed in range(config.seed, config.seed + seeds):
        folder = run_.folder / f"seed-{seed}"
        own = replace(config, seed=seed, studies=config.studies and seed == config.seed)
        if (folder / "config.json").exists():
            part = open_run(folder)
        else:
            part = create_run(folder, {"job": job, "seeds": 1, **vars(own)}, run_.command)
        own = replace(own, human=keep_games(folder, config.human, Path(human)))
        console.print(f"seed {seed}", highlight=False)
        results.append(_complete_one(part, own, job, console, anyway))
        replace_file(part.result_path, _json(results[-1]))
    return pool_results(results, run_.config)


def put_together(run_: Run) -> tuple[dict[str, Any], list[int]]:
    """The result of a run once more from the files that its tasks left, claims and all as this version
    makes them, and the seeds that are left out because they are not finished.

    Raises RunError where no seed is.
    """
    from agents.result import connect_four_world

    config, job, seeds = resolved(run_.config)
    results, missing = [], []
    for seed in range(config.seed, config.seed + seeds):
        folder = run_.folder / f"seed-{seed}" if seeds > 1 else run_.folder
        if not (folder / "result.json").exists():
            missing.append(seed)
            continue
        own = replace(config, seed=seed, studies=config.studies and seed == config.seed)
        arms = tuple(arm.name for arm in experiment_of(own, job).arms)
        was = json.loads((folder / "result.json").read_text("utf-8"))
        results.append({**was, "worlds": [connect_four_world(folder, own, arms)]})
    if not results:
        raise RunError(f"{run_.folder}: it is not finished; go on with: python train.py resume {run_.folder}")
    return pool_results(results, run_.config) if seeds > 1 else results[0], missing


def resolved(settings: dict[str, Any]) -> tuple[CompareConfig, str, int]:
    """The dataclasses behind a config.json: (config, job, seeds). Raises RunError for other settings."""
    plain = {name: value for name, value in settings.items() if name not in ("job", "seeds")}
    try:
        kinds: dict[str, Any] = {
            name: kind for name, kind in get_type_hints(CompareConfig).items() if is_dataclass(kind)
        }
        groups = {name: kind(**_tuples(plain.pop(name))) for name, kind in kinds.items()}
        return CompareConfig(**_tuples(plain), **groups), settings["job"], settings["seeds"]
    except (KeyError, TypeError) as error:
        raise RunError(f"config.json is not that of a learning run of this version ({error})") from None


def _tuples(settings: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples that they were."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def experiment_of(config: CompareConfig, job: str) -> Experiment:
    """The experiment of a job: `compare` is all of it, `imitate` and `reinforce` one arm."""
    if job == "compare":
        return connect_four_experiment(config)
    name = "imitator" if job == "imitate" else "zero"
    alone = replace(config, arms=(name,), counter_human="none", plateau=(), teachers=TeacherConfig())
    whole = connect_four_experiment(alone)
    return replace(
        whole,
        demonstrate=whole.demonstrate if job == "imitate" else (),
        evaluate=tuple(task for task in whole.evaluate if task.needs == (name,)),
    )


def keep_games(folder: Path, human: str, source: Path) -> str:
    """Whom to imitate in that run folder: a scripted human as it is, a user's own file of games as a copy
    in the folder, made once, so that the run depends on no other file.

    Raises NotationError where the file is gone before it was copied.
    """
    if not human.endswith(".txt"):
        return human
    kept = folder / "demonstrations" / "own" / source.name
    if not kept.exists():
        try:
            games = source.read_bytes()
        except OSError as error:
            raise NotationError(f"{source}: {error.strerror}; the run needs its games") from None
        kept.parent.mkdir(parents=True, exist_ok=True)
        replace_file(kept, games)
    return str(kept)


def _complete_one(
    run_: Run, config: CompareConfig, job: str, console: Console, anyway: bool
) -> dict[str, Any]:
    experiment = experiment_of(config, job)
    files = [(task.name, mark(run_.folder, task.name).name) for task in experiment.tasks]
    record = _conditions(run_.folder, config, experiment, anyway)
    clock = TaskClock(run_.folder / "times.json")
    try:
        for _ in watch(run(experiment, run_.folder, config, config.workers), experiment.tasks, console):
            clock.tick()
    finally:  # a run that is stopped keeps its time
        clock.save()
    from agents.result import connect_four_world

    return {
        "schema": "move37-result/1",
        "command": run_.command,
        "config": run_.config,
        "preset": config.preset,
        "seed": config.seed,
        "created": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": {"move37": "0.1.0", **{name: importlib.metadata.version(name) for name in PACKAGES}},
        "machine": _machine(record["conditions"]),
        "environment": record,
        "times": _times(run_.folder, files),
        "worlds": [connect_four_world(run_.folder, config, tuple(arm.name for arm in experiment.arms))],
        "boards": _boards(run_.folder),
    }


def _conditions(folder: Path, config: CompareConfig, experiment: Experiment, anyway: bool) -> dict[str, Any]:
    """Under what the run computes; checked wherever something is left to do. Raises EnvironmentDiffers."""
    from agents.folded import inference_dtype

    record = read_environment(folder)
    if record and all(mark(folder, task.name).exists() for task in experiment.tasks):
        return record
    precision = str(inference_dtype(config.device)).removeprefix("torch.")
    begun = any((folder / name).exists() for name in ("done", "arms"))
    return settle(folder, environment(config.device, precision), begun, anyway)


def _times(folder: Path, files: list[tuple[str, str]]) -> dict[str, Any]:
    """What the run took over all its sittings, torn tasks included."""
    spent = phases(folder, files)
    return {
        "wall_seconds": read_spent(folder / "times.json")[0],
        "cpu_seconds": sum(phase["cpu_seconds"] for phase in spent),
        "phases": spent,
    }


def _boards(folder: Path) -> list[dict[str, str]]:
    """The boards of a run that drew some."""
    path = folder / "results" / "boards.json"
    boards: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return boards


def _machine(conditions: dict[str, Any]) -> dict[str, Any]:
    told = {name: conditions[name] for name in ("processor", "precision", "device")}
    return {"cores": os.cpu_count(), **told}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()
