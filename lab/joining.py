"""The results of several worlds, each run by itself, as one: what the report puts side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.analogy import analogy_rows

Result = dict[str, Any]


def join_worlds(
    parts: list[Result], config: dict[str, Any], told: list[Callable[[dict[str, Any]], dict[str, Any]]]
) -> Result:
    """One result of all worlds; `told`: for each world, what it shows in every row of the analogy.

    Times are summed, boards and worlds put one after the other, seeds that all have joined one by one.
    """
    joined = _joined(parts, config)
    seeds = [{one["seed"]: one for one in part.get("seeds") or []} for part in parts]
    if all(seeds):
        common = [seed for seed in seeds[0] if all(seed in others for others in seeds)]
        joined["seeds"] = [_joined([of_one[seed] for of_one in seeds], config) for seed in common]
    worlds = [part["worlds"][0] for part in parts]
    if len(worlds) == 2:
        joined["analogy"] = analogy_rows(*(tell(world) for tell, world in zip(told, worlds, strict=True)))
    return joined


def _joined(parts: list[Result], config: dict[str, Any]) -> Result:
    times = [part["times"] for part in parts]
    boards = [board for part in parts for board in part.get("boards") or []]
    return {
        **parts[0],
        "config": config,
        "worlds": [world for part in parts for world in part["worlds"]],
        "boards": boards or None,
        "times": {
            "wall_seconds": sum(time["wall_seconds"] for time in times),
            "cpu_seconds": sum(time["cpu_seconds"] for time in times),
            "phases": [
                {**phase, "arm": _in_world(part, phase["arm"]), "phase": _in_world(part, phase["phase"])}
                for part in parts
                for phase in part["times"]["phases"]
            ],
        },
    }


def _in_world(part: Result, name: str) -> str:
    """A task's name with its world's, where another world may have one of the same name."""
    return f"{name} ({part['worlds'][0]['title']})"
