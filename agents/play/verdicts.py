"""How good a move was that has been made: five classes, told apart without colour too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.play.record import GameRecord, Key
from agents.play.sequels import Sequel, sequel_of
from agents.play.thoughts import Thoughts


@dataclass(frozen=True)
class Grade:
    """A class of moves: its mark beside a move, and words. `least`: how much of the chance to win such a move
    gives away at least, where only the search judges."""

    name: str
    mark: str
    words: str
    least: float


BEST = Grade("best", "", "the best move", -1.0)
GOOD = Grade("good", "", "a good move", 0.02)
INACCURACY = Grade("inaccuracy", "?!", "an inaccuracy", 0.07)
MISTAKE = Grade("mistake", "?", "a mistake", 0.15)
BLUNDER = Grade("blunder", "??", "a blunder", 0.30)
GRADES = (BEST, GOOD, INACCURACY, MISTAKE, BLUNDER)
MISTAKES = (INACCURACY, MISTAKE, BLUNDER)
SURE = 200  # visits, or simulations of its own, behind a move on which the search has its verdict
SLOWER = 4  # a win so many stones later, or a loss so many sooner, is an inaccuracy


@dataclass(frozen=True)
class Verdict:
    """The class of a move, how much of the chance to win it gave away, a sentence, and whether it is a move
    37."""

    grade: Grade
    lost: float
    words: str
    surprise: bool = False

    @property
    def is_mistake(self) -> bool:
        """Whether one would want it back."""
        return self.grade in MISTAKES


def judge(thoughts: Thoughts, action: int, names: Sequence[str], sequel: Sequel | None = None) -> Verdict:
    """The verdict on a move at a position; `names` are how people write the moves. The truth decides where it
    is known, else the search; `sequel`: what is known by what follows the move, which tells more of one that
    was hardly looked at before. Whether that is enough, `settled` says."""
    surprise = action in thoughts.surprises
    best = names[thoughts.best]
    if thoughts.truth is not None:
        grade, lost = _by_truth(thoughts, action)
        said = f"{names[action]} {thoughts.truth.words(action)}"
        better = f"{best} {thoughts.truth.words(thoughts.best)}"
        words = said if grade is BEST else f"{said}; {better}"
        return Verdict(grade, lost, words, surprise)
    grade, value = _by_search(thoughts, action, sequel)
    top = thoughts.candidates[0].value
    if grade is BEST:
        return Verdict(grade, 0.0, f"{best} is what the search plays, too", surprise)
    why = f" ({sequel.words})" if sequel is not None and sequel.words else ""
    words = f"{names[action]}: {_percent(top)} \u2192 {_percent(value)} % to win{why}; {best} is better"
    if value >= top:
        words = f"{names[action]} keeps {_percent(value)} % to win; the search plays {best}"
    return Verdict(grade, max(0.0, (top - value) / 2.0), words, surprise)


def settled(thoughts: Thoughts, action: int, sequel: Sequel | None = None) -> bool:
    """Whether enough is known of a move for a verdict: the truth, or half as many simulations as are behind
    the whole position, or SURE. The move that the search plays is settled."""
    if thoughts.truth is not None or action == thoughts.candidates[0].action:
        return True
    made = thoughts.candidate(action)
    behind = max(made.visits if made is not None else 0, sequel.simulations if sequel is not None else 0)
    return behind >= min(SURE, thoughts.simulations // 2)


def _percent(value: float) -> str:
    return f"{50 + 50 * value:.0f}"


def _by_truth(thoughts: Thoughts, action: int) -> tuple[Grade, float]:
    truth = thoughts.truth
    assert truth is not None
    value, score = truth.values[action], truth.scores[action]
    if value is None or score is None:
        raise ValueError(f"move {action} cannot be made at this position")
    lost = (truth.value - value) / 2.0
    if lost:
        return (BLUNDER if lost > 0.5 else MISTAKE), lost
    behind = max(s for s in truth.scores if s is not None) - score
    return (BEST if behind == 0 else GOOD if behind < SLOWER else INACCURACY), 0.0


def _by_search(thoughts: Thoughts, action: int, sequel: Sequel | None) -> tuple[Grade, float]:
    """The class of a move, and how good it is for who makes it."""
    top = thoughts.candidates[0]
    made = thoughts.candidate(action)
    value = made.value if made is not None else min(c.value for c in thoughts.candidates)
    if sequel is not None and sequel.simulations > (made.visits if made is not None else 0):
        value = sequel.value
    if action == top.action:
        return BEST, top.value
    grade = GOOD
    for one in MISTAKES:
        grade = one if (top.value - value) / 2.0 >= one.least else grade
    return grade, value


def verdicts_of(record: GameRecord, thoughts: Mapping[Key, Thoughts]) -> list[Verdict | None]:
    """The verdict on every move of the record, None where not enough was thought of it: [T]."""
    found: list[Verdict | None] = []
    for ply, action in enumerate(record.actions):
        known = thoughts.get(tuple(record.actions[:ply]))
        sequel = None if known is None or known.truth is not None else sequel_of(record, ply, thoughts)
        certain = known is not None and settled(known, action, sequel)
        names = record.game.action_names
        found.append(judge(known, action, names, sequel) if known is not None and certain else None)
    return found


def next_mistake(verdicts: Sequence[Verdict | None], after: int) -> int | None:
    """The ply of the next mistake after ply `after`, round to the start again; None: there is none."""
    order = [*range(after + 1, len(verdicts)), *range(min(after + 1, len(verdicts)))]
    return next((ply for ply in order if (one := verdicts[ply]) is not None and one.is_mistake), None)


def counts(verdicts: Sequence[Verdict | None], sides: Sequence[int], side: int) -> dict[str, int]:
    """How many moves of each class a side made; `sides` [T]: who made each."""
    out = dict.fromkeys((grade.name for grade in GRADES), 0)
    for verdict, who in zip(verdicts, sides, strict=True):
        if verdict is not None and who == side:
            out[verdict.grade.name] += 1
    return out
