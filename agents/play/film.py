"""A lesson's episodes as films: what the robot did at each stage of its learning, step by step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.core import IllegalMove
from games.one_player import World, load_world

WORLD_OF = {"gridworld": "gridworld", "reward-hacking": "cleaning_robot"}  # of each lesson
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
        world = load_world(WORLD_OF[told["lesson"]])
        stages = [(str(stage["label"]), list(stage["actions"])) for stage in told["result"]["stages"]]
        films = [Film(label, tuple(_frames(world, actions))) for label, actions in stages]
        if not films:
            raise ValueError("it shows no episode")
        return str(told["title"]), films
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, IllegalMove) as error:
        raise NotationError(f"{file} is no lesson that can be watched: {error}") from None


def _frames(world: World, actions: Sequence[Any]) -> list[Frame]:
    state, paid, earned = world.new(1), 0.0, 0.0
    frames = [Frame(world.pixels(state[0]), "", paid, earned)]
    for action in actions[: world.max_steps]:
        if world.is_terminal(state)[0]:
            break
        step = world.step(state, np.array([action]))
        state, paid, earned = step.states, paid + float(step.reward[0]), earned + float(step.true_reward[0])
        frames.append(Frame(world.pixels(state[0]), world.action_names[int(action)], paid, earned))
    return frames
