"""The record of one game: its moves, where one stands in it, how it ended. Nothing here draws or thinks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from games.core import Game, IllegalMove, States

Key = tuple[int, ...]  # the moves that lead to a position


class GameRecord:
    """The moves of a game and a cursor in them; a move made before the end cuts off what came after.

    actions: all moves; cursor: how many of them are on the board; resigned: the side that gave up, or None.
    """

    def __init__(
        self,
        game: Game,
        actions: Sequence[int] = (),
        resigned: int | None = None,
        start: States | None = None,
    ) -> None:
        """`start`: the position [1] it begins from, the game's own without one (another komi, a handicap).

        Raises IllegalMove where the rules do not allow one of the moves.
        """
        self.game = game
        self.actions: list[int] = []
        self.cursor = 0
        self.resigned: int | None = None
        self._states: list[States] = [game.new(1) if start is None else start.copy()]
        for action in actions:
            self.play(action)
        self.resigned = resigned

    @property
    def state(self) -> States:
        """The position on the board, [1]."""
        return self._states[self.cursor]

    @property
    def key(self) -> Key:
        """The moves that lead to the position on the board."""
        return tuple(self.actions[: self.cursor])

    @property
    def at_end(self) -> bool:
        """Whether the last move is on the board."""
        return self.cursor == len(self.actions)

    @property
    def last_action(self) -> int | None:
        """The move that led to the position on the board."""
        return self.actions[self.cursor - 1] if self.cursor else None

    @property
    def start(self) -> States:
        """The position it begins from, [1]."""
        return self._states[0]

    def branch(self) -> GameRecord:
        """A game of its own that has come as far as the board here."""
        return GameRecord(self.game, self.key, start=self.start)

    def state_at(self, ply: int) -> States:
        """The position after so many moves, [1]."""
        return self._states[ply]

    def player_at(self, ply: int) -> int:
        """Who is to move after so many moves."""
        return int(self.game.current_player(self._states[ply])[0])

    def legal(self) -> list[int]:
        """The moves that can be made on the board; none once the game is over there."""
        if self.is_over:
            return []
        mask = self.game.legal_action_mask(self.state)[0]
        return [action for action in range(self.game.num_actions) if mask[action]]

    @property
    def is_over(self) -> bool:
        """Whether the game has ended where the board stands: by its rules, or given up at its end."""
        return bool(self.game.is_terminal(self.state)[0]) or (self.at_end and self.resigned is not None)

    def result(self) -> tuple[float, ...] | None:
        """The points of the whole game's end, +1, 0 or -1 a side; None while it is not over."""
        if self.resigned is not None:
            return (-1.0, 1.0) if self.resigned == 0 else (1.0, -1.0)
        if not self.game.is_terminal(self._states[-1])[0]:
            return None
        return tuple(float(points) for points in self.game.rewards(self._states[-1])[0])

    def play(self, action: int) -> None:
        """Make a move on the board and cut off what came after it. Raises IllegalMove."""
        if self.at_end and self.resigned is not None:
            raise IllegalMove(0, action, "the game was given up")
        after = self.game.step(self.state, np.array([action], np.int32))
        del self.actions[self.cursor :], self._states[self.cursor + 1 :]
        self.actions.append(int(action))
        self._states.append(after)
        self.cursor += 1
        self.resigned = None

    def go(self, ply: int) -> bool:
        """Put the position after so many moves on the board, or the nearest there is; whether it changed."""
        ply = min(max(ply, 0), len(self.actions))
        changed, self.cursor = ply != self.cursor, ply
        return changed

    def undo(self, side: int | None = None) -> bool:
        """Back to where `side` was to move before (None: one move); whether there was such a place."""
        return self._seek(range(self.cursor - 1, -1, -1), side)

    def redo(self, side: int | None = None) -> bool:
        """Forward to where `side` is to move again, or to the end (None: one move); whether one moved."""
        return self._seek(range(self.cursor + 1, len(self.actions) + 1), side, stop_at_end=True)

    def resign(self, side: int) -> None:
        """Give the game up for a side, where the board stands; what came after is cut off."""
        del self.actions[self.cursor :], self._states[self.cursor + 1 :]
        self.resigned = side

    def _seek(self, plies: range, side: int | None, stop_at_end: bool = False) -> bool:
        for ply in plies:
            end = stop_at_end and ply == len(self.actions)
            if side is None or end or self.player_at(ply) == side:
                return self.go(ply)
        return False
