"""The subcommands for humans and models that are there: demonstrate, evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lab.commands.common import Common, UsageError, command_line, new_folder, write_json

if TYPE_CHECKING:
    from llm_bridge.agents import Answering


@dataclass(frozen=True)
class Demonstrate(Common):
    """Write a scripted human's answers as a readable file, which `imitate --human FILE` takes back."""

    world: str = "arithmetic"
    task: str = "addition-2"
    """What is asked: addition-N, subtraction-N, multiplication-N, expressions-N, chains-N."""
    human: str = "zero-support"
    answers: int = 1_000


@dataclass(frozen=True)
class Evaluate(Common):
    """Measure a model or a human on held-out problems, or ask a model something."""

    world: str = "arithmetic"
    agent: str = "careless"
    """RUN:ARM, RUN/studies/STUDY:ARM, a folder in Hugging Face's layout, or a human (.recorded, .best,
    .careful)."""
    task: str = ""
    """What is asked; by default what the run's arm has learned, and addition-2 of anybody else."""
    prompt: tuple[str, ...] = ()
    """Problems to be answered, "37+58=", in the place of the held-out ones."""
    samples: int = 16
    """Samples a problem, which also vote."""


@dataclass(frozen=True)
class Export:
    """Save an arm of a run in Hugging Face's layout, for transformers.LlamaForCausalLM.from_pretrained."""

    run: Annotated[Path, tyro.conf.Positional]
    """Its folder, or RUN/studies/STUDY."""
    arm: Annotated[str, tyro.conf.Positional]
    out: Annotated[Path, tyro.conf.Positional]
    """A new folder."""
    world: str = "arithmetic"


def export(command: Export) -> None:
    """Write the folder, whole or not at all. Raises RunError, CheckpointError, PretrainedError."""
    from llm_bridge.agents import arm_path, settings_in
    from llm_bridge.hugging_face import save_pretrained
    from llm_bridge.learning import load_model

    settings_in(command.run)
    save_pretrained(command.out, load_model(arm_path(command.run, command.arm)))
    console = Console(highlight=False)
    console.print(f"{command.out}: model, tokenizer and settings for transformers", soft_wrap=True)


def demonstrate(command: Demonstrate) -> None:
    """Write a scripted human's answers to a file. Raises UnknownTask, UnknownHuman and UsageError."""
    import numpy as np

    from llm_bridge.answers_file import Answers, write_answers
    from llm_bridge.imitation import support
    from llm_bridge.scripted import check_knows, describe
    from llm_bridge.tasks import draw_problems, find_task

    task, writer = find_task(command.task), describe(command.human)
    check_knows(writer, task)
    if command.answers < 1:
        raise UsageError(f"--answers is at least 1, not {command.answers}")
    path = command.out or Path(f"{command.human}-{command.task}-{command.answers}.txt")
    if path.exists():
        raise UsageError(f"{path} exists already and is never overwritten: name another file by --out")
    random = np.random.default_rng([command.seed, 1])
    problems = draw_problems(task, "train", random, command.answers)
    pairs = [(problem.prompt, writer.sample(problem, random)) for problem in problems]
    told = support(problems, pairs, task)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_answers(path, Answers(pairs), f"{command.human} on {task.name}: {told}; {command_line()}")
    Console().print(f"{len(pairs)} answers, {told}: {path}", highlight=False, soft_wrap=True)
    if command.json:
        write_json(command.json, {"file": str(path), "answers": len(pairs), "support": told})


def evaluate(command: Evaluate) -> None:
    """Measure a model or a human, or ask it. Raises UnknownTask, UnknownHuman, RunError, UsageError."""
    from llm_bridge.agents import find_answering, task_asked
    from llm_bridge.tasks import find_task

    if command.samples < 1:
        raise UsageError(f"--samples is at least 1, not {command.samples}")
    task = find_task(command.task or task_asked(command.agent))
    answering = find_answering(command.agent, task)
    folder = new_folder(command)
    result = _asked(command, answering) if command.prompt else _measured(command, answering)
    if folder:
        write_json(folder / "evaluation.json", result)
    if command.json:
        write_json(command.json, result)


def _measured(command: Evaluate, answering: Answering) -> dict[str, Any]:
    """Scores on the test problems, by category."""
    right = answering.rates(command.seed, command.samples)
    table = Table(
        title=f"{command.agent} on {answering.task.name}", title_justify="left", caption="% right [95 %]"
    )
    table.add_column("answers")
    names = list(dict.fromkeys(name for scores in right.values() for name in scores))
    for name in names:
        table.add_column(name, justify="right")
    for style, scores in right.items():
        table.add_row(style, *(_percent(scores[name]) if name in scores else "-" for name in names))
    Console().print(table)
    told = {style: {n: score.to_json() for n, score in scores.items()} for style, scores in right.items()}
    return {"schema": "move37-answers/1", "agent": command.agent, "task": answering.task.name, "right": told}


def _percent(score: Any) -> str:
    return f"{100 * score.rate:.1f} [{100 * score.low:.1f}, {100 * score.high:.1f}]"


def _asked(command: Evaluate, answering: Answering) -> dict[str, Any]:
    """What is answered to the prompts of the command line."""
    rows = []
    for prompt in command.prompt:
        problem = answering.task.parse(prompt)
        if problem is None:
            example = answering.example()
            raise UsageError(
                f"--prompt {prompt!r} is no problem of {answering.task.name}; one looks like {example!r}"
            )
        rows.append(
            {
                "prompt": prompt,
                "right": problem.answer,
                **answering.ask(problem, command.seed, command.samples),
            }
        )
    console = Console(highlight=False)
    for row in rows:
        counts = ", ".join(f"{escape(text) or '(nothing)'} {n}" for text, n in row["samples"].items())
        mark = "[green]✓[/]" if row["answer"].rpartition("#")[2] == row["right"] else "[red]✗[/]"
        console.print(
            f"{mark} {row['prompt']}[bold]{escape(row['answer'])}[/]   samples: {counts}", soft_wrap=True
        )
    return {"schema": "move37-answers/1", "agent": command.agent, "task": answering.task.name, "asked": rows}
