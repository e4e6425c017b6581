"""People's moves predicted: a table for each collection, by rank and by move number, and its words."""

from __future__ import annotations

from typing import Any

from lab.report.wording import percent, thousands, with_interval

ALPHAGO = 0.570  # Silver et al. 2016: the supervised network's first choice, with all features
WHOLE = {"moves": "all moves", "with_passes": "passes too", "unseen": "positions not learned"}
GROUPS = {"by_rank": "By the rank of who moves", "by_move": "By the number of the move"}

Table = dict[str, Any]


def people_tables(world: dict[str, Any]) -> dict[str, Any] | None:
    """What the page shows of it; None where nobody's moves were predicted."""
    if not world["human_prediction"]:
        return None
    tables = [_table(name, told) for name, told in _collections(world)]
    return {"tables": tables, "arm": world["panels"][0]["imitation"][0]["arm"], "alphago": ALPHAGO}


def _table(name: str, told: Table) -> Table:
    whole = [(words, told[field]) for field, words in WHOLE.items()]
    parts = {
        words: [(band.replace("-", "–"), row) for band, row in told[field].items()]
        for field, words in GROUPS.items()
    }
    groups = [
        (heading, [(words, row) for words, row in rows if row is not None])
        for heading, rows in (("", whole), *parts.items())
    ]
    return {
        "name": name,
        "games": _games(told["games"]),
        "learned_from": _games(told["learned_from"]) if told.get("learned_from") else "",
        "chance": told["chance"],
        "groups": [(heading, rows) for heading, rows in groups if rows],
    }


def people_headline(world: dict[str, Any]) -> str:
    """One sentence: how many of people's moves are predicted, no more."""
    told = _collections(world)[0][1]
    if told["moves"] is None:
        return "People to learn from, and none of their moves to predict"
    held = "in games it did not learn from"
    return f"The imitator predicts {percent(told['moves']['top1']['rate'])} % of people’s moves {held}"


def people_deck(world: dict[str, Any]) -> str:
    """The figures behind it, collection by collection."""
    return " ".join(
        _sentence(name, told, number == 0) for number, (name, told) in enumerate(_collections(world))
    )


def _sentence(name: str, told: Table, first: bool) -> str:
    row = told["moves"]
    if row is None:
        return f"Of {name} nothing is left to predict."
    where = f"{thousands(row['top1']['n'])} moves in {_games(told['games'])} of {name}"
    said = f"Of {where}, it puts {with_interval(row['top1'])} first"
    said += f" and {percent(row['top5']['rate'])} % among its first five"
    if first and told["chance"] is not None:
        said += f"; a random legal move would be right in {percent(told['chance'])} %"
    return f"{said}."


def _games(number: int) -> str:
    return f"{thousands(number)} game{'' if number == 1 else 's'}"


def _collections(world: dict[str, Any]) -> list[tuple[str, Table]]:
    """The collections, the games held out first."""
    return list(world["human_prediction"]["on"].items())
