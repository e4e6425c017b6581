"""Self-play: a block is a function of weights, seed and number; its targets see with the mover's eyes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from agents import self_play
from agents.config import SelfPlayConfig
from agents.learning import Examples
from agents.self_play import Block, lambda_returns, play_block, random_openings
from games import connect_four, tic_tac_toe
from games.core import Game, States
from games.notation import parse_game
from lab.randomness import game_keys

TTT, CONNECT_FOUR = tic_tac_toe.GAME, connect_four.GAME
TINY = SelfPlayConfig(games_per_iteration=24, batch=8, simulations=8)


def evaluator_of(game: Game) -> Any:
    """One without rounding: leans to the first actions, and each row alone decides."""

    def evaluate(states: States) -> tuple[Any, Any]:
        logits = np.tile(-0.25 * np.arange(game.num_actions, dtype=np.float32), (len(states), 1))
        return logits, np.where(game.current_player(states) == 0, 0.125, -0.125).astype(np.float32)

    return evaluate


def play(game: Game, seed: int = 1, block: int = 0, **changes: Any) -> Block:
    return play_block(game, evaluator_of(game), replace(TINY, **changes), seed, block)


def same(one: Block, other: Block) -> bool:
    fields = ("states", "action_weights", "value_targets")
    return all(np.array_equal(getattr(one.examples, name), getattr(other.examples, name)) for name in fields)


@pytest.mark.parametrize("game", [TTT, CONNECT_FOUR], ids=lambda game: game.name)
def test_a_block_does_not_depend_on_who_flies_together(game: Game) -> None:
    blocks = [play(game, batch=batch) for batch in (3, 8, 64)]
    assert same(blocks[0], blocks[1])
    assert same(blocks[0], blocks[2])
    assert blocks[0].plies == len(blocks[0].examples.states)
    assert [block.first_player_score for block in blocks] == [blocks[0].first_player_score] * 3


@pytest.mark.parametrize("batch", [1, 3, 8, 64])
def test_where_some_searches_are_fast_it_does_not_either(batch: int) -> None:
    """Playout-cap randomisation: which plies are searched in full is the game's own affair."""
    assert same(play(CONNECT_FOUR, batch=batch, full_share=0.4), play(CONNECT_FOUR, full_share=0.4))


def test_fast_searches_teach_the_value_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: dict[int, int] = {}
    search = self_play.search_states

    def counted(game: Game, evaluator: Any, states: States, config: Any, keys: Any, noise: Any) -> Any:
        searched[config.num_simulations] = searched.get(config.num_simulations, 0) + len(states)
        assert len(states) <= 8
        assert config.num_simulations == 8 or not noise.any(), "noise is for what teaches the policy"
        result, tree = search(game, evaluator, states, config, keys, noise)
        assert (result.visit_counts.sum(axis=1) <= config.num_simulations).all()
        return result, tree

    monkeypatch.setattr(self_play, "search_states", counted)
    block = play(CONNECT_FOUR, full_share=0.25, fast_simulations=2)
    taught = block.examples.action_weights.any(axis=1)
    assert searched == {8: taught.sum(), 2: (~taught).sum()}
    assert 0.15 < taught.mean() < 0.35, "a quarter of some 600 plies"
    assert (block.examples.value_targets[~taught] != 0).all()
    assert sum(searched.values()) == block.plies


def sure_after(ply: int) -> Any:
    """An evaluator of Connect Four that from that ply on, and not before, is sure of the first player."""

    def evaluate(states: States) -> tuple[Any, Any]:
        logits = np.zeros((len(states), CONNECT_FOUR.num_actions), np.float32)
        sure = np.where(np.bitwise_count(states["occupied"]) >= ply, 0.96875, 0.125)
        return logits, np.where(CONNECT_FOUR.current_player(states) == 0, sure, -sure).astype(np.float32)

    return evaluate


def test_of_decided_games_a_quarter_is_learned_from() -> None:
    settings = replace(TINY, games_per_iteration=64, opening_share=0.0, fast_simulations=2, decided_above=0.9)
    block = play_block(CONNECT_FOUR, sure_after(8), settings, 1, 0)
    whole = play_block(CONNECT_FOUR, sure_after(8), replace(settings, decided_above=1.0), 1, 0)
    assert whole.plies == len(whole.examples.value_targets)
    assert isinstance(block.examples, Examples)
    plies = np.bitwise_count(block.examples.states["occupied"])
    early, late = np.bincount(plies[plies < 6], minlength=6), plies[plies >= 12]
    assert (early == 64).all(), "nothing is decided before anybody is sure"
    after = block.plies - (plies < 12).sum()
    assert 0.15 < len(late) / after < 0.35
    assert block.examples.action_weights.any(axis=1).all(), "what is learned from was searched in full"
    small = play_block(CONNECT_FOUR, sure_after(8), replace(settings, batch=3), 1, 0)
    assert same(block, small)


def test_leads_are_of_one_side() -> None:
    values, leads = np.array([0.95, -0.95, -0.95, 0.5, 0.95]), np.array([2, -2, 3, 3, 0])
    assert self_play._lead(leads, values, 0.9).tolist() == [3, -3, -1, 0, 1]
    assert self_play._lead(leads, np.ones(5), 1.0).tolist() == [0] * 5, "1: no game is decided"


def test_a_block_depends_on_seed_and_number() -> None:
    assert same(play(TTT), play(TTT))
    assert not same(play(TTT), play(TTT, seed=2))
    assert not same(play(TTT), play(TTT, block=1))


def test_a_block_is_left_between_plies() -> None:
    """Whatever is raised there ends the block; played again, it is the same block."""
    looks = iter(range(3))
    with pytest.raises(StopIteration):
        play_block(TTT, evaluator_of(TTT), TINY, 1, 0, lambda: next(looks))
    assert same(play(TTT), play(TTT))


def test_later_games_leave_earlier_ones_alone() -> None:
    """Game i of a block is the same in a block of more games."""
    few, many = play(CONNECT_FOUR, games_per_iteration=5), play(CONNECT_FOUR, games_per_iteration=11)
    plies = len(few.examples.states)
    assert np.array_equal(few.examples.states, many.examples.states[:plies])
    assert np.array_equal(few.examples.action_weights, many.examples.action_weights[:plies])


@pytest.mark.parametrize("game", [TTT, CONNECT_FOUR], ids=lambda game: game.name)
def test_examples_are_games(game: Game) -> None:
    """Positions come game by game, each one move after the last; weights lie on legal moves."""
    block = play(game, opening_share=0.0)
    examples = block.examples
    mask = game.legal_action_mask(examples.states)
    assert mask.any(axis=1).all(), "no finished position teaches anything"
    assert examples.action_weights.sum(axis=1) == pytest.approx(np.ones(block.plies), abs=1e-5)
    assert (examples.action_weights[~mask] == 0).all()
    assert (np.abs(examples.value_targets) <= 1).all()
    starts = [i for i, state in enumerate(examples.states) if state == game.new(1)[0]]
    assert len(starts) == block.games == 24
    for i in set(range(1, block.plies)) - set(starts):
        before = np.repeat(examples.states[i - 1 : i], mask[i - 1].sum())
        followers = game.step(before, np.flatnonzero(mask[i - 1]))
        assert examples.states[i] in followers


# --- signs ---


def from_positions(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let the games of a block begin in these positions, in turn."""

    def openings(game: Game, keys: Any, share: float, plies: int) -> Any:
        states = np.concatenate([parse_game(CONNECT_FOUR, line)[1][-1:] for line in lines])
        lengths = np.array([len(line) for line in lines], np.int32)
        rows = np.arange(len(keys)) % len(lines)
        return states[rows], lengths[rows]

    monkeypatch.setattr(self_play, "random_openings", openings)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_targets_are_for_the_player_to_move(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """X wins by column 4 at once; O, with X's open three before it, is lost, and then X wins;
    the same with the players exchanged by a stone in column 7."""
    from_positions(monkeypatch, "112233", "33445", "7112233", "733445")
    block = play(CONNECT_FOUR, games_per_iteration=4, simulations=64, value_lambda=share, noise_plies=0)
    states, targets = block.examples.states, block.examples.value_targets
    lost = ["33445", "733445"]
    for line, wanted in [("112233", 1.0), ("7112233", 1.0), (lost[0], -1.0), (lost[1], -1.0)]:
        start = parse_game(CONNECT_FOUR, line)[1][-1]
        (row,) = np.flatnonzero(states == start)
        assert targets[row] == wanted
        if line in lost:
            assert targets[row + 1] == 1.0, "the winner's turn"
    assert block.first_player_score == 0.5, "X won two games, O two"
    assert block.proven == 1.0


def test_lambda_returns_worked_by_hand() -> None:
    """Two games; v and results are the first player's, and the third position's value is proven.

    game 0, won (1):  G_1 = .5 * .0 + .5 * 1 = .5,  G_0 = .5 * .25 + .5 * .5 = .375
    game 1, lost (-1): G_3 = -.5 * .5 - .5 * 1 = -.75, G_2 = 1, proven, whatever came after
    """
    numbers, values = np.array([0, 0, 1, 1]), np.array([0.25, 0.0, 1.0, -0.5])
    proven, results = np.array([False, False, True, False]), np.array([1.0, -1.0])
    returns = lambda_returns(numbers, values, proven, results, 0.5)
    assert returns.tolist() == [0.375, 0.5, 1.0, -0.75]
    assert lambda_returns(numbers, values, proven, results, 0.0).tolist() == values.tolist()
    assert lambda_returns(numbers, values, proven, results, 1.0).tolist() == [1.0, 1.0, 1.0, -1.0]


def test_results_alternate_along_a_game() -> None:
    """The result for the mover changes its sign with every ply of a decided game; what is proven is
    what the result turned out to be, since proven moves are played."""
    block = play(CONNECT_FOUR, games_per_iteration=1, value_lambda=1.0, opening_share=0.0)
    targets = block.examples.value_targets
    assert abs(targets[-1]) == 1.0
    assert targets[-1] == 1.0, "who moves last wins"
    assert (targets[1:] == -targets[:-1]).sum() >= len(targets) - 2


# --- openings ---


def test_openings() -> None:
    keys = game_keys(3, "test", 0, 4000)
    states, lengths = random_openings(CONNECT_FOUR, keys, share=0.75, plies=6)
    stones = np.array([int(state["occupied"]).bit_count() for state in states])
    assert np.array_equal(stones, lengths)
    shares = np.bincount(lengths, minlength=7) / len(keys)
    assert shares == pytest.approx([0.25] + [0.125] * 6, abs=0.02)
    again, _ = random_openings(CONNECT_FOUR, keys[10:20], 0.75, 6)
    assert np.array_equal(again, states[10:20]), "an opening follows from its key alone"


def test_openings_never_end_a_game() -> None:
    """Nine random plies of tic-tac-toe would end every game: those begin on the empty board."""
    states, lengths = random_openings(TTT, game_keys(3, "test", 0, 500), share=1.0, plies=9)
    assert not TTT.is_terminal(states).any()
    assert (lengths[(states["cells"] == 0).all(axis=1)] == 0).all()
    assert (lengths > 0).sum() > 100


@pytest.mark.parametrize("nothing", [{"share": 0.0, "plies": 6}, {"share": 1.0, "plies": 0}])
def test_no_openings(nothing: dict[str, Any]) -> None:
    states, lengths = random_openings(CONNECT_FOUR, game_keys(3, "test", 0, 50), **nothing)
    assert np.array_equal(states, CONNECT_FOUR.new(50))
    assert not lengths.any()


def test_without_noise_equal_starts_are_equal_games() -> None:
    block = play(CONNECT_FOUR, games_per_iteration=4, opening_share=0.0, noise_plies=0)
    assert len(np.unique(block.examples.states)) == block.plies / 4
