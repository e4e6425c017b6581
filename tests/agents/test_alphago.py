"""AlphaGo's player: the right part of the right network, mixed as the paper says; and every arm by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arms import SMALL, made_up_positions
from stations import desk
from test_value_network import CONFIG, few, run_with_parents

from agents.alphago import (
    PRIORS,
    VALUES,
    alphago_evaluator,
    compare_priors,
    constant_evaluator,
    guided,
    mixed,
)
from agents.arms import arm_evaluator
from agents.fast_rollouts import rollout_values
from agents.learning import checkpoint_path
from agents.names import find_player
from agents.network import load_network, network_evaluator, new_network
from agents.search import Evaluator
from agents.value_network import learn_value
from games.connect_four import GAME
from games.core import States, load_game
from lab.checkpoint import CheckpointError
from lab.statistics import Score
from lab.workers import Interrupted

__all__ = ["few"]  # the fixture

STATES = made_up_positions(20).states


def told(logit: float, value: float) -> Evaluator:
    """An evaluator that says the same of every position."""

    def evaluate(states: States) -> tuple[np.ndarray, np.ndarray]:
        return np.full((len(states), 7), logit, np.float32), np.full(len(states), value, np.float32)

    return evaluate


def test_guided_takes_the_prior_of_one_and_the_value_of_the_other() -> None:
    logits, value = guided(told(1.0, 0.1), told(2.0, 0.2))(STATES)
    assert (logits == 1.0).all()
    assert (value == np.float32(0.2)).all()
    one = told(1.0, 0.1)
    assert guided(one, one) is one


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_mixed_is_the_papers_sum(weight: float) -> None:
    logits, value = mixed(told(3.0, 0.5), weight, GAME, rollouts=4)(STATES)
    expected = (1 - weight) * 0.5 + weight * rollout_values(STATES, 4)
    assert np.allclose(value, expected)
    assert (logits == 3.0).all()
    assert value.dtype == np.float32


def test_mixed_refuses_what_it_cannot_mix() -> None:
    with pytest.raises(ValueError, match=r"lies in \[0, 1\]"):
        mixed(told(0.0, 0.0), 1.5, GAME)
    with pytest.raises(ValueError, match="not of tic_tac_toe"):
        mixed(told(0.0, 0.0), 0.5, load_game("tic_tac_toe"))


def test_alphago_is_made_of_two_networks() -> None:
    prior, value = (new_network(SMALL.network, GAME, seed) for seed in (1, 2))
    logits, judged = alphago_evaluator(prior, value, GAME, 8, rollout_weight=0.0)(STATES)
    assert np.array_equal(logits, network_evaluator(prior, GAME, 8)(STATES)[0])
    assert np.array_equal(judged, network_evaluator(value, GAME, 8)(STATES)[1])
    with_rollouts = alphago_evaluator(prior, value, GAME, 8, rollout_weight=0.5)(STATES)[1]
    assert not np.allclose(judged, with_rollouts)


def test_every_arm_by_name(tmp_path: Path, few: None) -> None:
    """The arm of a run is its own network; alphago is put together, rollouts as its checkpoint says."""
    run_with_parents(tmp_path)
    for arm in ("imitator", "policy-gradient"):
        network = load_network(checkpoint_path(tmp_path, arm), GAME)
        wanted = network_evaluator(network, GAME, 8)(STATES)
        for got, expected in zip(arm_evaluator(tmp_path, arm, GAME, "cpu", 8)(STATES), wanted, strict=True):
            assert np.array_equal(got, expected)
    config = replace(CONFIG, value=replace(CONFIG.value, rollout_weight=0.25))
    learn_value(tmp_path, config, "alphago", desk())
    parts = [load_network(checkpoint_path(tmp_path, arm), GAME) for arm in ("imitator", "alphago")]
    wanted = alphago_evaluator(parts[0], parts[1], GAME, 8, rollout_weight=0.25)(STATES)
    for got, expected in zip(arm_evaluator(tmp_path, "alphago", GAME, "cpu", 8)(STATES), wanted, strict=True):
        assert np.array_equal(got, expected)
    assert find_player(f"{tmp_path}:alphago@4", GAME, batch=8).analyse is not None
    with pytest.raises(CheckpointError, match="there is no such checkpoint"):
        arm_evaluator(tmp_path, "zero", GAME, "cpu", 8)
    checkpoint_path(tmp_path, "imitator").unlink()
    with pytest.raises(CheckpointError, match=r"imitator.*there is no such checkpoint"):
        arm_evaluator(tmp_path, "alphago", GAME, "cpu", 8)


def test_compare_priors(tmp_path: Path, few: None) -> None:
    run_with_parents(tmp_path)
    learn_value(tmp_path, CONFIG, "alphago", desk())
    with pytest.raises(Interrupted):
        compare_priors(tmp_path, CONFIG, "", desk(looks=2))
    assert not (tmp_path / "results" / "priors.json").exists()
    compare_priors(tmp_path, CONFIG, "", desk())
    rows = json.loads((tmp_path / "results" / "priors.json").read_text())
    assert [(row["prior"], row["value"]) for row in rows] == [(p, v) for p in PRIORS for v in VALUES]
    assert all(Score.from_json(row["score"]).n == 5 for row in rows)
    assert all(row["simulations"] == CONFIG.evaluation.simulations for row in rows)
    duel = [row["versus"] for row in rows if row["versus"] is not None]
    assert len(duel) == 1
    assert Score.from_json(duel[0]).n == 2 * CONFIG.evaluation.pairs


def test_nothing_known_is_every_action_alike() -> None:
    logits, value = constant_evaluator(GAME)(STATES)
    assert not logits.any()
    assert not value.any()
    assert logits.shape == (len(STATES), 7)
