"""The rungs of a finished run's ladder with what they cost, and what shown answers were worth in checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.curve import curve_path, read_curve
from lab.measured import read_imitation, read_measured
from lab.result_rows import curve_points, ladder_rows, last_row, total_costs
from llm_bridge.config import CompareConfig
from llm_bridge.ladder import RUNGS, ancestors, start_of


def ladder_field(folder: Path, config: CompareConfig, rungs: list[str]) -> list[dict[str, Any]]:
    """The `ladder` field of a world (docs/result.md)."""
    entries = ladder_rows(
        folder,
        [RUNGS[name] for name in rungs],
        "all",
        config.evaluation.votes,
        costs_of(folder, config, tuple(rungs)),
        starts_of=lambda name: start_of(name, config),
    )
    checks = checks_of(folder, tuple(rungs))
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


def costs_of(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, float]:
    """What each arm cost in CPU seconds, with all that it starts from."""
    return total_costs(folder, arms, lambda arm: ancestors(arm, config))


def checks_of(folder: Path, arms: tuple[str, ...]) -> dict[str, int]:
    """How many answers the verifier looked at for each arm."""
    checks = {}
    for arm in arms:
        taught = read_imitation(folder, arm)
        checks[arm] = taught["verifier_calls"] if taught else last_row(folder, arm).games
    return checks
