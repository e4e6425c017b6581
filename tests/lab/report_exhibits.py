"""A made-up result with every exhibit of a world, the ladder of ten arms included."""

from __future__ import annotations

import math
from typing import Any

from report_rungs import all_curves, bands, headline_rows, ladder, prediction
from report_sample import sample_result, share

from lab.statistics import wilson

Json = dict[str, Any]
FIELDS: tuple[str, ...] = (
    "ladder",
    "bands",
    "ratings",
    "prediction",
    "policy_gradient",
    "value_lesson",
    "priors",
    "teachers",
)
FIELDS += ("surprise",)


def ratings() -> Json:
    """Players on the Elo scale, the best and the worst bounded."""
    players = [
        ("perfect", 980, 850, 1200, "at least"),
        ("zero with 64 simulations", 705, 640, 780, None),
        ("master with 64 simulations", 690, 625, 760, None),
        ("alphago with 64 simulations", 540, 480, 605, None),
        ("zero", 420, 365, 480, None),
        ("policy-gradient", 255, 205, 310, None),
        ("alphabeta-4", 240, 190, 300, None),
        ("imitator", 130, 85, 180, None),
        ("forgetful.recorded", 0, -40, 40, None),
        ("imitator.sampled", -12, -60, 35, None),
        ("random", -610, -900, -520, "at most"),
    ]
    return {
        "anchor": "forgetful.recorded",
        "scale": "Elo",
        "prior": "one drawn game of each player against a player of rating 0",
        "players": [
            {
                "player": p,
                "rating": float(r),
                "low": float(low),
                "high": float(high),
                "games": 800,
                "bound": b,
            }
            for p, r, low, high, b in players
        ],
        "transitivity": transitivity(),
        "matches": rated_matches(),
    }


def transitivity() -> Json:
    """One number a player is not enough here."""
    return {
        "p_value": 0.004,
        "statistic": 61.2,
        "degrees": 34,
        "text": "One number a player does not explain these games: some pairs play otherwise.",
        "worst": [
            {
                "first": "policy-gradient",
                "second": "alphabeta-4",
                "expected": 0.52,
                "score": share(0.34, 400),
            }
        ],
    }


def rated_matches() -> list[Json]:
    """Two of the matches behind the ratings."""
    return [
        {
            "first": "zero",
            "second": "policy-gradient",
            "wins": 280,
            "draws": 12,
            "losses": 108,
            "pairs": 200,
        },
        {
            "first": "policy-gradient",
            "second": "alphabeta-4",
            "wins": 130,
            "draws": 12,
            "losses": 258,
            "pairs": 200,
        },
    ]


def policy_gradient(against_imitator: float = 0.834) -> Json:
    """What the score against the sampled imitator is made of."""
    rows = [
        ("imitator.sampled", against_imitator, 0.845, 0.79),
        ("imitator", 0.58, 0.61, 0.55),
        ("forgetful.recorded", 0.86, 0.88, 0.81),
        ("forgetful.best", 0.63, 0.66, 0.6),
        ("alphabeta-4", 0.36, 0.34, 0.31),
    ]
    against = []
    for opponent, sampled, greedy, own in rows:
        for arm, style, rate in (
            ("policy-gradient", "sampled", sampled),
            ("policy-gradient", "greedy", greedy),
            ("own-wins", "sampled", own),
        ):
            against.append({"opponent": opponent, "arm": arm, "style": style, "score": share(rate, 400)})
    return {
        "against": against,
        "entropy": [
            {"player": "imitator", "entropy": 1.32},
            {"player": "own-wins", "entropy": 0.81},
            {"player": "policy-gradient", "entropy": 0.46},
        ],
        "sharpening": [
            {"player": f"imitator at temperature {t}", "entropy": e, "score": share(rate, 400)}
            for t, e, rate in ((0.75, 1.06, 0.61), (0.5, 0.72, 0.68), (0.25, 0.33, 0.73), (0, 0.0, 0.741))
        ],
        "text": "The same network, drawn at a lower temperature, has learned nothing new.",
    }


def errors(train: float, test: float, bend: float) -> Json:
    """Two error curves that fall from .9; the test error turns up again by `bend`."""
    points = []
    for step in range(1, 8):
        done = 1 - math.exp(-4 * step / 7)
        points.append(
            {
                "updates": 100 * step,
                "train": 0.9 - (0.9 - train) * done,
                "test": 0.9 - (0.9 - test + bend) * done + bend * (step / 7) ** 2,
            }
        )
    return {"games": 40_000, "points": points}


def surprise() -> Json:
    """Counts, base rates, precision, and the birth of two moves."""
    svg = (
        '<svg viewBox="0 0 70 60"><defs><linearGradient id="g"><stop offset="0" stop-color="#27508f"/>'
        '</linearGradient></defs><rect width="70" height="60" fill="url(#g)"/>'
        '<circle cx="35" cy="55" r="4" fill="#{}"/></svg>'
    )

    def certificate(player: str, rate: float, right: float | None, rare: float | None) -> Json:
        return {
            "player": player,
            "positions": 4000,
            "surprises": wilson(round(4000 * rate), 4000).to_json(),
            "right": None if right is None else share(right, 200),
            "equally_rare": None if rare is None else share(rare, 200),
            "text": None,
        }

    def birth(label: str, colour: str, rise: float) -> Json:
        points = [
            {
                "cpu_seconds": 150.0 * step,
                "games": 2000 * step,
                "probability": min(0.97, 2e-6 * math.exp(rise * step)),
            }
            for step in range(0, 13)
        ]
        return {
            "label": label,
            "caption": "The human never plays it.",
            "svg": svg.format(colour),
            "points": points,
        }

    return {
        "threshold": 0.0001,
        "certificates": [
            certificate("zero", 0.11, 0.71, 0.22),
            certificate("imitator with search", 0.06, 0.55, 0.21),
            certificate("random", 0.24, 0.22, 0.22),
        ],
        "lines": [certificate("zero", 0.31, 0.52, 0.2), certificate("random", 0.88, 0.05, 0.05)],
        "boards": [
            {"caption": "The rarest: column d, which the human cannot choose.", "svg": svg.format("d8a52d")},
            {"caption": "Column b, also never.", "svg": svg.format("c8442c")},
        ],
        "birth": [birth("Board 1", "d8a52d", 1.15), birth("Board 3", "1d1c1a", 0.6)],
    }


def teachers() -> Json:
    """A sweep of teachers: students of weak ones pass them, students of strong ones fall short."""
    rows = []
    for depth, score in enumerate((0.50, 0.56, 0.63, 0.68, 0.72, 0.77, 0.80, 0.83, 0.855, 0.87), 1):
        student = 0.47 + 0.62 * (score - 0.4)
        rows.append(
            {
                "teacher": f"alphabeta-{depth}",
                "teacher_score": share(score),
                "sampled": share(student - 0.05),
                "greedy": share(student + 0.05),
                "winners": share(student + 0.06),
                "cpu_seconds": 62.0,
            }
        )
    rows.append(
        {
            "teacher": "perfect",
            "teacher_score": share(1.0),
            "sampled": share(0.74),
            "greedy": share(0.83),
            "winners": None,
            "cpu_seconds": 61.0,
            "taught_on": "positions from ply 16 on",
        }
    )
    return {
        "rows": rows,
        "lines": [
            {"label": "policy-gradient", "score": share(0.742)},
            {"label": "zero, raw", "score": share(0.79), "cpu_seconds": 1790.0},
        ],
    }


def full_result() -> Json:
    """Everything a standard run may hold."""
    result = sample_result()
    world = result["worlds"][0]
    panel = world["panels"][0]
    panel["headline"] = panel["headline"][:2] + headline_rows()
    panel["curves"] = all_curves()
    world.update(
        ladder=ladder(),
        bands=bands(),
        ratings=ratings(),
        prediction=prediction(),
        policy_gradient=policy_gradient(),
        value_lesson={
            "positions": 40_000,
            "whole_games": errors(0.31, 0.58, 0.09),
            "one_position": errors(0.44, 0.455, 0.0),
            "human_games": errors(0.4, 0.61, 0.05),
            "unit": "mean squared error",
        },
        priors=[
            {
                "prior": p,
                "value": v,
                "simulations": 64,
                "score": share(s),
                "versus": share(w, 400) if w else None,
            }
            for p, v, s, w in (
                ("imitator", "value network, lambda 0.5", 0.907, 0.56),
                ("imitator", "value network", 0.902, None),
                ("policy-gradient", "value network", 0.871, 0.44),
                ("imitator", "rollouts", 0.862, 0.41),
            )
        ],
        teachers=teachers(),
        surprise=surprise(),
    )
    return result
