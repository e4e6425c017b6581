"""Runs that have made only a part of what a report can show, or the least of it."""

import re

import pytest
from report_exhibits import FIELDS, full_result
from report_sample import Elements, sample_result

from lab.report import render_report
from lab.report.exhibits import exhibits
from lab.report.palette import arm_slots
from lab.report.result import validate


@pytest.mark.parametrize("field", FIELDS)
def test_what_a_run_has_not_made_is_none_and_not_drawn(field: str) -> None:
    absent, empty = full_result(), full_result()
    del absent["worlds"][0][field]
    empty["worlds"][0][field] = None
    assert validate(absent) == validate(empty)
    assert validate(absent)["worlds"][0][field] is None


def test_the_page_without_exhibits_is_the_plain_one() -> None:
    result = full_result()
    world = result["worlds"][0]
    world.update(dict.fromkeys(FIELDS), panels=world["panels"][1:])
    page = render_report(result)
    assert Elements(page).open == []
    assert "The ladder" not in page
    assert "seeds shipped" not in page
    assert 'class="exhibit"' not in page


def test_a_run_without_exhibits_has_none() -> None:
    world = validate(sample_result())["worlds"][0]
    assert set(exhibits(world, arm_slots({"worlds": [world]}), "w").values()) == {None}


def test_the_least_that_a_run_can_have_is_drawn() -> None:
    result = full_result()
    world = result["worlds"][0]
    world["panels"] = world["panels"][:1]
    for curve in world["panels"][0]["curves"]:
        curve["points"] = [{**curve["points"][0], "cpu_seconds": 0.0, "games": 0}]
    for rung in world["ladder"]:
        rung.update(
            raw=None, sampled=None, searched=None, cpu_seconds=None, total_cpu_seconds=None, games=None
        )
    for player in world["ratings"]["players"]:
        player.update(low=None, high=None, rating=0.0, bound=None)
    world["ratings"].update(transitivity=None, matches=None)
    for entry in world["prediction"]["arms"]:
        entry["points"] = entry["points"][:1]
    world["prediction"]["ceiling"] = None
    world["policy_gradient"].update(
        entropy=[], text=None, sharpening=world["policy_gradient"]["sharpening"][:1]
    )
    world["value_lesson"].update(human_games=None, one_position={"games": 0, "points": []})
    world["value_lesson"]["whole_games"]["points"] = [{"updates": 0, "train": 0.0, "test": 0.0}]
    world["teachers"].update(rows=world["teachers"]["rows"][-1:], lines=[])
    born = world["surprise"]["birth"][0]
    born["points"] = [{"cpu_seconds": 0.0, "games": 0, "probability": 0.0}]
    page = render_report(result)
    assert Elements(page).open == []
    assert not any(re.search(r"\b(nan|inf)\b", svg, re.I) for svg in re.findall("<svg.*?</svg>", page, re.S))
    assert "from 0 to 0" in page
    for field in ("ladder", "priors", "bands"):
        world[field] = []
    for field, entry in (("ratings", "players"), ("teachers", "rows"), ("policy_gradient", "against")):
        world[field][entry] = []
    world["prediction"]["arms"] = []
    made = exhibits(validate(result)["worlds"][0], arm_slots(result), "w")
    assert [name for name, exhibit in made.items() if exhibit] == ["value_lesson", "surprise"]
