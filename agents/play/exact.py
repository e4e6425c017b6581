"""The truth about a position, where somebody knows it: the exact solver, or all games there are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agents.play.thoughts import Truth
from games.core import Game, States

SMALL = 9  # plies: only of games so short all positions are tried to be gone through
MOST_MOVES = 250_000  # from all positions together, for seconds and memory; tic-tac-toe has 16,167

Truths = Callable[[States], Truth]  # of one position that is not over


def truth_of(game: Game) -> Truths | None:
    """Who knows the truth about this game; None where nobody does."""
    if game.name == "connect_four":
        return _connect_four()
    return exhaustive(game) if game.max_plies <= SMALL else None


def _connect_four() -> Truths:
    from games.connect_four_exact import ExactScores
    from games.connect_four_solver import ILLEGAL

    exact = ExactScores()

    def truth(states: States) -> Truth:
        scores = [None if s == ILLEGAL else int(s) for s in exact.action_scores(states)[0]]
        stones = int(np.bitwise_count(states["occupied"])[0])
        own, theirs = stones // 2, stones - stones // 2
        moves = tuple(
            None if not score else 22 - score - own if score > 0 else 22 + score - theirs for score in scores
        )
        values = tuple(None if score is None else int(np.sign(score)) for score in scores)
        return Truth(values, moves, tuple(scores))

    return truth


def exhaustive(game: Game, most_moves: int = MOST_MOVES) -> Truths | None:
    """The truth about a game so small that all its positions are gone through, ply by ply and back; None for
    one that has more moves than that, from all of its positions together.

    A score is (max_plies + 1 - plies to the end), negative for a loss, 0 for a draw.
    """
    layers = _layers(game, most_moves)
    if layers is None:
        return None
    known: dict[bytes, int] = {}
    for states in reversed(layers):
        scores = _scores_of(game, states, known)
        known |= {state.tobytes(): int(score) for state, score in zip(states, scores, strict=True)}

    def truth(states: States) -> Truth:
        scores = _move_scores(game, states, known)[0]
        plies = [None if not s else game.max_plies + 1 - abs(s) for s in scores]
        return Truth(
            tuple(None if s is None else int(np.sign(s)) for s in scores),
            tuple(
                None if p is None else (p + 1) // 2 if (s or 0) > 0 else p // 2
                for s, p in zip(scores, plies, strict=True)
            ),
            tuple(scores),
        )

    return truth


def _layers(game: Game, most_moves: int) -> list[States] | None:
    """The positions of every ply; None where more moves lead from them. The moves of a ply are counted before
    any is made, so that what is too large is never held in memory."""
    layers, moves = [game.new(1)], 0
    while not game.is_terminal(layers[-1]).all():
        rows, actions = np.nonzero(game.legal_action_mask(layers[-1]))
        moves += len(rows)
        if moves > most_moves:
            return None
        layers.append(_distinct(game.step(layers[-1][rows], actions.astype(np.int32))))
    return layers


def _distinct(states: States) -> States:
    unique = {state.tobytes(): index for index, state in enumerate(states)}
    return states[sorted(unique.values())]


def _scores_of(game: Game, states: States, known: dict[bytes, int]) -> NDArray[np.int64]:
    """What the positions are worth to the player to move, [B]; a lost finished game the most negative."""
    over = game.is_terminal(states)
    movers = game.current_player(states)
    points = game.rewards(states)[np.arange(len(states)), movers]
    out = (points * (game.max_plies + 1)).astype(np.int64)
    going = np.flatnonzero(~over)
    for row, scores in zip(going, _move_scores(game, states[going], known), strict=True):
        out[row] = max(score for score in scores if score is not None)
    return out


def _move_scores(game: Game, states: States, known: dict[bytes, int]) -> list[list[int | None]]:
    """The score of each move of each position, B lists [A]."""
    out: list[list[int | None]] = [[None] * game.num_actions for _ in range(len(states))]
    rows, actions = np.nonzero(game.legal_action_mask(states))
    if not len(rows):
        return out
    after = game.step(states[rows], actions.astype(np.int32))
    for row, action, state in zip(rows, actions, after, strict=True):
        theirs = known[state.tobytes()]
        out[row][action] = -int(theirs - np.sign(theirs))  # a ply further from the end
    return out
