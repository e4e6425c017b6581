"""A self-play loop of alpha-zero-general's shape, written anew: one game at a time, a search tree in
dictionaries, the network asked for one position at a time in float32. What the benchmarks put beside ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from agents.config import NetworkConfig
from agents.network import PolicyValueNetwork, new_network
from games.core import Game

C_PUCT = 1.0


class DictionaryTree:
    """P, N and Q by position, and by position and action."""

    def __init__(self, game: Game, network: PolicyValueNetwork) -> None:
        self.game, self.network = game, network
        self.prior: dict[bytes, Any] = {}
        self.legal: dict[bytes, Any] = {}
        self.visits: dict[bytes, int] = {}
        self.edge_visits: dict[tuple[bytes, int], int] = {}
        self.edge_values: dict[tuple[bytes, int], float] = {}

    def simulate(self, state: Any) -> float:
        """One simulation from a state [1]; returns its value for who moved there."""
        if self.game.is_terminal(state)[0]:
            return -float(self.game.rewards(state)[0, self.game.current_player(state)[0]])
        key = state.tobytes()
        if key not in self.prior:
            return -self._expand(state, key)
        action = max(np.flatnonzero(self.legal[key]), key=lambda a: self._upper_bound(key, int(a)))
        value = self.simulate(self.game.step(state, np.array([action], np.int32)))
        edge = (key, int(action))
        count = self.edge_visits.get(edge, 0)
        self.edge_values[edge] = (count * self.edge_values.get(edge, 0.0) + value) / (count + 1)
        self.edge_visits[edge] = count + 1
        self.visits[key] += 1
        return -value

    def counts(self, state: Any) -> Any:
        """Visits of the edges of a state, [A]."""
        key = state.tobytes()
        return np.array([self.edge_visits.get((key, a), 0) for a in range(self.game.num_actions)])

    def _expand(self, state: Any, key: bytes) -> float:
        with torch.no_grad():
            logits, value = self.network(torch.from_numpy(self.game.observe(state)))
        legal = self.game.legal_action_mask(state)[0]
        prior = torch.softmax(logits, 1)[0].numpy() * legal
        self.prior[key], self.legal[key], self.visits[key] = prior / prior.sum(), legal, 0
        return float(value)

    def _upper_bound(self, key: bytes, action: int) -> float:
        explore = C_PUCT * self.prior[key][action] * math.sqrt(self.visits[key] + 1e-8)
        edge = (key, action)
        return float(self.edge_values.get(edge, 0.0) + explore / (1 + self.edge_visits.get(edge, 0)))


def self_play_work(game: Game, config: NetworkConfig, simulations: int, moves: int) -> Callable[[], int]:
    """`moves` moves of self-play, a tree a game."""
    network = new_network(config, game, 0).eval()

    def work() -> int:
        random = np.random.default_rng(0)
        state, tree = game.new(1), DictionaryTree(game, network)
        for _ in range(moves):
            for _ in range(simulations):
                tree.simulate(state)
            counts = tree.counts(state)
            action = random.choice(len(counts), p=counts / counts.sum())
            state = game.step(state, np.array([action], np.int32))
            if game.is_terminal(state)[0]:
                state, tree = game.new(1), DictionaryTree(game, network)
        return moves

    return work
