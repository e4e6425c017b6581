"""The one search kernel: Monte-Carlo tree search over arrays, for boards, learned models and tokens.

    search -> (select -> model.expand -> expand -> backup) x simulations -> SearchResult

Arrays, not nodes; B trees in lockstep. The tree owns no states: the model does, in slots, and is
asked to expand slot `parent` by an action into a new slot. Rules plus network is AlphaZero.

Values are for the player to move at a node, in [-1, 1]; an edge's q is reward + discount * value of
the child (discount -1 alternates, +1 keeps the player, 0 ends). A node is *exact* when its value is
proven: a finished game; a node with an edge worth the maximum; a node all of whose edges are exact
(MCTS-Solver: Winands, Bjornsson, Saito 2008). Proven values replace averages.

Two ways to choose: PUCT (Silver et al. 2018, AlphaZero, "Search") and Gumbel (Danihelka et al.
2022, "Policy improvement by planning with Gumbel"), whose equations are cited below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lab.randomness import Keys, gumbel, uniform
from lab.tree_nodes import (
    NONE,
    final_edge,
    improved_policy,
    inner_edge,
    prove,
    puct_edge,
    root_edge,
    visit_policy,
)


class Expansion(NamedTuple):
    """What a model says of B new nodes with up to K edges each."""

    action_ids: NDArray[np.int32]  # [B, K], NONE where there is no edge
    prior_logits: NDArray[np.float32]  # [B, K]
    value: NDArray[np.float32]  # [B], for the player to move
    reward: NDArray[np.float32]  # [B], of the action that led here, for the player who chose it
    discount: NDArray[np.float32]  # [B], -1, +1 or 0
    exact: NDArray[np.bool_]  # [B], whether `value` is proven


class Model(Protocol):
    """What the search plans in: it owns the states, in slots 0 (the root) to num_simulations."""

    def expand(
        self, parent_slots: NDArray[np.int32], actions: NDArray[np.int32], new_slots: NDArray[np.int32]
    ) -> Expansion:
        """Play `actions` [B] in `parent_slots` [B] and keep the outcome in `new_slots` [B].

        A row whose new slot is NONE is idle: its answer is not read.
        """


class Tree(NamedTuple):
    """B trees of up to N nodes with up to K edges each; node 0 is the root."""

    action_ids: NDArray[np.int32]  # [B, N, K]
    log_prior: NDArray[np.float32]  # [B, N, K], -inf where there is no edge
    children: NDArray[np.int32]  # [B, N, K], slot or NONE
    visit_counts: NDArray[np.int32]  # [B, N, K]
    value_sums: NDArray[np.float32]  # [B, N, K], sums of q
    value: NDArray[np.float32]  # [B, N], the model's; the proven one where exact
    reward: NDArray[np.float32]  # [B, N], on the edge into the node
    discount: NDArray[np.float32]  # [B, N], likewise
    exact: NDArray[np.bool_]  # [B, N]
    parents: NDArray[np.int32]  # [B, N]
    parent_edges: NDArray[np.int32]  # [B, N]
    num_nodes: NDArray[np.int32]  # [B]


@dataclass(frozen=True)
class SearchConfig:
    """How to search.

    method: "gumbel" or "puct". max_considered: root actions with which sequential halving begins.
    c_visit, c_scale: sigma of Gumbel's equation 8, here on q in [-1, 1] (half the paper's scale).
    c_puct: exploration of PUCT. noise_fraction: weight of Dirichlet(1) noise at a noisy PUCT root.
    """

    num_simulations: int = 16
    method: str = "gumbel"
    max_considered: int = 16
    c_visit: float = 50.0
    c_scale: float = 0.5
    c_puct: float = 1.5
    noise_fraction: float = 0.25

    def __post_init__(self) -> None:
        if self.method not in ("gumbel", "puct"):
            raise ValueError(f"search method is 'gumbel' or 'puct', not {self.method!r}")
        if self.num_simulations < 1:
            raise ValueError(f"a search needs at least 1 simulation, not {self.num_simulations}")


class SearchResult(NamedTuple):
    """What B searches found at their roots; K edges in the model's order."""

    action_weights: NDArray[np.float32]  # [B, K], the improved policy
    visit_counts: NDArray[np.int32]  # [B, K]
    action_values: NDArray[np.float32]  # [B, K], q, completed where not visited
    value: NDArray[np.float32]  # [B], of the root, proven where exact
    actions: NDArray[np.int32]  # [B], the chosen action ids
    exact: NDArray[np.bool_]  # [B], whether the root is proven


def search(
    model: Model, root: Expansion, config: SearchConfig, keys: Keys | None = None, noise: Any = 0.0
) -> tuple[SearchResult, Tree]:
    """Search B roots, already in the model's slots 0, and choose an action for each.

    `keys` uint64 [B] feed the root noise, `noise` [B] or a number scales it (0: none, 1: as in the
    papers). Raises ValueError for a root without edges.
    """
    if np.any(np.all(root.action_ids == NONE, axis=1)):
        raise ValueError("a root without actions cannot be searched: leave finished games out")
    batch, num_edges = root.action_ids.shape
    tree = new_tree(batch, config.num_simulations + 1, num_edges)
    rows = np.zeros(batch, np.int32)
    expand(tree, root, np.full(batch, NONE, np.int32), rows, rows)
    noises = _root_noise(tree, config, keys, noise)
    is_gumbel = config.method == "gumbel"
    constants = float(config.c_visit), float(config.c_scale), float(config.c_puct)
    schedule = considered_visits(min(config.max_considered, num_edges), config.num_simulations)
    parents, edges, actions, slots, leaves = (np.empty(batch, np.int32) for _ in range(5))
    for simulation in range(config.num_simulations):
        select(
            tree, simulation, is_gumbel, schedule, noises, *constants, parents, edges, actions, slots, leaves,
        )  # fmt: skip
        if np.any(slots != NONE):
            expand(tree, model.expand(parents, actions, slots), parents, edges, slots)
        backup(tree, leaves)
    return _result(tree, config, noises), tree


def new_tree(batch: int, num_nodes: int, num_edges: int) -> Tree:
    """Empty trees."""
    edges, nodes = (batch, num_nodes, num_edges), (batch, num_nodes)
    return Tree(
        action_ids=np.full(edges, NONE, np.int32),
        log_prior=np.full(edges, -np.inf, np.float32),
        children=np.full(edges, NONE, np.int32),
        visit_counts=np.zeros(edges, np.int32),
        value_sums=np.zeros(edges, np.float32),
        value=np.zeros(nodes, np.float32),
        reward=np.zeros(nodes, np.float32),
        discount=np.zeros(nodes, np.float32),
        exact=np.zeros(nodes, np.bool_),
        parents=np.full(nodes, NONE, np.int32),
        parent_edges=np.full(nodes, NONE, np.int32),
        num_nodes=np.zeros(batch, np.int32),
    )


def expand(tree: Tree, expansion: Expansion, parents: Any, edges: Any, slots: Any) -> None:
    """Write the model's answer into the trees' new nodes; rows whose slot is NONE are passed over."""
    _expand(
        tree,
        np.require(expansion.action_ids, np.int32, ["C", "W"]),
        np.require(expansion.prior_logits, np.float32, ["C", "W"]),
        np.require(expansion.value, np.float32, ["C", "W"]),
        np.require(expansion.reward, np.float32, ["C", "W"]),
        np.require(expansion.discount, np.float32, ["C", "W"]),
        np.require(expansion.exact, np.bool_, ["C", "W"]),
        parents,
        edges,
        slots,
    )


@cache
def considered_visits(max_considered: int, num_simulations: int) -> NDArray[np.int32]:
    """Sequential halving as a table [max_considered + 1, num_simulations] (Gumbel, algorithm 2).

    Row m serves a root with m considered actions: entry s is the visit count that an action must
    have to be simulated in simulation s.
    """
    table = np.zeros((max_considered + 1, num_simulations), np.int32)
    for m in range(max_considered + 1):
        table[m] = _halving(m, num_simulations) if m > 1 else np.arange(num_simulations)
    return table


def _halving(considered: int, num_simulations: int) -> list[int]:
    phases = int(np.ceil(np.log2(considered)))
    visits = [0] * considered
    left = considered
    sequence: list[int] = []
    while len(sequence) < num_simulations:
        for _ in range(max(1, num_simulations // (phases * left))):
            sequence += visits[:left]
            visits[:left] = [count + 1 for count in visits[:left]]
        left = max(2, left // 2)
    return sequence[:num_simulations]


def _root_noise(tree: Tree, config: SearchConfig, keys: Keys | None, noise: Any) -> NDArray[np.float32]:
    """Gumbel variates to add to the logits, or for PUCT the noisy prior's change in log space, [B, K]."""
    batch, _, num_edges = tree.action_ids.shape
    scale = np.broadcast_to(np.asarray(noise, np.float32), (batch,))
    if keys is None:
        if np.any(scale != 0):
            raise ValueError("root noise needs keys")
        return np.zeros((batch, num_edges), np.float32)
    out = np.zeros((batch, num_edges), np.float32)
    _draw_noise(tree, np.require(keys, np.uint64, ["C", "W"]), scale.copy(), config.method == "gumbel",
                float(config.noise_fraction), out)  # fmt: skip
    return out


def _result(tree: Tree, config: SearchConfig, noises: NDArray[np.float32]) -> SearchResult:
    batch, _, num_edges = tree.action_ids.shape
    weights, values = (np.zeros((batch, num_edges), np.float32) for _ in range(2))
    value, actions = np.zeros(batch, np.float32), np.zeros(batch, np.int32)
    _conclude(tree, config.method == "gumbel", noises, float(config.c_visit), float(config.c_scale),
              weights, values, value, actions)  # fmt: skip
    return SearchResult(
        weights, tree.visit_counts[:, 0].copy(), values, value, actions, tree.exact[:, 0].copy()
    )


# --- kernels: the verbs over B trees ---


@njit(cache=True)
def select(
    tree: Any, simulation: int, is_gumbel: bool, schedule: Any, noises: Any, c_visit: float, c_scale: float,
    c_puct: float, parents: Any, edges: Any, actions: Any, slots: Any, leaves: Any,
) -> None:  # fmt: skip
    """Walk each tree to an edge without a child, or to a proven node, whose row is then idle."""
    scratch = np.empty((2, tree.action_ids.shape[2]))
    for b in range(tree.action_ids.shape[0]):
        parents[b], edges[b], actions[b], slots[b], leaves[b] = 0, 0, 0, NONE, 0
        node = 0
        while not tree.exact[b, node]:
            if not is_gumbel:
                edge = puct_edge(tree, b, node, c_puct, noises)
            elif node == 0:
                edge = root_edge(tree, b, schedule, simulation, noises, c_visit, c_scale, scratch)
            else:
                edge = inner_edge(tree, b, node, c_visit, c_scale, scratch)
            child = tree.children[b, node, edge]
            if child == NONE:
                parents[b], edges[b], actions[b] = node, edge, tree.action_ids[b, node, edge]
                slots[b] = leaves[b] = tree.num_nodes[b]
                break
            node = leaves[b] = child


@njit(cache=True)
def _expand(
    tree: Any, action_ids: Any, logits: Any, value: Any, reward: Any, discount: Any, exact: Any, parents: Any,
    edges: Any, slots: Any,
) -> None:  # fmt: skip
    for b in range(slots.shape[0]):
        node = slots[b]
        if node == NONE:
            continue
        tree.num_nodes[b] += 1
        tree.value[b, node], tree.exact[b, node] = value[b], exact[b]
        tree.reward[b, node], tree.discount[b, node] = reward[b], discount[b]
        tree.parents[b, node], tree.parent_edges[b, node] = parents[b], edges[b]
        if parents[b] != NONE:
            tree.children[b, parents[b], edges[b]] = node
        peak, total = -np.inf, 0.0
        for k in range(action_ids.shape[1]):
            if action_ids[b, k] != NONE:
                peak = max(peak, logits[b, k])
        for k in range(action_ids.shape[1]):
            if action_ids[b, k] != NONE:
                total += np.exp(logits[b, k] - peak)
        for k in range(action_ids.shape[1]):
            tree.action_ids[b, node, k] = action_ids[b, k]
            if action_ids[b, k] != NONE:
                tree.log_prior[b, node, k] = logits[b, k] - peak - np.log(total)


@njit(cache=True)
def backup(tree: Any, leaves: Any) -> None:
    """Carry each leaf's value to the root and prove what has become provable on the way."""
    for b in range(leaves.shape[0]):
        node = leaves[b]
        value = tree.value[b, node]
        while tree.parents[b, node] != NONE:
            parent, edge = tree.parents[b, node], tree.parent_edges[b, node]
            value = tree.reward[b, node] + tree.discount[b, node] * value
            tree.visit_counts[b, parent, edge] += 1
            tree.value_sums[b, parent, edge] += value
            if tree.exact[b, node] and not tree.exact[b, parent]:
                prove(tree, b, parent)
            if tree.exact[b, parent]:
                value = tree.value[b, parent]
            node = parent


@njit(cache=True)
def _conclude(
    tree: Any, is_gumbel: bool, noises: Any, c_visit: float, c_scale: float, weights: Any, values: Any,
    value: Any, actions: Any,
) -> None:  # fmt: skip
    scratch = np.empty((2, tree.action_ids.shape[2]))
    for b in range(tree.action_ids.shape[0]):
        q, policy = scratch[0], scratch[1]
        sigma = improved_policy(tree, b, 0, c_visit, c_scale, q, policy)
        if not is_gumbel:
            visit_policy(tree, b, q, policy)
        value[b] = 0.0
        for k in range(q.shape[0]):
            weights[b, k], values[b, k] = policy[k], q[k]
            value[b] += policy[k] * q[k]
        if tree.exact[b, 0]:
            value[b] = tree.value[b, 0]
        actions[b] = tree.action_ids[b, 0, final_edge(tree, b, is_gumbel, noises, sigma, q)]


@njit(cache=True)
def _draw_noise(tree: Any, keys: Any, scale: Any, is_gumbel: bool, fraction: float, out: Any) -> None:
    for b in range(keys.shape[0]):
        total = 0.0
        for k in range(out.shape[1]):
            if is_gumbel:
                out[b, k] = scale[b] * gumbel(keys[b], k)
            elif tree.action_ids[b, 0, k] != NONE:  # Dirichlet(1): exponentials over their sum
                out[b, k] = -np.log(uniform(keys[b], k) + 1e-16)
                total += out[b, k]
        if not is_gumbel:
            for k in range(out.shape[1]):
                if tree.action_ids[b, 0, k] != NONE:
                    weight, log_prior = fraction * scale[b], tree.log_prior[b, 0, k]
                    mixed = (1.0 - weight) * np.exp(log_prior) + weight * out[b, k] / total
                    out[b, k] = np.log(mixed) - log_prior
