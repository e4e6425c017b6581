"""A made-up world of the language half, alone and beside the board: plausible numbers, none measured."""

from __future__ import annotations

from typing import Any

from report_exhibits import full_result
from report_language_exhibits import (
    algorithms,
    discovery,
    pass_at_k,
    samples,
    shown_worth,
    surprise,
    teacher_slips,
    thinking,
)
from report_sample import rising, sample_result, share

Json = dict[str, Any]
TEXT_FIELDS = ("pass_at_k", "thinking", "discovery", "algorithms", "teacher_slips", "samples", "shown_worth")
WORDS = {
    "lesson": "answer",
    "lessons": "answers",
    "problem": "problem",
    "problems": "problems",
    "choice": "answer",
    "choices": "answers",
    "aid": "votes",
    "with_aid": "with votes",
    "aid_unit": "samples",
}
# arm, title, ingredient, starts, control, greedy, sampled, with votes, own seconds, all seconds, answers
Rung = tuple[str, str, str, str, bool, float, float, float, float, float, int]
RUNGS: list[Rung] = [
    (
        "imitator",
        "imitate all",
        "every answer of the human",
        "scratch",
        False,
        0.521,
        0.49,
        0.524,
        15,
        15,
        76_800,
    ),
    (
        "verified",
        "only verified answers",
        "a verifier chooses",
        "scratch",
        False,
        0.53,
        0.516,
        0.53,
        14,
        14,
        39_000,
    ),
    (
        "verified-tuned",
        "the same as a fine-tune",
        "a verifier chooses",
        "imitator",
        False,
        0.527,
        0.51,
        0.528,
        9,
        24,
        39_000,
    ),
    (
        "own-right",
        "own right answers",
        "its own answers",
        "imitator",
        False,
        0.61,
        0.561,
        0.62,
        21,
        36,
        102_400,
    ),
    (
        "policy-gradient",
        "policy gradient",
        "pushes wrong answers down",
        "imitator",
        False,
        0.884,
        0.853,
        0.91,
        24,
        39,
        102_400,
    ),
    (
        "more-imitation",
        "more demonstrations",
        "more of the same",
        "imitator",
        True,
        0.522,
        0.50,
        0.523,
        24,
        39,
        200_000,
    ),
    (
        "shown-512",
        "512 true answers shown",
        "another teacher",
        "imitator",
        True,
        0.87,
        0.85,
        0.88,
        4,
        19,
        512,
    ),
    (
        "shown-4096",
        "4,096 true answers shown",
        "another teacher",
        "imitator",
        True,
        0.97,
        0.965,
        0.975,
        6,
        21,
        4_096,
    ),
    (
        "imitate-rl",
        "imitate the reinforced one",
        "another teacher",
        "scratch",
        True,
        0.871,
        0.84,
        0.89,
        15,
        54,
        76_800,
    ),
]


def ladder() -> list[Json]:
    """Five rungs and four controls."""
    return [
        {
            "arm": arm,
            "title": title,
            "ingredient": ingredient,
            "note": None,
            "starts": starts,
            "control": control,
            "raw": share(greedy),
            "sampled": share(sampled),
            "searched": share(voted),
            "simulations": 16,
            "cpu_seconds": float(own),
            "total_cpu_seconds": float(total),
            "games": answers,
        }
        for arm, title, ingredient, starts, control, greedy, sampled, voted, own, total, answers in RUNGS
    ]


def headline() -> list[Json]:
    """The human, and two rows a rung."""

    def row(player: str, arm: str, raw: float, searched: float | None, cost: float | None, n: int) -> Json:
        return {
            "player": player,
            "arm": arm,
            "raw": share(raw),
            "searched": None if searched is None else share(searched),
            "simulations": None if searched is None else 16,
            "cpu_seconds": cost,
            "games": n or None,
        }

    rows = [row("human, as recorded", "human", 0.498, None, None, 0)]
    rows.append(row("human, at best", "human", 0.533, None, None, 0))
    for arm, _, _, _, _, greedy, sampled, voted, own, _, answers in RUNGS:
        rows.append(row(f"{arm}, greedy", arm, greedy, voted, float(own), answers))
        rows.append(row(f"{arm}, sampled", arm, sampled, None, float(own), answers))
    return rows


def curves(arms: dict[str, tuple[float, float, float]]) -> list[Json]:
    """Greedy, sampled and voted curves: arm -> (start, end, seconds)."""
    drawn = []
    for number, (arm, (start, end, seconds)) in enumerate(arms.items()):
        for series, shift in (("greedy", 0.0), ("sampled", -0.03), ("searched", 0.01)):
            points = rising(start + shift, min(0.99, end + shift), seconds, 9, 0.006, 70 + number)
            drawn.append({"arm": arm, "series": series, "points": points})
    return drawn


def panel(name: str, title: str, claim: str, human: tuple[float, float], **given: Any) -> Json:
    """A panel of sums; `given` overrides headline, curves and claims."""
    recorded, best = human
    made = {
        "panel": name,
        "title": title,
        "claim": claim,
        "demonstrator": {
            "name": f"human.{name}",
            "title": "a class that never carries",
            "procedure": "Everybody adds the columns from the right, writes the last digit of each and "
            "forgets the rest.",
            "weaknesses": ["never carries"],
            "slips": ["in one digit of ten writes another one"],
        },
        "lines": {"recorded": share(recorded), "best": share(best), "careful": share(best)},
        "headline": headline(),
        "curves": [],
        "imitation": [
            {
                "arm": "imitator",
                "accuracy": share(0.871, 6_000),
                "accuracy_ceiling": 0.8735,
                "cross_entropy": 0.412,
                "entropy_floor": 0.405,
                "greedy": share(0.521),
                "sampled": share(0.49),
                "games": 76_800,
                "positions": 230_400,
            }
        ],
        "matches": [],
        "mistakes": [
            {"player": player, "categories": {"no carry": share(plain, 750), "carry": share(carry, 750)}}
            for player, plain, carry in (
                ("human, as recorded", 0.905, 0.0),
                ("imitator, greedy", 0.996, 0.0),
                ("policy-gradient, greedy", 0.993, 0.79),
            )
        ],
        "claims": [
            {
                "claim": "the policy gradient, greedy, passes the human at best",
                "verdict": "shown",
                "evidence": "0.884 [0.867, 0.899] against 0.533 [0.508, 0.558]",
            },
            {
                "claim": "verified demonstrations alone pass the human at best",
                "verdict": "not shown",
                "evidence": "0.530 [0.505, 0.555] against 0.533 [0.508, 0.558]",
            },
        ],
    }
    return {**made, **given}


def panels() -> list[Json]:
    """Zero support, rare right answers, and slips alone."""
    main = {
        "imitator": (0.2, 0.521, 15.0),
        "verified": (0.2, 0.53, 14.0),
        "own-right": (0.52, 0.61, 21.0),
        "policy-gradient": (0.52, 0.884, 24.0),
        "shown-4096": (0.6, 0.97, 6.0),
    }
    rare = {
        "rare-imitator": (0.2, 0.53, 15.0),
        "rare-verified": (0.3, 0.955, 14.0),
        "rare-policy-gradient": (0.5, 0.83, 24.0),
    }
    rare_rows = [{**headline()[0], "raw": share(0.52)}]
    for arm, (_, end, seconds) in rare.items():
        rare_rows.append({**headline()[2], "player": arm, "arm": arm, "raw": share(end), "searched": None})
        rare_rows[-1].update(simulations=None, cpu_seconds=seconds)
    slips = {"slips-imitator": (0.4, 0.998, 15.0)}
    slips_row = {**headline()[2], "player": "slips-imitator, greedy", "arm": "slips-imitator"}
    return [
        panel(
            "ceiling",
            "Nobody ever carries",
            "What no teacher shows can be found where answers can be checked.",
            (0.498, 0.533),
            curves=curves(main),
        ),
        panel(
            "rare",
            "One in twenty carries",
            "Where right answers are rare but there, a verifier may just choose them.",
            (0.522, 0.541),
            headline=rare_rows,
            curves=curves(rare),
        ),
        panel(
            "slips",
            "The counter-example: only slips",
            "A greedy copy of a sloppy teacher passes it.",
            (0.641, 0.999),
            headline=[headline()[0], {**slips_row, "raw": share(0.998)}],
            curves=curves(slips),
        ),
    ]


def language_world() -> Json:
    """Everything a world of the language half may hold."""
    return {
        "world": "arithmetic",
        "title": "Arithmetic",
        "score_name": "held-out sums answered rightly",
        "optimum": 1.0,
        "chance": None,
        "words": dict(WORDS),
        "panels": panels(),
        "ladder": ladder(),
        "pass_at_k": pass_at_k(),
        "thinking": thinking(),
        "discovery": discovery(),
        "algorithms": algorithms(),
        "teacher_slips": teacher_slips(),
        "samples": samples(),
        "shown_worth": shown_worth(),
        "surprise": surprise(),
    }


ANALOGY: list[tuple[str, str, str | None, str, str | None, str]] = [  # words and figures, where it breaks
    (
        "Lessons",
        "Games of a scripted human",
        "60,000 games",
        "Worked answers of a scripted class",
        "76,800 answers",
        "Games have an opponent; a sum has none.",
    ),
    (
        "Supervised policy",
        "A network that predicts her moves",
        "67.2 %",
        "A transformer after supervised fine-tuning",
        "52.1 %",
        "A move is one choice, an answer a chain of them.",
    ),
    (
        "Reward",
        "The game is won",
        None,
        "The verifier accepts the answer",
        "102,400 checks",
        "A win is against somebody; a right answer is right. Truth in text is sparse: most of what "
        "people ask has no verifier.",
    ),
    (
        "Self-play",
        "Games against earlier selves",
        "86.6 %",
        "Sampling against the verifier",
        "88.4 %",
        "Nobody gets better on the other side: the problems stay as hard as they are.",
    ),
    (
        "Search",
        "64 simulations a move",
        "94.1 %",
        "16 votes an answer",
        "91.0 %",
        "The rules are an exact simulator of the board; of the world there is none.",
    ),
    (
        "Move 37",
        "A move under 1 in 10,000 that is right",
        "11.0 % of moves",
        "A right answer that no teacher’s procedure gives",
        "42.0 % of answers",
        "Beauty on the board is judged by players, here by nobody.",
    ),
]


def analogy() -> list[Json]:
    """Some rows of the table, figures of the samples."""
    return [
        {
            "row": row,
            "board": {"words": board, "figure": on_board},
            "text": {"words": text, "figure": in_text},
            "breaks": breaks,
        }
        for row, board, on_board, text, in_text, breaks in ANALOGY
    ]


def language_result() -> Json:
    """The language half alone."""
    return {**sample_result(), "worlds": [language_world()], "boards": None}


def both_halves() -> Json:
    """The board with all it may hold, the language half, and the analogy between them."""
    result = full_result()
    result["worlds"].append(language_world())
    return {**result, "analogy": analogy()}
