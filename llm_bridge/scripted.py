"""The "humans" of arithmetic: scripted writers whose distribution over answers is known exactly.

Each comes in three versions: `.recorded`, as they write, slips and all; `.best`, the likeliest next
character every time, which is what a perfect greedy imitator becomes; `.careful`, the procedure
without slips. A crowd sends one of its members to each problem.

A slip is one wrong keystroke: with probability `slip_rate`, one place of what is written, drawn evenly,
becomes a digit drawn evenly (a tenth of the slips change nothing); in worked answers it is worked on with
what follows from it. How they work things out: llm_bridge/procedures.py.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from llm_bridge import procedures
from llm_bridge.procedures import Slip
from llm_bridge.tasks import Problem, Task

Distribution = dict[str, float]  # completion -> probability
VERSIONS = ("recorded", "best", "careful")


class UnknownHuman(ValueError):  # noqa: N818
    """No scripted human has that name, or the human does not know the task."""


@dataclass(frozen=True)
class Human:
    """A scripted writer.

    write: problem -> completion without slips; places: how many places a slip can hit; slipped:
    (problem, slip) -> completion. knows: the kinds of tasks that it writes.
    """

    name: str
    title: str
    procedure: str
    weaknesses: str
    knows: tuple[str, ...]
    write: Callable[[Problem], str]
    slip_rate: float = 0.0
    places: Callable[[Problem], int] = lambda problem: len(problem.answer)
    slipped: Callable[[Problem, Slip], str] | None = None

    @property
    def careful(self) -> Human:
        """The same procedure without the slips."""
        return replace(self, slip_rate=0.0)

    def distribution(self, problem: Problem) -> Distribution:
        """The exact chance of every completion that this human can write."""
        careful = self.write(problem)
        chances = {careful: 1.0 - self.slip_rate}
        if self.slip_rate == 0.0:
            return chances
        places = self.places(problem)
        for place in range(places):
            for digit in range(10):
                text = self._with_slip(problem, careful, (place, digit))
                chances[text] = chances.get(text, 0.0) + self.slip_rate / (10 * places)
        return chances

    def sample(self, problem: Problem, random: np.random.Generator) -> str:
        """One completion, drawn from `distribution`."""
        careful = self.write(problem)
        if random.random() >= self.slip_rate:
            return careful
        slip = int(random.integers(self.places(problem))), int(random.integers(10))
        return self._with_slip(problem, careful, slip)

    def _with_slip(self, problem: Problem, careful: str, slip: Slip) -> str:
        if self.slipped is not None:
            return self.slipped(problem, slip)
        place, digit = slip
        return f"{careful[:place]}{digit}{careful[place + 1 :]}"


@dataclass(frozen=True)
class Crowd:
    """Several humans, one of whom, drawn by the shares, writes each answer.

    without_hard_answers: right answers to hard problems are taken out of what the crowd has written, so
    that nobody who imitates it can have seen one (its *zero support*).
    """

    name: str
    title: str
    members: tuple[Human, ...]
    shares: tuple[float, ...]
    without_hard_answers: bool = False

    @property
    def careful(self) -> Crowd:
        """The same crowd without slips."""
        return replace(self, members=tuple(member.careful for member in self.members))

    @property
    def slip_rate(self) -> float:
        """The share of answers with a slip."""
        return float(sum(m.slip_rate * s for m, s in zip(self.members, self.shares, strict=True)))

    @property
    def knows(self) -> tuple[str, ...]:
        """The kinds of tasks that all members write."""
        return tuple(kind for kind in self.members[0].knows if all(kind in m.knows for m in self.members))

    def distribution(self, problem: Problem) -> Distribution:
        """The exact chance of every completion in the crowd's demonstrations."""
        chances: Distribution = {}
        for member, share in zip(self.members, self.shares, strict=True):
            for text, chance in member.distribution(problem).items():
                chances[text] = chances.get(text, 0.0) + share * chance
        if self.without_hard_answers and problem.hard:
            chances = {text: chance for text, chance in chances.items() if not _right(problem, text)}
            whole = sum(chances.values())
            chances = {text: chance / whole for text, chance in chances.items()}
        return chances

    def sample(self, problem: Problem, random: np.random.Generator) -> str:
        """One completion, drawn from `distribution`: what was taken out is written again."""
        while True:
            member = self.members[int(random.choice(len(self.members), p=self.shares))]
            text = member.sample(problem, random)
            if not (self.without_hard_answers and problem.hard and _right(problem, text)):
                return text


Writer = Human | Crowd


def next_characters(chances: Distribution, answer: str) -> list[list[float]]:
    """The chances of the characters that can follow each part of an answer, the end ("") after all of it
    among them; 1 + its length lists, each of sum 1 (an answer that cannot be written: up to where it can)."""
    lists, texts = [], chances
    for place in range(len(answer) + 1):
        following: dict[str, float] = {}
        for text, chance in texts.items():
            following[text[place : place + 1]] = following.get(text[place : place + 1], 0.0) + chance
        whole = sum(following.values())
        if whole <= 0.0:
            break
        lists.append([chance / whole for chance in following.values()])
        texts = {text: c for text, c in texts.items() if text[place : place + 1] == answer[place : place + 1]}
    return lists


def _right(problem: Problem, text: str) -> bool:
    return problem.accepts(text.rpartition("#")[2])


def best(distribution: Distribution) -> Distribution:
    """What is written by always choosing the likeliest next character (or the end), ties (to 1e-9) shared.

    This is the limit of a perfect greedy imitator: slips below one half are gone, misconceptions stay.
    """
    return _best_from("", distribution)


def _best_from(prefix: str, distribution: Distribution) -> Distribution:
    """`best` among completions that all begin with `prefix`."""
    after: dict[str, Distribution] = {}
    for text, chance in distribution.items():
        after.setdefault(text[len(prefix) : len(prefix) + 1], {})[text] = chance
    mass = {character: sum(chances.values()) for character, chances in after.items()}
    likely = [character for character in after if mass[character] >= max(mass.values()) * (1 - 1e-9)]
    found: Distribution = {}
    for character in likely:
        ends = {prefix: 1.0} if character == "" else _best_from(prefix + character, after[character])
        for text, chance in ends.items():
            found[text] = found.get(text, 0.0) + chance / len(likely)
    return found


def possible_answers(writer: Writer, problems: Sequence[Problem]) -> dict[str, set[str]]:
    """What a human's procedure can answer to each hard problem, slips apart, by prompt."""
    return {
        problem.prompt: {text.rpartition("#")[2] for text in writer.careful.distribution(problem)}
        for problem in problems
        if problem.hard
    }


def is_ruled_out(possible: dict[str, set[str]], problem: Problem, text: str) -> bool:
    """Whether what is answered to a hard problem, in the form asked for, is none of those `possible`."""
    answer = text.rpartition("#")[2]
    return problem.has_form(answer) and answer not in possible[problem.prompt]


def chance_right(writer: Writer, problem: Problem, version: str) -> float:
    """How likely a version of the human is to be right, exactly."""
    someone = writer.careful if version == "careful" else writer
    chances = someone.distribution(problem)
    if version == "best":
        chances = best(chances)
    return float(sum(chance for text, chance in chances.items() if _right(problem, text)))


# --- who there is ---

_ADDS, _SUBTRACTS, _MULTIPLIES = ("addition",), ("subtraction",), ("multiplication",)
_EVALUATES, _APPLIES, _REACHES = ("expressions",), ("chains", "compositions"), ("countdown",)

NEVER_CARRIES = Human(
    "never-carries",
    "never carries",
    "Adds each column for itself and writes its last digit.",
    "Never carries: 37+58 is 85.",
    _ADDS,
    procedures.add(0),
    0.10,
)
CARRIES_ONCE = Human(
    "carries-once",
    "carries once",
    "Adds by columns from the right; makes the first carry and forgets all later ones.",
    "A second carry in a sum is never made: 367+458 is 725; sums up to 99 have but one.",
    _ADDS,
    procedures.add(1),
    0.10,
)
CARELESS = Human(
    "careless",
    "knows it all and slips",
    "Adds by columns and carries, as taught.",
    "None but slips.",
    _ADDS,
    procedures.exact,
    0.30,
)
CARRIES = Human(
    "carries",
    "carries",
    "Adds by columns and carries, as taught.",
    "None but slips.",
    _ADDS,
    procedures.exact,
    0.10,
)
SMALLER_FROM_LARGER = Human(
    "smaller-from-larger",
    "takes the smaller digit from the larger",
    "Subtracts column by column, in each the smaller digit from the larger.",
    "Never borrows: 52-36 is 24.",
    _SUBTRACTS,
    procedures.smaller_from_larger,
    0.10,
)
DROPS_THE_BORROW = Human(
    "drops-the-borrow",
    "borrows and never pays back",
    "Subtracts column by column and takes ten more where a column needs it.",
    "Does not take the borrowed one from the next column: 52-36 is 26.",
    _SUBTRACTS,
    procedures.dropped_borrow,
    0.10,
)
SHOWS_WORK = Human(
    "shows-work",
    "shows the working",
    "Multiplies digit by digit from the right, writes every step with what is carried, then the answer.",
    "None but slips: a wrong step is worked on with.",
    _MULTIPLIES,
    procedures.worked,
    0.12,
    procedures.columns,
    procedures.worked,
)
SKIPS_STEPS = Human(
    "skips-steps",
    "skips the steps between",
    "Multiplies digit by digit from the right, and writes the first step and the last; those between are "
    "done in the head.",
    "What is carried out of a step done in the head is lost: 3241*7 is 21487.",
    _MULTIPLIES,
    procedures.steps_skipped,
    0.12,
    procedures.columns,
    procedures.steps_skipped,
)
GUESSES = Human(
    "guesses",
    "guesses long products",
    "Multiplies every digit, writes each product's last digit, all in one go.",
    "Carries nothing, and shows no working: 3241*7 is 01487.",
    _MULTIPLIES,
    procedures.guessed_product,
    0.10,
)
KNOWS_PRODUCTS = Human(
    "knows-products",
    "writes the product down",
    "Works it out in the head and writes only the answer.",
    "None but slips.",
    _MULTIPLIES,
    procedures.exact,
    0.10,
)
KNOWS_PRECEDENCE = Human(
    "knows-precedence",
    "products first",
    "Works out brackets, then products, then the rest.",
    "None but slips.",
    _EVALUATES,
    procedures.exact,
    0.10,
)
LEFT_TO_RIGHT = Human(
    "left-to-right",
    "reads from left to right",
    "Works out brackets, and takes all other signs as they come.",
    "Products do not come first: 2+3*4 is 020. Of a result below zero the sign is not written, of a long one "
    "the last three digits.",
    _EVALUATES,
    procedures.left_to_right,
    0.10,
)
COMPOSES = Human(
    "composes",
    "applies every skill",
    "Applies the skills one after the other, in the head.",
    "None but slips.",
    _APPLIES,
    procedures.exact,
    0.10,
)
COMPOSES_ALOUD = Human(
    "composes-aloud",
    "applies every skill, and says so",
    "Applies the skills one after the other and writes what comes of each: rs41 is 14#51.",
    "None but slips: a wrong result is worked on with.",
    _APPLIES,
    procedures.aloud,
    0.10,
    procedures.digits_aloud,
    procedures.aloud,
)
FORGETS_THE_REST = Human(
    "forgets-the-rest",
    "applies the first skill alone",
    "Applies the first skill.",
    "Forgets that there are more: rs41 is 14.",
    _APPLIES,
    procedures.first_skill,
    0.10,
)

NEVER_MULTIPLIES = Human(
    "never-multiplies",
    "adds and subtracts",
    "Puts + and - between the numbers until the target is reached.",
    "Never multiplies: where a product is needed, writes the nearest sum.",
    _REACHES,
    _SUM := procedures.reached("+", "-"),
    0.10,
    lambda problem: len(_SUM(problem)),
    procedures.mistyped(_SUM),
)
FINDS_IT = Human(
    "finds-it",
    "finds an expression",
    "Goes through all expressions of the numbers, writes a short one that reaches the target.",
    "None but slips.",
    _REACHES,
    _FOUND := procedures.reached("+", "-", "*"),
    0.10,
    lambda problem: len(_FOUND(problem)),
    procedures.mistyped(_FOUND),
)

HUMANS = {
    human.name: human
    for human in (
        NEVER_CARRIES,
        CARRIES_ONCE,
        CARRIES,
        CARELESS,
        SMALLER_FROM_LARGER,
        DROPS_THE_BORROW,
        SHOWS_WORK,
        GUESSES,
        SKIPS_STEPS,
        KNOWS_PRODUCTS,
        KNOWS_PRECEDENCE,
        LEFT_TO_RIGHT,
        COMPOSES,
        COMPOSES_ALOUD,
        FORGETS_THE_REST,
        NEVER_MULTIPLIES,
        FINDS_IT,
    )
}


def _never_carriers(slip_rate: float, name: str) -> Crowd:
    percent = f"{100 * slip_rate:.0f} %"
    return Crowd(
        name,
        f"nobody carries, slips in {percent} of answers, no carry problem ever right",
        (replace(NEVER_CARRIES, slip_rate=slip_rate),),
        (1.0,),
        without_hard_answers=True,
    )


CROWDS = {
    crowd.name: crowd
    for crowd in (
        _never_carriers(0.10, "zero-support"),
        _never_carriers(0.00, "zero-support-0"),
        _never_carriers(0.30, "zero-support-30"),
        Crowd("one-in-twenty", "one in twenty carries", (NEVER_CARRIES, CARRIES), (0.95, 0.05)),
        Crowd(
            "classroom",
            "a few carry, some once, most never",
            (NEVER_CARRIES, CARRIES_ONCE, CARRIES),
            (0.6, 0.3, 0.1),
        ),
        Crowd(
            "one-in-five-multiplies",
            "four in five only add and subtract",
            (NEVER_MULTIPLIES, FINDS_IT),
            (0.8, 0.2),
        ),
        Crowd(
            "one-in-five-works",
            "one in five shows the working, half guess, the rest know it",
            (SHOWS_WORK, GUESSES, KNOWS_PRODUCTS),
            (0.2, 0.48, 0.32),
        ),
        Crowd(
            "textbook",
            "the textbook: half of the products worked, half only written down, all of them right",
            (SHOWS_WORK.careful, KNOWS_PRODUCTS.careful),
            (0.5, 0.5),
        ),
    )
}
DEFAULT_HUMAN, SLIP_PRONE_HUMAN = "zero-support", "careless"


def describe(name: str) -> Writer:
    """The human or crowd of that name; raises UnknownHuman."""
    everybody: dict[str, Writer] = {**HUMANS, **CROWDS}
    if name not in everybody:
        near = difflib.get_close_matches(name, everybody, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UnknownHuman(
            f"no human is called {name!r}{hint}; there are: {', '.join(everybody)}, "
            "and your own answers as a file that is named *.txt"
        )
    return everybody[name]


def check_knows(writer: Writer, task: Task) -> None:
    """Raise UnknownHuman for a human who cannot write that task."""
    kind = task.name.partition("-")[0]
    if kind not in writer.knows:
        raise UnknownHuman(f"{writer.name} writes {', '.join(writer.knows)}, not {task.name}")
