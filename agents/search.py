"""Rules plus an evaluator, in a tree: AlphaZero's way to think before a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.player import Analysis, Player
from games.core import Actions, Game, SlotsPlayed, States
from lab.randomness import Keys, fold_in_batch
from lab.tree_layout import NONE, Tree
from lab.tree_search import Expansion, SearchConfig, SearchResult, search

# states [B] -> (prior_logits float32 [B, A], value float32 [B]), for the player to move
Evaluator = Callable[[States], tuple[NDArray[np.float32], NDArray[np.float32]]]


class RulesModel:
    """The search's model of a game: rules make the states, an evaluator judges them.

    What it answers is overwritten by its next answer: the search has copied it by then.
    """

    def __init__(self, game: Game, evaluator: Evaluator, roots: States, num_slots: int) -> None:
        """`roots` [B] lie in slot 0 of `num_slots` slots."""
        batch, actions = len(roots), game.num_actions
        self.game, self.evaluator = game, evaluator
        self.states = np.zeros((batch, num_slots), game.state_dtype)  # [B, N]
        self.states[:, 0] = roots
        self.played = SlotsPlayed(
            legal_actions=np.full((batch, actions), NONE, np.int32),
            reward=np.zeros(batch, np.float32),
            discount=np.zeros(batch, np.float32),
            is_terminal=np.zeros(batch, np.bool_),
            rows=np.zeros(batch, np.int64),
            states=np.zeros(batch, game.state_dtype),
        )
        self.prior_logits = np.zeros((batch, actions), np.float32)
        self.value = np.zeros(batch, np.float32)

    def root(self) -> Expansion:
        """The expansion of slot 0, [B]."""
        return self._judge(self._keep(np.arange(len(self.states)), self.states[:, 0].copy()))

    def expand(
        self, parent_slots: NDArray[np.int32], actions: NDArray[np.int32], new_slots: NDArray[np.int32]
    ) -> Expansion:
        """As lab.tree_search.Model says."""
        if self.game.play_slots is not None:
            played = self.game.play_slots(self.states, parent_slots, actions, new_slots, self.played)
            return self._judge(played)
        rows = np.flatnonzero(new_slots != NONE)
        after, answer = self.step(rows, self.states[rows, parent_slots[rows]], actions[rows])
        self.states[rows, new_slots[rows]] = after
        return answer

    def step(
        self, rows: NDArray[np.int64], before: States, actions: NDArray[np.int32]
    ) -> tuple[States, Expansion]:
        """The states after `actions` in the states `before`, and the answer that tells of them in `rows`."""
        after = self.game.step(before, actions)
        movers = self.game.current_player(before)
        self.played.reward[rows] = self.game.rewards(after)[np.arange(len(rows)), movers]
        self.played.discount[rows] = np.where(self.game.current_player(after) == movers, 1.0, -1.0)
        return after, self._judge(self._keep(rows, after))

    def _keep(self, rows: NDArray[np.int64], states: States) -> int:
        """Fill in what `states`, now in `rows`, allow; returns how many go on."""
        mask, out = self.game.legal_action_mask(states), self.played
        out.legal_actions[rows] = np.where(mask, np.arange(mask.shape[1], dtype=np.int32), NONE)
        going = mask.any(axis=1)
        out.is_terminal[rows] = ~going
        out.discount[rows[~going]] = 0.0
        count = int(going.sum())
        out.rows[:count], out.states[:count] = rows[going], states[going]
        return count

    def _judge(self, count: int) -> Expansion:
        """The answer, in which `count` states go on and are evaluated."""
        out, logits, value = self.played, self.prior_logits, self.value
        if count == len(logits):  # all of them: what the evaluator says is the answer
            logits, value = self.evaluator(out.states)
        else:
            value[:] = 0.0  # that of a finished game
            if count:
                rows = out.rows[:count]
                logits[rows], value[rows] = self.evaluator(out.states[:count])
        return Expansion(out.legal_actions, logits, value, out.reward, out.discount, out.is_terminal)


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


def principal_variation(tree: Tree, row: int, node: int = 0) -> list[int]:
    """The line of most visits from a node of one tree; where a value is proven, a line that has it."""
    line = []
    while tree.visit_counts[row, node].any():
        edge = _principal_edge(tree, row, node)
        line.append(int(tree.action_ids[row, node, edge]))
        node = int(tree.children[row, node, edge])
    return line


def _principal_edge(tree: Tree, row: int, node: int) -> int:
    visits = tree.visit_counts[row, node]
    children = np.where(visits > 0, tree.children[row, node], 0)  # what has not been written is not read
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
