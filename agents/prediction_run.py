"""Imitate: a network learns people's games of Go, and is measured on games that nobody learned from.

    demonstrate: the file       imitate: `learn`       evaluate: `measure`       (agents/go_wing.py)

Settings are chosen on the split "validation"; "test" is measured at the end (agents/human_games.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from agents.config import CompareConfig
from agents.human_games import HumanGames, read_human_games
from agents.imitation import examples_of, taught_games, train_part
from agents.learning import (
    Learner,
    checkpoint_path,
    new_learner,
    restore_learner,
    save_learner,
)
from agents.network import load_network, network_evaluator, new_network
from agents.prediction import learned_keys, predict, prediction_tables
from games.core import Game, load_game
from lab.curve import ArmLog
from lab.measured import write_imitation, write_measured
from lab.statistics import Score, clustered
from lab.workers import Desk

CURVE_GAMES = 100  # validation games behind every point of the curve


def learn(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains the imitator, from where a stopped run left off.

    Raises TrainingDiverged, CheckpointError, NotationError, and Interrupted when asked to stop.
    """
    game, settings = load_game(config.world), config.imitation
    desk.tell("read games", 0, settings.updates)
    human = read_human_games(Path(config.human), game)
    taught = human.of("train").games[: settings.games]
    examples = examples_of(taught, game)
    few = _first(human.of("validation"), CURVE_GAMES)
    network = new_network(config.network, game, config.seed, config.device)
    learner = new_learner(
        game, network, settings.learning_rate, settings.weight_decay, settings.value_weight, settings.updates
    )
    learner.games = taught_games(taught)
    path = checkpoint_path(folder, arm)
    if path.exists():
        restore_learner(path, learner)
    with ArmLog(folder, arm) as log:
        log.truncate_after(learner.iteration)
        while learner.updates < settings.updates:
            losses = train_part(learner, examples, settings, config.seed, True, desk)
            score, tags = _validated(learner, few, game)
            log.log("imitate", learner.iteration, learner.cpu_seconds, learner.games, {**losses, **tags})
            save_learner(path, learner)
            desk.tell("imitate", learner.updates, settings.updates, score)


def _validated(learner: Learner, few: HumanGames, game: Game) -> tuple[Score, dict[str, float | Score]]:
    """How well the network predicts some validation games as it is now."""
    found = predict(network_evaluator(learner.network, game, 256), few, game)
    stones = ~found.passes
    places, clusters = found.place[stones], found.game_index[stones]
    score = clustered(places == 0, clusters)
    known = np.isfinite(found.result)
    error = float(((found.value - found.result)[known] ** 2).mean()) if known.any() else 0.0
    return score, {
        "score/rate": score,
        "score/optimum": 1.0,
        "prediction/accuracy": score,
        "prediction/top5": clustered(places < 5, clusters),
        "prediction/cross_entropy": float(-found.log_prob[stones].mean()),
        "prediction/value_error": error,
    }


def _first(human: HumanGames, most: int) -> HumanGames:
    return HumanGames(
        human.games[:most], human.records[:most], human.splits[:most], human.collection, human.copies
    )


def measure(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that writes `results/prediction.json`: the imitator on the games held out, and on those games
    of the further files that were not learned from."""
    game, settings = load_game(config.world), config.imitation
    human = read_human_games(Path(config.human), game)
    taught = human.of("train").games[: settings.games]
    examples = examples_of(taught, game)
    desk.tell("predict", 0, 1, detail="what was learned from")
    learned = learned_keys(examples.states, game)  # type: ignore[arg-type]
    network = load_network(checkpoint_path(folder, arm), game, config.device)
    evaluator = network_evaluator(network, game, config.evaluation.batch)
    of = {f"{Path(config.human).name}, {settings.split}": human.of(settings.split)}
    of |= {Path(other).name: read_human_games(Path(other), game) for other in settings.tested_on}
    records = human.of("train").records[: settings.games]
    tables = {}
    for name, whole in of.items():
        desk.leave_if_stopping()
        collection = whole.without(records)
        found = predict(
            evaluator, collection, game, learned, lambda done, all_: desk.tell("predict", done, all_)
        )
        left_out = {"learned_from": len(whole) - len(collection)}
        tables[name] = prediction_tables(found, collection) | left_out
    write_measured(folder, "prediction", {"schema": "move37-prediction/1", "board": game.name, "on": tables})
    counts = {"games": taught_games(taught), "positions": len(examples.value_targets)}
    _write_imitation(folder, arm, next(iter(tables.values())), counts)


def _write_imitation(folder: Path, arm: str, table: dict[str, object], counts: dict[str, int]) -> None:
    moves = table["moves"]
    assert isinstance(moves, dict)
    entry = {"arm": arm, "accuracy": moves["top1"], "accuracy_ceiling": None}
    entry |= {"cross_entropy": moves["cross_entropy"], "entropy_floor": None}
    write_imitation(folder, arm, {**entry, **counts})
