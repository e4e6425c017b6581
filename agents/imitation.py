"""Demonstrate and imitate: scripted humans write games, a network learns to say what they would do."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.config import TEACHERS, CompareConfig, ImitationConfig, demonstrator_of
from agents.crowd import Crowd
from agents.evaluation import prediction
from agents.games_file import Games, played_positions_of, positions_of, read_games, write_games
from agents.human_games import read_human_games
from agents.human_moves import GAMES, held_out_games
from agents.learning import (
    Examples,
    Learner,
    PlayedExamples,
    checkpoint_path,
    draw,
    new_learner,
    restore_learner,
    save_learner,
    train_step,
)
from agents.meter import ArmMeter
from agents.network import network_evaluator, network_policy, new_network
from agents.scripted import demonstrate as play_demonstrations
from agents.scripted import describe
from agents.teachers import lessons_path, read_lessons
from games.core import Game, States, load_game
from lab.measured import write_imitation
from lab.own_files import is_games_file, is_sgf
from lab.workers import Desk


@dataclass(frozen=True)
class HeldOut:
    """Human moves kept from training: states [P], actions [P]."""

    states: States
    actions: NDArray[np.int32]


def demonstrate(folder: Path, config: CompareConfig, human: str, desk: Desk) -> None:
    """The task that writes `folder/demonstrations/<human>.txt`: games of the human against itself."""
    jobs = [(config.human, config.imitation), (config.counter_human, config.counter_imitation)]
    jobs += [(config.human, config.more_imitation)] if "more-imitation" in config.arms else []
    count = max(settings.games for name, settings in jobs if name == human)
    desk.tell("demonstrate", 0, count)
    game = load_game(config.world)
    games = play_demonstrations(human, count, config.seed, game=game)
    path = demonstrations_path(folder, human)
    path.parent.mkdir(exist_ok=True)
    write_games(path, games, f"{human} against itself, {len(games)} games, seed {config.seed}", game)
    desk.tell("demonstrate", count, count, detail=f"{games.distinct} distinct games")


def demonstrations_path(folder: Path, human: str) -> Path:
    """Where the games of a human lie: in the run folder, or the user's own file."""
    own = Path(human)
    return own if is_games_file(human) else folder / "demonstrations" / f"{human}.txt"


def imitate(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains an imitator in `folder/arms/<arm>`, from where a stopped run left off.

    Raises TrainingDiverged, CheckpointError, NotationError, and Interrupted when asked to stop.
    """
    game = load_game(config.world)
    human, settings = demonstrator_of(config, arm)
    if is_games_file(human):  # on its last GAMES games all curves are measured: nobody learns from them
        settings = replace(settings, validation_games=max(settings.validation_games, GAMES))
    desk.tell("read games", 0, settings.updates)
    examples: Examples | PlayedExamples
    held_out: HeldOut | None
    if arm in TEACHERS:
        examples, held_out, games_seen = read_lessons(lessons_path(folder, human), game), None, settings.games
    else:
        path = demonstrations_path(folder, human)
        if is_sgf(path):
            people = read_human_games(path, game)
            learned, held = people.of("train").games[: settings.games], people.of("validation").games
            examples, held_out = _lessons(learned, held, arm == "winners", game)
            games_seen = taught_games(learned)
        else:
            games = read_games(path, game)
            examples, held_out = _split(games, settings, arm == "winners", game)
            games_seen = _taught(settings, min(settings.games, len(games)))
    network = new_network(config.network, game, config.seed, config.device)
    learner = new_learner(
        game, network, settings.learning_rate, settings.weight_decay, settings.value_weight, settings.updates
    )
    learner.games = games_seen
    path = checkpoint_path(folder, arm)
    if path.exists():
        restore_learner(path, learner)
    augment = arm in TEACHERS or mirror_symmetric(human)
    line = config.human if arm in TEACHERS else human
    with closing(ArmMeter(folder, arm, line, config, game, start=learner.iteration)) as meter:
        while learner.updates < settings.updates:
            losses = train_part(learner, examples, settings, config.seed, augment, desk)
            # recorded, then saved: a run killed in between forgets the point and makes it again
            score = meter.record("imitate", learner, losses, measure=True)
            save_learner(path, learner)
            desk.tell("imitate", learner.updates, settings.updates, score)
    if held_out is not None:
        taught = int(examples.action_weights.any(axis=1).sum())
        _write_accuracy(folder, arm, human, learner, held_out, taught)


def train_part(
    learner: Learner,
    examples: Examples | PlayedExamples,
    settings: ImitationConfig,
    seed: int,
    augment: bool,
    desk: Desk,
) -> dict[str, float]:
    """The updates up to the next point of the curve; returns their mean losses. Leaves when asked to
    stop: the part is then repeated from the last checkpoint."""
    stop = settings.updates * (learner.iteration + 1) // settings.evaluations
    losses, steps = np.zeros(2), max(1, stop - learner.updates)
    while learner.updates < stop:
        desk.leave_if_stopping()
        with learner.clock():
            batch = draw(examples, settings.batch_size, seed, learner.updates, learner.game, augment)
            losses += train_step(learner, batch)
        rate = learner.updates * settings.batch_size / max(learner.cpu_seconds, 1e-9)
        desk.tell("imitate", learner.updates, settings.updates, detail=f"{rate:,.0f} positions/s")
    learner.iteration += 1
    policy, value = losses / steps
    return {"loss/imitation": float(policy), "loss/value": float(value)}


def _split(
    games: Games, settings: ImitationConfig, winners_only: bool, game: Game
) -> tuple[Examples | PlayedExamples, HeldOut]:
    """Training examples from the first games, and the last `validation_games`, held out (see _lessons).

    `settings.games` counts those held out, however many games were written: 100,000 for another arm, say.
    """
    if len(games) < 5:
        raise ValueError(f"{len(games)} games are too few to imitate: at least 5 are needed")
    taught = games[: _taught(settings, min(settings.games, len(games)))]
    return _lessons(taught, games[_taught(settings, len(games)) :], winners_only, game)


def _lessons(
    taught: Games, held: Games, winners_only: bool, game: Game
) -> tuple[Examples | PlayedExamples, HeldOut]:
    """Training examples from some games, the moves of others held out.

    With `winners_only` no other moves are taught, but the value of every position is: a network that
    saw winners alone would take every position for won, and no search could use it.
    """
    examples = examples_of(taught, game)
    if winners_only:
        examples.action_weights[examples.value_targets <= 0] = 0.0
    held_states, held_actions, _, _ = positions_of(held, game)
    return examples, HeldOut(held_states, held_actions)


def examples_of(games: Games, game: Game) -> Examples | PlayedExamples:
    """Every move of the games as taught, with the game's result; of games without one the moves alone."""
    one_hot = np.eye(game.num_actions, dtype=np.float32)
    if game.play_through is None:
        states, actions, values, _ = positions_of(games, game)
        return Examples(states, one_hot[actions], *_known(values))
    played, actions, values, _ = played_positions_of(games, game)
    return PlayedExamples(played, one_hot[actions], *_known(values))


def taught_games(games: Games) -> int:
    """How many of the games teach anything: those with a move."""
    return int((games.lengths > 0).sum())


def _known(
    values: NDArray[np.float32],
) -> tuple[NDArray[np.float32], None, NDArray[np.bool_] | None]:
    """Value targets with 0 where there is none, no owners, and which are known (None: all)."""
    unknown = np.isnan(values)
    return (
        (np.where(unknown, np.float32(0), values), None, ~unknown) if unknown.any() else (values, None, None)
    )


def _taught(settings: ImitationConfig, games: int) -> int:
    """How many of so many games are learned from."""
    return games - held_out_games(games, settings.validation_games)


def _write_accuracy(
    folder: Path, arm: str, human: str, learner: Learner, held_out: HeldOut, positions: int
) -> None:
    """How well the human's held-out moves are predicted, beside the exact floors, as `imitation.json`."""
    evaluator = network_evaluator(learner.network, learner.game, 256)
    policy = network_policy(evaluator, learner.game)
    accuracy = prediction(policy, human, held_out.states, held_out.actions)
    entry = {"arm": arm, **accuracy, "games": learner.games, "positions": positions}
    write_imitation(folder, arm, entry)


def mirror_symmetric(human: str) -> bool:
    """Whether a human plays mirrored positions alike, so that mirrored games teach the same; never
    assumed of a file of games, but of SGF: of Go, as AlphaGo did (Silver et al. 2016)."""
    if is_games_file(human):
        return is_sgf(human)
    someone = describe(human)
    members = someone.members if isinstance(someone, Crowd) else (someone,)
    return all(member.mirror_symmetric for member in members)
