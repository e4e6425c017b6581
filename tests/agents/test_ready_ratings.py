"""Ready-made agents on the ladder: a player is found where the ladder's own matches put it."""

from __future__ import annotations

import json

import pytest

from agents.play.own_rating import read_ladder, rung_of
from agents.ready_ratings import OPPONENTS, SCHEMA, STRENGTHS, rate_agent
from games.core import load_game
from lab.shipped import FOLDER


def test_a_player_of_the_ladder_is_found_in_its_place_again() -> None:
    """Few games, so that intervals are wide; that of wins-and-blocks and the ladder's overlap."""
    found = rate_agent(load_game("connect_four"), "wins-and-blocks", pairs=8, seed=1)
    known = rung_of(read_ladder("connect_four"), "wins-and-blocks")
    assert known is not None
    assert known.low is not None
    assert known.high is not None
    assert found["games"] == 2 * 8 * len(OPPONENTS)
    assert found["low"] < known.high
    assert found["high"] > known.low
    assert rate_agent(load_game("connect_four"), "wins-and-blocks", pairs=8, seed=1) == found


def test_a_world_without_a_ladder_is_told() -> None:
    with pytest.raises(ValueError, match="does not rate"):
        rate_agent(load_game("tic_tac_toe"), "random", 1, 0)


def test_what_is_shipped_has_every_strength() -> None:
    told = json.loads((FOLDER / "connect_four-ready-made.json").read_text())
    assert told["schema"] == SCHEMA
    players = [row["player"] for row in told["players"]]
    for simulations in STRENGTHS:
        assert f"pretrained:zero@{simulations}".removesuffix("@0") in players
    for row in told["players"]:
        assert row["low"] < row["rating"] < row["high"]
