"""What a player thinks of one position, as plain values: for the panels, and for files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Candidate:
    """A move that was looked at: how often, how good it is for who makes it (in [-1, 1]), how likely the
    network held it, and the line that is expected to follow, itself first."""

    action: int
    visits: int
    value: float
    prior: float
    line: tuple[int, ...]


@dataclass(frozen=True)
class Opinion:
    """Somebody's distribution over all moves [A], and what the position is worth to them, if they say."""

    name: str
    words: str
    policy: tuple[float, ...]
    value: float | None = None

    @property
    def favourite(self) -> int:
        """The move they like best."""
        return max(range(len(self.policy)), key=lambda action: self.policy[action])


@dataclass(frozen=True)
class Truth:
    """The exact outcome of every move [A] for who makes it, None where it cannot be made.

    values: +1, 0, -1; moves: in how many own (won) or opposing (lost) moves the game then ends, None for a
    draw; scores: greater is better, so sooner wins before later ones.
    """

    values: tuple[int | None, ...]
    moves: tuple[int | None, ...]
    scores: tuple[int | None, ...]

    @property
    def value(self) -> int:
        """What the position is worth to the player to move."""
        return max(value for value in self.values if value is not None)

    @property
    def best(self) -> tuple[int, ...]:
        """The moves of the greatest score."""
        top = max(score for score in self.scores if score is not None)
        return tuple(action for action, score in enumerate(self.scores) if score == top)

    def right(self, action: int) -> bool:
        """Whether a move keeps what the position is worth."""
        return self.values[action] == self.value

    def words(self, action: int) -> str:
        """What a move leads to: "wins in 3", "draws", "loses in 8"."""
        value, moves = self.values[action], self.moves[action]
        if value is None:
            return ""
        if value == 0:
            return "draws"
        return f"{'wins' if value > 0 else 'loses'} in {moves}"


@dataclass(frozen=True)
class Thoughts:
    """All that is thought of a position.

    value: for the player to move, in [-1, 1]; simulations: of the search behind it; candidates: best first;
    surprises: moves that the human's procedure rules out and that are right ("move 37"); human: whose;
    owner [cells]: whose each is expected to be, +1 the first player's, -1 the second's; lead: the first
    player's expected points minus the second's. Both only where area counts; lead_by: the agent that has
    learned to expect them, "" for random playouts.
    """

    value: float
    simulations: int
    candidates: tuple[Candidate, ...]
    opinions: tuple[Opinion, ...] = ()
    truth: Truth | None = None
    surprises: tuple[int, ...] = ()
    human: str = ""
    owner: tuple[float, ...] = ()
    lead: float | None = None
    lead_by: str = ""

    @property
    def best(self) -> int:
        """The move to make: an exactly best one where that is known, else the search's."""
        if self.truth is not None:
            liked = [candidate.action for candidate in self.candidates]
            return min(self.truth.best, key=lambda a: liked.index(a) if a in liked else len(liked) + a)
        return self.candidates[0].action

    def candidate(self, action: int) -> Candidate | None:
        """What was thought of a move."""
        return next((one for one in self.candidates if one.action == action), None)

    def win_rate(self, player: int) -> float:
        """The first player's expected share of the point, in [0, 1], by the search; `player` is to move."""
        return 0.5 + (self.value if player == 0 else -self.value) / 2.0

    def outcome(self, player: int) -> int | None:
        """Who wins by the truth where `player` is to move: +1 the first player, -1 the second, 0 nobody."""
        if self.truth is None:
            return None
        return self.truth.value if player == 0 else -self.truth.value


def to_json(thoughts: Thoughts) -> dict[str, Any]:
    """Plain values, numbers rounded to what can be seen."""
    truth = thoughts.truth
    return {
        "value": round(thoughts.value, 4),
        "simulations": thoughts.simulations,
        "candidates": [
            [c.action, c.visits, round(c.value, 4), round(c.prior, 4), list(c.line)]
            for c in thoughts.candidates
        ],
        "opinions": [
            [o.name, o.words, [round(p, 4) for p in o.policy], None if o.value is None else round(o.value, 4)]
            for o in thoughts.opinions
        ],
        "truth": None if truth is None else [list(truth.values), list(truth.moves), list(truth.scores)],
        "surprises": list(thoughts.surprises),
        "human": thoughts.human,
        **({"owner": [round(share, 2) for share in thoughts.owner]} if thoughts.owner else {}),
        **({} if thoughts.lead is None else {"lead": round(thoughts.lead, 2)}),
        **({"lead_by": thoughts.lead_by} if thoughts.lead_by else {}),
    }


def from_json(value: Any, num_actions: int, legal: Sequence[bool] | None = None) -> Thoughts:
    """The inverse of to_json; `legal`: which moves can be made there. Raises ValueError for anything that is
    none, or is another game's or position's."""
    try:
        thoughts = Thoughts(
            float(value["value"]),
            int(value["simulations"]),
            tuple(
                Candidate(int(a), int(n), float(q), float(p), tuple(int(x) for x in line))
                for a, n, q, p, line in value["candidates"]
            ),
            tuple(
                Opinion(
                    str(name), str(words), tuple(float(p) for p in policy), None if v is None else float(v)
                )
                for name, words, policy, v in value["opinions"]
            ),
            None if value["truth"] is None else Truth(*(_numbers(part) for part in value["truth"])),
            tuple(int(a) for a in value["surprises"]),
            str(value["human"]),
            tuple(float(share) for share in value.get("owner", ())),
            None if value.get("lead") is None else float(value["lead"]),
            str(value.get("lead_by", "")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no analysis of a position: {error}") from None
    except (OverflowError, RecursionError) as error:
        raise ValueError(f"an analysis with a number that is none: {error}") from None
    _check(thoughts, num_actions, legal)
    return thoughts


def _numbers(part: Any) -> tuple[int | None, ...]:
    return tuple(None if number is None else int(number) for number in part)


def _check(thoughts: Thoughts, num_actions: int, legal: Sequence[bool] | None) -> None:
    """Raise ValueError where the analysis is not one of a game with so many actions."""
    numbers = [thoughts.value, *(number for c in thoughts.candidates for number in (c.value, c.prior))]
    numbers += [p for o in thoughts.opinions for p in (*o.policy, *(() if o.value is None else (o.value,)))]
    if not all(math.isfinite(number) and abs(number) <= 1.001 for number in numbers):
        raise ValueError("an analysis with a value or a chance that is none")
    if not math.isfinite(thoughts.lead or 0.0) or not all(abs(share) <= 1.001 for share in thoughts.owner):
        raise ValueError("an analysis with points that are nobody's")
    if thoughts.owner and not num_actions - 1 <= len(thoughts.owner) <= num_actions:  # one more: the pass
        raise ValueError(f"an analysis that knows {len(thoughts.owner)} points")
    actions = [c.action for c in thoughts.candidates] + list(thoughts.surprises)
    actions += [action for c in thoughts.candidates for action in c.line]
    truth = thoughts.truth
    lengths = [len(o.policy) for o in thoughts.opinions]
    lengths += [] if truth is None else [len(truth.values), len(truth.moves), len(truth.scores)]
    if not thoughts.candidates or any(not 0 <= action < num_actions for action in actions):
        raise ValueError("an analysis names a move that this game does not have, or none at all")
    if any(length != num_actions for length in lengths):
        raise ValueError(f"an analysis of this game has {num_actions} numbers a row, not {set(lengths)}")
    if truth is not None:
        known = [value is not None for value in truth.values]
        if not any(known) or known != [score is not None for score in truth.scores]:
            raise ValueError("an analysis whose truth knows no move, or not how good one is")
        if legal is not None and known != list(legal):
            raise ValueError("an analysis whose truth is of another position")
