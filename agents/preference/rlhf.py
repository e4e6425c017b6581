"""Reinforcement from the imitator on what a reward pays for each move, or on who wins: the same games,
the same budget, the same distance kept to the imitator.

Each move is judged by itself, as an answer is: its advantage is its reward less what the policy earns on
average in that position, exactly. Nobody sees who wins. The control is AlphaGo's second stage: z - v(s).
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from agents.config import PolicyGradientConfig
from agents.learning import Batch, Examples, Learner, batch_of, descend, forward, new_learner
from agents.network import PolicyValueNetwork
from agents.policy_gradient import Pool, truncated_ratio
from agents.pool_play import OWN_BATCH, Policy, play_against_pool, sampling_policy
from agents.preference.rater import over_random
from agents.preference.reward_model import Reward
from games.connect_four import GAME
from lab.losses import policy_gradient_loss, value_loss
from lab.losses.imitation import masked_log_softmax

SMALLEST = 1e-6  # a probability of the imitator, where its logarithm is taken


GAMES = PolicyGradientConfig(
    iterations=12, games_per_iteration=256, batch=256, pool_every=4, batch_size=512, learning_rate=1.5e-3
)


@dataclass(frozen=True)
class RlhfConfig:
    """Reinforcement on a reward: how many games, how fast, how near to the imitator."""

    play: PolicyGradientConfig = GAMES
    """Games and optimiser, as the comparison's policy gradient has them."""
    kl_weight: float = 0.03
    """Nats of divergence from the imitator, mean over moves, cost this much: in units of a reward's spread
    over the imitator's moves, or of a won game."""
    points: int = 6
    """Points on a curve, after the imitator's own."""


@dataclass(frozen=True)
class Snapshot:
    """A policy after so many games: games, own moves (env_steps), CPU seconds of learning, the policy."""

    iteration: int
    games: int
    env_steps: int
    cpu_seconds: float
    policy: Policy


def reinforce(
    imitator: PolicyValueNetwork, reward: Reward | None, config: RlhfConfig, seed: int
) -> Iterator[Snapshot]:
    """From the imitator on a reward of moves, or with None on the games' results; yields the imitator itself
    and then `points` snapshots. Raises TrainingDiverged."""
    play = config.play
    network = copy.deepcopy(imitator)
    moves = play.iterations * play.games_per_iteration * play.moves_a_game
    learner = new_learner(
        GAME,
        network,
        play.learning_rate,
        play.weight_decay,
        play.value_weight,
        max(1, moves // play.batch_size),
    )
    pool, reference = Pool(GAME, imitator), sampling_policy(imitator, GAME, OWN_BATCH)
    steps, spent, spread = 0, 0.0, 1.0
    yield Snapshot(0, 0, 0, 0.0, reference)
    for iteration in range(play.iterations):
        began = time.process_time()  # between two iterations the caller measures, which is no learning
        own = sampling_policy(network, GAME, OWN_BATCH)
        block = play_against_pool(GAME, own, pool.policies, play, seed, iteration)
        if reward is not None and iteration == 0:
            spread = _spread(block.examples, reward, reference)
        _learn(learner, block.examples, reward, spread, reference, config, seed)
        learner.iteration, learner.games = iteration + 1, learner.games + block.games
        steps += len(block.examples.states)
        if learner.iteration % play.pool_every == 0:
            pool.join(network)
        spent += time.process_time() - began
        if _is_due(learner.iteration, config):
            policy = sampling_policy(network, GAME, OWN_BATCH)
            yield Snapshot(learner.iteration, learner.games, steps, spent, policy)


def _is_due(iteration: int, config: RlhfConfig) -> bool:
    iterations = config.play.iterations
    points = min(config.points, iterations)
    return iteration * points // iterations != (iteration - 1) * points // iterations


def _spread(examples: Examples, reward: Reward, reference: Policy) -> float:
    """The standard deviation of the rewards of the imitator's moves about its mean in the position."""
    policy, rewards = reference(examples.states), _rewards(examples, reward)
    mean = (policy * rewards).sum(axis=1, keepdims=True)
    return float(np.sqrt((policy * (rewards - mean) ** 2).sum(axis=1).mean())) or 1.0


def _rewards(examples: Examples, reward: Reward) -> np.ndarray:
    return over_random(reward(examples.states), GAME.legal_action_mask(examples.states))


def _learn(
    learner: Learner,
    examples: Examples,
    reward: Reward | None,
    spread: float,
    reference: Policy,
    config: RlhfConfig,
    seed: int,
) -> None:
    """One pass over a block's own moves, in an order of the iteration's own."""
    log_reference = np.log(np.maximum(reference(examples.states), SMALLEST)).astype(np.float32)
    paid = None if reward is None else (_rewards(examples, reward) / spread).astype(np.float32)
    order = np.random.default_rng([seed, learner.iteration]).permutation(len(examples.states))
    size = min(config.play.batch_size, len(order))
    for start in range(0, len(order) - size + 1, size):
        rows = order[start : start + size]
        rewards = None if paid is None else torch.from_numpy(paid[rows])
        reinforce_step(
            learner,
            batch_of(examples, rows, GAME),
            rewards,
            torch.from_numpy(log_reference[rows]),
            config.kl_weight,
        )


def reinforce_step(
    learner: Learner, batch: Batch, rewards: Tensor | None, log_reference: Tensor, kl_weight: float
) -> tuple[float, float]:
    """One step on own moves (agents.policy_gradient.policy_gradient_step says how they stand in the
    batch), paid rewards [N, A] or, with None, the games' results; returns (policy loss, value loss).

    The value head learns results in the control alone. Raises TrainingDiverged.
    """
    logits, value = forward(learner, batch)
    weights, mask, results = (
        torch.from_numpy(array).to(logits.device)
        for array in (batch.action_weights, batch.legal_action_mask, batch.value_targets)
    )
    drawn, actions = weights.max(dim=1)
    if rewards is None:
        advantage, error = results - value.detach(), value_loss(value, results).mean()
    else:
        advantage, error = judged_advantages(logits.detach(), rewards, actions, mask), value.sum() * 0.0
    advantage = advantage * truncated_ratio(logits.detach(), actions, drawn, mask)
    policy = policy_gradient_loss(logits, actions, advantage, mask).mean()
    return descend(learner, policy + kl_weight * divergence(logits, log_reference, mask).mean(), error)


def judged_advantages(logits: Tensor, rewards: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
    """What each move earns over the policy's mean in its position, [N]: r(a) - sum_b pi(b) r(b)."""
    chances = masked_log_softmax(logits, mask).exp()
    return rewards.gather(1, actions[:, None]).squeeze(1) - (chances * rewards).sum(dim=1)


def divergence(logits: Tensor, log_reference: Tensor, mask: Tensor) -> Tensor:
    """KL(pi || reference) of each row, exactly, [N], to differentiate; logits, log_reference, mask [N, A]."""
    log_policy = masked_log_softmax(logits, mask)
    ratio = torch.where(mask, log_policy - log_reference, torch.zeros_like(log_policy))
    return (log_policy.exp() * ratio).sum(dim=1)
