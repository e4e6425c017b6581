"""The text of GTP 2: lines to commands, colours and points to words and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from games.core import Game

COLORS = {"b": 0, "black": 0, "w": 1, "white": 1}
LETTERS = "BW"
LARGEST_NUMBER = 1e9


class GtpError(Exception):
    """A command that cannot be done; the message is what follows the question mark."""


@dataclass(frozen=True)
class Command:
    """A line: the number it carries ("" without one), the command's name, what follows."""

    number: str
    name: str
    words: tuple[str, ...]


def read_command(line: bytes) -> Command | None:
    """The command of a line, or None where it holds none: control characters and comments are left out."""
    plain = bytes(32 if byte == 9 else byte for byte in line if (byte >= 32 and byte != 127) or byte == 9)
    words = plain.split(b"#", 1)[0].decode("utf-8", "replace").split(" ")
    words = [word for word in words if word]
    if not words:
        return None
    number = words.pop(0) if words[0].isascii() and words[0].isdigit() else ""
    return Command(number, words[0] if words else "", tuple(words[1:]))


def reply_head(number: str, good: bool) -> str:
    """What an answer begins with: "=12 ", or "? "."""
    return f"{'=' if good else '?'}{number} "


def one_line(text: str) -> str:
    """A text without line breaks, which an error must not have: an empty line would end the answer."""
    return " ".join(text.split())


def color_of(word: str) -> int:
    """0 for Black, 1 for White. Raises GtpError."""
    if word.lower() not in COLORS:
        raise GtpError("invalid color or coordinate")
    return COLORS[word.lower()]


def action_of(word: str, game: Game) -> int:
    """The action of a point ("D4", "d4") or "pass". Raises GtpError."""
    name = word.upper() if word.lower() != "pass" else "pass"
    if name not in game.action_names:
        raise GtpError("invalid color or coordinate")
    return game.action_names.index(name)


def whole_number(word: str) -> int:
    """A whole number, not below 0. Raises GtpError."""
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise GtpError(f"{word[:20]!r} is no whole number, 0 or more")
    return int(word)


def number(word: str) -> float:
    """A number. Raises GtpError for none, and for what is not finite."""
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and abs(value) < LARGEST_NUMBER and "_" not in word):
        raise GtpError(f"{word[:20]!r} is no number")
    return value


def score_text(balance: float) -> str:
    """Black's points minus White's, komi counted, as a result: "B+3.5", "W+1", "0"."""
    return "0" if balance == 0 else f"{'B' if balance > 0 else 'W'}+{abs(balance):g}"
