"""The lessons of the language half, by name. Nothing heavy here."""

from __future__ import annotations

from lab.lessons import Lesson

LESSONS = {
    "over-optimisation": Lesson(
        "The reward model's favourite",
        "optimised against a model of raters: whether what they would say falls while its score rises",
        5,
        1_200.0,
        "llm_bridge.preference.over_optimisation",
        "llm_bridge.preference.over_optimisation_page",
        quick_seeds=1,
    ),
    "reward-hack-zoo": Lesson(
        "The reward-hack zoo",
        "which of graders' planted holes a small model finds; what flags it and what repairs it",
        5,
        360.0,
        "llm_bridge.zoo.experiment",
        "llm_bridge.zoo.page",
        quick_seeds=2,
    ),
    "preference-algorithms": Lesson(
        "Nine ways to learn from comparisons",
        "with a reward model and without: what each gives the raters, from the same rankings",
        5,
        750.0,
        "llm_bridge.preference.algorithms",
        "llm_bridge.preference.algorithms_page",
        quick_seeds=1,
    ),
    "judging-and-writing": Lesson(
        "Is judging easier than writing?",
        "whether a judge is ahead of a writer of the same labels, and reinforcement gains where it is",
        5,
        800.0,
        "llm_bridge.preference.judging_and_writing",
        "llm_bridge.preference.judging_and_writing_page",
        quick_seeds=1,
    ),
    "verifiable-and-not": Lesson(
        "Verifiable, almost, and not",
        "one task paid by a true verifier, by some that err and by judges of n labels, in one figure",
        5,
        550.0,
        "llm_bridge.preference.verifiable_and_not",
        "llm_bridge.preference.verifiable_and_not_page",
        quick_seeds=1,
    ),
}
