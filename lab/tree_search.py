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
from lab.tree_layout import (
    CHILD,
    COUNT,
    DISCOUNT,
    EXACT,
    NODE,
    NONE,
    PARENT,
    PARENT_EDGE,
    PROVEN,
    REWARD,
    SUM,
    TOTAL,
    VALUE,
    VISITS,
    Q,
    Tree,
    new_tree,
    padded,
)
from lab.tree_nodes import (
    COMPLETED,
    KERNEL,
    POLICY,
    final_edge,
    improved_policy,
    inner_edge,
    prove,
    puct_edge,
    root_edge,
    visit_policy,
    write_edges,
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
    walk = Walk(*(np.empty(batch, np.int32) for _ in range(5)))
    walk.parents[:], walk.edges[:], walk.slots[:], walk.leaves[:] = NONE, 0, 0, 0
    absorb(tree, root, walk)
    noises = _root_noise(tree, config, keys, noise)
    is_gumbel = config.method == "gumbel"
    at_root = noises if is_gumbel else np.exp(tree.log_prior[:, 0] + noises)
    choice = (
        is_gumbel,
        considered_visits(min(config.max_considered, num_edges), config.num_simulations),
        _padded(at_root, padded(num_edges)),
        float(config.c_visit),
        float(config.c_scale),
        float(config.c_puct),
    )
    for simulation in range(config.num_simulations):
        if select(*tree, simulation, *choice, *walk):
            absorb(tree, model.expand(walk.parents, walk.actions, walk.slots), walk)
        else:
            _backup(*tree, walk.leaves)
    return conclude(tree, config, noises), tree


class Walk(NamedTuple):
    """Where a simulation has led in each of B trees."""

    parents: NDArray[np.int32]  # [B], the node whose edge is followed into a new one
    edges: NDArray[np.int32]  # [B], which of its edges
    actions: NDArray[np.int32]  # [B], its action id
    slots: NDArray[np.int32]  # [B], the new node, NONE where the walk ended in a proven one
    leaves: NDArray[np.int32]  # [B], the node at which it ended


def absorb(tree: Tree, expansion: Expansion, walk: Walk) -> None:
    """Write the model's answer into the trees' new nodes, then carry every leaf's value to the root.

    Rows whose slot is NONE have no new node, and their answers are passed over.
    """
    _absorb(
        *tree,
        kernel_array(expansion.action_ids, np.int32),
        kernel_array(expansion.prior_logits, np.float32),
        kernel_array(expansion.value, np.float32),
        kernel_array(expansion.reward, np.float32),
        kernel_array(expansion.discount, np.float32),
        kernel_array(expansion.exact, np.bool_),
        walk.parents,
        walk.edges,
        walk.slots,
        walk.leaves,
    )


def kernel_array(array: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """The array as kernels want it: one signature; np.require, but quick where nothing is to be done."""
    if array.dtype == dtype and array.flags.carray:
        return array
    return np.require(array, dtype, ["C", "W"])


def _padded(by_edge: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    out = np.zeros((len(by_edge), columns), np.float32)
    out[:, : by_edge.shape[1]] = by_edge
    return out


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
    log_prior = np.ascontiguousarray(tree.log_prior[:, 0])
    _draw_noise(log_prior, np.require(keys, np.uint64, ["C", "W"]), scale.copy(), config.method == "gumbel",
                float(config.noise_fraction), out)  # fmt: skip
    return out


def conclude(tree: Tree, config: SearchConfig, noises: NDArray[np.float32]) -> SearchResult:
    """What the trees [B] say now of their roots; `noises` [B, K] as they were added there."""
    batch, _, num_edges = tree.action_ids.shape
    weights, values = (np.zeros((batch, num_edges), np.float32) for _ in range(2))
    value, actions = np.zeros(batch, np.float32), np.zeros(batch, np.int32)
    _conclude(*tree, config.method == "gumbel", noises, float(config.c_visit), float(config.c_scale),
              weights, values, value, actions)  # fmt: skip
    return SearchResult(
        weights, tree.visit_counts[:, 0].copy(), values, value, actions, tree.exact[:, 0].copy()
    )


# --- kernels: the verbs over B trees ---


@njit(**KERNEL)
def select(
    blocks: Any, whole: Any, action_ids: Any, num_nodes: Any, simulation: int, is_gumbel: bool, schedule: Any,
    at_root: Any, c_visit: float, c_scale: float, c_puct: float, parents: Any, edges: Any, actions: Any,
    slots: Any, leaves: Any,
) -> int:  # fmt: skip
    """Walk each tree to an edge without a child, or to a proven node, whose row is then idle; returns
    how many rows are not. `at_root` [B, K padded]: Gumbel's noise, or PUCT's noisy prior."""
    (scratch, bits), busy = scratch_of(blocks), 0
    nodes, ints, stride = flat(blocks), flat(whole), blocks.shape[1]
    for b in range(blocks.shape[0]):
        parents[b], edges[b], actions[b], slots[b], leaves[b] = 0, 0, 0, NONE, 0
        node, i = 0, b * stride
        while not ints[i, NODE, EXACT]:
            if not is_gumbel:
                edge = puct_edge(nodes, ints, i, node == 0, at_root, b, c_puct, scratch)
            elif node == 0:
                edge = root_edge(nodes, ints, i, schedule, simulation, at_root, b, c_visit, c_scale, scratch)
            else:
                edge = inner_edge(nodes, ints, i, c_visit, c_scale, scratch, bits)
            child = ints[i, CHILD, edge]
            if child == NONE:
                parents[b], edges[b], actions[b] = node, edge, action_ids[b, node, edge]
                slots[b] = leaves[b] = num_nodes[b]
                busy += 1
                break
            node = leaves[b] = child
            i = b * stride + node
    return busy


@njit(**KERNEL)
def scratch_of(blocks: Any) -> Any:
    """Room for what is computed by edge, float64 [3, K padded], and an int64 view of it."""
    scratch = np.empty((3, blocks.shape[3]))
    return scratch, scratch.view(np.int64)


@njit(**KERNEL)
def flat(blocks: Any) -> Any:
    """[B, N, 8, K padded] -> [B * N, 8, K padded]: a slice a node would count references, which costs more
    than what is done with it."""
    return blocks.reshape(blocks.shape[0] * blocks.shape[1], blocks.shape[2], blocks.shape[3])


@njit(**KERNEL)
def _absorb(
    blocks: Any, whole: Any, action_ids: Any, num_nodes: Any, new_ids: Any, logits: Any, value: Any,
    reward: Any, discount: Any, exact: Any, parents: Any, edges: Any, slots: Any, leaves: Any,
) -> None:  # fmt: skip
    scratch, bits = scratch_of(blocks)
    nodes, ints, stride = flat(blocks), flat(whole), blocks.shape[1]
    for b in range(slots.shape[0]):
        if slots[b] != NONE:
            num_nodes[b] += 1
            write_node(nodes, ints, action_ids, b, b * stride, slots[b], new_ids, logits, value, reward,
                       discount, exact, b, parents[b], edges[b], scratch, bits)  # fmt: skip
        back_up(nodes, ints, b * stride, leaves[b])


@njit(**KERNEL)
def write_node(
    nodes: Any, ints: Any, action_ids: Any, tree: int, root: int, slot: int, new_ids: Any, logits: Any,
    value: Any, reward: Any, discount: Any, exact: Any, row: int, parent: int, edge: int, scratch: Any,
    bits: Any,
) -> None:  # fmt: skip
    """Fill a slot of a tree, whose root is node `root` of them all, with one row of the model's answer."""
    i = root + slot
    write_edges(nodes, ints, i, new_ids, logits, row, scratch, bits)
    for k in range(new_ids.shape[1]):
        action_ids[tree, slot, k] = new_ids[row, k]
    nodes[i, NODE, VALUE], nodes[i, NODE, TOTAL] = value[row], 0.0
    nodes[i, NODE, REWARD], nodes[i, NODE, DISCOUNT] = reward[row], discount[row]
    ints[i, NODE, EXACT], ints[i, NODE, VISITS] = exact[row], 0
    ints[i, NODE, PARENT], ints[i, NODE, PARENT_EDGE] = parent, edge
    if parent != NONE:
        ints[root + parent, CHILD, edge] = slot


@njit(**KERNEL)
def _backup(blocks: Any, whole: Any, action_ids: Any, num_nodes: Any, leaves: Any) -> None:
    nodes, ints = flat(blocks), flat(whole)
    for b in range(leaves.shape[0]):
        back_up(nodes, ints, b * blocks.shape[1], leaves[b])


@njit(**KERNEL)
def back_up(blocks: Any, whole: Any, root: int, leaf: int) -> None:
    """Carry a leaf's value to the root of its tree and prove what has become provable on the way."""
    i = root + leaf
    value = blocks[i, NODE, VALUE]
    while whole[i, NODE, PARENT] != NONE:
        parent, edge = root + whole[i, NODE, PARENT], whole[i, NODE, PARENT_EDGE]
        value = blocks[i, NODE, REWARD] + blocks[i, NODE, DISCOUNT] * value
        whole[parent, COUNT, edge] += 1
        whole[parent, NODE, VISITS] += 1
        blocks[parent, SUM, edge] += value
        blocks[parent, NODE, TOTAL] += value
        if whole[i, NODE, EXACT]:
            whole[parent, PROVEN, edge], blocks[parent, Q, edge] = 1, value
            if not whole[parent, NODE, EXACT]:
                prove(blocks, whole, parent)
        if whole[parent, NODE, EXACT]:
            value = blocks[parent, NODE, VALUE]
        i = parent


@njit(**KERNEL)
def _conclude(
    blocks: Any, whole: Any, action_ids: Any, num_nodes: Any, is_gumbel: bool, noises: Any, c_visit: float,
    c_scale: float, weights: Any, values: Any, value: Any, actions: Any,
) -> None:  # fmt: skip
    scratch, bits = scratch_of(blocks)
    nodes, ints, num_edges = flat(blocks), flat(whole), action_ids.shape[2]
    for b in range(blocks.shape[0]):
        i = b * blocks.shape[1]
        sigma = improved_policy(nodes, ints, i, c_visit, c_scale, scratch, bits)
        if not is_gumbel:
            visit_policy(nodes, ints, i, scratch)
        value[b] = 0.0
        for k in range(num_edges):
            weights[b, k], values[b, k] = scratch[POLICY, k], scratch[COMPLETED, k]
            value[b] += scratch[POLICY, k] * scratch[COMPLETED, k]
        if ints[i, NODE, EXACT]:
            value[b] = nodes[i, NODE, VALUE]
        best = final_edge(nodes, ints, i, is_gumbel, noises, b, sigma, scratch)
        actions[b] = action_ids[b, 0, best]


@njit(**KERNEL)
def _draw_noise(log_prior: Any, keys: Any, scale: Any, is_gumbel: bool, fraction: float, out: Any) -> None:
    for b in range(keys.shape[0]):
        total = 0.0
        for k in range(out.shape[1]):
            if is_gumbel:
                out[b, k] = scale[b] * gumbel(keys[b], k)
            elif log_prior[b, k] > -np.inf:  # Dirichlet(1): exponentials over their sum
                out[b, k] = -np.log(uniform(keys[b], k) + 1e-16)
                total += out[b, k]
        if not is_gumbel:
            for k in range(out.shape[1]):
                if log_prior[b, k] > -np.inf:
                    weight = fraction * scale[b]
                    mixed = (1.0 - weight) * np.exp(log_prior[b, k]) + weight * out[b, k] / total
                    out[b, k] = np.log(mixed) - log_prior[b, k]
