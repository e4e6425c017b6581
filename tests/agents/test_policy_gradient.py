"""AlphaGo's second stage: what is pushed and how far, the pool, and going on after a stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from arms import SMALL, positions
from stations import desk, same_state, state_of

from agents import policy_gradient
from agents.config import CompareConfig, NetworkConfig, PolicyGradientConfig
from agents.learning import Batch, Examples, Learner, checkpoint_path, new_learner, save_learner
from agents.network import network_evaluator, network_policy, new_network
from agents.policy_gradient import (
    ARMS,
    advantages,
    policy_gradient_step,
    reinforce_policy,
    truncated_ratio,
)
from agents.pool_play import play_against_pool
from agents.positions import PositionSet
from agents.self_play import random_openings
from games.connect_four import GAME
from lab.checkpoint import CheckpointError
from lab.randomness import game_keys
from lab.run import TrainingDiverged
from lab.workers import Interrupted

__all__ = ["positions"]  # the fixture

SETTINGS = PolicyGradientConfig(
    iterations=3, games_per_iteration=8, batch=8, pool_every=1, batch_size=16, evaluations=2
)
CONFIG = replace(SMALL, policy_gradient=SETTINGS)


def learner(seed: int = 0, rate: float = 1e-2) -> Learner:
    """Its value head is left as it is, so that an advantage lasts."""
    return new_learner(GAME, new_network(NetworkConfig(8, 1), GAME, seed), rate, 0.0, 0.0, 1_000)


def run_with_imitator(folder: Path, seed: int = 0) -> Path:
    path = checkpoint_path(folder, "imitator")
    path.parent.mkdir(parents=True)
    save_learner(path, learner(seed))
    return folder


def trained(folder: Path, arm: str, config: CompareConfig = CONFIG) -> tuple[dict[str, Any], list[Any]]:
    reinforce_policy(run_with_imitator(folder), config, arm, desk())
    return state_of(folder, arm)


def weights_of(state: tuple[dict[str, Any], list[Any]]) -> dict[str, Any]:
    return {name: tensor for name, tensor in state[0].items() if name.startswith("network.")}


@pytest.mark.parametrize("arm", ARMS)
def test_the_loop(tmp_path: Path, positions: PositionSet, arm: str) -> None:
    tensors, rows = trained(tmp_path, arm)
    assert [(phase, step, games) for phase, step, games, _ in rows] == [
        ("reinforce", 1, 8),
        ("reinforce", 2, 16),
        ("reinforce", 3, 24),
    ]
    assert [step for _, step, _, tags in rows if "score/rate" in tags] == [2, 3]
    for _, _, _, tags in rows:
        assert 0.0 <= tags["selfplay/score_against_pool"] <= 1.0
        assert 0.0 < tags["entropy/policy"] <= np.log(7)
        assert 3 <= tags["length/mean"] <= 42, "four random plies may have gone before"
        assert {"loss/policy", "loss/value"} <= tags.keys()
    members = {name.split(".")[1] for name in tensors if name.startswith("pool.")}
    assert members == {"1", "2"}, "the imitator is in its own file, the end joins nothing"


def test_both_arms_play_the_same_first_games_and_learn_other_things(
    tmp_path: Path, positions: PositionSet
) -> None:
    config = replace(CONFIG, policy_gradient=replace(SETTINGS, iterations=1))
    gradient, wins = (trained(tmp_path / arm, arm, config) for arm in ARMS)
    for tag in ("selfplay/score_against_pool", "length/mean", "entropy/policy"):
        assert gradient[1][0][3][tag] == wins[1][0][3][tag]
    assert not same_state((weights_of(gradient), []), (weights_of(wins), []))


def test_it_starts_from_the_imitator(tmp_path: Path, positions: PositionSet) -> None:
    """With nothing learned the weights, but for the running statistics of batch norm, are the imitator's."""
    config = replace(CONFIG, policy_gradient=replace(SETTINGS, learning_rate=0.0))
    state = trained(tmp_path, "policy-gradient", config)
    imitator = learner().network.state_dict()
    for name, tensor in weights_of(state).items():
        if "running" not in name and "num_batches" not in name:
            assert np.array_equal(tensor, imitator[name.removeprefix("network.")].numpy()), name


@pytest.mark.parametrize("looks", [0, 9, 40, 75])
def test_a_stopped_one_goes_on_bit_for_bit(tmp_path: Path, positions: PositionSet, looks: int) -> None:
    """Wherever it is asked to stop: at once, within a block of games, within the training."""
    whole = trained(tmp_path / "whole", "policy-gradient")
    torn = run_with_imitator(tmp_path / "torn")
    with pytest.raises(Interrupted):
        reinforce_policy(torn, CONFIG, "policy-gradient", desk(looks=looks))
    reinforce_policy(torn, CONFIG, "policy-gradient", desk())
    assert same_state(whole, state_of(torn, "policy-gradient"))


def test_one_killed_while_saving_goes_on(
    tmp_path: Path, positions: PositionSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = trained(tmp_path / "whole", "own-wins")

    def kill(path: Path, learner: Any, extra: Any) -> None:
        if learner.iteration == 2:
            raise MemoryError("killed")
        save_learner(path, learner, extra)

    torn = run_with_imitator(tmp_path / "torn")
    with monkeypatch.context() as patch:
        patch.setattr(policy_gradient, "save_learner", kill)
        with pytest.raises(MemoryError):
            reinforce_policy(torn, CONFIG, "own-wins", desk())
    reinforce_policy(torn, CONFIG, "own-wins", desk())
    assert same_state(whole, state_of(torn, "own-wins"))


def test_divergence_leaves_the_last_checkpoint(
    tmp_path: Path, positions: PositionSet, monkeypatch: pytest.MonkeyPatch
) -> None:

    def poisoned(*arguments: Any) -> Any:
        block = play_against_pool(*arguments)
        if arguments[5] == 1:
            block.examples.value_targets[:] = np.nan
        return block

    monkeypatch.setattr(policy_gradient, "play_against_pool", poisoned)
    with pytest.raises(TrainingDiverged):
        trained(tmp_path, "policy-gradient")
    state = state_of(tmp_path, "policy-gradient")
    assert [row[1] for row in state[1]] == [1]
    assert all(np.isfinite(np.asarray(tensor)).all() for tensor in weights_of(state).values())


def test_no_imitator_and_no_such_arm(tmp_path: Path, positions: PositionSet) -> None:
    with pytest.raises(CheckpointError, match="no such checkpoint"):
        reinforce_policy(tmp_path, CONFIG, "policy-gradient", desk())
    with pytest.raises(ValueError, match="'zero'; there are: policy-gradient, own-wins"):
        reinforce_policy(tmp_path, CONFIG, "zero", desk())


def test_advantages_by_hand() -> None:
    """Won, drawn and lost games that the value head took for .25 each."""
    results, values = torch.tensor([1.0, 0.0, -1.0]), torch.full((3,), 0.25)
    assert advantages(results, values, pushes_down=True).tolist() == [0.75, -0.25, -1.25]
    assert advantages(results, values, pushes_down=False).tolist() == [1.0, 0.0, 0.0]


def test_truncated_ratio_by_hand() -> None:
    """pi = (1/3, 2/3, 0): a move drawn with 2/3 is now half as likely, one drawn with 1/2 likelier."""
    logits = torch.log(torch.tensor([[1.0, 2.0, 9.0]] * 2))
    mask, actions = torch.tensor([[True, True, False]] * 2), torch.tensor([0, 1])
    ratio = truncated_ratio(logits, actions, torch.tensor([2 / 3, 1 / 2]), mask)
    assert ratio.tolist() == pytest.approx([0.5, 1.0])


STATES = random_openings(GAME, game_keys(5, "test", 0, 16), share=1.0, plies=6)[0]


def taught(action: int, result: float) -> Batch:
    """Sixteen positions, the same move in each and the same end."""
    drawn = np.zeros((16, 7), np.float32)
    drawn[:, action] = 1 / 7
    return Batch(GAME.observe(STATES), GAME.legal_action_mask(STATES), drawn, np.full(16, result, np.float32))


def probability(learner: Learner, action: int) -> float:
    policy = network_policy(network_evaluator(learner.network.eval(), GAME, 16), GAME)
    return float(policy(STATES)[:, action].mean())


@pytest.mark.parametrize("pushes_down", [True, False])
def test_a_won_move_is_pushed_up(pushes_down: bool) -> None:
    one = learner()
    before = probability(one, 3)
    for _ in range(60):
        policy_gradient_step(one, taught(3, 1.0), pushes_down, SETTINGS)
    assert probability(one, 3) > before + 0.1


def test_a_lost_move_is_pushed_down_by_the_policy_gradient_alone() -> None:
    settings = replace(SETTINGS, entropy_weight=0.0)
    one, other = learner(), learner()
    before = probability(one, 3)
    lost = taught(3, -1.0)
    for _ in range(60):
        policy_gradient_step(one, lost, True, settings)
        policy, value = policy_gradient_step(other, lost, False, settings)
        assert policy == 0.0, "nothing is imitated"
        assert value >= 0.0
    assert probability(one, 3) < before - 0.05


def test_a_move_that_is_gone_is_pushed_no_further() -> None:
    """Its loss is A * min(1, pi / mu) * -log pi, which goes to 0 with pi, not to minus infinity."""
    one = learner()
    with torch.no_grad():
        one.network.policy_out.bias[3] = -40.0
    policy, _ = policy_gradient_step(one, taught(3, -1.0), True, replace(SETTINGS, entropy_weight=0.0))
    assert abs(policy) < 1e-6


def test_the_entropy_weight_keeps_a_policy_broad() -> None:
    sharp, broad = learner(), learner()
    for _ in range(60):
        policy_gradient_step(sharp, taught(3, 1.0), False, replace(SETTINGS, entropy_weight=0.0))
        policy_gradient_step(broad, taught(3, 1.0), False, replace(SETTINGS, entropy_weight=2.0))
    assert probability(broad, 3) < probability(sharp, 3) - 0.1


def test_batches_are_the_positions_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(37, dtype=np.float32)
    examples = Examples(GAME.new(37), np.eye(7, dtype=np.float32)[np.arange(37) % 7], values)

    def seen(iteration: int, size: int) -> list[list[float]]:
        one = learner()
        one.iteration = iteration
        settings = replace(SETTINGS, batch_size=size)
        batches = policy_gradient._batches(examples, settings, 4, one)
        return [batch.value_targets.tolist() for batch in batches]

    first = seen(0, 16)
    assert [len(batch) for batch in first] == [16, 16]
    assert len({value for batch in first for value in batch}) == 32
    assert first == seen(0, 16) != seen(1, 16)
    assert [sorted(batch) for batch in seen(0, 64)] == [values.tolist()], "the only batch may be small"
