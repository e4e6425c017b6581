"""Lessons: small experiments whose truth is known. What a lesson is, and the lists of both wings.

A wing keeps its own list, name -> Lesson, in a module that imports nothing heavy; `train.py` hands the lists'
places in, as it hands in the wings. A lesson is two modules:

    module: learn(seeds, tell) -> result     {"settings", "curves": arm -> [seed -> points], "claims", ...}
    page:   headline(result), told(result)   words; what the template NAME.html beside it is filled with
            table(result)                    (columns, rows) for the terminal
            write_animation(path, result)    where the lesson has one
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

LessonPreset = Literal["quick", "standard"]


@dataclass(frozen=True)
class Lesson:
    """What a lesson asks (`claim`), its number of seeds, how long it takes (CPU, measured), its modules.

    The pages lie in the folder `pages` beside the module `page`. world: of games/one_player.py, whose
    episodes the window shows, "" where there is nothing to watch; animation: the file in a run's folder,
    "" for none; quick_seeds: how many seeds do with --preset quick (0: as many as ever).
    """

    title: str
    claim: str
    seeds: int
    cpu_seconds: float
    module: str
    page: str
    world: str = ""
    animation: str = ""
    quick_seeds: int = 0

    def seeds_of(self, preset: LessonPreset) -> int:
        """How many seeds a preset takes."""
        return self.quick_seeds or self.seeds if preset == "quick" else self.seeds


Lists = Sequence[str]  # "module:name" of each wing's lessons


def lessons_in(lists: Lists) -> dict[str, Lesson]:
    """All lessons by name, wing after wing. Raises ValueError for two of one name."""
    found: dict[str, Lesson] = {}
    for place in lists:
        module, _, name = place.partition(":")
        some: Mapping[str, Lesson] = getattr(importlib.import_module(module), name)
        if twice := sorted(set(found) & set(some)):
            raise ValueError(f"two lessons are called {', '.join(twice)}")
        found |= some
    return found
