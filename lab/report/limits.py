"""What a panel shows and what it does not, as far as its own numbers tell."""

from __future__ import annotations

from typing import Any

from lab.report.arms import has_other_teacher, is_imitator, is_learner, is_plateau, without_plateau
from lab.report.headline import leads
from lab.report.result import Result, known_lines
from lab.report.wording import capital, listed, percent, seconds
from lab.report.words import BOARD, Words
from lab.statistics import Score, above

MANY = 10  # failed claims beyond which they are counted instead of listed once more


def shown(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """The claims that the data support."""
    return [claim for claim in panel["claims"] if claim["verdict"] == "shown"]


def limits(panel: dict[str, Any], result: Result, words: Words = BOARD) -> list[str]:
    """What this panel does not show; of claims the words alone, their evidence stands beside them."""
    notes = _claim_limits(panel["claims"])
    copies = [e for e in panel["imitation"] if is_imitator(e["arm"]) and not is_plateau(e["arm"])]
    notes += [note for entry in copies for note in _copying_limits(entry)]
    notes += [
        *_choice_limits(panel),
        *_search_limits(panel, words),
        *_cost_limits(panel),
        _human_limit(panel, words),
    ]
    runs = len(result.get("seeds") or []) or 1
    if runs == 1:
        notes.append("One seed: how much another seed would differ is not in these intervals.")
    else:
        notes.append(f"{runs} seeds on one set of problems; the intervals hold both spreads.")
    return notes


def _claim_limits(claims: list[dict[str, Any]]) -> list[str]:
    """The claims that failed, each in its words; where there are many, their numbers."""
    failed = {
        verdict: [claim["claim"] for claim in claims if claim["verdict"] == verdict]
        for verdict in ("not shown", "contradicted")
    }
    if sum(map(len, failed.values())) > MANY:
        told = [f"{len(of_it)} are {verdict}" for verdict, of_it in failed.items() if of_it]
        return [f"Of the {len(claims)} claims above {' and '.join(told)}."]
    return [f"{capital(verdict)}: {claim}." for verdict, of_it in failed.items() for claim in of_it]


def _human_limit(panel: dict[str, Any], words: Words) -> str:
    if known_lines(panel):
        return "The human is a program with documented weaknesses; nothing here measures people."
    return (
        f"The human is known by its {words.lessons} alone: how it would answer these problems, and how near "
        "a copy could come to it, is not known."
    )


def _copying_limits(entry: dict[str, Any]) -> list[str]:
    notes = []
    ceiling, sampled = entry.get("accuracy_ceiling"), entry.get("versus_human_sampled")
    gap = 0.0 if ceiling is None else 100 * (ceiling - entry["accuracy"]["rate"])
    if gap > 1.0:
        notes.append(
            f"The {entry['arm']} predicts {gap:.1f} points below the best possible accuracy: "
            "part of its distance to the human is training that has not ended."
        )
    if sampled is not None and (sampled["high"] < 0.5 or sampled["low"] > 0.5):
        notes.append(
            f"Sampled, the {entry['arm']} scores {percent(sampled['rate'])} % against its own human, "
            "not 50 %: it is not a faithful copy."
        )
    return notes


def _search_limits(panel: dict[str, Any], words: Words) -> list[str]:
    learner = leads(panel, "searched").learner
    if learner is None:
        return []
    mine = Score.from_json(learner["searched"])
    return [
        f"Both {words.with_aid}, {learner['player']} is not shown to be better than “{row['player']}”."
        for row in panel["headline"]
        if not is_learner(row["arm"])
        and row["searched"]
        and not above(mine, Score.from_json(row["searched"]))
    ]


def _choice_limits(panel: dict[str, Any]) -> list[str]:
    """That the best of many was picked after it was measured, and what the controls say of the story."""
    rows = without_plateau(panel)["headline"]
    learners = list(dict.fromkeys(row["arm"] for row in rows if is_learner(row["arm"]) and row["raw"]))
    notes = []
    if len(learners) > 1:
        notes.append(
            f"The headline names the best of {len(learners)} learners by its rate, chosen after it was seen."
        )
    best = known_lines(panel).get("best")
    controls = [row for row in rows if has_other_teacher(row["arm"]) and row["raw"]]
    past = [row["arm"] for row in controls if best and above(_raw(row), Score.from_json(best))]
    if past:
        told = listed(list(dict.fromkeys(past)))
        notes.append(
            f"Past the human at best by imitation alone: {told}. The teacher is the limit, not copying."
        )
    return notes


def _raw(row: dict[str, Any]) -> Score:
    return Score.from_json(row["raw"])


def _cost_limits(panel: dict[str, Any]) -> list[str]:
    costs = {row["arm"]: row["cpu_seconds"] for row in panel["headline"] if row["cpu_seconds"]}
    if len(costs) < 2 or max(costs.values()) <= 1.2 * min(costs.values()):
        return []
    low, high = min(costs, key=lambda arm: float(costs[arm])), max(costs, key=lambda arm: float(costs[arm]))
    took = f"{low} took {seconds(costs[low])}, {high} {seconds(costs[high])}"
    return [f"The arms did not cost the same: {took} of CPU time."]
