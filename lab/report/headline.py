"""What may be said: sentences made from the data, none that the intervals do not support.

"Passes" means that the 95 % intervals are separated. Where they overlap the words are "is not shown to".
A human whose chances are not known (a file of games) has no line; then nothing is said against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab.report.arms import is_copy, is_imitator, is_learner, without_plateau
from lab.report.people import people_deck, people_headline
from lab.report.result import known_lines
from lab.report.wording import capital, percent, seconds, with_interval
from lab.report.words import Words, words_of
from lab.statistics import Score, above

Lines = dict[str, Score]


@dataclass(frozen=True)
class Leads:
    """The rows of the headline table that the sentences speak of."""

    learner: dict[str, Any] | None  # the best arm that is more than a copy
    imitator: dict[str, Any] | None  # the best copy of everything the human did


def leads(panel: dict[str, Any], column: str = "raw") -> Leads:
    """The best learner and the best plain imitator of a panel, by the rates of a column."""
    rows = [row for row in without_plateau(panel)["headline"] if row[column] is not None]
    learners = [row for row in rows if is_learner(row["arm"])]
    imitators = [row for row in rows if is_imitator(row["arm"])]
    return Leads(_best(learners, column), _best(imitators, column))


def _best(rows: list[dict[str, Any]], column: str) -> dict[str, Any] | None:
    return max(rows, key=lambda row: float(row[column]["rate"]), default=None)


def headline(world: dict[str, Any]) -> str:
    """One sentence for a world: how far its learner got past the human, and whether a copy got there."""
    if world.get("human_prediction"):
        return people_headline(world)
    panel, words = world["panels"][0], words_of(world)
    lead = leads(panel)
    lines = {name: Score.from_json(score) for name, score in known_lines(panel).items()}
    if lead.learner is not None:
        name = capital(_called(lead.learner))
        return f"{name} {_learner_got(lead.learner, lead.imitator, lines, words)}"
    if lead.imitator is not None:
        return _copy_got(panel, lead.imitator, lines, words)
    return "A human to learn from, and nobody yet who did"


def _called(row: dict[str, Any]) -> str:
    """A row's player in a sentence: that it is greedy goes without saying, of all scores alone are."""
    return str(row["player"]).removesuffix(", greedy")


def _learner_got(learner: dict[str, Any], imitator: dict[str, Any] | None, lines: Lines, words: Words) -> str:
    if not lines:
        if imitator is None:
            return "by itself, with no human to measure it by"
        return f"{_beside(learner, imitator)}; the human’s own line is unknown"
    if "best" not in lines:
        passed = _passes_recorded(learner, lines["recorded"], words.with_aid)
        return f"{passed}; the human’s line at best is unknown"
    told = _passes(learner, lines["recorded"], lines["best"], words.with_aid)
    if imitator is not None and above(Score.from_json(learner["raw"]), lines["best"]):
        told += f"; the imitator {_stops(Score.from_json(imitator['raw']), lines['best'])}"
    return told


def _passes(row: dict[str, Any], recorded: Score, best: Score, aided: str) -> str:
    raw, searched = _raw_and_searched(row)
    if above(raw, best) and above(raw, recorded):
        return "goes past the human, even at best"
    if above(raw, recorded):
        if above(searched, best):
            return f"goes past the human as recorded and, {aided}, past the human at best"
        return "goes past the human as recorded, but is not shown to pass the human at best"
    if above(searched, best) and above(searched, recorded):
        return f"goes past the human only {aided}"
    if above(searched, recorded):
        return f"goes past the human as recorded only {aided}"
    return "is not shown to pass the human"


def _passes_recorded(row: dict[str, Any], recorded: Score, aided: str) -> str:
    raw, searched = _raw_and_searched(row)
    if above(raw, recorded):
        return "goes past the human as recorded"
    if above(searched, recorded):
        return f"goes past the human as recorded only {aided}"
    return "is not shown to pass the human as recorded"


def _raw_and_searched(row: dict[str, Any]) -> tuple[Score, Score]:
    """Both scores of a row; without a search the raw one twice."""
    raw = Score.from_json(row["raw"])
    return raw, Score.from_json(row["searched"]) if row["searched"] else raw


def _stops(imitator: Score, best: Score) -> str:
    if above(imitator, best):
        return "does too"
    return "stays below" if above(best, imitator) else "is not shown to"


def _beside(learner: dict[str, Any], imitator: dict[str, Any]) -> str:
    """The learner against the imitator, each alone, where there is no line of the human's."""
    mine, theirs = Score.from_json(learner["raw"]), Score.from_json(imitator["raw"])
    if above(mine, theirs):
        return "goes past the human’s imitator"
    return (
        "stays behind the human’s imitator"
        if above(theirs, mine)
        else ("is not shown to pass the human’s imitator")
    )


def _copy_got(panel: dict[str, Any], imitator: dict[str, Any], lines: Lines, words: Words) -> str:
    """How near the copy is to its original, where nobody else has learned."""
    score = Score.from_json(imitator["raw"])
    if "best" in lines:
        return f"The imitator {_distance(score, lines['best'])} its human at best"
    if "recorded" in lines:
        return f"The imitator {_distance(score, lines['recorded'])} its human as recorded"
    entry = _imitation(panel, imitator["arm"])
    if entry is None:
        return "The imitator of a human whose own line is unknown"
    predicted = percent(entry["accuracy"]["rate"])
    told = f"The imitator predicts {predicted} % of its human’s {words.choices}"
    return f"{told}; the human’s own line is unknown"


def _distance(score: Score, line: Score) -> str:
    points = f"{100 * abs(line.rate - score.rate):.1f} points"
    if above(line, score):
        return f"stays {points} below"
    return f"goes {points} past" if above(score, line) else "is not told apart from"


def _imitation(panel: dict[str, Any], arm: str) -> dict[str, Any] | None:
    return next((entry for entry in panel["imitation"] if entry["arm"] == arm), None)


def deck(world: dict[str, Any]) -> str:
    """The figures behind the headline, in a few sentences."""
    if world.get("human_prediction"):
        return people_deck(world)
    panel, words = world["panels"][0], words_of(world)
    lead, searched = leads(panel), leads(panel, "searched")
    parts = [] if lead.learner is None else [_alone(lead.learner, words)]
    parts.append(_human(known_lines(panel), lead.imitator, words))
    if lead.learner is None and lead.imitator is not None:
        parts.append(_predicts(_imitation(panel, lead.imitator["arm"]), words))
    if searched.learner is not None and searched.imitator is not None:
        parts.append(_with_aid(searched.learner, searched.imitator, words))
    if not any(is_copy(row["arm"]) and row["arm"] != "human" for row in panel["headline"]):
        parts.append("Nobody learned from a human here." if lead.learner else "")
    return " ".join(part for part in parts if part)


def _alone(row: dict[str, Any], words: Words) -> str:
    cost = f" after {seconds(row['cpu_seconds'])} of CPU time" if row["cpu_seconds"] else ""
    return f"Without {words.aid}, {_called(row)} answers {with_interval(row['raw'])} rightly{cost}."


def _human(lines: dict[str, dict[str, Any]], imitator: dict[str, Any] | None, words: Words) -> str:
    """The human's lines and the imitator's score, as far as there are any."""
    copy = f"the imitator {with_interval(imitator['raw'])}" if imitator else ""
    if not lines:
        chances = f"not its chance of every {words.choice}"
        unknown = f"Of the human only {words.lessons} are known, {chances}, so it has no line"
        return f"{unknown}; {copy.replace('imitator', 'imitator answers', 1)} rightly." if copy else ""
    said = f"The human answers {percent(lines['recorded']['rate'])} % rightly as recorded"
    said += f" and {percent(lines['best']['rate'])} % at best" if "best" in lines else ""
    return f"{said}, {copy}." if copy else f"{said}."


def _predicts(entry: dict[str, Any] | None, words: Words) -> str:
    if entry is None:
        return ""
    ceiling = entry.get("accuracy_ceiling")
    possible = "" if ceiling is None else f"; no copy could predict more than {percent(ceiling)} %"
    return f"It predicts {with_interval(entry['accuracy'])} of the human’s {words.choices}{possible}."


def _with_aid(learner: dict[str, Any], imitator: dict[str, Any], words: Words) -> str:
    mine, theirs = Score.from_json(learner["searched"]), Score.from_json(imitator["searched"])
    alike = learner["raw"] is not None  # who has no policy of its own searches with what others have not
    verdict = f"the intervals overlap, so {words.with_aid} the two are not told apart"
    if above(mine, theirs):
        verdict = "the intervals are apart, " + (
            f"so {words.aid_alone_does} not account for the lead" if alike else f"but {words.another_aid}"
        )
    elif above(theirs, mine):
        verdict = "the imitator is ahead"
    same = (
        f"the same {words.aid}" if alike and learner["simulations"] == imitator["simulations"] else words.aid
    )
    return (
        f"With {same} {_called(learner)} reaches {percent(mine.rate)} %, "
        f"the imitator {percent(theirs.rate)} %: {verdict}."
    )
