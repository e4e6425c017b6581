"""The solver against every published position that has at least twelve stones (make test-data)."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from games.connect_four_solver import ILLEGAL, Solver
from games.notation import ScoredPosition, read_scored_positions

FIRST_PLY = 12  # earlier positions take too long without an opening book


def position_files() -> list[Path]:
    """Every file of scores in the folder that MOVE37_DATA names; fails where there is none."""
    folder = os.environ.get("MOVE37_DATA")
    if not folder:
        pytest.fail("MOVE37_DATA is unset: let it name the folder that holds connect_four/*.allscores")
    files = sorted(Path(folder).glob("connect_four/*.allscores"))
    if not files:
        pytest.fail(f"MOVE37_DATA={folder}: there is no connect_four/*.allscores in that folder")
    return files


def expected_scores(position: ScoredPosition) -> list[int]:
    return [ILLEGAL if score is None else score for score in position.scores]


@pytest.mark.data
def test_every_published_position_from_ply_twelve_on() -> None:
    solver, checked, wrong = Solver(), 0, []
    for path in position_files():
        positions = [line for line in read_scored_positions(path) if len(line.actions) >= FIRST_PLY]
        if not positions:
            continue
        found = solver.action_scores(np.concatenate([line.state for line in positions]))
        expected = np.array([expected_scores(line) for line in positions])
        wrong += [positions[row].place for row in np.flatnonzero((found != expected).any(axis=1))]
        checked += len(positions)
    print(f"{checked} positions checked")
    assert not wrong, f"{len(wrong)} of {checked} positions differ, the first: {', '.join(wrong[:5])}"
    assert checked, f"no position of at least {FIRST_PLY} stones was found"
