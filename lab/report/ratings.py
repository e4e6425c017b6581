"""Ratings of all players on one scale, with what that scale cannot say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.report.canvas import MUTED, placeholder
from lab.report.dots import Across, Dot, Row, Sheet, dot_figure
from lab.report.wording import thousands

WIDE = Sheet(677.0, 9.6, 190.0, 62.0, False)
NARROW = Sheet(360.0, 9.8, 138.0, 44.0, False)
BOUNDS = {None: 0, "at least": 1, "at most": -1}


def ratings_figure(ratings: dict[str, Any], slot_of: Callable[[str], int], sheet: Sheet, key: str) -> str:
    """A dot and its interval for every player, best first; arrows where only a bound is known."""
    rows = [
        Row(player["player"], "", (_dot(player, placeholder(slot_of(player["player"]))),))
        for player in ratings["players"]
    ]
    return dot_figure(
        rows,
        [Across(0.0, f"0 = {ratings['anchor']}", MUTED)],
        f"rating on the {ratings['scale']} scale",
        lambda value: f"{value:.0f}",
        sheet,
        key,
        _description(ratings),
    )


def _dot(player: dict[str, Any], colour: str) -> Dot:
    rating = player["rating"]
    low = rating if player["low"] is None else min(player["low"], rating)
    high = rating if player["high"] is None else max(player["high"], rating)
    bound = BOUNDS[player["bound"]]
    # a bound's known end is its interval's inner one: beyond it the prior alone speaks
    if bound > 0:
        return Dot(low, low, rating, colour, "hollow", bound)
    if bound < 0:
        return Dot(high, rating, high, colour, "hollow", bound)
    return Dot(rating, low, high, colour)


def _description(ratings: dict[str, Any]) -> str:
    told = [
        f"{p['player']} {p['bound'] or ''} {p['rating']:.0f}".replace("  ", " ") for p in ratings["players"]
    ]
    return f"Ratings on the {ratings['scale']} scale, best first: {', '.join(told)}."


def ratings_words(ratings: dict[str, Any]) -> str:
    """What the numbers stand on: anchor, prior, games, bounds."""
    games = sum(player["games"] for player in ratings["players"]) // 2
    bounded = any(player["bound"] for player in ratings["players"])
    words = (
        f"Bradley-Terry from {thousands(games)} games; {ratings['anchor']} is 0. Prior: {ratings['prior']}"
    )
    arrows = " An arrow: this player never lost, or never won, so only a bound is known." if bounded else ""
    return f"{words.rstrip('.')}.{arrows}"
