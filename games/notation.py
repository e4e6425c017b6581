"""The only parser of outside text: moves ("44352" for Connect Four, "D4 pass" for Go), SGF, scored positions.

A scored position is a line `moves score`, `moves s1 .. s7` or `moves score s1 .. s7`: the game that
leads there, its score for the player to move, and the score of each column ('.' where it is full).

Every error is a NotationError that names the place: what was read, where it stood, what is wrong. Of a
collection of SGF the games that cannot be read are no errors: they are counted and named beside the others
(games/sgf_files.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.connect_four import GAME as CONNECT_FOUR
from games.connect_four import WIDTH
from games.core import Game, IllegalMove, States

if TYPE_CHECKING:
    from games.sgf_files import SgfCollection

BEST_SCORE = 18  # of Connect Four: 22 minus the four stones that can win


class NotationError(ValueError):
    """Text that is no legal game; the message names the place and what was expected there."""


def parse_columns(game: Game, text: str, place: str = "") -> np.ndarray:
    """The actions of a game written as action names, int32 [T]: "44352"; names of several characters stand
    apart by blanks or commas, "D4 E5 pass".

    `place` (a file and line, say) heads the error. The moves are checked against the rules.
    Raises NotationError for an unknown name or an illegal move.
    """
    return parse_game(game, text, place)[0]


def parse_game(
    game: Game, text: str, place: str = "", start: States | None = None
) -> tuple[np.ndarray, States]:
    """Actions int32 [T] and the states before each move and after the last, [T + 1]; from the position
    `start` [1] or the game's beginning."""
    head = f"{place}: " if place else ""
    names = move_names(game, text)
    unit = "character" if in_columns(game) else "move"
    actions = np.empty(len(names), np.int32)
    states = np.zeros(len(names) + 1, game.state_dtype)
    states[:1] = game.new(1) if start is None else start
    for ply, name in enumerate(names):
        action = _action(game, name)
        if action is None:
            raise NotationError(
                f"{head}{unit} {ply + 1} of {text[:60]!r} is {name[:20]!r}; {_what_moves_are(game)}"
            )
        actions[ply] = action
        try:
            states[ply + 1 : ply + 2] = game.step(states[ply : ply + 1], actions[ply : ply + 1])
        except IllegalMove:
            over = bool(game.is_terminal(states[ply : ply + 1])[0])
            why = "the game is already over" if over else "the rules do not allow it"
            raise NotationError(f"{head}move {ply + 1} ({name!r}) of {text[:60]!r}: {why}") from None
    return actions, states


def in_columns(game: Game) -> bool:
    """Whether a game's moves are written one character each, without anything between them."""
    return all(len(name) == 1 for name in game.action_names)


def move_names(game: Game, text: str) -> Sequence[str]:
    """The names of moves in a text, known or not."""
    return (
        text if in_columns(game) else re.split(r"[\s,]+", text.strip(" \t\r\n,")) if text.strip(" ,") else ()
    )


def format_columns(game: Game, actions: np.ndarray) -> str:
    """The inverse of parse_columns; names of several characters stand apart by commas."""
    return ("" if in_columns(game) else ",").join(game.action_names[action] for action in actions)


def _action(game: Game, name: str) -> int | None:
    """The action of that name; where it has several characters, upper or lower case."""
    known = game.action_names
    if name in known:
        return known.index(name)
    if len(name) < 2 or not name.isascii():
        return None
    return next((i for i, one in enumerate(known) if one.lower() == name.lower()), None)


def _what_moves_are(game: Game) -> str:
    if in_columns(game):
        return f"a {game.title} move is one of {''.join(game.action_names)}"
    first, *_, last, extra = game.action_names
    return f"a {game.title} move is one of {first} to {last}, {extra}"


# --- Go ---


def parse_point(text: str, size: int, place: str = "") -> int:
    """A point as Go players write it, "D4" or "d4", as an action; "pass" is size * size.

    There is no column I. Raises NotationError, which says what is wrong with it.
    """
    from games.go import COLUMNS

    head, word = f"{place}: " if place else "", text.strip().upper()
    if word == "PASS":
        return size * size
    match = re.fullmatch(r"([A-Z])([1-9][0-9]?)", word, re.ASCII)
    if not match:
        raise NotationError(f"{head}{text[:20]!r} is no point: a column and a row, D4, or pass")
    if match[1] == "I":
        raise NotationError(f"{head}{text[:20]!r} is no point: no column is called I")
    column, row = COLUMNS.index(match[1]), int(match[2])
    if column >= size or row > size:
        raise NotationError(
            f"{head}{text[:20]!r} lies off the board: {size}x{size} has A1 to {COLUMNS[size - 1]}{size}"
        )
    return (size - row) * size + column


def format_point(action: int, size: int) -> str:
    """The inverse of parse_point: "D4", or "pass"."""
    from games.go import action_names

    return action_names(size)[action]


def read_sgf(path: Path, size: int | None = None) -> SgfCollection:
    """The games of Go of an SGF file, a zip archive or a folder, of one board size or all, and what could
    not be read and why (games/sgf_files.py).

    Raises NotationError where there is nothing of that name.
    """
    from games.sgf_files import read_collection

    try:
        return read_collection(path, size)
    except FileNotFoundError:
        raise NotationError(f"{path}: there is no such file or folder") from None


class ScoredPosition(NamedTuple):
    """One line of a position file.

    place: file and line; actions int32 [T] from the empty board; state [1], the position they lead to;
    scores: one score a column, None where it is full; or where the line gives no more, the position's
    score alone.
    """

    place: str
    actions: NDArray[np.int32]
    state: States
    scores: tuple[int | None, ...]


def parse_scored_position(text: str, place: str = "") -> tuple[NDArray[np.int32], tuple[int | None, ...]]:
    """The actions [T] and the scores of one line: one, or one for each of the seven columns.

    Raises NotationError, which names the place, for moves against the rules, a finished game, a wrong
    number of scores, one that is no possible score, a '.' for a column that is not full or a score for
    one that is, and a position's score that is not the best of its columns'.
    """
    position = _scored_position(text, place)
    return position.actions, position.scores


def read_scored_positions(path: Path) -> list[ScoredPosition]:
    """Every line of a file of scored positions; raises NotationError (see parse_scored_position)."""
    return [_scored_position(text, place) for place, text in read_lines(path)]


def _scored_position(text: str, place: str) -> ScoredPosition:
    head = f"{place}: " if place else ""
    moves, *words = text.split() or [""]
    actions, states = parse_game(CONNECT_FOUR, moves, place)
    state = states[-1:].copy()
    if CONNECT_FOUR.is_terminal(state)[0]:
        raise NotationError(f"{head}the game {moves!r} is over: no move is left to be scored")
    if len(words) not in (1, WIDTH, 1 + WIDTH):
        expected = f"1 score, {WIDTH} (one a column) or {1 + WIDTH} (both)"
        raise NotationError(f"{head}{len(words)} scores after the moves {moves!r}; expected {expected}")
    scores = tuple(_score(word, number, head) for number, word in enumerate(words, 1))
    if len(words) == 1 + WIDTH:
        best = max((score for score in scores[1:] if score is not None), default=None)
        if scores[0] != best:
            raise NotationError(f"{head}the position's score is {words[0]}, but its columns' best is {best}")
        scores = scores[1:]
    _check_full_columns(state, scores, head)
    return ScoredPosition(place, actions, state, scores)


def _score(word: str, number: int, head: str) -> int | None:
    if word == ".":
        return None
    digits = word.removeprefix("-")
    if len(digits) > 2 or not (digits.isascii() and digits.isdigit()) or int(digits) > BEST_SCORE:
        limits = f"a whole number from -{BEST_SCORE} to {BEST_SCORE}, or '.' for a full column"
        raise NotationError(f"{head}score {number} is {word[:20]!r}; expected {limits}")
    return int(word)


def _check_full_columns(state: States, scores: tuple[int | None, ...], head: str) -> None:
    if scores == (None,):
        raise NotationError(f"{head}score 1 is '.', but a position has a score")
    if len(scores) == 1:
        return
    for column, (open_, score) in enumerate(
        zip(CONNECT_FOUR.legal_action_mask(state)[0], scores, strict=True)
    ):
        if open_ != (score is not None):
            wrong = "is open, but has no score" if open_ else f"is full, but has the score {score}"
            raise NotationError(f"{head}column {column + 1} {wrong}")


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
