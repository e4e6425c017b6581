"""Curves of many seeds that come with the project, drawn under a user's own run, which has one.

    python -m agents.shipped RUN [RUN ...] --out results/connect_four-ladder.json

The runs are finished comparisons of one preset, each of its own seeds. The file is small: per arm and
series the points of all seeds, per arm every seed's scores at the end, and every match on every seed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import median
from typing import Any

from agents.config import CompareConfig
from lab.durable import replace_file

FOLDER = Path(__file__).resolve().parents[1] / "results"
SCHEMA = "move37-bands/1"
SOURCES = {"quick": "ladder"}


def bands_of(config: CompareConfig) -> list[dict[str, Any]]:
    """The shipped bands for a run of these settings: those of the same preset and human, or none.

    Quick has the ladder's first arms with the same counts, and so its bands. A user's run with other
    counts is drawn over them all the same; the report names their source.
    """
    path = FOLDER / f"{config.world}-{SOURCES.get(config.preset, config.preset)}.json"
    if not path.exists():
        return []
    shipped = json.loads(path.read_text())
    if shipped["schema"] != SCHEMA or shipped["human"] != config.human:
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


def shipped_file(results: list[dict[str, Any]]) -> dict[str, Any]:
    """What is shipped of comparisons, of one seed or several each. Raises ValueError where a seed comes
    twice or the humans or presets differ."""
    runs = [run for result in results for run in (result["seeds"] or [result])]
    seeds = [run["seed"] for run in runs]
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"each seed may come once, and these are {seeds}")
    kinds = {(run["config"]["human"], run["preset"]) for run in runs}
    if len(kinds) > 1:
        raise ValueError(f"runs of one human and one preset are put together, and these are {kinds}")
    worlds = [run["worlds"][0] for run in runs]
    return {
        "schema": SCHEMA,
        "commands": sorted({run["command"] for run in runs}),
        "created": max(run["created"] for run in runs),
        "versions": runs[0]["versions"],
        "machine": runs[0]["machine"],
        "human": runs[0]["config"]["human"],
        "preset": runs[0]["preset"],
        "seeds": seeds,
        "lines": worlds[0]["panels"][0]["lines"],
        "bands": _bands([world["panels"][0]["curves"] for world in worlds]),
        "ladder": [_rung([world["ladder"][i] for world in worlds]) for i in range(len(worlds[0]["ladder"]))],
        "matches": _matches([world["panels"][0]["matches"] for world in worlds]),
    }


def _bands(curves: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One band a curve, over the seeds' curves of the same arm and series, point by point."""
    bands = []
    for alike in zip(*curves, strict=True):
        points = [_point(list(points)) for points in zip(*(curve["points"] for curve in alike), strict=True)]
        bands.append({"arm": alike[0]["arm"], "series": alike[0]["series"], "points": points})
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


def _rung(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """An arm's scores at the end, a list over the seeds each."""
    rates = {
        style: [round(entry[style]["rate"], 4) for entry in entries]
        for style in ("raw", "sampled", "searched")
    }
    return {
        "arm": entries[0]["arm"],
        **rates,
        "simulations": entries[0]["simulations"],
        "total_cpu_seconds": [round(entry["total_cpu_seconds"], 1) for entry in entries],
        "games": [entry["games"] for entry in entries],
    }


def _matches(played: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Every match with its score and interval on every seed."""
    sides = ("first", "second", "first_simulations", "second_simulations")
    return [
        {
            **{side: alike[0][side] for side in sides},
            "scores": [[round(match["score"][key], 4) for key in ("rate", "low", "high")] for match in alike],
        }
        for alike in zip(*played, strict=True)
    ]


def main() -> None:
    """Write the file that is shipped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="run folders of finished comparisons")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    results = [json.loads((run / "result.json").read_text()) for run in arguments.runs]
    replace_file(arguments.out, (json.dumps(shipped_file(results)) + "\n").encode())


if __name__ == "__main__":
    main()
