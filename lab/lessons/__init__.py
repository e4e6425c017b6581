"""Lessons: small experiments whose truth is known. What a lesson is, and the lists of both wings.

A wing keeps its own list, name -> Lesson, in a module that imports nothing heavy; `train.py` hands the lists'
places in, as it hands in the wings. A lesson is two modules:

    module: study(seed, is_first, tell)      one seed by itself, in plain JSON: {"settings", "curves": arm ->
                                             points, ...}, and what the first alone shows (a film, boards,
                                             tables); tell(words) before each piece of work, where it leaves
                                             when the user asked to stop
            pooled(studies) -> result        {"settings", "curves": arm -> [seed -> points], "claims", ...} of
                                             all studies as they were read back; cheap, the same twice
    page:   headline(result), told(result)   words; what the template NAME.html beside it is filled with
            table(result)                    (columns, rows) for the terminal
            write_animation(path, result)    where the lesson has one

lab/lessons/run.py does the studies side by side, each kept as soon as it is there.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

LessonPreset = Literal["quick", "standard"]
Tell = Callable[[str], None]  # hears what is done next, in words
Study = dict[str, Any]


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


def over_seeds(studies: Sequence[Study], name: str) -> dict[str, list[Any]]:
    """What studies hold under a name, key by key, as lists with an entry a seed: arm -> [seed -> points]."""
    return {key: [study[name][key] for study in studies] for key in studies[0][name]}


def studies_here(module: Any, seeds: Sequence[int], tell: Tell = lambda words: None) -> list[Study]:
    """The studies of a lesson's module, one seed after the other in this process, as they are read back from
    their files. Raises ValueError for NaN and Inf, TypeError for what JSON does not know."""
    studies = (module.study(seed, seed == seeds[0], tell) for seed in seeds)
    return [json.loads(json.dumps(study, allow_nan=False)) for study in studies]


def learned_here(module: Any, seeds: Sequence[int], tell: Tell = lambda words: None) -> dict[str, Any]:
    """The result of a lesson's module, learned in this process."""
    result: dict[str, Any] = module.pooled(studies_here(module, seeds, tell))
    return result
