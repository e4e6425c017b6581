"""What stands in the values of SGF files: results, komi, texts in whatever encoding."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sgfmill import sgf_grammar

Properties = dict[str, list[bytes]]
LARGEST_KOMI = 361
LONGEST = 100_000  # bytes of a text that are looked at


@dataclass(frozen=True)
class Result:
    """How a game ended.

    winner: +1 Black, -1 White, 0 a draw, None unknown; how: "count", "resignation", "time", "forfeit",
    "draw", "void", or "" where it is not told; margin: points, of a count.
    """

    winner: int | None = None
    how: str = ""
    margin: float | None = None

    def __str__(self) -> str:
        """As SGF writes it: B+3.5, W+R, 0, Void, ?."""
        if self.winner is None:
            return "Void" if self.how == "void" else "?"
        if self.winner == 0:
            return "0"
        side = "B" if self.winner > 0 else "W"
        if self.how == "count" and self.margin is not None:
            return f"{side}+{self.margin:g}"
        return f"{side}+{ {'resignation': 'R', 'time': 'T', 'forfeit': 'F'}.get(self.how, '') }"


HOW = {"r": "resignation", "t": "time", "f": "forfeit"}
CHINESE = {"黑": 1, "黒": 1, "白": -1}


def parse_result(text: str, notes: list[str]) -> Result:
    """RE's text as a Result; what it does not understand is unknown, with a note."""
    text = text.strip()
    lower = text.lower()
    if lower in ("0", "draw", "jigo", "持碁", "和棋"):
        return Result(0, "draw")
    if lower == "void":
        return Result(None, "void")
    match = re.fullmatch(r"(b|w|black|white)\s*\+\s*(.*)", lower, re.DOTALL)
    if match:
        return _won(1 if match[1][0] == "b" else -1, match[2].strip())
    if text[:1] in CHINESE and ("胜" in text or "勝" in text):
        resigned = "中" in text  # 中盘胜, 中押し勝ち: won in the middle
        return Result(CHINESE[text[0]], "resignation" if resigned else "")
    notes.append("no result" if text in ("", "?") else "result unreadable")
    return Result()


def _won(winner: int, how: str) -> Result:
    number = re.match(r"([0-9]{1,3})(?:[.,]([0-9]{0,3}))?", how)
    if number:
        margin = float(f"{number[1]}.{number[2] or 0}")
        return Result(winner, "count", margin) if margin else Result(0, "draw")
    return Result(winner, HOW.get(how[:1], ""))


def komi_of(root: Properties, size: int, notes: list[str]) -> float | None:
    """KM as a number of points, None where it is missing or makes no sense.

    Some servers write 100 times the points (650), some 100 times Chinese stones (375).
    """
    text = text_of(root, "KM").strip().replace(",", ".")
    if not text:
        notes.append("KM missing")
        return None
    try:
        komi = float(text) if re.fullmatch(r"[-+]?[0-9]{0,6}\.?[0-9]{0,6}", text) else math.nan
    except ValueError:
        komi = math.nan
    if abs(komi) > size * size and 100 <= abs(komi) <= 1500:
        notes.append("KM in hundredths")
        komi = 7.5 if komi == 375 else komi / 100
    if not abs(komi) <= min(size * size, LARGEST_KOMI):
        notes.append("KM unreadable")
        return None
    return komi


def text_of(node: Properties, name: str, told: str = "", lines: bool = False) -> str:
    """A text of a node, "" where there is none; with `lines` its line breaks are kept.

    Files lie about their encoding: UTF-8 where that fits, else what CA (`told`) says, else one that always
    fits.
    """
    raw = node.get(name, [b""])[0][:LONGEST]
    data = sgf_grammar.text_value(raw) if lines else sgf_grammar.simpletext_value(raw)
    for encoding in ("utf-8", told):
        try:
            return str(data.decode(encoding)).strip("\x00 ")
        except (UnicodeError, LookupError, ValueError):
            continue
    return str(data.decode("latin-1")).strip("\x00 ")
