"""What is known of a move by what follows it, where the search has hardly looked at the move itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agents.play.record import GameRecord, Key
from agents.play.thoughts import Thoughts
from games.core import Game, States

EXACT = 10**9  # stands for the simulations behind what the rules say


@dataclass(frozen=True)
class Sequel:
    """How good a move is for who made it, in [-1, 1]; simulations: behind that, EXACT where the rules say it;
    words: why, where they do."""

    value: float
    simulations: int
    words: str = ""


def sequel_of(record: GameRecord, ply: int, thoughts: Mapping[Key, Thoughts]) -> Sequel | None:
    """What follows the move at `ply`: the game's end, what a pass in reply makes of a pass, else what was
    thought of the position after it. None where nothing is known."""
    if ply >= len(record.actions):
        return None
    game, after, mover = record.game, record.state_at(ply + 1), record.player_at(ply)
    if ply + 1 == len(record.actions) and bool(game.is_terminal(after)[0]):
        return Sequel(float(game.rewards(after)[0, mover]), EXACT)
    passed = _passed_back(game, after, mover) if record.actions[ply] == game.pass_action else None
    if passed is not None and passed.value <= -1.0:
        return passed
    known = thoughts.get(tuple(record.actions[: ply + 1]))
    if known is None:
        return None
    value = known.value if record.player_at(ply + 1) == mover else -known.value
    if passed is not None and passed.value < value:  # the other takes at least what a pass brings
        return Sequel(passed.value, known.simulations, passed.words)
    return Sequel(value, known.simulations)


def _passed_back(game: Game, after: States, mover: int) -> Sequel | None:
    """What the other gets for certain after a pass, by passing, too: the board counted as it is."""
    if game.pass_action is None or not game.legal_action_mask(after)[0, game.pass_action]:
        return None
    end = game.step(after, np.array([game.pass_action], np.int32))
    if not game.is_terminal(end)[0]:
        return None
    value = float(game.rewards(end)[0, mover])
    outcome = "wins" if value < 0 else "draws" if value == 0 else "loses"
    return Sequel(value, EXACT, f"the other may pass, too, and {outcome}")
