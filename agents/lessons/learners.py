"""How a table learns to act: policy gradients with lab's losses, Q-learning, imitation.

Every learner is a generator of snapshots: the policy so far, and what it has cost.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from agents.lessons.episodes import Episodes, advantages, play
from agents.lessons.tables import START, Numbers, Table
from lab.losses import batch_advantage, entropy, imitation_loss, policy_gradient_loss, value_loss
from lab.randomness import game_keys

EARLY = 4  # updates after each of which there is a snapshot


@dataclass(frozen=True)
class Snapshot:
    """What a learner has come to: `policy` [S, A] as it behaves, and the cost so far."""

    update: int
    env_steps: int
    cpu_seconds: float
    policy: Numbers


@dataclass(frozen=True)
class PolicyGradient:
    """The settings of a policy gradient. Without `critic` a step's credit is its return, less the batch's
    mean; with it the return less the state's value, or with lambda below 1 the actor-critic's advantage."""

    updates: int
    episodes: int
    rate: float
    critic: bool = False
    lambda_: float = 1.0
    critic_rate: float = 0.1
    discount: float = 1.0
    entropy: float = 0.0
    scale: float = 1.0  # by which returns are divided
    bootstrap: bool = False  # whether the time limit is no end of the world


def policy_gradient(
    table: Table,
    settings: PolicyGradient,
    seed: int,
    phase: str,
    every: int = 1,
    start: Numbers | None = None,
) -> Iterator[Snapshot]:
    """REINFORCE or actor-critic on a softmax table, from `start` [S, A] (a policy; by default all alike)."""
    first = np.zeros_like(table.reward) if start is None else np.log(start)
    logits = torch.tensor(first, dtype=torch.float32, requires_grad=True)
    values = torch.zeros(len(first), dtype=torch.float64, requires_grad=True)
    actor = torch.optim.Adam([logits], lr=settings.rate)
    critic = torch.optim.SGD([values], lr=settings.critic_rate)
    taken, spent, policy = 0, 0.0, softmax(logits)
    yield Snapshot(0, 0, 0.0, policy)
    for update in range(1, settings.updates + 1):
        begun = time.process_time()
        episodes = play(table, policy, game_keys(seed, phase, update, settings.episodes))
        credit = _learn_values(episodes, values, critic, settings)
        _improve(logits, actor, episodes, credit / settings.scale, settings.entropy)
        policy, taken = softmax(logits), taken + episodes.steps
        spent += time.process_time() - begun
        if update % every == 0 or update <= EARLY or update == settings.updates:
            yield Snapshot(update, taken, spent, policy)


def softmax(logits: Tensor) -> Numbers:
    """The policy [S, A] of logits [S, A]."""
    known = logits.detach().numpy().astype(np.float64)
    weights: Numbers = np.exp(known - known.max(axis=1, keepdims=True))  # quicker than torch on narrow rows
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _learn_values(
    episodes: Episodes, values: Tensor, critic: torch.optim.Optimizer, settings: PolicyGradient
) -> Tensor:
    """The credit of the steps taken, [T]; with a critic, its values go a step towards what came out."""
    mask = torch.from_numpy(episodes.mask)
    if not settings.critic:
        return batch_advantage(advantages(episodes, None, settings.discount, 1.0)[mask])
    known = values.detach().numpy().copy()
    credit = advantages(episodes, known, settings.discount, settings.lambda_, settings.bootstrap)[mask]
    states = torch.from_numpy(episodes.states)[mask]
    target = credit + torch.from_numpy(known)[states]
    # each state counts once, however often it was visited: a step towards the mean of its targets
    weight = 0.5 / torch.bincount(states, minlength=len(known))[states]
    loss = (weight * value_loss(values[states], target)).sum()
    _descend(loss, critic)
    return credit


def _improve(
    logits: Tensor, actor: torch.optim.Optimizer, episodes: Episodes, credit: Tensor, weight: float
) -> None:
    """One step of the policy gradient on all steps taken, with an entropy bonus of that weight."""
    mask = torch.from_numpy(episodes.mask)
    chosen = logits[torch.from_numpy(episodes.states)[mask]]
    loss = policy_gradient_loss(chosen, torch.from_numpy(episodes.actions)[mask], credit.float())
    if weight:
        loss = loss - weight * entropy(chosen)
    _descend(loss.sum() / len(mask), actor)


def warm_up(table: Table) -> None:
    """Learn a little and forget it: what the first step compiles and sets up is no cost of a learner's."""
    for critic in (False, True):
        list(policy_gradient(table, PolicyGradient(2, 4, 0.1, critic=critic, entropy=0.01), 0, "warm up"))


def _descend(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


@dataclass(frozen=True)
class QLearning:
    """The settings of Q-learning: environment steps, step size, share of random actions."""

    steps: int
    rate: float = 0.5
    epsilon: float = 0.1
    discount: float = 1.0


def q_learning(table: Table, settings: QLearning, seed: int, looks: list[int]) -> Iterator[Snapshot]:
    """Tabular Q-learning (Watkins 1989) from 0, one step at a time; a snapshot after each number of steps in
    `looks`. Where rewards are costs, 0 is optimistic: whatever was never tried looks best."""
    chance = np.random.default_rng([seed, 11])
    worth = np.zeros_like(table.reward)
    here, length, spent, taken = START, 0, 0.0, 0
    yield Snapshot(0, 0, 0.0, epsilon_greedy(worth, 1.0))
    for look in looks:
        begun = time.process_time()
        explore = chance.random(look - taken) < settings.epsilon
        ties = chance.random((look - taken, worth.shape[1]))
        for exploring, tie in zip(explore, ties, strict=True):
            # of equally good actions, and where it explores, any
            action = int(tie.argmax() if exploring else np.lexsort((tie, worth[here]))[-1])
            after, onward = table.after[here, action], table.goes_on[here, action]
            target = table.reward[here, action] + settings.discount * onward * worth[after].max()
            worth[here, action] += settings.rate * (target - worth[here, action])
            length += 1
            over = not onward or length == table.max_steps
            here, length = (START, 0) if over else (after, length)
        taken = look
        spent += time.process_time() - begun
        yield Snapshot(taken, taken, spent, epsilon_greedy(worth, settings.epsilon))


def epsilon_greedy(worth: Numbers, epsilon: float) -> Numbers:
    """The policy [S, A] that takes a best action, of several any, and with chance epsilon any of all."""
    best = worth >= worth.max(axis=1, keepdims=True) - 1e-12
    greedy: Numbers = best / best.sum(axis=1, keepdims=True)
    greedy *= 1.0 - epsilon
    greedy += epsilon / worth.shape[1]
    return greedy


def imitate(table: Table, demonstrations: Episodes, updates: int, rate: float) -> Numbers:
    """The softmax table [S, A] fitted to what a demonstrator did, by lab's imitation loss; states that it
    never met stay undecided."""
    logits = torch.zeros(table.reward.shape, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=rate)
    mask = torch.from_numpy(demonstrations.mask)
    states = torch.from_numpy(demonstrations.states)[mask]
    actions = torch.from_numpy(demonstrations.actions)[mask]
    for _ in range(updates):
        _descend(imitation_loss(logits[states], actions).mean(), optimizer)
    return softmax(logits)
