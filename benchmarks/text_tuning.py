"""Every algorithm of the language half tuned alike: six settings each, on validation problems.

    python benchmarks/text_tuning.py [ALGORITHM ...]

Three learning rates times two values of what else matters most to the algorithm, on an imitator of the
zero-support crowd of another seed than any run's; half of the main job's samples. The best of the six is
tried on a second seed. One core; a minute a line or less.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from llm_bridge.block import play_block
from llm_bridge.config import CompareConfig, ReinforceConfig, as_algorithm, preset
from llm_bridge.critic import new_critic
from llm_bridge.evaluation import answer_by_sampling, answer_greedily, rate
from llm_bridge.learning import Learner, imitation_step, new_learner, texts_of
from llm_bridge.network import new_model
from llm_bridge.policy_step import reinforce_step
from llm_bridge.scripted import describe
from llm_bridge.tasks import draw_problems, find_task, held_out

SEEDS = (100, 101)  # the first for the six, the second for the best of them; no run begins with them
LEARNING_RATES = (2.5e-4, 5e-4, 1e-3)
FURTHER: dict[str, tuple[dict[str, Any], ...]] = {
    "relative": ({}, {"entropy_weight": 0.01}),
    "rloo": ({}, {"entropy_weight": 0.01}),
    "grpo": ({}, {"entropy_weight": 0.01}),
    "own-right": ({}, {"entropy_weight": 0.01}),
    "ppo": ({}, {"kl_weight": 0.02}),
    "expert-iteration": ({}, {"batch_size": 128}),
}


def imitator(config: CompareConfig, seed: int) -> Learner:
    """The imitator that a run of that seed would begin with."""
    task, human, settings = find_task(config.task), describe(config.human), config.imitation
    random = np.random.default_rng([seed, 1])
    problems = draw_problems(task, "train", random, settings.demonstrations)
    texts = texts_of([(problem.prompt, human.sample(problem, random)) for problem in problems])
    model = new_model(config.model, seed)
    learner = new_learner(model, settings.learning_rate, settings.weight_decay, settings.updates)
    for update in range(settings.updates):
        rows = np.random.default_rng([seed, 2, update]).integers(len(texts), size=settings.batch_size)
        imitation_step(learner, texts[rows])
    return learner


def trial(config: CompareConfig, settings: ReinforceConfig, seed: int) -> tuple[float, str]:
    """(greedy share of right answers to hard validation problems, what else came out, in words)."""
    task = find_task(config.task)
    model, reference = imitator(config, seed).model, imitator(config, seed).model
    learner = new_learner(model, settings.learning_rate, settings.weight_decay, settings.updates)
    critic = new_critic(model, settings.critic_learning_rate) if settings.algorithm == "ppo" else None
    start = time.process_time()
    for update in range(settings.updates):
        block = play_block(learner.model, task, settings, seed, update)
        reinforce_step(learner, block, settings, reference if settings.kl_weight else None, critic)
    seconds, problems = time.process_time() - start, held_out(task, "validation")
    greedy = rate(problems, answer_greedily(model, task, problems).correct)
    sampled = rate(problems, answer_by_sampling(model, task, problems, seed).correct)
    checks = settings.updates * settings.prompts * settings.answers
    told = f"carry {greedy['hard'].rate:.3f}, all {greedy['all'].rate:.3f}, sampled {sampled['all'].rate:.3f}"
    return greedy["hard"].rate, f"{told}; {checks:,} checks, {seconds:.0f} CPU s"


def tune(algorithm: str) -> None:
    """Print a line a setting, and one of the best on the second seed."""
    config = preset("quick")
    half = replace(config.policy_gradient, updates=config.policy_gradient.updates // 2)
    found = []
    for learning_rate, further in product(LEARNING_RATES, FURTHER[algorithm]):
        settings = replace(as_algorithm(half, algorithm), learning_rate=learning_rate, **further)
        more = "".join(f", {name} {value:g}" for name, value in further.items())
        words = f"{algorithm}, lr {learning_rate:g}{more}"
        right, told = trial(config, settings, SEEDS[0])
        found.append((right, words, settings))
        print(f"{words}: {told}", flush=True)
    _, words, settings = max(found, key=lambda entry: entry[0])
    print(f"best, seed {SEEDS[1]}: {words}: {trial(config, settings, SEEDS[1])[1]}", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or FURTHER:
        if name not in FURTHER:
            raise SystemExit(f"no algorithm {name!r}; there are: {', '.join(FURTHER)}")
        tune(name)
