"""The ready-made agents by name, and which of them plays where nobody is named; light, for command lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "pretrained"
WEIGHTS = "weights.safetensors"
PREFIX = "pretrained:"
PREFERRED = ("zero", "master")  # the first that there is
BY_MATCHES = {"go9": ("master", "zero")}  # who wins them (benchmarks/RESULTS.md)


def agent_names(world: str) -> list[str]:
    """The ready-made agents of a game."""
    return sorted(path.parent.name for path in (FOLDER / world).glob(f"*/{WEIGHTS}"))


def preferred_agent(world: str) -> str | None:
    """Which of a game's agents plays where nobody is named; None where neither is there."""
    order = BY_MATCHES.get(world, PREFERRED)
    return next((name for name in order if name in agent_names(world)), None)


def preferred_of(names: Sequence[str], world: str) -> str:
    """That agent of a game where it is among the names, in full or not; else the first of them."""
    of = {name.removeprefix(PREFIX): name for name in names}
    return of.get(preferred_agent(world) or "", names[0])


def in_full(name: str, world: str) -> str:
    """A player's name in full: a ready-made agent of that game needs no "pretrained:" before it, with
    .sampled or @400 behind it or without. Every other name stays as it is."""
    base = re.split("[.@]", name)[0]
    is_agent = base in agent_names(world) and not name.endswith(".py")
    return PREFIX + name if is_agent else name


def worlds_of(name: str) -> list[str]:
    """The games that have a ready-made agent of that name."""
    return sorted(folder.name for folder in FOLDER.glob("*") if name in agent_names(folder.name))
