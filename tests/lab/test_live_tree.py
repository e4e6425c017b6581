"""The tree that grows leaf by leaf, or several at a time, as the search kernel's own trees do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lab.live_tree import LiveTree, _hang, _pick
from lab.tree_search import Expansion, SearchConfig, search

ACTIONS = 4
DEPTH = 6  # of the made-up game below: then it is over


class Model:
    """A made-up game of DEPTH plies whose values and priors are a hash of the path; slots hold paths."""

    def __init__(self, exact: bool = False) -> None:
        self.paths: dict[int, tuple[int, ...]] = {0: ()}
        self.exact = exact

    def answer(self, paths: list[tuple[int, ...]]) -> Expansion:
        rngs = [np.random.default_rng([37, *path, len(path)]) for path in paths]
        over = np.array([len(path) >= DEPTH for path in paths])
        ids = np.where(over[:, None], -1, np.arange(ACTIONS)).astype(np.int32)
        logits = np.array([rng.normal(size=ACTIONS) for rng in rngs], np.float32)
        value = np.array([rng.uniform(-0.9, 0.9) for rng in rngs], np.float32)
        reward = np.array([rng.choice([-1.0, 0.0, 1.0]) for rng in rngs], np.float32) * over
        discount = np.where(over, 0.0, -1.0).astype(np.float32)
        return Expansion(ids, logits, np.where(over, 0, value).astype(np.float32), reward, discount, over)

    def expand(
        self, parents: NDArray[np.int32], actions: NDArray[np.int32], slots: NDArray[np.int32]
    ) -> Expansion:
        paths = [(*self.paths[int(p)], int(a)) for p, a in zip(parents, actions, strict=True)]
        for slot, path in zip(slots, paths, strict=True):
            self.paths[int(slot)] = path
        return self.answer(paths)


def grown(simulations: int, leaves: int) -> tuple[LiveTree, Model]:
    """A live tree after so many simulations."""
    model = Model()
    live = LiveTree(model.answer([()]), leaves, SearchConfig(1, "puct"))
    while live.visits < simulations and not live.is_proven:
        picked = live.pick(min(leaves, simulations - live.visits))
        if len(picked.slots):
            live.hang(picked, model.expand(picked.parents, picked.actions, picked.slots))
    return live, model


@pytest.mark.parametrize("simulations", [1, 7, 100, 700])
def test_one_leaf_at_a_time_is_the_search_itself(simulations: int) -> None:
    model = Model()
    result, tree = search(model, model.answer([()]), SearchConfig(simulations, "puct"))
    live, _ = grown(simulations, 1)
    for name in ("visit_counts", "action_values", "value", "actions", "exact"):
        np.testing.assert_array_equal(getattr(live.result(), name), getattr(result, name), name)
    assert live.tree.num_nodes[0] == tree.num_nodes[0]


@pytest.mark.parametrize("leaves", [2, 8, 32])
def test_several_leaves_leave_no_loan_behind(leaves: int) -> None:
    live, model = grown(400, leaves)
    tree, nodes = live.tree, int(live.tree.num_nodes[0])
    counts = tree.visit_counts[0, :nodes].sum(axis=1)
    assert counts[0] == live.visits == live.result().visit_counts.sum()
    np.testing.assert_array_equal(counts, tree.whole[0, :nodes, 7, 7])  # NODE, VISITS
    for node in range(1, nodes):
        parent, edge = tree.parents[0, node], tree.parent_edges[0, node]
        assert tree.children[0, parent, edge] == node
        # a node's edge has been taken once when it was made, and then once for each visit below it
        assert tree.visit_counts[0, parent, edge] >= 1 + counts[node]
    assert len(model.paths) == nodes
    assert len(set(model.paths.values())) == nodes, "no leaf was asked for twice"
    mean = tree.value_sums[0, 0] / np.maximum(1, tree.visit_counts[0, 0])
    assert np.all(np.abs(mean) <= 1.0 + 1e-4)


def test_a_batch_holds_different_leaves_and_fewer_than_wanted_at_first() -> None:
    live, model = grown(0, 16)
    first = live.pick(16)
    assert 1 <= len(first.slots) <= ACTIONS, "the root has no more edges yet"
    assert len(set(first.actions.tolist())) == len(first.actions)
    live.hang(first, model.expand(first.parents, first.actions, first.slots))
    assert live.visits == len(first.slots)


def test_a_small_game_is_proven_and_agrees_with_one_leaf_at_a_time() -> None:
    one, _ = grown(20_000, 1)
    eight, _ = grown(20_000, 8)
    assert one.is_proven
    assert eight.is_proven
    assert eight.result().value[0] == one.result().value[0]


def test_a_tree_grows_beyond_its_first_room() -> None:
    live, _ = grown(900, 4)
    assert live.capacity >= live.tree.num_nodes[0] > 256


def test_what_a_model_says_in_other_kinds_of_numbers_is_read() -> None:
    model = Model()
    live = LiveTree(model.answer([()]), 2, SearchConfig(1, "puct"))
    picked = live.pick(2)
    answer = model.expand(picked.parents, picked.actions, picked.slots)
    live.hang(
        picked,
        Expansion(*(np.asarray(part, np.float64) if part.dtype.kind == "f" else part for part in answer)),
    )
    assert live.visits == len(picked.slots)


def test_the_kernels_are_compiled_once() -> None:
    for leaves in (1, 8):
        grown(600, leaves)
    assert len(_pick.signatures) == 1
    assert len(_hang.signatures) == 1
