"""Frozen positions of Connect Four, every move scored exactly: what agents are measured on.

Three splits, disjoint up to mirror: `train`, `validation` (to choose by) and `test` (to report).
A file's lines read `moves score s1 .. s7`: the game that leads to the position, its exact score
for the player to move, and the score of each column ('.' = full), in the solver's unit.

The files are never made again: results are comparable only on the same positions. How they were
made, and can be elsewhere:

    python -m agents.positions --out FOLDER --seed 37
"""

from __future__ import annotations

import argparse
import functools
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.baselines import baseline_player
from agents.player import Player
from games.connect_four import GAME, WIDTH, playable_cells, winning_cells
from games.connect_four_exact import ExactScores
from games.connect_four_solver import ILLEGAL, Solver
from games.core import Actions, States
from games.notation import NotationError, ScoredPosition, format_columns, read_scored_positions
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch

FOLDER = Path(__file__).resolve().parent / "positions"
SPLITS = {"test": (4500, 1500), "validation": (1500, 500), "train": (3000, 1000)}  # positions, hard ones
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


@dataclass(frozen=True)
class PositionSet:
    """N unfinished positions and the exact score of each move.

    name: where they come from; states [N]; scores int8 [N, 7], ILLEGAL where a column is full.
    """

    name: str
    states: States
    scores: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.states)

    @functools.cached_property
    def values(self) -> NDArray[np.int8]:
        """Win +1, draw 0 or loss -1 of the player to move under perfect play, [N]."""
        return np.asarray(np.sign(self.scores.max(axis=1)))

    @functools.cached_property
    def legal(self) -> NDArray[np.bool_]:
        """Columns that are not full, [N, 7]."""
        return np.asarray(self.scores != ILLEGAL)

    @functools.cached_property
    def keep(self) -> NDArray[np.bool_]:
        """Moves that keep the position's win, draw or loss, [N, 7]."""
        return np.asarray(self.legal & (np.sign(self.scores) == self.values[:, None]))

    @functools.cached_property
    def strict(self) -> NDArray[np.bool_]:
        """Moves of the best exact score: the soonest win or the latest loss, [N, 7]."""
        return np.asarray(self.legal & (self.scores == self.scores.max(axis=1, keepdims=True)))

    @functools.cached_property
    def win_at_hand(self) -> NDArray[np.bool_]:
        """The player to move can win at once, [N]."""
        return _can_win_at_once(self.states["current"], self.states["occupied"])

    @functools.cached_property
    def forced_block(self) -> NDArray[np.bool_]:
        """The opponent threatens to win at once, and the player to move cannot, [N]."""
        occupied = self.states["occupied"]
        return ~self.win_at_hand & _can_win_at_once(self.states["current"] ^ occupied, occupied)

    @functools.cached_property
    def hard(self) -> NDArray[np.bool_]:
        """Nothing to take and nothing to stop at once, and something to lose, [N]."""
        at_rest = ~self.win_at_hand & ~self.forced_block
        return np.asarray(at_rest & (self.keep != self.legal).any(axis=1))


def _can_win_at_once(stones: NDArray[np.uint64], occupied: NDArray[np.uint64]) -> NDArray[np.bool_]:
    out = np.empty(len(stones), np.bool_)
    _win_at_once(
        np.require(stones, requirements=["C", "W"]), np.require(occupied, requirements=["C", "W"]), out
    )
    return out


@njit(cache=True)
def _win_at_once(stones: Any, occupied: Any, out: Any) -> None:
    for n in range(len(stones)):
        out[n] = (playable_cells(occupied[n]) & winning_cells(stones[n], occupied[n])) != 0


def load_positions(world: str, split: str) -> PositionSet:
    """The frozen set of that world: `test`, `validation` or `train`.

    Raises ValueError for a split there is none of, or a world without frozen positions.
    """
    if split not in SPLITS:
        raise ValueError(f"no split is called {split!r}; there are: {', '.join(SPLITS)}")
    path = FOLDER / world / f"{split}.txt"
    if not path.is_file():
        raise ValueError(f"{world!r} has no frozen positions; there are some for: connect_four")
    return read_positions(path)


def score_policy(positions: PositionSet, policy: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """The chance of a right move under a distribution over moves [N, 7], position by position.

    `hard`, `all`, `win_at_hand`, `forced_block`: right keeps the exact value, on the positions of
    that category; `strict`: right has the best exact score, on all. Their means are the scores. For a
    player that is drawn from rather than known, hand in the one-hot moves it chose.
    Raises ValueError where a row is no distribution.
    """
    policy = np.asarray(policy, np.float64)
    if policy.shape != positions.scores.shape:
        raise ValueError(f"a policy of shape {policy.shape} for scores of shape {positions.scores.shape}")
    sums_to_one = np.abs(policy.sum(axis=1) - 1.0) <= 1e-3  # False for NaN too
    wrong = np.flatnonzero(~sums_to_one | (policy < 0.0).any(axis=1))
    if len(wrong):
        raise ValueError(f"row {wrong[0]} of the policy is no distribution: {policy[wrong[0]].tolist()}")
    kept = (policy * positions.keep).sum(axis=1)
    best = (policy * positions.strict).sum(axis=1)
    return {
        "hard": kept[positions.hard],
        "all": kept,
        "strict": best,
        "win_at_hand": kept[positions.win_at_hand],
        "forced_block": kept[positions.forced_block],
    }


def read_positions(path: Path) -> PositionSet:
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


def main(arguments: list[str] | None = None) -> None:
    """Play, choose, label and write the three files."""
    parser = argparse.ArgumentParser(prog="python -m agents.positions", description="Make position files.")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--without", type=Path, nargs="*", default=[], metavar="FILE", help="leave these out")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    stream = scored_positions(options.seed, options.without)
    for split, (size, hard) in SPLITS.items():
        lines = fill_split(stream, size, hard)
        (options.out / f"{split}.txt").write_text(file_text(split, lines, options), encoding="ascii")
        print(f"{split}: {len(lines)} positions", flush=True)


def fill_split(stream: Iterator[tuple[str, bool]], size: int, hard: int) -> list[str]:
    """The stream's next lines, until there are at least `size` of them and `hard` hard ones."""
    lines: list[str] = []
    found = 0
    while len(lines) < size or found < hard:
        line, is_hard = next(stream)
        lines.append(line)
        found += is_hard
    return lines


def file_text(split: str, lines: list[str], options: argparse.Namespace) -> str:
    """The split's file: what it is, how it was made, a line a position."""
    without = " ".join(["", "--without", *(path.name for path in options.without)] if options.without else [])
    head = [
        f"Connect Four, {split} set: the game so far, the position's exact score, the score of each column",
        f"made by: python -m agents.positions --out FOLDER --seed {options.seed}{without}",
        "frozen: never made again, results are comparable only on the same positions",
    ]
    return "".join(f"# {line}\n" for line in head) + "".join(f"{line}\n" for line in lines)


def scored_positions(seed: int, without: Iterable[Path] = (), batch: int = 256) -> Iterator[tuple[str, bool]]:
    """Endless (line, is hard) of positions of as many games, no two alike up to mirror.

    Positions that stand in the files `without` are left out.
    """
    solver = Solver()
    seen = {key for path in without for key in canonical_keys(read_positions(path).states)}
    for block in itertools.count():
        games, states = unfinished_games(game_keys(seed, "positions", block, batch))
        fresh = _first_of_each(canonical_keys(states), seen)
        positions = PositionSet("fresh", states[fresh], solver.action_scores(states[fresh]))
        for n, scores, hard in zip(fresh, positions.scores, positions.hard, strict=True):
            marks = ["." if score == ILLEGAL else str(score) for score in scores]
            yield f"{format_columns(GAME, games[n])} {scores.max()} {' '.join(marks)}", bool(hard)


def _first_of_each(keys: list[tuple[int, int]], seen: set[tuple[int, int]]) -> list[int]:
    """The indices of keys not seen before, which are seen from now on."""
    fresh = []
    for n, key in enumerate(keys):
        if key not in seen:
            seen.add(key)
            fresh.append(n)
    return fresh


def unfinished_games(keys: Keys) -> tuple[list[Actions], States]:
    """One game a key, up to a ply drawn from PLIES; those that ended before are left out.

    A game's two players are drawn from POOL and its share of slips from SLIP_RATES.
    """
    setup, moving, slipping = (fold_in_batch(keys, purpose) for purpose in range(3))
    pairs = np.stack([_draw(len(POOL), setup, side) for side in range(2)])
    rates = np.array(SLIP_RATES)[_draw(len(SLIP_RATES), setup, 2)]
    last = PLIES.start + sample_batch(np.tile(PLY_WEIGHTS, (len(keys), 1)), setup, 3)
    states, moves = GAME.new(len(keys)), np.full((len(keys), PLIES.stop), -1, np.int32)
    for ply in range(PLIES.stop):
        live = np.flatnonzero((ply < last) & ~GAME.is_terminal(states))
        slips = sample_batch(np.stack([1 - rates, rates], axis=1), slipping, ply).astype(np.bool_)
        players = np.where(slips, POOL.index("random"), pairs[ply % 2])
        moves[live, ply] = _pool_moves(players[live], states[live], moving[live], ply)
        states[live] = GAME.step(states[live], moves[live, ply])
    chosen = np.flatnonzero(~GAME.is_terminal(states))
    return [moves[n, : last[n]] for n in chosen], states[chosen]


def _pool_moves(players: NDArray[Any], states: States, keys: Keys, ply: int) -> Actions:
    actions = np.empty(len(states), np.int32)
    for number in np.unique(players):
        rows = np.flatnonzero(players == number)
        plies = np.full(len(rows), ply, np.int32)
        actions[rows] = _pool_player(POOL[number]).act(states[rows], keys[rows], plies)
    return actions


@functools.cache
def _pool_player(name: str) -> Player:
    return baseline_player(name, GAME)


def _draw(choices: int, keys: Keys, counter: int) -> NDArray[np.int32]:
    return sample_batch(np.ones((len(keys), choices)), keys, counter)


def canonical_keys(states: States) -> list[tuple[int, int]]:
    """A name for each position that its mirror image shares, [N]."""
    here = zip(states["current"].tolist(), states["occupied"].tolist(), strict=True)
    there = zip(_mirrored(states["current"]), _mirrored(states["occupied"]), strict=True)
    return [min(pair) for pair in zip(here, there, strict=True)]


def _mirrored(boards: NDArray[np.uint64]) -> list[int]:
    columns = [boards >> np.uint64(7 * c) & np.uint64(0x7F) for c in range(WIDTH)]
    shifted = [column << np.uint64(7 * (WIDTH - 1 - c)) for c, column in enumerate(columns)]
    return [int(board) for board in np.bitwise_or.reduce(shifted)]


if __name__ == "__main__":
    main()
