"""The "humans" of Go: scripted players whose move distributions are known exactly, on any board.

As in agents/scripted.py, where they are found by name. How they choose: agents/go_procedure.py.
"""

from __future__ import annotations

from agents.crowd import Crowd
from agents.go_procedure import (
    CAPTURE,
    COUNT,
    LADDER,
    OWN_LAND,
    RESCUE,
    SELF_ATARI,
    TWO_PLY,
    GoHabit,
    GoHuman,
)
from agents.slips import Slip

WANDERER = GoHuman(
    name="wanderer",
    title="knows the rules and two eyes",
    procedure="Puts a stone anywhere but into an own eye, and passes when nothing else is left.",
    weaknesses="Sees no atari, no capture, no territory; does not even count.",
    knows=0,
    slips=(),
    habit=GoHabit((1.0, 1.0, 1.0)),
)

CAPTURER = GoHuman(
    name="capturer",
    title="takes what can be taken, runs from what threatens",
    procedure="Captures, the more the better; extends a chain in atari; otherwise gives atari, close to the "
    "last move.",
    weaknesses="Ladder-blind: runs where it is caught again. Never asks whether its own stone can be taken "
    "next, nor what is territory. Sometimes overlooks an atari against itself, or a capture.",
    knows=COUNT | CAPTURE | RESCUE,
    slips=(
        Slip(0.08, RESCUE, "overlooks an own chain in atari"),
        Slip(0.05, CAPTURE, "overlooks a capture"),
    ),
    habit=GoHabit((0.4, 1.0, 1.5), touching=1.0, facing=2.0, atari=5.0, near=2.0),
)

SURVEYOR = GoHuman(
    name="surveyor",
    title="stakes out territory",
    procedure="Plays where nobody has played, off the edge, then closes what is open; leaves its own land "
    "alone and puts no stone where it can be taken at once.",
    weaknesses="Thinks of land and not of fights: never rescues a chain, and takes stones only if it happens "
    "to. Sometimes forgets that a stone can be taken at once.",
    knows=COUNT | SELF_ATARI | OWN_LAND,
    slips=(Slip(0.1, SELF_ATARI, "puts a stone into atari"),),
    habit=GoHabit((0.2, 1.5, 3.0), touching=1.6, open=3.0),
)

TACTICIAN = GoHuman(
    name="tactician",
    title="a club player in a hurry",
    procedure="Captures, rescues what a ladder does not catch, leaves nothing in atari and its own land "
    "alone; otherwise plays close to the fight.",
    weaknesses="Looks no further than two plies, and at every third move something slips: an own chain in "
    "atari, a capture, or what the opponent can take next.",
    knows=COUNT | CAPTURE | RESCUE | LADDER | SELF_ATARI | TWO_PLY | OWN_LAND,
    slips=(
        Slip(0.15, RESCUE | TWO_PLY | SELF_ATARI, "looks at the opponent's stones only"),
        Slip(0.10, CAPTURE, "overlooks a capture"),
        Slip(0.10, TWO_PLY | SELF_ATARI, "does not ask what can be taken next"),
    ),
    habit=GoHabit((0.3, 1.0, 1.6), touching=1.2, facing=1.6, atari=3.0, near=2.0, open=1.5),
)

GO_HUMANS = {human.name: human for human in (WANDERER, CAPTURER, SURVEYOR, TACTICIAN)}
GO_CROWDS = {
    crowd.name: crowd
    for crowd in (
        Crowd("go-club", "all four, one a game", tuple(GO_HUMANS.values()), best_member="tactician"),
    )
}
DEFAULT_GO_HUMAN = "capturer"  # what it does wrong is mostly what it never thinks of
SLIP_PRONE_GO_HUMAN = "tactician"  # knows better than it plays
