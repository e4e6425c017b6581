"""The only parser of outside text: columns such as "44352" for Connect Four.

Every error is a NotationError that names the place: what was read, where it stood, what is wrong.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from games.core import Game, IllegalMove, States


class NotationError(ValueError):
    """Text that is no legal game; the message names the place and what was expected there."""


def parse_columns(game: Game, text: str, place: str = "") -> np.ndarray:
    """The actions of a game written as action names without spaces ("44352"), int32 [T].

    `place` (a file and line, say) heads the error. The moves are checked against the rules.
    Raises NotationError for an unknown name or an illegal move.
    """
    return parse_game(game, text, place)[0]


def parse_game(game: Game, text: str, place: str = "") -> tuple[np.ndarray, States]:
    """Actions int32 [T] and the states before each move and after the last, [T + 1]."""
    head = f"{place}: " if place else ""
    actions = np.empty(len(text), np.int32)
    states = np.zeros(len(text) + 1, game.state_dtype)
    states[:1] = game.new(1)
    for ply, name in enumerate(text):
        if name not in game.action_names:
            raise NotationError(
                f"{head}character {ply + 1} of {text[:60]!r} is {name!r}; "
                f"a {game.title} move is one of {''.join(game.action_names)}"
            )
        actions[ply] = game.action_names.index(name)
        try:
            states[ply + 1 : ply + 2] = game.step(states[ply : ply + 1], actions[ply : ply + 1])
        except IllegalMove:
            over = bool(game.is_terminal(states[ply : ply + 1])[0])
            why = "the game is already over" if over else "the rules do not allow it"
            raise NotationError(f"{head}move {ply + 1} ({name!r}) of {text[:60]!r}: {why}") from None
    return actions, states


def format_columns(game: Game, actions: np.ndarray) -> str:
    """The inverse of parse_columns."""
    return "".join(game.action_names[action] for action in actions)


def read_lines(path: Path) -> list[tuple[str, str]]:
    """The lines of a text file that hold something, comments (#) stripped: (place, text) pairs.

    Raises NotationError where the file is missing, no text, or holds nothing.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise NotationError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotationError(f"{path}: not a readable text file ({error})") from None
    lines = [(f"{path}, line {n}", line.split("#")[0].strip()) for n, line in enumerate(text.split("\n"), 1)]
    lines = [(place, line) for place, line in lines if line]
    if not lines:
        raise NotationError(f"{path}: the file holds nothing")
    return lines
