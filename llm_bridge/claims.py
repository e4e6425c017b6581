"""What a run's numbers bear: claims with a verdict and the figures behind it, controls among them."""

from __future__ import annotations

from typing import Any

from lab.claims import LINES, passes, stays
from lab.statistics import Score
from llm_bridge.config import recipe_of
from llm_bridge.ladder import REINFORCE, RUNGS

LEARNERS = tuple(name for name, rung in RUNGS.items() if rung.function == REINFORCE)
Found = dict[tuple[str, str], dict[str, Score]]  # (arm, style) -> category -> score
CONTESTS = (  # (arm, arm): the first is claimed to pass the second, both greedy
    ("policy-gradient", "imitator"),
    ("policy-gradient", "verified"),
    ("policy-gradient", "verified-tuned"),
    ("policy-gradient", "own-right"),
    ("policy-gradient", "expert-iteration"),
    ("expert-iteration", "imitator"),
    ("expert-iteration", "verified"),
    ("expert-iteration", "more-imitation"),
    ("policy-gradient", "more-imitation"),
    ("policy-gradient", "shown-512"),
    ("policy-gradient", "shown-4096"),
    ("imitate-rl", "imitator"),
    ("rare-policy-gradient", "rare-verified"),
    ("rare-policy-gradient", "rare-imitator"),
)


def claims_of(
    panel: str,
    lines: dict[str, dict[str, Score]] | None,
    scores: dict[str, Any],
    costs: dict[str, float],
    checks: dict[str, int],
) -> list[dict[str, Any]]:
    """The claims of a panel: `lines` of its human by category, `scores` by arm, style and category, `costs`
    in CPU seconds with all that an arm starts from, `checks` by the verifier. What was not measured is
    not claimed."""
    found: Found = {
        (arm, style): {name: Score.from_json(score) for name, score in styles[style].items()}
        for arm, styles in scores.items()
        for style in ("greedy", "sampled", "searched")
    }
    if panel == "slips":
        return _of_slips(found, lines) if lines else []
    claims = _against_lines(found, lines) if lines else []
    for first, second in CONTESTS:
        if {(first, "greedy"), (second, "greedy")} <= set(found):
            cost = _costs(first, second, costs, checks)
            words = f"{first} passes {second}, both greedy"
            claims.append(passes(words, found[first, "greedy"]["all"], found[second, "greedy"]["all"], cost))
    if {("policy-gradient", "greedy"), ("imitator", "searched")} <= set(found):
        claims.append(
            passes(
                "policy-gradient, one greedy answer, passes the imitator's votes",
                found["policy-gradient", "greedy"]["all"],
                found["imitator", "searched"]["all"],
                _costs("policy-gradient", "imitator", costs, checks),
            )
        )
    return claims


def _of_slips(found: Found, lines: dict[str, dict[str, Score]]) -> list[dict[str, Any]]:
    greedy = found["slips-imitator", "greedy"]["all"]
    return [
        passes("the greedy imitator passes the slipping human as recorded", greedy, lines["recorded"]["all"])
    ]


def _against_lines(found: Found, lines: dict[str, dict[str, Score]]) -> list[dict[str, Any]]:
    claims = []
    for (arm, style), score in found.items():
        if recipe_of(arm) in LEARNERS and style in ("greedy", "sampled"):
            claims += [
                passes(f"{arm}, {style}, passes the human {LINES[line]}", score["all"], lines[line]["all"])
                for line in LINES
            ]
    for arm in ("imitator", "more-imitation", "rare-imitator"):
        if (arm, "greedy") in found:
            claims.append(stays(f"the greedy {arm}", found[arm, "greedy"]["all"], lines["best"]["all"]))
    none = lines["recorded"].get("hard")
    if none is not None and none.rate == 0.0:
        claims += [
            passes(
                f"{arm} answers problems rightly of which no demonstration holds an answer",
                found[arm, "greedy"]["hard"],
                none,
            )
            for arm in ("policy-gradient", "expert-iteration", "own-right", "imitator")
            if (arm, "greedy") in found
        ]
    return claims


def _costs(first: str, second: str, costs: dict[str, float], checks: dict[str, int]) -> str:
    """What two arms cost, in words for the evidence."""
    return (
        f"; CPU {costs[first]:.0f} s against {costs[second]:.0f} s, "
        f"{checks[first]:,} answers checked against {checks[second]:,}"
    )
