"""Teachers other than the human: players of any strength, whose games are imitated just as the human's.

Is imitation the limit, or the teacher? Zero's and the perfect player's imitators in the ladder, and a
sweep over alpha-beta teachers of growing depth, say.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.config import CompareConfig, SelfPlayConfig
from agents.evaluation import greedy, rate
from agents.games_file import positions_of, read_games
from agents.human_moves import held_out_games
from agents.learning import Examples, Learner, checkpoint_path, draw, new_learner, train_step
from agents.names import find_player
from agents.network import load_network, network_evaluator, network_policy, new_network
from agents.player import Player, policy_player
from agents.positions import PositionSet, load_positions
from agents.self_play import random_openings
from games.connect_four_solver import Solver
from games.core import Game, load_game
from lab.durable import replace_file
from lab.measured import write_measured
from lab.randomness import game_keys
from lab.workers import Desk

OPENINGS = SelfPlayConfig()  # the teachers' games begin as self-play's do
PERFECT_FROM = 16  # the ply from which the solver answers in a few milliseconds
PERFECT_POSITIONS = 60_000
CHUNK = 1_000  # games, or positions, between two looks at the stop flag


def demonstrate_teacher(folder: Path, config: CompareConfig, teacher: str, desk: Desk) -> None:
    """The task that writes `folder/demonstrations/<teacher>.npz`: what "zero" or "perfect" would play.

    Zero's are games of its raw policy, sampled, as the human's are. The perfect player's are its answers
    (all best moves alike) in positions of the human's games from ply 16 on, where they are quickly known:
    positions, no games. Of Zero's games 70 % begin after random plies, the human's on the empty board.
    """
    game = load_game(config.world)
    if teacher == "perfect":
        examples = _perfect_answers(folder, config, game, desk)
    else:
        network = load_network(checkpoint_path(folder, teacher), game, config.device)
        policy = network_policy(network_evaluator(network, game, config.evaluation.batch), game)
        games = config.imitation.games
        examples = teacher_games(policy_player(teacher, policy), game, games, config.seed, desk)
    _write_lessons(lessons_path(folder, teacher), examples)


def lessons_path(folder: Path, teacher: str) -> Path:
    """Where a teacher's lessons lie in a run folder."""
    return folder / "demonstrations" / f"{teacher}.npz"


def read_lessons(path: Path, game: Game) -> Examples:
    """The lessons that demonstrate_teacher wrote."""
    with np.load(path) as file:
        states = file["states"].view(game.state_dtype).reshape(-1)
        return Examples(states, file["action_weights"], file["value_targets"])


def _write_lessons(path: Path, examples: Examples) -> None:
    buffer = io.BytesIO()
    np.savez(
        buffer,
        states=examples.states.view(np.uint8).reshape(len(examples.states), -1),
        action_weights=examples.action_weights,
        value_targets=examples.value_targets,
    )
    path.parent.mkdir(exist_ok=True)
    replace_file(path, buffer.getvalue())


def teacher_games(teacher: Player, game: Game, games: int, seed: int, desk: Desk) -> Examples:
    """Games of a player against itself after random openings, as lessons in the order of the games: its
    moves as one-hot rows, the results as values. A game is a pure function of seed and number."""
    parts = []
    for first in range(0, games, CHUNK):
        desk.leave_if_stopping()
        desk.tell(f"games of {teacher.name}", first, games)
        keys = game_keys(seed, "teacher", 0, min(CHUNK, games - first), first)
        parts.append(_play(teacher, game, keys))
    return Examples(
        np.concatenate([part.states for part in parts]),
        np.concatenate([part.action_weights for part in parts]),
        np.concatenate([part.value_targets for part in parts]),
    )


def _play(teacher: Player, game: Game, keys: Any) -> Examples:
    states, plies = random_openings(game, keys, OPENINGS.opening_share, OPENINGS.opening_plies)
    playing = np.arange(len(keys))
    numbers, seen, actions = [], [], []
    while len(playing):
        moves = teacher.act(states[playing], keys[playing], plies[playing])
        numbers.append(playing)
        seen.append(states[playing])
        actions.append(moves)
        states[playing] = game.step(states[playing], moves)
        plies[playing] += 1
        playing = playing[~game.is_terminal(states[playing])]
    order = np.argsort(np.concatenate(numbers), kind="stable")
    number, before = np.concatenate(numbers)[order], np.concatenate(seen)[order]
    weights = np.eye(game.num_actions, dtype=np.float32)[np.concatenate(actions)[order]]
    values = game.rewards(states)[number, game.current_player(before)]
    return Examples(before, weights, values.astype(np.float32))


def _perfect_answers(folder: Path, config: CompareConfig, game: Game, desk: Desk) -> Examples:
    from agents.imitation import demonstrations_path

    games = read_games(demonstrations_path(folder, config.human), game)
    held = held_out_games(len(games), config.imitation.validation_games)
    states, _, _, _ = positions_of(games[: len(games) - held], game)
    states = np.unique(states[np.bitwise_count(states["occupied"]) >= PERFECT_FROM])
    rng = np.random.default_rng([config.seed, 16])
    states = states[rng.permutation(len(states))[:PERFECT_POSITIONS]]
    solver, parts = Solver(), []
    for first in range(0, len(states), CHUNK):
        desk.leave_if_stopping()
        desk.tell("answers of the perfect player", first, len(states))
        parts.append(solver.action_scores(states[first : first + CHUNK]))
    scores = np.concatenate(parts)
    best = scores.max(axis=1)
    weights = (scores == best[:, None]).astype(np.float32)
    return Examples(states, weights / weights.sum(axis=1, keepdims=True), np.sign(best).astype(np.float32))


def teach(folder: Path, config: CompareConfig, name: str, desk: Desk) -> None:
    """The task of one teacher of the sweep, as `results/teacher-<name>.json`: how strong it is, and the
    students that imitate all its moves, or its winners' moves alone. All students have the same counts.
    What the teacher's play or the solver's answers took is not in `cpu_seconds`."""
    game = load_game(config.world)
    positions = load_positions(config.world, "test")
    settings = config.teachers
    teacher = find_player(name, game)
    assert teacher.policy is not None
    if name == "perfect":
        lessons = _perfect_answers(folder, config, game, desk)
    else:
        lessons = teacher_games(teacher, game, settings.games, config.seed, desk)
    students = {"all": _student(config, lessons, desk)}
    if name != "perfect":  # it has no games here, only answers
        weights = lessons.action_weights * (lessons.value_targets > 0)[:, None]
        students["winners"] = _student(config, replace(lessons, action_weights=weights), desk)
    policies = {
        style: network_policy(network_evaluator(s.network, game, config.evaluation.batch), game)(
            positions.states
        )
        for style, s in students.items()
    }

    def hard(policy: Any) -> Any:
        return rate(positions, policy)["hard"].to_json()

    entry = {
        "teacher": name,
        "teacher_score": hard(_exact(name, teacher, positions)),
        "sampled": hard(policies["all"]),
        "greedy": hard(greedy(policies["all"])),
        "winners": hard(greedy(policies["winners"])) if "winners" in policies else None,
        "cpu_seconds": students["all"].cpu_seconds,
        "positions": len(lessons.states),
    }
    write_measured(folder, f"teacher-{name}", entry)


def _exact(name: str, teacher: Player, positions: PositionSet) -> Any:
    """The teacher's own policy; the perfect player's is read off the scores that are known already."""
    if name == "perfect":
        best = positions.scores == positions.scores.max(axis=1, keepdims=True)
        return best / best.sum(axis=1, keepdims=True)
    assert teacher.policy is not None
    return teacher.policy(positions.states)


def _student(config: CompareConfig, lessons: Examples, desk: Desk) -> Learner:
    """A network that imitates the lessons, with the counts of the sweep."""
    game = load_game(config.world)
    settings, counts = config.imitation, config.teachers
    network = new_network(config.network, game, config.seed, config.device)
    learner = new_learner(
        game, network, settings.learning_rate, settings.weight_decay, settings.value_weight, counts.updates
    )
    while learner.updates < counts.updates:
        desk.leave_if_stopping()
        with learner.clock():
            train_step(
                learner, draw(lessons, settings.batch_size, config.seed, learner.updates, game, augment=True)
            )
        desk.tell("imitate", learner.updates, counts.updates)
    return learner
