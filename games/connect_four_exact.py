"""The exact scores of every Connect Four position at once: the opening book first, the solver after it.

    exact = ExactScores()
    exact.action_scores(states)      int8 [B, 7], ILLEGAL where the column is full

`connect_four_book_ply8.npz` holds the score of every unfinished position of ply 8 up to mirror; those
of earlier plies follow from it by minimax when first asked for. It was made by

    python -m games.connect_four_book --ply 8 --table-bits 28 --out games/connect_four_book_ply8.npz
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from games.connect_four import CELLS, GAME, WIDTH
from games.connect_four_book import WrongBook, canonical_keys, positions_at, read_book
from games.connect_four_solver import ILLEGAL, GameOver, Solver
from games.core import States

PLY = 8
BOOK = Path(__file__).with_name(f"connect_four_book_ply{PLY}.npz")
UNKNOWN = -128  # no score: a position that the book lacks


class Book:
    """The scores of all unfinished positions of plies 0 to `ply`, up to mirror."""

    def __init__(self, ply: int, keys: NDArray[np.uint64], scores: NDArray[np.int8]) -> None:
        """`keys` uint64 [N] and `scores` int8 [N] of that ply, as games.connect_four_book makes them."""
        self.ply, self.keys, self.scores = ply, keys, scores
        for earlier in reversed(range(ply)):
            fresh, states = positions_at(earlier)
            made = self.action_scores(states).max(axis=1)
            order = np.argsort(np.concatenate([self.keys, fresh]))
            self.keys = np.concatenate([self.keys, fresh])[order]
            self.scores = np.concatenate([self.scores, made])[order]

    def look_up(self, states: States) -> NDArray[np.int8]:
        """The scores of the positions themselves, int8 [B]; UNKNOWN where the book does not hold them."""
        wanted = canonical_keys(states)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.scores[place], np.int8(UNKNOWN))

    def action_scores(self, states: States) -> NDArray[np.int8]:
        """The score of each move of unfinished positions of less than `ply` stones, int8 [B, 7].

        ILLEGAL where the column is full. Raises WrongBook where a position is missing.
        """
        out = np.full((len(states), WIDTH), ILLEGAL, np.int8)
        rows, actions = np.nonzero(GAME.legal_action_mask(states))
        after = GAME.step(states[rows], actions.astype(np.int32))
        wins = (CELLS + 2 - np.bitwise_count(after["occupied"]).astype(np.int8)) // 2
        over, known = GAME.is_terminal(after), self.look_up(after)
        if (known[~over] == UNKNOWN).any():
            raise WrongBook(f"the book of ply {self.ply} lacks positions: make it again")
        out[rows, actions] = np.where(over, wins, -known)
        return out


class ExactScores:
    """As games.connect_four_solver.Solver, but quick from the first move on."""

    def __init__(self, book: Book | None = None) -> None:
        """`book`: None for the one that comes with the project."""
        self._solver = Solver()
        self._book = book
        self._ply = PLY if book is None else book.ply

    @property
    def book(self) -> Book:
        """The book, read when first asked for."""
        if self._book is None:
            self._book = Book(PLY, *read_book(BOOK))
        return self._book

    def scores(self, states: States) -> NDArray[np.int8]:
        """The scores of the positions themselves, int8 [B]; raises GameOver."""
        out = np.empty(len(states), np.int8)
        early = self._early(states, self._ply + 1)
        if early.any():
            out[early] = self.book.look_up(states[early])
        out[~early] = self._solved(self._solver.scores, states, ~early)
        return out

    def action_scores(self, states: States) -> NDArray[np.int8]:
        """The score that each move leads to, for the player who makes it: int8 [B, 7].

        ILLEGAL where the column is full. Raises GameOver for the first finished game.
        """
        out = np.empty((len(states), WIDTH), np.int8)
        early = self._early(states, self._ply)
        if early.any():
            out[early] = self.book.action_scores(states[early])
        out[~early] = self._solved(self._solver.action_scores, states, ~early)
        return out

    def _early(self, states: States, ply: int) -> NDArray[np.bool_]:
        """Which games go on and have less than `ply` stones, [B]."""
        early = (np.bitwise_count(states["occupied"]) < ply) & ~GAME.is_terminal(states)
        return np.asarray(early)

    def _solved(
        self, solve: Callable[[States], NDArray[np.int8]], states: States, late: NDArray[np.bool_]
    ) -> NDArray[np.int8]:
        """The solver's answers for the late positions; a GameOver names the row of the whole batch."""
        try:
            return solve(states[late])
        except GameOver as error:
            raise GameOver(int(np.flatnonzero(late)[error.row])) from None
