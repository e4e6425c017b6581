"""Boards of two players as text: a line a row, '.' an empty cell, X's marks (who began) and O's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MARKS = ".XO"


def marks_text(cells: Any) -> str:
    """Cells [H, W], 0 empty, 1 X, 2 O, as H lines."""
    return "\n".join("".join(MARKS[cell] for cell in row) for row in cells)


def read_marks(text: str, height: int, width: int) -> tuple[NDArray[np.int8], int]:
    """The inverse of marks_text: cells [H * W], and who moves next where X and O took turns, 0 or 1.

    Raises ValueError for what is no such board.
    """
    marks = "".join(text.split())
    if len(marks) != height * width or set(marks) - set(MARKS):
        raise ValueError(f"a board is {height} lines of {width} marks of '{MARKS}', not {text[:200]!r}")
    lead = marks.count("X") - marks.count("O")
    if lead not in (0, 1):
        raise ValueError(f"X begins and they alternate, so X cannot be {lead} marks ahead of O")
    return np.array([MARKS.index(mark) for mark in marks], np.int8), lead
