"""Frozen positions of Go on 5x5: how a line is read, and how the files were made.

    24.5 C3,D3,...,pass,B2 ...+-.-+..

A line is the komi, the game that leads to the position, and a mark for each action (A5, B5, ..., E1,
pass): + the mover wins after it under perfect play, = draws, - loses, . the rules forbid it. The komi is
that at which the mover just wins, so that every point counts: only the best moves win.

The games are played by scripted humans and rollout searches of different strength, which slip now and
then, at the usual komi in every other game. Left out are positions that the solver (games/go_solver.py)
does not finish within NODES a question, or of which it cannot show that the move limit changes nothing.
Of positions with nothing to lose only some are kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.position_keys import position_keys
from agents.position_set import PositionSet, draw, first_of_each, moves_of
from games.core import Actions, Game, IllegalMove, States
from games.go import GO5, go_game, with_komi
from games.go_board import EMPTY
from games.go_solver import ILLEGAL, UNSOLVED, Solver, taken_points
from games.notation import NotationError
from games.notation import read_lines as text_lines
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch, uniform_batch

SPLITS = {"test": (1500, 1000), "validation": (450, 300), "train": (900, 600)}  # positions, hard ones
TITLE = "Go on 5x5, {} set: the komi, the game so far, what each move comes to (A5 .. E1, pass)"
POOL = ("wanderer", "capturer", "surveyor", "tactician", "mcts-50", "mcts-200")
SLIP_RATES = (0.0, 0.1, 0.2, 0.3)  # share of moves drawn from all legal ones, one rate a game
EMPTIES = range(4, 13)  # empty points of a position that may be chosen
NODES = 40_000  # of the solver, a question
KOMI_SPREAD = 24  # in every other game the komi is drawn from -23.5 to 24.5
MARKS = {1: "+", 0: "=", -1: "-", ILLEGAL: "."}
SETUP, MOVING, SLIPPING, CHOOSING = range(4)  # purposes under a game's key


def read_lines(path: Path, game: Game = GO5) -> PositionSet:
    """The positions of a file of that board; raises NotationError naming the line that is wrong."""
    read = [_read_line(text, place, game) for place, text in text_lines(path)]
    return PositionSet(
        path.stem, np.concatenate([state for state, _ in read]), np.stack([s for _, s in read])
    )


def _read_line(text: str, place: str, game: Game) -> tuple[States, NDArray[np.int8]]:
    komi, moves, marks = _words(text, place, game)
    state = played(go_game(game.observation_shape[1], komi), moves.split(","), place)[-1:].copy()
    scores = np.array([{mark: score for score, mark in MARKS.items()}[mark] for mark in marks], np.int8)
    if not np.array_equal(scores != ILLEGAL, game.legal_action_mask(state)[0]):
        raise NotationError(f"{place}: a move is marked that the rules forbid, or the other way round")
    return state, scores


def _words(text: str, place: str, game: Game) -> tuple[float, str, str]:
    words = text.split()
    try:
        komi = float(words[0])
    except ValueError:
        komi = np.nan
    right = len(words) == 3 and len(words[2]) == game.num_actions and set(words[2]) <= set(MARKS.values())
    if not (right and abs(komi) <= 100):
        raise NotationError(
            f"{place}: expected a komi, moves and {game.num_actions} marks of '+=-.': {text[:60]!r}"
        )
    return komi, words[1], words[2]


def played(game: Game, names: Sequence[str], place: str = "") -> States:
    """The states before each of these moves and after the last, [T + 1]; raises NotationError."""
    states = [game.new(1)]
    for name in names:
        if name not in game.action_names:
            raise NotationError(f"{place}: {name[:20]!r} is no move of {game.title}")
        try:
            states.append(game.step(states[-1], np.array([game.action_names.index(name)])))
        except IllegalMove:
            raise NotationError(f"{place}: move {len(states)} ({name!r}) is against the rules") from None
    return np.concatenate(states)


# --- how the files were made ---


def scored_positions(
    seed: int, without: Iterable[Path] = (), batch: int = 64, pool: Sequence[str] = POOL
) -> Iterator[tuple[str, bool]]:
    """Endless (line, is hard) of positions, one a game at most, no two alike up to symmetry.

    Positions that stand in the files `without` are left out.
    """
    solver = Solver(nodes=NODES)
    seen = {key for path in without for key in canonical_keys(read_lines(path).states)}
    for block in itertools.count():
        games, states = chosen_positions(game_keys(seed, "go positions", block, batch), pool)
        if not len(states):
            continue
        for n in first_of_each(canonical_keys(states), seen):
            names = [GO5.action_names[action] for action in games[n]]
            if found := _solved(solver, states[n : n + 1], taken_points(played(GO5, names))):
                state, scores = found
                marks = "".join(MARKS[score] for score in scores.tolist())
                line = f"{state['komi'][0]:g} {','.join(names)} {marks}"
                yield line, bool(PositionSet("", state, scores[None]).hard[0])


def _solved(
    solver: Solver, state: States, taken: NDArray[np.int64]
) -> tuple[States, NDArray[np.int8]] | None:
    """The position at the komi at which the mover just wins, and the outcome of each move, [26]; None where
    it is not known for certain."""
    best, scores = solver.best_moves(state, taken)
    limited = state["ply"][0] + solver.plies >= GO5.max_plies
    if best == UNSOLVED or (scores == UNSOLVED).any() or limited:
        return None
    sign = 1 - 2 * int(state["player"][0])
    return with_komi(state, sign * (best - 0.5)), scores


def chosen_positions(keys: Keys, pool: Sequence[str]) -> tuple[list[Actions], States]:
    """Of one game a key, a position drawn from those with few empty points, if it has any: (games, [N])."""
    moves, history = games_of(keys, pool)
    empties = np.stack([(states["color"] == EMPTY).sum(axis=1) for states in history], axis=1)
    empties -= (history[0]["color"][:1] == EMPTY).sum() - GO5.num_actions + 1  # the unused end of the record
    over = np.stack([GO5.is_terminal(states) for states in history], axis=1)
    fit = ~over & (empties >= EMPTIES.start) & (empties < EMPTIES.stop)
    rows = np.flatnonzero(fit.any(axis=1))
    plies = sample_batch(fit[rows], fold_in_batch(keys[rows], CHOOSING), 0)
    states = [history[ply][n : n + 1] for n, ply in zip(rows, plies, strict=True)]
    games = [moves[n, :ply] for n, ply in zip(rows, plies, strict=True)]
    return games, np.concatenate(states) if states else GO5.new(0)


def games_of(keys: Keys, pool: Sequence[str]) -> tuple[NDArray[np.int32], list[States]]:
    """One game a key: actions [B, T], -1 once it is over, and all states [B] before each ply and at the end.

    A game's players are drawn from the pool, its share of slips from SLIP_RATES, its komi in every other
    game from all that leave both sides a chance.
    """
    setup, moving, slipping = (fold_in_batch(keys, purpose) for purpose in (SETUP, MOVING, SLIPPING))
    pairs = np.stack([draw(len(pool), setup, side) for side in range(2)])
    rates = np.array(SLIP_RATES)[draw(len(SLIP_RATES), setup, 2)]
    komi = np.where(draw(2, setup, 3), draw(2 * KOMI_SPREAD + 1, setup, 4) - KOMI_SPREAD + 0.5, 24.5)
    states = with_komi(GO5.new(len(keys)), komi)
    moves, history = np.full((len(keys), GO5.max_plies), -1, np.int32), [states]
    for ply in range(GO5.max_plies):
        live = np.flatnonzero(~GO5.is_terminal(states))
        if not len(live):
            break
        slips = uniform_batch(slipping, ply) < rates
        players = np.where(slips, len(pool), pairs[ply % 2])
        moves[live, ply] = moves_of(GO5, [*pool, "random"], players[live], states[live], moving[live], ply)
        states = states.copy()
        states[live] = GO5.step(states[live], moves[live, ply])
        history.append(states)
    return moves, history


def canonical_keys(states: States) -> list[tuple[int, int]]:
    """A name for the stones and the mover of each position that its eight images share, [N]."""
    return list(zip(position_keys(states, GO5).tolist(), GO5.current_player(states).tolist(), strict=True))
