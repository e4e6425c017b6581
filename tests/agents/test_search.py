"""Rules in a tree: tactics without any knowledge, proofs against a minimax oracle, viewpoints."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from agents.search import RulesModel, principal_variation, search_player, search_states
from games import connect_four, tic_tac_toe
from games.core import Game, States
from games.notation import parse_game
from lab.randomness import game_keys
from lab.tree_search import NONE, SearchConfig

TTT, CONNECT_FOUR = tic_tac_toe.GAME, connect_four.GAME
each_method = pytest.mark.parametrize("method", ["gumbel", "puct"])


def constant(game: Game) -> Callable[[States], Any]:
    """An evaluator that knows nothing: all moves alike, value 0."""

    def evaluate(states: States) -> tuple[Any, Any]:
        assert not game.is_terminal(states).any(), "finished games are never evaluated"
        return np.zeros((len(states), game.num_actions), np.float32), np.zeros(len(states), np.float32)

    return evaluate


def columns_after(*lines: str) -> States:
    """The Connect Four positions after these moves."""
    return np.concatenate([parse_game(CONNECT_FOUR, line)[1][-1:] for line in lines])


def look(states: States, simulations: int, method: str = "gumbel", game: Game = CONNECT_FOUR) -> Any:
    return search_states(game, constant(game), states, SearchConfig(simulations, method))


# --- tactics ---


@each_method
def test_takes_a_win(method: str) -> None:
    """OOO....    Whoever is to move, X after 6 moves, O after 7 (X began with column 7),
    XXX....    wins with column 4."""
    result, _ = look(columns_after("112233", "7112233"), 16, method)
    assert result.actions.tolist() == [3, 3]
    assert result.exact.all()
    assert result.value.tolist() == [1.0, 1.0]


@each_method
def test_stops_a_win(method: str) -> None:
    """OO.....    O must take column 4; in the second game X must, against O's three.
    XXX...."""
    result, tree = look(columns_after("11223", "711223"), 128, method)
    assert result.actions.tolist() == [3, 3]
    assert not result.exact.any()
    for row in range(2):
        lost = [c for c in range(7) if tree.exact[row, tree.children[row, 0, c]]]
        assert lost == [0, 1, 2, 4, 5, 6], "every other move is proven to lose"
        assert (result.action_values[row, lost] == -1).all()


@each_method
def test_makes_two_threats_at_once(method: str) -> None:
    """..OO...    X with columns 2 or 5 has three in a row, open at both ends: won, for O likewise.
    ..XX..."""
    result, _ = look(columns_after("3344", "73344"), 400, method)
    assert set(result.actions.tolist()) <= {1, 4}
    assert result.exact.all()
    assert result.value.tolist() == [1.0, 1.0]


@each_method
def test_sees_that_all_is_lost(method: str) -> None:
    """..OO...    O to move against an open three: proven lost."""
    result, _ = look(columns_after("33445", "733445"), 64, method)
    assert result.exact.all()
    assert result.value.tolist() == [-1.0, -1.0]


# --- against an oracle: tic-tac-toe solved by plain minimax ---

LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


@cache
def minimax(board: str) -> int:
    """The value of a board of `.XO`, row by row, for the player to move: 1, 0 or -1."""
    if any(board[a] == board[b] == board[c] != "." for a, b, c in LINES):
        return -1  # who moved last has won
    mover = "X" if board.count("X") == board.count("O") else "O"
    children = [board[:i] + mover + board[i + 1 :] for i, mark in enumerate(board) if mark == "."]
    return max((-minimax(child) for child in children), default=0)


def tic_tac_toe_positions(seed: int, count: int, plies: int) -> States:
    """Unfinished positions after so many random moves."""
    rng, found = np.random.default_rng(seed), []
    while len(found) < count:
        state = TTT.new(1)
        for _ in range(plies):
            moves = np.flatnonzero(TTT.legal_action_mask(state)[0])
            if len(moves):
                state = TTT.step(state, rng.choice(moves, 1))
        if not TTT.is_terminal(state)[0]:
            found.append(state)
    return np.concatenate(found)


def oracle_values(states: States) -> list[int]:
    return [minimax("".join(TTT.to_text(state).split())) for state in states]


@each_method
@pytest.mark.parametrize(("plies", "simulations"), [(3, 120), (4, 200), (5, 400), (6, 100), (7, 20)])
def test_what_is_proven_is_true(method: str, plies: int, simulations: int) -> None:
    states = tic_tac_toe_positions(plies, 60, plies)
    result, _ = look(states, simulations, method, TTT)
    wanted = np.array(oracle_values(states))
    assert np.array_equal(result.value[result.exact], wanted[result.exact])
    assert result.exact.any()
    assert result.exact.all() or plies < 6, "with few cells left everything is proven"
    rows = np.flatnonzero(result.exact)
    after = TTT.step(states[rows], result.actions[rows])
    assert np.array_equal(-np.array(oracle_values(after)), wanted[rows]), "a proven root plays its value"


# --- viewpoints ---


def test_reward_and_discount_of_the_model() -> None:
    """X wins with column 4; the reward is the mover's, nothing follows the end."""
    states = columns_after("112233", "112233", "7112233")
    model = RulesModel(CONNECT_FOUR, constant(CONNECT_FOUR), states, 3)
    zeros = np.zeros(3, np.int32)
    out = model.expand(zeros, np.array([3, 6, 3], np.int32), np.array([1, 1, NONE], np.int32))
    assert out.reward[:2].tolist() == [1.0, 0.0]
    assert out.discount[:2].tolist() == [0.0, -1.0]
    assert out.exact[:2].tolist() == [True, False]
    assert (out.action_ids[0] == NONE).all()
    assert (out.action_ids[2] == NONE).all(), "the idle row is empty"


def test_a_value_is_for_the_player_to_move() -> None:
    """An evaluator that likes X's position: X hopes, O fears, whatever the depth."""

    def likes_x(states: States) -> tuple[Any, Any]:
        value = np.where(CONNECT_FOUR.current_player(states) == 0, 0.5, -0.5)
        return np.zeros((len(states), 7), np.float32), value.astype(np.float32)

    states = columns_after("", "4", "44", "444")
    for simulations in (1, 2, 20):
        result, _ = search_states(CONNECT_FOUR, likes_x, states, SearchConfig(simulations))
        assert result.value == pytest.approx([0.5, -0.5, 0.5, -0.5])


def test_mirrored_positions_are_searched_alike() -> None:
    """An evaluator that sees a position and its mirror image alike."""

    def evaluate(states: States) -> tuple[Any, Any]:
        planes = CONNECT_FOUR.observe(states).astype(np.float64)
        heights = np.arange(1, 7)[:, None] ** 1.7
        own, other = (planes[:, 0] * heights).sum(axis=1), (planes[:, 1] * heights).sum(axis=1)  # [B, 7]
        edge = np.abs(np.arange(7) - 3)
        logits = np.sin(1.0 + 3.1 * own + 7.7 * other + 0.37 * edge)
        logits += 0.3 * np.sin(np.roll(own + 3 * other, 1, 1) + np.roll(own + 3 * other, -1, 1))
        return logits.astype(np.float32), np.tanh((own - other) @ (3.3 - edge) / 40).astype(np.float32)

    lines = ("4435266", "112", "5561331", "1723", "33217")
    mirrored = tuple("".join(str(8 - int(column)) for column in line) for line in lines)
    for method in ("gumbel", "puct"):
        config = SearchConfig(40, method)
        plain, _ = search_states(CONNECT_FOUR, evaluate, columns_after(*lines), config)
        turned, _ = search_states(CONNECT_FOUR, evaluate, columns_after(*mirrored), config)
        assert np.array_equal(plain.visit_counts[:, ::-1], turned.visit_counts)
        assert np.array_equal(6 - plain.actions, turned.actions)
        assert turned.value == pytest.approx(plain.value, abs=1e-5)


# --- the player ---


def test_the_player_is_deterministic_without_noise() -> None:
    player = search_player("thinker", CONNECT_FOUR, constant(CONNECT_FOUR), SearchConfig(24))
    states, plies = columns_after("", "4", "4455"), np.zeros(3, np.int32)
    moves = player.act(states, game_keys(1, "test", 0, 3), plies)
    assert moves.dtype == np.int32
    assert np.array_equal(moves, player.act(states, game_keys(2, "test", 0, 3), plies))
    assert player.policy is not None
    assert np.array_equal(player.policy(states), np.eye(7)[moves])


def test_the_noisy_player_depends_on_key_and_ply() -> None:
    player = search_player("dreamer", CONNECT_FOUR, constant(CONNECT_FOUR), SearchConfig(4), noise=1.0)
    assert player.policy is None
    states, keys = columns_after(*[""] * 40), game_keys(1, "test", 0, 40)
    first = player.act(states, keys, np.zeros(40, np.int32))
    assert len(set(first.tolist())) > 2
    assert np.array_equal(first, player.act(states, keys, np.zeros(40, np.int32)))
    assert not np.array_equal(first, player.act(states, keys, np.ones(40, np.int32)))
    part = player.act(states[7:9], keys[7:9], np.zeros(2, np.int32))
    assert np.array_equal(part, first[7:9]), "a row depends on its own key alone"


def test_analysis() -> None:
    player = search_player("thinker", CONNECT_FOUR, constant(CONNECT_FOUR), SearchConfig(32))
    assert player.analyse is not None
    thoughts = player.analyse(columns_after("112233", "4444442"))
    assert thoughts.prior[1].tolist() == pytest.approx([1 / 6] * 3 + [0] + [1 / 6] * 3)
    assert thoughts.visit_counts[1].sum() == 32
    assert thoughts.visit_counts[1, 3] == 0, "the column is full"
    assert thoughts.value[0] == 1.0
    assert thoughts.action_values[0, 3] == 1.0
    assert thoughts.principal_variation[0] == [3], "the win, not the most visited move"
    assert all(0 <= action < 7 for line in thoughts.principal_variation for action in line)


def test_principal_variation_follows_the_visits() -> None:
    result, tree = look(columns_after("3344"), 200, "puct")
    line = principal_variation(tree, 0)
    assert line[0] == result.visit_counts[0].argmax()
    state = columns_after("3344")
    for action in line:  # every move of the line is legal
        state = CONNECT_FOUR.step(state, np.array([action]))


def test_a_proven_principal_variation_keeps_its_value() -> None:
    """From two stones in the middle to four in a row: the line ends in the win that was proven."""
    _, tree = look(columns_after("3344"), 400, "gumbel")
    assert tree.exact[0, 0]
    state = columns_after("3344")
    for action in principal_variation(tree, 0):
        state = CONNECT_FOUR.step(state, np.array([action]))
    assert CONNECT_FOUR.rewards(state)[0].tolist() == [1.0, -1.0]


def test_a_finished_game_cannot_be_searched() -> None:
    with pytest.raises(ValueError, match="leave finished games out"):
        look(columns_after("1122334", "4"), 4)
