"""One node of one search tree: its edges' values, the policy they improve, the edge to follow next.

Kernels of lab/tree_search.py; `block` and `whole` are one node's [8, K padded] as lab/tree_layout.py
lays it out, `k` runs over edges. What is computed by edge goes to rows of `scratch`, float64 [4, K padded].
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
LOG2_E, LN_2 = 1.4426950408889634, 0.6931471805599453
NO_EDGE = -1e300  # the score of an edge that is not there


@njit(cache=True)
def exp_of_row(x: Any, powers: Any) -> None:
    """x = exp(x) for x at most 0, to 12 digits, as vector instructions: 2^n * exp(r), |r| <= ln(2) / 2.

    `powers` is scratch of the same length.
    """
    bits = powers.view(np.int64)
    for k in range(x.shape[0]):
        shifted = max(x[k], -700.0)  # below that 0 in all but name, and the exponent would overflow
        n = np.floor(shifted * LOG2_E + 0.5)
        r = shifted - n * LN_2
        bits[k] = (np.int64(n) + 1023) << 52
        series = 1.0 + r / 10.0
        series = 1.0 + r * series * (1.0 / 9.0)
        series = 1.0 + r * series * (1.0 / 8.0)
        series = 1.0 + r * series * (1.0 / 7.0)
        series = 1.0 + r * series * (1.0 / 6.0)
        series = 1.0 + r * series * (1.0 / 5.0)
        series = 1.0 + r * series * (1.0 / 4.0)
        series = 1.0 + r * series * (1.0 / 3.0)
        series = 1.0 + r * series * 0.5
        x[k] = 1.0 + r * series
    for k in range(x.shape[0]):
        x[k] *= powers[k]


@njit(cache=True)
def best_edge(scores: Any) -> int:
    """The first of the highest scores."""
    best: int = 0
    for k in range(1, scores.shape[0]):
        if scores[k] > scores[best]:
            best = k
    return best


@njit(cache=True)
def completed_q(block: Any, whole: Any, q: Any) -> int:
    """Fill q [K], unvisited edges completed by v_mix (Gumbel, equations 10 and 33); gives the largest
    visit count."""
    most, prior_sum, weighted = 0, 0.0, 0.0
    for k in range(q.shape[0]):
        if whole[COUNT, k] > 0:
            most = max(most, whole[COUNT, k])
            prior_sum += block[PRIOR, k]
            weighted += block[PRIOR, k] * np.float64(block[Q, k])
    visits, mix = whole[NODE, VISITS], np.float64(block[NODE, VALUE])
    if prior_sum > 0.0:
        mix = (mix + visits * weighted / prior_sum) / (1.0 + visits)
    for k in range(q.shape[0]):
        q[k] = block[Q, k] if whole[COUNT, k] > 0 else mix
    return most


@njit(cache=True)
def improved_policy(block: Any, whole: Any, c_visit: float, c_scale: float, scratch: Any) -> float:
    """scratch[1] = softmax(log prior + sigma * completed q) (Gumbel, equations 8 and 11), and
    scratch[0] the completed q; returns sigma."""
    q, policy = scratch[0], scratch[1]
    sigma: float = (c_visit + completed_q(block, whole, q)) * c_scale
    peak, total = -np.inf, 0.0
    for k in range(q.shape[0]):
        policy[k] = block[LOG_PRIOR, k] + sigma * q[k]
        peak = max(peak, policy[k])
    for k in range(q.shape[0]):
        policy[k] -= peak
    exp_of_row(policy, scratch[2])
    for k in range(q.shape[0]):
        policy[k] = policy[k] if block[LOG_PRIOR, k] > -np.inf else 0.0
        total += policy[k]
    for k in range(q.shape[0]):
        policy[k] /= total
    return sigma


@njit(cache=True)
def visit_policy(block: Any, whole: Any, scratch: Any) -> None:
    """scratch[1] = PUCT's policy: shares of the visits; once the root is proven, of those to its best
    moves. scratch[0] holds q."""
    q, policy, total = scratch[0], scratch[1], 0.0
    for k in range(q.shape[0]):
        policy[k] = whole[COUNT, k]
        if whole[NODE, EXACT] and policy[k] > 0 and q[k] < block[NODE, VALUE]:
            policy[k] = 0.0
        total += policy[k]
    for k in range(q.shape[0]):
        policy[k] /= total


@njit(cache=True)
def root_edge(
    block: Any, whole: Any, schedule: Any, simulation: int, noises: Any, c_visit: float, c_scale: float,
    scratch: Any,
) -> int:  # fmt: skip
    """Sequential halving: of the edges visited as often as the schedule says, the best
    gumbel + logit + sigma(q) (Gumbel, algorithm 2). Proven edges need no more visits and are passed
    over; where that leaves nobody on schedule, the best unproven edge is taken."""
    q = scratch[0]
    sigma = (c_visit + completed_q(block, whole, q)) * c_scale
    num_edges = 0
    for k in range(q.shape[0]):
        num_edges += block[LOG_PRIOR, k] > -np.inf
    wanted = schedule[min(num_edges, schedule.shape[0] - 1), simulation]
    best, best_on_schedule, best_score = 0, False, -np.inf
    for k in range(q.shape[0]):
        if block[LOG_PRIOR, k] == -np.inf or whole[PROVEN, k]:
            continue
        on_schedule = whole[COUNT, k] == wanted
        score = noises[k] + block[LOG_PRIOR, k] + sigma * q[k]
        if (on_schedule, score) > (best_on_schedule, best_score):
            best, best_on_schedule, best_score = k, on_schedule, score
    return best


@njit(cache=True)
def inner_edge(block: Any, whole: Any, c_visit: float, c_scale: float, scratch: Any) -> int:
    """The edge that brings the visits nearest to the improved policy (Gumbel, equation 14)."""
    visits = whole[NODE, VISITS]
    if visits == 0:  # all q alike: the improved policy is the prior
        return int(best_edge(block[LOG_PRIOR]))
    improved_policy(block, whole, c_visit, c_scale, scratch)
    scores, one = scratch[1], 1.0 / (1.0 + visits)
    for k in range(scores.shape[0]):
        scores[k] = scores[k] - whole[COUNT, k] * one if block[LOG_PRIOR, k] > -np.inf else NO_EDGE
    return int(best_edge(scores))


@njit(cache=True)
def puct_edge(block: Any, whole: Any, prior: Any, c_puct: float, scratch: Any) -> int:
    """The edge of the largest q + c_puct * prior * sqrt(visits) / (1 + own visits); an unvisited
    edge is taken to be worth what the node is."""
    visits, scores = whole[NODE, VISITS], scratch[0]
    average = (np.float64(block[NODE, VALUE]) + block[NODE, TOTAL]) / (1.0 + visits)
    explore = c_puct * np.sqrt(visits + 1.0)
    for k in range(scores.shape[0]):
        q = np.float64(block[Q, k]) if whole[COUNT, k] > 0 else average
        score = q + explore * prior[k] / (1.0 + whole[COUNT, k])
        scores[k] = score if block[LOG_PRIOR, k] > -np.inf else NO_EDGE
    return int(best_edge(scores))


@njit(cache=True)
def final_edge(block: Any, whole: Any, is_gumbel: bool, noises: Any, sigma: float, q: Any) -> int:
    """The move to play: a proven win if there is one, never a proven loss if anything else is left;
    of the rest the most visited, and among those the best gumbel + logit + sigma(q), or q for PUCT.
    A proven draw counts as most visited for Gumbel, whose root stops visiting what is proven."""
    best, best_class, best_visits, best_score = 0, -2, -1, -np.inf
    most = whole[COUNT].max()
    for k in range(q.shape[0]):
        if block[LOG_PRIOR, k] == -np.inf:
            continue
        kind, visits = 0, whole[COUNT, k]
        if whole[PROVEN, k]:
            kind = 1 if q[k] >= MAX_VALUE else (-1 if q[k] <= -MAX_VALUE else 0)
            visits = most if is_gumbel else visits
        if whole[NODE, EXACT] and q[k] < block[NODE, VALUE]:
            kind = -1  # all is proven: what is not the best is out
        score = noises[k] + block[LOG_PRIOR, k] + sigma * q[k] if is_gumbel else q[k]
        if (kind, visits, score) > (best_class, best_visits, best_score):
            best, best_class, best_visits, best_score = k, kind, visits, score
    return best


@njit(cache=True)
def prove(block: Any, whole: Any) -> None:
    """Mark a node exact if an edge is proven to be worth the maximum, or if all edges are proven."""
    highest, all_proven = -np.inf, True
    for k in range(block.shape[1]):
        if block[LOG_PRIOR, k] > -np.inf:
            if whole[PROVEN, k]:
                highest = max(highest, block[Q, k])
            else:
                all_proven = False
    if highest >= MAX_VALUE or (all_proven and highest > -np.inf):
        whole[NODE, EXACT] = 1
        block[NODE, VALUE] = highest


@njit(cache=True)
def write_edges(block: Any, whole: Any, action_ids: Any, logits: Any, scratch: Any) -> None:
    """The edges of a new node: the prior is the softmax of the logits [K] of the edges there are."""
    count, log_prior, prior, peak, total = action_ids.shape[0], scratch[0], scratch[1], -np.inf, 0.0
    for k in range(count):
        log_prior[k] = max(logits[k], -1e30) if action_ids[k] != NONE else -np.inf
        peak = max(peak, log_prior[k])
    log_prior[count:] = -np.inf
    for k in range(prior.shape[0]):
        prior[k] = log_prior[k] - peak
    exp_of_row(prior, scratch[2])
    for k in range(count):
        total += prior[k] if action_ids[k] != NONE else 0.0
    shift = peak + np.log(total)
    for k in range(prior.shape[0]):
        is_edge = log_prior[k] > -np.inf
        block[LOG_PRIOR, k] = log_prior[k] - shift if is_edge else -np.inf
        block[PRIOR, k] = prior[k] / total if is_edge else 0.0
        block[Q, k], block[SUM, k] = 0.0, 0.0
        whole[COUNT, k], whole[CHILD, k], whole[PROVEN, k] = 0, NONE, 0
