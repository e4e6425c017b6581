"""The baselines against hand-set positions, a plain oracle, and each other."""

from __future__ import annotations

import numpy as np
import pytest

from agents import alphabeta, rollouts
from agents.baselines import baseline_names, baseline_player
from agents.player import Player, UnknownPlayer
from games.connect_four import GAME, from_text
from games.connect_four_solver import Solver
from games.core import States, game_names, load_game
from lab.randomness import game_keys

WIN_AT_4 = """
.......
.......
.......
.......
OO..O..
XXX.OX.
"""

BLOCK_AT_4 = """
.......
.......
.......
.......
XX.....
OOO.XX.
"""


def some_positions(count: int, plies: int, seed: int) -> States:
    """Unfinished positions after that many random plies (fewer than count)."""
    random = np.random.default_rng(seed)
    states = GAME.new(count)
    for _ in range(plies):
        weights = GAME.legal_action_mask(states) * random.random((len(states), 7))
        states = GAME.step(states, weights.argmax(axis=1))
        states = states[~GAME.is_terminal(states)]
    return states


def oracle(state: States, depth: int) -> int:
    """Plain negamax of one state through the rules alone, without pruning."""
    stones = int(state["occupied"][0]).bit_count()
    if GAME.is_terminal(state)[0]:
        return -(alphabeta.WIN - stones) if GAME.rewards(state).any() else 0
    if depth == 0:
        return int(alphabeta.threat_balance(state["current"][0], state["occupied"][0]))
    moves = np.flatnonzero(GAME.legal_action_mask(state)[0])
    return max(-oracle(GAME.step(state, np.array([move])), depth - 1) for move in moves)


@pytest.mark.parametrize("name", baseline_names())
def test_a_move_depends_on_its_own_row_alone(name: str) -> None:
    player = baseline_player(name, GAME)
    states = some_positions(12, 26, seed=3)
    keys = game_keys(5, "test", 0, len(states))
    plies = np.full(len(states), 26, np.int32)
    together = player.act(states, keys, plies)
    alone = [player.act(states[b : b + 1], keys[b : b + 1], plies[b : b + 1])[0] for b in range(len(states))]
    assert together.tolist() == alone
    assert GAME.legal_action_mask(states)[np.arange(len(states)), together].all()


@pytest.mark.parametrize("name", ["wins-and-blocks", "alphabeta-1", "alphabeta-5", "mcts-300", "perfect"])
def test_a_win_at_hand_is_taken(name: str) -> None:
    states = np.repeat(from_text(WIN_AT_4), 20)
    moves = baseline_player(name, GAME).act(states, game_keys(1, "t", 0, 20), np.zeros(20, np.int32))
    assert set(moves.tolist()) == {3}


@pytest.mark.parametrize("name", ["wins-and-blocks", "alphabeta-2", "alphabeta-5", "mcts-300", "perfect"])
def test_a_threat_is_stopped(name: str) -> None:
    states = np.repeat(from_text(BLOCK_AT_4), 20)
    moves = baseline_player(name, GAME).act(states, game_keys(1, "t", 0, 20), np.zeros(20, np.int32))
    assert set(moves.tolist()) == {3}


def test_policies_are_what_act_draws() -> None:
    states = np.repeat(GAME.new(1), 7000)
    for name in ("random", "wins-and-blocks"):
        player = baseline_player(name, GAME)
        assert player.policy is not None
        policy = player.policy(states[:1])[0]
        np.testing.assert_allclose(policy, 1 / 7)
        moves = player.act(states, game_keys(2, name, 0, 7000), np.zeros(7000, np.int32))
        assert abs(np.bincount(moves, minlength=7) - 1000).max() < 5 * 30  # 5 standard deviations


def test_the_perfect_player_draws_among_the_best_scores() -> None:
    states = some_positions(20, 24, seed=2)
    player = baseline_player("perfect", GAME)
    assert player.policy is not None
    scores = Solver().action_scores(states).astype(int)
    best = scores == scores.max(axis=1, keepdims=True)
    np.testing.assert_allclose(player.policy(states), best / best.sum(axis=1, keepdims=True))


def test_finished_games_have_no_policy() -> None:
    over = GAME.step(from_text(WIN_AT_4), np.array([3]))
    for name in ("random", "wins-and-blocks", "alphabeta-3"):
        player = baseline_player(name, GAME)
        assert player.policy is not None
        assert player.policy(over).sum() == 0
    assert rollouts.uct_visits(over, game_keys(0, "t", 0, 1), 50).sum() == 0


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_alphabeta_is_plain_negamax(depth: int) -> None:
    for plies in (8, 20, 34):
        states = some_positions(6, plies, seed=plies)
        values = alphabeta.move_values(states, depth)
        for b in range(len(states)):
            state = states[b : b + 1]
            legal = GAME.legal_action_mask(state)[0]
            exact = [-oracle(GAME.step(state, np.array([m])), depth - 1) for m in np.flatnonzero(legal)]
            best = max(exact)
            found = values[b][legal]
            assert found.max() == best
            assert [value == best for value in found] == [value == best for value in exact]
            assert (values[b][~legal] == alphabeta.ILLEGAL).all()


def test_playouts_have_the_known_results_of_random_games() -> None:
    results = rollouts.playout_batch(GAME.new(100_000), game_keys(9, "playouts", 0, 100_000))
    # OpenSpiel, 10^6 random games: first player .556, draws .0026
    assert abs((results == 1).mean() - 0.556) < 0.008
    assert 0.0015 < (results == 0).mean() < 0.004


def test_uct_spends_every_playout_and_learns() -> None:
    states = some_positions(8, 10, seed=1)
    visits = rollouts.uct_visits(states, game_keys(4, "uct", 0, len(states)), 500)
    assert (visits.sum(axis=1) == 500).all()
    assert (visits[GAME.legal_action_mask(states)] > 0).all()


def share_won(first: Player, second: Player, games: int) -> float:
    """The first player's share of games, colours alternating."""
    states, keys = GAME.new(games), game_keys(7, "duel", 0, games)
    live = np.arange(games)
    for ply in range(42):
        moves = np.empty(len(live), np.int32)
        turn = (live + ply) % 2
        for number, player in enumerate((first, second)):
            rows = np.flatnonzero(turn == number)
            moves[rows] = player.act(states[live[rows]], keys[live[rows]], np.full(len(rows), ply, np.int32))
        states[live] = GAME.step(states[live], moves)
        live = live[~GAME.is_terminal(states[live])]
    rewards = GAME.rewards(states)[np.arange(games), np.arange(games) % 2]
    return float((rewards.mean() + 1) / 2)


@pytest.mark.parametrize(
    ("strong", "weak"),
    [("wins-and-blocks", "random"), ("alphabeta-4", "wins-and-blocks"), ("mcts-1000", "alphabeta-2")],
)
def test_the_baselines_stand_in_order(strong: str, weak: str) -> None:
    assert share_won(baseline_player(strong, GAME), baseline_player(weak, GAME), 100) > 0.65


@pytest.mark.parametrize("name", game_names())
def test_random_plays_every_game(name: str) -> None:
    game = load_game(name)
    player = baseline_player("random", game)
    moves = player.act(game.new(50), game_keys(0, "t", 0, 50), np.zeros(50, np.int32))
    assert game.legal_action_mask(game.new(50))[np.arange(50), moves].all()


@pytest.mark.parametrize(
    "name", ["", "radnom", "alphabeta", "alphabeta-", "alphabeta-0", "alphabeta-x", "mcts--5", "alphabeta-99"]
)
def test_wrong_names_are_named(name: str) -> None:
    with pytest.raises(UnknownPlayer, match=r"there are: random|whole one"):
        baseline_player(name, GAME)


def test_other_games_have_only_random() -> None:
    with pytest.raises(UnknownPlayer, match="connect_four only"):
        baseline_player("alphabeta-4", load_game("tic_tac_toe"))
