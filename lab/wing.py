"""What a half of the house tells the roof: how its runs are made, gone on with and put into words.

The roof knows every wing by the name of its world; nothing of a wing is imported before it is needed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.experiment import Experiment
from lab.presets import Preset
from lab.run import RunError

Wings = Mapping[str, str]  # world -> "module:name" of its Wing
Entry = dict[str, Any]  # of `worlds` in a result (docs/result.md)


def _nothing(_: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Wing:
    """A world and its experiment.

    config: the dataclass of its settings, with `seed`, `human`, `workers`, `device`, `preset`, `studies`;
    preset: name -> settings; experiment: (config, job) -> what is to be done; entry: (folder, config,
    arms) -> the finished run as an entry of `worlds`; precision: device -> what networks compute in;
    then: the folder of a finished run of one seed -> what to do with it, in words; over_seeds: the entries
    of several seeds, each with its `seed`, -> the fields of the pooled one that only all together tell;
    analogy: entry -> what this half shows in each row of the analogy (lab/analogy.py).
    """

    world: str
    config: type
    preset: Callable[[Preset], Any]
    experiment: Callable[[Any, str], Experiment]
    entry: Callable[[Path, Any, tuple[str, ...]], Entry]
    precision: Callable[[str], str]
    then: Callable[[Path], str]
    over_seeds: Callable[[list[Entry]], dict[str, Any]] = _nothing
    analogy: Callable[[Entry], dict[str, Any]] = _nothing


def open_wing(wings: Wings, world: str) -> Wing:
    """The wing of a world; raises RunError for one that has none."""
    if world not in wings:
        raise RunError(
            f"no experiment for the world {world!r} in this version; there are: {', '.join(wings)}"
        )
    module, _, name = wings[world].partition(":")
    wing: Wing = getattr(importlib.import_module(module), name)
    return wing
