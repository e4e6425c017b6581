"""A crowd: several scripted humans, one of whom plays a whole game."""

from __future__ import annotations

from dataclasses import dataclass

from agents.go_procedure import GoHuman
from agents.procedure import Human

ScriptedHuman = Human | GoHuman  # of one game or the other; they say and do the same of themselves


@dataclass(frozen=True)
class Crowd:
    """Several humans, one of whom, drawn evenly from the game's key, plays a whole game.

    best_member: by name, who scores best against each of the others in paired games (measured from
    two random opening plies; a test plays some of them again).
    """

    name: str
    title: str
    members: tuple[ScriptedHuman, ...]
    best_member: str
