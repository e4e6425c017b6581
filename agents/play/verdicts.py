"""How good a move was that has been made: five classes, told apart without colour too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.play.record import GameRecord, Key
from agents.play.thoughts import Thoughts


@dataclass(frozen=True)
class Grade:
    """A class of moves: its mark beside a move, and words. `least`: the share of a point that such a move
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
SLOWER = 4  # a win so many stones later, or a loss so many sooner, is an inaccuracy


@dataclass(frozen=True)
class Verdict:
    """The class of a move, the share of a point it gave away, a sentence, and whether it is a move 37."""

    grade: Grade
    lost: float
    words: str
    surprise: bool = False

    @property
    def is_mistake(self) -> bool:
        """Whether one would want it back."""
        return self.grade in MISTAKES


def judge(thoughts: Thoughts, action: int, names: Sequence[str], after: Thoughts | None = None) -> Verdict:
    """The verdict on a move at a position; `names` are how people write the moves. The truth decides where it
    is known, else the search; `after`: what was thought of the position that it led to, where the other is to
    move, which tells more of a move that was hardly looked at before."""
    surprise = action in thoughts.surprises
    best = names[thoughts.best]
    if thoughts.truth is not None:
        grade, lost = _by_truth(thoughts, action)
        said = f"{names[action]} {thoughts.truth.words(action)}"
        better = f"{best} {thoughts.truth.words(thoughts.best)}"
        words = said if grade is BEST else f"{said}; {better}"
        return Verdict(grade, lost, words, surprise)
    grade, lost = _by_search(thoughts, action, after)
    words = f"{names[action]} gives away {100 * lost:.0f} % of a point; {best} is better"
    return Verdict(grade, lost, f"{best} is what the search plays, too" if grade is BEST else words, surprise)


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


def _by_search(thoughts: Thoughts, action: int, after: Thoughts | None) -> tuple[Grade, float]:
    top = thoughts.candidates[0]
    made = thoughts.candidate(action)
    value = made.value if made is not None else min(c.value for c in thoughts.candidates)
    if after is not None and after.simulations > (made.visits if made is not None else 0):
        value = -after.value
    lost = max(0.0, (top.value - value) / 2.0)
    if action == top.action:
        return BEST, 0.0
    grade = BEST
    for one in GRADES:
        grade = one if lost >= one.least else grade
    return (GOOD if grade is BEST else grade), lost


def verdicts_of(record: GameRecord, thoughts: Mapping[Key, Thoughts]) -> list[Verdict | None]:
    """The verdict on every move of the record, None where nothing was thought of it: [T]."""
    names, found = record.game.action_names, []
    for ply, action in enumerate(record.actions):
        known, after = (thoughts.get(tuple(record.actions[:end])) for end in (ply, ply + 1))
        turned = after is not None and record.player_at(ply) != record.player_at(ply + 1)
        found.append(None if known is None else judge(known, action, names, after if turned else None))
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
