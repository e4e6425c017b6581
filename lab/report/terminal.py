"""The end of a run in the terminal: the headline table and the verdicts."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lab.report.headline import headline, percent, seconds
from lab.report.result import Result, validate
from lab.statistics import Score, above

MARKS = {"shown": ("✓", "green"), "not shown": ("○", "yellow"), "contradicted": ("✗", "red")}


def terminal_table(result: Result) -> RenderableType:
    """The headline sentence, table and claims of every world, for rich's console. Raises ResultError.

    Green: shown to lie above the human at best.
    """
    validate(result)
    parts: list[RenderableType] = []
    for world in result["worlds"]:
        parts += [Text(headline(world), style="bold"), Text(f"share of {world['score_name']}", style="dim")]
        for panel in world["panels"]:
            parts += [_table(panel), *_verdicts(panel), Text()]
    return Group(*parts)


def _table(panel: dict[str, Any]) -> Table:
    best = Score.from_json(panel["lines"]["best"])
    table = Table(
        title=Text(panel["title"]), title_justify="left", title_style="italic", box=None, pad_edge=False
    )
    table.add_column("player")
    table.add_column("raw", justify="right")
    table.add_column("with search", justify="right")
    table.add_column("CPU", justify="right", style="dim")
    for row in panel["headline"]:
        cost = "" if row["cpu_seconds"] is None else seconds(row["cpu_seconds"])
        table.add_row(Text(row["player"]), _cell(row["raw"], best), _cell(row["searched"], best), cost)
    return table


def _cell(score: dict[str, Any] | None, best: Score) -> Text:
    if score is None:
        return Text("–", style="dim")
    style = "bold green" if above(Score.from_json(score), best) else "bold"
    interval = f" [{percent(score['low'])}–{percent(score['high'])}]"
    return Text.assemble((f"{percent(score['rate'])} %", style), (interval, "dim"))


def _verdicts(panel: dict[str, Any]) -> list[Text]:
    lines = []
    for claim in panel["claims"]:
        mark, colour = MARKS[claim["verdict"]]
        verdict = (f"{mark} {claim['verdict']}: ", colour)
        lines.append(Text.assemble(verdict, claim["claim"], (f"  ({claim['evidence']})", "dim")))
    return lines
