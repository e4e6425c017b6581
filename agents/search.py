"""Rules plus an evaluator, in a tree: AlphaZero's way to think before a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.player import Analysis, Player
from games.core import Actions, Game, States
from lab.randomness import Keys, fold_in_batch
from lab.tree_layout import NONE
from lab.tree_search import Expansion, SearchConfig, SearchResult, Tree, search

# states [B] -> (prior_logits float32 [B, A], value float32 [B]), for the player to move
Evaluator = Callable[[States], tuple[NDArray[np.float32], NDArray[np.float32]]]


class RulesModel:
    """The search's model of a game: rules make the states, an evaluator judges them."""

    def __init__(self, game: Game, evaluator: Evaluator, roots: States, num_slots: int) -> None:
        """`roots` [B] lie in slot 0 of `num_slots` slots."""
        self.game, self.evaluator = game, evaluator
        self.states = np.zeros((len(roots), num_slots), game.state_dtype)  # [B, N]
        self.states[:, 0] = roots

    def root(self) -> Expansion:
        """The expansion of slot 0, [B]."""
        zeros = np.zeros(len(self.states), np.float32)
        rows = np.arange(len(self.states))
        return self._judge(rows, np.ascontiguousarray(self.states[:, 0]), zeros, zeros)

    def expand(
        self, parent_slots: NDArray[np.int32], actions: NDArray[np.int32], new_slots: NDArray[np.int32]
    ) -> Expansion:
        """As lab.tree_search.Model says."""
        rows = np.flatnonzero(new_slots != NONE)
        before = self.states[rows, parent_slots[rows]]
        after = self.game.step(before, actions[rows])
        self.states[rows, new_slots[rows]] = after
        movers = self.game.current_player(before)
        reward = self.game.rewards(after)[np.arange(len(rows)), movers]
        discount = np.where(self.game.current_player(after) == movers, 1.0, -1.0)
        return self._judge(rows, after, reward, discount.astype(np.float32))

    def _judge(self, rows: Any, states: States, reward: Any, discount: Any) -> Expansion:
        """Expansion of all B rows, of which only `rows`, now in `states`, are filled."""
        batch, actions = len(self.states), self.game.num_actions
        out = Expansion(
            action_ids=np.full((batch, actions), NONE, np.int32),
            prior_logits=np.zeros((batch, actions), np.float32),
            value=np.zeros(batch, np.float32),
            reward=np.zeros(batch, np.float32),
            discount=np.zeros(batch, np.float32),
            exact=np.zeros(batch, np.bool_),
        )
        mask = self.game.legal_action_mask(states)
        out.action_ids[rows] = np.where(mask, np.arange(actions, dtype=np.int32), NONE)
        terminal = ~mask.any(axis=1)
        out.exact[rows] = terminal
        out.reward[rows] = reward
        out.discount[rows] = np.where(terminal, 0.0, discount)
        going = ~terminal
        if going.any():
            out.prior_logits[rows[going]], out.value[rows[going]] = self.evaluator(states[going])
        return out


def search_states(
    game: Game,
    evaluator: Evaluator,
    states: States,
    config: SearchConfig,
    keys: Keys | None = None,
    noise: Any = 0.0,
) -> tuple[SearchResult, Tree]:
    """Search B positions, none of them finished; see lab.tree_search.search."""
    model = RulesModel(game, evaluator, states, config.num_simulations + 1)
    return search(model, model.root(), config, keys, noise)


def principal_variation(tree: Tree, row: int) -> list[int]:
    """The line of most visits from the root of one tree; where a value is proven, a line that has it."""
    line, node = [], 0
    while tree.visit_counts[row, node].any():
        edge = _principal_edge(tree, row, node)
        line.append(int(tree.action_ids[row, node, edge]))
        node = int(tree.children[row, node, edge])
    return line


def _principal_edge(tree: Tree, row: int, node: int) -> int:
    visits, children = tree.visit_counts[row, node], tree.children[row, node]
    q = tree.reward[row, children] + tree.discount[row, children] * tree.value[row, children]
    if tree.exact[row, node]:
        proves = (visits > 0) & tree.exact[row, children] & (q >= tree.value[row, node])
        visits = np.where(proves, visits, 0)
    return int(visits.argmax())


def search_player(
    name: str, game: Game, evaluator: Evaluator, config: SearchConfig, noise: float = 0.0
) -> Player:
    """The player that searches before each move; with noise 0 it is deterministic."""

    def act(states: States, game_keys: Keys, plies: NDArray[np.int32]) -> Actions:
        keys = fold_in_batch(game_keys, plies)
        return search_states(game, evaluator, states, config, keys, noise)[0].actions

    def policy(states: States) -> NDArray[np.float64]:
        chosen = search_states(game, evaluator, states, config)[0].actions
        moves: NDArray[np.float64] = np.eye(game.num_actions)[chosen]
        return moves

    def analyse(states: States) -> Analysis:
        result, tree = search_states(game, evaluator, states, config)
        lines = [principal_variation(tree, row) for row in range(len(states))]
        prior = np.exp(tree.log_prior[:, 0])
        return Analysis(prior, result.visit_counts, result.action_values, result.value, lines)

    return Player(name, act, policy if noise == 0.0 else None, analyse)
