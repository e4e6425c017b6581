"""The boards of the report: agents/gallery.py."""

from __future__ import annotations

import numpy as np

from agents.gallery import _telling
from agents.positions import PositionSet
from games import connect_four
from games.connect_four_solver import ILLEGAL


def test_boards_tell_zero_from_the_human_and_its_imitator() -> None:
    """Row by row: all fail but Zero (two right moves); Zero fails; the imitator is right too; the human
    mostly is; all fail but Zero (one right move), which is shown first."""
    scores = np.full((5, 7), -1, np.int8)
    scores[:, 0] = 1  # column 1 keeps the win everywhere
    scores[0, 1] = 1
    scores[:, 6] = ILLEGAL
    human = np.zeros((5, 7))
    human[:, 0], human[:, 2] = 0.2, 0.8
    human[3] = [0.6, 0, 0.4, 0, 0, 0, 0]
    positions = PositionSet("five", connect_four.GAME.new(5), scores)
    searched, imitated = np.array([0, 2, 0, 0, 0]), np.array([2, 2, 0, 2, 2])
    assert _telling(positions, human, imitated, searched).tolist() == [4, 0]
