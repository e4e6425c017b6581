"""What may be said: sentences made from the data, none that the intervals do not support.

"Passes" means that the 95 % intervals are separated. Where they overlap the words are "is not shown to".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab.report.result import Result
from lab.statistics import Score, above

TAUGHT = ("human", "imitator", "winners")  # arms that only ever copy


@dataclass(frozen=True)
class Leads:
    """The rows of the headline table that the sentences speak of."""

    learner: dict[str, Any] | None  # the best arm that is more than a copy
    imitator: dict[str, Any] | None  # the best copy of everything the human did


def leads(panel: dict[str, Any], column: str = "raw") -> Leads:
    """The best learner and the best plain imitator of a panel, by the rates of a column."""
    rows = [row for row in panel["headline"] if row[column] is not None]
    learners = [row for row in rows if row["arm"] not in TAUGHT]
    imitators = [row for row in rows if row["arm"] == "imitator"]
    return Leads(_best(learners, column), _best(imitators, column))


def _best(rows: list[dict[str, Any]], column: str) -> dict[str, Any] | None:
    return max(rows, key=lambda row: float(row[column]["rate"]), default=None)


def headline(world: dict[str, Any]) -> str:
    """One sentence for a world: how far its learner got past the human, and whether a copy got there."""
    panel = world["panels"][0]
    lead, best = leads(panel), Score.from_json(panel["lines"]["best"])
    if lead.learner is None:
        return "Imitation, measured against its human"
    passed = _passes(lead.learner, Score.from_json(panel["lines"]["recorded"]), best)
    sentence = f"{_capital(lead.learner['player'])} {passed}"
    if lead.imitator is not None and above(Score.from_json(lead.learner["raw"]), best):
        sentence += f"; the imitator {_stops(Score.from_json(lead.imitator['raw']), best)}"
    return sentence


def _passes(row: dict[str, Any], recorded: Score, best: Score) -> str:
    raw = Score.from_json(row["raw"])
    searched = Score.from_json(row["searched"]) if row["searched"] else raw
    if above(raw, best) and above(raw, recorded):
        return "goes past the human, even at best"
    if above(raw, recorded):
        if above(searched, best):
            return "goes past the human as recorded and, with search, past the human at best"
        return "goes past the human as recorded, but is not shown to pass the human at best"
    if above(searched, best) and above(searched, recorded):
        return "goes past the human only with search"
    if above(searched, recorded):
        return "goes past the human as recorded only with search"
    return "is not shown to pass the human"


def _stops(imitator: Score, best: Score) -> str:
    if above(imitator, best):
        return "does too"
    return "stays below" if above(best, imitator) else "is not shown to"


def deck(world: dict[str, Any]) -> str:
    """The figures behind the headline, in two or three sentences."""
    panel = world["panels"][0]
    lead, lines = leads(panel), panel["lines"]
    parts = [] if lead.learner is None else [_alone(lead.learner)]
    recorded, best = percent(lines["recorded"]["rate"]), percent(lines["best"]["rate"])
    imitator = f", the imitator {percent(lead.imitator['raw']['rate'])} %" if lead.imitator else ""
    parts.append(f"The human answers {recorded} % rightly as recorded and {best} % at best{imitator}.")
    searched = leads(panel, "searched")
    if searched.learner is not None and searched.imitator is not None:
        parts.append(_with_search(searched.learner, searched.imitator))
    return " ".join(parts)


def _alone(row: dict[str, Any]) -> str:
    cost = f" after {seconds(row['cpu_seconds'])} of CPU time" if row["cpu_seconds"] else ""
    return f"Without search, {row['player']} answers {_with_interval(row['raw'])} rightly{cost}."


def _with_search(learner: dict[str, Any], imitator: dict[str, Any]) -> str:
    mine, theirs = Score.from_json(learner["searched"]), Score.from_json(imitator["searched"])
    verdict = "the intervals overlap, so with search the two are not told apart"
    if above(mine, theirs):
        verdict = "the intervals are apart, so search alone does not account for the lead"
    elif above(theirs, mine):
        verdict = "the imitator is ahead"
    same = "the same search" if learner["simulations"] == imitator["simulations"] else "search"
    return (
        f"With {same} {learner['player']} reaches {percent(mine.rate)} %, "
        f"the imitator {percent(theirs.rate)} %: {verdict}."
    )


def shown(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """The claims that the data support."""
    return [claim for claim in panel["claims"] if claim["verdict"] == "shown"]


def limits(panel: dict[str, Any], result: Result) -> list[str]:
    """What this panel does not show, as far as its own numbers tell."""
    notes = [
        f"Not shown: {c['claim']} ({c['evidence']})." for c in panel["claims"] if c["verdict"] == "not shown"
    ]
    notes += [
        f"Contradicted: {c['claim']} ({c['evidence']})."
        for c in panel["claims"]
        if c["verdict"] == "contradicted"
    ]
    notes += [note for entry in panel["imitation"] for note in _copying_limits(entry)]
    notes += _search_limits(panel) + _cost_limits(panel)
    notes.append("The human is a program with documented weaknesses; nothing here measures people.")
    runs = len(result.get("seeds") or []) or 1
    if runs == 1:
        notes.append("One seed: how much another seed would differ is not in these intervals.")
    else:
        notes.append(f"{runs} seeds on one set of problems; the intervals hold both spreads.")
    return notes


def _copying_limits(entry: dict[str, Any]) -> list[str]:
    notes = []
    gap = 100 * (entry["accuracy_ceiling"] - entry["accuracy"]["rate"])
    if gap > 1.0:
        notes.append(
            f"The {entry['arm']} predicts {gap:.1f} points below the best possible accuracy: "
            "part of its distance to the human is training that has not ended."
        )
    sampled = entry["versus_human_sampled"]
    if sampled["high"] < 0.5 or sampled["low"] > 0.5:
        notes.append(
            f"Sampled, the {entry['arm']} scores {percent(sampled['rate'])} % against its own human, "
            "not 50 %: it is not a faithful copy."
        )
    return notes


def _search_limits(panel: dict[str, Any]) -> list[str]:
    learner = leads(panel, "searched").learner
    if learner is None:
        return []
    mine = Score.from_json(learner["searched"])
    return [
        f"Both with search, {learner['player']} is not shown to be better than “{row['player']}”."
        for row in panel["headline"]
        if row["arm"] in TAUGHT and row["searched"] and not above(mine, Score.from_json(row["searched"]))
    ]


def _cost_limits(panel: dict[str, Any]) -> list[str]:
    costs = {row["arm"]: row["cpu_seconds"] for row in panel["headline"] if row["cpu_seconds"]}
    if len(costs) < 2 or max(costs.values()) <= 1.2 * min(costs.values()):
        return []
    low, high = min(costs, key=lambda arm: float(costs[arm])), max(costs, key=lambda arm: float(costs[arm]))
    took = f"{low} took {seconds(costs[low])}, {high} {seconds(costs[high])}"
    return [f"The arms did not cost the same: {took} of CPU time."]


def percent(share: float) -> str:
    """A share in per cent with one digit, without the sign."""
    return f"{100 * share:.1f}"


def seconds(value: float) -> str:
    """A duration as people say it: 85 s, 2 min 51 s, 1 h 4 min."""
    whole = round(value)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h" + (f" {whole % 3600 // 60} min" if whole % 3600 // 60 else "")


def _with_interval(score: dict[str, Any]) -> str:
    return f"{percent(score['rate'])} % [{percent(score['low'])}–{percent(score['high'])}]"


def sentence(text: str) -> str:
    """A claim as a sentence: a capital first, a full stop last."""
    return f"{_capital(text).rstrip('.')}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
