"""Spearman's rho and its exact chance."""

from __future__ import annotations

import math

import pytest

from lab.rank_correlation import by_chance, rank_correlation, ranks


def test_equals_share_their_rank() -> None:
    assert ranks([3.0, 1.0, 3.0, 9.0]).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_orders_that_agree_turn_round_or_have_nothing_in_common() -> None:
    assert rank_correlation([1, 2, 5], [10, 20, 21]) == pytest.approx(1.0)
    assert rank_correlation([1, 2, 5], [3, 2, 1]) == pytest.approx(-1.0)
    assert rank_correlation([1, 2, 3], [4, 4, 4]) == 0.0
    # by hand: d = (0, -1, 1, 0), 1 - 6 * 2 / (4 * 15)
    assert rank_correlation([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)


def test_chance_is_counted_over_all_orders() -> None:
    assert by_chance([1, 2, 3, 4], [1, 2, 3, 4]) == pytest.approx(1 / math.factorial(4))
    assert by_chance([1, 2, 3, 4], [4, 3, 2, 1]) == 1.0
    # of 24 orders the perfect one and three that swap neighbours come to .8
    assert by_chance([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(4 / 24)


def test_what_cannot_be_ordered_is_refused() -> None:
    with pytest.raises(ValueError, match="as many things"):
        rank_correlation([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="8 at most"):
        by_chance(range(9), range(9))
