"""Made-up exhibits of the language half: plausible numbers, none measured."""

from __future__ import annotations

import math
from typing import Any

from report_sample import share

from lab.statistics import wilson

Json = dict[str, Any]


def pass_at_k() -> list[Json]:
    """Carries, where learning goes beyond, and products, where it sharpens; with the base model."""
    shapes = [
        ("imitator", "imitator", "Sums that need a carry", 0.004, 0.46),
        ("policy-gradient", "policy gradient", "Sums that need a carry", 0.76, 0.94),
        ("base", "base model", "Products with working", 0.08, 0.88),
        ("imitator", "imitator", "Products with working", 0.35, 0.999),
        ("grpo", "GRPO", "Products with working", 0.86, 0.999),
    ]
    return [
        {
            "arm": arm,
            "label": label,
            "task": task,
            "points": [
                {"k": 2**power, "score": share(first + (last - first) * (power / 8) ** 0.7, 400)}
                for power in range(9)
            ],
        }
        for arm, label, task, first, last in shapes
    ]


def thinking() -> Json:
    """Answers that grow while they are learned, and a setting in which they do not."""

    def point(step: int, correct: float, worked: float, length: float, rise: float) -> Json:
        done = 1 - math.exp(-4 * step / 30) if rise else 0.0
        return {
            "update": 2 * step,
            "correct": correct + (0.86 - correct) * done + (0.0 if rise else 0.004 * step),
            "worked": worked + (0.97 - worked) * done,
            "length": length + 9.1 * done + 0.15 * math.sin(step),
        }

    votes = {"imitator": (0.35, 0.93), "grpo": (0.86, 0.99)}
    room = {"imitator": (0.03, 0.35), "grpo": (0.02, 0.86)}
    return {
        "task": "Four digits times one, with working or without",
        "arm": "grpo",
        "human": share(0.5),
        "points": [point(step, 0.35, 0.17, 8.7, 1.0) for step in range(31)],
        "votes": [
            {"votes": 2**k, "arm": arm, "score": share(low + (high - low) * (k / 6) ** 0.6, 500)}
            for arm, (low, high) in votes.items()
            for k in range(7)
        ],
        "allowed": [
            {"tokens": t, "arm": arm, "score": share(low + (high - low) / (1 + math.exp(9 - t * 0.6)), 500)}
            for arm, (low, high) in room.items()
            for t in (6, 10, 14, 18, 22, 26)
        ],
        "text": None,
        "other": {
            "task": "The same where the direct way is as good",
            "points": [point(step, 0.71, 0.03, 5.4, 0.0) for step in range(31)],
            "text": "Where working is shown in 3 % of the answers and pays nothing, length does not grow.",
        },
        "stages": [
            {
                "arm": arm,
                "title": title,
                "starts": starts,
                "greedy": share(greedy, 500),
                "sampled": share(greedy - 0.05, 500),
                "length": length,
                "worked": worked,
            }
            for arm, title, starts, greedy, length, worked in (
                ("base", "base model", "scratch", 0.31, 8.2, 0.12),
                ("imitator", "imitator", "base", 0.42, 8.7, 0.17),
                ("grpo", "GRPO", "imitator", 0.91, 17.8, 0.97),
                ("r1-zero", "R1-Zero", "base", 0.83, 17.1, 0.94),
            )
        ],
    }


def discovery() -> Json:
    """Ten imitation seeds, of which eight find the carry."""
    hard = (0.79, 0.66, 0.81, 0.72, 0.08, 0.7, 0.84, 0.77, 0.69, 0.11)
    seeds = [
        {
            "seed": seed,
            "greedy": share(0.53 + 0.45 * rate),
            "hard": share(rate, 750),
            "imitator_hard": share(0.0 if seed % 3 else 0.004, 750),
            "success": rate >= 0.5,
        }
        for seed, rate in enumerate(hard)
    ]
    return {
        "seeds": seeds,
        "successes": 8,
        "low": 0.4439,
        "high": 0.9748,
        "threshold": 0.5,
        "text": "The demonstrations hold 0 right answers to a problem with a carry, of 76,800.",
    }


def algorithms() -> list[Json]:
    """Five of them at equal verifier calls."""
    rows = [
        ("policy-gradient", "REINFORCE, batch baseline", 0.884, 0.853, 102_400, 24.0, None),
        ("ppo", "PPO with a critic", 0.879, 0.86, 102_400, 27.0, None),
        ("grpo", "GRPO", 0.742, 0.70, 102_400, 31.0, "Solved groups give no gradient, so skills fade first."),
        ("expert-iteration", "Expert iteration", 0.61, 0.58, 102_400, 18.0, None),
        ("own-right", "Own right answers", 0.605, 0.56, 102_400, 21.0, None),
    ]
    return [
        {
            "arm": arm,
            "title": title,
            "greedy": share(greedy),
            "sampled": share(sampled),
            "verifier_calls": calls,
            "cpu_seconds": seconds,
            "note": note,
        }
        for arm, title, greedy, sampled, calls, seconds, note in rows
    ]


def teacher_slips() -> list[Json]:
    """The dial at 0, 10 and 30 % slips."""
    rows = ((0.0, 0.533, 0.53, 0.525, 0.534), (0.1, 0.498, 0.521, 0.49, 0.884), (0.3, 0.36, 0.55, 0.41, 0.71))
    return [
        {
            "slips": slips,
            "recorded": share(recorded),
            "best": share(0.533),
            "imitator_greedy": share(greedy),
            "imitator_sampled": share(sampled),
            "policy_gradient": share(learned),
        }
        for slips, recorded, greedy, sampled, learned in rows
    ]


def samples() -> list[Json]:
    """Sums and a product before and after."""

    def answers(*texts: tuple[str, bool]) -> list[Json]:
        return [{"text": text, "correct": correct} for text, correct in texts]

    return [
        {
            "prompt": "47+38=",
            "answer": "085",
            "before": answers(("075", False), ("075", False), ("074", False)),
            "after": answers(("085", True), ("085", True), ("095", False)),
        },
        {
            "prompt": "6074*7=",
            "answer": "42518",
            "before": answers(("42208", False), ("28 49 00 42#42418", False)),
            "after": answers(("28 49 00 42#42518", True), ("28 49 00 42#42518", True)),
        },
    ]


def surprise() -> Json:
    """Right answers that no procedure of the teachers gives."""

    def certificate(player: str, rate: float, right: float, rare: float) -> Json:
        return {
            "player": player,
            "positions": 1500,
            "surprises": wilson(round(1500 * rate), 1500).to_json(),
            "right": share(right, 300),
            "equally_rare": share(rare, 300),
            "text": None,
        }

    points = [
        {"cpu_seconds": 2.0 * s, "games": 8000 * s, "probability": min(0.93, 3e-6 * math.exp(1.1 * s))}
        for s in range(13)
    ]
    return {
        "threshold": 0.0001,
        "certificates": [
            certificate("policy-gradient", 0.42, 0.81, 0.02),
            certificate("random", 1, 0.01, 0.01),
        ],
        "lines": [certificate("grpo", 0.3, 0.74, 0.05)],
        "texts": [
            {"caption": "A carry that nobody showed.", "prompt": "47+38=", "text": "085"},
            {"caption": "Twice in a row.", "prompt": "67+58=", "text": "125"},
        ],
        "birth": [{"label": "The digit 8", "caption": "The human writes 7.", "points": points}],
    }


def shown_worth() -> Json:
    """Two learners against two numbers of shown answers, on three seeds; one learner seldom gets that far."""
    return [
        {"arm": arm, "title": title, "answers": answers, "checks": checks, "all_checks": 614_400}
        for arm, title, answers, checks in (
            ("grpo", "GRPO", 512, [153_600, 204_800, 102_400]),
            ("grpo", "GRPO", 4_096, [None, 614_400, None]),
        )
    ]
