"""Averages over tokens and answers, and the penalty for long ones, by hand."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import tensor

from lab.losses import answer_mean, constant_length_mean, overlong_penalty, token_mean

LOSS, LENGTHS = tensor([1.0, 2.0, 3.0, 8.0]), tensor([3, 1])


def test_averages_by_hand() -> None:
    """Answers (1 2 3) and (8): means 2 and 8; 14 in sum over 4 tokens; sums 6 and 8, of at most 10 tokens."""
    assert float(answer_mean(LOSS, LENGTHS)) == 5.0
    assert float(token_mean(LOSS, LENGTHS)) == 3.5
    assert float(constant_length_mean(LOSS, LENGTHS)) == 7.0
    assert float(constant_length_mean(LOSS, LENGTHS, 10)) == pytest.approx(0.7)


@given(st.integers(1, 5), st.integers(1, 6))
def test_answers_of_one_length_are_averaged_alike(answers: int, length: int) -> None:
    lengths = torch.full((answers,), length)
    loss = torch.arange(answers * length, dtype=torch.float64)
    alike = [
        answer_mean(loss, lengths),
        token_mean(loss, lengths),
        constant_length_mean(loss, lengths, length),
    ]
    assert [float(value) for value in alike] == pytest.approx([float(loss.mean())] * 3)


def test_overlong_by_hand() -> None:
    """Of 10 tokens at most, the last 4 cost: 6 nothing, 8 a half, 10 all of it, 15 no more than that."""
    assert overlong_penalty(tensor([1, 6, 8, 10, 15]), 10, 4).tolist() == [0.0, 0.0, -0.5, -1.0, -1.0]


@pytest.mark.parametrize("average", [answer_mean, token_mean, constant_length_mean])
def test_other_shapes_are_named(average: object) -> None:
    with pytest.raises(ValueError, match=r"T in sum, not \(4,\) and \(2,\), of 3 tokens in sum"):
        average(LOSS, tensor([2, 1]))  # type: ignore[operator]
    with pytest.raises(ValueError, match="at least one token"):
        average(LOSS, tensor([4, 0]))  # type: ignore[operator]
    with pytest.raises(ValueError, match="at least one answer"):
        average(torch.zeros(0), torch.zeros(0, dtype=torch.int64))  # type: ignore[operator]


@pytest.mark.parametrize("margin", [0, 11])
def test_a_margin_that_cannot_be(margin: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 10 tokens before the end, not {margin}"):
        overlong_penalty(tensor([1]), 10, margin)
