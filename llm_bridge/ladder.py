"""The ladder of arms, one ingredient at a time: where each starts, what it adds, which task learns it."""

from __future__ import annotations

from lab.experiment import Arm, Rung
from lab.workers import Task
from llm_bridge.config import (
    RARE,
    CompareConfig,
    arms_of_panels,
    human_of,
    imitation_of,
    recipe_of,
    reinforcement_of,
)

IMITATE = "llm_bridge.imitation:imitate"
REINFORCE = "llm_bridge.reinforcement:reinforce"
RL_TEACHER = "policy-gradient"  # whom imitate-rl imitates


RUNGS = {
    rung.name: rung
    for rung in (
        Rung("base", "base model", "scratch", "predict a small corpus of texts (pre-training)", IMITATE),
        Rung("imitator", "imitator", "scratch", "imitate all answers (supervised fine-tuning)", IMITATE),
        Rung(
            "verified",
            "verified only",
            "scratch",
            "imitate the demonstrations that the verifier accepts, and only those",
            IMITATE,
        ),
        Rung(
            "verified-tuned",
            "verified, tuned",
            "imitator",
            "the same as a fine-tune of the imitator",
            IMITATE,
            ("imitator",),
        ),
        Rung(
            "own-right",
            "own right answers",
            "imitator",
            "imitate one's own right answers, sampled and verified",
            REINFORCE,
            ("imitator",),
        ),
        Rung(
            "policy-gradient",
            "policy gradient",
            "imitator",
            "push the wrong ones down as well (REINFORCE, relative to the other samples)",
            REINFORCE,
            ("imitator",),
        ),
        Rung(
            "grpo",
            "GRPO",
            "imitator",
            "the same, weighed by the group's deviation",
            REINFORCE,
            ("imitator",),
        ),
        Rung(
            "ppo",
            "PPO",
            "imitator",
            "a critic in the place of the other samples",
            REINFORCE,
            ("imitator",),
            note="At about the others' CPU time, not at their number of checked answers.",
        ),
        Rung(
            "expert-iteration",
            "expert iteration",
            "imitator",
            "rounds of samples, the right and short ones imitated",
            REINFORCE,
            ("imitator",),
        ),
        Rung(
            "r1-zero",
            "R1-Zero",
            "base",
            "reinforcement of the base model, nothing imitated",
            REINFORCE,
            ("base",),
        ),
        Rung(
            "cold-start",
            "cold start",
            "base",
            "imitate a few worked answers",
            IMITATE,
            ("base",),
        ),
        Rung(
            "r1",
            "R1",
            "cold-start",
            "reinforcement of the cold start",
            REINFORCE,
            ("cold-start",),
        ),
        Rung(
            "more-imitation",
            "more imitation",
            "scratch",
            "control: more of the same demonstrations, at about the others' cost",
            IMITATE,
            control=True,
        ),
        Rung(
            "shown-512",
            "512 answers shown",
            "imitator",
            "control: 512 true answers shown, hard ones among them",
            IMITATE,
            ("imitator",),
            control=True,
        ),
        Rung(
            "shown-4096",
            "4,096 answers shown",
            "imitator",
            "control: 4,096 true answers shown",
            IMITATE,
            ("imitator",),
            control=True,
        ),
        Rung(
            "imitate-rl",
            "imitator of the policy gradient",
            "scratch",
            "control: another teacher, this run's policy gradient",
            IMITATE,
            control=True,
        ),
    )
}


def arms_of(config: CompareConfig) -> list[Arm]:
    """The arms of all panels, those that take longest first."""
    arms = [arm for panel in arms_of_panels(config).values() for arm in panel]
    return sorted((_arm(name, config) for name in arms), key=lambda arm: -arm.learn.weight)


def _arm(name: str, config: CompareConfig) -> Arm:
    recipe = recipe_of(name)
    rung = RUNGS["imitator" if recipe == "slips-imitator" else recipe]
    starts = start_of(name, config)
    needs: tuple[str, ...] = () if starts == "scratch" else (starts,)
    if rung.function == IMITATE:
        needs += _lessons_from(name, config)
    return Arm(name, starts, rung.ingredient, Task(name, rung.function, name, needs, _weight(name, config)))


def start_of(arm: str, config: CompareConfig) -> str:
    """The arm whose model an arm begins with, or "scratch"."""
    recipe = recipe_of(arm)
    starts = RUNGS[recipe].starts if recipe in RUNGS else "scratch"
    if starts == "scratch":
        return "base" if config.base_human != "none" and recipe != "base" else "scratch"
    return f"{RARE}{starts}" if arm.startswith(RARE) else starts


def _lessons_from(arm: str, config: CompareConfig) -> tuple[str, ...]:
    """The tasks that write what an imitator learns from."""
    recipe = recipe_of(arm)
    if recipe == "imitate-rl":
        return (RL_TEACHER,)
    if recipe.startswith("shown-"):
        return ()
    human = human_of(config, arm)
    return () if human.endswith(".txt") else (f"demonstrate {human}",)


def demonstrations_of(config: CompareConfig) -> dict[str, int]:
    """human -> how many answers it writes: as many as the hungriest of its imitators takes."""
    counts: dict[str, int] = {}
    for arm in (arm for panel in arms_of_panels(config).values() for arm in panel):
        rung = RUNGS.get(recipe_of(arm), RUNGS["imitator"])
        if rung.function == IMITATE and _lessons_from(arm, config) != () and recipe_of(arm) != "imitate-rl":
            human = human_of(config, arm)
            counts[human] = max(counts.get(human, 0), imitation_of(config, arm).demonstrations)
    return counts


def ancestors(arm: str, config: CompareConfig) -> set[str]:
    """Every arm whose learning an arm stands on."""
    starts = start_of(arm, config)
    return set() if starts == "scratch" else {starts} | ancestors(starts, config)


def _weight(arm: str, config: CompareConfig) -> float:
    """About how many CPU seconds an arm takes, for the display and the order alone."""
    if RUNGS.get(recipe_of(arm), RUNGS["imitator"]).function == REINFORCE:
        trials = reinforcement_of(config, arm)
        return trials.updates * trials.prompts * trials.answers / 12_000
    settings = imitation_of(config, arm)
    return settings.updates * settings.batch_size / 6_000
