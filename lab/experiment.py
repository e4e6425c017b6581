"""What an experiment is, for any learner: demonstrate -> imitate -> reinforce -> evaluate.

Both wings state theirs as an Experiment value; one `run` drives them. The arms are a ladder, each
adding one ingredient to another, and all are measured alike against the demonstrator's two lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.workers import Event, Task, run_tasks


@dataclass(frozen=True)
class Arm:
    """One rung: where it starts ("scratch" or another arm), what it adds, and the task that learns it."""

    name: str
    starts: str
    ingredient: str
    learn: Task


@dataclass(frozen=True)
class Rung:
    """A rung of a wing's ladder, of which a comparison makes an Arm: what it starts from, the one ingredient
    that it adds, and the `function` of the task that learns it.

    `needs`: the arms whose networks it uses. A `control` asks what else could explain the others. A rung that
    is `searched_only` has no policy of its own, and so no score, game or claim without search; one whose
    lessons are `no_games` was taught answers in single positions. `note`: what the report must say of its
    figures.
    """

    name: str
    title: str
    starts: str
    ingredient: str
    function: str
    needs: tuple[str, ...] = ()
    control: bool = False
    searched_only: bool = False
    no_games: bool = False
    note: str = ""


@dataclass(frozen=True)
class Experiment:
    """All that is needed to run a comparison and to run it again.

    `evaluate` holds the tasks that measure finished arms; their results, and the arms' own curves,
    lie in the run folder, from which the result is put together.
    """

    world: str
    title: str
    score_name: str
    demonstrate: tuple[Task, ...]
    arms: tuple[Arm, ...]
    evaluate: tuple[Task, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Every task, in the order in which those that are ready are handed out."""
        return (*self.demonstrate, *(arm.learn for arm in self.arms), *self.evaluate)


def run(experiment: Experiment, folder: Path, config: Any, workers: int = 2) -> Iterator[Event]:
    """Run an experiment in its run folder; yields progress as (task, phase, step, score) events.

    Finished tasks are passed over, so the same call goes on with a run that was stopped. Raises
    lab.workers.TaskFailed and Interrupted.
    """
    yield from run_tasks(experiment.tasks, folder, config, workers)
