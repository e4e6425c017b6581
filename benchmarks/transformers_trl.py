"""The same models in transformers, sampled by its `generate` and trained by TRL: what stands beside ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from measure import Contender

try:
    import transformers
except ImportError:
    transformers = None  # the extra [bench] is not installed: ours alone is measured
try:
    import datasets
    import trl
except ImportError:
    trl = None

TRANSFORMERS_INSTALLED, TRL_INSTALLED = transformers is not None, trl is not None
WARM = 2  # steps of a training that are not counted
LEARNING_RATE = 1e-6  # the model stays where it is: every step meets answers of the same kind


def sampling_work(folder: Path, prompts: list[str], max_tokens: int, dtype: torch.dtype) -> Contender:
    """One answer to every prompt, in one batch; counts the tokens up to each answer's end mark."""
    model = transformers.LlamaForCausalLM.from_pretrained(folder, dtype=dtype).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    asked = tokenizer(prompts, padding=True, return_tensors="pt")
    options = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0}

    def work() -> int:
        with torch.inference_mode():
            written = model.generate(**asked, max_new_tokens=max_tokens, **options)
        answers = written[:, asked.input_ids.shape[1] :]
        return int((answers != tokenizer.pad_token_id).sum())

    return work


def grpo_seconds(
    folder: Path,
    prompts: Sequence[str],
    reward: Callable[[str, str, bool], float],
    answers: int,
    max_tokens: int,
    steps: int,
    between: Callable[[], None],
) -> list[float]:
    """CPU seconds of every GRPO step of TRL's trainer in float32: `answers` to each of the prompts, one
    gradient step on all; after each step `between` is called, which is not counted.

    reward: of a prompt, an answer and whether it ended. Plain GRPO: no reference model, the loss averaged by
    answer.
    """
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)

    def rewards(prompts: list[str], completions: list[str], completion_ids: Any, **_: Any) -> list[float]:
        ended = [tokenizer.eos_token_id in ids for ids in completion_ids]
        return [reward(*answer) for answer in zip(prompts, completions, ended, strict=True)]

    clock = _clock(between)
    with TemporaryDirectory() as scratch:
        trainer = trl.GRPOTrainer(
            model=transformers.LlamaForCausalLM.from_pretrained(folder),
            processing_class=tokenizer,
            reward_funcs=rewards,
            train_dataset=datasets.Dataset.from_dict({"prompt": list(prompts)}),
            args=_settings(scratch, len(prompts) * answers, answers, max_tokens, steps + WARM),
            callbacks=[clock],
        )
        trainer.train()
    return clock.seconds[WARM:]


def _settings(scratch: str, batch: int, answers: int, max_tokens: int, steps: int) -> Any:
    return trl.GRPOConfig(
        output_dir=scratch,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        per_device_train_batch_size=batch,
        num_generations=answers,
        max_completion_length=max_tokens,
        max_steps=steps,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        loss_type="grpo",
        scale_rewards="group",
        beta=0.0,
        top_k=0,
        logging_steps=10_000,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        seed=0,
    )


def _clock(between: Callable[[], None]) -> Any:
    """A callback that takes each step's CPU seconds."""

    class Clock(transformers.TrainerCallback):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.seconds: list[float] = []

        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.start = time.process_time()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            self.seconds.append(time.process_time() - self.start)
            between()

    return Clock()
