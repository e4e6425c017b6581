"""People's moves predicted, in the report: the sentences say no more, and the tables hold all rows."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from report_sample import Elements, file_result, share

from lab.report import ResultError, render_report
from lab.report.headline import deck, headline
from lab.report.result import validate

Json = dict[str, Any]


def moves(rate: float, n: int = 1200) -> Json:
    """How one row of a table is told."""
    return {"top1": share(rate, n), "top5": share(rate + 0.3, n), "cross_entropy": 2.125, "games": 40}


def table(rate: float, **changes: Any) -> Json:
    """A collection of two ranks and two bands of moves."""
    return {
        "games": 40,
        "learned_from": 0,
        "moves": moves(rate),
        "with_passes": moves(rate + 0.01),
        "unseen": moves(rate - 0.02),
        "chance": 0.021,
        "by_rank": {"2100-2199": moves(rate - 0.03), "unknown": None},
        "by_move": {"1-10": moves(rate + 0.1), "11 and later": moves(rate - 0.1)},
        "value": {"mean_squared_error": None, "positions": 0},
    } | changes


@pytest.fixture
def result() -> Json:
    made: Json = copy.deepcopy(file_result())
    world = made["worlds"][0]
    world["human_prediction"] = {
        "schema": "move37-prediction/1",
        "board": "go9",
        "on": {"people.sgf, test": table(0.402), "pro.sgf": table(0.3, learned_from=12)},
    }
    world["panels"][0]["headline"] = [
        {"player": f"imitator on {name}", "arm": "imitator", "raw": told["moves"]["top1"]}
        for name, told in world["human_prediction"]["on"].items()
    ]
    return made


def test_to_predict_is_not_to_answer_rightly(result: Json) -> None:
    world = validate(result)["worlds"][0]
    assert headline(world) == "The imitator predicts 40.2 % of people’s moves in games it did not learn from"
    told = deck(world)
    assert "rightly" not in told
    assert told.startswith("Of 1\u202f200 moves in 40 games of people.sgf, test, it puts 40.2 % [")
    assert "70.2 % among its first five; a random legal move would be right in 2.1 %." in told
    assert "games of pro.sgf, it puts 30.0 % [" in told


def test_all_tables_stand_on_the_page(result: Json) -> None:
    page = render_report(result)
    assert Elements(page).open == []
    tables = re.findall(r'<table class="people">.*?</table>', page, re.DOTALL)
    assert len(tables) == 2
    for one in tables:
        rows = re.findall(r'<th scope="row">(.*?)</th>', one)
        assert rows == [
            "all moves", "passes too", "positions not learned", "2100–2199", "1–10", "11 and later",
        ]  # fmt: skip
        assert one.count("1\u202f200") == 6, "with sizes"
        assert one.count('class="interval"') == 6
    assert "57.0&nbsp;% on 19x19, 6 to 9 dan; another board, other people" in page
    assert "12 games of the file, learned from, left out" in page
    assert "rightly" not in page
    assert "How faithful the copy is" not in page, "the same figures once more"


def test_a_collection_of_which_nothing_is_left(result: Json) -> None:
    empty = dict.fromkeys(("moves", "with_passes", "unseen", "chance"))
    on = result["worlds"][0]["human_prediction"]["on"]
    on["pro.sgf"] = table(0.3, **empty, games=0, learned_from=1, by_rank={}, by_move={"1 and later": None})
    page = render_report(result)
    assert "Nothing is left to predict: 1 game of the file, learned from, left out." in page
    assert "Of pro.sgf nothing is left to predict." in page
    on["pro.sgf"]["by_rank"] = {"5d": {"top1": 0.3}}
    with pytest.raises(ResultError, match=r"human_prediction\.on\.pro\.sgf\.by_rank\.5d"):
        render_report(result)


def test_settings_that_took_no_part_are_not_listed(result: Json) -> None:
    result["config"] = {"world": "go9", "imitation": {"updates": 9}, "evaluation": {"batch": 8, "pairs": 37}}
    result["config"]["others"] = ["alphabeta-8"]
    assert "alphabeta-8" in render_report(result)
    result["worlds"][0]["settings"] = ["world", "imitation", "evaluation.batch"]
    page = render_report(result)
    listed = page[page.index('class="settings"') :]
    names = re.findall(r'<th scope="row">(.*?)</th>', listed[: listed.index("</table>")])
    assert [name for name in names if not name.startswith("version")] == [
        "world", "imitation.updates", "evaluation.batch",
    ]  # fmt: skip
    assert "alphabeta-8" not in listed
