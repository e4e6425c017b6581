"""The rungs of a finished run's ladder with what they cost, and what shown answers were worth in checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.curve import CurveRow, curve_path, read_curve
from lab.measured import read_imitation, read_measured
from lab.result_rows import curve_points
from llm_bridge.config import CompareConfig
from llm_bridge.ladder import RUNGS, ancestors, start_of


def ladder_rows(folder: Path, config: CompareConfig, rungs: list[str]) -> list[dict[str, Any]]:
    """The `ladder` field of a world (docs/result.md)."""
    totals, checks = total_costs(folder, config, tuple(rungs)), checks_of(folder, tuple(rungs))
    entries = []
    for name in rungs:
        rung, last = RUNGS[name], last_row(folder, name)
        score = read_measured(folder, f"score-{name}")
        entries.append(
            {
                "arm": name,
                "title": rung.title,
                "ingredient": rung.ingredient,
                "note": rung.note or None,
                "starts": start_of(name, config),
                "control": rung.control,
                "raw": score["greedy"]["all"],
                "sampled": score["sampled"]["all"],
                "searched": score["searched"]["all"],
                "simulations": config.evaluation.votes,
                "cpu_seconds": last.cpu_seconds,
                "total_cpu_seconds": totals[name],
                "games": last.games,
            }
        )
    told = "; ".join(f"{RUNGS[name].title} {count:,}" for name, count in checks.items() if count)
    if told:
        entries[-1]["note"] = f"Answers that the verifier looked at: {told}."
    return entries


def worth_of_shown(folder: Path, rungs: list[str]) -> list[dict[str, Any]] | None:
    """The `shown_worth` field of a world (docs/result.md): how many checks a learner needed to be as right as
    the imitator became by each number of true answers shown to it; None where none were shown."""
    rows = []
    for arm in (name for name in ("policy-gradient", "expert-iteration") if name in rungs):
        points = curve_points(read_curve(curve_path(folder, arm)), "score/rate")
        for shown in (name for name in rungs if name.startswith("shown-")):
            need = read_measured(folder, f"score-{shown}")["greedy"]["all"]["rate"]
            enough = (point["games"] for point in points if point["score"]["rate"] >= need)
            rows.append(
                {
                    "arm": arm,
                    "title": RUNGS[arm].title,
                    "answers": int(shown.removeprefix("shown-")),
                    "checks": [next(enough, None)],
                    "all_checks": points[-1]["games"],
                }
            )
    return rows or None


def worth_over_seeds(worlds: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The same field of the worlds of several seeds: their checks side by side."""
    fields = [world["shown_worth"] for world in worlds]
    if any(field is None for field in fields):
        return None
    return [
        {**rows[0], "checks": [checks for row in rows for checks in row["checks"]]}
        for rows in zip(*fields, strict=True)
    ]


def total_costs(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, float]:
    """What each arm cost in CPU seconds, with all that it starts from; a teacher's own learning is not
    the student's."""
    return {
        arm: sum(last_row(folder, one).cpu_seconds for one in {arm} | ancestors(arm, config)) for arm in arms
    }


def checks_of(folder: Path, arms: tuple[str, ...]) -> dict[str, int]:
    """How many answers the verifier looked at for each arm."""
    checks = {}
    for arm in arms:
        taught = read_imitation(folder, arm)
        checks[arm] = taught["verifier_calls"] if taught else last_row(folder, arm).games
    return checks


def last_row(folder: Path, arm: str) -> CurveRow:
    """The last row of an arm's curve: what it came to, at what cost."""
    return read_curve(curve_path(folder, arm))[-1]
