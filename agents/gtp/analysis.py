"""Live analysis as graphical boards read it: Leela Zero's lz-analyze, KataGo's kata-analyze.

    lz-analyze [colour] [centiseconds] [interval N] [minmoves N] [maxmoves N]
    info move D4 visits 10 winrate 5231 prior 1200 lcb 4100 order 0 pv D4 C3 info move ...

All numbers are the mover's. `lcb` is the win rate less two standard errors of so many coin tosses. What our
agents search for is the outcome; ownership and the lead in points are of the position alone
(agents/go_ownership.py), and are left out of the moves (KataGo's scoreLead).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agents.gtp.protocol import COLORS, GtpError, color_of, whole_number
from agents.gtp.thinkers import Thought
from agents.play.thoughts import Candidate
from games.core import Game

LONGEST_LINE = 24  # moves of a principal variation
USUAL_INTERVAL = 100  # centiseconds
SWITCHES = (
    "ownership",
    "ownershipStdev",
    "movesOwnership",
    "movesOwnershipStdev",
    "pvVisits",
    "pvEdgeVisits",
    "rootInfo",
)


Expected = tuple[Sequence[float], float] | None  # whose each point will be, the lead: both the mover's


@dataclass(frozen=True)
class Request:
    """What an analysis was asked for: whose move (None: whose turn it is), seconds between two reports, how
    many moves at least and at most, and for kata-analyze whether to tell of the root and of ownership."""

    color: int | None
    every: float
    least: int
    most: int
    root: bool
    ownership: bool


def read_request(words: Sequence[str]) -> Request:
    """The words after lz-analyze or kata-analyze. Raises GtpError."""
    rest = list(words)
    color = color_of(rest.pop(0)) if rest and rest[0].lower() in COLORS else None
    centiseconds = whole_number(rest.pop(0)) if rest and rest[0].isdigit() else USUAL_INTERVAL
    numbers, switched = {"interval": centiseconds, "minmoves": 0, "maxmoves": 10_000}, set()
    while rest:
        key = rest.pop(0)
        if key not in numbers and key not in SWITCHES:
            raise GtpError(f"{key[:20]!r} is not known here; there are: {', '.join((*numbers, *SWITCHES))}")
        if not rest:
            raise GtpError(f"{key!r} needs a value")
        value = rest.pop(0)
        if key in numbers:
            numbers[key] = whole_number(value)
        elif value not in ("true", "false"):
            raise GtpError(f"{key!r} is true or false, not {value[:20]!r}")
        elif value == "true":
            switched.add(key)
    every = max(1, numbers["interval"]) / 100
    root, ownership = "rootInfo" in switched, "ownership" in switched
    return Request(color, every, numbers["minmoves"], numbers["maxmoves"], root, ownership)


def lz_line(thought: Thought, game: Game, request: Request, expected: Expected = None) -> str:
    """One report as Leela Zero writes it."""
    return " ".join(
        f"info move {game.action_names[c.action]} visits {c.visits} winrate {_myriads(_rate(c))} "
        f"prior {_myriads(c.prior)} lcb {_myriads(_bound(c))} order {order} pv {_line(c, game)}"
        for order, c in enumerate(_shown(thought, request))
    )


def kata_line(thought: Thought, game: Game, request: Request, expected: Expected = None) -> str:
    """One report as KataGo writes it."""
    parts = [
        f"info move {game.action_names[c.action]} visits {c.visits} utility {c.value:.6f} "
        f"winrate {_rate(c):.6f} prior {c.prior:.6f} lcb {_bound(c):.6f} "
        f"utilityLcb {2 * _bound(c) - 1:.6f} order {order} pv {_line(c, game)}"
        for order, c in enumerate(_shown(thought, request))
    ]
    if request.root and thought.value is not None:
        rate = (thought.value + 1) / 2
        parts.append(f"rootInfo visits {thought.visits} utility {thought.value:.6f} winrate {rate:.6f}")
        parts += [] if expected is None else [f"scoreLead {expected[1]:.3f}"]
    if request.ownership and expected is not None:
        parts.append("ownership " + " ".join(f"{share:.3f}" for share in expected[0]))
    return " ".join(parts)


def _shown(thought: Thought, request: Request) -> list[Candidate]:
    """Those with visits, or, of a player that does not search, with a share; `least` of them in any case."""
    wanted = [c for c in thought.candidates if c.visits or (not thought.visits and c.prior > 0)]
    return list(thought.candidates[: max(len(wanted), request.least)])[: max(1, request.most)]


def _rate(candidate: Candidate) -> float:
    return min(1.0, max(0.0, (candidate.value + 1) / 2))


def _bound(candidate: Candidate) -> float:
    rate = _rate(candidate)
    return max(0.0, rate - 1.96 * math.sqrt(max(rate * (1 - rate), 0.01) / max(1, candidate.visits)))


def _myriads(share: float) -> int:
    return round(10_000 * min(1.0, max(0.0, share)))


def _line(candidate: Candidate, game: Game) -> str:
    return " ".join(game.action_names[action] for action in candidate.line[:LONGEST_LINE])
