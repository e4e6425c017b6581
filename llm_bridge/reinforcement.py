"""Reinforce: sample answers, let the verifier check them, learn from what it says, again.

    draw problems -> sample answers to each -> verify -> weigh each against what was expected -> one step

From the imitator, as AlphaGo's second stage is. What differs between the algorithms is the weight of an
answer (weights.py), what a long one counts, and how often it is learned from (config.ALGORITHMS).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from lab.workers import Desk
from llm_bridge.block import play_block
from llm_bridge.config import (
    ALGORITHMS,
    CompareConfig,
    ReinforceConfig,
    as_algorithm,
    human_of,
    recipe_of,
    reinforcement_of,
)
from llm_bridge.critic import Critic, critic_tensors, new_critic, restore_critic
from llm_bridge.ladder import start_of
from llm_bridge.learning import (
    Learner,
    checkpoint_path,
    load_model,
    new_learner,
    restore_learner,
    save_learner,
)
from llm_bridge.meter import ArmMeter
from llm_bridge.network import LanguageModel
from llm_bridge.policy_step import reinforce_step
from llm_bridge.tasks import Task, find_task

ALARMS: tuple[tuple[str, Callable[[float], bool], str], ...] = (
    (
        "reward/same_in_group",
        lambda share: share > 0.99,
        "every group has the same reward: nothing to learn (problems too hard, too easy, or no variety)",
    ),
    (
        "samples/ended",
        lambda share: share < 0.5,
        "half of the answers are cut off: allow more tokens, or reward the end",
    ),
    (
        "samples/format",
        lambda share: share < 0.5,
        "half of the answers have not the form: raise the penalty or lower the learning rate",
    ),
    (
        "entropy/policy",
        lambda nats: nats < 0.001,
        "the policy hardly varies any more: it will find nothing new",
    ),
    (
        "policy/clipped_share",
        lambda share: share > 1 / 3,
        "a third of the tokens are clipped: lower the learning rate, or take fewer epochs",
    ),
    (
        "kl/to_imitation",
        lambda nats: nats > 5.0,  # a token that it says 1 time in 100 is 3.6 away
        "the policy is far from the imitator: if the answers look odd, raise kl_weight",
    ),
)
PLAIN = ("policy-gradient", "r1-zero", "r1")  # they differ in where they start
LOGGED = 5  # iterations between two lines of the curve, and two checkpoints


def reinforce(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains an arm in `folder/arms/<arm>` from the run's imitator, or from where a stopped
    run left off.

    Raises CheckpointError where there is no imitator, TrainingDiverged, and Interrupted when asked to stop.
    """
    task, settings = find_task(config.task), settings_of(config, arm)
    start = checkpoint_path(folder, start_of(arm, config))
    reference, model = load_model(start, config.device), load_model(start, config.device)
    learner = new_learner(model, settings.learning_rate, settings.weight_decay, settings.updates)
    critic = new_critic(reference, settings.critic_learning_rate) if settings.algorithm == "ppo" else None
    path = checkpoint_path(folder, arm)
    if path.exists():
        tensors, _ = restore_learner(path, learner)
        if critic is not None:
            restore_critic(critic, tensors)
    with closing(ArmMeter(folder, arm, human_of(config, arm), config, start=learner.iteration)) as meter:
        while learner.iteration < settings.updates:
            desk.leave_if_stopping()
            told = _iterate(learner, task, settings, config.seed, reference, critic)
            if _is_told(learner.iteration, settings):
                due = is_due(learner.iteration, settings)
                # recorded, then saved: a run killed in between forgets the point and makes it again
                score = meter.record("reinforce", learner, told, measure=due)
                save_learner(path, learner, critic_tensors(critic) if critic is not None else None)
                desk.tell("reinforce", learner.iteration, settings.updates, score, _detail(told))


def _iterate(
    learner: Learner,
    task: Task,
    settings: ReinforceConfig,
    seed: int,
    reference: LanguageModel,
    critic: Critic | None,
) -> dict[str, float]:
    """One block and what is learned from it; returns what is told of it. The reference is asked where it
    counts, and where the distance from it is told."""
    told = settings.kl_weight != 0.0 or _is_told(learner.iteration + 1, settings)
    with learner.clock():
        block = play_block(learner.model, task, settings, seed, learner.iteration)
        tags = reinforce_step(learner, block, settings, reference if told else None, critic)
    learner.iteration += 1
    learner.samples += settings.prompts * settings.answers
    return tags


def settings_of(config: CompareConfig, arm: str) -> ReinforceConfig:
    """The settings of an arm: policy-gradient's and R1's are the run's own; an algorithm's arm has, at equal
    counts, what belongs to the algorithm. Raises ValueError for an arm of another name."""
    settings, recipe = reinforcement_of(config, arm), recipe_of(arm)
    if recipe in PLAIN:
        return settings
    if recipe not in ALGORITHMS:
        raise ValueError(f"{arm!r} is no arm of reinforcement: policy-gradient, {', '.join(ALGORITHMS)}")
    return as_algorithm(settings, recipe)


def is_due(iteration: int, settings: ReinforceConfig) -> bool:
    """Whether this iteration ends one of the equal parts after which the curve gets a point."""
    parts = settings.evaluations
    return iteration * parts // settings.updates != (iteration - 1) * parts // settings.updates


def _is_told(iteration: int, settings: ReinforceConfig) -> bool:
    """Whether this iteration writes a line of the curve, and a checkpoint."""
    return iteration % LOGGED == 0 or is_due(iteration, settings)


def _detail(told: dict[str, float]) -> str:
    found = warnings([told])
    return found[0] if found else f"{100 * told['samples/correct']:.0f} % right"


def warnings(told: Sequence[dict[str, float]]) -> list[str]:
    """What the last blocks say in plain words, where something is wrong."""
    names = {name for row in told for name in row}
    mean = {name: float(np.mean([row[name] for row in told if name in row])) for name in names}
    return [message for name, wrong, message in ALARMS if name in mean and wrong(mean[name])]
