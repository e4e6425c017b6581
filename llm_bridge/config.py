"""The settings of every job of the language half: frozen, plain, without torch.

A preset is a count, never a clock: problems, samples and updates, as in agents/config.py, its counterpart.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lab.presets import PRESETS, Preset

Algorithm = Literal["reinforce", "relative", "rloo", "grpo", "ppo", "own-right", "expert-iteration"]
Averaging = Literal["answer", "token", "constant"]
Precision = Literal["float32", "bfloat16"]

TextPreset = Preset | Literal["r1-zero", "r1"]  # R1's two recipes (Guo et al. 2025), on worked answers
TEXT_PRESETS: tuple[TextPreset, ...] = (*PRESETS, "r1-zero", "r1")
QUICK_ARMS = ("imitator", "verified", "expert-iteration", "policy-gradient")
LADDER_ARMS = (
    *QUICK_ARMS,
    "own-right",
    "verified-tuned",
    "more-imitation",
    "shown-512",
    "shown-4096",
    "imitate-rl",
)
OTHER_ALGORITHMS = ("grpo", "ppo")
RARE_ARMS = ("imitator", "verified", "policy-gradient")  # of the panel in which a few know
COLD_START = "shows-work"  # of whose worked answers R1 begins with a few
RARE = "rare-"  # begins the names of that panel's arms


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

    algorithm: Algorithm = "relative"
    """How a sample is weighed: against the batch (reinforce); against the others of its group, plainly
    (rloo), against their mean (grpo), or in proportion to it (relative), which makes a problem solved once
    teach as much as one that is nearly always solved; the same without pushing anything down (own-right);
    token by token against a critic (ppo); or the shortest right answer to each problem is imitated
    (expert-iteration). What else belongs to each: ALGORITHMS."""
    updates: int = 1_200
    """Blocks of samples, each learned `epochs` times."""
    prompts: int = 64
    """Problems in a block."""
    answers: int = 8
    """Samples to each of them."""
    learning_rate: float = 5e-4
    weight_decay: float = 0.0
    temperature: float = 1.0
    format_penalty: float = 0.2
    """Taken from the reward of what has not the form asked for; a right answer is worth 1."""
    entropy_weight: float = 0.0
    """Weight of the policy's entropy, in nats, in what is maximised."""
    standardise: bool = False
    """Divide advantages by their deviation: a group's (grpo) or the block's (ppo)."""
    averaging: Averaging = "constant"
    """Of the loss: "answer", the mean of each answer's mean (GRPO); "token", over all tokens (DAPO);
    "constant", summed over an answer, averaged over answers: no length is favoured (Dr. GRPO)."""
    kl_weight: float = 0.0
    """Weight of the divergence from the imitator."""
    kl_in_reward: bool = False
    """Where it counts: taken from the reward, log(pi / pi_imitator) of each token (PPO, RLOO), or added to
    what is minimised (kl_estimate; GRPO)."""
    overlong_penalty: float = 0.0
    """Taken from the reward of an answer as long as is allowed (DAPO); right answers of a task that allows no
    working are that long."""
    overlong_margin: int = 4
    """So many tokens before the end it begins to grow from 0."""
    clip_low: float = 0.2
    clip_high: float = 0.2
    """Greater than clip_low, it lets the unlikely rise (DAPO's clip-higher)."""
    epochs: int = 1
    """Passes over a block; with one, and one batch, nothing is ever clipped."""
    batch_size: int = 128
    """Answers in a step; 0: the whole block. Several small steps learn more from the same answers."""
    critic_learning_rate: float = 1e-3
    """Of ppo's critic, a model of its own."""
    gae_lambda: float = 0.95
    sampling: Precision = "float32"
    """What answers are sampled in; what is learned is float32 always."""
    evaluations: int = 12
    """Points on the curve."""


ALGORITHMS: dict[str, dict[str, Any]] = {
    "reinforce": {"algorithm": "reinforce", "answers": 1},
    "relative": {"algorithm": "relative"},
    "rloo": {"algorithm": "rloo"},
    "own-right": {"algorithm": "own-right"},
    "grpo": {"algorithm": "grpo", "standardise": True, "averaging": "answer"},
    "dr-grpo": {"algorithm": "grpo"},
    "dapo": {"algorithm": "grpo", "standardise": True, "averaging": "token", "clip_high": 0.28},
    "ppo": {
        "algorithm": "ppo",
        "answers": 1,
        "standardise": True,
        "kl_in_reward": True,
        "epochs": 4,
        "batch_size": 256,
    },
    "expert-iteration": {"algorithm": "expert-iteration", "answers": 16, "epochs": 2, "batch_size": 64},
}
"""What each algorithm, as published, changes in the counts of a block and in how it is learned from."""
PPO_BLOCK, PPO_UPDATES = 2, 8
"""PPO learns from every answer four times, with a critic beside: at about the others' CPU cost (measured) it
gets blocks of half the answers, and an eighth of the blocks; at a sixteenth of the checks."""


def as_algorithm(settings: ReinforceConfig, name: str) -> ReinforceConfig:
    """The settings with that algorithm, at as many samples a block and as many blocks (PPO: at about as much
    work); KeyError for one not in ALGORITHMS."""
    changed = ALGORITHMS[name]
    samples, updates = settings.prompts * settings.answers, settings.updates
    if name == "ppo":
        samples = samples // PPO_BLOCK
        updates = min(updates, max(updates // PPO_UPDATES, settings.evaluations))
    answers = changed.get("answers", settings.answers)
    return replace(settings, **changed, prompts=max(1, samples // answers), updates=updates)


@dataclass(frozen=True)
class EvaluationConfig:
    """How every arm is measured."""

    votes: int = 16
    """Samples that vote in every "searched" cell."""
    pass_at: int = 256
    """Samples a problem for pass@k."""
    pass_problems: int = 200
    """Problems on which pass@k is measured, at most."""
    curve_problems: int = 200
    """Problems for the points of a curve with votes, at most (those of one answer use all)."""


@dataclass(frozen=True)
class ThinkingConfig:
    """The study of answers that grow longer: multiplication, direct or worked, on a pre-trained model."""

    task: str = "none"
    """The task where working pays; "none": no study."""
    easy_task: str = "multiplication-1"
    """The same with nothing to be gained by working: there answers do not grow; "none" leaves it out."""
    base_human: str = "textbook"
    """Who wrote the corpus of pre-training."""
    human: str = "one-in-five-works"
    corpus: int = 40_000
    """Texts of the corpus."""
    base_updates: int = 1_600
    demonstrations: int = 20_000
    updates: int = 400
    """Of the imitator."""
    cold_start: int = 500
    """Worked answers of the cold start (R1), in the place of the crowd's."""
    reinforce_updates: int = 100
    prompts: int = 64
    answers: int = 8
    learning_rate: float = 4e-4
    """Of the reinforcement."""
    layers: int = 2
    width: int = 64
    most_votes: int = 64
    problems: int = 200
    """Problems on which votes and allowed length are measured."""


@dataclass(frozen=True)
class CompareConfig:
    """The main job of the language half: a human, the ladder of arms that learn from or past it."""

    world: str = "arithmetic"
    task: str = "addition-2"
    """What is asked: KIND-DIFFICULTY (llm_bridge/tasks.py)."""
    human: str = "zero-support"
    """The demonstrator of the main panel: a scripted human or crowd, or a file of answers."""
    rare_human: str = "one-in-twenty"
    """That of the second panel, a few of whom know how; "none" leaves it out."""
    counter_human: str = "careless"
    """That of the third, whose slips imitation denoises; "none" leaves it out."""
    preset: TextPreset = "quick"
    base_human: str = "none"
    """Who wrote the corpus on which a base model is pre-trained, from which imitators then start; "none":
    they start from nothing."""
    arms: tuple[str, ...] = QUICK_ARMS
    """The rungs of the ladder to run (llm_bridge/ladder.py)."""
    studies: bool = True
    """The exhibits beyond scores; of several seeds, the first's."""
    seed: int = 0
    workers: int = 2
    device: str = "cpu"
    """"cpu" or "cuda", as resolved when the run began."""
    model: ModelConfig = field(default_factory=ModelConfig)
    base: ImitationConfig = field(default_factory=ImitationConfig)
    """The pre-training, on whole texts."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    verified: ImitationConfig = field(default_factory=ImitationConfig)
    """The verified demonstrations, from scratch: in the second panel as many are checked as reinforcement
    checks answers there."""
    more_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    """The control at the others' cost: more of the same demonstrations, longer."""
    fine_tuning: ImitationConfig = field(default_factory=ImitationConfig)
    """From the imitator: verified-tuned, and what shown true answers are worth."""
    counter_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    policy_gradient: ReinforceConfig = field(default_factory=ReinforceConfig)
    rare_policy_gradient: ReinforceConfig = field(default_factory=ReinforceConfig)
    slips: tuple[int, ...] = ()
    """The sloppy-teacher dial: the main panel once more, with slips in so many per cent of the answers."""
    thinking: ThinkingConfig = field(default_factory=ThinkingConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)


def recipe_of(arm: str) -> str:
    """What an arm does, whichever panel it is of: "rare-verified" -> "verified"."""
    return arm.removeprefix(RARE)


def human_of(config: CompareConfig, arm: str) -> str:
    """The human of an arm's panel."""
    if arm == "slips-imitator":
        return config.counter_human
    if arm == "base":
        return config.base_human
    if arm == "cold-start":
        return COLD_START
    return config.rare_human if arm.startswith(RARE) else config.human


def imitation_of(config: CompareConfig, arm: str) -> ImitationConfig:
    """How an arm imitates."""
    own = {
        "base": config.base,
        "cold-start": config.fine_tuning,
        "verified": config.verified,
        "imitate-rl": config.verified,
        "more-imitation": config.more_imitation,
        "verified-tuned": config.fine_tuning,
        "slips-imitator": config.counter_imitation,
    }
    recipe = recipe_of(arm)
    return config.fine_tuning if recipe.startswith("shown-") else own.get(recipe, config.imitation)


def reinforcement_of(config: CompareConfig, arm: str) -> ReinforceConfig:
    """The counts of a reinforced arm; what its algorithm changes of them stands in
    llm_bridge.reinforcement.settings_of."""
    return config.rare_policy_gradient if arm.startswith(RARE) else config.policy_gradient


def arms_of_panels(config: CompareConfig) -> dict[str, tuple[str, ...]]:
    """panel -> its arms: ceiling, and as far as their humans are there, rare and slips."""
    panels = {"ceiling": config.arms}
    if config.rare_human != "none":
        panels["rare"] = tuple(f"{RARE}{arm}" for arm in RARE_ARMS if arm in config.arms)
    if config.counter_human != "none":
        panels["slips"] = ("slips-imitator",)
    return {panel: arms for panel, arms in panels.items() if arms}


def preset(name: TextPreset) -> CompareConfig:
    """The counts of a preset."""
    if name == "tiny":
        return _tiny()
    if name in ("r1-zero", "r1"):
        from llm_bridge.studies import reasoning

        return reasoning(name)
    quick = _quick()
    if name == "quick":
        return quick
    ladder = replace(quick, preset=name, arms=LADDER_ARMS, slips=(0, 30))
    if name == "ladder":
        return ladder
    factor = 2 if name == "standard" else 4
    longer = replace(ladder.policy_gradient, updates=factor * ladder.policy_gradient.updates)
    return replace(ladder, arms=(*LADDER_ARMS, *OTHER_ALGORITHMS), policy_gradient=longer)


def _tiny() -> CompareConfig:
    imitation = ImitationConfig(demonstrations=600, updates=20, batch_size=64, validation=100, evaluations=2)
    policy = ReinforceConfig(updates=4, prompts=8, answers=4, evaluations=2)
    return CompareConfig(
        preset="tiny",
        arms=LADDER_ARMS,
        model=ModelConfig(1, 32, 2, 64, 64),
        imitation=imitation,
        verified=imitation,
        more_imitation=replace(imitation, updates=40),
        fine_tuning=imitation,
        counter_imitation=imitation,
        policy_gradient=policy,
        rare_policy_gradient=policy,
        slips=(30,),
        thinking=ThinkingConfig(
            task="multiplication-2",
            corpus=500,
            base_updates=10,
            demonstrations=500,
            updates=10,
            cold_start=50,
            reinforce_updates=4,
            prompts=4,
            answers=4,
            width=32,
            layers=1,
            most_votes=4,
            problems=10,
        ),
        evaluation=EvaluationConfig(votes=4, pass_at=8, pass_problems=20),
    )


def _quick() -> CompareConfig:
    quick = CompareConfig()
    imitation, policy = quick.imitation, quick.policy_gradient
    many = replace(imitation, demonstrations=100_000)
    return replace(
        quick,
        verified=replace(many, updates=1_200),
        more_imitation=replace(many, updates=1_800),
        fine_tuning=replace(imitation, updates=600, learning_rate=2e-3, evaluations=2),
        counter_imitation=replace(imitation, updates=700, evaluations=2),
        rare_policy_gradient=replace(policy, updates=200, evaluations=4),
        thinking=ThinkingConfig(task="multiplication-4"),
    )
