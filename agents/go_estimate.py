"""Judging a Go position without a network: a club player's eye for moves, playouts for who is ahead.

For the window, and for whoever wants an opinion where nothing has been learned yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.go_rollouts import _playout, rollout_values
from agents.scripted import human_player
from games.core import Game, States, as_states
from lab.randomness import fold_in

if TYPE_CHECKING:
    from agents.search import Evaluator

EYE = "tactician.careful"  # whose moves are looked at first
SURE = 0.4  # of the prior; the rest is shared by all legal moves
PLAYOUTS = 16  # behind each judgement
PASS_SHARE = 0.002  # of the prior, where there is anything else: passing early loses on the spot


def playout_evaluator(game: Game, playouts: int = PLAYOUTS) -> Evaluator:
    """Prior logits [B, A] of the club player's choice, softened, and the mean result of playouts [B]. A pure
    function of the position."""
    eye = human_player(EYE)
    assert eye.policy is not None
    policy = eye.policy

    def evaluate(states: States) -> Any:
        legal = game.legal_action_mask(states).astype(np.float64)
        even = legal / np.maximum(1.0, legal.sum(axis=1, keepdims=True))
        seen = policy(states)
        prior = SURE * seen + (1.0 - SURE) * even
        passing = even[:, -1] * PASS_SHARE
        wants = seen[:, -1] > 0.5  # nothing else is left to do
        prior[:, -1] = np.where(wants, prior[:, -1], passing)
        logits = np.log(np.maximum(prior, 1e-6)).astype(np.float32)
        return logits, rollout_values(states, playouts)

    return evaluate


@njit(cache=True, nogil=True)
def _ownership(states: Any, scratch: Any, playouts: int, seed: int, sums: Any) -> None:
    points = states[0].size * states[0].size
    empties, owner = np.zeros(points + 1, np.int16), np.zeros(points, np.int8)
    key = fold_in(np.uint64(seed), 41) ^ states[0].key
    for playout in range(playouts):
        scratch[0] = states[0]
        _playout(scratch[0], empties, owner, fold_in(key, playout), True)
        for action in range(points):
            sums[action] += owner[action]


def ownership(state: States, playouts: int, seed: int = 0) -> tuple[NDArray[np.float64], float]:
    """Whose each point is at the end of so many playouts from a position [1].

    Returns (owner [N * N] in [-1, 1], +1 Black's always; Black's mean lead, komi taken off). A pure function
    of position, number and seed. Raises ValueError for less than one playout.
    """
    if playouts < 1:
        raise ValueError(f"ownership needs at least 1 playout, not {playouts}")
    sums = np.zeros(int(state["size"][0]) ** 2, np.int64)
    scratch = np.zeros(1, state.dtype)
    _ownership(as_states(state, state.dtype), scratch, int(playouts), int(seed), sums)
    owner = sums / playouts
    return owner, float(owner.sum() - state["komi"][0])
