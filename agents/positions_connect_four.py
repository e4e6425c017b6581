"""Frozen positions of Connect Four: how a line is read, what is at hand, and how the files were made.

A line reads `moves score s1 .. s7`: the game that leads to the position, its exact score for the player
to move, and the score of each column ('.' = full), in the solver's unit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.position_set import PositionSet, draw, first_of_each, moves_of
from games.connect_four import GAME, WIDTH
from games.connect_four_exact import ExactScores
from games.connect_four_solver import ILLEGAL, Solver
from games.core import Actions, States
from games.notation import NotationError, ScoredPosition, format_columns, read_scored_positions
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch

SPLITS = {"test": (4500, 1500), "validation": (1500, 500), "train": (3000, 1000)}  # positions, hard ones
TITLE = "Connect Four, {} set: the game so far, the position's exact score, the score of each column"
PLIES = range(8, 35)
POOL = (
    "random",
    "wins-and-blocks",
    "alphabeta-2",
    "alphabeta-3",
    "alphabeta-4",
    "alphabeta-5",
    "alphabeta-6",
    "mcts-50",
    "mcts-200",
)
PLY_WEIGHTS = np.arange(1, len(PLIES) + 1)  # later ones rather, since most games end before them
SLIP_RATES = (0.2, 0.3, 0.4)  # share of moves drawn from all legal ones, one rate a game


def read_lines(path: Path) -> PositionSet:
    """The scored positions of a file, in any form that games/notation.py reads.

    Where a line gives the position's score alone, those of its moves are computed: 0.5 s at ply 8, 0.04 s
    at ply 12, 1 ms at ply 20, before ply 8 at once. Raises NotationError naming the line that is wrong,
    also for a score that is not the exact one.
    """
    lines = read_scored_positions(path)
    states = np.concatenate([line.state for line in lines])
    scores = np.full((len(lines), WIDTH), ILLEGAL, np.int8)
    alone = [n for n, line in enumerate(lines) if len(line.scores) == 1]
    scores[alone] = _solved([lines[n] for n in alone])
    for n, line in enumerate(lines):
        if len(line.scores) == WIDTH:
            scores[n] = [ILLEGAL if score is None else score for score in line.scores]
    return PositionSet(path.stem, states, scores)


def _solved(lines: list[ScoredPosition]) -> NDArray[np.int8]:
    """The score of each move of positions whose own score is known, [N, 7]."""
    exact, scores = ExactScores(), np.empty((len(lines), WIDTH), np.int8)
    for n, line in enumerate(lines):
        scores[n] = exact.action_scores(line.state)[0]
        if scores[n].max() != line.scores[0]:
            raise NotationError(f"{line.place}: the score is {scores[n].max()}, not {line.scores[0]}")
    return scores


# --- how the files were made ---


def scored_positions(seed: int, without: Iterable[Path] = (), batch: int = 256) -> Iterator[tuple[str, bool]]:
    """Endless (line, is hard) of positions of as many games, no two alike up to mirror.

    Positions that stand in the files `without` are left out.
    """
    solver = Solver()
    seen = {key for path in without for key in canonical_keys(read_lines(path).states)}
    for block in itertools.count():
        games, states = unfinished_games(game_keys(seed, "positions", block, batch))
        fresh = first_of_each(canonical_keys(states), seen)
        positions = PositionSet("fresh", states[fresh], solver.action_scores(states[fresh]))
        for n, scores, hard in zip(fresh, positions.scores, positions.hard, strict=True):
            marks = ["." if score == ILLEGAL else str(score) for score in scores]
            yield f"{format_columns(GAME, games[n])} {scores.max()} {' '.join(marks)}", bool(hard)


def unfinished_games(keys: Keys) -> tuple[list[Actions], States]:
    """One game a key, up to a ply drawn from PLIES; those that ended before are left out.

    A game's two players are drawn from POOL and its share of slips from SLIP_RATES.
    """
    setup, moving, slipping = (fold_in_batch(keys, purpose) for purpose in range(3))
    pairs = np.stack([draw(len(POOL), setup, side) for side in range(2)])
    rates = np.array(SLIP_RATES)[draw(len(SLIP_RATES), setup, 2)]
    last = PLIES.start + sample_batch(np.tile(PLY_WEIGHTS, (len(keys), 1)), setup, 3)
    states, moves = GAME.new(len(keys)), np.full((len(keys), PLIES.stop), -1, np.int32)
    for ply in range(PLIES.stop):
        live = np.flatnonzero((ply < last) & ~GAME.is_terminal(states))
        slips = sample_batch(np.stack([1 - rates, rates], axis=1), slipping, ply).astype(np.bool_)
        players = np.where(slips, POOL.index("random"), pairs[ply % 2])
        moves[live, ply] = moves_of(GAME, POOL, players[live], states[live], moving[live], ply)
        states[live] = GAME.step(states[live], moves[live, ply])
    chosen = np.flatnonzero(~GAME.is_terminal(states))
    return [moves[n, : last[n]] for n in chosen], states[chosen]


def canonical_keys(states: States) -> list[tuple[int, int]]:
    """A name for each position that its mirror image shares, [N]."""
    here = zip(states["current"].tolist(), states["occupied"].tolist(), strict=True)
    there = zip(_mirrored(states["current"]), _mirrored(states["occupied"]), strict=True)
    return [min(pair) for pair in zip(here, there, strict=True)]


def _mirrored(boards: NDArray[np.uint64]) -> list[int]:
    columns = [boards >> np.uint64(7 * c) & np.uint64(0x7F) for c in range(WIDTH)]
    shifted = [column << np.uint64(7 * (WIDTH - 1 - c)) for c, column in enumerate(columns)]
    return [int(board) for board in np.bitwise_or.reduce(shifted)]
