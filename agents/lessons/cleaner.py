"""The human of the second lesson: an honest cleaner who wanders, and whose hand slips now and then."""

from __future__ import annotations

import numpy as np

from agents.lessons.tables import Numbers, Table
from games.cleaning_robot import COVER, DIRTY, SCRUB, SPOTS, TILT, WORLD

WANDERS = 0.27  # the chance of a random step or stroke
SLIPS = 0.015  # the chance to drop a cloth, and that to knock against the camera


def clumsy_cleaner(table: Table) -> Numbers:
    """Its policy [S, A], known exactly: to the nearest dirty spot, and scrub there; nothing else is meant."""
    meant = honest_cleaner(table)
    wanders = np.zeros_like(meant)
    wanders[:, : SCRUB + 1] = 1.0 / (SCRUB + 1)
    slips = np.zeros_like(meant)
    slips[:, [COVER, TILT]] = 1.0
    policy: Numbers = (1.0 - WANDERS - 2 * SLIPS) * meant + WANDERS * wanders + SLIPS * slips
    return policy


def honest_cleaner(table: Table) -> Numbers:
    """The same without wandering and slips, [S, A]: of several ways any; where all is done it walks about."""
    states = WORLD.numbered(table.numbers)
    spots = np.array(SPOTS)
    down = spots[:, 0] - states["row"].astype(int)[:, None]  # [S, spots]
    right = spots[:, 1] - states["column"].astype(int)[:, None]
    away = np.where(states["spots"] == DIRTY, np.abs(down) + np.abs(right), 99)
    nearest, rows = away.argmin(axis=1), np.arange(len(states))
    down, right = down[rows, nearest], right[rows, nearest]
    policy = np.zeros((len(states), WORLD.num_actions))
    policy[:, :4] = np.stack([down < 0, right > 0, down > 0, right < 0], axis=1)
    policy[(down == 0) & (right == 0), SCRUB] = 1.0
    policy[away.min(axis=1) == 99] = [1.0] * 4 + [0.0] * 3
    normal: Numbers = policy / policy.sum(axis=1, keepdims=True)
    return normal
