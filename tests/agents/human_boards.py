"""Boards for the tests of the scripted humans."""

from __future__ import annotations

import numpy as np

from agents.games_file import positions_of
from agents.scripted import demonstrate, human_player
from games.connect_four import GAME
from games.core import States


def varied_states(games: int = 30, seed: int = 3) -> States:
    """Positions of crowds and of random play, none finished."""
    crowd = positions_of(demonstrate("club-night", games, seed))[0]
    rng = np.random.default_rng(seed)
    states, wild = GAME.new(games), []
    for _ in range(30):
        states = states[~GAME.is_terminal(states)]
        wild.append(states)
        mask = GAME.legal_action_mask(states)
        states = GAME.step(states, (mask * rng.random(mask.shape)).argmax(axis=1).astype(np.int32))
    return np.concatenate([crowd, *wild])


def board(text: str) -> States:
    """One position, [1], of a drawing."""
    return GAME.from_text("\n".join(text.split()))


def moves_of(name: str, text: str) -> np.ndarray:
    """With what chance a human plays each column of a drawing."""
    return human_player(name).policy(board(text))[0]


def mirrored(text: str) -> str:
    """The drawing, left and right changed."""
    return "\n".join(line[::-1] for line in text.split())
