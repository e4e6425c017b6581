"""A made-up finished run: the files that the tasks of a comparison leave behind, with plausible numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from agents.config import LADDER_ARMS, CompareConfig, TeacherConfig
from agents.experiment import board_experiment
from agents.ladder import IMITATE, RUNGS
from agents.match_plan import Match, matches
from agents.result import board_world
from lab.curve import CurveRow, curve_path
from lab.statistics import wilson

Json = dict[str, Any]
LADDER = replace(CompareConfig(), preset="ladder", arms=LADDER_ARMS, teachers=TeacherConfig(("perfect",)))
ONE_ARM = replace(CompareConfig(), arms=("zero",), counter_human="none")
RATES = {"imitator": 0.56, "winners": 0.62, "own-wins": 0.64, "policy-gradient": 0.7, "alphago": 0.56}
RATES |= {"master": 0.75, "zero": 0.73, "imitate-zero": 0.74, "imitate-perfect": 0.77}


def share(rate: float, n: int = 1500) -> Json:
    return wilson(round(rate * n), n).to_json()


def write_run(folder: Path, config: CompareConfig) -> None:
    """Curves, scores and matches of every arm of the comparison, raw AlphaGo's among them as older plans had
    them; and, where there are teachers, the sweep."""
    (folder / "results").mkdir(parents=True)
    for arm in board_experiment(config).arms:
        _write_arm(folder, arm.name)
    old = [Match("ceiling", "alphago", f"{config.human}.{line}") for line in ("recorded", "best")]
    for match in (*matches(config), *old, Match("ceiling", "alphago", "alphabeta-4")):
        write_match(folder, match, 0.62)
    for teacher in config.teachers.teachers:
        scores = {style: share(0.7) for style in ("teacher_score", "sampled", "greedy")}
        row = {"teacher": teacher, **scores, "winners": None, "cpu_seconds": 40.0, "positions": 60_000}
        _write(folder / "results" / f"teacher-{teacher}.json", row)


def write_match(folder: Path, match: Match, rate: float) -> None:
    """The file of a match in which the first scored that rate."""
    wins = round(400 * rate)
    entry = {
        "panel": match.panel,
        "first": match.first.rstrip("@"),
        "second": match.second.rstrip("@"),
        "first_simulations": 64 * match.first.endswith("@"),
        "second_simulations": 64 * match.second.endswith("@"),
        "score": share(rate, 400),
        **{"wins": wins, "draws": 0, "losses": 400 - wins, "games": 400},
        **{"distinct_games": 390, "openings": 180},
    }
    _write(match_path(folder, match.name), entry)


def match_path(folder: Path, name: str) -> Path:
    return folder / "results" / f"{name.replace(' ', '-')}.json"


def _write_arm(folder: Path, arm: str) -> None:
    rate, own = RATES.get(arm, 0.58), 100.0 + len(arm)
    curve = curve_path(folder, arm)
    curve.parent.mkdir(parents=True)
    rows = []
    for step in (1, 2):
        score = wilson(round(1500 * (rate - 0.1 * (2 - step))), 1500)
        tags = dict.fromkeys(("score/rate", "score/sampled", "score/searched"), score)
        rows.append(CurveRow(arm, "learn", step, own * step / 2, 30_000 * step, tags))
    curve.write_text("".join(row.to_line() for row in rows))
    styles = {"greedy": rate, "sampled": rate - 0.04, "searched": rate + 0.1}
    scores = {style: {"hard": share(rate), "all": share(rate)} for style, rate in styles.items()}
    _write(folder / "results" / f"score-{arm}.json", scores)
    if arm not in RUNGS or RUNGS[arm].function == IMITATE:
        accuracy = {"accuracy": share(0.5), "accuracy_ceiling": 0.53, "cross_entropy": 1.3}
        entry = {"arm": arm, **accuracy, "entropy_floor": 1.2, "games": 58_000, "positions": 900_000}
        _write(curve.parent / "imitation.json", entry)


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))


def result_of_run(folder: Path, config: CompareConfig) -> Json:
    """The result of such a run of one seed, with the fields that agents.runs puts around its world."""
    arms = tuple(arm.name for arm in board_experiment(config).arms)
    return {
        "schema": "move37-result/1",
        "command": "python train.py compare",
        "config": {"human": config.human},
        "preset": config.preset,
        "seed": config.seed,
        "created": "2026-11-21T15:00:00",
        "versions": {"move37": "0.1.0"},
        "machine": {"cores": 2},
        "times": {"wall_seconds": 1.0, "cpu_seconds": 2.0, "phases": []},
        "worlds": [board_world(folder, config, arms)],
        "boards": [],
    }
