"""Characters as tokens: there and back, and what is no character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_bridge.vocabulary import (
    CHARACTERS,
    END,
    PAD,
    SIZE,
    START,
    TOKENS,
    UnknownCharacter,
    decode,
    encode,
)

texts = st.text(CHARACTERS)


@given(texts)
def test_a_text_comes_back(text: str) -> None:
    assert decode(encode(text)) == text


@given(texts, texts)
def test_the_text_ends_at_the_first_end_mark(text: str, rest: str) -> None:
    assert decode([START, *encode(text), END, *encode(rest), END, PAD]) == text
    assert decode([PAD, START, *encode(text), PAD]) == text


@given(st.lists(st.integers(3, SIZE - 1)))
def test_tokens_come_back(tokens: list[int]) -> None:
    assert encode(decode(tokens)) == tokens


def test_every_token_has_one_number() -> None:
    assert len(set(TOKENS)) == SIZE == 32
    assert (TOKENS[PAD], TOKENS[START], TOKENS[END]) == ("<pad>", "<start>", "<end>")
    assert encode("09+=") == [3, 12, 13, 16]


@pytest.mark.parametrize("text", ["12x", "<end>", "٣+4=", "1\n", "1²"])
def test_what_is_no_token_is_named(text: str) -> None:
    with pytest.raises(UnknownCharacter, match="is no token; there are") as caught:
        encode(text)
    assert repr(text) in str(caught.value)
