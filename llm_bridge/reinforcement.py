"""Reinforce: sample answers, let the verifier check them, learn from what it says, again.

    draw problems -> sample answers to each -> verify -> weigh each against what was expected -> one step

From the imitator, as AlphaGo's second stage is. What differs between the algorithms is the weight of an
answer (`weigh`), and how often it is learned from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lab.losses import (
    batch_advantage,
    clipped_share,
    clipped_surrogate_loss,
    entropy,
    group_advantage,
    imitation_loss,
    kl_estimate,
    leave_one_out_advantage,
)
from lab.randomness import game_keys
from lab.workers import Desk
from llm_bridge.config import CompareConfig, ReinforceConfig
from llm_bridge.evaluation import Judged, judge
from llm_bridge.learning import (
    Learner,
    Texts,
    checkpoint_path,
    descend,
    load_model,
    new_learner,
    restore_learner,
    save_learner,
    taught_logits,
)
from llm_bridge.meter import ArmMeter
from llm_bridge.network import LanguageModel
from llm_bridge.search import sample
from llm_bridge.tasks import Task, draw_problems, find_task
from llm_bridge.vocabulary import PAD, START, encode

LOGGED = 10  # iterations between two lines of the curve, and two checkpoints


def reinforce(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains an arm in `folder/arms/<arm>` from the run's imitator, or from where a stopped
    run left off.

    Raises CheckpointError where there is no imitator, TrainingDiverged, and Interrupted when asked to stop.
    """
    task, settings = find_task(config.task), settings_of(config, arm)
    reference = load_model(checkpoint_path(folder, "imitator"), config.device)
    model = load_model(checkpoint_path(folder, "imitator"), config.device)
    learner = new_learner(model, settings.learning_rate, settings.weight_decay, settings.updates)
    path = checkpoint_path(folder, arm)
    if path.exists():
        restore_learner(path, learner)
    with closing(ArmMeter(folder, arm, config.human, config, start=learner.iteration)) as meter:
        while learner.iteration < settings.updates:
            desk.leave_if_stopping()
            with learner.clock():
                block = play_block(learner.model, task, settings, config.seed, learner.iteration)
                told = reinforce_step(learner, block, settings, reference)
            learner.iteration += 1
            learner.samples += settings.prompts * settings.answers
            due = is_due(learner.iteration, settings)
            if due or learner.iteration % LOGGED == 0:
                # recorded, then saved: a run killed in between forgets the point and makes it again
                score = meter.record("reinforce", learner, told, measure=due)
                save_learner(path, learner)
                desk.tell("reinforce", learner.iteration, settings.updates, score, _detail(told))


def settings_of(config: CompareConfig, arm: str) -> ReinforceConfig:
    """The settings of an arm: own-right is the policy gradient that pushes nothing down."""
    settings = config.policy_gradient
    return replace(settings, algorithm="own-right") if arm == "own-right" else settings


def is_due(iteration: int, settings: ReinforceConfig) -> bool:
    """Whether this iteration ends one of the equal parts after which the curve gets a point."""
    parts = settings.evaluations
    return iteration * parts // settings.updates != (iteration - 1) * parts // settings.updates


def _detail(told: dict[str, float]) -> str:
    found = warnings([told])
    return found[0] if found else f"{100 * told['answers/correct']:.0f} % right"


@dataclass(frozen=True)
class Block:
    """Answers of one iteration: `judged` [G * K], `reward` [G, K], and as texts to learn from."""

    judged: Judged
    reward: Tensor
    texts: Texts


def play_block(
    model: LanguageModel, task: Task, settings: ReinforceConfig, seed: int, iteration: int
) -> Block:
    """Training problems, answers to each, verified; a pure function of model, seed and iteration."""
    random = np.random.default_rng([seed, 3, iteration])
    problems = draw_problems(task, "train", random, settings.prompts)
    keys = game_keys(seed, "reinforce", iteration, settings.prompts * settings.answers)
    prompts = [problem.prompt for problem in problems]
    dtype = getattr(torch, settings.sampling)
    samples = sample(model, prompts, keys, task.max_tokens, settings.answers, settings.temperature, dtype)
    judged = judge(task, problems, samples)
    return Block(judged, rewards(judged, settings), _texts(judged))


def rewards(judged: Judged, settings: ReinforceConfig) -> Tensor:
    """1 for a right answer, minus the penalty for one without the form, [G, K]."""
    values = [
        float(verdict.correct) - settings.format_penalty * (not verdict.format) for verdict in judged.verdicts
    ]
    return torch.tensor(values).reshape(-1, settings.answers)


def _texts(judged: Judged) -> Texts:
    """The samples as they were drawn: what was cut off has no end mark to learn."""
    samples = judged.samples
    prompts = [[START, *encode(prompt)] for prompt in samples.prompts]
    width = max(map(len, prompts)) + samples.tokens.shape[1]
    tokens = np.full((len(prompts), width), PAD, np.int64)
    taught = np.zeros((len(prompts), width), np.bool_)
    for n, (prompt, length) in enumerate(zip(prompts, samples.lengths, strict=True)):
        tokens[n, : len(prompt)] = prompt
        tokens[n, len(prompt) : len(prompt) + length] = samples.tokens[n, :length]
        taught[n, len(prompt) : len(prompt) + length] = True
    return Texts(tokens, taught)


def weigh(reward: Tensor, judged: Judged, settings: ReinforceConfig) -> Tensor:
    """The advantage of every answer, [G * K]."""
    kinds: dict[str, Callable[[Tensor], Tensor]] = {
        "reinforce": lambda r: batch_advantage(r.flatten()),
        "rloo": leave_one_out_advantage,
        "grpo": group_advantage,
        "own-right": lambda r: torch.from_numpy(judged.correct.astype(np.float32)),
    }
    return kinds[settings.algorithm](reward).flatten()


def reinforce_step(
    learner: Learner, block: Block, settings: ReinforceConfig, reference: LanguageModel | None = None
) -> dict[str, float]:
    """Learn from a block; returns what is told of it. Raises TrainingDiverged.

    Answers of weight 0 (a group whose rewards are all equal) are left out: nothing flows back from them.
    """
    advantage = weigh(block.reward, block.judged, settings)
    alive = np.flatnonzero(advantage.numpy() != 0)
    told = _told(block)
    if len(alive) == 0:
        return told
    size = settings.batch_size or len(alive)
    for _ in range(settings.epochs):
        for first in range(0, len(alive), size):
            rows = alive[first : first + size]
            step = _step(learner, block, rows, advantage, settings, reference)
            told |= step | {"kl/sampler": told.get("kl/sampler", step["kl/sampler"])}  # before it moves
    return told


def _step(
    learner: Learner,
    block: Block,
    rows: np.ndarray,
    advantage: Tensor,
    settings: ReinforceConfig,
    reference: LanguageModel | None,
) -> dict[str, float]:
    """One step on those answers."""
    texts = block.texts[rows]
    learner.model.train()
    logits, tokens = taught_logits(learner.model, texts)
    log_prob = -imitation_loss(logits, tokens)
    lengths = torch.from_numpy(texts.taught.sum(axis=1))
    advantage_t = advantage[rows].repeat_interleave(lengths)
    old = torch.from_numpy(_flat(block, rows))
    share = len(advantage) if settings.batch_size == 0 else len(rows)
    surrogate = clipped_surrogate_loss(log_prob, old, advantage_t, settings.clip_low, settings.clip_high)
    # summed over an answer's tokens, averaged over answers: no length is favoured (Dr. GRPO)
    loss = surrogate.sum() / share
    if settings.entropy_weight:
        loss = loss - settings.entropy_weight * entropy(logits).sum() / share
    if settings.kl_weight and reference is not None:
        with torch.no_grad():
            there, _ = taught_logits(reference, texts)
        loss = loss + settings.kl_weight * kl_estimate(log_prob, -imitation_loss(there, tokens)).sum() / share
    value = descend(learner, loss, warm=False)
    with torch.no_grad():
        clipped = clipped_share(log_prob, old, advantage_t, settings.clip_low, settings.clip_high)
        return {
            "loss/policy": value,
            "entropy/policy": float(entropy(logits.detach()).mean()),
            "policy/clipped_share": float(clipped.float().mean()),
            "kl/sampler": float(kl_estimate(old, log_prob).mean()),
            "policy/ratio_error": float(((log_prob - old).exp() - 1).abs().max()),
        }


def _flat(block: Block, rows: np.ndarray) -> np.ndarray:
    """The log-probabilities that the tokens of those answers were drawn with, answer after answer."""
    samples = block.judged.samples
    return np.concatenate([samples.log_prob[row, : samples.lengths[row]] for row in rows])


def _told(block: Block) -> dict[str, float]:
    reward = block.reward
    return {
        "reward/mean": float(reward.mean()),
        "reward/same_in_group": float((reward == reward[:, :1]).all(1).float().mean()),
        "length/mean": float(block.judged.samples.lengths.mean()),
        "answers/format": block.judged.share("format"),
        "answers/ended": block.judged.share("ended"),
        "answers/correct": block.judged.share("correct"),
        "answers/worked": block.judged.share("worked"),
    }


def warnings(told: Sequence[dict[str, float]]) -> list[str]:
    """What the last blocks say in plain words, where something is wrong."""
    if not told:
        return []
    mean = {name: float(np.mean([row[name] for row in told if name in row])) for name in told[-1]}
    found = []
    if mean["reward/same_in_group"] > 0.99:
        found.append(
            "every group has the same reward: nothing to learn (problems too hard, too easy, or no variety)"
        )
    if mean["answers/ended"] < 0.5:
        found.append("half of the answers are cut off: allow more tokens, or reward the end")
    if mean["answers/format"] < 0.5:
        found.append("half of the answers have not the form: raise the penalty or lower the learning rate")
    if mean.get("entropy/policy", 1.0) < 0.001:
        found.append("the policy hardly varies any more: it will find nothing new")
    return found
