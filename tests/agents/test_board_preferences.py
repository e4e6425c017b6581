"""Raters of moves, their judgements, and reward models of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.config import NetworkConfig
from agents.evaluation import exact_policy, hard_part
from agents.positions import load_positions
from agents.preference import gap as gap_module
from agents.preference.finds import draw_lovely, lovely_and_lost, rank_moves_37
from agents.preference.gap import (
    DIFFICULTIES,
    GapConfig,
    gap,
    learn_to_judge,
    learn_to_play,
    right_and_wrong,
)
from agents.preference.preferences import (
    HELD_OUT,
    Preferences,
    agreement,
    collect,
    draw_pairs,
    judge,
    seen_positions,
)
from agents.preference.rater import FLOOR, Rater, best_by, expected, over_random
from agents.preference.reward_model import RewardModelConfig, preference_loss, train_reward_model
from agents.procedure import habit_odds
from agents.scripted import HUMANS
from games.connect_four import GAME
from lab.losses import bradley_terry_loss

SMALL = RewardModelConfig(NetworkConfig(8, 1), least=1, most=30, batch_size=64)


def human_moves(states):  # type: ignore[no-untyped-def]
    return exact_policy("forgetful.recorded", states)


def pairs(count: int, seed: int = 0):  # type: ignore[no-untyped-def]
    states = seen_positions("forgetful", count, seed, HELD_OUT)
    return (states, *draw_pairs(states, human_moves, seed))


# --- raters ---


def test_with_noise_one_a_rater_prefers_as_it_chooses() -> None:
    states, first, second = pairs(100)
    chances, rows = human_moves(states), np.arange(100)
    luce = chances[rows, first] / (chances[rows, first] + chances[rows, second])
    assert Rater("forgetful").prefers(states, first, second) == pytest.approx(luce, abs=2e-4)  # FLOOR


def test_noise_brings_judgements_towards_a_half() -> None:
    states, first, second = pairs(100)
    sure, unsure = (Rater("forgetful", noise=n).prefers(states, first, second) for n in (0.5, 5.0))
    assert (np.abs(sure - 0.5) >= np.abs(unsure - 0.5)).all()
    assert Rater("forgetful").prefers(states, first, second) == pytest.approx(
        1.0 - Rater("forgetful").prefers(states, second, first)
    )


def test_at_a_glance_the_empty_board_is_liked_by_its_columns() -> None:
    odds = habit_odds(GAME.new(1), HUMANS["forgetful"])[0]
    assert odds.tolist() == [1.0, 1.5, 3.0, 6.0, 3.0, 1.5, 1.0]
    utility = Rater("forgetful", "glance").utility(GAME.new(1))[0]
    assert utility == pytest.approx(np.log(odds))


def test_at_a_glance_a_win_is_hardly_told_from_the_centre() -> None:
    states = GAME.new(1)
    for column in (0, 6, 0, 6, 0, 5):  # the first player wins in column 1
        states = GAME.step(states, np.array([column], np.int32))
    considered, glance = (Rater("forgetful", taste).utility(states)[0] for taste in ("considered", "glance"))
    assert considered[0] - considered[3] > 2.5
    assert abs(glance[0] - glance[3]) < 0.2


def test_what_is_ruled_out_is_liked_by_the_floor() -> None:
    positions = hard_part(load_positions("connect_four", "test"), 300)
    utility = Rater("two-ply").utility(positions.states)
    ruled = positions.legal & (exact_policy("two-ply.recorded", positions.states) == 0.0)
    assert ruled.any()
    assert utility[ruled] == pytest.approx(np.log(FLOOR))
    assert (utility[~positions.legal] == 0.0).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("forgetful", "loud"), "considered, glance"),
        (("forgetful", "considered", 0.0), "above 0"),
        (("schoolyard", "glance"), "no single human"),
        (("nobody",), "nobody"),
    ],
)
def test_a_rater_that_cannot_be(arguments: tuple[object, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Rater(*arguments).utility(GAME.new(1))  # type: ignore[arg-type]


def test_rewards_over_a_random_move_have_no_free_constant() -> None:
    rewards, legal = np.array([[1.0, 3.0, 9.0]]), np.array([[True, True, False]])
    assert over_random(rewards, legal).tolist() == [[-1.0, 1.0, 0.0]]
    assert over_random(rewards + 7.0, legal).tolist() == [[-1.0, 1.0, 0.0]]
    assert best_by(rewards, legal).tolist() == [[0.0, 1.0, 0.0]]
    assert expected(np.array([[0.25, 0.75, 0.0]]), over_random(rewards, legal)) == 0.5


# --- judgements ---


def test_positions_are_drawn_from_games_of_their_own() -> None:
    learned, held_out = seen_positions("forgetful", 50, 0), seen_positions("forgetful", 50, 0, HELD_OUT)
    assert len(learned) == len(held_out) == 50
    assert (GAME.legal_action_mask(learned).sum(axis=1) > 1).all()
    assert not np.array_equal(learned, held_out)
    assert np.array_equal(learned, seen_positions("forgetful", 50, 0))


def test_the_two_moves_of_a_pair_differ_and_are_legal() -> None:
    states, first, second = pairs(200)
    legal, rows = GAME.legal_action_mask(states), np.arange(200)
    assert (first != second).all()
    assert legal[rows, first].all()
    assert legal[rows, second].all()
    sure = np.eye(7)[np.where(legal, 1, 0).argmax(axis=1)]
    first, second = draw_pairs(states, lambda _: sure, 0)
    assert (first != second).all()
    assert legal[rows, second].all()


def test_judgements_come_as_often_as_their_probability_says() -> None:
    states, first, second = pairs(4_000)
    rater = Rater("forgetful")
    told = judge(rater, states, first, second, seed=0)
    chance = rater.prefers(states, first, second)
    assert (told.chosen == first).mean() == pytest.approx(chance.mean(), abs=0.03)
    sides = np.stack([told.chosen, told.rejected])
    assert np.array_equal(np.sort(sides, axis=0), np.sort(np.stack([first, second]), axis=0))
    assert np.array_equal(told.chosen, judge(rater, states, first, second, seed=0).chosen)


def test_nobody_agrees_more_than_who_knows_the_rater() -> None:
    states, first, second = pairs(500)
    rater = Rater("forgetful")
    known = agreement(rater.utility(states), rater, states, first, second)
    assert known.agreement == pytest.approx(known.best)
    assert known.promised == pytest.approx(known.best)  # and is calibrated
    against = agreement(-rater.utility(states), rater, states, first, second)
    assert against.agreement == pytest.approx(1.0 - known.best)
    assert agreement(np.zeros((500, 7)), rater, states, first, second).agreement == 0.5


# --- the reward model ---


def test_the_loss_is_that_of_the_ratings() -> None:
    rewards = torch.tensor([[1.0, 2.0, 4.0], [0.5, -1.0, 0.0]])
    signs = torch.tensor([[1.0, 0.0, -1.0], [0.0, -1.0, 1.0]])
    by_hand = bradley_terry_loss(torch.tensor([1.0, 0.0]), torch.tensor([4.0, -1.0])).mean()
    assert preference_loss(rewards, signs) == by_hand


def test_a_reward_model_learns_a_taste_and_comes_out_the_same_twice() -> None:
    rater, (states, first, second) = Rater("forgetful"), pairs(400)
    told = collect(rater, human_moves, 1_500, 0)
    reward = train_reward_model(told, SMALL, 0, mirrored=True)
    found = agreement(reward(states), rater, states, first, second)
    assert 0.55 < found.agreement < found.best
    again = train_reward_model(told, SMALL, 0, mirrored=True)
    assert np.array_equal(reward(states), again(states))


def test_more_labels_only_add_to_fewer() -> None:
    told = collect(Rater("forgetful"), human_moves, 60, 0)
    assert len(told.first(20)) == 20
    assert np.array_equal(told.first(20).chosen, told.chosen[:20])
    with pytest.raises(ValueError, match="at least one judged pair"):
        train_reward_model(told.first(0), SMALL, 0, mirrored=True)


# --- single boards ---


def test_a_lovely_move_loses_what_the_position_is_worth() -> None:
    positions = hard_part(load_positions("connect_four", "test"), 400)
    rater = Rater("forgetful")
    found = lovely_and_lost(lambda states: human_moves(states), rater.utility, rater, positions)
    assert len(found) == 3
    for one in found:
        assert not positions.keep[one.row, one.move]
        assert positions.keep[one.row, one.right]
        assert one.after < one.before
        assert one.margin > 0
        assert one.prefers > 0.5
        picture = draw_lovely(one, positions)
        assert picture["svg"].startswith("<svg")
        assert "The solver" in picture["caption"]
    assert found[0].before - found[0].after == 2  # a win turned into a loss comes first


def test_moves_37_stand_last_with_who_rules_them_out() -> None:
    positions = hard_part(load_positions("connect_four", "test"))
    rater = Rater("two-ply")
    found = rank_moves_37(rater.utility, rater, positions)
    assert found is not None
    assert found.moves > 20
    assert found.wrong_moves > 20
    assert found.beats == found.raters < 0.1  # by a slip it may be likelier than what is liked least
    assert found.first < 0.01
    solver = rank_moves_37(lambda _: positions.keep.astype(float), rater, positions)
    assert solver is not None
    assert solver.first == 1.0
    assert solver.wrong == 0.0
    assert rank_moves_37(rater.utility, Rater("forgetful"), positions) is None


# --- judging against playing ---


def test_pairs_of_a_right_and_a_wrong_move() -> None:
    positions = hard_part(load_positions("connect_four", "train"), 100)
    told = right_and_wrong(positions, 0)
    rows = np.arange(len(told))
    assert len(told) == 100
    assert positions.keep[rows, told.chosen].all()
    assert (positions.legal & ~positions.keep)[rows, told.rejected].all()
    assert isinstance(told, Preferences)


def test_judge_and_player_learn_and_answer_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One who knows every move and one who takes all for its opposite, in their places."""
    learned, asked = (
        hard_part(load_positions("connect_four", split), 300) for split in ("train", "validation")
    )
    keep = {state.tobytes(): row.astype(float) for state, row in zip(asked.states, asked.keep, strict=True)}
    taught = []

    def one_who_says(sign: float):  # type: ignore[no-untyped-def]
        def learn(pairs: Preferences, config: GapConfig, seed: int):  # type: ignore[no-untyped-def]
            taught.append(pairs)
            return lambda states: sign * np.array([keep[state.tobytes()] for state in states])

        return learn

    monkeypatch.setattr(gap_module, "learn_to_judge", one_who_says(1.0))
    monkeypatch.setattr(gap_module, "learn_to_play", one_who_says(-1.0))
    told = gap(learned, asked, GapConfig(), 0)
    assert taught[0] is taught[1], "the same pairs"
    assert set(told) == set(DIFFICULTIES)
    assert sum(row["positions"] for row in told.values()) == 300
    for row in told.values():
        assert (row["judge_pair"], row["judge_move"]) == (1.0, 1.0)
        assert (row["player_pair"], row["player_move"]) == (0.0, 0.0)
        assert 0.2 < row["chance"] < 0.8


@pytest.mark.parametrize("learn", [learn_to_judge, learn_to_play])
def test_judge_and_player_learn_their_pairs(learn) -> None:  # type: ignore[no-untyped-def]
    shown = right_and_wrong(hard_part(load_positions("connect_four", "train"), 48), 0)
    scores = learn(shown, GapConfig(NetworkConfig(8, 1), updates=60, batch_size=48), 0)(shown.states)
    rows = np.arange(len(shown))
    assert (scores[rows, shown.chosen] > scores[rows, shown.rejected]).mean() > 0.75
