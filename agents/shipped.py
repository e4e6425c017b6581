"""Curves of many seeds that come with the project, drawn under a user's own run, which has one.

    python -m agents.shipped RUN --out results/connect_four-ladder.json

RUN is a comparison with --seeds N. The file is small: per arm and series the points of all seeds, and
per arm every seed's scores at the end.
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
        {**band, "seeds": len(shipped["seeds"]), "source": f"results/{path.name}"}
        for band in shipped["bands"]
        if band["arm"] in config.arms
    ]


def shipped_file(result: dict[str, Any]) -> dict[str, Any]:
    """What is shipped of a result of several seeds. Raises ValueError for a result of one seed."""
    runs = result["seeds"]
    if not runs:
        raise ValueError("bands need a comparison of several seeds: train.py compare --seeds 5")
    worlds = [run["worlds"][0] for run in runs]
    return {
        "schema": SCHEMA,
        "command": result["command"],
        "created": result["created"],
        "versions": result["versions"],
        "machine": result["machine"],
        "human": result["config"]["human"],
        "seeds": [run["seed"] for run in runs],
        "bands": _bands([world["panels"][0]["curves"] for world in worlds]),
        "ladder": [_rung([world["ladder"][i] for world in worlds]) for i in range(len(worlds[0]["ladder"]))],
    }


def _bands(curves: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One band a curve, over the seeds' curves of the same arm and series, point by point."""
    bands = []
    for alike in zip(*curves, strict=True):
        points = [_point(list(points)) for points in zip(*(curve["points"] for curve in alike), strict=True)]
        bands.append({"arm": alike[0]["arm"], "series": alike[0]["series"], "points": points})
    return bands


def _point(points: list[dict[str, Any]]) -> dict[str, Any]:
    rates = [point["score"]["rate"] for point in points]
    return {
        "cpu_seconds": round(median(point["cpu_seconds"] for point in points), 2),
        "games": round(median(point["games"] for point in points)),
        "low": round(min(rates), 4),
        "middle": round(median(rates), 4),
        "high": round(max(rates), 4),
    }


def _rung(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """An arm's scores at the end, a list over the seeds each."""
    rates = {
        style: [round(entry[style]["rate"], 4) for entry in entries]
        for style in ("raw", "sampled", "searched")
    }
    return {
        "arm": entries[0]["arm"],
        **rates,
        "total_cpu_seconds": [round(entry["total_cpu_seconds"], 1) for entry in entries],
        "games": [entry["games"] for entry in entries],
    }


def main() -> None:
    """Write the file that is shipped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path, help="run folder of a comparison of several seeds")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    result = json.loads((arguments.run / "result.json").read_text())
    replace_file(arguments.out, (json.dumps(shipped_file(result), indent=None) + "\n").encode())


if __name__ == "__main__":
    main()
