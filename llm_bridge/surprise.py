"""Move 37 in text: answers that the teachers would not have written, and how many of them are right.

Two kinds, each beside its base rate and a control:

certificates  answers to hard problems that the teachers' procedure cannot give, slips apart: their chance
              under it is exactly 0, and no demonstration shows one, the problems being held out; beside the
              share of right ones among all such answers of the right length (of expressions, Countdown's,
              nobody has counted them: there it is None, and there is no writer of random digits).
lines         answers of the study on thinking that the recorded crowd would have written with a chance
              below the threshold; beside how many it cannot write at all, slips and all.

What tells is `right` against `equally_rare`, and the searched (voting) imitator beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.curve import curve_path, read_curve
from lab.measured import write_measured
from lab.result_rows import last_row
from lab.statistics import Score
from lab.workers import Desk
from llm_bridge.config import CompareConfig
from llm_bridge.evaluation import answer_by_sampling, answer_greedily, chance_of, elected, rate
from llm_bridge.learning import checkpoint_path, load_model
from llm_bridge.meter import births_of
from llm_bridge.network import LanguageModel
from llm_bridge.scripted import Writer, describe, is_ruled_out, possible_answers
from llm_bridge.studies import THINKING, studies_of, study_folder
from llm_bridge.tasks import Problem, Task, few, find_task, held_out

THRESHOLD = 1e-4
SHOWN = 6  # of the rarest right answers
LEARNERS = ("policy-gradient", "expert-iteration", "own-right")
Row = dict[str, Any]


def find_surprises(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that counts surprising answers, as `results/surprise.json`. Raises CheckpointError."""
    if config.human.endswith(".txt"):
        return  # nobody knows what its writers could not have written
    task, human = find_task(config.task), describe(config.human)
    problems = [problem for problem in held_out(task, "test") if problem.hard]
    certificates, texts = [], []
    if _in_digits(problems):
        certificates.append(_random(task, human, problems))
    for number, arm in enumerate(("imitator", *(arm for arm in LEARNERS if arm in config.arms))):
        desk.leave_if_stopping()
        desk.tell("certificates", number, 1 + len(LEARNERS), detail=arm)
        model = load_model(checkpoint_path(folder, arm), config.device)
        for style, answers in _answers(model, task, problems, config).items():
            certificates.append(_row(f"{arm}, {style}", human, problems, answers))
            if arm != "imitator" and style == "greedy":
                texts += _rarest(folder, arm, human, problems, answers, config)
    result = {
        "threshold": THRESHOLD,
        "certificates": certificates,
        "lines": _lines(folder, config, desk),
        "boards": [],
        "texts": texts,
        "birth": _births(folder, config, problems),
    }
    write_measured(folder, "surprise", result)


def _answers(
    model: LanguageModel, task: Task, problems: list[Problem], config: CompareConfig
) -> dict[str, list[str]]:
    """One answer to every problem, in three ways."""
    each = config.evaluation.votes
    drawn = answer_by_sampling(model, task, problems, config.seed, each)
    return {
        "sampled": drawn.samples.texts[::each],
        "with votes": elected(drawn, problems),
        "greedy": answer_greedily(model, task, problems).samples.texts,
    }


def _row(who: str, human: Writer, problems: Sequence[Problem], answers: Sequence[str]) -> Row:
    """The counts of one answer to each problem; what has not the form asked for surprises nobody."""
    possible, told = possible_answers(human, problems), list(zip(problems, answers, strict=True))
    hit = np.array([is_ruled_out(possible, problem, answer) for problem, answer in told])
    right = np.array([problem.accepts(answer.rpartition("#")[2]) for problem, answer in told])
    return {
        "player": who,
        "positions": len(problems),
        "surprises": rate(problems, hit)["all"].to_json(),
        "right": _rate_where(hit, problems, right),
        "equally_rare": _base_rate(human, problems).to_json() if _in_digits(problems) else None,
        "text": None,
    }


def _rate_where(
    rows: NDArray[np.bool_], problems: Sequence[Problem], right: NDArray[np.bool_]
) -> dict[str, float | int] | None:
    """The share of right answers among those rows, None where there is none."""
    some = [problems[int(number)] for number in np.flatnonzero(rows)]
    return rate(some, right[rows])["all"].to_json() if some else None


def _in_digits(problems: Sequence[Problem]) -> bool:
    """Whether so many digits are asked for, of which all answers can be counted; else expressions are."""
    return all(problem.target is None for problem in problems)


def _base_rate(human: Writer, problems: Sequence[Problem]) -> Score:
    """The share of right ones among all answers of the right length that are ruled out."""
    possible, shares = possible_answers(human, problems), []
    for problem in problems:
        size = len(problem.answer)
        others = 10**size - sum(len(answer) == size for answer in possible[problem.prompt])
        shares.append((problem.answer not in possible[problem.prompt]) / others)
    return rate(problems, np.array(shares))["all"]


def _random(task: Task, human: Writer, problems: Sequence[Problem]) -> Row:
    """The writer of random digits: the base rate."""
    random = np.random.default_rng([9])
    drawn = [f"{int(random.integers(10**task.digits)):0{task.digits}}" for _ in problems]
    return _row("random digits", human, problems, drawn)


def _rarest(
    folder: Path, arm: str, human: Writer, problems: list[Problem], answers: list[str], config: CompareConfig
) -> list[dict[str, str]]:
    """The right answers of an arm that were least likely under the imitator it started from."""
    imitator = load_model(checkpoint_path(folder, "imitator"), config.device)
    possible = possible_answers(human, problems)
    found = [
        (problem, answer)
        for problem, answer in zip(problems, answers, strict=True)
        if problem.accepts(answer) and answer not in possible[problem.prompt]
    ]
    if not found:
        return []
    chances = chance_of(imitator, [(problem.prompt, answer) for problem, answer in found])
    order = np.argsort(chances, kind="stable")[:SHOWN]
    return [
        {
            "caption": f"{arm}: no teacher could have written it; the imitator gave it {_chance(chances[n])}",
            "prompt": found[n][0].prompt,
            "text": found[n][1],
        }
        for n in order
    ]


def _chance(chance: float) -> str:
    return f"one chance in {round(1 / chance):,}" if chance > 0 else "no chance"


# --- worked answers ---


def _lines(folder: Path, config: CompareConfig, desk: Desk) -> list[Row]:
    """Answers of the study on thinking whose chance in the crowd is below the threshold."""
    studies = studies_of(config)
    if THINKING not in studies:
        return []
    settings, place = studies[THINKING], study_folder(folder, THINKING)
    task, human = find_task(settings.task), describe(settings.human)
    problems = few(held_out(task, "test"), config.evaluation.pass_problems, config.seed)
    rows: dict[str, Row] = {}
    for arm in ("imitator", "policy-gradient"):
        desk.leave_if_stopping()
        desk.tell("lines", len(rows), 2, detail=arm)
        model = load_model(checkpoint_path(place, arm), config.device)
        texts = answer_by_sampling(model, task, problems, config.seed).samples.texts
        rows[arm] = _line_row(arm, human, problems, texts)
    # as rare, but of whoever has learned nothing of right and wrong
    rows["policy-gradient"]["equally_rare"] = rows["imitator"]["right"]
    return list(rows.values())


def _line_row(arm: str, human: Writer, problems: Sequence[Problem], texts: Sequence[str]) -> Row:
    chances = np.array(
        [human.distribution(p).get(text, 0.0) for p, text in zip(problems, texts, strict=True)]
    )
    right = np.array([p.accepts(text.rpartition("#")[2]) for p, text in zip(problems, texts, strict=True)])
    rare = chances < THRESHOLD
    return {
        "player": f"{arm}, sampled",
        "positions": len(problems),
        "surprises": rate(problems, rare)["all"].to_json(),
        "right": _rate_where(rare, problems, right),
        "equally_rare": None,
        "text": f"{int((chances == 0).sum())} of {len(texts)} answers the crowd cannot write, slips and all",
    }


# --- births ---


def _births(folder: Path, config: CompareConfig, problems: list[Problem]) -> list[dict[str, Any]]:
    """The chance of a few right answers over the learning of the policy gradient."""
    rows = [row for row in read_curve(curve_path(folder, "policy-gradient")) if "score/rate" in row.tags]
    start = last_row(folder, "imitator")
    born = []
    for problem in births_of(problems):
        points = [
            {
                "cpu_seconds": row.cpu_seconds if row.arm != "imitator" else 0.0,
                "games": row.games if row.arm != "imitator" else 0,
                "probability": min(1.0, float(row.tags[f"birth/{problem.prompt}"])),  # type: ignore[arg-type]
            }
            for row in (start, *rows)
            if f"birth/{problem.prompt}" in row.tags
        ]
        label = f"{problem.prompt}{problem.answer}"
        caption = "The chance of the right answer, from the imitator on."
        born.append({"label": label, "caption": caption, "points": points})
    return born
