"""Runs from their saved settings: run or go on, then put the result together.

A run is of one world and one seed; runs of several seeds, or of both worlds, hold runs in folders of
their own: runs/compare-both-001/arithmetic/seed-3.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

from rich.console import Console

from lab.display import watch
from lab.durable import replace_file
from lab.environment import environment, read_environment, settle
from lab.experiment import Experiment, run
from lab.joining import join_worlds
from lab.measured import read_measured
from lab.own_files import is_games_file, keep, named
from lab.pooling import pool_results
from lab.run import Run, RunError, create_run, open_run
from lab.run_lock import held_run
from lab.task_clock import TaskClock, phases, read_spent
from lab.wing import Wing, Wings, open_wing
from lab.workers import mark

PACKAGES = ("torch", "numba", "numpy", "gymnasium", "pettingzoo")
BOTH = "both"  # the name of the worlds' common run


def complete(run_: Run, wings: Wings, console: Console, anyway: bool = False) -> dict[str, Any]:
    """Do what is left of a run and return its result; several worlds and seeds lie in folders of their own.

    `anyway`: go on under other conditions than those it was begun under (lab/environment.py). Raises
    Interrupted, TaskFailed, RunError, EnvironmentDiffers, RunBusy.
    """
    if "worlds" in run_.config:
        with held_run(run_.folder):
            return _complete_worlds(run_, wings, console, anyway)
    wing = wing_of(run_, wings)
    config, job, seeds = resolved(run_.config, wing.config)
    human = keep_human(run_.folder, config.human, Path(config.human))
    if seeds == 1:
        return _complete_one(run_, wing, replace(config, human=human), job, console, anyway)
    with held_run(run_.folder):  # between two seeds, too, when none of their folders is held
        return _complete_seeds(run_, wing, human, console, anyway)


def _complete_worlds(run_: Run, wings: Wings, console: Console, anyway: bool) -> dict[str, Any]:
    """One world after the other, each a run of its own."""
    parts = []
    for world in run_.config["worlds"]:
        folder = run_.folder / world
        if (folder / "config.json").exists():
            part = open_run(folder)
        else:
            shared = {name: run_.config[name] for name in ("job", "seeds")}
            part = create_run(folder, {**shared, **run_.config["settings"][world]}, run_.command)
        console.print(f"[bold]{world}[/]", highlight=False)
        parts.append(complete(part, wings, console, anyway))
        replace_file(part.result_path, _json(parts[-1]))
    return _joined(parts, run_, wings)


def _joined(parts: list[dict[str, Any]], run_: Run, wings: Wings) -> dict[str, Any]:
    told = [open_wing(wings, world).analogy for world in run_.config["worlds"]]
    return join_worlds(parts, run_.config, told)


def _complete_seeds(run_: Run, wing: Wing, human: str, console: Console, anyway: bool) -> dict[str, Any]:
    """The pooled result of several seeds, each in a folder of its own; `human` is the run's copy of them."""
    config, job, seeds = resolved(run_.config, wing.config)
    results = []
    for seed in range(config.seed, config.seed + seeds):
        folder = run_.folder / f"seed-{seed}"
        own = of_seed(config, seed)
        if (folder / "config.json").exists():
            part = open_run(folder)
        else:
            part = create_run(folder, {"job": job, "seeds": 1, **vars(own)}, run_.command)
        own = replace(own, human=keep_human(folder, config.human, Path(human)))
        console.print(f"seed {seed}", highlight=False)
        results.append(_complete_one(part, wing, own, job, console, anyway))
        replace_file(part.result_path, _json(results[-1]))
    return pool_results(results, run_.config, wing.over_seeds)


def of_seed(config: Any, seed: int) -> Any:
    """The settings of one seed of several: only the first makes the studies."""
    return replace(config, seed=seed, studies=config.studies and seed == config.seed)


def put_together(run_: Run, wings: Wings) -> tuple[dict[str, Any], list[str]]:
    """The result of a run once more from the files that its tasks left, claims and all as this version
    makes them, and what is left out because it is not finished.

    Raises RunError where nothing is.
    """
    if "worlds" in run_.config:
        parts = [put_together(open_run(run_.folder / world), wings) for world in run_.config["worlds"]]
        return _joined([part for part, _ in parts], run_, wings), [
            name for _, names in parts for name in names
        ]
    wing = wing_of(run_, wings)
    config, job, seeds = resolved(run_.config, wing.config)
    results, missing = [], []
    for seed in range(config.seed, config.seed + seeds):
        folder = run_.folder / f"seed-{seed}" if seeds > 1 else run_.folder
        if not (folder / "result.json").exists():
            missing.append(f"{config.world}, seed {seed}")
            continue
        own = of_seed(config, seed) if seeds > 1 else config
        arms = tuple(arm.name for arm in wing.experiment(own, job).arms)
        was = json.loads((folder / "result.json").read_text("utf-8"))
        results.append({**was, "worlds": [wing.entry(folder, own, arms)]})
    if not results:
        raise RunError(f"{run_.folder}: it is not finished; go on with: python train.py resume {run_.folder}")
    if seeds == 1:
        return results[0], missing
    return pool_results(results, run_.config, wing.over_seeds), missing


def wing_of(run_: Run, wings: Wings) -> Wing:
    """The wing whose world a run is of. Raises RunError."""
    return open_wing(wings, str(run_.config.get("world", "?")))


def resolved(settings: dict[str, Any], kind: type) -> tuple[Any, str, int]:
    """A config.json as the dataclass that it was: (config, job, seeds). Raises RunError for another."""
    plain = {name: value for name, value in settings.items() if name not in ("job", "seeds")}
    try:
        groups = {
            name: group(**_tuples(plain.pop(name)))
            for name, group in get_type_hints(kind).items()
            if isinstance(group, type) and is_dataclass(group)
        }
        return kind(**_tuples(plain), **groups), settings["job"], settings["seeds"]
    except (KeyError, TypeError) as error:
        raise RunError(f"config.json is not that of a learning run of this version ({error})") from None


def _tuples(settings: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples that they were."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def keep_human(folder: Path, human: str, source: Path) -> str:
    """Whom to imitate in that run folder: a scripted human as it is, a user's own file or folder as a copy
    in there, made once, so that the run depends on no other file.

    Raises RunError where the file is gone before it was copied.
    """
    if not is_games_file(human):
        return human
    kept = folder / "demonstrations" / "own" / (source.name or "games")
    try:
        keep(source, kept)
    except OSError as error:
        raise RunError(f"{source}: {error.strerror}; the run needs what it teaches") from None
    return named(kept)


def _complete_one(
    run_: Run, wing: Wing, config: Any, job: str, console: Console, anyway: bool
) -> dict[str, Any]:
    experiment = wing.experiment(config, job)
    created = _created(run_, experiment)
    files = [(task.name, mark(run_.folder, task.name).name) for task in experiment.tasks]
    record = _conditions(run_.folder, wing, config, experiment, anyway)
    clock = TaskClock(run_.folder / "times.json")
    try:
        for _ in watch(run(experiment, run_.folder, config, config.workers), experiment.tasks, console):
            clock.tick()
    finally:  # a run that is stopped keeps its time
        clock.save()
    return {
        "schema": "move37-result/1",
        "command": run_.command,
        "config": run_.config,
        "preset": config.preset,
        "seed": config.seed,
        "created": created or datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": {"move37": "0.1.0", **{name: importlib.metadata.version(name) for name in PACKAGES}},
        "machine": _machine(record["conditions"]),
        "environment": record,
        "times": _times(run_.folder, files),
        "worlds": [wing.entry(run_.folder, config, tuple(arm.name for arm in experiment.arms))],
        "boards": _boards(run_.folder),
    }


def _created(run_: Run, experiment: Experiment) -> str | None:
    """When a run came to its end of which nothing is left to do; None for others."""
    if not all(mark(run_.folder, task.name).exists() for task in experiment.tasks):
        return None
    try:
        return str(json.loads(run_.result_path.read_bytes())["created"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _conditions(
    folder: Path, wing: Wing, config: Any, experiment: Experiment, anyway: bool
) -> dict[str, Any]:
    """Under what the run computes; checked wherever something is left to do. Raises EnvironmentDiffers."""
    record = read_environment(folder)
    if record and all(mark(folder, task.name).exists() for task in experiment.tasks):
        return record
    begun = any((folder / name).exists() for name in ("done", "arms"))
    return settle(folder, environment(config.device, wing.precision(config.device)), begun, anyway)


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
    boards: list[dict[str, str]] | None = read_measured(folder, "boards")
    return boards or []


def _machine(conditions: dict[str, Any]) -> dict[str, Any]:
    told = {name: conditions[name] for name in ("processor", "precision", "device")}
    return {"cores": os.cpu_count(), **told}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()
