"""How well people's moves are predicted, as AlphaGo reported it (Silver et al. 2016: 57.0 % on 19x19): by
rank, by move number, on positions that nobody learned from.

Passes are left out of the headline figure, as there ("with passes" stands beside it). Every share is with
its 95 % interval, clustered by game.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.games_file import UNKNOWN, played_positions_of
from agents.human_games import HumanGames, rank_band
from agents.played_states import PlayedStates
from agents.position_keys import position_keys
from agents.search import Evaluator
from games.core import Game
from lab.statistics import clustered

CHUNK = 4096  # positions in memory at a time
TOP = 5
MOVES_A_BAND = 10
FEWEST = 200  # moves of a band of ranks that has a row of its own


@dataclass(frozen=True)
class Predicted:
    """P moves of people, and what a network thought of each.

    place [P]: of the move made in the order of the policy, 0 the first choice; log_prob [P] of it; value
    [P] and result [P] (NaN where unknown), both for the player to move; uniform [P]: 1 / legal moves;
    game_index, plies [P]; passes [P]; seen [P]: the position, in whatever view, was learned from.
    """

    place: NDArray[np.int32]
    log_prob: NDArray[np.float64]
    value: NDArray[np.float32]
    result: NDArray[np.float32]
    uniform: NDArray[np.float64]
    game_index: NDArray[np.int64]
    plies: NDArray[np.int32]
    passes: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def predict(
    evaluator: Evaluator,
    human: HumanGames,
    game: Game,
    learned: NDArray[np.uint64] | None = None,
    tell: Callable[[int, int], None] = lambda done, whole: None,
) -> Predicted:
    """What a network says of every move of the games; `learned`: the keys of positions learned from."""
    states, actions, _, game_index = played_positions_of(human.games, game)
    count = len(states)
    place, log_prob, value = np.empty(count, np.int32), np.empty(count), np.empty(count, np.float32)
    uniform, keys = np.empty(count), np.empty(count, np.uint64)
    for start in range(0, count, CHUNK):
        rows = slice(start, min(start + CHUNK, count))
        part, taken = states[rows], actions[rows]
        logits, value[rows] = evaluator(part)
        mask = game.legal_action_mask(part)
        place[rows], log_prob[rows] = _places(logits.astype(np.float64), mask, taken)
        uniform[rows] = 1.0 / mask.sum(axis=1)
        keys[rows] = position_keys(part, game)
        tell(rows.stop, count)
    mover = np.array([record.first for record in human.records])
    sign = 1 - 2 * ((mover[game_index] + states.plies) % 2)
    results = np.where(human.games.results == UNKNOWN, np.nan, human.games.results)[game_index]
    seen = np.isin(keys, learned) if learned is not None else np.zeros(count, np.bool_)
    return Predicted(
        place, log_prob, value, (results * sign).astype(np.float32), uniform, game_index, states.plies,
        actions == game.num_actions - 1, seen,
    )  # fmt: skip


def _places(
    logits: NDArray[np.float64], mask: NDArray[np.bool_], actions: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Where each action stands in its policy, and its log-probability; of equals the lowest stands first."""
    logits = np.where(mask, logits, -np.inf)
    own = logits[np.arange(len(logits)), actions]
    before = (logits > own[:, None]).sum(axis=1)
    equals = (logits == own[:, None]) & (np.arange(logits.shape[1]) < actions[:, None])
    top = logits.max(axis=1)
    return (before + equals.sum(axis=1)).astype(np.int32), own - top - np.log(
        np.exp(logits - top[:, None]).sum(axis=1)
    )


def learned_keys(states: PlayedStates, game: Game) -> NDArray[np.uint64]:
    """The keys of all positions that were learned from, without repeats."""
    parts = [position_keys(states[at : at + CHUNK], game) for at in range(0, len(states), CHUNK)]
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)


# --- tables ---


def prediction_tables(found: Predicted, human: HumanGames) -> dict[str, Any]:
    """All shares of one collection, as JSON: the whole, with passes, on positions never seen, by rank of who
    moves, by move number; what chance would score; the error of the value."""
    stones = ~found.passes
    ranks = _ranks(found, human)
    known = np.isfinite(found.result)
    error = (found.value - found.result)[known] ** 2
    return {
        "games": len(human),
        "not_read": human.collection.reasons,
        "copies": human.copies,
        "moves": row(found, stones),
        "with_passes": row(found, np.ones(len(stones), np.bool_)),
        "unseen": row(found, stones & ~found.seen),
        "chance": float(found.uniform[stones].mean()) if stones.any() else None,
        "by_rank": {band: row(found, stones & (ranks == band)) for band in _bands(ranks[stones])},
        "by_move": {words: row(found, stones & inside) for words, inside in _by_move(found.plies)},
        "value": {"mean_squared_error": float(error.mean()) if len(error) else None, "positions": len(error)},
    }


def row(found: Predicted, chosen: NDArray[np.bool_]) -> dict[str, Any] | None:
    """Top-1, top-5 and cross-entropy (nats) of some moves; None of none."""
    if not chosen.any():
        return None
    place, clusters = found.place[chosen], found.game_index[chosen]
    return {
        "top1": clustered(place == 0, clusters).to_json(),
        f"top{TOP}": clustered(place < TOP, clusters).to_json(),
        "cross_entropy": float(-found.log_prob[chosen].mean()),
        "games": len(np.unique(clusters)),
    }


def _ranks(found: Predicted, human: HumanGames) -> NDArray[Any]:
    """The band of who moves, for every move."""
    bands = np.array([rank_band(rank) for record in human.records for rank in record.ranks]).reshape(-1, 2)
    first = np.array([record.first for record in human.records], np.int64)
    return np.asarray(bands[found.game_index, (first[found.game_index] + found.plies) % 2])


def _bands(ranks: NDArray[Any]) -> Iterable[str]:
    """The bands with enough moves, weakest first."""
    names, counts = np.unique(ranks, return_counts=True)
    return sorted(map(str, names[counts >= FEWEST]), key=_strength)


def _strength(band: str) -> tuple[int, int]:
    kinds = {"k": 0, "d": 1, "p": 2}
    first = band.partition("-")[0]
    if first.isdigit():
        return 3, int(first)
    if band == "unknown":
        return 4, 0
    return kinds[first[-1]], -int(first[:-1]) if first[-1] == "k" else int(first[:-1])


def _by_move(plies: NDArray[np.int32]) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    """Moves by tens; the last band takes what is over, so that none is thin."""
    tens = range(0, int(plies.max(initial=0)) + 1, MOVES_A_BAND)
    starts = [start for start in tens if (plies >= start).sum() >= FEWEST] or [0]
    for start in starts:
        open_end = start == starts[-1]
        words = f"{start + 1} and later" if open_end else f"{start + 1}-{start + MOVES_A_BAND}"
        yield words, (plies >= start) & (open_end | (plies < start + MOVES_A_BAND))
