"""The fields of a result and their kinds, as plain data (in words: docs/result.md).

`str`, `int`, `float` and `dict` stand for themselves, a tuple for its values, a list for a list whose items
are all of its one kind, a dict for an object with these fields; further fields are allowed.
"""

from __future__ import annotations

from lab.report.kinds import SCORE, SHARE, Each, Maybe
from lab.report.schema_language import ANALOGY, WORLD_FIELDS

SCHEMA = "move37-result/1"
VERDICTS = ("shown", "not shown", "contradicted")
PANEL = {
    "panel": str,
    "title": str,
    "claim": str,
    "demonstrator": {"name": str, "title": str, "procedure": str, "weaknesses": [str], "slips": [str]},
    "lines": Maybe({"recorded": SCORE, "best": Maybe(SCORE), "careful": Maybe(SCORE)}),
    "headline": [
        {
            "player": str,
            "arm": str,
            "raw": Maybe(SCORE),
            "searched": Maybe(SCORE),
            "simulations": Maybe(int),
            "cpu_seconds": Maybe(float),
            "games": Maybe(int),
        }
    ],
    "curves": [
        {
            "arm": str,
            "series": str,
            "seed": Maybe(int),
            "points": [{"step": int, "cpu_seconds": float, "games": int, "score": SCORE}],
        }
    ],
    "imitation": [
        {
            "arm": str,
            "accuracy": SCORE,
            "accuracy_ceiling": Maybe(float),
            "cross_entropy": float,
            "entropy_floor": Maybe(float),
            "versus_human_sampled": Maybe(SCORE),
            "versus_human_greedy": Maybe(SCORE),
            "greedy": Maybe(SCORE),
            "sampled": Maybe(SCORE),
            "games": int,
            "positions": int,
        }
    ],
    "matches": [
        {
            "first": str,
            "second": str,
            "first_simulations": int,
            "second_simulations": int,
            "score": SCORE,
            "wins": int,
            "draws": int,
            "losses": int,
            "games": int,
            "distinct_games": int,
            "openings": int,
        }
    ],
    "mistakes": [{"player": str, "categories": Each(SCORE)}],
    "claims": [{"claim": str, "verdict": VERDICTS, "evidence": str}],
}
LADDER = [
    {
        "arm": str,
        "title": str,
        "ingredient": str,
        "note": Maybe(str),
        "starts": str,
        "control": bool,
        "raw": Maybe(SCORE),
        "sampled": Maybe(SCORE),
        "searched": Maybe(SCORE),
        "simulations": Maybe(int),
        "cpu_seconds": Maybe(float),
        "total_cpu_seconds": Maybe(float),
        "games": Maybe(int),
    }
]
RATINGS = {
    "anchor": str,
    "scale": str,
    "prior": str,
    "players": [
        {
            "player": str,
            "rating": float,
            "low": Maybe(float),
            "high": Maybe(float),
            "games": int,
            "bound": Maybe(("at least", "at most")),
        }
    ],
    "transitivity": Maybe(
        {
            "p_value": SHARE,
            "statistic": float,
            "degrees": int,
            "worst": [{"first": str, "second": str, "expected": SHARE, "score": SCORE}],
            "text": str,
        }
    ),
    "matches": Maybe([{"first": str, "second": str, "wins": int, "draws": int, "losses": int, "pairs": int}]),
}
PREDICTION = {
    "human": str,
    "ceiling": Maybe(SHARE),
    "arms": [
        {
            "arm": str,
            "points": [{"cpu_seconds": float, "games": int, "accuracy": SCORE, "strength": SCORE}],
        }
    ],
}
POLICY_GRADIENT = {
    "against": [{"opponent": str, "arm": str, "style": ("sampled", "greedy"), "score": SCORE}],
    "entropy": [{"player": str, "entropy": float}],
    "sharpening": [{"player": str, "entropy": float, "score": SCORE}],
    "text": Maybe(str),
}
ERRORS = {"games": int, "points": [{"updates": int, "train": float, "test": float}]}
VALUE_LESSON = {
    "positions": int,
    "whole_games": ERRORS,
    "one_position": ERRORS,
    "human_games": Maybe(ERRORS),
    "unit": str,
}
PRIORS = [{"prior": str, "value": str, "simulations": int, "score": SCORE, "versus": Maybe(SCORE)}]
TEACHERS = {
    "rows": [
        {
            "teacher": str,
            "teacher_score": SCORE,
            "sampled": SCORE,
            "greedy": SCORE,
            "winners": Maybe(SCORE),
            "cpu_seconds": float,
            "taught_on": Maybe(str),
        }
    ],
    "lines": [{"label": str, "score": SCORE, "cpu_seconds": Maybe(float)}],
}
CERTIFICATES = [
    {
        "player": str,
        "human": Maybe(str),
        "positions": int,
        "surprises": SCORE,
        "right": Maybe(SCORE),
        "equally_rare": Maybe(SCORE),
        "text": Maybe(str),
    }
]
SURPRISE = {
    "threshold": SHARE,
    "counts": Maybe(str),
    "right_means": Maybe(str),
    "certificates": CERTIFICATES,
    "lines": CERTIFICATES,
    "boards": Maybe([{"caption": str, "svg": str}]),
    "texts": Maybe([{"caption": str, "prompt": str, "text": str}]),
    "birth": [
        {
            "label": str,
            "caption": str,
            "svg": Maybe(str),
            "points": [{"cpu_seconds": float, "games": int, "probability": SHARE}],
        }
    ],
}
MOVES = {"top1": SCORE, "top5": SCORE, "cross_entropy": float, "games": int}
HUMAN_PREDICTION = {
    "board": str,
    "on": Each(
        {
            "games": int,
            "learned_from": Maybe(int),
            "moves": Maybe(MOVES),
            "with_passes": Maybe(MOVES),
            "unseen": Maybe(MOVES),
            "chance": Maybe(SHARE),
            "by_rank": Each(Maybe(MOVES)),
            "by_move": Each(Maybe(MOVES)),
            "value": {"mean_squared_error": Maybe(float), "positions": int},
        }
    ),
}
BANDS = [
    {
        "arm": str,
        "series": str,
        "seeds": int,
        "source": str,
        "points": [{"cpu_seconds": float, "games": int, "low": SHARE, "middle": SHARE, "high": SHARE}],
    }
]
WORLD = {
    "world": str,
    "title": str,
    "score_name": str,
    "optimum": float,
    "chance": Maybe(SCORE),
    "judge": Maybe(str),
    "panels": [PANEL],
    "ladder": Maybe(LADDER),
    "bands": Maybe(BANDS),
    "ratings": Maybe(RATINGS),
    "prediction": Maybe(PREDICTION),
    "policy_gradient": Maybe(POLICY_GRADIENT),
    "value_lesson": Maybe(VALUE_LESSON),
    "priors": Maybe(PRIORS),
    "teachers": Maybe(TEACHERS),
    "surprise": Maybe(SURPRISE),
    "human_prediction": Maybe(HUMAN_PREDICTION),
    "settings": Maybe([str]),
    "exhibits_seed": Maybe(int),
    **WORLD_FIELDS,
}
RESULT = {
    "schema": (SCHEMA,),
    "command": str,
    "config": dict,
    "preset": str,
    "seed": int,
    "created": str,
    "versions": dict,
    "machine": dict,
    "times": {
        "wall_seconds": float,
        "cpu_seconds": float,
        "phases": [{"arm": str, "phase": str, "wall_seconds": float, "cpu_seconds": float}],
    },
    "worlds": [WORLD],
    "boards": Maybe([{"caption": str, "svg": str}]),
    "analogy": Maybe(ANALOGY),
    "seeds": Maybe([dict]),
}
