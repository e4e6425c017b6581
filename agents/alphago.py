"""AlphaGo's player, put together from parts that learned apart, and which part serves its search best.

    prior of the imitator, value = (1 - lambda) value network + lambda rollouts, then tree search

After Silver et al. 2016, "Searching with policy and value networks".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.config import CompareConfig
from agents.evaluation import hard_part, rate, searched_policy
from agents.fast_rollouts import rollout_values
from agents.learning import checkpoint_path
from agents.matches import play_match
from agents.network import PolicyValueNetwork, load_network, network_evaluator
from agents.positions import load_positions
from agents.search import Evaluator, search_player
from games.core import Game, States, load_game
from games.go import is_go
from lab.measured import write_measured
from lab.statistics import Score
from lab.tree_search import SearchConfig
from lab.workers import Desk

PRIOR_ARM = "imitator"  # whose policy guides the arm "alphago"
ROLLOUTS = 32  # of each leaf: together they cost a tenth of what the networks do
PRIORS = ("imitator", "policy-gradient", "uniform")
VALUES = ("value network", "imitator", "rollouts", "value network, lambda 0.5", "imitator, lambda 0.5")


def alphago_evaluator(
    prior: PolicyValueNetwork, value: PolicyValueNetwork, game: Game, batch: int, rollout_weight: float
) -> Evaluator:
    """The policy of one network, the value of another, mixed with rollouts by AlphaGo's lambda.

    Raises ValueError for a game of which there are no rollouts.
    """
    judge = network_evaluator(value, game, batch)
    if rollout_weight > 0.0:
        judge = mixed(judge, rollout_weight, game)
    return guided(network_evaluator(prior, game, batch), judge)


def guided(prior: Evaluator, value: Evaluator) -> Evaluator:
    """The prior of one evaluator and the value of another; asked once where they are the same."""
    if prior is value:
        return prior
    return lambda states: (prior(states)[0], value(states)[1])


def mixed(evaluator: Evaluator, rollout_weight: float, game: Game, rollouts: int = ROLLOUTS) -> Evaluator:
    """V = (1 - lambda) v + lambda z, z the mean of fast rollouts, lambda = `rollout_weight` (Silver et
    al. 2016, Methods, "Searching with policy and value networks: Evaluation").

    Raises ValueError for a weight outside [0, 1] and for a game of which there are no rollouts.
    """
    if not 0.0 <= rollout_weight <= 1.0:
        raise ValueError(f"the share of rollouts lies in [0, 1], not at {rollout_weight}")
    play_out = _rollouts_of(game)

    def evaluate(states: States) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, value = evaluator(states)
        played_out = play_out(states, rollouts)
        return logits, ((1.0 - rollout_weight) * value + rollout_weight * played_out).astype(np.float32)

    return evaluate


def _rollouts_of(game: Game) -> Callable[[States, int], NDArray[np.float32]]:
    """The fast rollouts of a game; raises ValueError where there are none."""
    if is_go(game):
        from agents.go_rollouts import rollout_values as go_rollout_values

        return go_rollout_values
    if game.name == "connect_four":
        return rollout_values
    raise ValueError(f"there are fast rollouts of connect_four and of Go, not of {game.name}")


def constant_evaluator(game: Game) -> Evaluator:
    """Knows nothing: every action alike, every value 0."""

    def evaluate(states: States) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return np.zeros((len(states), game.num_actions), np.float32), np.zeros(len(states), np.float32)

    return evaluate


def compare_priors(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that sets every prior beside every value, in search on the hard test positions, as
    `results/priors.json`: AlphaGo found the supervised policy to be the better prior.

    `versus` is the score in games of the imitator's prior against the policy gradient's, both with the
    value network. Raises CheckpointError, and Interrupted when asked to stop.
    """
    game, settings = load_game(config.world), config.evaluation
    priors, values = _parts(folder, config, game)
    positions = hard_part(load_positions(config.world, "test"), settings.curve_positions)
    rows, total = [], len(priors) * len(values) + 1
    for prior in PRIORS:
        for value in VALUES:
            desk.leave_if_stopping()
            evaluator = guided(priors[prior], values[value])
            moves = searched_policy(game, evaluator, settings.simulations, positions.states)
            score = rate(positions, moves)["hard"]
            row = {"prior": prior, "value": value, "simulations": settings.simulations}
            rows.append(row | {"score": score.to_json(), "versus": None})
            desk.tell("priors", len(rows), total, score, detail=f"prior {prior}, value {value}")
    rows[0]["versus"] = _duel(game, config, priors, values["value network"]).to_json()
    write_measured(folder, "priors", rows)
    desk.tell("priors", total, total)


def _parts(
    folder: Path, config: CompareConfig, game: Game
) -> tuple[dict[str, Evaluator], dict[str, Evaluator]]:
    """The priors and the values by name."""

    def learned(arm: str) -> Evaluator:
        network = load_network(checkpoint_path(folder, arm), game, config.device)
        return network_evaluator(network, game, config.evaluation.batch)

    nothing = constant_evaluator(game)
    imitator, value = learned("imitator"), learned("alphago")
    priors = {"imitator": imitator, "policy-gradient": learned("policy-gradient"), "uniform": nothing}
    rollouts, halves = mixed(nothing, 1.0, game), (mixed(value, 0.5, game), mixed(imitator, 0.5, game))
    return priors, dict(zip(VALUES, (value, imitator, rollouts, *halves), strict=True))


def _duel(game: Game, config: CompareConfig, priors: dict[str, Evaluator], value: Evaluator) -> Score:
    """The imitator's prior against the policy gradient's, with the same value."""
    settings = config.evaluation
    search = SearchConfig(settings.simulations, "gumbel", game.num_actions)
    first, second = (
        search_player(f"{prior} as prior", game, guided(priors[prior], value), search)
        for prior in ("imitator", "policy-gradient")
    )
    return play_match(game, first, second, settings.pairs, settings.opening_plies, config.seed).score
