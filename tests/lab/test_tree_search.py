"""The search kernel against golden trees, the papers by hand, and a slow reference written from them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_golden_trees import MOST, WORLDS
from reference_search import ReferenceSearch, halving_levels
from table_worlds import ACTIONS, Step, TableModel, World, alone, bandit, gappy, quiet

from lab import tree_search
from lab.randomness import game_keys, gumbel
from lab.tree_search import NONE, Expansion, SearchConfig, SearchResult, Tree, considered_visits, search

GOLDEN = Path(__file__).resolve().parent / "golden"
METHODS = ("gumbel", "puct")
each_method = pytest.mark.parametrize("method", METHODS)


def look(worlds: list[World], num_edges: int = ACTIONS, **settings: Any) -> tuple[SearchResult, Tree]:
    model = TableModel(worlds, num_edges)
    return search(model, model.root(), SearchConfig(**settings))


# --- golden trees ---


@each_method
def test_golden_results(method: str) -> None:
    golden = json.loads((GOLDEN / f"{method}.json").read_text())
    for simulations in range(1, MOST + 1):
        result, _ = look(list(WORLDS.values()), num_simulations=simulations, method=method)
        for row, name in enumerate(WORLDS):
            wanted = {key: values[simulations - 1] for key, values in golden[name].items() if key != "tree"}
            place = f"{name}, {simulations} simulations"
            assert result.visit_counts[row].tolist() == wanted["visit_counts"], place
            assert result.actions[row] == wanted["actions"], place
            assert result.exact[row] == wanted["exact"], place
            assert result.value[row] == pytest.approx(wanted["value"], abs=2e-6), place
            assert result.action_weights[row] == pytest.approx(wanted["action_weights"], abs=2e-6), place


@each_method
def test_golden_trees(method: str) -> None:
    """Node by node: where it hangs, what it is worth, what its edges have seen; fractions, so exactly."""
    golden = json.loads((GOLDEN / f"{method}.json").read_text())
    _, tree = look(list(WORLDS.values()), num_simulations=MOST, method=method)
    for row, name in enumerate(WORLDS):
        nodes = golden[name]["tree"]
        assert tree.num_nodes[row] == len(nodes)
        for slot, node in enumerate(nodes):
            assert path_of(tree, row, slot) == node["path"]
            assert tree.value[row, slot] == node["value"]
            assert tree.exact[row, slot] == node["exact"]
            assert tree.visit_counts[row, slot].tolist() == node["visit_counts"]
            assert tree.value_sums[row, slot].tolist() == node["value_sums"]


def path_of(tree: Tree, row: int, slot: int) -> list[int]:
    path: list[int] = []
    while slot != 0:
        parent, edge = tree.parents[row, slot], tree.parent_edges[row, slot]
        assert tree.children[row, parent, edge] == slot
        path.insert(0, int(tree.action_ids[row, parent, edge]))
        slot = parent
    return path


# --- against the reference, live ---


@each_method
@settings(max_examples=40)
@given(
    kind=st.sampled_from([quiet, gappy, alone]),
    salt=st.integers(1, 1000),
    simulations=st.integers(1, 60),
    considered=st.integers(1, 6),
)
def test_reference(method: str, kind: Any, salt: int, simulations: int, considered: int) -> None:
    config = SearchConfig(simulations, method, max_considered=considered, c_puct=1.25, c_visit=10.0)
    model = TableModel([kind(salt)])
    result, tree = search(model, model.root(), config)
    wanted = ReferenceSearch(kind(salt), config).run()
    assert result.visit_counts[0].tolist() == [wanted.root.count(a) for a in range(ACTIONS)]
    assert result.actions[0] == wanted.action()
    assert result.exact[0] == wanted.root.exact
    assert result.value[0] == pytest.approx(wanted.value(), abs=1e-5)
    assert [tuple(path_of(tree, 0, slot)) for slot in range(tree.num_nodes[0])] == [
        node.path for node in wanted.order
    ]
    q = wanted.completed_q(wanted.root)
    assert [result.action_values[0, a] for a in q] == pytest.approx(list(q.values()), abs=1e-5)


def test_reference_with_gumbel_noise() -> None:
    worlds = [quiet(salt) for salt in range(16)]
    keys, config = game_keys(7, "test", 0, 16), SearchConfig(12)
    model = TableModel(worlds)
    result, _ = search(model, model.root(), config, keys, noise=1.0)
    for row, world in enumerate(worlds):
        noise = {a: gumbel(keys[row], a) for a in range(ACTIONS)}
        wanted = ReferenceSearch(world, config, noise).run()
        assert result.visit_counts[row].tolist() == [wanted.root.count(a) for a in range(ACTIONS)]
        assert result.actions[row] == wanted.action()


# --- sequential halving (algorithm 2) ---


def test_considered_visits_by_hand() -> None:
    """m = 7, n = 16: 3 phases, so 16 / (3 * 7) -> 1 round of 7, 16 / (3 * 3) -> 1 round of 3,
    16 / (3 * 2) -> 2 rounds of 2, and 2 rounds of 2 again, cut off at 16."""
    assert considered_visits(7, 16)[7].tolist() == [0] * 7 + [1] * 3 + [2, 2, 3, 3, 4, 4]
    assert considered_visits(4, 8)[4].tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert considered_visits(4, 8)[2].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert considered_visits(4, 8)[1].tolist() == list(range(8))


@given(considered=st.integers(1, 40), simulations=st.integers(1, 300))
@settings(max_examples=60)
def test_considered_visits(considered: int, simulations: int) -> None:
    """Every entry can be served: playing the schedule out, somebody always has the wanted count."""
    table = considered_visits(considered, simulations)
    assert table.shape == (considered + 1, simulations)
    assert table[considered].tolist() == halving_levels(considered, simulations)
    visits = [0] * considered
    for level in table[considered]:
        visits[visits.index(level)] += 1  # raises ValueError where nobody has it
    assert sum(visits) == simulations
    assert sum(count > 0 for count in visits) == min(considered, simulations)


def test_halving_of_a_bandit() -> None:
    """8 arms, 24 simulations: 1 round of 8, 2 of 4, 4 of 2; so 7, 7, 3, 3 and four times 1."""
    values = (0.0, -0.5, 0.25, 0.5, -0.25, 0.75, -0.75, 0.125)
    result, _ = look([bandit(values)], 8, num_simulations=24)
    assert result.visit_counts[0].tolist() == [1, 1, 3, 7, 1, 7, 1, 3]
    assert result.actions[0] == 5
    assert result.action_values[0] == pytest.approx(values)


def test_few_are_considered() -> None:
    """Only the two arms of the highest priors are tried; without noise the first among equals."""
    result, _ = look([bandit((0.0, 0.0, 1 / 2, 1 / 2))], num_simulations=8, max_considered=2)
    assert result.visit_counts[0].tolist() == [4, 4, 0, 0]


# --- values ---


def test_v_mix_by_hand() -> None:
    """v = 1/4, priors 1/2 1/4 1/8 1/8; one visit finds q(0) = -1/2. So v_mix = (1/4 - 1/2) / 2 = -1/8,
    and sigma = (50 + 1) / 2."""

    def world(path: tuple[int, ...]) -> Step:
        priors = {0: 1 / 2, 1: 1 / 4, 2: 1 / 8, 3: 1 / 8}
        return Step(0.25, priors) if not path else Step(0.5, priors)

    result, _ = look([world], num_simulations=1)
    assert result.action_values[0].tolist() == [-0.5, -0.125, -0.125, -0.125]
    logits = [
        math.log(p) + 25.5 * q
        for p, q in zip((0.5, 0.25, 0.125, 0.125), (-0.5, -0.125, -0.125, -0.125), strict=True)
    ]
    weights = np.exp(logits) / np.exp(logits).sum()
    assert result.action_weights[0] == pytest.approx(weights, rel=1e-5)
    assert result.value[0] == pytest.approx(float((weights * result.action_values[0]).sum()))


@each_method
@pytest.mark.parametrize(("discount", "wanted"), [(1.0, 0.75), (-1.0, -0.25), (0.0, 0.25)])
def test_discounts(method: str, discount: float, wanted: float) -> None:
    """q = reward + discount * value of the child: 1/4 + discount * 1/2."""

    def world(path: tuple[int, ...]) -> Step:
        return Step(0.5, {0: 1.0}, reward=0.25, discount=discount)

    result, _ = look([world], num_simulations=1, method=method)
    assert result.action_values[0, 0] == wanted


@each_method
def test_discounts_along_a_line(method: str) -> None:
    """A chain of single moves: three plies down 1/4, no rewards on the way. Alternating players see
    -1/4, 1/4, -1/4 from the top, whose own value 1/2 is left out of the average of its edge."""

    def world(path: tuple[int, ...]) -> Step:
        return Step((0.5, 0.0, 0.0, 0.25)[len(path)], {0: 1.0})

    result, tree = look([world], num_simulations=3, method=method)
    assert tree.value_sums[0, :3, 0].tolist() == [-0.25, 0.25, -0.25]
    assert result.action_values[0, 0] == np.float32(-0.25 / 3)


# --- proven nodes ---

END = Step(0.0, {}, discount=0.0, exact=True)
OPEN = Step(0.0, dict.fromkeys(range(ACTIONS), 1 / ACTIONS))


def tree_of(ends: dict[tuple[int, ...], float], moves: dict[tuple[int, ...], tuple[int, ...]]) -> World:
    """A world whose games end at some paths, with that reward for who moved there; elsewhere only the
    named moves are legal, all four where none are named."""

    def world(path: tuple[int, ...]) -> Step:
        if path in ends:
            return END._replace(reward=ends[path])
        actions = moves.get(path, tuple(range(ACTIONS)))
        return Step(0.0, {a: 1 / len(actions) for a in actions})

    return world


@each_method
def test_a_win_in_one_ends_the_search(method: str) -> None:
    model = TableModel([tree_of({(2,): 1.0}, {})])
    result, tree = search(model, model.root(), SearchConfig(32, method))
    assert result.exact[0]
    assert result.value[0] == 1.0
    assert result.actions[0] == 2
    assert tree.num_nodes[0] == 4, "root, moves 0 and 1, the winning move 2"
    assert len(model.calls) == 3, "a proven root asks the model nothing more"


@each_method
def test_a_forced_loss(method: str) -> None:
    """Whatever is played, the answer 3 wins: proven, worth -1."""
    world = tree_of({(0, 3): 1.0, (1, 3): 1.0}, {(): (0, 1)})
    result, _ = look([world], num_simulations=64, method=method)
    assert result.exact[0]
    assert result.value[0] == -1.0
    assert result.actions[0] in (0, 1)


@each_method
def test_a_proven_loss_is_never_chosen(method: str) -> None:
    """Move 0 has nearly all of the prior and loses by force; 1 and 2 look bad, but are not proven."""

    def world(path: tuple[int, ...]) -> Step:
        if path == ():
            return Step(0.5, {0: 0.998, 1: 0.001, 2: 0.001})
        if path == (0,):
            return Step(-0.9, {3: 1.0})
        if path == (0, 3):
            return END._replace(reward=1.0)
        return Step(0.9 if len(path) % 2 else -0.9, dict.fromkeys(range(ACTIONS), 0.25))

    for simulations in range(2, 30):
        result, tree = look([world], num_simulations=simulations, method=method, max_considered=3)
        loss = tree.children[0, 0, 0]
        if loss != NONE and tree.exact[0, loss]:
            assert result.actions[0] != 0, f"{simulations} simulations"
        assert not result.exact[0]
    assert tree.exact[0, tree.children[0, 0, 0]], "it has been proven on the way"


@each_method
def test_a_draw_is_proven_by_its_leaves(method: str) -> None:
    """Move 0 draws at once, 1 loses to the answer 0: all is known, the draw is best."""
    world = tree_of({(0,): 0.0, (1, 0): 1.0}, {(): (0, 1), (1,): (0, 1)})
    result, _ = look([world], num_simulations=32, method=method)
    assert result.exact[0]
    assert result.value[0] == 0.0
    assert result.actions[0] == 0
    assert result.action_values[0, :2].tolist() == [0.0, -1.0]


def test_the_visits_of_a_proven_root_go_to_its_best_moves() -> None:
    world = tree_of({(0,): 0.0, (1, 0): 1.0}, {(): (0, 1), (1,): (0, 1)})
    result, _ = look([world], num_simulations=32, method="puct")
    assert result.action_weights[0].tolist() == [1.0, 0.0, 0.0, 0.0]


@each_method
def test_one_player_proof(method: str) -> None:
    """discount +1: a move to a proven success is a success."""

    def world(path: tuple[int, ...]) -> Step:
        if path == (1, 2):
            return END._replace(reward=1.0)
        return OPEN._replace(discount=1.0)

    result, _ = look([world], num_simulations=64, method=method)
    assert result.exact[0]
    assert result.actions[0] == 1


# --- noise ---


def run_with(method: str, keys: Any, noise: Any, batch: int = 6) -> SearchResult:
    model = TableModel([quiet(salt) for salt in range(batch)])
    return search(model, model.root(), SearchConfig(8, method), keys, noise)[0]


@each_method
def test_noise_zero_is_deterministic(method: str) -> None:
    """With noise 0 the keys say nothing."""
    plain = run_with(method, None, 0.0)
    for seed in range(3):
        same(plain, run_with(method, game_keys(seed, "test", 0, 6), 0.0))


@each_method
def test_noise_changes_the_noisy_rows_only(method: str) -> None:
    keys, scale = game_keys(3, "test", 0, 6), np.array([0, 1, 0, 1, 0, 1], np.float32)
    plain, noisy = run_with(method, None, 0.0), run_with(method, keys, scale)
    assert np.array_equal(plain.visit_counts[::2], noisy.visit_counts[::2])
    seeds = [run_with(method, game_keys(seed, "test", 0, 6), scale).visit_counts[1::2] for seed in range(5)]
    assert any(not np.array_equal(seeds[0], other) for other in seeds[1:])
    same(noisy, run_with(method, keys, scale))


@each_method
def test_noise_needs_keys(method: str) -> None:
    with pytest.raises(ValueError, match="noise needs keys"):
        run_with(method, None, 1.0)


def test_dirichlet_noise_is_a_share_of_the_prior() -> None:
    """noise_fraction 1 at the root: the noisy prior no longer knows the prior, and sums to 1."""
    model = TableModel([quiet(3)] * 500)
    root = model.root()
    config = SearchConfig(4, "puct", noise_fraction=1.0)
    _, tree = search(model, root, config)
    noises = tree_search._root_noise(tree, config, game_keys(1, "test", 0, 500), 1.0)
    noisy = np.exp(tree.log_prior[:, 0] + noises)
    assert noisy.sum(axis=1) == pytest.approx(np.ones(500), abs=1e-5)
    assert noisy.mean(axis=0) == pytest.approx(np.full(4, 0.25), abs=0.03)  # Dirichlet(1) has these means
    assert noisy.var(axis=0) == pytest.approx(np.full(4, 3 / 80), abs=0.008)  # and this variance


# --- batches ---


def same(one: SearchResult, other: SearchResult) -> None:
    for field, a, b in zip(SearchResult._fields, one, other, strict=True):
        assert np.array_equal(a, b), field


@each_method
def test_a_row_depends_on_no_other(method: str) -> None:
    worlds = [kind(salt) for salt in range(7) for kind in (quiet, gappy, alone)]
    keys, config = game_keys(5, "test", 0, len(worlds)), SearchConfig(20, method)
    model = TableModel(worlds)
    together, _ = search(model, model.root(), config, keys, 1.0)
    for row, world in enumerate(worlds):
        model = TableModel([world])
        alone_, _ = search(model, model.root(), config, keys[row : row + 1], 1.0)
        same(SearchResult(*(field[row : row + 1] for field in together)), alone_)


@each_method
@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 3, 0, 2)])
def test_the_order_of_edges_does_not_matter(method: str, order: tuple[int, ...]) -> None:
    """Renamed actions give renamed results (the priors allow no ties)."""

    def turned(world: World) -> World:
        def renamed(path: tuple[int, ...]) -> Step:
            step = world(tuple(order[a] for a in path))
            return step._replace(priors={order.index(a): prior for a, prior in step.priors.items()})

        return renamed

    def uneven(salt: int) -> World:
        base = quiet(salt)

        def world(path: tuple[int, ...]) -> Step:
            priors = dict(enumerate((0.29, 0.41, 0.19, 0.11)))
            return base(path)._replace(priors=priors)

        return world

    worlds = [uneven(salt) for salt in range(20)]
    plain, _ = look(worlds, num_simulations=24, method=method)
    renamed, _ = look([turned(world) for world in worlds], num_simulations=24, method=method)
    assert np.array_equal(plain.visit_counts[:, order], renamed.visit_counts)
    assert np.array_equal(plain.actions, np.array(order)[renamed.actions])
    assert renamed.value == pytest.approx(plain.value, abs=1e-6)


def test_missing_edges_may_lie_anywhere() -> None:
    """K grows by edges that do not exist: nothing changes."""
    narrow, _ = look([gappy(salt) for salt in range(10)], num_simulations=20)
    wide, _ = look([gappy(salt) for salt in range(10)], 9, num_simulations=20)
    assert np.array_equal(wide.visit_counts[:, :ACTIONS], narrow.visit_counts)
    assert not wide.visit_counts[:, ACTIONS:].any()
    assert not wide.action_weights[:, ACTIONS:].any()


# --- what is handed in ---


def test_errors() -> None:
    with pytest.raises(ValueError, match="'gumbel' or 'puct', not 'uct'"):
        SearchConfig(method="uct")
    with pytest.raises(ValueError, match="at least 1 simulation"):
        SearchConfig(0)
    with pytest.raises(ValueError, match="without actions"):
        look([tree_of({(): 0.0}, {})], num_simulations=2)


def test_odd_inputs_compile_nothing_anew() -> None:
    """Whole numbers as constants, other dtypes, strides and read-only arrays: the same kernels."""
    for method in METHODS:  # every kernel is called once, whatever other tests have called
        usual = TableModel([quiet(1)])
        search(usual, usual.root(), SearchConfig(4, method), np.ones(1, np.uint64), np.ones(1, np.float32))
    kernels = [getattr(tree_search, name) for name in dir(tree_search)]
    kernels = [kernel for kernel in kernels if hasattr(kernel, "signatures")]
    before = {kernel.__name__: len(kernel.signatures) for kernel in kernels}
    assert len(before) > 10
    for method in METHODS:
        model = TableModel([quiet(1), quiet(2)])
        root = model.root()
        odd = Expansion(
            np.asfortranarray(root.action_ids.astype(np.int64)),
            root.prior_logits.astype(np.float64)[:, ::-1],
            root.value.astype(np.float64),
            np.broadcast_to(np.float32(0.0), 2),
            root.discount,
            root.exact.astype(np.int8),
        )
        config = SearchConfig(
            np.int64(4), method, max_considered=np.int32(4), c_visit=50, c_scale=1, c_puct=2
        )
        keys = np.array([1, 2])
        keys.flags.writeable = False
        search(model, odd, config, keys, noise=[1, 0])
    after = {kernel.__name__: len(kernel.signatures) for kernel in kernels}
    assert after == before
