"""What the ladder shows, from the files of a finished run: rungs, predictions, and the further studies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agents.config import CompareConfig
from agents.ladder import RUNGS
from agents.shipped import bands_of
from lab.curve import CurveRow, curve_path, read_curve
from lab.statistics import Score

STUDIES = {  # field of a world -> file in results/
    "policy_gradient": "policy-gradient",
    "value_lesson": "value-lesson",
    "priors": "priors",
    "surprise": "surprise",
    "ratings": "ratings",
}


def ladder_fields(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a `worlds` entry that go beyond its panels (docs/result.md); null where not made."""
    rungs = [name for name in RUNGS if name in arms]
    return {
        "ladder": _ladder(folder, config, rungs) if len(rungs) > 1 else None,
        "prediction": _prediction(folder, config, rungs),
        "teachers": _teachers(folder, config, rungs),
        "bands": bands_of(config) or None,
        **{field: _read(folder / "results" / f"{name}.json") for field, name in STUDIES.items()},
    }


def _read(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else None


def _ladder(folder: Path, config: CompareConfig, rungs: list[str]) -> list[dict[str, Any]]:
    last = {name: _last(folder, name) for name in rungs}
    own = {name: row.cpu_seconds for name, row in last.items()}
    entries = []
    for name in rungs:
        rung = RUNGS[name]
        score = _read(folder / "results" / f"score-{name}.json")
        entries.append(
            {
                "arm": name,
                "title": rung.title,
                "ingredient": rung.ingredient,
                "starts": rung.starts,
                "control": rung.control,
                "raw": score["greedy"]["hard"],
                "sampled": score["sampled"]["hard"],
                "searched": score["searched"]["hard"],
                "simulations": config.evaluation.simulations,
                "cpu_seconds": own[name],
                # a teacher's own learning is not the student's
                "total_cpu_seconds": own[name] + sum(own[need] for need in _ancestors(name)),
                "games": last[name].games,
            }
        )
    return entries


def _ancestors(name: str) -> set[str]:
    """Every arm whose learning an arm stands on."""
    needs = set(RUNGS[name].needs)
    return needs.union(*(_ancestors(need) for need in needs))


def _last(folder: Path, arm: str) -> CurveRow:
    return read_curve(curve_path(folder, arm))[-1]


def _prediction(folder: Path, config: CompareConfig, rungs: list[str]) -> dict[str, Any] | None:
    """Accuracy on held-out human moves beside strength, for every arm over time."""
    arms = []
    ceiling = None
    for name in rungs:
        points = []
        for row in read_curve(curve_path(folder, name)):
            accuracy, strength = row.tags.get("prediction/accuracy"), row.tags.get("score/rate")
            if isinstance(accuracy, Score) and isinstance(strength, Score):
                ceiling = row.tags.get("prediction/ceiling", ceiling)
                cost = {"cpu_seconds": row.cpu_seconds, "games": row.games}
                points.append({**cost, "accuracy": accuracy.to_json(), "strength": strength.to_json()})
        if points:
            arms.append({"arm": name, "points": points})
    return {"human": config.human, "ceiling": ceiling, "arms": arms} if arms else None


def _teachers(folder: Path, config: CompareConfig, rungs: list[str]) -> dict[str, Any] | None:
    rows = [
        row
        for teacher in config.teachers.teachers
        if (row := _read(folder / "results" / f"teacher-{teacher}.json")) is not None
    ]
    lines = [
        {
            "label": f"{RUNGS[name].title}, raw",
            "score": _read(folder / "results" / f"score-{name}.json")["greedy"]["hard"],
        }
        for name in ("policy-gradient", "master", "zero")
        if name in rungs
    ]
    return {"rows": rows, "lines": lines} if rows else None
