"""Policy gradient: from the imitator, games against a pool of earlier selves, and no search.

    play a block against the pool -> push each move as its game went -> now and then join the pool

AlphaGo's second stage (Silver et al. 2016, Methods, "Policy network: reinforcement learning"). The arm
`own-wins` differs in one thing: it imitates the moves of the games it won and pushes nothing down.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from agents.config import CompareConfig, PolicyGradientConfig
from agents.learning import (
    Batch,
    Examples,
    Learner,
    batch_of,
    checkpoint_path,
    descend,
    forward,
    new_learner,
    restore_learner,
    save_learner,
)
from agents.meter import ArmMeter
from agents.network import PolicyValueNetwork, load_network, network_tensors, restore_network
from agents.pool_play import (
    OWN_BATCH,
    Policy,
    PoolBlock,
    play_against_pool,
    sampling_policy,
)
from games.core import Game, load_game
from lab.losses import entropy, imitation_loss, policy_gradient_loss, value_loss
from lab.workers import Desk

ARMS = ("policy-gradient", "own-wins")


class Pool:
    """The imitator and the learner's earlier selves, ready to play."""

    def __init__(self, game: Game, imitator: PolicyValueNetwork) -> None:
        self.game = game
        self.networks: list[PolicyValueNetwork] = []
        self.policies: list[Policy] = []
        self.join(imitator)

    def join(self, network: PolicyValueNetwork) -> None:
        """Take in a copy of the network as it is now."""
        self.networks.append(copy.deepcopy(network))
        self.policies.append(sampling_policy(network, self.game))

    def tensors(self) -> dict[str, Any]:
        """All but the imitator, which has a file of its own, for a checkpoint."""
        return {
            f"pool.{number}.{name}": tensor
            for number, network in enumerate(self.networks[1:], 1)
            for name, tensor in network_tensors(network).items()
        }

    def restore(self, tensors: dict[str, Any]) -> None:
        """Take in the members of a checkpoint, into a pool of the imitator alone."""
        while any(name.startswith(prefix := f"pool.{len(self.networks)}.") for name in tensors):
            network = copy.deepcopy(self.networks[0])
            restore_network(
                network, {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
            )
            self.join(network)


def reinforce_policy(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains `policy-gradient` or `own-wins` in `folder/arms/<arm>` from the run's imitator,
    or from where a stopped run left off.

    Raises ValueError for another arm, CheckpointError where there is no imitator, TrainingDiverged, and
    Interrupted when asked to stop.
    """
    if arm not in ARMS:
        raise ValueError(f"no policy gradient is called {arm!r}; there are: {', '.join(ARMS)}")
    game, settings = load_game(config.world), config.policy_gradient
    imitator = load_network(checkpoint_path(folder, "imitator"), game, config.device)
    pool, learner = Pool(game, imitator), _learner(game, imitator, settings)
    path = checkpoint_path(folder, arm)
    if path.exists():
        pool.restore(restore_learner(path, learner)[0])
    with closing(ArmMeter(folder, arm, config.human, config, game, start=learner.iteration)) as meter:
        while learner.iteration < settings.iterations:
            with learner.clock():
                tags = _iterate(learner, pool, settings, arm, config.seed, desk)
            due = _is_due(learner.iteration, settings)
            # recorded, then saved: a run killed in between forgets the point and makes it again
            score = meter.record("reinforce", learner, tags, measure=due)
            save_learner(path, learner, pool.tensors())
            detail = f"{learner.games / max(learner.cpu_seconds, 1e-9):.0f} games/s"
            desk.tell("reinforce", learner.iteration, settings.iterations, score, detail)


def _learner(game: Game, imitator: PolicyValueNetwork, settings: PolicyGradientConfig) -> Learner:
    moves = settings.iterations * settings.games_per_iteration * settings.moves_a_game
    return new_learner(
        game,
        copy.deepcopy(imitator),
        settings.learning_rate,
        settings.weight_decay,
        settings.value_weight,
        total_updates=moves // settings.batch_size,
    )


def _iterate(
    learner: Learner, pool: Pool, settings: PolicyGradientConfig, arm: str, seed: int, desk: Desk
) -> dict[str, float]:
    """One block of games and one pass over its moves; returns what is told of it. Leaves when asked to
    stop, and the iteration is then repeated from the last checkpoint."""
    own = sampling_policy(learner.network, learner.game, OWN_BATCH)
    block = play_against_pool(
        learner.game, own, pool.policies, settings, seed, learner.iteration, desk.leave_if_stopping
    )
    losses = []
    for batch in _batches(block.examples, settings, seed, learner):
        desk.leave_if_stopping()
        losses.append(policy_gradient_step(learner, batch, pushes_down=arm != "own-wins", settings=settings))
    learner.games += block.games
    learner.iteration += 1
    if learner.iteration % settings.pool_every == 0 and learner.iteration < settings.iterations:
        pool.join(learner.network)
    return _tags(block, losses)


def _batches(
    examples: Examples, settings: PolicyGradientConfig, seed: int, learner: Learner
) -> Iterator[Batch]:
    """The positions once, in an order of the iteration's own, in batches of one size: fewer than a
    batch are left over, or make the only one. Each is seen through a symmetry drawn for it."""
    rng = np.random.default_rng([seed, learner.iteration])
    order = rng.permutation(len(examples.states))
    size = min(settings.batch_size, len(order))
    for start in range(0, len(order) - size + 1, size):
        yield batch_of(examples, order[start : start + size], learner.game, rng)


def policy_gradient_step(
    learner: Learner, batch: Batch, pushes_down: bool, settings: PolicyGradientConfig
) -> tuple[float, float]:
    """One step on own moves a, drawn with the probabilities mu that the batch's action weights hold, and
    results z; returns (policy loss, value loss).

    With `pushes_down` each move is weighted by z - v(s), v the value head as a constant; without, by 1 if
    the game was won and else by 0. In both times min(1, pi(a) / mu(a)), since pi has moved on from mu
    within the block (V-trace's truncated weight, Espeholt et al. 2018): without it a move that is
    already all but gone is pushed down for ever, and the policy collapses. The value head learns z in
    both. Raises TrainingDiverged.
    """
    logits, value = forward(learner, batch)
    weights, mask, results = (
        torch.from_numpy(array).to(logits.device)
        for array in (batch.action_weights, batch.legal_action_mask, batch.value_targets)
    )
    drawn, actions = weights.max(dim=1)
    advantage = advantages(results, value.detach(), pushes_down)
    advantage = advantage * truncated_ratio(logits.detach(), actions, drawn, mask)
    policy = policy_gradient_loss(logits, actions, advantage, mask).mean()
    if settings.entropy_weight:
        policy = policy - settings.entropy_weight * entropy(logits, mask).mean()
    return descend(learner, policy, value_loss(value, results).mean())


def advantages(results: Tensor, values: Tensor, pushes_down: bool) -> Tensor:
    """How much each move is pushed, [N]: z - v, or with nothing pushed down 1 where z is a win, else 0."""
    return results - values if pushes_down else (results > 0).to(values.dtype)


def truncated_ratio(logits: Tensor, actions: Tensor, drawn: Tensor, mask: Tensor) -> Tensor:
    """min(1, pi(a) / mu(a)), [N]: logits and mask [N, A] of pi, actions a [N], drawn mu(a) [N]."""
    return ((-imitation_loss(logits, actions, mask)).exp() / drawn).clamp(max=1.0)


def _tags(block: PoolBlock, losses: list[tuple[float, float]]) -> dict[str, float]:
    policy, value = np.mean(losses, axis=0)
    return {
        "loss/policy": float(policy),
        "loss/value": float(value),
        "entropy/policy": block.entropy,
        "length/mean": block.plies / block.games,
        "selfplay/score_against_pool": block.score,
    }


def _is_due(iteration: int, settings: PolicyGradientConfig) -> bool:
    """Whether this iteration ends one of the equal parts after which the curve gets a point."""
    parts = settings.evaluations
    return iteration * parts // settings.iterations != (iteration - 1) * parts // settings.iterations
