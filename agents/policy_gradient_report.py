"""What the policy gradient has won, and how much of it is sharpening: the same moves, drawn less at random.

AlphaGo's second stage beat the policy it started from in more than 80 % of games, moves sampled. Such a score
can be had without a better opinion of any move: a policy at a lower temperature beats itself. So beside it
stand other opponents, the entropy of the policies, and the imitator at the temperature of equal entropy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import CompareConfig
from agents.evaluation import Policy, greedy, hard_part, rate
from agents.human_moves import HumanMoves, entropy, held_out_moves
from agents.learning import checkpoint_path
from agents.matches import play_match
from agents.names import find_player
from agents.network import load_network, network_evaluator, network_policy
from agents.player import Player, policy_player
from agents.policy_gradient import ARMS
from agents.positions import load_positions
from games.core import Game, load_game
from lab.measured import write_measured
from lab.own_files import is_games_file
from lab.statistics import Score
from lab.workers import Desk

COLD, HOT = 1e-2, 1e2  # between these temperatures the one of equal entropy is looked for
HALF = 0.5  # a fixed temperature beside the one that is found


@dataclass(frozen=True)
class Study:
    """What all measurements share: the run, its game, its settings, and the policies in it by arm."""

    config: CompareConfig
    game: Game
    policies: dict[str, Policy]
    desk: Desk

    def score(self, first: Player, second: Player, pairs: int) -> Score:
        """The first player's score in a match of the run's kind."""
        self.desk.leave_if_stopping()
        self.desk.tell("match", 0, 1, detail=f"{first.name} v {second.name}")
        plies, seed = self.config.evaluation.opening_plies, self.config.seed
        return play_match(self.game, first, second, pairs, plies, seed).score

    def player(self, arm: str, style: str) -> Player:
        """An arm whose moves are sampled or greedy; named as find_player would have it."""
        policy = self.policies[arm]
        if style == "sampled":
            return policy_player(f"{arm}.sampled", policy)
        return policy_player(arm, lambda states: greedy(policy(states)))


def measure_policy_gradient(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that measures the run's arms of policy_gradient.ARMS, as `results/policy-gradient.json`.

    `argument` is not used. Raises CheckpointError where an arm or the imitator is missing, and Interrupted.
    """
    game = load_game(config.world)
    arms = [arm for arm in ARMS if arm in config.arms]
    policies = {arm: _policy(folder, arm, game, config) for arm in ("imitator", *arms)}
    study = Study(config, game, policies, desk)
    moves = held_out_moves(config.human, config.world)
    result: dict[str, Any] = {
        "against": _against(study, arms),
        "entropy": _entropies(study, moves),
        "sharpening": _sharpening(study, moves),
    }
    result["text"] = _text(study, result)
    write_measured(folder, "policy-gradient", result)


def _policy(folder: Path, arm: str, game: Game, config: CompareConfig) -> Policy:
    network = load_network(checkpoint_path(folder, arm), game, config.device)
    return network_policy(network_evaluator(network, game, config.evaluation.batch), game)


def _against(study: Study, arms: list[str]) -> list[dict[str, Any]]:
    """Every arm, sampled and greedy, against everybody, as rows of the result."""
    pairs, human = study.config.evaluation.pairs, study.config.human
    opponents = [(study.player("imitator", style), pairs) for style in ("sampled", "greedy")]
    if not is_games_file(human):
        opponents += [(find_player(f"{human}.{line}", study.game), pairs) for line in ("recorded", "best")]
    # a yardstick is no claim's subject: half the games will do
    yardstick = study.config.evaluation.yardsticks[0]
    opponents.append((find_player(yardstick, study.game), (pairs + 1) // 2))
    return [
        {
            "opponent": opponent.name,
            "arm": arm,
            "style": style,
            "score": study.score(study.player(arm, style), opponent, count).to_json(),
        }
        for arm in arms
        for style in ("sampled", "greedy")
        for opponent, count in opponents
    ]


def _entropies(study: Study, moves: HumanMoves) -> list[dict[str, Any]]:
    """Who is how sharp on held-out positions of the human's games; of a file, the human is not known."""
    rows = [
        {"player": arm, "entropy": entropy(policy(moves.states))} for arm, policy in study.policies.items()
    ]
    human = [{"player": study.config.human, "entropy": entropy(moves.truth)}] if moves.exact else []
    return human + rows


def _sharpening(study: Study, moves: HumanMoves) -> list[dict[str, Any]]:
    """The imitator at lower temperatures against itself as it is: its entropy, its score, and the share of
    hard test positions that it answers rightly; one of them is as sharp as the policy gradient."""
    imitator = study.policies["imitator"]
    temperatures = [HALF]
    if "policy-gradient" in study.policies:
        goal = entropy(study.policies["policy-gradient"](moves.states))
        temperatures.append(temperature_of_entropy(imitator(moves.states), goal))
    policies = {
        f"imitator at temperature {temperature:.2f}": _tempered(imitator, temperature)
        for temperature in sorted(temperatures, reverse=True)
    }
    policies["imitator, greedy"] = lambda states: greedy(imitator(states))
    opponent, pairs = study.player("imitator", "sampled"), study.config.evaluation.pairs
    return [
        {
            "player": name,
            "entropy": max(0.0, entropy(policy(moves.states))),
            "score": study.score(policy_player(name, policy), opponent, pairs).to_json(),
            "hard": _hard(study, policy).to_json(),
        }
        for name, policy in policies.items()
    ]


def _hard(study: Study, policy: Policy) -> Score:
    """The chance of a right move on the hard test positions."""
    positions = hard_part(load_positions(study.config.world, "test"))
    return rate(positions, policy(positions.states))["hard"]


def _tempered(policy: Policy, temperature: float) -> Policy:
    return lambda states: at_temperature(policy(states), temperature)


def at_temperature(policy: NDArray[Any], temperature: float) -> NDArray[np.float64]:
    """A policy [P, A] sharpened (temperature < 1) or flattened: proportional to p^(1 / temperature).

    What has no probability gets none. Raises ValueError for a temperature that is not above 0.
    """
    if not temperature > 0.0:
        raise ValueError(f"a temperature is above 0, not {temperature}; the limit at 0 is the greedy policy")
    with np.errstate(divide="ignore"):
        scaled = np.log(np.asarray(policy, np.float64)) / temperature
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def temperature_of_entropy(policy: NDArray[Any], goal: float) -> float:
    """The temperature at which a policy [P, A] has mean entropy `goal` (nats), by bisection.

    The entropy rises with the temperature; beyond [COLD, HOT] the nearer end is returned.
    """
    low, high = np.log(COLD), np.log(HOT)
    for _ in range(40):
        middle = (low + high) / 2
        if entropy(at_temperature(policy, float(np.exp(middle)))) < goal:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def _text(study: Study, result: dict[str, Any]) -> str:
    """The outcome in a few sentences, from the figures alone."""
    arm = "policy-gradient"
    if arm not in study.policies:
        return "This run has no policy-gradient arm."
    own = next(row["entropy"] for row in result["entropy"] if row["player"] == arm)
    same = min(result["sharpening"], key=lambda row: abs(float(row["entropy"]) - own))
    scores = {
        (row["style"], row["opponent"]): row["score"]["rate"]
        for row in result["against"]
        if row["arm"] == arm
    }
    sampled, right = scores["sampled", "imitator.sampled"], _hard(study, study.policies[arm]).rate
    words = (
        f"Sampled, the policy gradient scores {sampled:.2f} against the imitator (AlphaGo: more than .80), "
        f"with an entropy of {own:.2f} nats on the human's positions. The {same['player']} "
        f"({same['entropy']:.2f} nats) has learned nothing and scores {same['score']['rate']:.2f}. On hard "
        f"positions the first is right {right:.2f} of the time, the second {same['hard']['rate']:.2f}."
    )
    if ("greedy", best := f"{study.config.human}.best") in scores:
        words += f" Greedy, it scores {scores['greedy', best]:.2f} against the human at best."
    return words
