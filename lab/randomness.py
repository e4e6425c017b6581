"""Randomness as a pure function of counters, for kernels and for Python alike.

A game's random numbers depend on (seed, phase, block, game, ply) and nothing else, so that its
course depends neither on its batch-mates nor on the number of workers. The mixer is SplitMix64
(Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 19).
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Keys = NDArray[np.uint64]  # [B], one stream of random numbers a game


@njit(cache=True)
def fold_in(key: np.uint64, counter: int) -> np.uint64:
    """A new key from a key and a counter; distinct counters give unrelated keys."""
    z = key + np.uint64(0x9E3779B97F4A7C15) * (np.uint64(counter) + np.uint64(1))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True)
def uniform(key: np.uint64, counter: int) -> float:
    """The counter's number of that stream, in [0, 1), 53 bits."""
    return float(fold_in(key, counter) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True)
def gumbel(key: np.uint64, counter: int) -> float:
    """A standard Gumbel variate of that stream."""
    return float(-np.log(-np.log(uniform(key, counter) + 1e-16) + 1e-300))


@njit(cache=True)
def _fold_in_batch(keys: Any, counters: Any, out: Any) -> None:
    for b in range(len(keys)):
        out[b] = fold_in(keys[b], counters[b])


def fold_in_batch(keys: Keys, counters: Any) -> Keys:
    """fold_in of every row, [B]; one counter serves all rows."""
    keys = np.require(keys, np.uint64, ["C", "W"])
    counters = np.ascontiguousarray(np.broadcast_to(np.asarray(counters, np.int64), keys.shape)).copy()
    out = np.empty(keys.shape, np.uint64)
    _fold_in_batch(keys, counters, out)
    return out


@njit(cache=True)
def _uniform_batch(keys: Any, counters: Any, out: Any) -> None:
    for b in range(len(keys)):
        out[b] = uniform(keys[b], counters[b])


def uniform_batch(keys: Keys, counters: Any) -> NDArray[np.float64]:
    """One number in [0, 1) a row, from each row's own stream, [B]; one counter serves all rows."""
    keys = np.require(keys, np.uint64, ["C", "W"])
    counters = np.ascontiguousarray(np.broadcast_to(np.asarray(counters, np.int64), keys.shape)).copy()
    out = np.empty(keys.shape, np.float64)
    _uniform_batch(keys, counters, out)
    return out


def root_key(seed: int, phase: str) -> np.uint64:
    """The key of a phase ("self-play", "match", ...) of a run; blocks, games and plies fold into it."""
    key = np.uint64(fold_in(np.uint64(seed & 0xFFFFFFFFFFFFFFFF), 37))
    for byte in phase.encode():
        key = np.uint64(fold_in(key, byte))
    return key


def game_keys(seed: int, phase: str, block: int, games: int, first: int = 0) -> Keys:
    """One key a game of a block, [games]: a pure function of its arguments and the game's number."""
    block_key = fold_in(root_key(seed, phase), block)
    return fold_in_batch(np.full(games, block_key, np.uint64), np.arange(first, first + games))


@njit(cache=True)
def sample(weights: Any, key: np.uint64, counter: int) -> int:
    """An index drawn in proportion to weights [A] (not negative, not all 0)."""
    total = 0.0
    for a in range(len(weights)):
        total += weights[a]
    threshold, running, last = uniform(key, counter) * total, 0.0, 0
    for a in range(len(weights)):
        if weights[a] > 0.0:
            running += weights[a]
            last = a
            if running > threshold:
                return a
    return last


@njit(cache=True)
def _sample_batch(weights: Any, keys: Any, counters: Any, out: Any) -> None:
    for b in range(len(keys)):
        out[b] = sample(weights[b], keys[b], counters[b])


def sample_batch(weights: Any, keys: Keys, counters: Any) -> NDArray[np.int32]:
    """One action a row of weights [B, A], drawn from each row's own stream: int32 [B]."""
    weights = np.require(weights, np.float64, ["C", "W"])
    counters = np.ascontiguousarray(np.broadcast_to(np.asarray(counters, np.int64), keys.shape)).copy()
    out = np.empty(len(keys), np.int32)
    _sample_batch(weights, np.require(keys, np.uint64, ["C", "W"]), counters, out)
    return out
