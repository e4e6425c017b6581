"""One node of one search tree: its edges' values, the policy they improve, the edge to follow next.

Kernels of lab/tree_search.py. `blocks` and `whole` are all trees' nodes [B * N, 8, K padded] as
lab/tree_layout.py lays them out, `i` is the node's place among them, `k` runs over edges. What is
computed by edge goes to rows of `scratch`, float64 [3, K padded]; `bits` is an int64 view of it. Rows
are never sliced: a slice counts references, which costs more than what is done with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from lab.tree_layout import (
    CHILD,
    COUNT,
    EXACT,
    LOG_PRIOR,
    NODE,
    NONE,
    PRIOR,
    PROVEN,
    SUM,
    TOTAL,
    VALUE,
    VISITS,
    Q,
)

MAX_VALUE = 1.0
# divisions without a check, as vector instructions want it; inlined, for a call hands over forty numbers
KERNEL: Any = {"cache": True, "error_model": "numpy", "forceinline": True}
# where the order of a sum decides no tie
SUMS: Any = KERNEL | {"fastmath": {"reassoc", "contract", "nnan", "nsz"}}
LOG2_E, LN_2 = 1.4426950408889634, 0.6931471805599453
COMPLETED, POLICY, POWERS = 0, 1, 2  # rows of scratch
NO_EDGE = -1e300  # the score of an edge that is not there


@njit(**SUMS)
def exp_of_policy(scratch: Any, bits: Any, peak: float) -> float:
    """The row POLICY becomes exp(x - peak), x at most peak, to 11 digits; returns the sum.

    Written to run as vector instructions: 2^n * exp(r), |r| <= ln(2) / 2. The series is
    bracketed in pairs (Estrin), so that its terms need not wait for each other.
    """
    for k in range(scratch.shape[1]):
        # below -700 it is 0 in all but name, and the exponent would overflow
        shifted = max(scratch[POLICY, k] - peak, -700.0)
        n = np.floor(shifted * LOG2_E + 0.5)
        r = shifted - n * LN_2
        bits[POWERS, k] = (np.int64(n) + 1023) << 52
        square = r * r
        low = (1.0 + r) + square * (1 / 2 + r * (1 / 6))
        middle = (1 / 24 + r * (1 / 120)) + square * (1 / 720 + r * (1 / 5040))
        high = 1 / 40320 + r * (1 / 362880)
        fourth = square * square
        scratch[POLICY, k] = low + fourth * (middle + fourth * high)
    total = 0.0
    for k in range(scratch.shape[1]):
        scratch[POLICY, k] *= scratch[POWERS, k]
        total += scratch[POLICY, k]
    return total


@njit(**KERNEL)
def best_edge(scratch: Any) -> int:
    """The first of the highest scores, which lie in the row POLICY."""
    best, highest = 0, scratch[POLICY, 0]
    for k in range(1, scratch.shape[1]):
        if scratch[POLICY, k] > highest:
            best, highest = k, scratch[POLICY, k]
    return best


@njit(**KERNEL)
def best_prior(blocks: Any, i: int) -> int:
    """The first edge of the highest prior."""
    best, highest = 0, blocks[i, LOG_PRIOR, 0]
    for k in range(1, blocks.shape[2]):
        if blocks[i, LOG_PRIOR, k] > highest:
            best, highest = k, blocks[i, LOG_PRIOR, k]
    return best


@njit(**KERNEL)
def edge_q(blocks: Any, whole: Any, i: int, k: int) -> float:
    """q of a visited edge: the proven one, else the average; in float64, where equal values stay equal."""
    average = np.float64(blocks[i, SUM, k]) / np.float64(max(1, whole[i, COUNT, k]))
    return np.float64(blocks[i, Q, k]) if whole[i, PROVEN, k] else average


@njit(**SUMS)
def completed_q(blocks: Any, whole: Any, i: int, scratch: Any) -> int:
    """COMPLETED = q, unvisited edges completed by v_mix (Gumbel, equations 10 and 33); gives the largest
    visit count."""
    most, prior_sum, weighted = 0, 0.0, 0.0
    for k in range(scratch.shape[1]):
        scratch[COMPLETED, k] = edge_q(blocks, whole, i, k)
        prior = np.float64(blocks[i, PRIOR, k]) if whole[i, COUNT, k] > 0 else 0.0
        prior_sum += prior
        weighted += prior * scratch[COMPLETED, k]
        most = max(most, whole[i, COUNT, k])
    visits, mix = whole[i, NODE, VISITS], np.float64(blocks[i, NODE, VALUE])
    if prior_sum > 0.0:
        mix = (mix + visits * weighted / prior_sum) / (1.0 + visits)
    for k in range(scratch.shape[1]):
        scratch[COMPLETED, k] = scratch[COMPLETED, k] if whole[i, COUNT, k] > 0 else mix
    return most


@njit(**SUMS)
def improved_weights(
    blocks: Any, whole: Any, i: int, c_visit: float, c_scale: float, scratch: Any, bits: Any
) -> tuple[float, float]:  # fmt: skip
    """POLICY = exp(log prior + sigma * completed q - their peak) and COMPLETED = q;
    returns (sigma, the sum of the weights). Edges that are not there weigh next to nothing."""
    sigma = (c_visit + completed_q(blocks, whole, i, scratch)) * c_scale
    peak = -np.inf
    for k in range(scratch.shape[1]):
        scratch[POLICY, k] = blocks[i, LOG_PRIOR, k] + sigma * scratch[COMPLETED, k]
        peak = max(peak, scratch[POLICY, k])
    return sigma, exp_of_policy(scratch, bits, peak)


@njit(**KERNEL)
def improved_policy(
    blocks: Any, whole: Any, i: int, c_visit: float, c_scale: float, scratch: Any, bits: Any
) -> float:  # fmt: skip
    """POLICY = softmax(log prior + sigma * completed q) (Gumbel, equations 8 and 11), and
    COMPLETED = q; returns sigma."""
    sigma, total = improved_weights(blocks, whole, i, c_visit, c_scale, scratch, bits)
    for k in range(scratch.shape[1]):
        scratch[POLICY, k] = scratch[POLICY, k] / total if blocks[i, LOG_PRIOR, k] > -np.inf else 0.0
    return float(sigma)


@njit(**KERNEL)
def visit_policy(blocks: Any, whole: Any, i: int, scratch: Any) -> None:
    """POLICY = PUCT's policy: shares of the visits; once the root is proven, of those to its best
    moves. COMPLETED holds q."""
    total = 0.0
    for k in range(scratch.shape[1]):
        is_worse = whole[i, NODE, EXACT] and scratch[COMPLETED, k] < blocks[i, NODE, VALUE]
        scratch[POLICY, k] = 0 if is_worse else whole[i, COUNT, k]
        total += scratch[POLICY, k]
    for k in range(scratch.shape[1]):
        scratch[POLICY, k] /= total


@njit(**KERNEL)
def root_edge(
    blocks: Any, whole: Any, i: int, schedule: Any, simulation: int, noises: Any, b: int, c_visit: float,
    c_scale: float, scratch: Any,
) -> int:  # fmt: skip
    """Sequential halving: of the edges visited as often as the schedule says, the best
    gumbel + logit + sigma(q) (Gumbel, algorithm 2). Proven edges need no more visits and are passed
    over; where that leaves nobody on schedule, the best unproven edge is taken."""
    sigma = (c_visit + completed_q(blocks, whole, i, scratch)) * c_scale
    num_edges = 0
    for k in range(scratch.shape[1]):
        num_edges += blocks[i, LOG_PRIOR, k] > -np.inf
    wanted = schedule[min(num_edges, schedule.shape[0] - 1), simulation]
    best, best_on_schedule, best_score = 0, False, -np.inf
    for k in range(scratch.shape[1]):
        if blocks[i, LOG_PRIOR, k] == -np.inf or whole[i, PROVEN, k]:
            continue
        on_schedule = whole[i, COUNT, k] == wanted
        score = noises[b, k] + blocks[i, LOG_PRIOR, k] + sigma * scratch[COMPLETED, k]
        if (on_schedule, score) > (best_on_schedule, best_score):
            best, best_on_schedule, best_score = k, on_schedule, score
    return best


@njit(**KERNEL)
def inner_edge(
    blocks: Any, whole: Any, i: int, c_visit: float, c_scale: float, scratch: Any, bits: Any
) -> int:
    """The edge that brings the visits nearest to the improved policy (Gumbel, equation 14)."""
    visits = whole[i, NODE, VISITS]
    if visits == 0:  # all q alike: the improved policy is the prior
        return int(best_prior(blocks, i))
    _, total = improved_weights(blocks, whole, i, c_visit, c_scale, scratch, bits)
    share, one = 1.0 / total, 1.0 / (1.0 + visits)
    for k in range(scratch.shape[1]):
        score = scratch[POLICY, k] * share - whole[i, COUNT, k] * one
        scratch[POLICY, k] = score if blocks[i, LOG_PRIOR, k] > -np.inf else NO_EDGE
    return int(best_edge(scratch))


@njit(**KERNEL)
def puct_edge(
    blocks: Any, whole: Any, i: int, is_root: bool, at_root: Any, b: int, c_puct: float, scratch: Any
) -> int:
    """The edge of the largest q + c_puct * prior * sqrt(visits) / (1 + own visits); an unvisited
    edge is taken to be worth what the node is. At the root the prior is the noisy one, at_root[b]."""
    visits = whole[i, NODE, VISITS]
    average = (np.float64(blocks[i, NODE, VALUE]) + blocks[i, NODE, TOTAL]) / (1.0 + visits)
    explore = c_puct * np.sqrt(visits + 1.0)
    for k in range(scratch.shape[1]):
        q = edge_q(blocks, whole, i, k) if whole[i, COUNT, k] > 0 else average
        prior = at_root[b, k] if is_root else blocks[i, PRIOR, k]
        score = q + explore * prior / (1.0 + whole[i, COUNT, k])
        scratch[POLICY, k] = score if blocks[i, LOG_PRIOR, k] > -np.inf else NO_EDGE
    return int(best_edge(scratch))


@njit(**KERNEL)
def final_edge(
    blocks: Any, whole: Any, i: int, is_gumbel: bool, noises: Any, b: int, sigma: float, scratch: Any
) -> int:
    """The move to play: a proven win if there is one, never a proven loss if anything else is left;
    of the rest the most visited, and among those the best gumbel + logit + sigma(q), or q for PUCT.
    A proven draw counts as most visited for Gumbel, whose root stops visiting what is proven."""
    best, best_class, best_visits, best_score = 0, -2, -1, -np.inf
    most = 0
    for k in range(scratch.shape[1]):
        most = max(most, whole[i, COUNT, k])
    for k in range(scratch.shape[1]):
        if blocks[i, LOG_PRIOR, k] == -np.inf:
            continue
        kind, visits, q = 0, whole[i, COUNT, k], scratch[COMPLETED, k]
        if whole[i, PROVEN, k]:
            kind = 1 if q >= MAX_VALUE else (-1 if q <= -MAX_VALUE else 0)
            visits = most if is_gumbel else visits
        if whole[i, NODE, EXACT] and q < blocks[i, NODE, VALUE]:
            kind = -1  # all is proven: what is not the best is out
        score = noises[b, k] + blocks[i, LOG_PRIOR, k] + sigma * q if is_gumbel else q
        if (kind, visits, score) > (best_class, best_visits, best_score):
            best, best_class, best_visits, best_score = k, kind, visits, score
    return best


@njit(**KERNEL)
def prove(blocks: Any, whole: Any, i: int) -> None:
    """Mark a node exact if an edge is proven to be worth the maximum, or if all edges are proven."""
    highest, all_proven = -np.inf, True
    for k in range(blocks.shape[2]):
        if blocks[i, LOG_PRIOR, k] > -np.inf:
            if whole[i, PROVEN, k]:
                highest = max(highest, blocks[i, Q, k])
            else:
                all_proven = False
    if highest >= MAX_VALUE or (all_proven and highest > -np.inf):
        whole[i, NODE, EXACT] = 1
        blocks[i, NODE, VALUE] = highest


@njit(**SUMS)
def write_edges(
    blocks: Any, whole: Any, i: int, action_ids: Any, logits: Any, b: int, scratch: Any, bits: Any
) -> None:
    """The edges of a new node: action_ids [b], the prior the softmax of the logits [b] of those there are."""
    count, peak = action_ids.shape[1], -np.inf
    for k in range(scratch.shape[1]):
        scratch[COMPLETED, k] = -np.inf
    for k in range(count):
        if action_ids[b, k] != NONE:
            scratch[COMPLETED, k] = max(logits[b, k], -1e30)
    for k in range(scratch.shape[1]):
        peak = max(peak, scratch[COMPLETED, k])
    peak = max(peak, -1e30)  # a finished game has no edge
    for k in range(scratch.shape[1]):
        scratch[POLICY, k] = scratch[COMPLETED, k]
    total = exp_of_policy(scratch, bits, peak)
    shift, share = peak + np.log(total), 1.0 / total
    for k in range(scratch.shape[1]):
        blocks[i, LOG_PRIOR, k] = scratch[COMPLETED, k] - shift
        blocks[i, PRIOR, k] = scratch[POLICY, k] * share if scratch[COMPLETED, k] > -np.inf else 0.0
        blocks[i, Q, k], blocks[i, SUM, k] = 0.0, 0.0
        whole[i, COUNT, k], whole[i, CHILD, k], whole[i, PROVEN, k] = 0, NONE, 0
