"""Characters as tokens: 32 of them, one number each."""

from __future__ import annotations

PAD, START, END = 0, 1, 2
SPECIAL = ("<pad>", "<start>", "<end>")
CHARACTERS = "0123456789+-*=()# rcsd!hm?,.:"
TOKENS = (*SPECIAL, *CHARACTERS)
SIZE = len(TOKENS)
_NUMBERS = {character: number for number, character in enumerate(TOKENS)}


class UnknownCharacter(ValueError):  # noqa: N818
    """A text holds a character that is no token."""


def encode(text: str) -> list[int]:
    """The tokens of a text, without start and end; raises UnknownCharacter."""
    try:
        return [_NUMBERS[character] for character in text]
    except KeyError as error:
        raise UnknownCharacter(f"{text!r}: {error} is no token; there are {CHARACTERS!r}") from None


def decode(tokens: list[int]) -> str:
    """The text of tokens up to the first end mark; start and padding are passed over."""
    if END in tokens:
        tokens = tokens[: tokens.index(END)]
    return "".join(TOKENS[token] for token in tokens if token not in (PAD, START))
