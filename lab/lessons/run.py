"""A lesson from the command line to its folder: its seeds side by side, then lesson.json, report, animation,
TensorBoard. A lesson that was stopped goes on with the seeds that are missing.

runs/lesson-gridworld-001/
    config.json, environment.json    what was asked for, under what it is computed
    results/seed-0.json, ...         the study of each seed, as soon as it is done
    done/, spent/, times.json        which seeds are done, what each cost over all sittings
    lesson.json                      what came out, written last
    report.html                      the page
    policy.svg or robot.gif          the animation by itself, where there is one
    arms/, tensorboard/              the curves, means over seeds
"""

from __future__ import annotations

import datetime
import importlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lab.commands.common import write_json
from lab.curve import ArmLog
from lab.environment import THREADS, environment, settle
from lab.lessons import Lesson, Study, Tell
from lab.lessons.estimate import estimate
from lab.lessons.page import write_page
from lab.measured import measured_path, read_measured, write_measured
from lab.run import Run, RunError
from lab.statistics import Score
from lab.task_clock import TaskClock, read_spent, spent_path
from lab.workers import Desk, Event, Task, mark, run_tasks

SCHEMA = "move37-lesson/1"
COSTS = ("update", "env_steps", "cpu_seconds")
PRECISION = "native"  # lessons compute on the processor, which alone decides it
Times = dict[str, float]


@dataclass(frozen=True)
class Order:
    """What the tasks of a lesson have to know: its module, its first seed."""

    module: str
    first: int


def study_seed(folder: Path, order: Order, argument: str, desk: Desk) -> None:
    """The task of one seed: its study goes to results/seed-N.json. Raises Interrupted between two pieces of
    work; what the seed had come to is lost then."""
    torch.set_num_threads(THREADS)
    seed = int(argument)

    def tell(words: str) -> None:
        desk.leave_if_stopping()
        desk.tell(words, 0, 0)

    study = importlib.import_module(order.module).study(seed, seed == order.first, tell)
    write_measured(folder, f"seed {seed}", study)


def tasks_of(seeds: Sequence[int]) -> tuple[Task, ...]:
    """A task for each seed."""
    return tuple(Task(f"seed {seed}", "lab.lessons.run:study_seed", str(seed)) for seed in seeds)


def teach(
    name: str,
    lesson: Lesson,
    seeds: Sequence[int],
    run: Run,
    tell: Tell,
    workers: int = 2,
    anyway: bool = False,
) -> dict[str, Any]:
    """Do what is left of a lesson into its run folder; gives its record, which is lesson.json.

    `anyway`: go on under other conditions than those it was begun under. Raises Interrupted, TaskFailed,
    RunBusy, EnvironmentDiffers, RunError for seeds that were studied with other settings.
    """
    begun = (run.folder / "done").exists()
    settle(run.folder, environment("cpu", PRECISION), begun, anyway)
    tasks, clock = tasks_of(seeds), TaskClock(run.folder / "times.json")
    try:
        for event in run_tasks(tasks, run.folder, Order(lesson.module, seeds[0]), workers):
            clock.tick()
            tell(_words(event))
        studies = [_study(run.folder, task.name) for task in tasks]
    finally:  # a lesson that is stopped keeps its time
        clock.save()
    return write_lesson(name, lesson, seeds, run, studies, _times(run.folder, tasks))


def _words(event: Event) -> str:
    if not event.done:
        return f"{event.task}: {event.phase}"
    return f"{event.task}: done" + (f" in {event.wall_seconds:.0f} s" if event.wall_seconds else " before")


def _study(folder: Path, name: str) -> Study:
    """A study as it was written. Raises RunError where it cannot be read."""
    try:
        study: Study = dict(read_measured(folder, name))
    except (OSError, ValueError, TypeError) as error:
        path, done = measured_path(folder, name), mark(folder, name)
        raise RunError(f"{path} cannot be read ({error}): delete {done}, and resume does it anew") from error
    return study


def _times(folder: Path, tasks: Sequence[Task]) -> Times:
    """Seconds on the clock over all sittings, and of the processor for all seeds, torn ones included."""
    spent = [read_spent(spent_path(folder, mark(folder, task.name).name)) for task in tasks]
    wall, _ = read_spent(folder / "times.json")
    return {"wall_seconds": round(wall, 2), "cpu_seconds": round(sum(cpu for _, cpu in spent), 2)}


def write_lesson(
    name: str, lesson: Lesson, seeds: Sequence[int], run: Run, studies: Sequence[Study], times: Times
) -> dict[str, Any]:
    """Pool the studies of all seeds and write all that comes of them; gives the record, which is lesson.json.

    Raises RunError for studies with different settings, as different versions of a lesson leave them.
    """
    if any(study["settings"] != studies[0]["settings"] for study in studies):
        raise RunError(
            f"{run.folder}: its seeds were studied with different settings; do it anew: {run.command}"
        )
    result = importlib.import_module(lesson.module).pooled(studies)
    page = importlib.import_module(lesson.page)
    record = {
        "schema": SCHEMA,
        "lesson": name,
        "title": page.headline(result),
        "command": run.command,
        "created": datetime.datetime.now().isoformat(timespec="seconds"),
        "seeds": list(seeds),
        "times": times,
        "result": result,
    }
    if lesson.animation:
        page.write_animation(run.folder / lesson.animation, result)
    write_page(run.folder, lesson, record, page.told(result))
    _log_curves(run.folder, result["curves"])
    write_json(run.folder / "lesson.json", record)
    return record


def _log_curves(folder: Path, curves: dict[str, Sequence[Sequence[dict[str, float]]]]) -> None:
    """The curves for TensorBoard: means over seeds, point by point, with their intervals."""
    for torn in ("arms", "tensorboard"):  # of one that was stopped while it wrote them
        shutil.rmtree(folder / torn, ignore_errors=True)
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
