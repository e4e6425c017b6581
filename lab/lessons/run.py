"""A lesson from the command line to its folder: learn, write lesson.json, report, animation, TensorBoard.

runs/lesson-gridworld-001/
    config.json, lesson.json     what was asked for, what came out
    report.html                  the page
    policy.svg or robot.gif      the animation by itself, where there is one
    arms/, tensorboard/          the curves, means over seeds
"""

from __future__ import annotations

import datetime
import importlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from lab.commands.common import write_json
from lab.curve import ArmLog
from lab.lessons import Lesson
from lab.lessons.estimate import estimate
from lab.lessons.page import write_page
from lab.run import Run
from lab.statistics import Score

SCHEMA = "move37-lesson/1"
COSTS = ("update", "env_steps", "cpu_seconds")


def teach(
    name: str, lesson: Lesson, seeds: tuple[int, ...], run: Run, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Do a lesson into its run folder; gives its record, which is lesson.json."""
    torch.set_num_threads(1)
    wall, cpu = time.perf_counter(), time.process_time()
    result = importlib.import_module(lesson.module).learn(seeds, tell)
    page = importlib.import_module(lesson.page)
    told = page.told(result)
    times = {"wall_seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    record = {
        "schema": SCHEMA,
        "lesson": name,
        "title": page.headline(result),
        "command": run.command,
        "created": datetime.datetime.now().isoformat(timespec="seconds"),
        "seeds": list(seeds),
        "times": {key: round(value, 2) for key, value in times.items()},
        "result": result,
    }
    if lesson.animation:
        page.write_animation(run.folder / lesson.animation, result)
    write_page(run.folder, lesson, record, told)
    _log_curves(run.folder, result["curves"])
    write_json(run.folder / "lesson.json", record)
    return record


def _log_curves(folder: Path, curves: dict[str, Sequence[Sequence[dict[str, float]]]]) -> None:
    """The curves for TensorBoard: means over seeds, point by point, with their intervals."""
    for arm, seeds in curves.items():
        measures = [name for name in seeds[0][0] if name not in COSTS]
        with ArmLog(folder, arm) as log:
            for points in zip(*seeds, strict=True):
                cost = {name: sum(point[name] for point in points) / len(points) for name in COSTS}
                tags: dict[str, float | Score] = {"cost/env_steps": cost["env_steps"]}
                for name in measures:
                    tags |= _tags(f"lesson/{name}", [point[name] for point in points])
                log.log("lesson", int(cost["update"]), cost["cpu_seconds"], 0, tags)


def _tags(tag: str, values: list[float]) -> dict[str, float]:
    known = estimate(values)
    told = {tag: known.mean}
    if known.low is not None and known.high is not None:
        told |= {f"{tag}_low": known.low, f"{tag}_high": known.high}
    return told
