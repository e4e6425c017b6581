"""The figure of more games of the same human."""

import copy
import re

import pytest
from report_sample import plateau_result, share

from lab.report import render_report
from lab.report.plateau import plateau_points, plateau_words


@pytest.mark.parametrize(
    ("last", "heading", "words"),
    [
        (0.672, "Where more of the same ends", "by +0.4 points, and the intervals overlap"),
        (0.760, "Where more of the same leads", "by +9.2 points: still rising"),
        (0.600, "Where more of the same ends", "by -6.8 points, down, not up"),
    ],
)
def test_the_plateau_is_drawn_and_named_by_its_last_step(last: float, heading: str, words: str) -> None:
    result = plateau_result(last)
    panel = result["worlds"][0]["panels"][0]
    assert [entry["games"] for entry in plateau_points(panel)] == [1_000, 10_000, 30_000, 60_000]
    assert plateau_words(panel)[0] == heading
    assert words in plateau_words(panel)[1]
    page = render_report(result)
    assert f"<h4>{heading}</h4>" in page
    assert "imitator, greedy" in page
    assert len(re.findall("games of the same human</text>", page)) == 2  # wide and narrow
    del panel["imitation"][2:]
    assert plateau_points(panel) == []
    assert heading not in render_report(result)


def test_the_headline_leaves_further_imitators_out() -> None:
    result, more = plateau_result(), plateau_result()
    panel = more["worlds"][0]["panels"][0]
    for field in ("headline", "curves"):
        entry = next(entry for entry in panel[field] if entry["arm"] == "imitator")
        panel[field].append({**copy.deepcopy(entry), "arm": "imitator-1000"})
    panel["headline"][-1].update(player="imitator of 1000", raw=share(0.95))
    assert render_report(more) == render_report(result)
