"""The report of a human whose distribution nobody knows, and of runs in which one arm alone has learned."""

import copy
import io
import re
from typing import Any

import pytest
from report_sample import Elements, file_result, one_arm, sample_result, share
from rich.console import Console

from lab.report import render_report, terminal_table
from lab.report.headline import headline
from lab.report.limits import limits
from lab.report.palette import arm_slots


def headings_without_content(page: str) -> list[str]:
    """Headings directly followed by another one, or by the end of what they stand in."""
    return re.findall(r"<h[345]>([^<]*)</h\d>\s*(?=<h[2345]|</(?:section|article|aside|footer))", page)


RECORDED_ONLY = {"recorded": share(0.579), "best": None}
UNKNOWN = "the human’s own line is unknown"


@pytest.mark.parametrize(
    ("made", "lines", "words"),
    [
        (file_result(), None, f"Zero goes past the human’s imitator; {UNKNOWN}"),
        (
            file_result(),
            RECORDED_ONLY,
            "Zero goes past the human as recorded; the human’s line at best is unknown",
        ),
        (
            one_arm("imitator", file_result()),
            None,
            f"The imitator predicts 46.1 % of its human’s moves; {UNKNOWN}",
        ),
        (
            one_arm("imitator", file_result()),
            {"recorded": share(0.8)},
            "The imitator stays 12.8 points below its human as recorded",
        ),
        (one_arm("imitator"), "own", "The imitator is not told apart from its human at best"),
        (one_arm("zero"), "own", "Zero goes past the human, even at best"),
        (one_arm("zero", file_result()), None, "Zero by itself, with no human to measure it by"),
    ],
)
def test_what_is_unknown_is_neither_drawn_nor_said(made: Any, lines: Any, words: str) -> None:
    result = copy.deepcopy(made)
    panel = result["worlds"][0]["panels"][0]
    panel["lines"] = panel["lines"] if lines == "own" else lines
    page = render_report(result)
    assert Elements(page).open == []
    assert f"<h1>{words}.</h1>" in page
    assert headings_without_content(page) == []
    assert ("human, at best  " in page) == (lines == "own")
    assert ("human, as recorded  " in page) == (lines is not None)
    assert ("two ticks" in page) == (lines == "own")
    assert "None" not in page
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(terminal_table(result))
    assert words.split(";")[0] in console.file.getvalue()  # type: ignore[attr-defined]
    if lines is None:
        assert "as recorded" not in re.sub(r"<style.*?</style>", "", page, flags=re.S)
        assert "nothing here measures people" not in page
        assert "known by its games alone" in page


def test_left_out_fields_are_null() -> None:
    whole, sparse = file_result(), file_result()
    del sparse["worlds"][0]["panels"][0]["lines"]
    for entry in sparse["worlds"][0]["panels"][0]["imitation"]:
        del entry["accuracy_ceiling"], entry["versus_human_greedy"]
    for row in sparse["worlds"][0]["panels"][0]["headline"]:
        if row["searched"] is None:
            del row["searched"], row["simulations"]
    assert render_report(sparse) == render_report(whole)


def test_a_copy_is_no_learner_whatever_it_is_called() -> None:
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    panel["headline"] = [row for row in panel["headline"] if row["arm"] in ("human", "imitator")]
    for row in panel["headline"][2:]:
        row["arm"] = "slips-imitator"
    assert headline(result["worlds"][0]) == "The imitator is not told apart from its human at best"
    assert not any("Both with search" in note for note in limits(panel, result))
    assert arm_slots(result)["slips-imitator"] == arm_slots(result)["imitator"]


def test_winners_are_not_blamed_for_being_no_copy() -> None:
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    panel["imitation"][0].update(arm="winners", accuracy=share(0.3), versus_human_sampled=share(0.9, 400))
    assert not any("faithful" in note or "below the best" in note for note in limits(panel, result))
    assert "a perfect copy 50" not in render_report(one_arm("winners", result))
