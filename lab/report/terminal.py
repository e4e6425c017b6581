"""The end of a run in the terminal: the headline table and the verdicts, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lab.report.arms import without_plateau
from lab.report.headline import headline
from lab.report.ladder import in_order
from lab.report.result import Result, known_lines, validate
from lab.report.wording import by_seed, capital, percent, seconds
from lab.report.words import Words, words_of
from lab.statistics import Score, above

MARKS = {"shown": ("✓", "green"), "contradicted": ("✗", "red"), "not shown": ("○", "yellow")}


def terminal_table(result: Result) -> RenderableType:
    """The headline sentence, table and claims of every world, for rich's console. Raises ResultError.

    Green: shown to lie above the human at best.
    """
    result = validate(result)
    parts: list[RenderableType] = []
    for world in result["worlds"]:
        parts += [Text(headline(world), style="bold"), Text(f"Share of {world['score_name']}", style="dim")]
        for number, panel in enumerate(world["panels"]):
            ladder = world["ladder"] if number == 0 else None
            parts += [Text(), *_table(_laddered(without_plateau(panel), ladder or []), words_of(world))]
            parts += _verdicts(panel["claims"])
    return Group(*parts, Text())


def _laddered(panel: dict[str, Any], ladder: list[dict[str, Any]]) -> dict[str, Any]:
    """The panel with one row a rung in the place of its arms' many; CPU time in all."""
    rungs = {rung["arm"] for rung in ladder}
    rows = [
        {
            "player": f"control: {rung['title']}" if rung["control"] else rung["title"],
            "raw": rung["raw"],
            "searched": rung["searched"],
            "cpu_seconds": rung["total_cpu_seconds"],
        }
        for rung in in_order(ladder)
    ]
    return {**panel, "headline": [row for row in panel["headline"] if row["arm"] not in rungs] + rows}


def _table(panel: dict[str, Any], words: Words) -> list[RenderableType]:
    """The panel's title and its table; columns that would be empty are left out."""
    rows, best = panel["headline"], known_lines(panel).get("best")
    title = Text(panel["title"], style="italic")
    if not rows:
        return [title]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("player", overflow="fold")
    columns = {"raw": "raw", "searched": words.with_aid}
    shown = [column for column in columns if any(row[column] for row in rows)]
    costs = any(row["cpu_seconds"] is not None for row in rows)
    for column in shown:
        table.add_column(columns[column], justify="right", no_wrap=True)
    if costs:
        table.add_column("CPU time", justify="right", style="dim", no_wrap=True)
    for row in rows:
        cells = [Text(row["player"]), *(_cell(row[column], best) for column in shown)]
        table.add_row(*cells, *([_cost(row["cpu_seconds"])] if costs else []))
    return [title, table]


def _cost(cpu_seconds: float | None) -> str:
    return "" if cpu_seconds is None else seconds(cpu_seconds)


def _cell(score: dict[str, Any] | None, best: dict[str, Any] | None) -> Text:
    if score is None:
        return Text("–", style="dim")
    passes = best is not None and above(Score.from_json(score), Score.from_json(best))
    interval = f" [{percent(score['low'])}–{percent(score['high'])}]"
    return Text.assemble(
        (f"{percent(score['rate'])} %", "bold green" if passes else "bold"), (interval, "dim")
    )


def _verdicts(claims: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """The claims, those of one verdict below its word."""
    for verdict, (mark, colour) in MARKS.items():
        told = [claim for claim in claims if claim["verdict"] == verdict]
        if told:
            yield Text(f"\n{capital(verdict)}", style=colour)
        for claim in told:
            yield _Claim(
                Text.assemble((f"{mark} ", colour), claim["claim"]),
                Text(by_seed(claim["evidence"])[0], "dim"),
            )


@dataclass(frozen=True)
class _Claim:
    """A claim with its evidence: beside it where both fit, else on a line of its own."""

    claim: Text
    evidence: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        room = options.max_width - cell_len(self.claim.plain) - cell_len(self.evidence.plain)
        if room >= 2:
            yield Text.assemble(self.claim, "  ", self.evidence)
        else:
            yield self.claim
            yield Padding(self.evidence, (0, 0, 0, 2))
