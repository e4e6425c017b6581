"""Runs of the board half from their saved settings: run or go on, then put the result together."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import time
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

from rich.console import Console

from agents.config import CompareConfig, TeacherConfig
from agents.experiment import connect_four_experiment
from lab.display import watch
from lab.durable import replace_file
from lab.experiment import Experiment, run
from lab.pooling import pool_results
from lab.run import Run, RunError, create_run, open_run

PACKAGES = ("torch", "numba", "numpy", "gymnasium", "pettingzoo")


def complete(run_: Run, console: Console) -> dict[str, Any]:
    """Do what is left of a run and return its result; several seeds lie in folders of their own.

    Raises Interrupted, TaskFailed, RunError.
    """
    config, job, seeds = _resolved(run_.config)
    if seeds == 1:
        return _complete_one(run_, config, job, console)
    results = []
    for seed in range(config.seed, config.seed + seeds):
        folder = run_.folder / f"seed-{seed}"
        own = replace(config, seed=seed)
        if (folder / "config.json").exists():
            part = open_run(folder)
        else:
            part = create_run(folder, {"job": job, "seeds": 1, **vars(own)}, run_.command)
        console.print(f"seed {seed}", highlight=False)
        results.append(_complete_one(part, own, job, console))
        replace_file(part.result_path, _json(results[-1]))
    return pool_results(results, run_.config)


def _resolved(settings: dict[str, Any]) -> tuple[CompareConfig, str, int]:
    """The dataclasses behind a config.json: (config, job, seeds). Raises RunError for other settings."""
    plain = {name: value for name, value in settings.items() if name not in ("job", "seeds")}
    try:
        kinds = {name: kind for name, kind in get_type_hints(CompareConfig).items() if is_dataclass(kind)}
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


def _complete_one(run_: Run, config: CompareConfig, job: str, console: Console) -> dict[str, Any]:
    experiment = experiment_of(config, job)
    start = time.perf_counter()
    phases: list[dict[str, Any]] = []
    try:
        for event in watch(run(experiment, run_.folder, config, config.workers), experiment.tasks, console):
            if event.done and event.wall_seconds > 0.0:  # not in an earlier sitting
                times = {"wall_seconds": event.wall_seconds, "cpu_seconds": event.cpu_seconds}
                phases.append({"arm": event.task, "phase": event.task, **times})
    finally:  # a run that is stopped keeps the times of its finished tasks
        times = _add_times(run_.folder / "times.json", phases, time.perf_counter() - start)
    from agents.result import connect_four_world

    return {
        "schema": "move37-result/1",
        "command": run_.command,
        "config": run_.config,
        "preset": config.preset,
        "seed": config.seed,
        "created": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": {"move37": "0.1.0", **{name: importlib.metadata.version(name) for name in PACKAGES}},
        "machine": _machine(config.device),
        "times": times,
        "worlds": [connect_four_world(run_.folder, config, tuple(arm.name for arm in experiment.arms))],
        "boards": _boards(run_.folder),
    }


def _boards(folder: Path) -> list[dict[str, str]]:
    """The boards of a run that drew some."""
    path = folder / "results" / "boards.json"
    boards: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return boards


def _add_times(path: Path, phases: list[dict[str, Any]], wall: float) -> dict[str, Any]:
    """The times of this sitting added to those of earlier ones of a stopped run."""
    earlier: dict[str, Any] = {"wall_seconds": 0.0, "phases": []}
    if path.exists():
        earlier = json.loads(path.read_text())
    phases = earlier["phases"] + phases
    times = {
        "wall_seconds": earlier["wall_seconds"] + wall,
        "cpu_seconds": sum(phase["cpu_seconds"] for phase in phases),
        "phases": phases,
    }
    replace_file(path, _json(times))
    return times


def _machine(device: str) -> dict[str, Any]:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    from agents.folded import inference_dtype

    precision = str(inference_dtype(device)).removeprefix("torch.")
    return {"processor": model, "cores": os.cpu_count(), "precision": precision, "device": device}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()
