"""Games without search whose outcome a value network learns: whole ones, and one position of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import Policy
from agents.games_file import Games, no_moves, positions_of, results_of
from agents.learning import Examples
from games.core import Game, States
from lab.randomness import Keys, fold_in_batch, sample_batch, uniform_batch

OPENING_PLIES, RANDOM_MOVE, POSITION, REST = 0, 1, 2, 3  # counters under a game's key
OPENING, MOVE, AGAIN = 1_000, 2_000, 3_000  # and where those of its moves and attempts begin


def one_position_a_game(
    game: Game,
    prior: Policy,
    policy: Policy,
    keys: Keys,
    leave_if_stopping: Callable[[], None] = lambda: None,
) -> Examples:
    """One position of each of G games and its outcome, for keys [G]; teaches no move.

    `prior` plays a game; before one of its moves, drawn evenly, a move is drawn from all legal ones instead,
    and `policy` plays the rest against itself. Learned is the position after the random move (Silver et
    al. 2016, Methods, "Value network: regression"). A random move that ends the game is drawn anew.
    """
    played = whole_games(game, prior, keys, 0, leave_if_stopping)
    states, waiting, attempt = game.new(len(keys)), np.arange(len(keys)), 0
    while len(waiting):
        tried = fold_in_batch(keys[waiting], AGAIN + attempt)
        before = one_of_each(game, played[waiting], tried).states
        mask = game.legal_action_mask(before)
        states[waiting] = after = game.step(before, sample_batch(mask, tried, RANDOM_MOVE))
        waiting, attempt = waiting[game.is_terminal(after)], attempt + 1
    results = results_of(play_on(game, policy, states, fold_in_batch(keys, REST), leave_if_stopping), game)
    return examples_of(game, states, results * (1 - 2 * game.current_player(states)))


def play_on(
    game: Game,
    policy: Policy,
    states: States,
    keys: Keys,
    leave_if_stopping: Callable[[], None] = lambda: None,
) -> States:
    """Let `policy` play unfinished games [G] against itself to the end, moves drawn: the final states.

    A game's course depends on its key alone.
    """
    states, playing, ply = states.copy(), np.arange(len(states)), 0
    while len(playing):
        leave_if_stopping()
        actions = sample_batch(policy(states[playing]), keys[playing], MOVE + ply)
        states[playing] = game.step(states[playing], actions)
        playing, ply = playing[~game.is_terminal(states[playing])], ply + 1
    return states


def whole_games(
    game: Game,
    policy: Policy,
    keys: Keys,
    opening_plies: int,
    leave_if_stopping: Callable[[], None] = lambda: None,
) -> Games:
    """G games of a policy against itself, moves drawn, for keys [G]; each begins with 0 to `opening_plies`
    moves drawn from all legal ones, without which a sharp policy repeats itself."""
    actions = no_moves(game, len(keys))
    lengths = np.zeros(len(keys), np.int32)
    states = game.new(len(keys))

    def play(rows: Any, weights: Any, counter: int) -> None:
        actions[rows, lengths[rows]] = moves = sample_batch(weights, keys[rows], counter)
        lengths[rows] += 1
        states[rows] = game.step(states[rows], moves)

    openings = np.floor(uniform_batch(keys, OPENING_PLIES) * (opening_plies + 1))
    for ply in range(game.max_plies):
        leave_if_stopping()
        going = ~game.is_terminal(states)
        if (rows := np.flatnonzero(going & (openings > ply))).size:
            play(rows, game.legal_action_mask(states[rows]), OPENING + ply)
        if (rows := np.flatnonzero(going & (openings <= ply))).size:
            play(rows, policy(states[rows]), MOVE + ply)
    return Games(actions, lengths, results_of(states, game))


def all_positions(game: Game, games: Games) -> Examples:
    """Every position of the games with its game's result for the player to move; teaches no move."""
    states, _, values, _ = positions_of(games, game)
    return examples_of(game, states, values)


def one_of_each(game: Game, games: Games, keys: Keys) -> Examples:
    """One position of each of G games, drawn evenly by keys [G], likewise."""
    states, _, values, _ = positions_of(games, game)
    starts = np.cumsum(games.lengths) - games.lengths
    rows = starts + np.floor(uniform_batch(keys, POSITION) * games.lengths).astype(np.int64)
    return examples_of(game, states[rows], values[rows])


def examples_of(game: Game, states: States, values: NDArray[Any]) -> Examples:
    """Examples that teach the values [P] of states [P] and no move."""
    return Examples(states, np.zeros((len(states), game.num_actions), np.float32), values.astype(np.float32))
