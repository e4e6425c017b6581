"""The two searches once more, slowly and from the papers: one tree of nodes, Python floats, recursion.

Gumbel: Danihelka et al. 2022, "Policy improvement by planning with Gumbel" (algorithm 2, equations
8, 10, 11, 14, 33). PUCT: Silver et al. 2018, "A general reinforcement learning algorithm ...", "Search".
Written without a look at the arrays of lab/tree_search.py, which it checks; slow is fine here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from table_worlds import Step, World

from lab.tree_search import SearchConfig


@dataclass
class Node:
    """A position that was reached, with what its edges have seen."""

    path: tuple[int, ...]
    step: Step
    exact: bool
    proven: float
    visits: dict[int, int] = field(default_factory=dict)  # by action
    returns: dict[int, list[float]] = field(default_factory=dict)
    children: dict[int, Node] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return self.proven if self.exact else self.step.value

    @property
    def actions(self) -> list[int]:
        return sorted(self.step.priors)

    def count(self, action: int) -> int:
        return self.visits.get(action, 0)

    def q(self, action: int) -> float:
        child = self.children[action]
        if child.exact:
            return child.step.reward + child.step.discount * child.value
        returns = self.returns[action]
        return sum(returns) / len(returns)


class ReferenceSearch:
    """A search of one world; `noise` is added to the root's log priors, by action."""

    def __init__(self, world: World, config: SearchConfig, noise: dict[int, float] | None = None) -> None:
        self.world, self.config, self.noise = world, config, noise or {}
        self.root = self._node(())
        self.order = [self.root]

    def run(self) -> ReferenceSearch:
        levels = halving_levels(
            min(self.config.max_considered, len(self.root.actions)), self.config.num_simulations
        )
        for level in levels:
            if not self.root.exact:
                self._simulate(self.root, level)
        return self

    def _node(self, path: tuple[int, ...]) -> Node:
        step = self.world(path)
        return Node(path, step, step.exact, step.value)

    def _simulate(self, node: Node, level: int | None = None) -> float:
        """Returns the value of `node` that this simulation found, for the player to move there."""
        if node.exact:
            return node.value
        action = self._choose(node, level)
        if action in node.children:
            child = node.children[action]
            value = self._simulate(child)
        else:
            child = node.children[action] = self._node((*node.path, action))
            self.order.append(child)
            value = child.value
        value = child.step.reward + child.step.discount * value
        node.visits[action] = node.count(action) + 1
        node.returns.setdefault(action, []).append(value)
        known = [node.q(a) for a in node.actions if a in node.children and node.children[a].exact]
        if known and (max(known) >= 1.0 or len(known) == len(node.actions)):
            node.exact, node.proven = True, max(known)
            return node.proven
        return value

    def _choose(self, node: Node, level: int | None) -> int:
        if self.config.method == "puct":
            return self._puct(node)
        if node is self.root:
            scores = self.root_scores()
            open_ = [a for a in node.actions if a not in node.children or not node.children[a].exact]
            return max(open_, key=lambda a: (node.count(a) == level, scores[a], -a))
        policy, total = self.improved_policy(node), sum(node.visits.values())
        return max(node.actions, key=lambda a: (policy[a] - node.count(a) / (1 + total), -a))

    def _puct(self, node: Node) -> int:
        total = sum(node.visits.values())
        average = (node.step.value + sum(sum(r) for r in node.returns.values())) / (1 + total)

        def score(a: int) -> float:
            prior = node.step.priors[a] * (math.exp(self.noise.get(a, 0.0)) if node is self.root else 1.0)
            q = node.q(a) if node.count(a) else average
            return q + self.config.c_puct * prior * math.sqrt(1 + total) / (1 + node.count(a))

        return max(node.actions, key=lambda a: (score(a), -a))

    def completed_q(self, node: Node) -> dict[int, float]:
        """q of every action; the unvisited get v_mix (equation 33)."""
        seen = [a for a in node.actions if node.count(a)]
        mix = node.value
        if seen:
            prior = sum(node.step.priors[a] for a in seen)
            mean = sum(node.step.priors[a] * node.q(a) for a in seen) / prior
            visits = sum(node.visits.values())
            mix = (node.value + visits * mean) / (1 + visits)
        return {a: node.q(a) if node.count(a) else mix for a in node.actions}

    def sigma(self, node: Node) -> float:
        most = max(node.visits.values(), default=0)
        return (self.config.c_visit + most) * self.config.c_scale

    def improved_policy(self, node: Node) -> dict[int, float]:
        q, sigma = self.completed_q(node), self.sigma(node)
        logits = {a: math.log(node.step.priors[a]) + sigma * q[a] for a in node.actions}
        peak = max(logits.values())
        weights = {a: math.exp(logit - peak) for a, logit in logits.items()}
        return {a: w / sum(weights.values()) for a, w in weights.items()}

    def root_scores(self) -> dict[int, float]:
        """gumbel + logit + sigma(completed q)."""
        q, sigma, root = self.completed_q(self.root), self.sigma(self.root), self.root
        return {
            a: self.noise.get(a, 0.0) + math.log(root.step.priors[a]) + sigma * q[a] for a in root.actions
        }

    def policy(self) -> dict[int, float]:
        """What the search says a player should play: Gumbel's improved policy, PUCT's visits."""
        root = self.root
        if self.config.method == "gumbel":
            return self.improved_policy(root)
        counts = {a: float(root.count(a)) for a in root.actions}
        if root.exact:
            counts = {a: n if n and root.q(a) >= root.value else 0.0 for a, n in counts.items()}
        return {a: n / sum(counts.values()) for a, n in counts.items()}

    def value(self) -> float:
        if self.root.exact:
            return self.root.value
        q, policy = self.completed_q(self.root), self.policy()
        return sum(policy[a] * q[a] for a in self.root.actions)

    def action(self) -> int:
        """A proven win; no proven loss if avoidable; of the rest the most visited, then the best score."""
        root, q = self.root, self.completed_q(self.root)
        proven = {a: q[a] for a in root.actions if a in root.children and root.children[a].exact}
        candidates = [a for a in root.actions if proven.get(a, 0.0) >= 1.0]
        if not candidates:
            candidates = [a for a in root.actions if proven.get(a, 0.0) > -1.0]
            if root.exact:
                candidates = [a for a in root.actions if q[a] >= root.value]
        scores = self.root_scores() if self.config.method == "gumbel" else q
        counts = {a: root.count(a) for a in root.actions}
        if self.config.method == "gumbel":  # its root stops visiting what is proven
            counts |= dict.fromkeys(proven, max(counts.values()))
        return max(candidates or root.actions, key=lambda a: (counts[a], scores[a], -a))


def halving_levels(considered: int, simulations: int) -> list[int]:
    """Which visit count is served in each simulation: rounds over the best half of those left."""
    if considered == 1:
        return list(range(simulations))
    levels: list[int] = []
    left, level = considered, 0
    while len(levels) < simulations:
        rounds = max(1, math.floor(simulations / (math.ceil(math.log2(considered)) * left)))
        for _ in range(rounds):
            levels += [level] * left
            level += 1
        left = max(2, left // 2)
    return levels[:simulations]
