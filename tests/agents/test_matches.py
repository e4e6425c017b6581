"""Paired matches: colours swapped, openings shared, every game counted once and from the right side."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from agents import matches
from agents.baselines import baseline_player
from agents.matches import MatchResult, play_match
from agents.player import Player, policy_player
from games import connect_four, tic_tac_toe
from games.core import Game, States
from lab.randomness import Keys
from lab.statistics import Score

TTT, CONNECT_FOUR = tic_tac_toe.GAME, connect_four.GAME


def lowest(game: Game, name: str = "lowest") -> Player:
    """The first legal action, always."""

    def policy(states: States) -> Any:
        return np.eye(game.num_actions)[game.legal_action_mask(states).argmax(axis=1)]

    return policy_player(name, policy)


def highest(game: Game) -> Player:
    def policy(states: States) -> Any:
        mask = game.legal_action_mask(states)
        return np.eye(game.num_actions)[game.num_actions - 1 - mask[:, ::-1].argmax(axis=1)]

    return policy_player("highest", policy)


def strong_and_weak(game: Game = CONNECT_FOUR, pairs: int = 30, seed: int = 0) -> MatchResult:
    return play_match(
        game, baseline_player("alphabeta-4", game), baseline_player("random", game), pairs, 4, seed
    )


# --- by hand ---


def test_two_games_by_hand() -> None:
    """Tic-tac-toe from the empty board, first legal cell against last.

    0 8 1 7 2: the first player takes the top row when it begins,
    8 0 7 1 6: and the second the bottom row when that begins: a win each.
    """
    match = play_match(TTT, lowest(TTT), highest(TTT), pairs=1, opening_plies=0, seed=0)
    assert (match.wins, match.draws, match.losses, match.games) == (1, 0, 1, 2)
    assert match.score.rate == 0.5
    assert (match.first, match.second) == ("lowest", "highest")
    assert (match.openings, match.distinct_games) == (1, 2)


def test_colours_are_swapped() -> None:
    """Who is asked in which positions: in even games the first player begins, in odd ones the second."""
    asked: dict[str, list[Any]] = {"a": [], "b": []}

    def spy(name: str) -> Player:
        def act(states: States, keys: Keys, plies: Any) -> Any:
            asked[name].append((TTT.current_player(states).copy(), plies.copy()))
            return TTT.legal_action_mask(states).argmax(axis=1).astype(np.int32)

        return Player(name, act)

    play_match(TTT, spy("a"), spy("b"), pairs=3, opening_plies=0, seed=0)
    movers_a, movers_b = asked["a"][0][0], asked["b"][0][0]
    assert movers_a.tolist() == movers_b.tolist() == [0, 0, 0], "each begins three of six games"
    assert all((plies == ply).all() for ply, (_, plies) in enumerate(asked["a"]))


def test_points_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen from the other side the same games give the rest of the points."""
    one = play_match(CONNECT_FOUR, lowest(CONNECT_FOUR), highest(CONNECT_FOUR), 40, 5, 3)
    other = play_match(CONNECT_FOUR, highest(CONNECT_FOUR), lowest(CONNECT_FOUR), 40, 5, 3)
    assert one.score.rate + other.score.rate == pytest.approx(1.0)
    assert (one.wins, one.draws, one.losses) == (other.losses, other.draws, other.wins)
    assert one.wins + one.draws + one.losses == one.games == 80


def test_score_counts_a_draw_as_half() -> None:
    match = play_match(TTT, baseline_player("random", TTT), lowest(TTT), pairs=100, opening_plies=2, seed=1)
    assert match.draws > 0
    assert match.score.rate == pytest.approx((match.wins + match.draws / 2) / 200)
    assert match.score.low < match.score.rate < match.score.high


# --- who wins ---


def test_the_stronger_wins() -> None:
    match = strong_and_weak()
    assert match.score.low > 0.8


def test_a_player_is_its_own_equal() -> None:
    player = baseline_player("wins-and-blocks", CONNECT_FOUR)
    match = play_match(CONNECT_FOUR, player, player, 150, 4, 0)
    assert match.score.low < 0.5 < match.score.high
    assert match.distinct_games > 250, "each game draws for itself"


def test_a_deterministic_player_against_itself_is_exactly_even() -> None:
    match = play_match(CONNECT_FOUR, lowest(CONNECT_FOUR), lowest(CONNECT_FOUR, "twin"), 50, 4, 0)
    assert match.score.rate == 0.5
    assert match.wins == match.losses
    assert match.distinct_games == match.openings, "both games of a pair are one, counted once"


@pytest.mark.parametrize("opponent", ["random", "perfect"])
def test_perfect_gets_what_the_position_is_worth(monkeypatch: pytest.MonkeyPatch, opponent: str) -> None:
    """Game by game and seat by seat: at least the exact value of its opening, against itself just that."""
    from games.connect_four_solver import Solver

    rewards: list[Any] = []
    result = matches._result

    def keep(*parts: Any) -> MatchResult:
        rewards.append(parts[2].copy())
        return result(*parts)

    monkeypatch.setattr(matches, "_result", keep)
    perfect, other = (baseline_player(name, CONNECT_FOUR) for name in ("perfect", opponent))
    play_match(CONNECT_FOUR, perfect, other, pairs=12, opening_plies=20, seed=4)
    openings, _ = matches._openings(CONNECT_FOUR, 12, 20, 4)
    for_mover = np.sign(Solver().action_scores(openings).max(axis=1))
    for_beginner = np.where(CONNECT_FOUR.current_player(openings) == 0, for_mover, -for_mover)
    worth = np.stack([for_beginner, -for_beginner], axis=1).ravel()
    assert len(set(worth.tolist())) > 1
    if opponent == "perfect":
        assert np.array_equal(rewards[0], worth)
    else:
        assert (rewards[0] >= worth).all()
        assert rewards[0].sum() > worth.sum()


# --- the same match twice ---


def test_a_match_is_a_function_of_its_seed() -> None:
    assert strong_and_weak(pairs=10) == strong_and_weak(pairs=10)
    random = baseline_player("random", TTT)
    outcomes = {play_match(TTT, random, lowest(TTT), 60, 2, seed).score.rate for seed in range(4)}
    assert len(outcomes) > 1


def test_games_do_not_depend_on_their_number() -> None:
    """The first pairs of a longer match are the shorter match."""
    random, first = baseline_player("random", CONNECT_FOUR), lowest(CONNECT_FOUR)
    lines: list[Any] = []
    result = matches._result

    def keep(*parts: Any) -> MatchResult:
        lines.append(parts[-1].copy())
        return result(*parts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matches, "_result", keep)
        play_match(CONNECT_FOUR, random, first, 4, 3, 9)
        play_match(CONNECT_FOUR, random, first, 9, 3, 9)
    assert np.array_equal(lines[0], lines[1][:8])


# --- openings ---


@pytest.mark.parametrize("game", [TTT, CONNECT_FOUR], ids=lambda game: game.name)
def test_openings_are_unfinished(game: Game) -> None:
    states, _ = matches._openings(game, 300, game.max_plies, 0)
    assert not game.is_terminal(states).any()
    states, _ = matches._openings(CONNECT_FOUR, 300, 4, 0)
    stones = {int(state["occupied"]).bit_count() for state in states}
    assert stones == {4}
    assert len(np.unique(states)) > 200


def test_equal_openings_are_one_cluster() -> None:
    """On the empty board all pairs share one opening: two deterministic players play one pair of games,
    however often, and the interval says so."""
    match = play_match(TTT, lowest(TTT), highest(TTT), pairs=20, opening_plies=0, seed=0)
    assert match.openings == 1
    assert match.distinct_games == 2
    assert match.games == 40


def test_json() -> None:
    entry = json.loads(json.dumps(strong_and_weak(pairs=5).to_json()))
    assert entry["games"] == 10
    assert isinstance(Score.from_json(entry["score"]), Score)
