"""The table of people's moves predicted, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table

ALPHAGO = "AlphaGo's supervised network: 57.0 % on 19x19, 6 to 9 dan; another board, other people"


def prediction_table(result: dict[str, Any]) -> Table:
    """A column for each collection, rows by rank and by move number: first choice, among the first five."""
    on = result["on"]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("people's moves", no_wrap=True)
    for name in on:
        table.add_column(f"{name}\nfirst choice, %", justify="right")
        table.add_column("of 5", justify="right")
        table.add_column("moves", justify="right", style="dim")
    for words, rows in _rows(list(on.values())):
        cells = [cell for one in rows for cell in _cells(one)]
        table.add_row(words, *cells)
    return table


def _rows(tables: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any] | None]]]:
    whole = {"moves": "all", "with_passes": "passes too", "unseen": "positions not learned"}
    for field, words in whole.items():
        yield words, [table[field] for table in tables]
    for field, words in (("by_rank", "rank"), ("by_move", "move")):
        for band in dict.fromkeys(band for table in tables for band in table[field]):
            yield f"{words} {band}", [table[field].get(band) for table in tables]


def _cells(row: dict[str, Any] | None) -> tuple[str, str, str]:
    if row is None:
        return "", "", ""
    top = row["top1"]
    share = f"{100 * top['rate']:.1f} [{100 * top['low']:.1f}, {100 * top['high']:.1f}]"
    return share, f"{100 * row['top5']['rate']:.1f}", f"{top['n']:,}"
