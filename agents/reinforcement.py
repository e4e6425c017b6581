"""Reinforce: self-play with tree search, from scratch or from an imitator (AlphaZero's loop).

    play a block with the network as it is -> put it into the replay window -> train -> again

Silver et al. 2018, with the Gumbel root of Danihelka et al. 2022. Knows the rules and nothing more.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from agents.config import CompareConfig, SelfPlayConfig
from agents.learning import (
    Learner,
    checkpoint_path,
    draw,
    new_learner,
    restore_learner,
    save_learner,
    train_step,
)
from agents.meter import ArmMeter
from agents.network import network_evaluator, new_network, restore_network
from agents.replay_window import Window, empty_window, join, restore_window, window_arrays
from agents.self_play import Block, play_block
from games.core import Game, load_game
from lab.checkpoint import load_checkpoint
from lab.workers import Desk


def reinforce(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains "zero", or "master", which starts from the imitator's network, in
    `folder/arms/<arm>`, from where a stopped run left off.

    Raises TrainingDiverged, CheckpointError, and Interrupted when asked to stop.
    """
    game = load_game(config.world)
    settings = config.master if arm == "master" else config.zero
    path = checkpoint_path(folder, arm)
    learner = _learner(game, config, settings)
    if arm == "master":
        imitator, _ = load_checkpoint(checkpoint_path(folder, "imitator"))
        restore_network(learner.network, imitator)
    replay = empty_window(game)
    if path.exists():
        tensors, _ = restore_learner(path, learner)
        replay = restore_window(tensors, game)
    with closing(ArmMeter(folder, arm, config.human, config, game, start=learner.iteration)) as meter:
        while learner.iteration < settings.iterations:
            with learner.clock():
                block, replay, losses = _iterate(learner, replay, settings, config.seed, desk)
            due = _is_due(learner.iteration, settings)
            # recorded, then saved: a run killed in between forgets the point and makes it again
            score = meter.record("reinforce", learner, _tags(block, losses), measure=due)
            save_learner(path, learner, window_arrays(replay))
            detail = f"{learner.games / max(learner.cpu_seconds, 1e-9):.0f} games/s"
            desk.tell("reinforce", learner.iteration, settings.iterations, score, detail)


def _learner(game: Game, config: CompareConfig, settings: SelfPlayConfig) -> Learner:
    # for the schedule alone: updates beyond these go on at the lowest rate
    plies = settings.iterations * settings.games_per_iteration * settings.plies_a_game
    updates = int(plies * settings.reuse / settings.batch_size)
    network = new_network(config.network, game, config.seed, config.device)
    learner = new_learner(
        game, network, settings.learning_rate, settings.weight_decay, settings.value_weight, updates
    )
    learner.owner_weight, learner.score_weight = settings.owner_weight, settings.score_weight
    return learner


def _iterate(
    learner: Learner, replay: Window, settings: SelfPlayConfig, seed: int, desk: Desk
) -> tuple[Block, Window, tuple[float, float]]:
    """One block of games and the training on the window that it joins; leaves when asked to stop, and
    the iteration is then repeated from the last checkpoint."""
    evaluator = network_evaluator(learner.network, learner.game, settings.batch)
    block = play_block(learner.game, evaluator, settings, seed, learner.iteration, desk.leave_if_stopping)
    replay = join(replay, block.examples, settings.replay)
    steps = round(len(block.examples.value_targets) * settings.reuse / settings.batch_size)
    losses = np.zeros(2)
    for _ in range(steps):
        desk.leave_if_stopping()
        batch = draw(replay, settings.batch_size, seed, learner.updates, learner.game, augment=True)
        losses += train_step(learner, batch)
    learner.games += block.games
    learner.iteration += 1
    policy, value = losses / max(1, steps)
    return block, replay, (float(policy), float(value))


def _tags(block: Block, losses: tuple[float, float]) -> dict[str, float]:
    return {
        "loss/policy": losses[0],
        "loss/value": losses[1],
        "length/mean": block.plies / block.games,
        "selfplay/first_player_score": block.first_player_score,
        "selfplay/learned_share": len(block.examples.value_targets) / block.plies,
        "selfplay/proven_share": block.proven,
        "kl/search_to_prior": block.surprise,
    }


def _is_due(iteration: int, settings: SelfPlayConfig) -> bool:
    """Whether this iteration ends one of the equal parts after which the curve gets a point."""
    parts = settings.evaluations
    return iteration * parts // settings.iterations != (iteration - 1) * parts // settings.iterations
