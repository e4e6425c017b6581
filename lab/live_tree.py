"""One tree that grows for as long as one likes, several leaves at a time: for play, where a batch of one
would cost a network nearly as much as a batch of eight.

    start -> (pick leaves -> model -> hang them in) ... -> conclude, at any time

PUCT at every node. While a leaf waits for its value, each edge on the way to it counts one visit more, and
that one lost (the virtual loss of Chaslot, Winands, van den Herik 2008, "Parallel Monte-Carlo tree search"),
so that the next leaf is another one. The nodes are lab/tree_search.py's, proven values among them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lab.tree_layout import (
    CHILD,
    COUNT,
    EXACT,
    NODE,
    NONE,
    PARENT,
    PARENT_EDGE,
    SUM,
    TOTAL,
    VISITS,
    Tree,
    new_tree,
    padded,
)
from lab.tree_nodes import KERNEL, puct_edge
from lab.tree_search import (
    Expansion,
    SearchConfig,
    SearchResult,
    Walk,
    absorb,
    back_up,
    conclude,
    flat,
    kernel_array,
    scratch_of,
    write_node,
)

LEAST_ROOM = 256  # nodes
KINDS = (np.int32, np.float32, np.float32, np.float32, np.float32, np.bool_)  # of an expansion


class Leaves(NamedTuple):
    """Up to L new nodes that wait for what the model says: under which slots, by which actions, in which."""

    parents: NDArray[np.int32]  # [L]
    edges: NDArray[np.int32]  # [L]
    actions: NDArray[np.int32]  # [L]
    slots: NDArray[np.int32]  # [L]


class LiveTree:
    """A tree from one root; `visits` counts its simulations, `capacity` its slots, as the model must have."""

    def __init__(self, root: Expansion, leaves: int, config: SearchConfig) -> None:
        """`root`: the model's answer [1] for slot 0; at most `leaves` new nodes are asked for at once."""
        self.config = config
        self.visits = 0
        num_edges = root.action_ids.shape[1]
        self.tree: Tree = new_tree(1, LEAST_ROOM, num_edges)
        walk = Walk(*(np.zeros(1, np.int32) for _ in range(5)))
        walk.parents[:] = NONE
        absorb(self.tree, root, walk)
        prior = np.zeros((1, padded(num_edges)), np.float32)
        prior[:, :num_edges] = np.exp(self.tree.log_prior[:, 0])
        self._prior = prior
        self._lends = leaves > 1  # alone, a leaf keeps nobody out
        self._leaves = Leaves(*(np.zeros(leaves, np.int32) for _ in range(4)))

    @property
    def capacity(self) -> int:
        """How many nodes there is room for."""
        return int(self.tree.action_ids.shape[1])

    @property
    def is_proven(self) -> bool:
        """Whether the root's value is known for certain: more simulations change nothing."""
        return bool(self.tree.exact[0, 0])

    def pick(self, wanted: int) -> Leaves:
        """At most `wanted` new nodes, of which the model is to be asked; fewer where the tree insists on the
        same ones. Ways that end in a proven node are done with at once, and none may be left."""
        wanted = min(wanted, len(self._leaves.slots))
        if int(self.tree.num_nodes[0]) + wanted > self.capacity:
            self._make_room()
        found, ended = _pick(
            *self.tree, wanted, self._prior, float(self.config.c_puct), self._lends, *self._leaves
        )
        self.visits += ended
        return Leaves(*(part[:found] for part in self._leaves))

    def hang(self, leaves: Leaves, answer: Expansion) -> None:
        """Give those nodes what the model says of them; `answer` [>= L] has them in its first rows."""
        answer = Expansion(*map(kernel_array, answer, KINDS))
        _hang(*self.tree, *answer, *leaves, self._lends)
        self.visits += len(leaves.slots)

    def result(self) -> SearchResult:
        """What the search says now, [1]."""
        return conclude(self.tree, self.config, np.zeros(self.tree.action_ids.shape[::2], np.float32))

    def _make_room(self) -> None:
        old = self.tree
        self.tree = new_tree(1, 2 * self.capacity, old.action_ids.shape[2])
        nodes = int(old.num_nodes[0])
        self.tree.blocks[:, :nodes] = old.blocks[:, :nodes]
        self.tree.action_ids[:, :nodes] = old.action_ids[:, :nodes]
        self.tree.num_nodes[:] = old.num_nodes


@njit(**KERNEL)
def _pick(
    blocks: Any, whole: Any, action_ids: Any, num_nodes: Any, wanted: int, prior: Any, c_puct: float,
    lends: bool, parents: Any, edges: Any, actions: Any, slots: Any,
) -> tuple[int, int]:  # fmt: skip
    scratch, _ = scratch_of(blocks)
    nodes, ints, first = flat(blocks), flat(whole), num_nodes[0]
    found, ended = 0, 0
    while found + ended < wanted:
        node = 0
        while not ints[node, NODE, EXACT]:
            edge = puct_edge(nodes, ints, node, node == 0, prior, 0, c_puct, scratch)
            child = ints[node, CHILD, edge]
            if child == NONE:
                slot = first + found
                parents[found], edges[found], slots[found] = node, edge, slot
                actions[found] = action_ids[0, node, edge]
                ints[node, CHILD, edge] = slot
                if lends:
                    _lend(nodes, ints, node, edge, 1)
                node = NONE
                break
            if child >= first:
                return found, ended  # a leaf that waits already
            node = child
        if node == NONE:
            found += 1
        else:
            back_up(nodes, ints, 0, node)
            ended += 1
    return found, ended


@njit(**KERNEL)
def _lend(nodes: Any, ints: Any, node: int, edge: int, sign: int) -> None:
    """A visit that is lost on every edge from the root to this one; with sign -1 taken back."""
    while True:
        ints[node, COUNT, edge] += sign
        ints[node, NODE, VISITS] += sign
        nodes[node, SUM, edge] -= sign
        nodes[node, NODE, TOTAL] -= sign
        if ints[node, NODE, PARENT] == NONE:
            break
        edge, node = ints[node, NODE, PARENT_EDGE], ints[node, NODE, PARENT]


@njit(**KERNEL)
def _hang(
    blocks: Any, whole: Any, action_ids: Any, num_nodes: Any, new_ids: Any, logits: Any, value: Any,
    reward: Any, discount: Any, exact: Any, parents: Any, edges: Any, actions: Any, slots: Any, lent: bool,
) -> None:  # fmt: skip
    scratch, bits = scratch_of(blocks)
    nodes, ints = flat(blocks), flat(whole)
    for leaf in range(len(slots)):
        if lent:
            _lend(nodes, ints, parents[leaf], edges[leaf], -1)
    for leaf in range(len(slots)):
        write_node(nodes, ints, action_ids, 0, 0, slots[leaf], new_ids, logits, value, reward, discount,
                   exact, leaf, parents[leaf], edges[leaf], scratch, bits)  # fmt: skip
        num_nodes[0] += 1
        back_up(nodes, ints, 0, slots[leaf])
