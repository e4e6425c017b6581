"""The fields that the language half adds to a result, as plain data (in words: docs/result.md)."""

from __future__ import annotations

from lab.report.kinds import COUNT, SCORE, SHARE, Maybe
from lab.report.words import FIELDS

WORDS = dict.fromkeys(FIELDS, str)
PASS_AT_K = [{"arm": str, "label": str, "task": Maybe(str), "points": [{"k": COUNT, "score": SCORE}]}]
LENGTHS = [{"update": int, "correct": SHARE, "worked": SHARE, "length": float}]
THINKING = {
    "task": str,
    "arm": Maybe(str),
    "human": Maybe(SCORE),
    "points": LENGTHS,
    "votes": [{"votes": COUNT, "arm": str, "score": SCORE}],
    "allowed": [{"tokens": COUNT, "arm": str, "score": SCORE}],
    "text": Maybe(str),
    "other": Maybe({"task": str, "points": LENGTHS, "text": Maybe(str)}),
    "stages": Maybe(
        [
            {
                "arm": str,
                "title": str,
                "starts": str,
                "greedy": SCORE,
                "sampled": SCORE,
                "length": float,
                "worked": SHARE,
            }
        ]
    ),
}
SHOWN_WORTH = [{"arm": str, "title": str, "answers": COUNT, "checks": [Maybe(COUNT)], "all_checks": COUNT}]
DISCOVERY = {
    "seeds": [{"seed": int, "greedy": SCORE, "hard": SCORE, "imitator_hard": SCORE, "success": bool}],
    "successes": int,
    "low": SHARE,
    "high": SHARE,
    "threshold": SHARE,
    "text": Maybe(str),
}
ALGORITHMS = [
    {
        "arm": str,
        "title": str,
        "greedy": SCORE,
        "sampled": SCORE,
        "verifier_calls": int,
        "cpu_seconds": float,
        "note": Maybe(str),
    }
]
TEACHER_SLIPS = [
    {
        "slips": SHARE,
        "recorded": SCORE,
        "best": SCORE,
        "imitator_greedy": SCORE,
        "imitator_sampled": SCORE,
        "policy_gradient": Maybe(SCORE),
    }
]
ANSWERS = [{"text": str, "correct": bool}]
SAMPLES = [{"prompt": str, "answer": str, "before": ANSWERS, "after": ANSWERS}]
SIDE = {"words": str, "figure": Maybe(str)}
ANALOGY = [{"row": str, "board": SIDE, "text": SIDE, "breaks": str}]
WORLD_FIELDS = {
    "words": Maybe(WORDS),
    "pass_at_k": Maybe(PASS_AT_K),
    "thinking": Maybe(THINKING),
    "discovery": Maybe(DISCOVERY),
    "algorithms": Maybe(ALGORITHMS),
    "teacher_slips": Maybe(TEACHER_SLIPS),
    "samples": Maybe(SAMPLES),
    "shown_worth": Maybe(SHOWN_WORTH),
}
