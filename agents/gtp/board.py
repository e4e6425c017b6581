"""The game that an engine is told of: moves of whoever's turn a controller says it is, undo, handicap.

The rules are games.go's. Where they would end the game (two passes, the move limit) a controller may go
on: the passes are then taken back, and beyond the limit the position begins a game of its own, in which
earlier positions are forgotten.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agents.gtp.protocol import GtpError
from games.core import Game, IllegalMove, States
from games.go import go_game, place, score, with_komi

BLACK, WHITE = 0, 1


class Move(NamedTuple):
    """Who (0 Black, 1 White), and which action."""

    color: int
    action: int


class Board:
    """A board of one size; `moves` since the empty board or the set-up, `state` [1] as it is now."""

    def __init__(self, size: int, komi: float | None = None) -> None:
        self.game: Game = go_game(size)
        self.size = size
        self.state: States = self.game.new(1)
        self.moves: list[Move] = []
        self._earlier: list[States] = []
        if komi is not None:
            self.set_komi(komi)

    @property
    def komi(self) -> float:
        """What White gets."""
        return float(self.state["komi"][0])

    def set_komi(self, komi: float) -> None:
        """Another komi, from here on."""
        self.state = with_komi(self.state, komi)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been put on the board yet."""
        return not self.moves and not len(self.stones(BLACK)) and not len(self.stones(WHITE))

    def stones(self, color: int) -> list[int]:
        """The points of a colour's stones, as actions."""
        rows = self.game.to_text(self.state[0]).split("\n")[: self.size]
        return [action for action, mark in enumerate("".join(rows)) if mark == "XO"[color]]

    def to_move(self, color: int) -> States:
        """The position [1] with that colour to move, in a game that goes on."""
        state = self.state.copy()
        if color != state["player"][0]:
            state["player"], state["passes"] = color, 0  # a colour's two passes in a row end nothing
        state["passes"] %= 2  # after two the game would be over
        if self.game.is_terminal(state)[0]:
            state = self._anew(color)
        return state

    def _anew(self, color: int) -> States:
        empty = with_komi(self.game.new(1), self.komi)
        return place(empty, self.stones(BLACK), self.stones(WHITE), color)

    def play(self, color: int, action: int) -> None:
        """A move of that colour. Raises GtpError where the rules forbid it."""
        try:
            after = self.game.step(self.to_move(color), np.array([action], np.int32))
        except IllegalMove:
            raise GtpError("illegal move") from None
        self._earlier.append(self.state)
        self.state = after
        self.moves.append(Move(color, action))

    def undo(self) -> None:
        """Take back the last move. Raises GtpError where there is none."""
        if not self.moves:
            raise GtpError("cannot undo")
        komi = self.komi
        self.moves.pop()
        self.state = self._earlier.pop()
        self.set_komi(komi)

    def set_up(self, black: list[int], white: list[int], player: int) -> None:
        """A position to begin with, on an empty board. Raises ValueError for one that cannot be."""
        empty = with_komi(self.game.new(1), self.komi)
        self.begin(place(empty, black, white, player))

    def begin(self, state: States) -> None:
        """A position [1] of this size to begin with."""
        self.state, self.moves, self._earlier = state, [], []

    def area_balance(self) -> float:
        """Tromp and Taylor's count of the position as it stands, komi counted: Black's lead."""
        return float(score(self.state)[0][0]) - self.komi

    def diagram(self) -> str:
        """The board as text with coordinates, stars, and a line that says whose turn it is."""
        letters = " ".join(name[0] for name in self.game.action_names[: self.size])
        text = self.game.to_text(self.state[0]).split("\n")
        stars = set(handicap_points(self.size, 9)) if self.size >= 7 else set()
        lines = [f"   {letters}"]
        for row in range(self.size):
            marks = [
                "+" if mark == "." and row * self.size + column in stars else mark
                for column, mark in enumerate(text[row])
            ]
            lines.append(f"{self.size - row:2d} {' '.join(marks)} {self.size - row}")
        return "\n".join([*lines, f"   {letters}", f"{text[self.size]}, {len(self.moves)} moves"])


def handicap_points(size: int, count: int) -> list[int]:
    """Up to nine handicap points in GTP's order (section 4.1.1), as many of `count` as the size has: corners,
    the middles of the sides, the centre."""
    edge = 3 if size >= 13 else 2 if size >= 7 else 1 if size >= 5 else 0
    low, middle, high = edge, size // 2, size - 1 - edge  # columns from the left, rows from the bottom
    corners = [(low, low), (high, high), (low, high), (high, low)]
    sides = [(low, middle), (high, middle), (middle, low), (middle, high)]
    centre = [(middle, middle)]
    if size % 2 == 0 or size == 7 or size < 5:
        points = corners[:count]
    elif count == 5 or count == 7:
        points = [*corners, *sides, *centre][: count - 1] + centre
    else:
        points = [*corners, *sides, *centre][:count]
    return [(size - 1 - row) * size + column for column, row in points]


def fixed_handicap(size: int, count: int) -> list[int]:
    """The points of a fixed handicap. Raises GtpError for a number that the size does not allow."""
    most = 0 if size < 7 else 4 if size % 2 == 0 or size == 7 else 9
    if not 2 <= count <= most:
        raise GtpError("invalid number of stones")
    return handicap_points(size, count)
