"""One node of one search tree: its edges' values, the policy they improve, the edge to follow next.

Kernels of lab/tree_search.py, which says what a tree is; `b` is the tree's row, `k` runs over edges.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

NONE = -1  # no child, no action, no slot
MAX_VALUE = 1.0


@njit(cache=True)
def is_proven(tree: Any, b: int, node: int, edge: int) -> bool:
    """Whether the edge's child is there and its value proven."""
    child = tree.children[b, node, edge]
    return child != NONE and bool(tree.exact[b, child])


@njit(cache=True)
def edge_q(tree: Any, b: int, node: int, edge: int) -> float:
    """q of a visited edge: the proven one, else the average."""
    child = tree.children[b, node, edge]
    if tree.exact[b, child]:
        return np.float64(tree.reward[b, child] + tree.discount[b, child] * tree.value[b, child])
    return np.float64(tree.value_sums[b, node, edge] / tree.visit_counts[b, node, edge])


@njit(cache=True)
def completed_q(tree: Any, b: int, node: int, q: Any) -> int:
    """Fill q [K], unvisited edges completed by v_mix (Gumbel, equations 10 and 33); gives the largest
    visit count."""
    visits, most, prior_sum, weighted = 0, 0, 0.0, 0.0
    for k in range(q.shape[0]):
        n = tree.visit_counts[b, node, k]
        if n > 0:
            q[k] = edge_q(tree, b, node, k)
            prior = np.exp(tree.log_prior[b, node, k])
            visits, most = visits + n, max(most, n)
            prior_sum, weighted = prior_sum + prior, weighted + prior * q[k]
    mix = np.float64(tree.value[b, node])
    if prior_sum > 0.0:
        mix = (mix + visits * weighted / prior_sum) / (1.0 + visits)
    for k in range(q.shape[0]):
        if tree.visit_counts[b, node, k] == 0:
            q[k] = mix
    return most


@njit(cache=True)
def improved_policy(
    tree: Any, b: int, node: int, c_visit: float, c_scale: float, q: Any, policy: Any
) -> float:
    """policy = softmax(log prior + sigma * completed q) (Gumbel, equations 8 and 11); returns sigma."""
    sigma: float = (c_visit + completed_q(tree, b, node, q)) * c_scale
    peak, total = -np.inf, 0.0
    for k in range(q.shape[0]):
        peak = max(peak, tree.log_prior[b, node, k] + sigma * q[k])
    for k in range(q.shape[0]):
        policy[k] = np.exp(tree.log_prior[b, node, k] + sigma * q[k] - peak)
        total += policy[k]
    for k in range(q.shape[0]):
        policy[k] /= total
    return sigma


@njit(cache=True)
def visit_policy(tree: Any, b: int, q: Any, policy: Any) -> None:
    """PUCT's policy [K]: shares of the visits; once the root is proven, of those to its best moves."""
    total = 0.0
    for k in range(q.shape[0]):
        policy[k] = tree.visit_counts[b, 0, k]
        if tree.exact[b, 0] and policy[k] > 0 and q[k] < tree.value[b, 0]:
            policy[k] = 0.0
        total += policy[k]
    for k in range(q.shape[0]):
        policy[k] /= total


@njit(cache=True)
def root_edge(
    tree: Any,
    b: int,
    schedule: Any,
    simulation: int,
    noises: Any,
    c_visit: float,
    c_scale: float,
    scratch: Any,
) -> int:
    """Sequential halving: of the edges visited as often as the schedule says, the best
    gumbel + logit + sigma(q) (Gumbel, algorithm 2). Proven edges need no more visits and are passed
    over; where that leaves nobody on schedule, the best unproven edge is taken."""
    q = scratch[0]
    sigma = (c_visit + completed_q(tree, b, 0, q)) * c_scale
    num_edges = 0
    for k in range(q.shape[0]):
        num_edges += tree.action_ids[b, 0, k] != NONE
    wanted = schedule[min(num_edges, schedule.shape[0] - 1), simulation]
    best, best_on_schedule, best_score = 0, False, -np.inf
    for k in range(q.shape[0]):
        if tree.action_ids[b, 0, k] == NONE or is_proven(tree, b, 0, k):
            continue
        on_schedule = tree.visit_counts[b, 0, k] == wanted
        score = noises[b, k] + tree.log_prior[b, 0, k] + sigma * q[k]
        if (on_schedule, score) > (best_on_schedule, best_score):
            best, best_on_schedule, best_score = k, on_schedule, score
    return best


@njit(cache=True)
def inner_edge(tree: Any, b: int, node: int, c_visit: float, c_scale: float, scratch: Any) -> int:
    """The edge that brings the visits nearest to the improved policy (Gumbel, equation 14)."""
    q, policy = scratch[0], scratch[1]
    improved_policy(tree, b, node, c_visit, c_scale, q, policy)
    visits = 0
    for k in range(q.shape[0]):
        visits += tree.visit_counts[b, node, k]
    best, best_score = 0, -np.inf
    for k in range(q.shape[0]):
        if tree.action_ids[b, node, k] != NONE:
            score = policy[k] - tree.visit_counts[b, node, k] / (1.0 + visits)
            if score > best_score:
                best, best_score = k, score
    return best


@njit(cache=True)
def puct_edge(tree: Any, b: int, node: int, c_puct: float, noises: Any) -> int:
    """The edge of the largest q + c_puct * prior * sqrt(visits) / (1 + own visits); an unvisited
    edge is taken to be worth what the node is."""
    visits, total = 0, 0.0
    for k in range(tree.action_ids.shape[2]):
        visits += tree.visit_counts[b, node, k]
        total += tree.value_sums[b, node, k]
    average = (tree.value[b, node] + total) / (1.0 + visits)
    best, best_score = 0, -np.inf
    for k in range(tree.action_ids.shape[2]):
        if tree.action_ids[b, node, k] == NONE:
            continue
        log_prior, n = tree.log_prior[b, node, k], tree.visit_counts[b, node, k]
        if node == 0:
            log_prior += noises[b, k]
        q = edge_q(tree, b, node, k) if n > 0 else average
        score = q + c_puct * np.exp(log_prior) * np.sqrt(visits + 1.0) / (1.0 + n)
        if score > best_score:
            best, best_score = k, score
    return best


@njit(cache=True)
def final_edge(tree: Any, b: int, is_gumbel: bool, noises: Any, sigma: float, q: Any) -> int:
    """The move to play: a proven win if there is one, never a proven loss if anything else is left;
    of the rest the most visited, and among those the best gumbel + logit + sigma(q), or q for PUCT.
    A proven draw counts as most visited for Gumbel, whose root stops visiting what is proven."""
    best, best_class, best_visits, best_score = 0, -2, -1, -np.inf
    most = tree.visit_counts[b, 0].max()
    for k in range(q.shape[0]):
        if tree.action_ids[b, 0, k] == NONE:
            continue
        kind, visits = 0, tree.visit_counts[b, 0, k]
        if is_proven(tree, b, 0, k):
            kind = 1 if q[k] >= MAX_VALUE else (-1 if q[k] <= -MAX_VALUE else 0)
            visits = most if is_gumbel else visits
        if tree.exact[b, 0] and q[k] < tree.value[b, 0]:
            kind = -1  # all is proven: what is not the best is out
        score = noises[b, k] + tree.log_prior[b, 0, k] + sigma * q[k] if is_gumbel else q[k]
        if (kind, visits, score) > (best_class, best_visits, best_score):
            best, best_class, best_visits, best_score = k, kind, visits, score
    return best


@njit(cache=True)
def prove(tree: Any, b: int, node: int) -> None:
    """Mark a node exact if an edge is proven to be worth the maximum, or if all edges are proven."""
    highest, all_exact = -np.inf, True
    for k in range(tree.action_ids.shape[2]):
        if tree.action_ids[b, node, k] == NONE:
            continue
        if not is_proven(tree, b, node, k):
            all_exact = False
        else:
            highest = max(highest, edge_q(tree, b, node, k))
    if highest >= MAX_VALUE or (all_exact and highest > -np.inf):
        tree.exact[b, node] = True
        tree.value[b, node] = highest
