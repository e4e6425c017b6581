"""Games of Go as SGF, with what was thought in their positions: for other programs, and to be read back.

    game = SgfGame("", 1, 9, 7.5, 0, (), (), 0, actions, Result(1, "count", 2.5), names=("zero", "gnugo"))
    write_games(path, [game], [{0: Thought(0.52, (Candidate(40, 0.52, 120, 0.3),))}])

A thought belongs to the position in which it was had: its words and marks stand at the node that leads
there, the root for the empty board. The best candidate bears a circle, all of them letters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sgfmill import sgf

from games.go import action_names
from games.sgf import LARGEST_BOARD, SgfGame

APPLICATION = ("Move 37", "0.1")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIDES = ("Black", "White")


@dataclass(frozen=True)
class Candidate:
    """A move that was looked at: its action, how likely the player to move wins with it (0 to 1, None
    unknown), visits of a search (0: none), the policy's probability (None: none), the line it begins."""

    action: int
    win_rate: float | None = None
    visits: int = 0
    prior: float | None = None
    line: tuple[int, ...] = ()


@dataclass(frozen=True)
class Thought:
    """What somebody thought of one position: how likely the player to move wins, candidates, best first,
    and words of any kind."""

    win_rate: float | None = None
    candidates: tuple[Candidate, ...] = ()
    comment: str = ""


Thoughts = Mapping[int, Thought]  # moves played before -> what was thought then


def to_sgf(games: Sequence[SgfGame], thoughts: Sequence[Thoughts] | None = None) -> bytes:
    """A collection in UTF-8, a game a line or more; `thoughts` one mapping for each game.

    `source`, `number` and `notes` of a game are not written; its comments are. Raises ValueError for what
    no SGF can hold: a board beyond 19x19, an action that is none, a komi that is no number.
    """
    told = thoughts if thoughts is not None else [{}] * len(games)
    return b"".join(_game(game, mind) for game, mind in zip(games, told, strict=True))


def _game(game: SgfGame, thoughts: Thoughts) -> bytes:
    _check(game, thoughts)
    tree = sgf.Sgf_game(game.size)
    root = tree.get_root()
    root.set("AP", APPLICATION)
    if game.komi is not None:
        root.set("KM", float(game.komi))
    for name, text in _texts(game):
        if text:
            root.set(name, _clean(text))
    if game.handicap:
        root.set("HA", game.handicap)
    if game.black or game.white:
        root.set_setup_stones(
            *([_point(stone, game.size) for stone in side] for side in (game.black, game.white))
        )
    if game.black or game.white or game.first:
        root.set("PL", "bw"[game.first])
    _moves(tree, game, thoughts)
    serialised: bytes = tree.serialise()
    return serialised


def _texts(game: SgfGame) -> tuple[tuple[str, str], ...]:
    result = "" if str(game.result) == "?" else str(game.result)
    return (
        *(("PB", game.names[0]), ("PW", game.names[1]), ("BR", game.ranks[0]), ("WR", game.ranks[1])),
        *(("RE", result), ("RU", game.rules), ("DT", game.date), ("EV", game.event)),
    )


def _moves(tree: Any, game: SgfGame, thoughts: Thoughts) -> None:
    """The nodes of the main line, each with what was said and thought in its position."""
    said: dict[int, list[str]] = {}
    for ply, text in game.comments:
        said.setdefault(ply, []).append(text)
    node = tree.get_root()
    for ply in range(len(game.actions) + 1):
        player = (game.first + ply) % 2
        words = said.get(ply, [])
        if ply in thoughts:
            words = [*words, *_words(thoughts[ply], player, game.size)]
            _mark(node, thoughts[ply], game.size)
        if words:
            node.set("C", _clean("\n".join(words)))
        if ply < len(game.actions):
            node = node.new_child()
            node.set_move("bw"[player], _point(game.actions[ply], game.size))


def _words(thought: Thought, player: int, size: int) -> list[str]:
    """The win rate, always Black's and White's by name, a line for each candidate, further words."""
    lines = [] if thought.win_rate is None else [f"{SIDES[player]} to move, wins {thought.win_rate:.1%}"]
    names = action_names(size)
    for letter, one in zip(LETTERS, thought.candidates, strict=False):
        parts = [f"{letter} {names[one.action]}"]
        parts += [] if one.win_rate is None else [f"wins {one.win_rate:.1%}"]
        parts += [f"{one.visits:,} visits"] if one.visits else []
        parts += [] if one.prior is None else [f"policy {one.prior:.1%}"]
        parts += [" ".join(names[action] for action in one.line)] if one.line else []
        lines.append(", ".join(parts))
    return [*lines, thought.comment] if thought.comment else lines


def _mark(node: Any, thought: Thought, size: int) -> None:
    """Letters on the candidates, a circle round the best; a pass has no place on the board."""
    pairs = zip(LETTERS, thought.candidates, strict=False)
    labels = [(_point(one.action, size), letter) for letter, one in pairs if one.action < size * size]
    if labels:
        node.set("LB", labels)
    if thought.candidates and thought.candidates[0].action < size * size:
        node.set("CR", [_point(thought.candidates[0].action, size)])


def _point(action: int, size: int) -> tuple[int, int] | None:
    """An action as sgfmill's (row from the bottom, column), the pass as None."""
    return None if action == size * size else (size - 1 - action // size, action % size)


def _clean(text: str) -> str:
    """A text that UTF-8 can hold: lone halves of characters, as files in strange encodings give them, go."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _check(game: SgfGame, thoughts: Thoughts) -> None:
    """Raise ValueError for a game that no SGF can hold."""
    points = game.size * game.size
    if not 2 <= game.size <= LARGEST_BOARD:
        raise ValueError(
            f"SGF is written for boards of 2x2 to {LARGEST_BOARD}x{LARGEST_BOARD}, not {game.size}"
        )
    if game.komi is not None and not math.isfinite(game.komi):
        raise ValueError(f"a komi is a number, not {game.komi}")
    looked_at = [one.action for thought in thoughts.values() for one in thought.candidates]
    lines = [action for thought in thoughts.values() for one in thought.candidates for action in one.line]
    for action in (*game.actions, *looked_at, *lines):
        if not 0 <= action <= points:
            raise ValueError(f"action {action} is none of {game.size}x{game.size} Go")
    for stone in (*game.black, *game.white):
        if not 0 <= stone < points:
            raise ValueError(f"no stone can be set on action {stone} of {game.size}x{game.size} Go")
    if any(not 0 <= ply <= len(game.actions) for ply in thoughts):
        raise ValueError(f"thoughts in a position that a game of {len(game.actions)} moves has not")
