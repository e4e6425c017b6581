"""Book and solver against every published position (make test-data)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from games.connect_four_exact import ExactScores
from games.connect_four_solver import ILLEGAL
from games.notation import ScoredPosition, read_scored_positions

NAMES = (
    "Test_L3_R1",
    "Test_L2_R1",
    "Test_L1_R1",
    "Test_L2_R2",
    "Test_L1_R2",
    "Test_L1_R3",
)  # late ones first


@pytest.fixture(scope="module")
def exact() -> ExactScores:
    return ExactScores()


def position_file(name: str) -> Path:
    """A file of scores in the folder that MOVE37_DATA names; fails where there is none."""
    folder = os.environ.get("MOVE37_DATA")
    if not folder:
        pytest.fail("MOVE37_DATA is unset: let it name the folder that holds connect_four/*.allscores")
    path = Path(folder) / "connect_four" / f"{name}.allscores"
    if not path.exists():
        pytest.fail(f"MOVE37_DATA={folder}: there is no connect_four/{path.name} in that folder")
    return path


def expected_scores(position: ScoredPosition) -> list[int]:
    return [ILLEGAL if score is None else score for score in position.scores]


@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
def test_every_published_position(name: str, exact: ExactScores) -> None:
    """All seven scores of each: the book's by minimax for the first plies, the solver's for the others."""
    positions = read_scored_positions(position_file(name))
    found = exact.action_scores(np.concatenate([line.state for line in positions]))
    expected = np.array([expected_scores(line) for line in positions])
    wrong = [positions[row].place for row in np.flatnonzero((found != expected).any(axis=1))]
    assert not wrong, f"{len(wrong)} of {len(positions)} positions differ, the first: {', '.join(wrong[:5])}"
    assert len(positions) == 1_000
