"""The subcommands that learn: compare, imitate, reinforce; each takes the groups of settings it uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lab.commands.common import Common
from lab.commands.learning import learn, settings_of, with_counts
from lab.device import Device
from llm_bridge.config import (
    QUICK_ARMS,
    TEXT_PRESETS,
    CompareConfig,
    EvaluationConfig,
    ImitationConfig,
    ModelConfig,
    ReinforceConfig,
    TextPreset,
    preset,
)

WINGS = {"arithmetic": "llm_bridge.wing:ARITHMETIC"}


@dataclass(frozen=True)
class Learning(Common):
    """What every subcommand takes that learns."""

    world: str = "arithmetic"
    """arithmetic: a small language model (connect_four is the board half)."""
    preset: TextPreset = "quick"
    """tiny (seconds, proves nothing), quick (6 minutes), ladder (9), standard (30), long (an hour); r1-zero
    and r1: a base model of worked answers reinforced, with nothing imitated or from a cold start."""
    seeds: int = 1
    """So many runs, seeds SEED, SEED + 1, ...; intervals are pooled over them."""
    workers: int = 2
    """Processes, each with one thread."""
    device: Device = "auto"
    """Where the model runs; auto: a graphics card when there is one."""
    task: str = "addition-2"
    """What is asked: addition-N, subtraction-N, multiplication-N, expressions-N, chains-N."""
    human: str = "zero-support"
    """The demonstrator: a scripted human or crowd, or a file of answers (.txt) of your own."""
    model: ModelConfig = field(default_factory=ModelConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)

    def config(self, **changes: Any) -> CompareConfig:
        """The resolved settings of a run with this seed: the preset's, where this subcommand takes none."""
        config: CompareConfig = settings_of(self, preset(self.preset), **changes)
        return config


@dataclass(frozen=True)
class Compare(Learning):
    """The comparison in arithmetic: a crowd's answers, imitators, reinforcement with a verifier."""

    arms: tuple[str, ...] = QUICK_ARMS
    """The rungs of the ladder: imitator, verified, verified-tuned, own-right, policy-gradient, grpo, ppo,
    expert-iteration, and the controls more-imitation, shown-512, shown-4096, imitate-rl."""
    studies: bool = True
    """The exhibits beyond scores; of several seeds, the first's."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    verified: ImitationConfig = field(default_factory=ImitationConfig)
    more_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    fine_tuning: ImitationConfig = field(default_factory=ImitationConfig)
    policy_gradient: ReinforceConfig = field(default_factory=ReinforceConfig)
    rare_human: str = "one-in-twenty"
    """The demonstrator of the second panel, a few of whom know how; "none" leaves it out."""
    rare_policy_gradient: ReinforceConfig = field(default_factory=ReinforceConfig)
    counter_human: str = "careless"
    """That of the third, whose slips imitation denoises; "none" leaves it out."""
    counter_imitation: ImitationConfig = field(default_factory=ImitationConfig)


@dataclass(frozen=True)
class Imitate(Learning):
    """Train the imitator alone: of a scripted human, or of your own file of answers."""

    imitation: ImitationConfig = field(default_factory=ImitationConfig)


@dataclass(frozen=True)
class Reinforce(Learning):
    """Train the imitator, and from it the policy gradient with the verifier."""

    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    policy_gradient: ReinforceConfig = field(default_factory=ReinforceConfig)


def with_preset(command: type, name: str, _: str = "") -> Any:
    """A learning subcommand whose counts are those of the preset, for the command line to change; of quick,
    where there is none of that name."""
    known: TextPreset = next((one for one in TEXT_PRESETS if one == name), "quick")
    return with_counts(command, preset(known))


def compare(command: Compare) -> None:
    """Run a comparison. Raises UsageError, UnknownTask, UnknownHuman, BadSetting, RunError, TaskFailed."""
    _learn(command, command.config(), "compare")


def imitate(command: Imitate) -> None:
    """Train the imitator alone; raises what compare raises."""
    _learn(command, command.config(**ALONE), "imitate")


def reinforce(command: Reinforce) -> None:
    """Train the imitator and the policy gradient; raises what compare raises."""
    _learn(command, command.config(**ALONE), "reinforce")


ALONE = {"rare_human": "none", "counter_human": "none", "arms": ("imitator", "policy-gradient")}


def _learn(command: Learning, config: CompareConfig, job: str) -> None:
    from llm_bridge.experiment import check_config

    learn(command, config, job, WINGS, check_config)
