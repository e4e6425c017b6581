"""Curves of many seeds that come with the project, drawn under a user's own run, which has one.

    python -m lab.shipped RUN [RUN ...] --out results/connect_four-ladder.json

The runs are finished comparisons of one preset, each of its own seeds. The file is small: per arm and
series the points of all seeds, per arm every seed's scores at the end, every match on every seed, and
everybody's rating on the first of them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from lab.durable import replace_file

FOLDER = Path(__file__).resolve().parents[1] / "results"
SCHEMA = "move37-bands/1"
SOURCES = {"quick": "ladder"}
SIDES = ("first", "second", "first_simulations", "second_simulations")
Entries = list[dict[str, Any]]


class CannotShip(ValueError):  # noqa: N818
    """Results of which no file of many seeds can be made; the message names what is wrong."""


def bands_of(config: Any) -> list[dict[str, Any]]:
    """The shipped bands for a run of a wing's settings: those of the same world, task, preset and human, or
    none.

    Quick has the ladder's first arms with the same counts, and so its bands. A user's run with other
    counts is drawn over them all the same; the report names their source.
    """
    path = FOLDER / f"{config.world}-{SOURCES.get(config.preset, config.preset)}.json"
    if not path.exists():
        return []
    shipped = json.loads(path.read_text())
    asked = vars(config).get("task")  # where a world has several
    if (shipped["schema"], shipped["human"], shipped.get("task")) != (SCHEMA, config.human, asked):
        return []
    return [
        {
            **band,
            "points": [_drawn(point) for point in band["points"]],
            "seeds": len(shipped["seeds"]),
            "source": f"results/{path.name}",
        }
        for band in shipped["bands"]
        if band["arm"] in config.arms
    ]


def _repeatable(command: str) -> str:
    """A command without the folder that it wrote to, which is another on every machine."""
    return re.sub(r" --(out|json)[ =]\S+", "", command)


def shipped_file(results: list[dict[str, Any]]) -> dict[str, Any]:
    """What is shipped of comparisons, of one seed or several each.

    Raises CannotShip where a seed comes twice, humans or presets differ, a run has no ladder (one arm
    alone learned), or an arm, curve or match is not in every run.
    """
    runs = [run for result in results for run in (result.get("seeds") or [result])]
    seeds = [run["seed"] for run in runs]
    if len(set(seeds)) < len(seeds):
        raise CannotShip(f"each seed may come once, and these are {seeds}")
    kinds = {(run["config"]["human"], run["preset"], run["config"].get("task")) for run in runs}
    if len(kinds) > 1:
        raise CannotShip(f"runs of one human, preset and task are put together, and these are {kinds}")
    worlds = [run["worlds"][0] for run in runs]
    if alone := [seed for seed, world in zip(seeds, worlds, strict=True) if not world.get("ladder")]:
        raise CannotShip(f"no ladder in the results of seeds {alone}: runs of several arms are shipped")
    return {
        "schema": SCHEMA,
        "commands": sorted({_repeatable(run["command"]) for run in runs}),
        "created": max(run["created"] for run in runs),
        "versions": runs[0]["versions"],
        "machine": runs[0]["machine"],
        "human": runs[0]["config"]["human"],
        "task": runs[0]["config"].get("task"),
        "preset": runs[0]["preset"],
        "seeds": seeds,
        "lines": worlds[0]["panels"][0]["lines"],
        "bands": _bands([world["panels"][0]["curves"] for world in worlds]),
        "ladder": [_rung(rungs) for rungs in _alike("an arm", [world["ladder"] for world in worlds], _arm)],
        "matches": _matches([world["panels"][0]["matches"] for world in worlds]),
        "ratings": _ratings(seeds, worlds),
    }


def _arm(entry: dict[str, Any]) -> str:
    return str(entry["arm"])


def _alike(what: str, runs: list[Entries], name: Callable[[dict[str, Any]], str]) -> list[Entries]:
    """For each entry of the first run the entries of all runs that bear its name, in the order of the runs.

    Raises CannotShip where a name comes twice in a run, or is not in every run.
    """
    named = [{name(entry): entry for entry in entries} for entries in runs]
    for entries, names in zip(runs, named, strict=True):
        if len(names) < len(entries):
            raise CannotShip(f"{what} twice in one run: {', '.join(map(name, entries))}")
        if odd := sorted(set(names) ^ set(named[0])):
            raise CannotShip(f"{what} not in every run: {', '.join(odd)}")
    return [[names[one] for names in named] for one in named[0]]


def _bands(curves: list[Entries]) -> Entries:
    """One band a curve, over the seeds' curves of the same arm and series, point by point."""
    bands = []
    for alike in _alike("a curve", curves, lambda curve: f"{curve['arm']}, {curve['series']}"):
        arm, series = alike[0]["arm"], alike[0]["series"]
        steps = _alike(
            f"a step of {arm}, {series}",
            [curve["points"] for curve in alike],
            lambda point: str(point["step"]),
        )
        bands.append({"arm": arm, "series": series, "points": [_point(points) for points in steps]})
    return bands


def _point(points: list[dict[str, Any]]) -> dict[str, Any]:
    """A point of every seed: costs in the middle, scores of all."""
    return {
        "cpu_seconds": round(median(point["cpu_seconds"] for point in points), 2),
        "games": round(median(point["games"] for point in points)),
        "scores": [round(point["score"]["rate"], 4) for point in points],
    }


def _drawn(point: dict[str, Any]) -> dict[str, Any]:
    """A shipped point as the report draws it: its scores' range and middle."""
    scores = point["scores"]
    cost = {"cpu_seconds": point["cpu_seconds"], "games": point["games"]}
    return {**cost, "low": min(scores), "middle": median(scores), "high": max(scores)}


def _rung(entries: Entries) -> dict[str, Any]:
    """An arm's scores at the end, a list over the seeds each; None where it has no such score."""
    rates = {
        style: [round(entry[style]["rate"], 4) for entry in entries]
        if all(entry[style] for entry in entries)
        else None
        for style in ("raw", "sampled", "searched")
    }
    return {
        "arm": entries[0]["arm"],
        **rates,
        "simulations": entries[0]["simulations"],
        "total_cpu_seconds": [round(entry["total_cpu_seconds"], 1) for entry in entries],
        "games": [entry["games"] for entry in entries],
    }


def _ratings(seeds: list[int], worlds: Entries) -> dict[str, Any] | None:
    """Everybody's rating on the first seed that rated its players, on which others can find their place."""
    for seed, world in zip(seeds, worlds, strict=True):
        if rated := world.get("ratings"):
            kept = ("player", "rating", "low", "high", "games", "bound")
            players = [{key: _tenth(player[key]) for key in kept} for player in rated["players"]]
            return {
                "seed": seed,
                **{key: rated[key] for key in ("anchor", "scale", "prior")},
                "players": players,
            }
    return None


def _tenth(value: Any) -> Any:
    return round(value, 1) if isinstance(value, float) else value


def _matches(played: list[Entries]) -> Entries:
    """Every match with its score and interval on every seed."""
    return [
        {
            **{side: alike[0][side] for side in SIDES},
            "scores": [[round(match["score"][key], 4) for key in ("rate", "low", "high")] for match in alike],
        }
        for alike in _alike("a match", played, lambda match: " ".join(str(match[side]) for side in SIDES))
    ]


def main() -> None:
    """Write the file that is shipped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="run folders of finished comparisons")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        results = [json.loads((run / "result.json").read_text()) for run in arguments.runs]
        shipped = shipped_file(results)
    except (OSError, ValueError) as error:  # json's errors and CannotShip are ValueErrors
        parser.error(str(error))
    replace_file(arguments.out, (json.dumps(shipped) + "\n").encode())


if __name__ == "__main__":
    main()
