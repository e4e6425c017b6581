"""The tables of people's moves predicted, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from lab.report.people import ALPHAGO
from lab.report.wording import percent

PUBLISHED = f"AlphaGo's supervised network: {percent(ALPHAGO)} % on 19x19, 6 to 9 dan"
COMPARED = f"{PUBLISHED}; another board, other people"


def prediction_tables_of(result: dict[str, Any]) -> list[Table]:
    """A table for each collection, rows by rank and by move number: first choice, among the first five."""
    return [_table(name, table) for name, table in result["on"].items()]


def _table(name: str, told: dict[str, Any]) -> Table:
    title = f"\n{name}: {told['games']:,} games"
    if left_out := told.get("learned_from", 0):
        title += f"; {left_out:,} of the file were learned from and are left out"
    table = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", title=title, title_justify="left"
    )
    table.add_column("people's moves", no_wrap=True)
    for words in ("first choice, %", "first five, %", "moves"):
        table.add_column(words, justify="right", no_wrap=True)
    for words, row in _rows(told):
        if row is not None:
            top = row["top1"]
            share = f"{100 * top['rate']:.1f} [{100 * top['low']:.1f}, {100 * top['high']:.1f}]"
            table.add_row(words, share, f"{100 * row['top5']['rate']:.1f}", f"{top['n']:,}")
    return table


def _rows(told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    whole = {"moves": "all", "with_passes": "passes too", "unseen": "positions not learned"}
    yield from ((words, told[field]) for field, words in whole.items())
    for field, words in (("by_rank", "rank"), ("by_move", "move")):
        yield from ((f"{words} {band}", row) for band, row in told[field].items())
