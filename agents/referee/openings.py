"""How the games of a match begin: from the empty board, after random moves, or with openings of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from agents.gtp.protocol import GtpError, action_of
from games.core import Game, IllegalMove
from games.notation import NotationError, read_lines
from lab.randomness import fold_in, root_key, sample_batch

TRIES = 50  # for an opening that no earlier pair has


def random_openings(game: Game, pairs: int, plies: int, seed: int) -> list[list[int]]:
    """So many openings of so many random moves, no pass among them, all different as far as there are so
    many; opening i is a function of the seed and of those before it."""
    key, seen = root_key(seed, "openings"), set()
    openings = []
    for pair in range(pairs):
        for attempt in range(TRIES):
            actions = _draw(game, plies, int(fold_in(fold_in(key, pair), attempt)))
            if tuple(actions) not in seen:
                break
        seen.add(tuple(actions))
        openings.append(actions)
    return openings


def _draw(game: Game, plies: int, key: int) -> list[int]:
    state, actions = game.new(1), []
    for ply in range(plies):
        weights = game.legal_action_mask(state).astype(np.float64)
        weights[0, -1] = weights[0, :-1].sum() == 0  # a pass where nothing else is left
        actions.append(int(sample_batch(weights, np.array([key], np.uint64), ply)[0]))
        state = game.step(state, np.array(actions[-1:], np.int32))
        if game.is_terminal(state)[0]:
            return actions[:-1]
    return actions


def read_openings(path: Path, game: Game) -> list[list[int]]:
    """The openings of a file, one a line as points ("D4 C3"), Black first; # begins a comment.

    Raises NotationError, which names the place.
    """
    openings = []
    for place, line in read_lines(path):
        state, actions = game.new(1), []
        for number, word in enumerate(line.split(), 1):
            try:
                actions.append(action_of(word, game))
                state = game.step(state, np.array(actions[-1:], np.int32))
            except GtpError:
                raise NotationError(
                    f"{place}: {word[:20]!r} is no point of {game.title}; an opening is a line such as: D4 C3"
                ) from None
            except IllegalMove:
                raise NotationError(f"{place}: move {number} ({word}) is not legal there") from None
        if game.is_terminal(state)[0]:
            raise NotationError(f"{place}: the game is over after this opening")
        openings.append(actions)
    return openings
