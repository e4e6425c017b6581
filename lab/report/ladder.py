"""The ladder: one ingredient at a time, every rung raw and searched, the controls set apart."""

from __future__ import annotations

from typing import Any

from lab.report.arms import has_other_teacher
from lab.report.canvas import placeholder
from lab.report.dots import Across, Dot, Row, Sheet, dot_figure, score_dot
from lab.report.result import known_lines
from lab.report.wording import capital, percent, seconds, with_interval
from lab.report.words import Words, words_of
from lab.statistics import Score, above

KINDS = {"raw": "solid", "searched": "hollow", "sampled": "small"}
STEPS = ("raw", "searched")
APART = "Controls"


def ladder_figure(world: dict[str, Any], slots: dict[str, int], sheet: Sheet, key: str) -> str:
    """A dot and its interval for every rung: raw, searched, sampled; the human's lines from top to bottom."""
    rungs = in_order(world["ladder"])
    first = next((rung for rung in rungs if rung["control"]), None)
    rows = [Row(r["title"], r["ingredient"], _dots(r, slots), APART if r is first else "") for r in rungs]
    return dot_figure(
        rows,
        human_across(world["panels"][0]),
        f"share of {world['score_name']}",
        lambda x: f"{100 * x:.0f} %" if -1e-9 <= x <= 1 + 1e-9 else "",
        sheet,
        key,
        _description(rungs, words_of(world)),
    )


def in_order(ladder: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rungs from the lowest up, then the controls."""
    return sorted(ladder, key=lambda rung: bool(rung["control"]))


def human_across(panel: dict[str, Any]) -> list[Across]:
    """The human's known lines."""
    words = {"recorded": "human, as recorded", "best": "human, at best"}
    lines = known_lines(panel)
    return [
        Across(lines[name]["rate"], f"{text}  {100 * lines[name]['rate']:.0f} %", placeholder(0), "bold")
        for name, text in words.items()
        if name in lines
    ]


def _dots(rung: dict[str, Any], slots: dict[str, int]) -> tuple[Dot, ...]:
    colour = placeholder(slots[rung["arm"]])
    return tuple(
        score_dot(rung[style], colour, kind, rung["control"])
        for style, kind in KINDS.items()
        if rung[style] is not None
    )


def _description(rungs: list[dict[str, Any]], words: Words) -> str:
    told = [f"{rung['title']} {told_score(rung, words)}" for rung in rungs]
    return f"The ladder, from the lowest rung: {'; '.join(told)}."


def told_score(rung: dict[str, Any], words: Words) -> str:
    """A rung's scores in words."""
    names = {"searched": words.aided}
    told = {names.get(style, style): rung[style] for style in KINDS}
    return ", ".join(f"{name} {percent(score['rate'])} %" for name, score in told.items() if score)


def ladder_rows(ladder: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rungs for the table, each with its `steps`: how far it lies beyond another rung, raw and searched,
    whether that is shown, and the title of that rung (`beyond`). A control stands on no rung."""
    rows: list[dict[str, Any]] = []
    for rung in in_order(ladder):
        steps = {style: None if rung["control"] else _step(rung, rows, style) for style in STEPS}
        rows.append({**rung, "steps": steps, "cost": _cost(rung)})
    return rows


def _step(rung: dict[str, Any], below: list[dict[str, Any]], style: str) -> dict[str, Any] | None:
    """The change of a score; None where a score is missing."""
    base = _base(rung, [other for other in below if other[style] is not None])
    if base is None or rung[style] is None:
        return None
    mine, other = Score.from_json(rung[style]), Score.from_json(base[style])
    verdict = "shown" if above(mine, other) else "contradicted" if above(other, mine) else "not shown"
    return {"points": 100 * (mine.rate - other.rate), "verdict": verdict, "beyond": base["title"]}


def _base(rung: dict[str, Any], scored: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What a step is measured from: of the rungs below that have such a score the last; but where that one
    began elsewhere, more than one ingredient lies between, and it is the arm that the rung starts from."""
    if not scored or scored[-1]["starts"] == rung["starts"]:
        return scored[-1] if scored else None
    return next((other for other in scored if other["arm"] == rung["starts"]), scored[-1])


def _cost(rung: dict[str, Any]) -> str:
    own, total = rung["cpu_seconds"], rung["total_cpu_seconds"]
    if own is None:
        return "–" if total is None else f"{seconds(total)} in all"
    more = total is not None and round(total) > round(own)
    return seconds(own) + (f", {seconds(total)} in all" if more else "")


def ladder_words(world: dict[str, Any]) -> list[str]:
    """What the ladder shows and what it does not."""
    rows = ladder_rows(world["ladder"])
    named = dict(zip(STEPS, ("Alone", capital(words_of(world).with_aid)), strict=True))
    told = [_told_steps(rows, style, words) for style, words in named.items()]
    told += [row["note"] for row in rows if row["note"]]
    return [words for words in told if words] + _control_words(world)


def _told_steps(rows: list[dict[str, Any]], style: str, words: str) -> str:
    """One sentence a column: which steps go up, which are not told apart, which go down."""
    steps = [(row["title"], row["steps"][style]) for row in rows if row["steps"][style]]
    parts = []
    for verdict, meaning in (("shown", "up"), ("not shown", "not told apart"), ("contradicted", "down")):
        of_it = [
            f"{title} ({s['points']:+.1f} from {s['beyond']})"
            for title, s in steps
            if s["verdict"] == verdict
        ]
        parts += [f"{meaning}: {', '.join(of_it)}"] if of_it else []
    return f"{words}, each step in points – {'; '.join(parts)}." if parts else ""


def _control_words(world: dict[str, Any]) -> list[str]:
    """Whether imitation is the limit, or the teacher."""
    best = known_lines(world["panels"][0]).get("best")
    controls = [rung for rung in world["ladder"] if has_other_teacher(rung["arm"]) and rung["raw"]]
    if best is None or not controls:
        return []
    past = [r["title"] for r in controls if above(Score.from_json(r["raw"]), Score.from_json(best))]
    figures = ", ".join(f"{rung['title']} {with_interval(rung['raw'])}" for rung in controls)
    if past:
        return [
            f"Other teachers: {figures}. Imitation of another teacher passes the human at best: "
            "the limit is the teacher, not imitation as such."
        ]
    return [f"Other teachers: {figures}. No imitation of another teacher is shown to pass the human at best."]
