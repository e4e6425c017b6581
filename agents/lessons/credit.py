"""Credit assignment measured: how well a few episodes point uphill under each rule of giving credit.

The true gradient of the expected return is known exactly here; a rule is as good as the direction that its
estimate has in common with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from agents.lessons.episodes import Episodes, advantages, play
from agents.lessons.tables import START, Numbers, Table
from lab.losses import batch_advantage
from lab.randomness import game_keys

RULES = {
    "whole return": "every step gets the return of its whole episode",
    "return to go": "a step gets what came after it",
    "less the mean": "the same, less the mean of all steps: REINFORCE as run here",
    "less the value": "the same, less what its state was worth on average",
    "actor-critic": "the next reward and value, less the state's: the advantage with lambda .9",
    "discount .9": "a step gets what came after it, discounted by .9 a step",
}
SHORTEST, LONGEST = 36, 56  # steps of the episode that is drawn
UNLIMITED = 1_000  # steps: a time limit that hardly any episode meets, lest it blur what is compared


def policy_values(table: Table, policy: Numbers) -> Numbers:
    """V [S] of a policy, undiscounted and without a time limit; the end must be within its reach from
    everywhere."""
    acting = ~table.is_terminal
    states = np.arange(len(policy))
    flow = np.zeros((len(policy), len(policy)))
    np.add.at(flow, (states[:, None], table.after), policy * table.goes_on)
    paid = (policy * table.reward).sum(axis=1)
    values = np.zeros(len(policy))
    system = np.eye(int(acting.sum())) - flow[np.ix_(acting, acting)]
    values[acting] = np.linalg.solve(system, paid[acting])
    return values


def true_gradient(table: Table, policy: Numbers) -> Numbers:
    """The gradient [S, A] of the expected return of one episode, time limit and all, by the policy's logits
    (Sutton et al. 2000, theorem 1, with a horizon)."""
    steps, states = table.max_steps, len(policy)
    places = np.zeros((steps + 1, states))
    places[0, START] = 1.0
    for t in range(steps):
        flow = (places[t] * ~table.is_terminal)[:, None] * policy
        places[t + 1] = np.bincount(table.after.ravel(), (flow * table.goes_on).ravel(), states)
    values, gradient = np.zeros(states), np.zeros_like(policy)
    for t in reversed(range(steps)):
        worth = table.reward + table.goes_on * values[table.after]
        values = (policy * worth).sum(axis=1)
        gradient += (places[t] * ~table.is_terminal)[:, None] * policy * (worth - values[:, None])
    return gradient


def credits_of(episodes: Episodes, values: Numbers) -> dict[str, Numbers]:
    """The credit [B, T] that each rule gives to every step."""
    mask = torch.from_numpy(episodes.mask)
    to_go = advantages(episodes, None, 1.0, 1.0)
    centred = torch.zeros_like(to_go)
    centred[mask] = batch_advantage(to_go[mask])
    given = {
        "whole return": to_go[:, :1] * mask,
        "return to go": to_go,
        "less the mean": centred,
        "less the value": advantages(episodes, values, 1.0, 1.0),
        "actor-critic": advantages(episodes, values, 1.0, 0.9),
        "discount .9": advantages(episodes, None, 0.9, 1.0),
    }
    return {rule: credit.numpy() for rule, credit in given.items()}


def estimated_gradient(episodes: Episodes, credit: Numbers, policy: Numbers) -> Numbers:
    """The gradient [S, A] that these episodes estimate: their mean of sum_t credit_t d log pi / d logits."""
    states, actions = episodes.states[episodes.mask], episodes.actions[episodes.mask]
    weight = credit[episodes.mask]
    gradient = np.zeros_like(policy)
    np.add.at(gradient, (states, actions), weight)
    np.add.at(gradient, states, -weight[:, None] * policy[states])
    return gradient / len(episodes.mask)


def directions(table: Table, seed: int, batches: int, episodes: int) -> dict[str, float]:
    """Rule -> the mean cosine between the gradient of that many episodes and the true one, of a policy that
    has learned nothing yet."""
    table = replace(table, max_steps=UNLIMITED)
    policy = np.full_like(table.reward, 1.0 / table.reward.shape[1])
    truth, values = true_gradient(table, policy), policy_values(table, policy)
    cosines: dict[str, list[float]] = {rule: [] for rule in RULES}
    for batch in range(batches):
        played = play(table, policy, game_keys(seed, "credit", batch, episodes))
        for rule, credit in credits_of(played, values).items():
            guess = estimated_gradient(played, credit, policy)
            cosines[rule].append(float((guess * truth).sum() / np.linalg.norm(guess) / np.linalg.norm(truth)))
    return {rule: float(np.mean(found)) for rule, found in cosines.items()}


@dataclass(frozen=True)
class Example:
    """One episode, and the credit of every step under every rule, [T] each."""

    states: NDArray[np.int64]
    actions: NDArray[np.int64]
    credit: dict[str, Numbers]


def example(table: Table, seed: int) -> Example:
    """The first episode of a policy that has learned nothing which is neither short nor long; where there is
    none, the first."""
    policy = np.full_like(table.reward, 1.0 / table.reward.shape[1])
    played = play(table, policy, game_keys(seed, "credit example", 0, 256))
    lengths = played.mask.sum(axis=1)
    fit = np.flatnonzero((lengths >= SHORTEST) & (lengths <= LONGEST))
    row = int(fit[0]) if len(fit) else 0
    steps = slice(0, int(lengths[row]))
    credit = {
        rule: given[row, steps] for rule, given in credits_of(played, policy_values(table, policy)).items()
    }
    return Example(played.states[row, steps], played.actions[row, steps], credit)
