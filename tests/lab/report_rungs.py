"""Ten made-up arms: their ladder, headline rows, curves, shipped bands and paths of prediction."""

from __future__ import annotations

import math
from typing import Any

from report_sample import rising, share

Json = dict[str, Any]
RUNGS: list[tuple[str, str, str, str, float | None, float | None, float, float, float, int | None]] = [
    (
        "imitator",
        "imitate all",
        "every move of the human",
        "scratch",
        0.672,
        0.556,
        0.846,
        300,
        300,
        60_000,
    ),
    (
        "winners",
        "imitate winners only",
        "verified outcomes choose the games",
        "scratch",
        0.699,
        0.58,
        0.851,
        300,
        300,
        60_000,
    ),
    ("own-wins", "own wins only", "its own games", "imitator", 0.728, 0.66, 0.858, 420, 720, 51_200),
    (
        "policy-gradient",
        "policy gradient",
        "pushes losing moves down",
        "imitator",
        0.742,
        0.731,
        0.861,
        430,
        730,
        51_200,
    ),
    (
        "alphago",
        "AlphaGo",
        "a value network, and search in play",
        "policy-gradient",
        None,
        None,
        0.902,
        260,
        990,
        40_000,
    ),
    ("master", "Master", "search inside learning", "imitator", 0.861, 0.84, 0.936, 1500, 1800, 24_000),
    ("zero", "Zero", "no human at all", "scratch", 0.866, 0.842, 0.941, 1790, 1790, 26_000),
    (
        "imitate-perfect",
        "imitate the perfect player",
        "another teacher",
        "scratch",
        0.83,
        0.74,
        0.92,
        300,
        300,
        None,
    ),
    ("imitate-zero", "imitate Zero", "another teacher", "scratch", 0.801, 0.77, 0.909, 300, 2090, 60_000),
]


def ladder() -> list[Json]:
    """Seven rungs and two controls, one ingredient at a time."""
    return [
        {
            "arm": arm,
            "title": title,
            "ingredient": ingredient,
            "note": "AlphaGo: equal simulations, not equal CPU." if arm == "alphago" else None,
            "starts": starts,
            "control": arm.startswith("imitate-"),
            "raw": None if raw is None else share(raw),
            "sampled": None if sampled is None else share(sampled),
            "searched": share(searched),
            "simulations": 64,
            "cpu_seconds": float(own),
            "total_cpu_seconds": float(total),
            "games": games,
        }
        for arm, title, ingredient, starts, raw, sampled, searched, own, total, games in RUNGS
    ]


def headline_rows() -> list[Json]:
    """The headline's rows of the rungs."""
    rows = []
    for rung in ladder():
        row = {"arm": rung["arm"], "cpu_seconds": rung["cpu_seconds"], "games": rung["games"]}
        label = rung["arm"] if rung["arm"] in ("zero", "alphago") else f"{rung['arm']}, greedy"
        rows.append(
            {**row, "player": label, "raw": rung["raw"], "searched": rung["searched"], "simulations": 64}
        )
        if rung["arm"] not in ("zero", "alphago"):
            none = {"searched": None, "simulations": None}
            rows.append({**row, "player": f"{rung['arm']}, sampled", "raw": rung["sampled"], **none})
    return rows


def all_curves() -> list[Json]:
    """Raw and searched curves of every rung; AlphaGo, which learns no new policy, has the searched one."""
    curves = []
    for number, rung in enumerate(ladder()):
        start = 0.62 if rung["starts"] != "scratch" else 0.45
        for series, end in (
            ("raw", rung["raw"]),
            ("searched", rung["searched"]),
            ("sampled", rung["sampled"]),
        ):
            if end is None:
                continue
            shift = {"raw": 0.0, "searched": 0.15, "sampled": -0.08}[series]
            points = rising(start + shift, end["rate"], rung["cpu_seconds"], 8, 0.008, 50 + number)
            for point in points:
                point["games"] = (rung["games"] or 0) * point["step"] // 8
            name = "greedy" if series == "raw" and rung["arm"] != "zero" else series
            curves.append({"arm": rung["arm"], "series": name, "points": points})
    return curves


def bands() -> list[Json]:
    """Many-seed curves of two arms."""
    made = []
    for arm, series, end, seconds, games in (
        ("imitator", "greedy", 0.675, 310.0, 60_000),
        ("zero", "raw", 0.85, 1800.0, 26_000),
    ):
        points = []
        for step in range(1, 9):
            middle = end - 0.3 * math.exp(-3.0 * step / 8)
            place = {"cpu_seconds": seconds * step / 8, "games": games * step // 8}
            points.append({**place, "low": middle - 0.03, "middle": middle, "high": middle + 0.02})
        made.append(
            {
                "arm": arm,
                "series": series,
                "seeds": 5,
                "source": "results/connect_four-standard.json",
                "points": points,
            }
        )
    return made


def prediction() -> Json:
    """Paths of accuracy and strength: zero leaves humans behind and predicts them worse."""
    ends = {
        "imitator": (0.22, 0.461, 0.672),
        "winners": (0.21, 0.44, 0.699),
        "own-wins": (0.46, 0.42, 0.728),
        "policy-gradient": (0.46, 0.38, 0.742),
        "master": (0.46, 0.335, 0.861),
        "zero": (0.18, 0.318, 0.866),
        "imitate-perfect": (0.2, 0.34, 0.83),
    }
    arms = []
    for arm, (first, last, strength) in ends.items():
        points = []
        start = 0.62 if first > 0.4 else 0.4
        for step in range(1, 7):
            done = 1 - math.exp(-3.5 * step / 6)
            accuracy = first + (last - first) * done
            points.append(
                {
                    "cpu_seconds": 50.0 * step,
                    "games": 9000 * step,
                    "accuracy": share(accuracy, 20_000),
                    "strength": share(start + (strength - start) * done),
                }
            )
        points[-1].update(accuracy=share(last, 20_000), strength=share(strength))
        arms.append({"arm": arm, "points": points})
    return {"human": "forgetful", "ceiling": 0.4672, "arms": arms}
