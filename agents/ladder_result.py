"""What the ladder shows, from the files of a finished run: rungs, predictions, and the further studies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.config import CompareConfig
from agents.ladder import RUNGS
from lab.curve import CurveRow, curve_path, read_curve
from lab.measured import read_measured
from lab.result_rows import ladder_rows, total_costs
from lab.shipped import bands_of
from lab.statistics import Score

TAUGHT_ON = {  # teachers of the sweep that do not teach whole games
    "perfect": "positions of the human's games from ply 16 on",
}
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
        **{field: read_measured(folder, name) for field, name in STUDIES.items()},
    }


def _ladder(folder: Path, config: CompareConfig, rungs: list[str]) -> list[dict[str, Any]]:
    rows, totals = [RUNGS[name] for name in rungs], total_costs(folder, rungs, ancestors)
    return ladder_rows(folder, rows, "hard", config.evaluation.simulations, totals, games_of)


def ancestors(name: str) -> set[str]:
    """Every arm whose learning an arm stands on."""
    needs = set(RUNGS[name].needs) if name in RUNGS else set()
    return needs.union(*(ancestors(need) for need in needs))


def games_of(row: CurveRow) -> int | None:
    """The games that an arm has played or imitated by then; None where its lessons are no games."""
    return None if row.arm in RUNGS and RUNGS[row.arm].no_games else row.games


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
                cost = {"cpu_seconds": row.cpu_seconds, "games": games_of(row) or 0}
                points.append({**cost, "accuracy": accuracy.to_json(), "strength": strength.to_json()})
        if points:
            arms.append({"arm": name, "points": points})
    return {"human": config.human, "ceiling": ceiling, "arms": arms} if arms else None


def _teachers(folder: Path, config: CompareConfig, rungs: list[str]) -> dict[str, Any] | None:
    rows = [
        {**row, "taught_on": TAUGHT_ON.get(teacher)}
        for teacher in config.teachers.teachers
        if (row := read_measured(folder, f"teacher-{teacher}")) is not None
    ]
    totals = total_costs(folder, rungs, ancestors)
    lines = [
        {
            "label": f"{RUNGS[name].title}, raw",
            "score": read_measured(folder, f"score-{name}")["greedy"]["hard"],
            "cpu_seconds": totals[name],
        }
        for name in ("policy-gradient", "master", "zero")
        if name in rungs
    ]
    return {"rows": rows, "lines": lines} if rows else None
