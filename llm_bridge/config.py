"""The settings of every job of the language half: frozen, plain, without torch.

A preset is a count, never a clock: problems, samples and updates, as in agents/config.py, its counterpart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Sampling = Literal["float32", "bfloat16"]
Algorithm = Literal["reinforce", "rloo", "grpo", "ppo", "own-right"]


@dataclass(frozen=True)
class ModelConfig:
    """A decoder of `layers` layers of `width` channels and `heads` heads."""

    layers: int = 2
    width: int = 64
    heads: int = 4
    hidden: int = 176
    """Width of the feed-forward network's inside."""
    positions: int = 96
    """Longest text, prompt included, in tokens."""


TINY, SMALL, MEDIUM = ModelConfig(), ModelConfig(4, 128, 4, 352), ModelConfig(6, 256, 8, 704)


@dataclass(frozen=True)
class ImitationConfig:
    """Imitation of a demonstrator's answers (supervised fine-tuning)."""

    demonstrations: int = 20_000
    """Answers written, those held out included."""
    updates: int = 300
    """Gradient steps; the learning rate falls to 0 over them (cosine)."""
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    validation: int = 1_000
    """Held out: accuracy and cross-entropy are measured on them."""
    evaluations: int = 4
    """Points on the curve."""


@dataclass(frozen=True)
class ReinforceConfig:
    """Reinforcement with a verifier, from the imitator: sample, check, learn, again."""

    algorithm: Algorithm = "rloo"
    """How a sample is weighed: against the batch (reinforce), the others of its group (rloo), the same and
    divided by the group's deviation (grpo), a critic (ppo), or 1 if right and else 0 (own-right)."""
    updates: int = 600
    """Blocks of samples, each learned once (ppo: `epochs` times)."""
    prompts: int = 128
    """Problems in a block."""
    answers: int = 8
    """Samples to each of them."""
    learning_rate: float = 5e-4
    weight_decay: float = 0.0
    temperature: float = 1.0
    sampling: Sampling = "float32"
    """What the answers are drawn in. bfloat16 is faster and draws from a slightly other policy than the one
    that learns: kl/sampler says how far off."""
    format_penalty: float = 0.2
    """Taken from the reward of what has not the form asked for; a right answer is worth 1."""
    entropy_weight: float = 0.0
    kl_weight: float = 0.0
    """Weight of the divergence from the imitator in what is minimised (kl_estimate)."""
    clip_low: float = 0.2
    clip_high: float = 0.2
    epochs: int = 1
    """Passes over a block; with one, and one batch, nothing is ever clipped."""
    batch_size: int = 0
    """Answers in a step; 0: the whole block."""
    value_weight: float = 0.5
    """Weight of the critic's error (ppo)."""
    gae_lambda: float = 0.95
    evaluations: int = 12
    """Points on the curve."""


@dataclass(frozen=True)
class EvaluationConfig:
    """How every arm is measured."""

    votes: int = 16
    """Samples that vote in every "searched" cell."""
    pass_at: int = 256
    """Samples a problem for pass@k."""
    pass_problems: int = 200
    """Problems on which pass@k is measured, at most."""


ARMS = ("imitator", "verified", "own-right", "policy-gradient")


@dataclass(frozen=True)
class CompareConfig:
    """The main job of the language half: a human, the ladder of arms that learn from or past it."""

    world: str = "arithmetic"
    task: str = "addition-2"
    human: str = "zero-support"
    """The demonstrator of the main panel: a scripted human or crowd, or a file of answers."""
    counter_human: str = "careless"
    """The demonstrator of the second panel, whose slips imitation denoises; "none" leaves it out."""
    preset: str = "quick"
    arms: tuple[str, ...] = ARMS
    seed: int = 0
    workers: int = 2
    device: str = "cpu"
    model: ModelConfig = field(default_factory=ModelConfig)
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    policy_gradient: ReinforceConfig = field(default_factory=ReinforceConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
