"""A lesson's episodes as films: what the robot did at each stage of its learning, step by step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.lessons import LESSONS
from agents.lessons.replay import Moment, replay
from games.core import IllegalMove
from games.one_player import World, load_world

SCHEMA = "move37-lesson/"


@dataclass(frozen=True)
class Frame:
    """A picture uint8 [H, W, 3], the step that led to it ("" at first), and what had been paid and earned."""

    picture: NDArray[np.uint8]
    action: str
    paid: float
    earned: float


@dataclass(frozen=True)
class Film:
    """One episode: its stage of learning, and its frames."""

    label: str
    frames: tuple[Frame, ...]


def is_lesson(path: Path) -> bool:
    """Whether a path is a lesson's folder, or the lesson.json in it."""
    return path.name == "lesson.json" or (path / "lesson.json").is_file()


def load_films(path: Path) -> tuple[str, list[Film]]:
    """The title of a lesson and its films. Raises NotationError for what is none, OSError."""
    from games.notation import NotationError  # brings numba, for which the window does not wait

    file = path if path.name == "lesson.json" else path / "lesson.json"
    try:
        told = json.loads(file.read_bytes())
        if not str(told["schema"]).startswith(SCHEMA):
            raise ValueError(f"its schema is {told['schema']!r}")
        world = load_world(LESSONS[told["lesson"]].world)
        stages = [(str(stage["label"]), list(stage["actions"])) for stage in told["result"]["stages"]]
        films = [
            Film(label, tuple(_frame(world, moment) for moment in replay(world, actions)))
            for label, actions in stages
        ]
        if not films:
            raise ValueError("it shows no episode")
        return str(told["title"]), films
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, IllegalMove) as error:
        raise NotationError(f"{file} is no lesson that can be watched: {error}") from None


def _frame(world: World, moment: Moment) -> Frame:
    name = "" if moment.action is None else world.action_names[moment.action]
    return Frame(world.pixels(moment.states[0]), name, moment.paid, moment.earned)
