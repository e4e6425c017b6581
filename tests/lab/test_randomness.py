"""The counters: a known generator, evenly spread, and nothing but their arguments."""

from __future__ import annotations

import numpy as np
import pytest

from lab.randomness import (
    fold_in,
    fold_in_batch,
    game_keys,
    gumbel,
    root_key,
    sample,
    sample_batch,
    uniform,
)


def test_the_mixer_is_splitmix64() -> None:
    # the published first outputs of SplitMix64 for the seed 1234567
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(fold_in(np.uint64(1234567), counter)) for counter in range(4)] == expected


def chi_square(counts: np.ndarray) -> float:
    """Sum of squared deviations from equal shares, in units of the share."""
    share = counts.sum() / len(counts)
    return float(((counts - share) ** 2 / share).sum())


@pytest.mark.parametrize("across", ["counters of one key", "neighbouring games", "neighbouring blocks"])
def test_uniform_numbers_are_uniform(across: str) -> None:
    count = 20_000
    if across == "counters of one key":
        key = root_key(3, "test")
        numbers = [uniform(key, counter) for counter in range(count)]
    elif across == "neighbouring games":
        numbers = [uniform(key, 0) for key in game_keys(3, "test", 0, count)]
    else:
        numbers = [uniform(game_keys(3, "test", block, 1)[0], 5) for block in range(count)]
    assert min(numbers) >= 0.0
    assert max(numbers) < 1.0
    # 99 degrees of freedom: mean 99, standard deviation 14
    assert chi_square(np.bincount((np.array(numbers) * 100).astype(int), minlength=100)) < 99 + 4 * 14
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 4 / count**0.5


def test_every_bit_turns_with_every_bit() -> None:
    """Avalanche: neighbouring keys and counters share half their bits, give or take."""
    keys = np.arange(2000, dtype=np.uint64)
    for other in (fold_in_batch(keys ^ np.uint64(1), 0), fold_in_batch(keys, 1)):
        differing = np.bitwise_count(fold_in_batch(keys, 0) ^ other)
        assert abs(differing.mean() - 32) < 0.5
        assert abs(differing.std() - 4) < 0.5


def test_streams_are_distinct() -> None:
    streams = [
        game_keys(seed, phase, block, 50)
        for seed in (0, 1, -1, 2**63)
        for phase in ("self-play", "match", "")
        for block in (0, 1, 7)
    ]
    keys = np.concatenate(streams)
    assert len(np.unique(keys)) == len(keys)


def test_a_key_is_its_own_whatever_the_batch() -> None:
    block = game_keys(5, "self-play", 2, 10)
    assert game_keys(5, "self-play", 2, 4, first=6).tolist() == block[6:].tolist()
    assert game_keys(5, "self-play", 2, 10).tolist() == block.tolist()
    counters = np.arange(10)
    together = fold_in_batch(block, counters)
    assert together.tolist() == [
        int(fold_in(key, counter)) for key, counter in zip(block, counters, strict=True)
    ]


def test_samples_do_not_depend_on_their_mates() -> None:
    weights = np.random.default_rng(0).random((30, 7))
    keys, plies = game_keys(1, "t", 0, 30), np.arange(30)
    together = sample_batch(weights, keys, plies)
    order = np.random.default_rng(1).permutation(30)
    assert sample_batch(weights[order], keys[order], plies[order]).tolist() == together[order].tolist()
    assert together.tolist() == [sample(w, k, p) for w, k, p in zip(weights, keys, plies, strict=True)]


def test_samples_follow_their_weights() -> None:
    weights = np.array([0.0, 1.0, 2.0, 0.0, 5.0, 0.0])
    drawn = sample_batch(np.tile(weights, (16_000, 1)), game_keys(2, "t", 0, 16_000), 0)
    counts = np.bincount(drawn, minlength=6)
    assert counts[weights == 0].sum() == 0
    expected = 16_000 * weights / weights.sum()
    deviation = np.sqrt(expected * (1 - weights / weights.sum()))
    assert (np.abs(counts - expected) <= 4 * deviation).all()


def test_gumbels_are_standard() -> None:
    drawn = np.array([gumbel(key, 1) for key in game_keys(4, "t", 0, 20_000)])
    assert np.isfinite(drawn).all()
    assert abs(drawn.mean() - np.euler_gamma) < 4 * drawn.std() / len(drawn) ** 0.5
    assert abs(drawn.var() - np.pi**2 / 6) < 0.1


def test_the_gumbel_trick_samples_a_softmax() -> None:
    """argmax(logits + gumbels) is a draw from softmax(logits): Maddison et al. 2014."""
    logits = np.log(np.array([0.1, 0.2, 0.7]))
    noise = np.array([[gumbel(key, a) for a in range(3)] for key in game_keys(6, "t", 0, 10_000)])
    shares = np.bincount((logits + noise).argmax(axis=1), minlength=3) / 10_000
    np.testing.assert_allclose(shares, np.exp(logits), atol=0.02)


def test_odd_arrays_serve() -> None:
    keys = game_keys(1, "t", 0, 8)
    frozen = keys.copy()
    frozen.setflags(write=False)
    assert fold_in_batch(frozen, 3).tolist() == fold_in_batch(keys, np.full(8, 3, np.int32)).tolist()
    assert fold_in_batch(keys[::2], 3).tolist() == fold_in_batch(keys, 3)[::2].tolist()
    weights = np.ones((8, 5), np.float32)
    assert sample_batch(weights, keys, 0).tolist() == sample_batch(np.ones((8, 5)), frozen, 0).tolist()
