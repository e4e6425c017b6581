"""A world as a table, and the truth about it: what is best, and what a policy is worth, without sampling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.one_player import World

Numbers = NDArray[np.float64]
START = 0  # the state in which every episode begins
SMALL = 256  # states, whose matrix is quicker than their lists


@dataclass(frozen=True)
class Table:
    """All S states that can be reached and A actions of a world whose rules know no chance."""

    numbers: NDArray[np.int64]  # [S]: each state's number in its world, the beginning's first
    after: NDArray[np.int64]  # [S, A]: the state that follows
    reward: Numbers  # [S, A]: what is paid
    true_reward: Numbers  # [S, A]: what it is worth
    goes_on: NDArray[np.bool_]  # [S, A]: whether there is a step after this one
    is_terminal: NDArray[np.bool_]  # [S]
    max_steps: int


@dataclass(frozen=True)
class Expected:
    """What a policy does in an episode of at most so many steps, exactly.

    `reward`, `true_reward`: undiscounted sums; `steps`: how many it takes; `visits` [S]: how often each state
    is acted in; `ends` [S]: the distribution of the last state.
    """

    reward: float
    true_reward: float
    steps: float
    visits: Numbers
    ends: Numbers


def tabulate(world: World) -> Table:
    """Every state that can be reached, tried with every action; the beginning is state 0."""
    numbers = world.number(world.new(1))
    tried: list[tuple[NDArray[Any], ...]] = []
    known = numbers
    while len(numbers):
        tried.append(_try_all(world, numbers))
        numbers = np.setdiff1d(tried[-1][0], known)
        known = np.concatenate([known, numbers])
    after, reward, true_reward, goes_on, over = (np.concatenate(part) for part in zip(*tried, strict=True))
    order = np.argsort(known)
    places = order[np.searchsorted(known[order], after)]
    return Table(known, places, reward, true_reward, goes_on, over, world.max_steps)


def _try_all(world: World, numbers: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    """(numbers after [N, A], reward, true reward, goes on, is terminal [N]) of these states."""
    states = world.numbered(numbers)
    over, shape = world.is_terminal(states), (len(numbers), world.num_actions)
    after = np.repeat(numbers[:, None], world.num_actions, axis=1)
    reward, true_reward, goes_on = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_)
    for action in range(world.num_actions):
        step = world.step(states[~over], np.full(int((~over).sum()), action))
        after[~over, action] = world.number(step.states)
        reward[~over, action], true_reward[~over, action] = step.reward, step.true_reward
        goes_on[~over, action] = step.discount > 0
    return after, reward, true_reward, goes_on, over


def value_iteration(table: Table, discount: float = 1.0, tolerance: float = 1e-12) -> tuple[Numbers, int]:
    """(V* [S], sweeps): V(s) <- max_a r + discount V(s') until nothing moves (Bellman 1957).

    For worlds whose end can be reached, or a discount below 1. Raises ValueError where it does not settle
    in 10,000 sweeps.
    """
    values = np.zeros(len(table.after))
    for sweep in range(1, 10_001):
        better = action_values(table, values, discount).max(axis=1)
        if np.abs(better - values).max() <= tolerance:
            return values, sweep - 1
        values = better
    raise ValueError("value iteration does not settle: no end can be reached, and nothing is discounted")


def action_values(table: Table, values: Numbers, discount: float = 1.0) -> Numbers:
    """Q [S, A] of acting once and being worth `values` [S] from then on."""
    return table.reward + discount * table.goes_on * values[table.after]


def best_actions(table: Table, values: Numbers, discount: float = 1.0) -> NDArray[np.bool_]:
    """Which actions are best, [S, A]; none in terminal states."""
    worth = action_values(table, values, discount)
    best: NDArray[np.bool_] = (worth >= worth.max(axis=1, keepdims=True) - 1e-9) & ~table.is_terminal[:, None]
    return best


def best_episode(table: Table) -> list[int]:
    """The actions of an episode that is paid best within max_steps, by backward induction."""
    values, choices = np.zeros(len(table.after)), []
    for _ in range(table.max_steps):
        worth = action_values(table, values)
        choices.append(worth.argmax(axis=1))
        values = worth.max(axis=1)
    actions, state = [], START
    for choice in reversed(choices):
        if table.is_terminal[state]:
            break
        actions.append(int(choice[state]))
        state = int(table.after[state, actions[-1]])
    return actions


def expected(table: Table, policy: Numbers) -> Expected:
    """What the policy [S, A] does, by following its distribution over states step by step."""
    places = np.zeros(len(policy))
    places[START] = 1.0
    visits, follow = np.zeros_like(places), _follower(table, policy)
    for _ in range(table.max_steps):
        acting = np.where(table.is_terminal, 0.0, places)
        if not acting.any():
            break
        visits += acting
        places = places - acting + follow(acting)
    taken = visits[:, None] * policy
    return Expected(
        reward=float((taken * table.reward).sum()),
        true_reward=float((taken * table.true_reward).sum()),
        steps=float(visits.sum()),
        visits=visits,
        ends=places,
    )


def _follower(table: Table, policy: Numbers) -> Callable[[Numbers], Numbers]:
    """Where those who act in states [S] are one step later, [S]: by a matrix where that is small."""
    states = len(policy)
    if states <= SMALL:
        matrix = np.zeros((states, states))
        np.add.at(matrix, (np.arange(states)[:, None], table.after), policy)
        return lambda acting: acting @ matrix

    def follow(acting: Numbers) -> Numbers:
        some = np.flatnonzero(acting)
        flow = acting[some, None] * policy[some]
        return np.bincount(table.after[some].ravel(), flow.ravel(), states).astype(np.float64)

    return follow


def divergence(policy: Numbers, reference: Numbers, visits: Numbers) -> float:
    """KL(policy | reference) over an episode, in nats: each state's as often as the policy visits it."""
    ratio = np.log(np.maximum(policy, 1e-300)) - np.log(np.maximum(reference, 1e-300))
    return float((visits[:, None] * policy * ratio).sum())


def first_choices(policy: Numbers) -> Numbers:
    """The policy that always takes its likeliest action, [S, A]; of equals the first."""
    greedy = np.zeros_like(policy)
    greedy[np.arange(len(policy)), policy.argmax(axis=1)] = 1.0
    return greedy
