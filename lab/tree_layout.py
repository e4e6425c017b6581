"""How the search's trees lie in memory: all that concerns a node in one block of a few cache lines.

A block is 8 rows of float32, one column an edge, padded to a multiple of 8 columns, so that the
kernels' loops over edges become vector instructions; its whole numbers are read through an int32
view of the same memory. The row NODE holds what is one number a node.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NONE = -1  # no child, no action, no slot
LANES = 8  # columns are padded to a multiple of this; a node has as many numbers of its own

# rows of a block, by edge
LOG_PRIOR, PRIOR = 0, 1  # -inf and 0 where there is no edge
Q = 2  # of a proven edge, else 0
SUM = 3  # of q
COUNT, CHILD, PROVEN = 4, 5, 6  # int32: visits, slot or NONE, whether the child's value is proven
NODE = 7  # the row of the numbers below, by column

VALUE, REWARD, DISCOUNT, TOTAL = 0, 1, 2, 3  # TOTAL: the sum over the edges of SUM
EXACT, PARENT, PARENT_EDGE, VISITS = 4, 5, 6, 7  # int32; VISITS: the sum over the edges of COUNT


class Tree(NamedTuple):
    """B trees of up to N nodes with up to K edges each; node 0 is the root.

    Of row b only the first num_nodes[b] slots have been written.
    """

    blocks: NDArray[np.float32]  # [B, N, 8, K padded]
    whole: NDArray[np.int32]  # the same memory
    action_ids: NDArray[np.int32]  # [B, N, K], NONE where there is no edge
    num_nodes: NDArray[np.int32]  # [B]

    @property
    def log_prior(self) -> NDArray[np.float32]:
        """[B, N, K], -inf where there is no edge."""
        return self._edges(self.blocks, LOG_PRIOR)

    @property
    def children(self) -> NDArray[np.int32]:
        """[B, N, K], slot or NONE."""
        return self._edges(self.whole, CHILD)

    @property
    def visit_counts(self) -> NDArray[np.int32]:
        """[B, N, K]."""
        return self._edges(self.whole, COUNT)

    @property
    def value_sums(self) -> NDArray[np.float32]:
        """[B, N, K], sums of q."""
        return self._edges(self.blocks, SUM)

    @property
    def value(self) -> NDArray[np.float32]:
        """[B, N], the model's; the proven one where exact."""
        return self.blocks[:, :, NODE, VALUE]

    @property
    def reward(self) -> NDArray[np.float32]:
        """[B, N], on the edge into the node."""
        return self.blocks[:, :, NODE, REWARD]

    @property
    def discount(self) -> NDArray[np.float32]:
        """[B, N], on the edge into the node."""
        return self.blocks[:, :, NODE, DISCOUNT]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """[B, N], a copy: whether the node's value is proven."""
        proven: NDArray[np.bool_] = self.whole[:, :, NODE, EXACT] == 1
        return proven

    @property
    def parents(self) -> NDArray[np.int32]:
        """[B, N], slot or NONE."""
        return self.whole[:, :, NODE, PARENT]

    @property
    def parent_edges(self) -> NDArray[np.int32]:
        """[B, N]."""
        return self.whole[:, :, NODE, PARENT_EDGE]

    def _edges(self, memory: NDArray[Any], row: int) -> NDArray[Any]:
        return memory[:, :, row, : self.action_ids.shape[2]]


def new_tree(batch: int, num_nodes: int, num_edges: int) -> Tree:
    """Trees without nodes; their memory is as it comes."""
    blocks = np.empty((batch, num_nodes, NODE + 1, padded(num_edges)), np.float32)
    action_ids = np.empty((batch, num_nodes, num_edges), np.int32)
    return Tree(blocks, blocks.view(np.int32), action_ids, np.zeros(batch, np.int32))


def padded(num_edges: int) -> int:
    """The columns of a block for so many edges."""
    return -(-num_edges // LANES) * LANES
