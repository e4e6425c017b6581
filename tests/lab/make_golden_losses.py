"""Writes tests/lab/golden/losses.json with TRL's own code, value and gradient of its trainers' losses:

    pip install trl==1.16.0 transformers==5.23.0
    python tests/lab/make_golden_losses.py

The trainers are made without a model and a data set: what they would sample and score is handed to them,
and the "model" returns the logits that are to be differentiated. Advantages come from
`_generate_and_score_completions`, losses from `_compute_loss`, both untouched.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
import trl
from accelerate import Accelerator
from torch import Tensor, nn
from trl.rewards import get_soft_overlong_punishment
from trl.trainer.grpo_trainer import GRPOTrainer
from trl.trainer.rloo_trainer import RLOOTrainer

GROUPS, ANSWERS, TOKENS, VOCABULARY = 2, 3, 4, 5
LENGTHS = (2, 4, 1, 3, 4, 2)
REWARDS = (1.0, 0.0, -0.2, 1.0, 1.0, 0.0)
PAD = 0

GRPO: dict[str, dict[str, Any]] = {
    "grpo": {"loss_type": "grpo", "scale_rewards": "group"},
    "grpo with KL": {"loss_type": "grpo", "scale_rewards": "group", "beta": 0.1},
    "dr_grpo": {"loss_type": "dr_grpo", "scale_rewards": "none"},
    "dr_grpo with KL": {"loss_type": "dr_grpo", "scale_rewards": "none", "beta": 0.1},
    "dapo": {"loss_type": "dapo", "scale_rewards": "group", "epsilon_high": 0.28},
    "dapo with KL": {"loss_type": "dapo", "scale_rewards": "group", "epsilon_high": 0.28, "beta": 0.1},
    "bnpo": {"loss_type": "bnpo", "scale_rewards": "group"},
}
RLOO: dict[str, float] = {"rloo": 0.0, "rloo with KL": 0.1}


class GivenLogits(nn.Module):
    """A model whose logits are given; it answers as a model with TRL's fused head does."""

    is_gradient_checkpointing = False

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = logits  # [N, T, V]

    def forward(self, labels: Tensor, **rest: Any) -> SimpleNamespace:
        log_pi = torch.log_softmax(self.logits, -1)
        tokens = labels[:, -self.logits.shape[1] :].clamp(min=0)
        chosen = log_pi.gather(-1, tokens[..., None])[..., 0]
        return SimpleNamespace(log_probs=chosen, entropy=-(log_pi.exp() * log_pi).sum(-1))


def given(trainer_class: Any) -> Any:
    """The trainer's class with sampling and scoring replaced by what is given."""

    class Given(trainer_class):  # type: ignore[misc]
        def __init__(self) -> None:  # a real one would load a model
            pass

        def _generate(self, prompts: list[Any]) -> Any:
            prompt_ids, completions = [[1]] * len(prompts), ["?"] * len(prompts)
            if trainer_class is RLOOTrainer:
                return prompt_ids, self.completion_ids, completions
            return prompt_ids, self.completion_ids, None, completions, None, None, None, None

        def _calculate_rewards(self, *_: Any) -> Tensor:
            return torch.tensor(REWARDS, dtype=torch.float64)[:, None]

    return Given()


def trainer_of(trainer_class: Any, inputs: dict[str, Tensor], settings: dict[str, Any]) -> Any:
    """A trainer that knows just what the two functions ask it."""
    trainer = given(trainer_class)
    values: dict[str, Any] = {
        "accelerator": Accelerator(cpu=True),
        "model": GivenLogits(inputs["old_logits"]),
        "ref_model": GivenLogits(inputs["reference_logits"]),
        "completion_ids": [
            row[:length].tolist() for row, length in zip(inputs["tokens"], LENGTHS, strict=True)
        ],
        "args": SimpleNamespace(
            per_device_train_batch_size=len(LENGTHS),
            gradient_checkpointing_kwargs=None,
            steps_per_generation=1,
            gradient_accumulation_steps=1,
            use_bias_correction_kl=False,
            delta=None,
        ),
        "_tokenizer": SimpleNamespace(pad_token_id=PAD),
        "_metrics": defaultdict(lambda: defaultdict(list)),
        "_logs": defaultdict(list, rewards=defaultdict(list), extra=defaultdict(list)),
        "reward_weights": torch.ones(1, dtype=torch.float64),
        "reward_func_names": ["given"],
        "reward_funcs": [None],
        "num_generations": ANSWERS,
        "num_iterations": 2,  # so that the sampler's log-probabilities are kept
        "current_gradient_accumulation_steps": 1,
        "max_completion_length": TOKENS,
        "importance_sampling_level": "token",
        "multi_objective_aggregation": "sum_then_normalize",
        "top_entropy_quantile": 1.0,
        "beta": 0.0,
        "epsilon_low": 0.2,
        "epsilon_high": 0.2,
        "_pending_extra_logs": {},
        "_pending_metrics": {},
    }
    absent = (
        "environment_factories environments tools tool_images aux_loss_enabled off_policy_mask_threshold "
        "use_vllm mask_truncated_completions pad_to_multiple_of reward_clip_range normalize_advantages "
        "_entropy_bonus_enabled log_multimodal rollout_func _is_vlm"
    )
    for name, value in {**dict.fromkeys(absent.split()), **values, **settings}.items():
        setattr(trainer, name, value)
    return trainer


def solve(trainer_class: Any, inputs: dict[str, Tensor], settings: dict[str, Any]) -> dict[str, Any]:
    """TRL's advantages, loss and gradient with respect to the logits."""
    trainer = trainer_of(trainer_class, inputs, settings)
    scored = trainer._generate_and_score_completions([{"prompt": "?"} for _ in LENGTHS])
    logits = inputs["logits"].clone().requires_grad_()
    loss = trainer._compute_loss(GivenLogits(logits), scored)
    loss.backward()
    assert logits.grad is not None
    return {
        "settings": settings,
        "advantages": scored["advantages"].tolist(),
        "loss": float(loss.detach()),
        "gradient": _rounded(logits.grad, 10),
    }


def _rounded(values: Tensor, digits: int) -> Any:
    if values.ndim == 0:
        return round(float(values), digits)
    return [_rounded(value, digits) for value in values]


def make_inputs() -> dict[str, Tensor]:
    """Logits of the learner, of the sampler near it and of a reference, [N, T, V] each, and tokens [N, T]."""
    generator = torch.Generator().manual_seed(37)
    shape = (GROUPS * ANSWERS, TOKENS, VOCABULARY)
    old = torch.randn(shape, generator=generator, dtype=torch.float64)
    logits = old + 0.4 * torch.randn(shape, generator=generator, dtype=torch.float64)
    reference = old + 0.4 * torch.randn(shape, generator=generator, dtype=torch.float64)
    tokens = torch.randint(1, VOCABULARY, shape[:2], generator=generator)
    named = {"old_logits": old, "logits": logits, "reference_logits": reference}
    return {name: value.mul(1e4).round().div(1e4) for name, value in named.items()} | {"tokens": tokens}


def main() -> None:
    """Write the file."""
    inputs = make_inputs()
    cases = {name: solve(GRPOTrainer, inputs, settings) for name, settings in GRPO.items()}
    cases |= {name: solve(RLOOTrainer, inputs, {"beta": beta}) for name, beta in RLOO.items()}
    penalty = get_soft_overlong_punishment(max_completion_len=10, soft_punish_cache=4)
    lengths = list(range(1, 13))
    golden = {
        "by": f"trl {trl.__version__}, tests/lab/make_golden_losses.py",
        "lengths": LENGTHS,
        "rewards": REWARDS,
        "answers": ANSWERS,
        **{name: value.tolist() for name, value in inputs.items()},
        "cases": cases,
        "overlong": {
            "most": 10,
            "margin": 4,
            "lengths": lengths,
            "penalty": penalty([[1] * length for length in lengths]),
        },
    }
    path = Path(__file__).resolve().parent / "golden" / "losses.json"
    path.write_text(json.dumps(golden) + "\n")
    print(path, f"{path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
