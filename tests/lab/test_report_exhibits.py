"""What a world shows beyond its panels: numbers are in the pictures, words say what the intervals say."""

import copy
import io
import re
from typing import Any

import pytest
from report_exhibits import FIELDS, full_result, policy_gradient
from report_looks import assert_no_text_covers_another, assert_nothing_lies_outside, figures
from report_sample import Elements, sample_result, share
from rich.console import Console

from lab.report import ResultError, render_report, score_figure, terminal_table
from lab.report.figures import NARROW, WIDE, beginnings, curve_figure, views
from lab.report.headline import deck, leads
from lab.report.ladder import STEPS, ladder_rows, ladder_words
from lab.report.limits import limits
from lab.report.palette import arm_slots
from lab.report.policy_gradient import WIDE as WIDE_AGAINST
from lab.report.policy_gradient import against_figure, stage_words
from lab.report.prediction import prediction_words
from lab.report.priors import priors_words
from lab.report.result import validate
from lab.report.surprise import boards_left, chance_words, counts_words, kinds_of, named_rows, surprise_words
from lab.report.teachers import WIDE as WIDE_TEACHERS
from lab.report.teachers import teachers_figure, teachers_words
from lab.report.value_lesson import lesson_words
from lab.report.wording import thousands
from lab.report.words import BOARD

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>$\\frac{{{% raw %}&amp;"


@pytest.fixture(scope="module")
def full() -> dict[str, Any]:
    return validate(full_result())


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(full_result())


def test_the_page_holds_every_exhibit_and_stays_small(page: str) -> None:
    elements = Elements(page)
    assert elements.open == []
    ids = [value for name, value in elements.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for heading in (
        "The ladder: one ingredient at a time",
        "Move 37",
        "Predicting humans is not beating them",
        "What the policy gradient’s “80&nbsp;%” is made of",
        "What a value network must not learn from",
        "Which prior serves search better",
        "Is imitation the limit, or the teacher?",
        "Ratings",
    ):
        assert re.search(rf"<h[34]>{re.escape(heading)}</h", page), heading
    assert len(page) < 750_000
    assert not {"script", "link", "img", "iframe", "object"} & set(elements.names)
    assert not re.search(r"https?:|//\w|@import|url\((?!#)", page)
    assert "None" not in page


def test_pictures_hold_numbers_and_nothing_lies_outside(page: str) -> None:
    assert len(figures(page)) > 25
    assert_nothing_lies_outside(page)


def test_texts_of_a_column_do_not_cover_each_other(page: str) -> None:
    assert_no_text_covers_another(page)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("ladder", 0, "control"), 1, r"worlds\[0\]\.ladder\[0\]\.control must be true or false"),
        (("ladder", 0, "raw", "low"), 0.9, r"ladder\[0\]\.raw needs 0 <= low"),
        (("ratings", "players", 0, "bound"), "about", "'at least' or 'at most'"),
        (("ratings", "players", 1, "rating"), float("inf"), r"players\[1\]\.rating is inf"),
        (("ratings", "transitivity", "p_value"), 1.5, r"p_value must lie in \[0, 1\]"),
        (("prediction", "ceiling"), -0.1, r"prediction\.ceiling must lie in \[0, 1\]"),
        (("policy_gradient", "against", 0, "style"), "loud", "'sampled' or 'greedy'"),
        (("value_lesson", "whole_games"), None, "whole_games must be an object"),
        (("surprise", "birth", 0, "points", 0, "probability"), 2.0, r"probability must lie in \[0, 1\]"),
        (("bands", 0, "points", 0, "low"), "x", r"bands\[0\]\.points\[0\]\.low must be a number"),
    ],
)
def test_what_is_wrong_in_an_exhibit_is_named(path: tuple[Any, ...], value: Any, words: str) -> None:
    result = full_result()
    holder: Any = result["worlds"][0]
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(ResultError, match=words):
        render_report(result)


def poisoned(value: Any) -> Any:
    """Hostile text at the end of every name."""
    if isinstance(value, dict):
        kept = ("svg", "bound", "style", "series", "starts")
        return {key: item if key in kept else poisoned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return value + HOSTILE if isinstance(value, str) else value


def test_hostile_names_in_exhibits_are_only_text(page: str) -> None:
    result = full_result()
    world = result["worlds"][0]
    world.update({field: poisoned(world[field]) for field in FIELDS})
    bad = render_report(result)
    elements = Elements(bad)
    assert elements.open == []
    assert set(elements.names) <= set(Elements(page).names)
    assert not [name for name, _ in elements.attributes if name.startswith("on")]


def test_many_arms_are_seen_alone_and_searched_over_both_costs(full: dict[str, Any]) -> None:
    world = full["worlds"][0]
    main, counter = world["panels"]
    assert [view.title for view in views(main, world)] == [
        "Alone, over CPU time",
        "Alone, over games",
        "With search, over CPU time",
        "With search, over games",
    ]
    assert [view.title for view in views(counter, world)] == ["Over CPU time", "Over games"]
    assert {band["arm"] for band in views(main, world)[0].bands} == {"imitator", "zero"}
    assert views(main, world)[2].bands == views(counter, world)[0].bands == ()
    slots = arm_slots(full)
    for size in (WIDE, NARROW):
        svg = curve_figure(main, slots, 1.0, size, "k", views(main, world)[1])
        assert "games seen" in svg
        assert "master  86 %" in svg
        assert "stroke-dasharray" in svg
    assert "CPU time spent learning" in score_figure(full)


def test_arms_begin_where_their_forebears_ended(full: dict[str, Any]) -> None:
    world = full["worlds"][0]
    seconds, games = beginnings(world, "cpu_seconds"), beginnings(world, "games")
    assert (seconds["imitator"], seconds["policy-gradient"], seconds["alphago"]) == (0, 300, 730)
    assert (games["imitator"], games["policy-gradient"], games["alphago"]) == (0, 60_000, 111_200)
    world = copy.deepcopy(world)
    world["ladder"][0]["starts"] = "policy-gradient"  # a circle must not hang the report
    assert beginnings(world, "games")["imitator"] == 51_200


def test_shipped_bands_are_named_with_their_seeds(page: str) -> None:
    assert "5 seeds shipped in <code>results/connect_four-standard.json</code>" in page


def test_the_ladder_judges_every_step(full: dict[str, Any]) -> None:
    world = full["worlds"][0]
    rows = {row["arm"]: row for row in ladder_rows(world["ladder"])}
    assert rows["imitator"]["steps"] == {"raw": None, "searched": None}
    assert rows["zero"]["steps"]["raw"]["verdict"] == "not shown"
    assert rows["imitate-zero"]["steps"]["raw"] is None
    assert rows["alphago"]["cost"] == "4 min 20 s, 16 min 30 s in all"
    words = " ".join(ladder_words(world))
    assert "the limit is the teacher, not imitation as such" in words
    assert "AlphaGo: equal simulations, not equal CPU." in words
    world = copy.deepcopy(world)
    for rung in world["ladder"]:
        rung["raw"] = share(0.6) if rung["control"] else None
    assert "Alone" not in " ".join(ladder_words(world))
    assert "No imitation of another teacher is shown to pass" in " ".join(ladder_words(world))


def test_a_step_names_what_it_is_measured_from(full: dict[str, Any], page: str) -> None:
    """Winners start from scratch, as the imitator below them; own wins begin at the imitator; AlphaGo has
    nothing raw to climb from; nothing is left to measure Zero, from scratch, against but the rung below."""
    ladder = copy.deepcopy(full["worlds"][0]["ladder"])
    (alphago,) = (rung for rung in ladder if rung["arm"] == "alphago")
    alphago["starts"] = "imitator"  # as agents.ladder has it
    steps = {row["arm"]: row["steps"] for row in ladder_rows(ladder)}
    beyond = {style: {arm: s[style] and s[style]["beyond"] for arm, s in steps.items()} for style in STEPS}
    assert beyond["raw"] == {
        "imitator": None,
        "winners": "imitate all",
        "own-wins": "imitate all",
        "policy-gradient": "own wins only",
        "alphago": None,
        "master": "policy gradient",
        "zero": "Master",
        "imitate-perfect": None,
        "imitate-zero": None,
    }
    assert beyond["searched"] == beyond["raw"] | {"alphago": "policy gradient", "master": "AlphaGo"}
    assert steps["own-wins"]["raw"]["points"] == pytest.approx(5.6)
    assert steps["master"]["raw"]["points"] == pytest.approx(11.9)
    words = " ".join(ladder_words({**full["worlds"][0], "ladder": ladder}))
    assert "Master (+11.9 from policy gradient)" in words
    assert "rung below" not in words
    assert "AlphaGo (" not in words.partition("With search")[0]
    assert "<small>from imitate all</small>" in page


def test_an_arm_that_only_searches_has_no_score_alone(full: dict[str, Any], page: str) -> None:
    """AlphaGo leads with search by more than the search that all have."""
    world = copy.deepcopy(full["worlds"][0])
    rows = world["panels"][0]["headline"]
    assert [row["raw"] for row in rows if row["arm"] == "alphago"] == [None]
    assert re.search(r">alphago<.*?</th>\s*<td class=\"bar\"><span class=\"none\">–</span></td>", page, re.S)
    assert "With the same search zero reaches" in deck(world)
    world["panels"][0]["headline"] = [row for row in rows if row["arm"] not in ("zero", "master")]
    words = deck(world)
    assert "With search alphago reaches 90.2 %" in words
    assert "the intervals are apart, but the search is another one" in words
    assert "same search" not in words


def test_controls_are_neither_learners_nor_imitators_of_the_human(full: dict[str, Any]) -> None:
    panel = copy.deepcopy(full["worlds"][0]["panels"][0])
    for row in panel["headline"]:
        if row["arm"] == "imitate-perfect":
            row["raw"] = share(0.99)
    assert leads(panel).learner["player"] == "zero"  # type: ignore[index]
    assert leads(panel).imitator["player"] == "imitator, greedy"  # type: ignore[index]
    notes = " ".join(limits(panel, full))
    assert "the best of 4 learners" in notes  # AlphaGo has no score alone
    assert "Past the human at best by imitation alone: imitate-perfect and imitate-zero" in notes
    assert "zero is not shown to be better than “imitate-perfect, greedy”" in notes


@pytest.mark.parametrize(("score", "verdict"), [(0.9, "shown"), (0.834, "not shown"), (0.7, "contradicted")])
def test_alphagos_eighty_per_cent(score: float, verdict: str) -> None:
    words = stage_words(policy_gradient(score))
    assert f"More than 80 % against the sampled imitator: {verdict}" in words[0]
    more = "shown" if score > 0.8 else "not shown"
    assert f"did more than sharpen is {more}" in words[1]
    # at .46 nats between (.33, .73) and (.72, .68): .73 - .13 / .39 * .05 = .7133
    assert "0.46 nats the sharpened imitator would score about 71.3 %" in words[2]


def test_a_stage_without_the_sampled_imitator_claims_nothing() -> None:
    stage = policy_gradient()
    stage["against"] = stage["against"][3:]
    assert stage_words(stage) == []
    svg = against_figure(stage, WIDE_AGAINST, "k")
    assert "more than 80 %" not in svg
    assert "forgetful.best" in svg


def test_predicting_and_beating(full: dict[str, Any]) -> None:
    world = copy.deepcopy(full["worlds"][0])
    assert "is shown here: of the human’s moves zero predicts 31.8 %" in prediction_words(world)
    zero = world["prediction"]["arms"][5]["points"][-1]
    zero["accuracy"] = share(0.462, 20_000)
    assert "is not shown here" in prediction_words(world)
    zero["strength"] = share(0.3)
    assert "is contradicted here" in prediction_words(world)
    world["prediction"]["arms"] = world["prediction"]["arms"][:2]
    assert prediction_words(world) == ""


def test_the_value_lesson_is_told_as_it_came_out(full: dict[str, Any], page: str) -> None:
    lesson = copy.deepcopy(full["worlds"][0]["value_lesson"])
    assert "as AlphaGo found" in lesson_words(lesson)
    lesson["whole_games"], lesson["one_position"] = lesson["one_position"], lesson["whole_games"]
    assert "not seen here" in lesson_words(lesson)
    assert "0.19 in training, 0.37 on the test" in page
    assert "0.226 and 0.234" in page


def test_priors_and_teachers_are_judged(full: dict[str, Any]) -> None:
    priors = copy.deepcopy(full["worlds"][0]["priors"])
    assert "is not shown with value network" in priors_words(priors)
    priors[1]["score"] = share(0.95)
    assert "is shown with value network" in priors_words(priors)
    priors[1]["score"] = share(0.8)
    assert "is contradicted with value network" in priors_words(priors)
    words = teachers_words(full["worlds"][0]["teachers"])
    assert "ahead of alphabeta-1, alphabeta-2" in words
    assert "behind alphabeta-8" in words
    assert "No greedy student" not in words
    assert "Imitation of perfect, each after 61 s of CPU time, is shown to pass zero, raw, which" in words
    assert "zero, raw, which learned for 29 min 50 s of CPU time." in words
    assert "The student of perfect stands apart: it was taught on positions from ply 16 on." in words
    assert "not their teachers’ own play" in words
    sweep = copy.deepcopy(full["worlds"][0]["teachers"])
    sweep["rows"] = [*sweep["rows"][:3], {**sweep["rows"][3], "cpu_seconds": 40.0}]
    words = teachers_words(sweep)
    assert "No greedy student, each after 40 s to 62 s of CPU time, is shown to pass zero" in words


def test_the_line_through_the_students_leaves_out_who_was_not_taught_on_games(full: dict[str, Any]) -> None:
    sweep = copy.deepcopy(full["worlds"][0]["teachers"])
    sweep["rows"] = sweep["rows"][-4:]
    apart = teachers_figure(sweep, WIDE_TEACHERS, "k")
    for row in sweep["rows"]:
        row["taught_on"] = None
    joined = teachers_figure(sweep, WIDE_TEACHERS, "k")
    assert len(re.findall(" L ", joined)) - len(re.findall(" L ", apart)) == 2  # sampled and greedy
    for row in sweep["rows"]:
        row["taught_on"] = "positions"
    assert "nan" not in teachers_figure(sweep, WIDE_TEACHERS, "k")


def test_what_is_right_is_said_in_the_studys_own_words(full: dict[str, Any]) -> None:
    told = copy.deepcopy(full["worlds"][0]["surprise"])
    assert kinds_of(told, BOARD)["certificates"].right == "the move keeps the exact value"
    told["right_means"] = "a judge nods"
    assert kinds_of(told, BOARD)["certificates"].right == "a judge nods"
    assert kinds_of(told, BOARD)["lines"].right == "all three keep the exact value"


def test_what_is_counted_and_by_whom_is_said(full: dict[str, Any]) -> None:
    told = copy.deepcopy(full["worlds"][0]["surprise"])
    assert counts_words(told, BOARD) == f"Moves to which the human gives less than 1 in {thousands(10_000)}"
    told["counts"] = "Moves that the procedure rules out"
    assert counts_words(told, BOARD) == "Moves that the procedure rules out"
    one, other = told["certificates"][:2]
    one["human"], other["human"] = "capturer", "capturer"
    assert named_rows([one, other])[0]["player"] == one["player"]
    other["human"] = "tactician"
    assert named_rows([one, other])[1]["player"] == f"{other['player']}, by tactician"


def test_surprises_are_set_against_equally_rare_moves(full: dict[str, Any], page: str) -> None:
    found = copy.deepcopy(full["worlds"][0]["surprise"])
    claim = "Single moves: that surprises are right more often than moves as rare is"
    assert surprise_words(found)[0] == (  # random is the base rate, not a claim
        f"{claim} shown for zero (71.0 % against 22.0 %); imitator with search (55.0 % against 21.0 %)."
    )
    found["certificates"][1]["right"] = share(0.05, 200)
    found["certificates"][0]["right"] = share(0.23, 200)
    assert surprise_words(found)[0] == (
        f"{claim} not shown for zero – contradicted for imitator with search (5.0 % against 21.0 %)."
    )
    assert [board["caption"] for board in boards_left(found)] == ["Column b, also never."]
    assert "The rarest: column d" not in page  # drawn with its birth already
    assert [chance_words(p) for p in (1.0, 0.05, 1e-4, 2e-6)] == ["100 %", "5 %", "1 in 10k", "1 in 500k"]


def test_ratings_mark_bounds(page: str) -> None:
    assert "≥ 850" in page
    assert "≤ -520" in page
    assert "perfect at least 980" in page
    assert "never lost, or never won" in page
    assert "The pairs that fit the scale least" in page


def test_the_terminal_tells_the_ladder_at_80_columns() -> None:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(terminal_table(full_result()))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("AlphaGo ") and "90.2 %" in line and "16 min 30 s" in line for line in lines)
    assert any(line.startswith("control: imitate Zero") for line in lines)
    assert not any("policy-gradient, sampled" in line for line in lines)


def test_many_claims_are_folded_and_counted_and_more_imitation_is_no_learner() -> None:
    panel = full_result()["worlds"][0]["panels"][0]
    claims = [{**panel["claims"][2], "claim": f"claim {number} is true"} for number in range(20)]
    panel["claims"] = [*panel["claims"][:1], *claims]
    panel["headline"][-1].update(arm="more-imitation", player="more-imitation", raw=share(0.99))
    assert leads(panel).learner["player"] == "zero"  # type: ignore[index]
    notes = limits(panel, full_result())
    assert "Of the 21 claims above 20 are not shown." in notes
    assert not any("claim 3" in note or "more-imitation." in note for note in notes)
    result = sample_result()
    result["worlds"][0]["panels"] = [{**result["worlds"][0]["panels"][0], "claims": panel["claims"]}]
    page = render_report(result)
    assert "<summary>5 further claims: 0 shown, 5 not shown, 0 contradicted</summary>" in page
    assert page.count("is true</span>") == 20


def test_of_many_claims_that_hold_ten_are_said_again() -> None:
    result = sample_result()
    panel = result["worlds"][0]["panels"][0]
    one = {**panel["claims"][0], "verdict": "shown"}
    panel["claims"] = [{**one, "claim": f"claim {number} holds"} for number in range(12)]
    page = render_report(result)
    assert page.count("<li>Claim ") == 10
    assert "<li>And 2 more of the 12 claims above.</li>" in page
