"""Sampling and GRPO steps of the language half a CPU second, beside transformers and TRL.

    python benchmarks/language.py [REPEATS [UPDATES]]

One core. `whole`: a model that never ends, every answer as long as is allowed. `ragged`: worked
multiplication by an imitator (UPDATES long) of a crowd, whose answers end early and many of whose groups are
all wrong.
"""

from __future__ import annotations

import copy
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import measure
import numpy as np
import torch
import transformers_trl as peers

from lab.randomness import game_keys
from llm_bridge.block import play_block
from llm_bridge.config import SMALL, TINY, ModelConfig, Precision, ReinforceConfig, as_algorithm
from llm_bridge.hugging_face import save_pretrained
from llm_bridge.learning import imitation_step, new_learner, texts_of
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.policy_step import reinforce_step
from llm_bridge.scripted import describe
from llm_bridge.search import sample
from llm_bridge.tasks import Task, draw_problems, find_task, verify
from llm_bridge.vocabulary import END, PAD, START

TASK, CROWD, UPDATES = "multiplication-4", "one-in-five-works", 300
PROMPTS, ANSWERS = 32, 8  # of a GRPO step; sampling alone has as many answers, one to a prompt
WHOLE = 64  # new tokens of every answer of the model that never ends
SIZES = {"tiny": TINY, "small": SMALL}
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


def endless_model(config: ModelConfig) -> LanguageModel:
    """Random weights with one channel that is always high and forbids the special tokens."""
    model = new_model(config, seed=0)
    with torch.no_grad():
        model.model.embed_tokens.weight[:, 0] = 4.0
        model.lm_head.weight[[PAD, START, END]] = 0.0
        model.lm_head.weight[[PAD, START, END], 0] = -20.0
    return model


def imitator(config: ModelConfig, task: Task, updates: int) -> LanguageModel:
    """A model that writes as the crowd does."""
    random, crowd = np.random.default_rng([0]), describe(CROWD)
    learner = new_learner(new_model(config, seed=0), 3e-3, 0.0, updates)
    for _ in range(updates):
        problems = draw_problems(task, "train", random, 128)
        imitation_step(learner, texts_of([(p.prompt, crowd.sample(p, random)) for p in problems]))
    return learner.model


# --- sampling ---


def compare_sampling(what: str, model: LanguageModel, folder: Path, task: Task, repeats: int) -> None:
    """Print a line a precision: 256 answers, one to each of as many prompts."""
    problems = draw_problems(task, "train", np.random.default_rng([1]), PROMPTS * ANSWERS)
    prompts, max_tokens = [problem.prompt for problem in problems], task.max_tokens
    for precision in PRECISIONS:
        dtype = getattr(torch, precision)
        contenders = {"ours": sampling_work(model, prompts, max_tokens, dtype)}
        if peers.TRANSFORMERS_INSTALLED:
            contenders["transformers"] = peers.sampling_work(folder, prompts, max_tokens, dtype)
        found = measure.rates(contenders, repeats)
        print(measure.line(f"sampling, {what}, {precision}, tokens a CPU second", found), flush=True)


def sampling_work(
    model: LanguageModel, prompts: list[str], max_tokens: int, dtype: torch.dtype
) -> Callable[[], int]:
    """One answer to every prompt; counts their tokens, the end marks too."""
    keys = game_keys(0, "benchmark", 0, len(prompts))

    def work() -> int:
        return int(sample(model, prompts, keys, max_tokens, dtype=dtype).lengths.sum())

    return work


# --- a step of GRPO ---


def compare_grpo(what: str, model: LanguageModel, folder: Path, task: Task, coin: bool, repeats: int) -> None:
    """Print a line: 8 answers to each of 32 problems are sampled and rewarded, and one step is made.

    With `coin` the reward has nothing to do with the answer, so that no group is left out.
    """
    contenders = {
        "ours": grpo_work(model, task, coin, "float32"),
        "ours, sampled in bfloat16": grpo_work(model, task, coin, "bfloat16"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}

    def turn() -> None:
        for name, work in contenders.items():
            start = time.process_time()
            work()
            seconds[name].append(time.process_time() - start)

    if peers.TRL_INSTALLED:
        random = np.random.default_rng([2])
        prompts = list(dict.fromkeys(p.prompt for p in draw_problems(task, "train", random, 64)))[:PROMPTS]
        reward = coin_reward if coin else verified_reward(task)
        # TRL's steps first and ours after each: a busy machine meets them alike
        seconds["TRL"] = peers.grpo_seconds(folder, prompts, reward, ANSWERS, task.max_tokens, repeats, turn)
    else:
        for _ in range(repeats + 1):
            turn()
    rates = {name: PROMPTS * ANSWERS / median(values[-repeats:]) for name, values in seconds.items()}
    print(measure.line(f"GRPO steps, {what}, answers a CPU second", rates), flush=True)


def grpo_work(model: LanguageModel, task: Task, coin: bool, precision: Precision) -> Callable[[], None]:
    """One step of a copy of the model."""
    settings = as_algorithm(ReinforceConfig(), "grpo")
    settings = replace(
        settings, prompts=PROMPTS, answers=ANSWERS, learning_rate=peers.LEARNING_RATE, sampling=precision
    )
    learner = new_learner(copy.deepcopy(model), settings.learning_rate, 0.0, 1)

    def work() -> None:
        block = play_block(learner.model, task, settings, 0, learner.iteration)
        if coin:
            texts = block.judged.samples.texts
            tossed = torch.tensor([coin_reward("", text, True) for text in texts])
            block = replace(block, reward=tossed.reshape(block.reward.shape))
        reinforce_step(learner, block, settings)
        learner.iteration += 1

    return work


def coin_reward(prompt: str, answer: str, ended: bool) -> float:
    """0 or 1 by a checksum of the answer."""
    return float(zlib.crc32(answer.encode()) % 2)


def verified_reward(task: Task) -> Callable[[str, str, bool], float]:
    """What our reinforcement gives: 1 if right, less a fifth without the form."""

    def reward(prompt: str, answer: str, ended: bool) -> float:
        problem = task.parse(prompt)
        assert problem is not None
        verdict = verify(task, problem, answer, ended)
        return verdict.correct - 0.2 * (not verdict.format)

    return reward


def main(repeats: int = 5, updates: int = UPDATES) -> None:
    """Print the lines of sampling and of GRPO, for every size, whole and ragged."""
    task = find_task(TASK)
    longer = replace(task, working=WHOLE - task.digits - 2)
    for name, config in SIZES.items():
        models = {
            f"{name}, whole": (endless_model(config), longer),
            f"{name}, ragged": (imitator(config, task, updates), task),
        }
        for what, (model, asked) in models.items():
            with TemporaryDirectory() as scratch:
                folder = Path(scratch) / "model"
                save_pretrained(folder, model)
                compare_sampling(what, model, folder, asked, repeats)
                compare_grpo(what, model, folder, asked, what.endswith("whole"), repeats)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
