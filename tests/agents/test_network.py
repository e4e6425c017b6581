"""The network as an evaluator: rows that know nothing of each other, weights from a seed alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents.config import NetworkConfig
from agents.learning import new_learner, save_learner
from agents.network import (
    PolicyValueNetwork,
    inference_dtype,
    load_network,
    network_evaluator,
    network_policy,
    network_tensors,
    new_network,
    restore_network,
)
from games import connect_four, tic_tac_toe
from games.core import Game, States
from lab.checkpoint import CheckpointError
from lab.randomness import game_keys, sample_batch

GAMES = (connect_four.GAME, tic_tac_toe.GAME)
CONNECT_FOUR = connect_four.GAME
SMALL = NetworkConfig(channels=16, blocks=1)
BATCH = 24


def random_states(game: Game, count: int, seed: int = 0) -> States:
    """Unfinished positions after 0, 1, 2, ... random moves."""
    keys, states = game_keys(seed, "test", 0, count), game.new(count)
    wanted = np.arange(count) % (game.max_plies // 2)
    for ply in range(game.max_plies // 2):
        after = game.step(states, sample_batch(game.legal_action_mask(states), keys, ply))
        rows = (wanted > ply) & ~game.is_terminal(after)
        states = np.where(rows, after, states)
    return states


@pytest.fixture(scope="module", params=GAMES, ids=lambda game: game.name)
def asked(request: pytest.FixtureRequest) -> tuple[Game, PolicyValueNetwork, Any]:
    """A game, a network with lived-in batch norms, and its evaluator."""
    game = request.param
    network = new_network(SMALL, game, seed=3)
    network.train()
    with torch.no_grad():
        network(torch.from_numpy(game.observe(random_states(game, 64, seed=9))))
    return game, network, network_evaluator(network, game, BATCH)


def test_a_row_depends_on_no_other(asked: Any) -> None:
    """Bit for bit the same answer alone, among others, at any place, in a second chunk."""
    game, _, evaluate = asked
    states = random_states(game, BATCH + 7)
    logits, value = evaluate(states)
    assert logits.shape == (BATCH + 7, game.num_actions)
    assert logits.dtype == value.dtype == np.float32
    for row in range(0, len(states), 5):
        alone_logits, alone_value = evaluate(states[row : row + 1])
        assert np.array_equal(alone_logits[0], logits[row])
        assert np.array_equal(alone_value[0], value[row])
    order = np.random.default_rng(1).permutation(len(states))
    turned_logits, turned_value = evaluate(states[order])
    assert np.array_equal(turned_logits, logits[order])
    assert np.array_equal(turned_value, value[order])


def test_what_was_asked_before_leaves_no_trace(asked: Any) -> None:
    game, _, evaluate = asked
    few = random_states(game, 3)
    first = evaluate(few)
    evaluate(random_states(game, BATCH, seed=5))
    again = evaluate(few)
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])


def test_frozen_is_near_eager(asked: Any) -> None:
    game, network, evaluate = asked
    states = random_states(game, 40)
    network.eval()
    with torch.no_grad():
        eager_logits, eager_value = (out.numpy() for out in network(torch.from_numpy(game.observe(states))))
    logits, value = evaluate(states)
    tolerance = 0.03 if inference_dtype() == torch.bfloat16 else 1e-4
    assert np.abs(logits - eager_logits).max() < tolerance * max(1.0, np.abs(eager_logits).max())
    assert np.abs(value - eager_value).max() < tolerance
    assert np.abs(value).max() <= 1.0


def test_the_evaluator_keeps_the_weights_of_its_day(asked: Any) -> None:
    game, network, _ = asked
    twin = new_network(SMALL, game, seed=3)
    restore_network(twin, network_tensors(network))
    evaluate, states = network_evaluator(twin, game, BATCH), random_states(game, 5)
    before = evaluate(states)[0]
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.add_(0.5)
    assert np.array_equal(evaluate(states)[0], before)
    assert not np.array_equal(network_evaluator(twin, game, BATCH)(states)[0], before)


def test_no_states_are_no_answers(asked: Any) -> None:
    game, _, evaluate = asked
    logits, value = evaluate(game.new(0))
    assert logits.shape == (0, game.num_actions)
    assert value.shape == (0,)


def test_policy_is_a_distribution_over_legal_moves(asked: Any) -> None:
    game, _, evaluate = asked
    states = random_states(game, 50)
    policy = network_policy(evaluate, game)(states)
    assert policy.sum(axis=1) == pytest.approx(np.ones(50))
    mask = game.legal_action_mask(states)
    assert (policy[~mask] == 0).all()
    assert (policy[mask] > 0).all()
    logits, row = evaluate(states)[0].astype(float), 17
    weights = np.where(mask[row], np.exp(logits[row]), 0.0)
    assert policy[row] == pytest.approx(weights / weights.sum())


# --- weights ---


def test_weights_follow_from_the_seed_alone() -> None:
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    one = new_network(SMALL, CONNECT_FOUR, seed=1)
    assert torch.equal(torch.rand(3), wanted), "the global generator is left as it was"
    torch.manual_seed(6)
    two, other = new_network(SMALL, CONNECT_FOUR, seed=1), new_network(SMALL, CONNECT_FOUR, seed=2)
    tensors = network_tensors(one)
    assert all(torch.equal(tensors[name], tensor) for name, tensor in network_tensors(two).items())
    assert not torch.equal(tensors["network.stem.weight"], network_tensors(other)["network.stem.weight"])


@pytest.mark.parametrize(("blocks", "channels"), [(1, 16), (3, 32)])
def test_the_number_of_weights(blocks: int, channels: int) -> None:
    """Convolutions without bias, batch norms of 2 C; heads of 8 channels; 42 cells, 7 columns."""
    network = new_network(NetworkConfig(channels, blocks), CONNECT_FOUR, seed=0)
    body = 9 * 3 * channels + 2 * channels + blocks * 2 * (9 * channels**2 + 2 * channels)
    policy = 8 * channels + 8 + 7 * (8 * 42) + 7
    value = 8 * channels + 8 + 64 * (8 * 42) + 64 + 64 + 1
    assert sum(p.numel() for p in network.parameters()) == body + policy + value


def test_restore_refuses_another_shape() -> None:
    tensors = network_tensors(new_network(SMALL, CONNECT_FOUR, seed=0))
    with pytest.raises(RuntimeError, match="size mismatch"):
        restore_network(new_network(NetworkConfig(8, 1), CONNECT_FOUR, seed=0), tensors)
    with pytest.raises(KeyError):
        restore_network(new_network(NetworkConfig(16, 2), CONNECT_FOUR, seed=0), tensors)


def test_load_network(tmp_path: Path) -> None:
    network = new_network(SMALL, CONNECT_FOUR, seed=4)
    save_learner(tmp_path / "c.safetensors", new_learner(CONNECT_FOUR, network, 1e-3, 0.0, 1.0, 10))
    loaded = load_network(tmp_path / "c.safetensors", CONNECT_FOUR)
    assert loaded.config == SMALL
    tensors = network_tensors(network)
    assert all(torch.equal(tensors[name], tensor) for name, tensor in network_tensors(loaded).items())
    with pytest.raises(CheckpointError):
        load_network(tmp_path / "nothing.safetensors", CONNECT_FOUR)
