"""The head that says whose each point will be: whom it teaches, how it turns, and who has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from agents.config import NetworkConfig
from agents.folded import FoldedNetwork
from agents.learning import (
    Batch,
    Examples,
    Learner,
    batch_of,
    draw,
    learner_tensors,
    new_learner,
    restore_learner,
    save_learner,
    train_step,
)
from agents.network import PolicyValueNetwork, load_network, network_evaluator, network_tensors, new_network
from games import connect_four, tic_tac_toe
from games.core import Game, States
from games.go import GO5, GO7, go_game, score
from lab.randomness import game_keys, sample_batch

CONNECT_FOUR, TTT = connect_four.GAME, tic_tac_toe.GAME
SMALL = NetworkConfig(channels=8, blocks=1)


def some_states(game: Game, count: int, plies: int = 12) -> States:
    """Unfinished positions after so many moves, but where a game ended before."""
    keys, states = game_keys(1, "test", 0, count), game.new(count)
    for ply in range(plies):
        weights = game.legal_action_mask(states).astype(np.float64)
        weights[:, -1] *= 0.01
        after = game.step(states, sample_batch(weights, keys, ply))
        states = np.where(game.is_terminal(after), states, after)
    return states


def some_examples(game: Game, count: int = 120) -> Examples:
    """The first legal move, who has more stones wins, and the points as they are counted now."""
    states = some_states(game, count)
    sign = (1 - 2 * game.current_player(states)).astype(np.int8)
    balance, owners = score(states)
    first = game.legal_action_mask(states).argmax(axis=1)
    values = np.sign(balance * sign).astype(np.float32)
    weights = np.eye(game.num_actions, dtype=np.float32)[first]
    return Examples(states, weights, values, (owners * sign[:, None]).astype(np.int8))


def learner_of(game: Game, rate: float = 1e-2) -> Learner:
    learner = new_learner(game, new_network(SMALL, game, 0), rate, 1e-4, 0.5, 200)
    learner.owner_weight = 0.5
    return learner


def a_batch(game: Game, size: int = 32) -> Batch:
    return draw(some_examples(game), size, seed=0, update=0, game=game, augment=False)


def owner_error(learner: Learner, batch: Batch) -> float:
    learner.network.train()
    with torch.no_grad():
        owner = learner.network.owner(learner.network.trunk(torch.from_numpy(batch.planes)))
    assert batch.owners is not None
    return float((owner - torch.from_numpy(batch.owners)).square().mean())


# --- who has it ---


def test_games_that_count_area_have_the_head() -> None:
    assert new_network(SMALL, GO7, 0).owner_conv is not None
    for game in (CONNECT_FOUR, TTT):
        network = new_network(SMALL, game, 0)
        assert network.owner_conv is None
        assert not [name for name in network_tensors(network) if "owner" in name]
        with pytest.raises(AssertionError, match="counts no area"):
            network.owner(network.trunk(torch.zeros(1, *game.observation_shape)))


def test_the_head_changes_no_other_weight() -> None:
    """Drawn last: with the same seed all else is as it would be without it, in Go as in Connect Four."""
    for game in (GO5, CONNECT_FOUR):
        networks = []
        for counts_area in (False, True):
            torch.manual_seed(5)
            networks.append(PolicyValueNetwork(SMALL, game.observation_shape, game.num_actions, counts_area))
        without, with_head = (network.state_dict() for network in networks)
        assert with_head.keys() - without.keys() == {"owner_conv.weight", "owner_conv.bias"}
        assert all(torch.equal(with_head[name], tensor) for name, tensor in without.items())


def test_connect_fours_weights_are_as_ever() -> None:
    """The first weights that seed 1 has always drawn; the ready-made agents and all results stand on them."""
    tensors = network_tensors(new_network(NetworkConfig(16, 1), CONNECT_FOUR, seed=1))
    stem, last = tensors["network.stem.weight"], tensors["network.value_out.weight"]
    assert stem.contiguous().flatten()[:3].tolist() == pytest.approx(
        [0.0991625, -0.0849433, -0.0373087], abs=1e-6
    )
    assert last.flatten()[:3].tolist() == pytest.approx([0.0095903, 0.0064449, -0.0311464], abs=1e-6)


def test_inference_leaves_the_head_out() -> None:
    """Policy and value are the same whatever the head holds."""
    network, states = new_network(SMALL, GO5, 3), some_states(GO5, 6)
    before = network_evaluator(network, GO5, 8, torch.float32)(states)
    assert network.owner_conv is not None
    with torch.no_grad():
        network.owner_conv.weight.fill_(9.0)
    after = network_evaluator(network, GO5, 8, torch.float32)(states)
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    assert not hasattr(FoldedNetwork(network, (8, *GO5.observation_shape), torch.float32), "owner_conv")


# --- what it teaches ---


def test_the_owner_is_between_the_players() -> None:
    network = new_network(SMALL, GO5, 0)
    owner = network.owner(network.trunk(torch.from_numpy(GO5.observe(some_states(GO5, 9)))))
    assert owner.shape == (9, 25)
    assert owner.abs().max() <= 1.0


def test_steps_lower_the_error_in_owners() -> None:
    learner, batch = learner_of(GO5), a_batch(GO5)
    first = owner_error(learner, batch)
    for _ in range(60):
        train_step(learner, batch)
    assert first > 0.5
    assert owner_error(learner, batch) < 0.5 * first


def gradients(batch: Batch) -> dict[str, torch.Tensor]:
    learner = learner_of(GO5)
    train_step(learner, batch)
    return {
        name: parameter.grad.clone()
        for name, parameter in learner.network.named_parameters()
        if parameter.grad is not None
    }


def test_the_gradient_reaches_the_trunk() -> None:
    """Owners change the trunk's gradient and the head's, and neither that of policy nor of value."""
    batch = a_batch(GO5)
    assert batch.owners is not None
    known, flipped = gradients(batch), gradients(replace(batch, owners=-batch.owners))
    unknown = gradients(replace(batch, owners=None))
    assert known.keys() - unknown.keys() == {"owner_conv.weight", "owner_conv.bias"}
    for name, gradient in known.items():
        heads = name.startswith(("policy", "value"))
        assert torch.equal(gradient, flipped[name]) is heads, name
        if name in unknown:
            assert torch.equal(gradient, unknown[name]) is heads, name


def test_the_trunks_gradient_is_the_weighted_sum() -> None:
    """In float32: what the step adds to the stem is owner_weight times the mean squared error's gradient."""
    batch = a_batch(GO5, 16)
    learner = learner_of(GO5)
    assert batch.owners is not None
    with torch.autocast("cpu", enabled=False):
        owner = learner.network.owner(learner.network.trunk(torch.from_numpy(batch.planes)))
        (learner.owner_weight * (owner - torch.from_numpy(batch.owners)).square().mean()).backward()
    alone = learner.network.stem.weight.grad
    assert alone is not None
    added = gradients(batch)["stem.weight"] - gradients(replace(batch, owners=None))["stem.weight"]
    near = torch.nn.functional.cosine_similarity(added.flatten(), alone.flatten(), dim=0)
    assert near > 0.98, "bfloat16 where the machine has it"
    assert added.norm() == pytest.approx(float(alone.norm()), rel=0.1)


def test_the_score_target_teaches_the_balance_of_the_board() -> None:
    """Errors that cancel out over the board are the owners' alone; errors of one sign are the score's too."""
    batch, learner = a_batch(GO5, 64), learner_of(GO5)

    def balance_error(learner: Learner) -> float:
        learner.network.train()
        with torch.no_grad():
            owner = learner.network.owner(learner.network.trunk(torch.from_numpy(batch.planes)))
        assert batch.owners is not None
        return float((owner - torch.from_numpy(batch.owners)).mean(dim=1).square().mean())

    learner.owner_weight, learner.score_weight = 0.0, 1.0
    before, cells_before = balance_error(learner), owner_error(learner, batch)
    for _ in range(60):
        train_step(learner, batch)
    score_alone = balance_error(learner)
    assert score_alone < 0.2 * before
    cells = learner_of(GO5)
    for _ in range(60):
        train_step(cells, batch)
    assert owner_error(cells, batch) < 0.5 * cells_before
    assert owner_error(cells, batch) < owner_error(learner, batch), "nobody told the other one which cells"


def test_a_learner_without_owners_goes_on_bit_for_bit(tmp_path: Path) -> None:
    """People's games have no owners: the head then has no gradient and no state in the optimizer."""
    batch, learner = replace(a_batch(GO5), owners=None), learner_of(GO5)
    head = learner.network.owner_conv
    assert head is not None
    weights = head.weight.detach().clone()
    for _ in range(3):
        train_step(learner, batch)
    assert torch.equal(head.weight.detach(), weights)
    save_learner(tmp_path / "c.safetensors", learner)
    restored = learner_of(GO5)
    restore_learner(tmp_path / "c.safetensors", restored)
    for each in (learner, restored):
        train_step(each, a_batch(GO5))
    one, other = (learner_tensors(each) for each in (learner, restored))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert load_network(tmp_path / "c.safetensors", GO5).owner_conv is not None


# --- through the symmetries ---


@pytest.mark.parametrize("game", [go_game(3), GO5], ids=lambda game: game.name)
def test_symmetries_move_owners_with_the_stones(game: Game) -> None:
    """Each row is the position seen through one symmetry: its stones, legal moves, taught move and owners."""
    examples = some_examples(game, 40)
    rows = np.arange(40)
    plain = batch_of(examples, rows, game)
    turned = batch_of(examples, rows, game, np.random.default_rng(3))
    which = np.random.default_rng(3).integers(len(game.symmetries) + 1, size=40)
    assert set(which.tolist()) == set(range(8))
    assert plain.owners is not None
    assert turned.owners is not None
    for row, number in enumerate(which):
        cells, actions = np.arange(game.num_actions - 1), np.arange(game.num_actions)
        if number:
            cells, actions = game.symmetries[number - 1].cells, game.symmetries[number - 1].actions
        assert np.array_equal(turned.owners[row], plain.owners[row][cells])
        planes = plain.planes[row].reshape(plain.planes.shape[1], -1)
        assert np.array_equal(turned.planes[row].reshape(planes.shape), planes[:, cells])
        assert np.array_equal(turned.action_weights[row], plain.action_weights[row][actions])
        assert np.array_equal(turned.legal_action_mask[row], plain.legal_action_mask[row][actions])
    own, theirs = turned.planes[:, 0].reshape(40, -1), turned.planes[:, 1].reshape(40, -1)
    assert (turned.owners[own == 1] == 1).all(), "the mover's stones are the mover's"
    assert (turned.owners[theirs == 1] == -1).all()


def test_augmenting_leaves_the_examples_alone() -> None:
    examples = some_examples(GO5, 20)
    assert examples.owners is not None
    before = examples.owners.copy(), examples.action_weights.copy()
    draw(examples, 50, 1, 0, GO5, augment=True)
    assert np.array_equal(examples.owners, before[0])
    assert np.array_equal(examples.action_weights, before[1])
