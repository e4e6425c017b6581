"""The report: it renders, it is safe, it needs nothing, it says no more than the intervals do."""

import copy
import io
import itertools
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import (
    Elements,
    file_result,
    sample_result,
    seeded_result,
    share,
    two_worlds,
)
from rich.console import Console

from lab.report import ResultError, render_report, score_figure, terminal_table, write_report
from lab.report.canvas import spread
from lab.report.figures import mean_curve
from lab.report.headline import deck, headline
from lab.report.kinds import Each, Maybe
from lab.report.limits import limits
from lab.report.page import _phases
from lab.report.palette import arm_slots, player_slots
from lab.report.picture import safe_svg
from lab.report.result import validate
from lab.report.schema import RESULT
from lab.report.wording import seconds

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert('1')</script>\"><img src=x onerror=alert(2)>$\\frac{{{% raw %}&amp;汉"


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(sample_result())


def test_the_page_is_well_formed_and_whole(page: str) -> None:
    elements = Elements(page)
    assert elements.open == []
    ids = [value for name, value in elements.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for text in ("What this shows", "What it does not", "Dora, who does not see diagonals", "human, at best"):
        assert text in page
    assert "78.6" in page
    assert "76.5–80.6" in page
    assert "python train.py compare --preset quick --seed 0" in page
    assert "reinforcement.exact_leaves" in page


def test_the_page_needs_nothing_else(page: str) -> None:
    elements = Elements(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(elements.names)
    assert not re.search(r"https?:|//\w|@import|url\((?!#)", page)
    assert all(
        (value or "").startswith("#") for name, value in elements.attributes if name in ("href", "src")
    )
    assert str(ROOT) not in page


def test_figures_take_the_colours_of_the_page(page: str) -> None:
    figures = re.findall(r'<svg viewBox="0 0 \d[^>]*Score over CPU time.*?</svg>', page, re.S)
    assert len(figures) == 4  # two panels, wide and narrow
    for figure in figures:
        assert "var(--arm-3)" in figure
        assert "var(--ink)" in figure or "var(--muted)" in figure
        assert not re.search(r"#0[ab]0[ab]\w\w", figure)
        assert "DejaVu" not in figure
    assert "prefers-color-scheme: dark" in page


def test_the_same_result_gives_the_same_bytes(page: str) -> None:
    code = (
        "import sys; sys.path[:0] = ['.', 'tests/lab']\n"
        "from report_sample import sample_result\nfrom lab.report import render_report\n"
        "sys.stdout.buffer.write(render_report(sample_result()).encode())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    again = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    assert again.stdout.decode() == page


@pytest.mark.parametrize("result", [seeded_result(), two_worlds()], ids=["seeds", "worlds"])
def test_seeds_and_worlds_render(result: dict[str, Any]) -> None:
    page = render_report(result)
    assert Elements(page).open == []
    if "seeds" in result:
        assert "thin lines are the 3 seeds" in page
    else:
        assert "Connect Four and Arithmetic" in page


def poisoned(value: Any) -> Any:
    """The same structure with hostile text everywhere that text is free."""
    if isinstance(value, dict):
        keep = ("schema", "verdict", "svg")
        return {k: v if k in keep else poisoned(v) for k, v in value.items()}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return value + HOSTILE if isinstance(value, str) else value


def test_hostile_names_are_only_text(page: str) -> None:
    result = poisoned(sample_result())
    result["config"] = {HOSTILE: HOSTILE}
    bad = render_report(result)
    elements = Elements(bad)
    assert elements.open == []
    assert set(elements.names) <= set(Elements(page).names)
    assert not [name for name, _ in elements.attributes if name.startswith("on")]
    assert "&lt;script&gt;" in bad


def test_drawings_are_rebuilt_from_known_parts() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="x()" style="position:fixed">'
        '<defs><radialGradient id="g"><stop offset="0" stop-color="#fff"/></radialGradient></defs>'
        '<script>alert(1)</script><a href="javascript:x"><circle r="1"/></a>'
        '<rect fill="url(#g)" stroke="url(http://x)" width="9"/><text>a &lt;b&gt; \u0026amp; c</text></svg>'
    )
    safe = safe_svg(svg)
    assert safe == (
        '<svg viewBox="0 0 9 9"><defs><radialGradient id="g"><stop offset="0" stop-color="#fff"></stop>'
        '</radialGradient></defs><rect fill="url(#g)" width="9"></rect><text>a &lt;b&gt; &amp; c</text></svg>'
    )
    for bad in ("<svg>", "<p/>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'):
        with pytest.raises(ResultError, match="svg"):
            safe_svg(bad)


def paths(value: Any, spec: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every required field of a result, as a path of keys."""
    found: list[tuple[Any, ...]] = []
    if isinstance(spec, list):
        return paths(value[0], spec[0], (*place, 0)) if value else []
    if isinstance(spec, dict):
        for key, field in spec.items():
            if type(field).__name__ != "Maybe":
                found += [(*place, key), *paths(value[key], field, (*place, key))]
    return found


def test_every_missing_field_is_named() -> None:
    whole = sample_result()
    required = paths(whole, RESULT)
    assert len(required) > 60
    for path in required:
        result = copy.deepcopy(whole)
        holder = result
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        with pytest.raises(ResultError, match=rf"\.{path[-1]} is missing"):
            validate(result)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            ("worlds", 0, "panels", 0, "lines", "best", "rate"),
            0.1,
            r"worlds\[0\]\.panels\[0\]\.lines\.best needs",
        ),
        (("worlds", 0, "panels", 0, "claims", 0, "verdict"), "maybe", "'shown' or 'not shown'"),
        (("worlds", 0, "optimum"), float("nan"), r"optimum is nan"),
        (("worlds",), [], "nothing to report"),
        (("worlds", 0, "panels"), [], "nothing to report"),
        (("seed",), True, "seed must be a whole number"),
        (("schema",), "move37-result/9", "schema must be"),
        (("config",), [], "config must be an object"),
        (("times", "phases"), {}, "phases must be a list"),
    ],
)
def test_what_is_wrong_is_named(path: tuple[Any, ...], value: Any, words: str) -> None:
    result = sample_result()
    holder: Any = result
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(ResultError, match=words):
        render_report(result)


def test_write_report(tmp_path: Path, page: str) -> None:
    with pytest.raises(ResultError, match="no result yet"):
        write_report(tmp_path)
    (tmp_path / "result.json").write_text("{")
    with pytest.raises(ResultError, match="not a readable result"):
        write_report(tmp_path)
    assert not (tmp_path / "report.html").exists()
    (tmp_path / "result.json").write_text(json.dumps(sample_result()))
    assert write_report(tmp_path) == tmp_path / "report.html"
    assert (tmp_path / "report.html").read_text("utf-8") == page


def world_with(raw: float, searched: float | None, imitator: float) -> dict[str, Any]:
    """A world whose human stands at .579 as recorded and .691 at best."""
    world: dict[str, Any] = sample_result()["worlds"][0]
    for row in world["panels"][0]["headline"]:
        if row["arm"] == "zero":
            row["raw"], row["searched"] = share(raw), share(searched) if searched else None
        if row["arm"] == "imitator":
            row["raw"] = share(imitator)
    return world


@pytest.mark.parametrize(
    ("raw", "searched", "imitator", "words"),
    [
        (0.79, 0.89, 0.67, "Zero goes past the human, even at best; the imitator is not shown to"),
        (0.79, 0.89, 0.55, "Zero goes past the human, even at best; the imitator stays below"),
        (0.79, 0.89, 0.75, "Zero goes past the human, even at best; the imitator does too"),
        (0.70, 0.89, 0.67, "Zero goes past the human as recorded and, with search, past the human at best"),
        (
            0.70,
            None,
            0.67,
            "Zero goes past the human as recorded, but is not shown to pass the human at best",
        ),
        (0.58, 0.89, 0.67, "Zero goes past the human only with search"),
        (0.58, 0.70, 0.67, "Zero goes past the human as recorded only with search"),
        (0.58, 0.59, 0.67, "Zero is not shown to pass the human"),
        (0.30, None, 0.67, "Zero is not shown to pass the human"),
    ],
)
def test_the_headline_says_what_the_intervals_support(
    raw: float, searched: float | None, imitator: float, words: str
) -> None:
    assert headline(world_with(raw, searched, imitator)) == words


def test_the_deck_gives_the_figures_and_the_control() -> None:
    assert "Without search, zero answers 78.6 % [76.5–80.6] rightly" in deck(sample_result()["worlds"][0])
    assert "search alone does not account" in deck(world_with(0.79, 0.89, 0.67))
    assert "not told apart" in deck(world_with(0.79, 0.85, 0.67))
    assert "the imitator is ahead" in deck(world_with(0.79, 0.75, 0.67))
    world = world_with(0.79, 0.89, 0.67)
    world["panels"][0]["headline"] = world["panels"][0]["headline"][:2]
    assert headline(world) == "A human to learn from, and nobody yet who did"
    assert "The human answers" in deck(world)


def test_limits_are_found_in_the_numbers() -> None:
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    assert not any("faithful" in note or "below the best" in note for note in limits(panel, result))
    entry = panel["imitation"][0]
    entry["accuracy"], entry["versus_human_sampled"] = share(0.42), share(0.39, 400)
    panel["headline"][-1].update(cpu_seconds=400.0, searched=share(0.85))
    notes = " ".join(limits(panel, result))
    assert "4.7 points below the best possible accuracy" in notes
    assert "not a faithful copy" in notes
    assert "winners took 149 s" not in notes  # durations are told as people say them
    assert "winners took 2 min 29 s, zero 6 min 40 s" in notes
    assert "zero is not shown to be better than “winners only, greedy”" in notes
    assert "One seed" in notes


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.4, "0 s"), (119, "119 s"), (171.4, "2 min 51 s"), (300, "5 min"), (7260, "2 h 1 min")],
)
def test_durations(value: float, text: str) -> None:
    assert seconds(value) == text


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=12).map(sorted),
    st.floats(0.01, 0.08),
)
def test_labels_never_cover_each_other(places: list[float], gap: float) -> None:
    spreads = spread(places, gap, 0.0, 1.0)
    assert len(spreads) == len(places)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(spreads))
    assert spreads[0] >= -1e-9
    assert spreads[-1] <= 1 + 1e-9


def test_labels_that_fit_stay_where_they_are() -> None:
    assert spread([0.1, 0.5, 0.9], 0.1, 0.0, 1.0) == [0.1, 0.5, 0.9]
    assert spread([0.5, 0.5], 0.1, 0.0, 1.0) == pytest.approx([0.45, 0.55])


def test_seeds_without_a_common_step_are_refused() -> None:
    points = sample_result()["worlds"][0]["panels"][0]["curves"][0]["points"]
    curves = [{"arm": "zero", "series": "raw", "points": [point]} for point in points[:2]]
    with pytest.raises(ResultError, match="no step in common"):
        mean_curve(curves)


def test_a_panel_without_curves_and_matches_still_renders() -> None:
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    for field in ("curves", "matches", "mistakes", "imitation", "claims", "headline"):
        panel[field] = []
    panel["lines"]["careful"] = None
    result["boards"] = None
    assert Elements(render_report(result)).open == []


def test_where_a_search_judged_nothing_is_called_exact() -> None:
    result = file_result()
    world = result["worlds"][0]
    for row in world["panels"][0]["mistakes"]:
        right = row["categories"]["hard"]
        row["categories"] = {"hard": right, "all": right, "strict": right}
    assert "best exact score" in render_report(result)
    world["judge"] = "a long search"
    page = render_report(result)
    table = page[page.index('class="mistakes"') :]
    assert re.findall(r'<th scope="col">(.*?)</th>', table[: table.index("</thead>")]) == ["Wrong, %", "all"]
    assert "Right is what a long search judged best or nearly so" in table
    assert "best exact score" not in page
    world["panels"][0]["mistakes"][0]["categories"]["hard"] = share(0.1)
    assert '<th scope="col">hard</th><th scope="col">all</th>' in render_report(result)


def test_the_figure_alone_is_a_drawing() -> None:
    root = ET.fromstring(score_figure(sample_result()))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme" in (root[0].text or "")


def test_an_arm_has_one_colour_everywhere() -> None:
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    panel["headline"][-1]["arm"] = "reinforce"
    slots = arm_slots(result)
    slot_of = player_slots(panel, slots)
    assert [slot_of(n) for n in ("human.recorded", "imitator.greedy", "winners only, greedy")] == [0, 1, 2]
    assert slot_of("zero") == slots["reinforce"] == 9  # the table's row says which arm plays by that name
    assert slot_of("zerofish") == slot_of("alphabeta-4") == 0


def test_the_terminal_table() -> None:
    result = sample_result()
    result["worlds"][0]["panels"][0]["headline"][0]["player"] = "[bold]human[/bold], as recorded"
    console = Console(file=io.StringIO(), width=110, color_system=None)
    console.print(terminal_table(result))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Zero goes past the human, even at best" in text
    assert "[bold]human[/bold]" in text
    assert "78.6 % [76.5–80.6]" in text
    assert "✓ zero, raw, passes the human at best  0.786 [0.765, 0.806] against" in text


@pytest.mark.parametrize("made", [sample_result, seeded_result, file_result, two_worlds])
def test_the_terminal_table_fits_80_columns(made: Any) -> None:
    result = made()
    result["worlds"][0]["panels"][0]["headline"][-1]["player"] = "a-very-long-name-of-an-arm, greedy"
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(terminal_table(result))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= 80
    assert sum("78.6 % [" in line and "89.3 % [" in line and "2 min 51 s" in line for line in lines) > 0
    assert "share of share" not in "\n".join(lines).lower()
    claim = next(i for i, line in enumerate(lines) if "passes the imitator with the same search" in line)
    assert lines[claim + 1].strip() == "0.893 [0.876, 0.908] against 0.846 [0.827, 0.863]"


def test_boards_stand_near_the_headline(page: str) -> None:
    places = [page.index(text) for text in ("<h1>", "Score while learning", "What it sees", "Every player")]
    assert places == sorted(places)
    assert page.count("What it sees that the teacher does not") == 1
    result = sample_result()
    result["boards"] = []
    assert "What it sees" not in render_report(result)


def test_tasks_of_one_kind_are_one_row_of_the_times() -> None:
    tasks = ["zero", "match zero v imitator", "score zero", "match zero@ v imitator@"]
    phases = [{"arm": task, "phase": task, "wall_seconds": 2.0, "cpu_seconds": 1.5} for task in tasks]
    rows = _phases(phases)
    assert [(row["arm"], row["phase"]) for row in rows] == [
        ("zero", ""),
        ("match", "2 times"),
        ("score zero", ""),
    ]
    assert rows[1]["wall_seconds"] == 4.0
    assert sum(row["cpu_seconds"] for row in rows) == 6.0


def fields(spec: Any) -> set[str]:
    """The names of all fields in a kind."""
    if isinstance(spec, list):
        return fields(spec[0])
    if isinstance(spec, dict):
        return set(spec).union(*(fields(field) for field in spec.values()))
    return fields(spec.spec) if isinstance(spec, Maybe | Each) else set()


def test_the_schema_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`|\"(\w+)\"", (ROOT / "docs" / "result.md").read_text("utf-8")))
    names = {name for pair in documented for name in pair}
    assert len(fields(RESULT)) > 100
    assert fields(RESULT) <= names
