"""The report of the language half: its own words, its exhibits, and both halves side by side."""

import io
import re
from html import unescape
from typing import Any

import pytest
from report_language import TEXT_FIELDS, WORDS, both_halves, language_result, language_world
from report_looks import assert_no_text_covers_another, assert_nothing_lies_outside, figures
from report_sample import Elements, file_result, one_arm, plateau_result, sample_result, share
from rich.console import Console

from lab.report import ResultError, render_report, terminal_table
from lab.report.algorithms import algorithms_words
from lab.report.arms import has_other_teacher, is_control, is_copy, is_imitator, is_learner
from lab.report.discovery import discovery_words
from lab.report.headline import deck, headline
from lab.report.language import language_exhibits
from lab.report.overlay import render_overlay
from lab.report.palette import CONTROL, KNOWN, arm_slots
from lab.report.pass_at_k import pass_words, tasks
from lab.report.plateau import plateau_words
from lab.report.result import validate
from lab.report.samples import LONGEST, readable, samples_words
from lab.report.shown_worth import worth_words
from lab.report.teacher_slips import slips_words
from lab.report.thinking import length_words, votes_words
from lab.report.wording import by_seed
from lab.report.words import BOARD, FIELDS, words_of

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>$\\frac{{{% raw %}&amp;"
BOARD_WORDS = re.compile(r"\b(games?|positions?|moves?|search(ed)?|simulations?)\b", re.I)
Json = dict[str, Any]


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(language_result())


@pytest.fixture(scope="module")
def both() -> str:
    return render_report(both_halves())


def small(*fields: str) -> Json:
    """A world with one bare panel and these exhibits alone."""
    result = language_result()
    world = result["worlds"][0]
    world["panels"] = [{**world["panels"][0], "curves": []}]
    for field in ("ladder", "surprise", *TEXT_FIELDS):
        if field not in fields:
            world[field] = None
    return result


def prose(page: str) -> str:
    """All that a reader sees: no styles, no commands and settings, texts of figures included."""
    page = re.sub(r"<style.*?</style>|<footer.*?</footer>", "", page, flags=re.S)
    labels = " ".join(re.findall(r'aria-label="([^"]*)"', page))
    return unescape(re.sub(r"<[^>]+>", " ", page) + labels)


def test_a_world_of_text_never_speaks_of_the_board(page: str) -> None:
    told = prose(page).replace("Move 37", "")
    assert BOARD_WORDS.search(told) is None
    for words in (
        "answers seen",
        "Alone, over answers",
        "With votes, over CPU time",
        "verified + votes",
        "With votes: step",
        "with votes of 16 samples an answer",
        "Every rung on the same problems",
        "Mistakes, by kind of problem",
        "The birth of an answer",
        "Single answers",
        "Lines of working",
        "so votes alone do not account for the lead",
    ):
        assert words in told, words


def test_the_boards_words_are_the_default_and_each_world_has_its_own(both: str) -> None:
    told = prose(both)
    for words in ("games seen", "answers seen", "64 simulations a move", "16 samples an answer"):
        assert words in told
    given = sample_result()
    given["worlds"][0]["words"] = {name: getattr(BOARD, name) for name in FIELDS}
    styles = re.compile(r"<style>.*?</style>", re.S)
    plain = render_report(sample_result())
    assert styles.sub("", render_report(given)) == styles.sub("", plain)
    assert ".analogy" not in plain, "a board alone needs none of the styles"
    assert ".analogy" in both


def test_the_terminal_and_the_overlay_use_them() -> None:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(terminal_table(both_halves()))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, told.splitlines())) <= 80
    assert "with search" in told.partition("Policy-gradient goes")[0]
    assert "with votes" in told.partition("Policy-gradient goes")[2]
    assert "with search" not in told.partition("Policy-gradient goes")[2]
    overlay = prose(render_overlay({"a": language_result(), "b": language_result()}))
    assert "answers seen" in overlay
    assert BOARD_WORDS.search(overlay.replace("Move 37", "")) is None


def test_sentences_of_humans_without_lines_use_them() -> None:
    result = one_arm("imitator", file_result())
    world = result["worlds"][0]
    world.update(words=dict(WORDS), score_name="sums answered rightly")
    assert "predicts 46.1 % of its human’s answers" in headline(world)
    assert "only answers are known, not its chance of every answer" in deck(world)
    told = prose(render_report(result))
    assert "there are answers, but nobody to ask about another problem" in told
    assert "A human known by its answers alone" in unescape(render_report(result))
    panel = plateau_result()["worlds"][0]["panels"][0]
    assert "from 30\u202f000 to 60\u202f000 answers" in plateau_words(panel, words_of(world))[1]


def test_words_are_given_whole() -> None:
    result = language_result()
    del result["worlds"][0]["words"]["aid_unit"]
    with pytest.raises(ResultError, match=r"worlds\[0\]\.words\.aid_unit is missing"):
        validate(result)
    assert words_of({"words": None}) == BOARD
    assert words_of(language_world()).a_choice == "an answer"


@pytest.mark.parametrize(
    ("arm", "kind", "slot"),
    [
        ("rare-imitator", "imitator", KNOWN["imitator"]),
        ("slips-imitator", "imitator", KNOWN["imitator"]),
        ("verified", "copy", KNOWN["winners"]),
        ("verified-tuned", "copy", KNOWN["winners"]),
        ("rare-verified", "copy", KNOWN["winners"]),
        ("own-right", "learner", KNOWN["own-wins"]),
        ("rare-policy-gradient", "learner", KNOWN["policy-gradient"]),
        ("grpo", "learner", 11),
        ("ppo", "learner", 10),
        ("expert-iteration", "learner", KNOWN["master"]),
        ("more-imitation", "control", CONTROL),
        ("base", "control", CONTROL),
        ("shown-512", "teacher", CONTROL),
        ("shown-4096", "teacher", CONTROL),
        ("imitate-rl", "teacher", CONTROL),
    ],
)
def test_arms_of_the_language_half(arm: str, kind: str, slot: int) -> None:
    assert is_imitator(arm) == (kind == "imitator")
    assert is_copy(arm) == (kind in ("imitator", "copy"))
    assert is_control(arm) == (kind in ("control", "teacher"))
    assert has_other_teacher(arm) == (kind == "teacher")
    assert is_learner(arm) == (kind == "learner")
    result = language_result()
    result["worlds"][0]["panels"][0]["headline"][-1]["arm"] = arm
    assert arm_slots(validate(result))[arm] == slot


def test_further_arms_share_the_further_colours_in_turn() -> None:
    result = language_result()
    rows = result["worlds"][0]["panels"][0]["headline"]
    for number in range(5):
        rows[-1 - number]["arm"] = f"new-{number}"
    slots = arm_slots(validate(result))
    assert sorted(slots[f"new-{number}"] for number in range(5)) == [9, 9, 10, 10, 11]


def test_the_page_holds_every_exhibit(page: str) -> None:
    elements = Elements(page)
    assert elements.open == []
    ids = [value for name, value in elements.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    for heading in (
        "Found by nobody’s example",
        "Before and after, in its own words",
        "Move 37 in text",
        "Sharpened, or beyond?",
        "Thinking longer",
        "The algorithms, at what they cost",
        "The sloppy teacher",
        "Nobody ever carries",
        "One in twenty carries",
        "The counter-example: only slips",
    ):
        assert f"<h3>{heading}</h3>" in page, heading
    assert not {"script", "link", "img", "iframe", "object"} & set(elements.names)
    assert not re.search(r"https?:|//\w|@import|url\((?!#)", page)
    assert "None" not in page


def test_pictures_can_be_read(both: str) -> None:
    assert len(figures(both)) > 60
    assert_nothing_lies_outside(both)
    assert_no_text_covers_another(both)


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_what_a_run_has_not_made_is_not_drawn(field: str) -> None:
    absent, empty = language_result(), language_result()
    del absent["worlds"][0][field]
    empty["worlds"][0][field] = None
    assert validate(absent) == validate(empty)
    world = validate(absent)["worlds"][0]
    world.update({other: None for other in TEXT_FIELDS if other != field})
    assert set(language_exhibits(world, arm_slots(absent), "k").values()) == {None}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("pass_at_k", 0, "points", 0, "k"), 0, r"pass_at_k\[0\]\.points\[0\]\.k must be at least 1"),
        (("pass_at_k", 0, "label"), 3, r"pass_at_k\[0\]\.label must be text"),
        (("thinking", "points", 2, "correct"), 1.2, r"points\[2\]\.correct must lie in \[0, 1\]"),
        (("thinking", "points", 0, "length"), float("nan"), r"points\[0\]\.length is nan"),
        (("thinking", "votes", 1, "votes"), 0, r"thinking\.votes\[1\]\.votes must be at least 1"),
        (("thinking", "allowed", 0, "tokens"), 2.5, r"allowed\[0\]\.tokens must be a whole number"),
        (("thinking", "human", "rate"), 0.9, r"thinking\.human needs 0 <= low"),
        (("thinking", "other", "points"), None, r"thinking\.other\.points must be a list"),
        (("discovery", "seeds", 0, "success"), 1, r"seeds\[0\]\.success must be true or false"),
        (("discovery", "successes"), 7, r"discovery\.successes is 7, but 8 seeds succeed"),
        (("discovery", "low"), 0.9, r"discovery\.low and \.high must lie around"),
        (("algorithms", 0, "greedy"), None, r"algorithms\[0\]\.greedy must be an object"),
        (("teacher_slips", 0, "slips"), 30, r"teacher_slips\[0\]\.slips must lie in \[0, 1\]"),
        (("samples", 0, "before", 0, "correct"), "no", r"samples\[0\]\.before\[0\]\.correct must be true"),
        (("surprise", "texts", 0, "prompt"), None, r"surprise\.texts\[0\]\.prompt must be text"),
        (("words", "lesson"), 1, r"worlds\[0\]\.words\.lesson must be text"),
    ],
)
def test_what_is_wrong_is_named(path: tuple[Any, ...], value: Any, words: str) -> None:
    result = language_result()
    holder: Any = result["worlds"][0]
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(ResultError, match=words):
        render_report(result)


@pytest.mark.parametrize("missing", ["row", "board", "text", "breaks"])
def test_a_row_of_the_analogy_is_whole(missing: str) -> None:
    result = both_halves()
    del result["analogy"][1][missing]
    with pytest.raises(ResultError, match=rf"result\.analogy\[1\]\.{missing} is missing"):
        validate(result)


def poisoned(value: Any) -> Any:
    """Hostile text at the end of every text, but for what names an arm's start or a series."""
    if isinstance(value, dict):
        kept = ("svg", "schema", "verdict", "bound", "style", "series", "starts")
        return {key: item if key in kept else poisoned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    return value + HOSTILE if isinstance(value, str) else value


def test_hostile_texts_are_only_text(both: str) -> None:
    bad = render_report(poisoned({**language_result(), "analogy": both_halves()["analogy"]}))
    elements = Elements(bad)
    assert elements.open == []
    assert set(elements.names) <= set(Elements(both).names)
    assert not [name for name, _ in elements.attributes if name.startswith("on")]
    assert "&lt;script&gt;" in bad


def test_answers_of_models_are_shown_as_letters() -> None:
    assert readable("12\x00\u202e34\ud800\x1b[2J\n5") == "12\ufffd\ufffd34\ufffd\ufffd[2J\n5"
    assert readable("9" * 5000) == "9" * LONGEST + "…"
    result = small("samples")
    sample = result["worlds"][0]["samples"][0]
    sample["before"][0]["text"] = "<b>1</b>\u202e\ud800"
    sample["after"] = []
    page = render_report(result)
    assert "<code>&lt;b&gt;1&lt;/b&gt;\ufffd\ufffd</code>" in page
    page.encode()
    assert "Right among those printed: 0 of 5 before, 2 of 2 after." in page
    assert samples_words([{"before": [], "after": []}]) == ""


def test_wrong_answers_are_marked_in_more_than_colour(page: str) -> None:
    assert page.count('<li class="wrong"><span class="sign" title="wrong">✕</span>') == 6
    assert page.count('<li class="right"><span class="sign" title="right">✓</span>') == 4


def entry(arm: str, at_one: float, at_many: float) -> Json:
    points = [{"k": k, "score": share(rate, 400)} for k, rate in ((1, at_one), (256, at_many))]
    return {"arm": arm, "label": arm.upper(), "task": None, "points": points}


@pytest.mark.parametrize(
    ("learner", "copy_", "words"),
    [
        ((0.8, 0.95), (0.1, 0.5), "GRPO stays apart from IMITATOR (80.0 % against 10.0 % at k = 1, "
         "95.0 % against 50.0 % at k = 256): it goes beyond what was there."),
        ((0.8, 0.95), (0.1, 0.94), "GRPO and IMITATOR meet"),
        ((0.8, 0.85), (0.1, 0.95), "GRPO falls behind IMITATOR"),
        ((0.1, 0.95), (0.1, 0.94), "GRPO is not told apart from IMITATOR at either end"),
    ],
)  # fmt: skip
def test_sharpened_or_beyond(learner: tuple[float, float], copy_: tuple[float, float], words: str) -> None:
    told = pass_words("", [entry("imitator", *copy_), entry("grpo", *learner), entry("base", 0.9, 0.9)])
    assert told.startswith(words)
    assert "BASE" not in told


def test_curves_without_an_imitator_or_a_common_k_claim_nothing() -> None:
    alone = [entry("grpo", 0.1, 0.9)]
    assert pass_words("", alone) == ""
    other = entry("imitator", 0.1, 0.9)
    other["points"] = other["points"][:1]
    assert pass_words("", [other, *alone]) == ""
    other["points"] = []
    assert [name for name, _ in tasks([other, *alone])] == [""]


def test_a_claim_over_seeds_is_counted_and_its_seeds_folded_away() -> None:
    assert by_seed("shown on 2 of 3 seeds: .5 against .4; .6") == (
        "shown on 2 of 3 seeds",
        ".5 against .4; .6",
    )
    assert by_seed("0.51 [0.4, 0.6] against 0.3; CPU: 5") == ("0.51 [0.4, 0.6] against 0.3; CPU: 5", "")


def test_what_a_shown_answer_is_worth_is_the_median_of_the_seeds(page: str) -> None:
    few, many = worth_words(language_result()["worlds"][0]["shown_worth"])
    assert "about 153 600 checks to GRPO, 300 to an answer (median of 3 seeds; 102 400 to 204 800)" in plain(
        few
    )
    assert "did not come as far with all its 614 400 checks as 4 096 true answers" in plain(many)
    assert "more than 614" in plain(page)
    (one,) = worth_words([{**language_result()["worlds"][0]["shown_worth"][0], "checks": [1_024]}])
    assert one.endswith("2 to an answer.")


def plain(text: str) -> str:
    return re.sub(r"\s", " ", text)


def test_the_ways_to_thinking_stand_in_one_table(page: str) -> None:
    (row,) = re.findall(r"<tr><th[^>]*>(?:(?!</tr>).)*R1-Zero(?:(?!</tr>).)*</tr>", page, re.S)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
    assert cells[0] == "base"
    assert [re.sub("<[^>]*>", " ", cell).split()[0] for cell in cells[1:]] == ["83.0", "78.0", "94.0", "17.1"]


def test_thinking_is_told_as_it_came_out() -> None:
    told = validate(language_result())["worlds"][0]["thinking"]
    assert "answers grow while it learns, from 8.7 to 17.5 tokens" in length_words(told["points"])
    assert "answers do not grow" in length_words(told["other"]["points"])
    assert "answers shrink" in length_words(told["points"][::-1])
    assert votes_words(told) == (
        "With 64 votes the imitator reaches 93.0 %, ahead of grpo with 1 vote (86.0 %)."
    )
    told["votes"][-7]["score"] = share(0.92, 500)
    assert "not told apart from grpo" in votes_words(told)
    told["votes"][-7]["score"] = share(0.99, 500)
    assert "behind grpo" in votes_words(told)
    assert votes_words({"votes": told["votes"][:7]}) == ""


def test_discovery_gives_the_share_with_its_interval() -> None:
    found = language_world()["discovery"]
    assert discovery_words(found) == (
        "8 of 10 seeds succeed, 80.0 % [44.4–97.5]; greedy on all positions those reach 82.7 to 90.8 %; "
        "the imitators they began with answer 0.0 to 0.4 % of the hard ones."
    )
    for seed in found["seeds"]:
        seed.update(success=False, imitator_hard=share(0.0))
    found.update(low=0.0, high=0.3085)
    assert discovery_words(found) == (
        "0 of 10 seeds succeed, 0.0 % [0.0–30.9]; "
        "the imitators they began with answer 0.0 % of the hard ones."
    )


def test_algorithms_are_compared_at_what_they_cost() -> None:
    rows = language_world()["algorithms"]
    words = algorithms_words(rows)
    assert "REINFORCE, batch baseline is highest with 88.4 %" in words
    assert "not told apart from it: PPO with a critic; behind: GRPO, Expert iteration" in words
    assert "All had 102\u202f400 verifier calls." in words
    rows[1]["verifier_calls"] = 101_000
    assert "All had about 102\u202f400 verifier calls." in algorithms_words(rows)
    rows[1]["verifier_calls"] = 50_000
    assert "50\u202f000 to 102\u202f400 verifier calls, so not all the same" in algorithms_words(rows)
    assert algorithms_words(rows[:1]).startswith("Greedy, REINFORCE, batch baseline is highest with 88.4")


def test_the_sloppy_teachers_dial() -> None:
    rows = language_world()["teacher_slips"]
    words = slips_words(rows)
    assert words[0].endswith("recorded: shown at 30 % slips; not shown at 0 % and 10 % slips.")
    assert words[1].endswith("best: not shown at 0 %, 10 % and 30 % slips.")
    assert words[2].endswith("shown at 10 % and 30 % slips; not shown at 0 % slips.")
    assert "slips are what it explores with" in words[3]
    rows[0]["policy_gradient"] = share(0.9)
    assert len(slips_words(rows)) == 3
    for row in rows:
        row["policy_gradient"] = None
    assert len(slips_words(rows)) == 2


def test_the_least_that_the_exhibits_can_hold_is_drawn() -> None:
    result = small(*TEXT_FIELDS, "surprise")
    world = result["worlds"][0]
    for one in world["pass_at_k"]:
        one["points"] = [{"k": 1, "score": share(0.0)}]
    world["thinking"].update(human=None, arm=None, other=None, votes=world["thinking"]["votes"][:1])
    world["thinking"].update(points=world["thinking"]["points"][:1], allowed=[])
    world["thinking"]["points"][0].update(length=0.0)
    world["discovery"].update(seeds=world["discovery"]["seeds"][:1], successes=1, high=1.0, text=None)
    world["teacher_slips"] = [{**world["teacher_slips"][0], "policy_gradient": None}]
    world["samples"] = [{**world["samples"][0], "before": [], "after": []}]
    world["surprise"].update(texts=[], birth=[])
    page = render_report(result)
    assert Elements(page).open == []
    assert_nothing_lies_outside(page)
    for field in ("points", "votes", "allowed"):
        world["thinking"][field] = []
    world["discovery"].update(seeds=[], successes=0)
    for field in ("pass_at_k", "algorithms", "teacher_slips", "samples"):
        world[field] = []
    page = render_report(result)
    assert Elements(page).open == []
    for heading in ("Thinking longer", "Found by", "Sharpened", "The algorithms", "Before and after"):
        assert f"<h3>{heading}" not in page


def test_both_halves_stand_side_by_side_on_one_scale(both: str) -> None:
    head = both[both.index('<section class="pair">') : both.index('<section class="analogy">')]
    assert "Zero goes past the human, even at best; the imitator is not shown to." in head
    assert "Policy-gradient goes past the human, even at best; the imitator is not shown to." in head
    drawn = figures(head)
    assert len(drawn) == 2
    scales = [re.findall(r'y="([\d.]+)"[^>]*>(\d+ %)</text>', svg) for svg in drawn]
    assert scales[0] == scales[1]
    assert len(scales[0]) >= 3
    assert "zero  87 %" in drawn[0]
    assert "policy-gradient  88 %" in drawn[1]


def test_a_world_alone_and_one_without_curves_have_no_pair_of_figures(page: str) -> None:
    assert '<section class="pair">' not in page
    bare = small()
    bare["worlds"].append(one_arm("zero")["worlds"][0])
    page = render_report(bare)
    assert Elements(page).open == []
    assert "The analogy" not in page
    head = page[page.index('<section class="pair">') : page.index("<main")]
    assert len(figures(head)) == 1


def test_the_analogy_stands_after_the_headlines(both: str) -> None:
    parts = ("<h1>", '<section class="pair">', "The analogy, row by row", "<main")
    places = [both.index(part) for part in parts]
    assert places == sorted(places)
    assert "Sampling against the verifier<b>88.4 %</b>" in both
    assert both.count('<span class="which">Where the analogy breaks</span>') == 6
    assert "The analogy" in render_report({**small(), "analogy": both_halves()["analogy"]})
