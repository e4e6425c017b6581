"""Positions of Go on boards that nobody solves, each move judged by long search: the nearest to a truth.

Lines read as those of agents/positions_go.py, `komi moves marks`, but a + is no proof: some twelve moves are
looked at, each by UCT with playouts (agents/go_rollouts.py) behind it, and those within TOLERANCE of the best
value, in [-1, 1], count as right; all others, looked at or not, do not. The komi is set so that the position
is open. The judge is no oracle: whoever outgrows it is counted wrong where it errs, so scores compare
learners below its strength and say little near 1.

The files are never made again: results are comparable only on the same positions. How they were made:

    python -m agents.judged_positions --world go7 --out FOLDER --seed 37
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.go_rollouts import rollout_values, uct_visits
from agents.position_keys import position_keys
from agents.position_set import moves_of
from games.core import Actions, Game, States, load_game
from games.go import with_komi
from games.notation import format_columns
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch, uniform_batch

JUDGED_SPLITS = {"test": 240, "validation": 80}
POOL = ("wanderer", "capturer", "surveyor", "tactician", "mcts-50", "mcts-100")
SLIP = 0.15  # share of moves drawn from all legal ones
ROOT, BEHIND = 4_000, 1_000  # playouts of the position, and behind each move that is looked at
TOP, OTHERS = 10, 3  # moves that are looked at: the most visited, and some drawn from the rest
TOLERANCE = 0.15  # right: within so much of the best
LOST = 0.4  # a position is kept where a third of the moves looked at lose at least so much
CHOICES, SLIPS, PLIES, MOVES, JUDGE = range(5)  # purposes under a position's key


def judged(game: Game, seed: int, block: int, count: int = 32) -> Iterator[tuple[str, States]]:
    """The positions of one block of games that are worth a place, as lines, with their states [1]."""
    keys = game_keys(seed, "judged positions", block, count)
    states, games = _positions(game, keys)
    for n in np.flatnonzero(~game.is_terminal(states)):
        state = _open(states[n : n + 1])
        looked, values = _judge(game, state, keys[n : n + 1])
        best = values.max()
        if abs(best) > 0.9 or (best - values >= LOST).mean() < 1 / 3:
            continue
        marks = np.where(game.legal_action_mask(state)[0], "-", ".")
        marks[looked[values >= best - TOLERANCE]] = "+"
        yield f"{state['komi'][0]:g} {format_columns(game, games[n])} {''.join(marks)}", state


def _positions(game: Game, keys: Keys) -> tuple[States, list[Actions]]:
    """One game a key between two players of the pool, up to a ply drawn for it."""
    count, sides = len(keys), [_draw(len(POOL), keys, CHOICES, side) for side in range(2)]
    points = int(np.prod(game.observation_shape[1:]))
    last = 2 + np.floor(uniform_batch(fold_in_batch(keys, PLIES), 0) * points * 0.8).astype(int)
    states, games = game.new(count), np.full((count, game.max_plies), -1, np.int32)
    for ply in range(int(last.max())):
        live = np.flatnonzero((last > ply) & ~game.is_terminal(states))
        slips = uniform_batch(fold_in_batch(keys[live], SLIPS), ply) < SLIP
        movers = np.where(slips, len(POOL), sides[ply % 2][live])
        moving = fold_in_batch(keys[live], MOVES)
        games[live, ply] = moves_of(game, (*POOL, "random"), movers, states[live], moving, ply)
        states[live] = game.step(states[live], games[live, ply])
    return states, [row[: last[n]] for n, row in enumerate(games)]


def _draw(choices: int, keys: Keys, purpose: int, counter: int) -> NDArray[np.int32]:
    return sample_batch(np.ones((len(keys), choices)), fold_in_batch(keys, purpose), counter)


def _open(state: States) -> States:
    """The position at the komi at which playouts find it level, to half a point."""
    sign, points = 1 - 2 * int(state["player"][0]), int(state["size"][0]) ** 2
    low, high = -points - 0.5, points + 0.5  # Black's margin lies between
    while high - low > 1.0:
        middle = np.floor((low + high) / 2) + 0.5
        middle = middle if low < middle < high else (low + high) / 2
        ahead = rollout_values(with_komi(state, middle), 100)[0] * sign > 0
        low, high = (middle, high) if ahead else (low, middle)
    return with_komi(state, low)


def _judge(game: Game, state: States, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Moves that were looked at, and the value of each to who makes it."""
    judge = fold_in_batch(keys, JUDGE)
    visits, _ = uct_visits(state, judge, ROOT)
    ranked = np.argsort(-visits[0], kind="stable")
    ranked = ranked[visits[0][ranked] > 0]
    rest = ranked[TOP:]
    order = np.argsort(uniform_batch(np.repeat(judge, len(rest)), np.arange(len(rest))))[:OTHERS]
    looked = np.concatenate([ranked[:TOP], rest[order]])
    return looked, values_behind(game, state, looked, judge, BEHIND)


def values_behind(
    game: Game, state: States, moves: NDArray[np.int64], keys: Keys, playouts: int
) -> NDArray[np.float64]:
    """What each of some moves at a position [1] is worth to who makes it, in [-1, 1]: by UCT with so many
    playouts behind it, drawn under a key [1]."""
    after = game.step(np.repeat(state, len(moves)), moves.astype(np.int32))
    over = game.is_terminal(after)
    mover = int(state["player"][0])
    values = game.rewards(after)[:, mover].astype(np.float64)
    going = np.flatnonzero(~over)
    if len(going):
        behind = fold_in_batch(np.repeat(keys, len(going)), 1 + moves[going])
        tried, means = uct_visits(after[going], behind, playouts)
        values[going] = -means[np.arange(len(going)), tried.argmax(axis=1)]
    return values


def main() -> None:
    """Write the files of one world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", default="go7")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=37)
    options = parser.parse_args()
    game = load_game(options.world)
    options.out.mkdir(parents=True)
    seen: set[int] = set()
    block = 0
    for split, wanted in JUDGED_SPLITS.items():
        lines: list[str] = []
        while len(lines) < wanted:
            for line, state in judged(game, options.seed, block):
                if (key := int(position_keys(state, game)[0])) not in seen:
                    seen.add(key)
                    lines.append(line)
            block += 1
            print(f"{split}: {len(lines)} of {wanted}", flush=True)
        _write(options.out / f"{split}.txt", game, f"{split} set", lines[:wanted], options.seed)


def _write(path: Path, game: Game, title: str, lines: list[str], seed: int) -> None:
    head = [
        f"{game.title}, {title}: the komi, the game so far, + for moves judged right "
        f"({game.action_names[0]} .. {game.action_names[-2]}, pass)",
        f"made by: python -m agents.judged_positions --world {game.name} --out FOLDER --seed {seed}",
        "frozen: never made again, results are comparable only on the same positions",
    ]
    path.write_text("\n".join([*(f"# {line}" for line in head), *lines]) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
