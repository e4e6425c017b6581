"""Agreement of rewards with raters, and numbers as lessons tell them."""

from __future__ import annotations

import numpy as np
import pytest

from lab.lessons.agreement import agreement_of
from lab.lessons.estimate import estimate
from lab.lessons.words import percent, short, tenths


def test_agreement_by_hand() -> None:
    """Right of the likely, wrong of the unlikely, and half of what it says nothing of."""
    difference, chance = np.array([np.log(9), -np.log(9), 0.0]), np.array([0.8, 0.7, 0.6])
    told = agreement_of(difference, chance)
    assert told.agreement == pytest.approx((0.8 + 0.3 + 0.5) / 3)
    assert told.best == pytest.approx((0.8 + 0.7 + 0.6) / 3)
    assert told.promised == pytest.approx((0.9 + 0.9 + 0.5) / 3)


def test_it_does_not_matter_which_side_is_called_the_first() -> None:
    random = np.random.default_rng(0)
    difference, chance = random.normal(size=50).round(), random.uniform(size=50)
    assert (difference == 0).any(), "ties, too"
    one, other = agreement_of(difference, chance), agreement_of(-difference, 1.0 - chance)
    assert vars(one) == pytest.approx(vars(other))


def test_agreement_needs_pairs() -> None:
    for sizes in ((0, 0), (2, 3)):
        with pytest.raises(ValueError, match=f"not {sizes[0]} differences and {sizes[1]} chances"):
            agreement_of(*(np.zeros(size) for size in sizes))


def test_numbers_in_words() -> None:
    assert (percent(-0.126), tenths(-0.1264), percent(0.5)) == ("−13", "−12.6", "50")
    assert short(estimate([0.5]), percent) == "50"
    assert short(estimate([0.5, 0.5]), percent) == "50 [50, 50]"
