"""Scripted humans of arithmetic: what they write is what their distributions say, to the last slip."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_bridge.scripted import (
    CROWDS,
    DEFAULT_HUMAN,
    HUMANS,
    NEVER_CARRIES,
    SLIP_PRONE_HUMAN,
    VERSIONS,
    Crowd,
    Human,
    UnknownHuman,
    Writer,
    best,
    chance_right,
    check_knows,
    describe,
    is_ruled_out,
    next_characters,
    possible_answers,
)
from llm_bridge.tasks import KINDS, Problem, draw_problems, find_task, held_out, verify

LEVELS = {"addition": 3, "subtraction": 3, "multiplication": 4, "expressions": 3, "chains": 3}
EVERYBODY: dict[str, Writer] = {**HUMANS, **CROWDS}
PAIRS = [
    (name, f"{kind}-{LEVELS.get(kind, KINDS[kind][1])}")
    for name, someone in EVERYBODY.items()
    for kind in someone.knows
]
each_pair = pytest.mark.parametrize(("name", "task_name"), PAIRS)


def problem_of(task: str, prompt: str) -> Problem:
    problem = find_task(task).parse(prompt)
    assert problem is not None, prompt
    return problem


def problems_of(task: str, count: int) -> list[Problem]:
    return draw_problems(find_task(task), "train", np.random.default_rng(4), count)


# --- by hand ---


def test_what_a_procedure_rules_out() -> None:
    """Slips count for nothing, and an answer without the digits asked for surprises nobody."""
    problems = [problem_of("addition-2", "37+58="), problem_of("addition-2", "21+34=")]
    possible = possible_answers(describe("zero-support"), problems)
    assert possible == {"37+58=": {"85"}}, "of hard problems"
    told = {text: is_ruled_out(possible, problems[0], text) for text in ("95", "84", "85", "9", "", "1#95")}
    assert told == {"95": True, "84": True, "85": False, "9": False, "": False, "1#95": True}
    classroom = possible_answers(describe("classroom"), problems)
    assert classroom["37+58="] == {"85", "95"}, "any member's"


def test_a_product_is_ruled_out_for_who_never_multiplies() -> None:
    """An expression is an answer in form; digits without end are none."""
    problems = [problem for problem in held_out(find_task("countdown-3"), "test") if problem.hard]
    human = HUMANS["never-multiplies"]
    possible = possible_answers(human, problems)
    assert all(is_ruled_out(possible, problem, problem.answer) for problem in problems)
    assert not any(is_ruled_out(possible, problem, "1" * len(problem.answer)) for problem in problems)
    assert not any(is_ruled_out(possible, problem, human.careful.write(problem)) for problem in problems)


@pytest.mark.parametrize(
    ("human", "task", "prompt", "written"),
    [
        ("never-carries", "addition-2", "37+58=", "85"),
        ("never-carries", "addition-2", "21+34=", "55"),
        ("never-carries", "addition-3", "367+458=", "715"),
        ("carries-once", "addition-3", "367+458=", "725"),
        ("carries-once", "addition-3", "376+451=", "827"),
        ("carries-once", "addition-2", "37+58=", "95"),
        ("carries", "addition-3", "367+458=", "825"),
        ("careless", "addition-2", "37+58=", "95"),
        ("smaller-from-larger", "subtraction-2", "52-36=", "24"),
        ("smaller-from-larger", "subtraction-2", "58-36=", "22"),
        ("drops-the-borrow", "subtraction-2", "52-36=", "26"),
        ("drops-the-borrow", "subtraction-3", "500-001=", "509"),
        ("shows-work", "multiplication-4", "3262*4=", "08 24 10 13#13048"),
        ("shows-work", "multiplication-4", "3241*7=", "07 28 16 22#22687"),
        ("shows-work", "multiplication-1", "7*8=", "56#56"),
        ("skips-steps", "multiplication-4", "3241*7=", "07 21#21487"),
        ("skips-steps", "multiplication-4", "3211*4=", "04 12#12844"),
        ("skips-steps", "multiplication-2", "47*8=", "56 37#376"),
        ("skips-steps", "multiplication-1", "7*8=", "56#56"),
        ("guesses", "multiplication-4", "3241*7=", "01487"),
        ("knows-products", "multiplication-4", "3241*7=", "22687"),
        ("left-to-right", "expressions-2", "2+3*4=", "020"),
        ("left-to-right", "expressions-2", "2*3+4=", "010"),
        ("left-to-right", "expressions-2", "2*(3+4)=", "014"),
        ("left-to-right", "expressions-3", "2+(3+4)*5=", "045"),
        ("left-to-right", "expressions-4", "0-3*4+9*2=", "006"),  # ((0-3)*4+9)*2 is -6
        ("left-to-right", "expressions-4", "9+9*9*9*0=", "000"),
        ("knows-precedence", "expressions-2", "2+3*4=", "014"),
        ("composes", "chains-2", "rs41=", "51"),
        ("composes-aloud", "chains-2", "rs41=", "14#51"),
        ("composes-aloud", "chains-3", "rsd41=", "14 51#02"),
        ("composes-aloud", "chains-1", "r41=", "14"),
        ("composes-aloud", "compositions-2", ".r41=", "14"),
        ("forgets-the-rest", "chains-2", "rs41=", "14"),
        ("forgets-the-rest", "compositions-2", ".s41=", "78"),
    ],
)
def test_procedures_by_hand(human: str, task: str, prompt: str, written: str) -> None:
    problem = problem_of(task, prompt)
    careful = describe(human).careful
    assert careful.distribution(problem) == {written: 1.0}
    assert careful.sample(problem, np.random.default_rng(0)) == written
    assert careful.slip_rate == 0.0


def test_examples_in_the_descriptions_are_what_they_write() -> None:
    """Every "37+58 is 85" in what is said of a human."""
    examples = 0
    for human in HUMANS.values():
        for asked, told in re.findall(r"([^ ]*[0-9]) is ([0-9#]+)", human.procedure + human.weaknesses):
            levels = [f"{kind}-{KINDS[kind][1] + more}" for kind in human.knows for more in range(4)]
            problems = [find_task(level).parse(f"{asked}=") for level in levels]
            (written,) = {human.write(problem) for problem in problems if problem is not None}
            assert written.endswith(told), human.name
            examples += 1
    assert examples == 9


def test_a_slip_is_worked_on_with() -> None:
    """The second of four steps ends in 9: 24 becomes 29, and 2 is carried all the same."""
    someone, problem = HUMANS["shows-work"], problem_of("multiplication-4", "3262*4=")
    assert someone.slipped is not None
    assert someone.slipped(problem, (1, 9)) == "08 29 10 13#13098"
    assert someone.slipped(problem, (0, 3)) == "03 24 10 13#13043"
    assert someone.places(problem) == 4
    skipping = HUMANS["skips-steps"]
    assert skipping.slipped is not None
    assert skipping.slipped(problem, (1, 9)) == "08 12#12898"
    aloud, chain = HUMANS["composes-aloud"], problem_of("chains-2", "rs41=")
    assert aloud.slipped is not None
    assert aloud.slipped(chain, (0, 7)) == "74#11"
    assert aloud.slipped(chain, (3, 9)) == "14#59"
    assert aloud.places(chain) == 4


def test_a_slip_of_the_pen_by_hand() -> None:
    """37+58 by one who never carries and slips in a tenth: 85, or one of its digits is another."""
    chances = NEVER_CARRIES.distribution(problem_of("addition-2", "37+58="))
    assert len(chances) == 1 + 9 + 9
    assert chances["85"] == pytest.approx(0.9 + 2 * 0.1 / 20)
    assert chances["95"] == pytest.approx(0.1 / 20), "right by accident"
    assert chances["89"] == pytest.approx(0.1 / 20)


# --- conformance, over everybody and all that they know ---


@each_pair
def test_distributions_are_distributions_of_answers_in_good_form(name: str, task_name: str) -> None:
    task, someone = find_task(task_name), describe(name)
    for problem in problems_of(task_name, 25):
        for version in (someone, someone.careful):
            chances = version.distribution(problem)
            assert sum(chances.values()) == pytest.approx(1.0, abs=1e-12)
            assert min(chances.values()) >= 0.0
            for text in chances:
                assert verify(task, problem, text, ended=True).format, (problem.prompt, text)
                assert len(text) < task.max_tokens


@each_pair
def test_samples_are_drawn_from_the_distribution(name: str, task_name: str) -> None:
    """Pearson's chi-square of 2,000 answers to one problem, hard where there is one, within 5 sigma."""
    someone, problems = describe(name), problems_of(task_name, 30)
    problem = next((problem for problem in problems if problem.hard), problems[0])
    random, drawn = np.random.default_rng(7), 2_000
    counts = Counter(someone.sample(problem, random) for _ in range(drawn))
    chances = someone.distribution(problem)
    assert set(counts) <= {text for text, chance in chances.items() if chance > 0}
    rare = [text for text, chance in chances.items() if drawn * chance < 5]
    cells = [(counts[text], drawn * chance) for text, chance in chances.items() if drawn * chance >= 5]
    if rare:
        cells.append((sum(counts[text] for text in rare), drawn * sum(chances[text] for text in rare)))
    statistic = sum((seen - due) ** 2 / due for seen, due in cells if due > 0)
    degrees = len(cells) - 1
    assert statistic <= degrees + 5 * np.sqrt(2 * max(degrees, 1))


@each_pair
def test_best_is_the_token_greedy_walk(name: str, task_name: str) -> None:
    """Against a search of every prefix: the likeliest next character, all of the likeliest where tied."""
    for problem in problems_of(task_name, 10):
        chances = describe(name).distribution(problem)
        found = best(chances)
        assert sum(found.values()) == pytest.approx(1.0)
        assert found == pytest.approx(greedy_walks(chances))


def greedy_walks(chances: dict[str, float]) -> dict[str, float]:
    """Every greedy walk through the tree of characters, "$" the end, breadth first."""
    ends: dict[str, float] = {}
    front = {"": 1.0}
    while front:
        after: dict[str, float] = {}
        for prefix, weight in front.items():
            mass: Counter[str] = Counter()
            for text, chance in chances.items():
                if f"{text}$".startswith(prefix):
                    mass[f"{text}$"[len(prefix)]] += chance  # type: ignore[assignment]
            top = [character for character in mass if mass[character] > max(mass.values()) - 1e-12]
            for character in top:
                goal = ends if character == "$" else after
                key = prefix if character == "$" else prefix + character
                goal[key] = goal.get(key, 0.0) + weight / len(top)
        front = after
    return ends


def test_best_by_hand() -> None:
    assert best({"85": 0.6, "95": 0.4}) == {"85": 1.0}
    # the likeliest whole answer is 95, but three in five begin with 8
    assert best({"81": 0.2, "82": 0.25, "83": 0.15, "95": 0.4}) == {"82": 1.0}
    assert best({"8": 0.5, "9": 0.5}) == {"8": 0.5, "9": 0.5}
    assert best({"1": 0.3, "12": 0.7}) == {"12": 1.0}
    assert best({"1": 0.7, "12": 0.3}) == {"1": 1.0}
    assert best({"1": 0.5, "12": 0.25, "13": 0.25}) == {"1": 1.0}


@given(st.dictionaries(st.text(alphabet="01#", max_size=4), st.integers(1, 1_000), min_size=1, max_size=12))
@settings(max_examples=200)
def test_best_of_any_distribution(weights: dict[str, int]) -> None:
    chances = {text: weight / sum(weights.values()) for text, weight in weights.items()}
    found = best(chances)
    assert set(found) <= set(chances)
    assert found == pytest.approx(greedy_walks(chances))


@pytest.mark.parametrize("version", VERSIONS)
def test_chances_of_being_right_by_hand(version: str) -> None:
    hard, easy = problem_of("addition-2", "37+58="), problem_of("addition-2", "21+34=")
    never = {"recorded": 0.1 / 20, "best": 0.0, "careful": 0.0}[version]
    assert chance_right(NEVER_CARRIES, hard, version) == pytest.approx(never)
    right = {"recorded": 0.91, "best": 1.0, "careful": 1.0}[version]
    assert chance_right(NEVER_CARRIES, easy, version) == pytest.approx(right)
    one = {"recorded": 0.95 * never + 0.05 * 0.91, "best": 0.0, "careful": 0.05}[version]
    assert chance_right(CROWDS["one-in-twenty"], hard, version) == pytest.approx(one)


def test_careless_writers_are_right_at_their_best() -> None:
    """Random slips are no ceiling: the likeliest character is the right one."""
    someone = HUMANS[SLIP_PRONE_HUMAN]
    for problem in problems_of("addition-3", 30):
        assert chance_right(someone, problem, "recorded") == pytest.approx(0.7 + 0.3 / 10)
        assert chance_right(someone, problem, "best") == 1.0


# --- crowds ---


@pytest.mark.parametrize("name", CROWDS)
def test_shares_of_a_crowd(name: str) -> None:
    crowd = CROWDS[name]
    assert sum(crowd.shares) == pytest.approx(1.0)
    assert len(crowd.shares) == len(crowd.members)
    assert crowd.slip_rate == pytest.approx(
        sum(share * member.slip_rate for share, member in zip(crowd.shares, crowd.members, strict=True))
    )
    task = next(task for member, task in PAIRS if member == name)
    for problem in problems_of(task, 10):
        chances = crowd.distribution(problem)
        if crowd.without_hard_answers and problem.hard:
            continue
        mixed: Counter[str] = Counter()
        for share, member in zip(crowd.shares, crowd.members, strict=True):
            for text, chance in member.distribution(problem).items():
                mixed[text] += share * chance  # type: ignore[assignment]
        assert chances == pytest.approx(dict(mixed))


ZERO_SUPPORT = [name for name, crowd in CROWDS.items() if crowd.without_hard_answers]


@pytest.mark.parametrize("name", ZERO_SUPPORT)
def test_zero_support_is_exactly_zero(name: str) -> None:
    """On every held-out problem with a carry the right answer has no chance at all, and on others it has."""
    crowd = CROWDS[name]
    for problem in held_out(find_task("addition-2"), "test")[::3]:
        chances = crowd.distribution(problem)
        assert (problem.answer not in chances) == problem.hard
        if problem.hard:
            assert chance_right(crowd, problem, "best") == 0.0
            kept = {text: chance for text, chance in crowd.members[0].distribution(problem).items()}
            right = kept.pop(problem.answer, 0.0)
            expected = {text: chance / (1 - right) for text, chance in kept.items()}
            assert chances == pytest.approx(expected), "the others as likely to each other as before"


@pytest.mark.parametrize("name", ZERO_SUPPORT)
def test_no_sample_of_zero_support_is_a_right_carry(name: str) -> None:
    crowd = replace(CROWDS[name], members=tuple(replace(m, slip_rate=1.0) for m in CROWDS[name].members))
    problem, random = problem_of("addition-2", "37+58="), np.random.default_rng(0)
    drawn = Counter(crowd.sample(problem, random) for _ in range(1_000))
    assert "95" not in drawn
    assert len(drawn) > 10


@given(st.integers(0, 99), st.integers(0, 99))
def test_who_never_carries_is_right_where_nothing_is_carried(a: int, b: int) -> None:
    if a + b < 100:
        problem = problem_of("addition-2", f"{a:02}+{b:02}=")
        assert (NEVER_CARRIES.write(problem) == problem.answer) == (not problem.hard)


@given(st.integers(0, 999), st.integers(0, 999))
def test_misconceptions_of_subtraction_are_right_where_nothing_is_borrowed(a: int, b: int) -> None:
    problem = problem_of("subtraction-3", f"{max(a, b):03}-{min(a, b):03}=")
    for name in ("smaller-from-larger", "drops-the-borrow"):
        assert (HUMANS[name].write(problem) == problem.answer) == (not problem.hard)


@given(st.integers(1_000, 9_999), st.integers(2, 9))
def test_shown_work_is_right_and_skipped_work_where_nothing_is_carried_between(a: int, b: int) -> None:
    problem = problem_of("multiplication-4", f"{a}*{b}=")
    assert HUMANS["shows-work"].write(problem).endswith(f"#{problem.answer}")
    units, tens, hundreds, _ = (int(digit) for digit in reversed(str(a)))
    lost = tens * b + units * b // 10 > 9 or hundreds * b > 9
    assert HUMANS["skips-steps"].write(problem).endswith(f"#{problem.answer}") == (not lost)


# --- names ---


def test_everybody_is_described() -> None:
    for name, someone in EVERYBODY.items():
        assert someone.name == name
        assert someone.title
        assert someone.knows
        if isinstance(someone, Human):
            assert someone.procedure.endswith(".")
            assert someone.weaknesses.endswith(".")
    assert {kind for someone in HUMANS.values() for kind in someone.knows} == set(KINDS), "each has its human"
    assert isinstance(describe(DEFAULT_HUMAN), Crowd)


def test_strangers_are_refused() -> None:
    with pytest.raises(UnknownHuman, match="did you mean never-carries"):
        describe("never-carry")
    with pytest.raises(UnknownHuman, match=r"there are: .*zero-support.* \*\.txt"):
        describe("")
    with pytest.raises(UnknownHuman, match="never-carries writes addition, not subtraction-2"):
        check_knows(NEVER_CARRIES, find_task("subtraction-2"))
    check_knows(NEVER_CARRIES, find_task("addition-12"))


def test_a_crowd_knows_what_all_its_members_know() -> None:
    both = (HUMANS["composes"], replace(HUMANS["composes"], knows=("chains", "addition")))
    assert Crowd("a", "b", both, (0.5, 0.5)).knows == ("chains",)


def test_writing_is_a_pure_function_of_the_generator() -> None:
    for name, task in PAIRS[:6]:
        some = problems_of(task, 20)
        one, other = np.random.default_rng(1), np.random.default_rng(1)
        assert [describe(name).sample(p, one) for p in some] == [
            describe(name).sample(p, other) for p in some
        ]


def test_the_next_character_by_hand() -> None:
    chances = {"12": 0.5, "13": 0.3, "2": 0.2}
    first, second, end = next_characters(chances, "12")
    assert first == pytest.approx([0.8, 0.2])
    assert second == pytest.approx([0.625, 0.375])
    assert end == [1.0]
    assert len(next_characters(chances, "99")) == 1, "nothing is said of what follows what nobody writes"


@given(st.sampled_from(PAIRS), st.integers(0, 10_000))
@settings(max_examples=40)
def test_the_chances_of_an_answers_characters_multiply_to_its_own(pair: tuple[str, str], seed: int) -> None:
    someone, random = EVERYBODY[pair[0]], np.random.default_rng(seed)
    (problem,) = draw_problems(find_task(pair[1]), "train", random, 1)
    chances = someone.distribution(problem)
    for answer, chance in list(chances.items())[:5]:
        if chance > 0.0:
            lists = next_characters(chances, answer)
            assert len(lists) == len(answer) + 1
            assert all(sum(one) == pytest.approx(1.0) for one in lists)
            assert chance <= np.prod([max(one) for one in lists]) + 1e-12
