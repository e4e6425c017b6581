"""Who answers, by name: an arm of a run, a model in Hugging Face's layout, a scripted human."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lab.run import RunError, open_run
from lab.runs import resolved
from lab.statistics import Score
from llm_bridge.config import CompareConfig
from llm_bridge.evaluation import answer_by_sampling, answer_greedily, human_lines, rate_styles
from llm_bridge.learning import checkpoint_path, load_model
from llm_bridge.network import LanguageModel
from llm_bridge.scripted import VERSIONS, Distribution, best, check_knows, describe
from llm_bridge.studies import FOLDER as STUDIES
from llm_bridge.studies import studies_of
from llm_bridge.tasks import Problem, Task, held_out


@dataclass(frozen=True)
class Answering:
    """Somebody who answers problems of a task.

    rates: (seed, samples) -> style -> category -> Score on the test problems; ask: (problem, seed, samples)
    -> its likeliest `answer` and how often which of the `samples` was drawn.
    """

    task: Task
    rates: Callable[[int, int], dict[str, dict[str, Score]]]
    ask: Callable[[Problem, int, int], dict[str, Any]]

    def example(self) -> str:
        """A prompt of the task."""
        return held_out(self.task, "test")[0].prompt


def find_answering(name: str, task: Task, device: str = "cpu") -> Answering:
    """Whoever has that name. Raises RunError, UnknownHuman, CheckpointError."""
    if ":" in name:
        return _of_model(load_model(arm_path(*_folder_and_arm(name)), device), task)
    if Path(name).is_dir():
        from llm_bridge.hugging_face import load_pretrained

        return _of_model(load_pretrained(Path(name)), task)
    return _of_human(name, task)


def _folder_and_arm(name: str) -> tuple[Path, str]:
    run, _, arm = name.rpartition(":")
    return Path(run) if Path(run).is_dir() else Path("runs") / run, arm


def task_asked(name: str) -> str:
    """The name of the task that an arm of a run, or of one of its studies, has learned; of anybody else the
    task of the main job. Raises RunError."""
    if ":" not in name:
        return CompareConfig.task
    folder, arm = _folder_and_arm(name)
    arm_path(folder, arm)
    return settings_in(folder).task


def settings_in(folder: Path) -> CompareConfig:
    """The settings under which the arms in a run's folder, or in one of its studies', have learned. Raises
    RunError."""
    if folder.parent.name != STUDIES:
        return resolved(open_run(folder).config, CompareConfig)[0]  # type: ignore[no-any-return]
    studies = studies_of(resolved(open_run(folder.parents[1]).config, CompareConfig)[0])
    if folder.name not in studies:
        raise RunError(f"{folder}: the run has no such study; it has: {', '.join(studies) or 'none'}")
    return studies[folder.name]


def arm_path(folder: Path, arm: str) -> Path:
    """The checkpoint of an arm of a run; raises RunError, which names the arms that there are."""
    path = checkpoint_path(folder, arm)
    if not path.exists():
        seeds = sorted(path.parent.name for path in folder.glob("seed-*/arms"))
        if seeds:
            raise RunError(f"{folder} holds several seeds: write {(folder / seeds[0]).as_posix()}:{arm}")
        there = ", ".join(sorted(p.parent.name for p in folder.glob("arms/*/checkpoint.safetensors")))
        raise RunError(f"{folder} holds no arm {arm!r}; there are: {there or 'none'}")
    return path


def _of_model(model: LanguageModel, task: Task) -> Answering:
    def rates(seed: int, samples: int) -> dict[str, dict[str, Score]]:
        styles, _ = rate_styles(model, task, held_out(task, "test"), seed, samples)
        return {f"{samples} votes" if name == "searched" else name: rates for name, rates in styles.items()}

    def ask(problem: Problem, seed: int, samples: int) -> dict[str, Any]:
        drawn = answer_by_sampling(model, task, [problem], seed, samples)
        answer = answer_greedily(model, task, [problem]).samples.texts[0]
        return {"answer": answer, "samples": dict(Counter(drawn.samples.texts).most_common())}

    return Answering(task, rates, ask)


def _of_human(name: str, task: Task) -> Answering:
    base, _, version = name.partition(".")
    human = describe(base)
    check_knows(human, task)
    if version not in ("", *VERSIONS):
        raise RunError(f"{name}: a human has the versions {', '.join(VERSIONS)}")

    def rates(seed: int, samples: int) -> dict[str, dict[str, Score]]:
        lines = human_lines(human, held_out(task, "test"))
        return {line: scores for line, scores in lines.items() if version in ("", line)}

    def ask(problem: Problem, seed: int, samples: int) -> dict[str, Any]:
        someone = human.careful if version == "careful" else human
        chances: Distribution = someone.distribution(problem)
        if version == "best":
            chances = best(chances)
        random = np.random.default_rng([seed, 7])
        texts, shares = list(chances), list(chances.values())
        drawn = Counter(texts[int(i)] for i in random.choice(len(texts), samples, p=shares))
        return {"answer": max(chances, key=lambda text: chances[text]), "samples": dict(drawn.most_common())}

    return Answering(task, rates, ask)
