"""AlphaGo's value network: who wins when the policy gradient plays on, and why one position a game.

    games of the policy gradient -> one position and its outcome of each -> regression

(Silver et al. 2016, "Reinforcement learning of value networks"). The lesson: of as many positions out
of few whole games a network learns the games by heart, and knows less of others.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from agents.alphago import PRIOR_ARM, alphago_evaluator
from agents.config import CompareConfig, ValueConfig
from agents.evaluation import Policy, greedy, hard_part, rate, searched_policy
from agents.games_file import Games, read_games
from agents.imitation import demonstrations_path
from agents.learning import (
    Examples,
    Learner,
    checkpoint_path,
    draw,
    new_learner,
    restore_learner,
    save_learner,
    train_step,
)
from agents.network import PolicyValueNetwork, load_network, network_evaluator, network_policy, new_network
from agents.positions import load_positions
from agents.search import Evaluator
from agents.value_games import all_positions, examples_of, one_of_each, one_position_a_game, whole_games
from games.core import Game, load_game
from lab.checkpoint import load_checkpoint, save_checkpoint
from lab.curve import ArmLog
from lab.measured import write_measured
from lab.randomness import Keys, game_keys
from lab.statistics import Score
from lab.workers import Desk

POLICY_ARM = "policy-gradient"  # whose games are learned
BLOCK = 8_192  # games at a time
OPENING_PLIES = 8  # of the lesson's games, at most
MEASURED = 4_000  # positions on which a training error is measured, at most


def learn_value(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that trains AlphaGo's value network in `folder/arms/<argument>`, from where a stopped run
    left off. Of the network the value counts; its policy learns nothing.

    Raises CheckpointError where there is no imitator or policy gradient, TrainingDiverged, and
    Interrupted when asked to stop.
    """
    game, settings = load_game(config.world), config.value
    learner = _learner(game, config, settings.updates)
    training, test = _data(folder, argument, config, learner, desk)
    path = checkpoint_path(folder, argument)
    if path.exists():
        restore_learner(path, learner)
    with closing(_Curve(folder, argument, config, learner)) as curve:
        while learner.updates < settings.updates:
            stop = settings.updates * (learner.iteration + 1) // settings.evaluations
            with learner.clock():
                loss = _fit(learner, training, settings, stop, config.seed, True, desk)
            learner.iteration += 1
            errors = {"loss/value": loss, **_errors(learner.network, game, training, test)}
            # recorded, then saved: a run killed in between forgets the point and makes it again
            score = curve.record(learner, errors)
            save_learner(path, learner, rollout_weight=settings.rollout_weight)
            desk.tell("learn value", learner.updates, settings.updates, score)


class _Curve:
    """The arm's curve: errors, and scores of the whole player, which has its prior from the imitator."""

    def __init__(self, folder: Path, arm: str, config: CompareConfig, learner: Learner) -> None:
        self.game, self.config = learner.game, config
        self.log = ArmLog(folder, arm)
        self.log.truncate_after(learner.iteration)
        self.prior = load_network(checkpoint_path(folder, PRIOR_ARM), self.game, config.device)
        positions = hard_part(load_positions(config.world, "test"))
        self.few = hard_part(positions, config.evaluation.curve_positions)
        policy = network_policy(self._evaluator(learner), self.game)(positions.states)
        # without search the player is its prior, which does not learn any more
        self.raw = {
            "score/rate": rate(positions, greedy(policy))["hard"],
            "score/sampled": rate(positions, policy)["hard"],
        }

    def record(self, learner: Learner, errors: dict[str, float]) -> Score:
        """Append to the curve; returns the score with search."""
        simulations = self.config.evaluation.simulations
        moves = searched_policy(self.game, self._evaluator(learner), simulations, self.few.states)
        score = rate(self.few, moves)["hard"]
        tags: dict[str, float | Score] = {**errors, **self.raw, "score/searched": score, "score/optimum": 1.0}
        self.log.log("learn value", learner.iteration, learner.cpu_seconds, learner.games, tags)
        return score

    def _evaluator(self, learner: Learner) -> Evaluator:
        weight, batch = self.config.value.rollout_weight, self.config.evaluation.batch
        return alphago_evaluator(self.prior, learner.network, self.game, batch, weight)

    def close(self) -> None:
        """Close the curve."""
        self.log.close()


def _learner(game: Game, config: CompareConfig, updates: int) -> Learner:
    network = new_network(config.network, game, config.seed, config.device)
    settings = config.value
    return new_learner(game, network, settings.learning_rate, settings.weight_decay, 1.0, updates)


def _data(
    folder: Path, arm: str, config: CompareConfig, learner: Learner, desk: Desk
) -> tuple[Examples, Examples]:
    """Positions to learn from and held-out ones; played once, then kept beside the checkpoint."""
    game, settings = learner.game, config.value
    path = checkpoint_path(folder, arm).with_name("positions.safetensors")
    learner.games = settings.games
    if not path.exists():
        with learner.clock():
            training = _play(folder, config, "value", settings.games, desk)
            test = _play(folder, config, "value test", settings.test_games, desk)
        arrays = {"states": training.states, "values": training.value_targets}
        arrays |= {"test_states": test.states, "test_values": test.value_targets}
        path.parent.mkdir(parents=True, exist_ok=True)
        save_checkpoint(path, arrays, {"cpu_seconds": learner.cpu_seconds})
    arrays, meta = load_checkpoint(path)
    learner.cpu_seconds = meta["cpu_seconds"]
    training = examples_of(game, arrays["states"], arrays["values"])
    return training, examples_of(game, arrays["test_states"], arrays["test_values"])


def _play(folder: Path, config: CompareConfig, phase: str, games: int, desk: Desk) -> Examples:
    """One position of each of so many games, after AlphaGo's recipe."""
    game = load_game(config.world)
    prior, policy = (_policy(folder, arm, game, config) for arm in (PRIOR_ARM, POLICY_ARM))

    def play(keys: Keys) -> Examples:
        return one_position_a_game(game, prior, policy, keys, desk.leave_if_stopping)

    parts = _in_blocks(play, config.seed, phase, games, desk)
    states = np.concatenate([part.states for part in parts])
    return examples_of(game, states, np.concatenate([part.value_targets for part in parts]))


def _policy(folder: Path, arm: str, game: Game, config: CompareConfig) -> Policy:
    network = load_network(checkpoint_path(folder, arm), game, config.device)
    return network_policy(network_evaluator(network, game, config.evaluation.batch), game)


def _in_blocks(play: Callable[[Keys], Any], seed: int, phase: str, games: int, desk: Desk) -> list[Any]:
    """`play(keys)` of so many games, a block at a time; what a game is does not depend on its block."""
    parts = []
    for first in range(0, games, BLOCK):
        desk.tell(f"play for {phase}", first, games)
        parts.append(play(game_keys(seed, phase, 0, min(BLOCK, games - first), first)))
    return parts


def _fit(
    learner: Learner,
    examples: Examples,
    settings: ValueConfig,
    stop: int,
    seed: int,
    augment: bool,
    desk: Desk,
) -> float:
    """Updates up to number `stop`; returns their mean loss."""
    losses = []
    while learner.updates < stop:
        desk.leave_if_stopping()
        batch = draw(examples, settings.batch_size, seed, learner.updates, learner.game, augment)
        losses.append(train_step(learner, batch)[1])
        desk.tell("learn value", learner.updates, learner.total_updates)
    return float(np.mean(losses)) if losses else 0.0


def value_error(network: PolicyValueNetwork, game: Game, examples: Examples) -> float:
    """The mean squared error of a network's value on examples."""
    _, value = network_evaluator(network, game, 256)(examples.states)
    return float(np.mean((value - examples.value_targets) ** 2))


def _errors(network: PolicyValueNetwork, game: Game, training: Examples, test: Examples) -> dict[str, float]:
    some = slice(None, None, max(1, len(training.states) // MEASURED))
    part = Examples(training.states[some], training.action_weights[some], training.value_targets[some])
    return {
        "error/value_train": value_error(network, game, part),
        "error/value_test": value_error(network, game, test),
    }


def value_lesson(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that teaches three networks alike on equally many positions, as `results/value-lesson.json`:
    whole games of the policy gradient, one position of each of its games, whole games of the human.

    The networks begin with the same weights and have the same updates, without any further help
    (mirrored positions, early stopping). Tested on one position of each of other games of the same player.
    """
    game, settings = load_game(config.world), config.value
    own = _own_games(folder, config, settings.lesson_positions + settings.test_games, desk)
    own, others = own[: settings.lesson_positions], own[settings.lesson_positions :]
    keys = game_keys(config.seed, "lesson", 0, len(own))
    test = one_of_each(game, others, game_keys(config.seed, "lesson test", 0, len(others)))
    few = _enough(own, settings.lesson_positions)
    result: dict[str, Any] = {"positions": settings.lesson_positions, "unit": "mean squared error"}
    result["whole_games"] = _lesson(config, all_positions(game, few), test, len(few), desk)
    result["one_position"] = _lesson(config, one_of_each(game, own, keys), test, len(own), desk)
    human = read_games(demonstrations_path(folder, config.human), game)
    few = _enough(human, settings.lesson_positions)
    others = human[len(few) :][-settings.test_games :]
    result["human_games"] = None  # unless there are so many that some are left to test on
    if len(others):
        test = one_of_each(game, others, game_keys(config.seed, "lesson human", 0, len(others)))
        result["human_games"] = _lesson(config, all_positions(game, few), test, len(few), desk)
    write_measured(folder, "value-lesson", result)


def _own_games(folder: Path, config: CompareConfig, games: int, desk: Desk) -> Games:
    """Whole games of the policy gradient against itself."""
    game = load_game(config.world)
    policy = _policy(folder, POLICY_ARM, game, config)

    def play(keys: Keys) -> Games:
        return whole_games(game, policy, keys, OPENING_PLIES, desk.leave_if_stopping)

    parts = _in_blocks(play, config.seed, "lesson", games, desk)
    return Games(
        np.concatenate([part.actions for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.results for part in parts]),
    )


def _enough(games: Games, positions: int) -> Games:
    """The first of the games, as many as have so many positions."""
    return games[: int(np.searchsorted(np.cumsum(games.lengths), positions)) + 1]


def _lesson(
    config: CompareConfig, training: Examples, test: Examples, games: int, desk: Desk
) -> dict[str, Any]:
    """The errors of one network over its updates."""
    game, settings = load_game(config.world), config.value
    learner, points = _learner(game, config, settings.lesson_updates), []
    for part in range(1, settings.evaluations + 1):
        stop = settings.lesson_updates * part // settings.evaluations
        _fit(learner, training, settings, stop, config.seed, False, desk)
        errors = _errors(learner.network, game, training, test)
        train, tested = errors["error/value_train"], errors["error/value_test"]
        points.append({"updates": stop, "train": train, "test": tested})
    return {"games": games, "points": points}
