"""Move 37: how often it occurs, how often it is right, and when it was born."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from lab.report.canvas import MUTED, PAPER, STYLE, Size, finish_axes, finished, new_axes, placeholder
from lab.report.figures import cost_axis
from lab.report.palette import KNOWN
from lab.report.wording import capital, percent, thousands
from lab.report.words import BOARD, Words
from lab.statistics import Score, above

SMALL = Size(3.7, 2.6, 10.4, 0.19, 0.97, 0.19)
LEAST = 1e-8  # probabilities below are drawn here: a log axis has no 0


def birth_figure(birth: dict[str, Any], threshold: float, key: str, words: Words = BOARD) -> str:
    """A choice's probability under the policy over the CPU time of its learning, on a log axis: an <svg>."""
    points = birth["points"]
    x = [point["cpu_seconds"] for point in points]
    y = [max(point["probability"], LEAST) for point in points]
    colour = placeholder(KNOWN["zero" if words == BOARD else "policy-gradient"])
    with mpl.rc_context(STYLE):
        axes = new_axes(SMALL)
        axes.set_yscale("log")
        axes.plot(x, y, color=colour, linewidth=1.9)
        axes.plot(x, y, "o", color=colour, markersize=3.6, markeredgecolor=PAPER, markeredgewidth=0.5)
        axes.axhline(threshold, color=MUTED, linewidth=0.8, linestyle=(0, (3.2, 2.0)))
        _frame(axes, x, y, threshold)
        return finished(axes, key, _description(birth, words))


def _frame(axes: Axes, x: list[float], y: list[float], threshold: float) -> None:
    end = max(x) or 1.0
    axes.set_ylim(min([threshold, *y]) / 3, 1.6)
    axes.set_xlim(0, end * 1.03)
    finish_axes(axes, "CPU time spent learning", SMALL)
    cost_axis(axes, "cpu_seconds", end, 4)
    axes.yaxis.set_major_locator(LogLocator(10, numticks=5))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: chance_words(v)))
    axes.annotate(
        "surprise below",
        (1.0, threshold),
        (0, -3),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=SMALL.text * 0.9,
        color=MUTED,
    )


def counts_words(surprise: dict[str, Any], words: Words) -> str:
    """What is counted, as a sentence begins: what the study says itself, or choices below its threshold."""
    if surprise["counts"]:
        return str(surprise["counts"])
    threshold = surprise["threshold"]
    odds = f"1 in {thousands(round(1 / threshold))}" if threshold > 0.0 else "any chance"
    return f"{capital(words.choices)} to which the human gives less than {odds}"


def named_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, whose players' names tell by which human they are measured where there are several."""
    if len({row["human"] for row in rows}) < 2:
        return rows
    return [row | {"player": f"{row['player']}, by {row['human']}"} for row in rows]


def chance_words(chance: float) -> str:
    """A probability as people say it: 50 %, 1 %, 1 in 10k, 1 in 1M."""
    if chance >= 0.01:
        return f"{100 * chance:g} %"
    if chance <= 0.0:
        return "0"
    odds = round(1 / chance)
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if odds >= size:
            return f"1 in {odds / size:.3g}{unit}"
    return f"1 in {odds}"


def _description(birth: dict[str, Any], words: Words) -> str:
    first, last = birth["points"][0], birth["points"][-1]
    ends = f"{chance_words(first['probability'])} to {chance_words(last['probability'])}"
    return f"{birth['label']}: the {words.choice}’s probability while learning, from {ends}."


def boards_left(surprise: dict[str, Any]) -> list[dict[str, Any]]:
    """The boards that are not drawn beside their birth already."""
    born = {birth["svg"] for birth in surprise["birth"] if birth["points"]}
    return [board for board in surprise["boards"] or [] if board["svg"] not in born]


@dataclass(frozen=True)
class Kind:
    """One of the two tables: how sentences and its head call what it counts, of how many, what is right."""

    told: str
    head: str
    counted: str
    right: str


def kinds(words: Words = BOARD) -> dict[str, Kind]:
    """The kinds of surprise: on the board moves and three of them in a row, in text answers and working."""
    if words == BOARD:
        return {
            "certificates": Kind(
                "Single moves", "Single moves", "Positions", "the move keeps the exact value"
            ),
            "lines": Kind(
                "Three moves in a row", "Three own moves in a row", "Lines", "all three keep the exact value"
            ),
        }
    single = f"Single {words.choices}"
    return {
        "certificates": Kind(
            single, single, capital(words.problems), f"the verifier accepts the {words.choice}"
        ),
        "lines": Kind("Lines of working", "Lines of working", "Lines", "the line is right"),
    }


def kinds_of(surprise: dict[str, Any], words: Words) -> dict[str, Kind]:
    """The kinds, with what is right in this very study where it says so itself."""
    known = kinds(words)
    if surprise["right_means"]:
        known["certificates"] = replace(known["certificates"], right=surprise["right_means"])
    return known


def surprise_words(surprise: dict[str, Any], words: Words = BOARD) -> list[str]:
    """Whose surprises are right more often than choices as rare: one sentence a kind, random left aside."""
    return [told for name, kind in kinds(words).items() if (told := _told(surprise[name], kind.told, words))]


def _told(rows: list[dict[str, Any]], name: str, words: Words) -> str:
    """Shown with figures; what is not shown or contradicted by name, its figures stand in the table."""
    players: dict[str, list[str]] = {"shown": [], "not shown": [], "contradicted": []}
    for row in named_rows(rows):
        if row["right"] and row["equally_rare"] and not row["player"].startswith("random"):
            right, rare = Score.from_json(row["right"]), Score.from_json(row["equally_rare"])
            verdict = "shown" if above(right, rare) else "contradicted" if above(rare, right) else "not shown"
            figures = (
                f" ({percent(right.rate)} % against {percent(rare.rate)} %)" if verdict != "not shown" else ""
            )
            players[verdict].append(row["player"] + figures)
    parts = [f"{verdict} for {'; '.join(names)}" for verdict, names in players.items() if names]
    claim = f"that surprises are right more often than {words.choices} as rare is"
    return f"{name}: {claim} {' – '.join(parts)}." if parts else ""
