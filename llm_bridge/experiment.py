"""The language half as an Experiment: who demonstrates, the ladder of arms, and what is measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.experiment import Experiment
from lab.measured import write_measured
from lab.settings import BadSetting, check_numbers
from lab.workers import Desk, Task
from llm_bridge.config import CompareConfig
from llm_bridge.ladder import RUNGS, arms_of, demonstrations_of

SCORE_NAME = "held-out problems answered rightly"
SHARES = ("gae_lambda",)  # settings in [0, 1]


def arithmetic_experiment(config: CompareConfig) -> Experiment:
    """The comparison that `config` describes, as tasks."""
    from llm_bridge.tasks import find_task

    arms = arms_of(config)
    return Experiment(
        world=config.world,
        title=find_task(config.task).title.capitalize(),
        score_name=SCORE_NAME,
        demonstrate=tuple(
            Task(f"demonstrate {human}", "llm_bridge.imitation:demonstrate", human, weight=count / 10_000)
            for human, count in demonstrations_of(config).items()
        ),
        arms=tuple(arms),
        evaluate=(
            *(
                Task(f"score {arm.name}", "llm_bridge.experiment:score_arm", arm.name, (arm.name,), 3.0)
                for arm in arms
            ),
            *(_studies(config) if config.studies else ()),
        ),
    )


def _studies(config: CompareConfig) -> list[Task]:
    """What is measured beyond scores, as far as the arms are there for it, and hard problems."""
    from llm_bridge.studies import study_tasks
    from llm_bridge.tasks import find_task, held_out

    tasks = study_tasks(config)
    if {"imitator", "policy-gradient"} <= set(config.arms):
        needs = ("imitator", "policy-gradient")
        more = tuple(
            task.name for task in tasks if task.argument.endswith((", imitator", ", policy-gradient"))
        )
        measured = ("verified", "own-right", "expert-iteration")
        others = tuple(arm for arm in measured if arm in config.arms)  # in both studies, too
        needs_all = (*needs, *others, *more)
        tasks.append(Task("samples", "llm_bridge.exhibits:show_samples", "", needs, 1.0))
        if any(problem.hard for problem in held_out(find_task(config.task), "test")):
            tasks += [
                Task("pass-at-k", "llm_bridge.exhibits:measure_pass_at_k", "", needs_all, 20.0),
                Task("surprise", "llm_bridge.surprise:find_surprises", "", needs_all, 10.0),
            ]
    if config.thinking.task != "none":
        needs = ("thinking, imitator", "thinking, policy-gradient")
        tasks.append(Task("votes", "llm_bridge.exhibits:measure_thinking", "", needs, 20.0))
    return tasks


def score_arm(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that measures a finished arm on the test problems: greedy, sampled and by votes, by
    category, as `results/score-<arm>.json`."""
    from llm_bridge.evaluation import rate_styles
    from llm_bridge.learning import checkpoint_path, load_model
    from llm_bridge.tasks import find_task, held_out

    task = find_task(config.task)
    problems, model = held_out(task, "test"), load_model(checkpoint_path(folder, arm), config.device)
    desk.tell("score", 0, 1)
    styles, drawn = rate_styles(model, task, problems, config.seed, config.evaluation.votes)
    result: dict[str, Any] = {
        style: {name: score.to_json() for name, score in scores.items()} for style, scores in styles.items()
    }
    length = float(drawn.samples.lengths.mean())
    write_measured(folder, f"score-{arm}", result | {"length": length, "worked": drawn.share("worked")})


def check_config(config: CompareConfig) -> None:
    """Raise UnknownTask, UnknownHuman, AnswersError or BadSetting for settings that no run can start with."""
    from llm_bridge.tasks import find_task, held_out

    task = find_task(config.task)
    for option, human in (("--rare-human", config.rare_human), ("--counter-human", config.counter_human)):
        if human.endswith(".txt"):
            raise BadSetting(
                f"{option} {human}: a panel beside the first needs a human whose chances are known; name a "
                'scripted one, or "none", and give the file to --human'
            )
    for human in (config.human, config.rare_human, config.counter_human):
        _check_human(human, config)
    _check_arms(config)
    check_numbers(config, SHARES, may_be_zero=("gradient.batch-size",))  # 0: all samples at once
    longest = 1 + max(len(problem.prompt) for problem in held_out(task, "test")) + task.max_tokens
    if config.model.positions < longest:
        raise BadSetting(f"--model.positions is {config.model.positions}; {task.name} needs {longest}")
    if config.model.width % config.model.heads or config.model.width // config.model.heads % 2:
        raise BadSetting(
            f"--model.width is {config.model.width}; it must be an even number times --model.heads, "
            f"{config.model.heads}"
        )


def _check_arms(config: CompareConfig) -> None:
    """Raise BadSetting for arms that are none, come twice, or lack what they start from."""
    if len(set(config.arms)) < len(config.arms):
        raise BadSetting(f"--arms {' '.join(config.arms)}: name each arm once")
    for arm in config.arms:
        if arm not in RUNGS:
            raise BadSetting(f"--arms {arm}: there is no such arm; there are: {', '.join(RUNGS)}")
        missing = [name for name in RUNGS[arm].needs if name not in config.arms]
        missing += ["policy-gradient"] if arm == "imitate-rl" and "policy-gradient" not in config.arms else []
        if missing:
            raise BadSetting(f"--arms {arm} starts from {' and '.join(missing)}: name that arm, too")
    if "base" in config.arms and config.base_human == "none":
        raise BadSetting("--arms base: in this run nobody writes the corpus of a base model; leave it out")


def _check_human(human: str, config: CompareConfig) -> None:
    from llm_bridge.answers_file import AnswersError, read_answers
    from llm_bridge.scripted import UnknownHuman, check_knows, describe
    from llm_bridge.tasks import find_task

    if human == "none":
        return
    if human.endswith(".txt"):
        try:
            count = len(read_answers(Path(human), config.model.positions, find_task(config.task)))
        except OSError as error:
            raise AnswersError(f"{human}: there is no such file ({error.strerror})") from None
        if count < 10:
            raise AnswersError(f"{human}: {count} answers are too few to imitate; at least 10 are needed")
        return
    if "." in human:
        raise UnknownHuman(f"a demonstrator is named without a version: {human.partition('.')[0]!r}")
    check_knows(describe(human), find_task(config.task))
