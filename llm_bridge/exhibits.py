"""What is shown beyond scores: pass@k, answers before and after, votes and allowed length, discovery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.curve import curve_path, read_curve
from lab.measured import read_measured, write_measured
from lab.statistics import Score, exact_interval
from lab.tensorboard_log import write_texts
from lab.workers import Desk
from llm_bridge.config import CompareConfig
from llm_bridge.evaluation import Judged, answer_by_sampling, answer_greedily, elected, pass_at_k, rate
from llm_bridge.ladder import RUNGS, start_of
from llm_bridge.learning import checkpoint_path, load_model
from llm_bridge.network import LanguageModel
from llm_bridge.studies import DIRECT, THINKING, THINKING_ARMS, studies_of, study_folder
from llm_bridge.tasks import Problem, Task, few, find_task, held_out

GROWS = 1.05  # answers have grown that are so much longer, as the report says it
SHOWN = 8  # problems whose answers are shown before and after
DISCOVERERS = ("policy-gradient", "expert-iteration", "own-right", "grpo", "ppo")
SUCCESS = 0.5  # hard problems answered rightly, greedily: from here on the missing step counts as discovered
LABELS = {
    "base": "base model",
    "imitator": "imitator (SFT)",
    "policy-gradient": "policy gradient (RL)",
    "verified": "verified answers",
    "expert-iteration": "expert iteration (RL)",
}


def _model(folder: Path, arm: str, config: CompareConfig) -> LanguageModel:
    return load_model(checkpoint_path(folder, arm), config.device)


# --- samples ---


def show_samples(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that keeps what the imitator and the policy gradient answer, greedily, to a few test
    problems, half of them hard, as `results/samples.json`."""
    task = find_task(config.task)
    problems = few(held_out(task, "test"), SHOWN, config.seed)
    before, after = (
        answer_greedily(_model(folder, arm, config), task, problems)
        for arm in ("imitator", "policy-gradient")
    )
    rows = [
        {
            "prompt": problem.prompt,
            "answer": problem.answer,
            "before": [_told(before, number)],
            "after": [_told(after, number)],
        }
        for number, problem in enumerate(problems)
    ]
    write_measured(folder, "samples", rows)
    write_texts(folder / "tensorboard" / "samples", {"samples/before and after": _as_table(rows)})


def _as_table(rows: list[dict[str, Any]]) -> str:
    """The samples as a table in Markdown, for TensorBoard."""
    lines = ["| problem | right | imitator | policy gradient |", "|---|---|---|---|"]
    for row in rows:
        told = (_marked(row[when][0]) for when in ("before", "after"))
        lines.append(f"| `{row['prompt']}` | `{row['answer']}` | {' | '.join(told)} |")
    return "\n".join(lines)


def _marked(answer: dict[str, Any]) -> str:
    return f"`{answer['text']}` {'✓' if answer['correct'] else '✗'}"


def _told(judged: Judged, number: int) -> dict[str, Any]:
    return {"text": judged.samples.texts[number], "correct": judged.verdicts[number].correct}


# --- pass@k ---


def measure_pass_at_k(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that measures pass@k of the imitator and of what learned from it, on hard test problems of
    the run and on those of the study on thinking, as `results/pass-at-k.json`."""
    learned: tuple[str, ...] = ("imitator", "verified", "policy-gradient", "expert-iteration")
    where = [(folder, config, learned)]
    studies = studies_of(config)
    if THINKING in studies:
        learned = ("base", "imitator", "policy-gradient")
        where.append((study_folder(folder, THINKING), studies[THINKING], learned))
    entries: list[dict[str, Any]] = []
    for place, settings, arms in where:
        task = find_task(settings.task)
        hard = [problem for problem in held_out(task, "test") if problem.hard]
        problems = few(hard, config.evaluation.pass_problems, config.seed)
        for arm in (arm for arm in arms if checkpoint_path(place, arm).exists()):
            desk.leave_if_stopping()
            desk.tell("pass@k", len(entries), 7, detail=f"{arm} on {task.name}")
            right = _drawn(_model(place, arm, settings), task, problems, config)
            entries.append(
                {
                    "arm": arm,
                    "label": LABELS[arm],
                    "task": f"{task.title}, {task.hard_name}",
                    "points": [
                        {"k": k, "score": _at(problems, right, k).to_json()}
                        for k in doublings(right.shape[1])
                    ],
                }
            )
    write_measured(folder, "pass-at-k", entries)


def _drawn(
    model: LanguageModel, task: Task, problems: list[Problem], config: CompareConfig
) -> NDArray[np.bool_]:
    """Whether each of `pass_at` samples is right, [P, K]."""
    each = config.evaluation.pass_at
    return answer_by_sampling(model, task, problems, config.seed, each).correct.reshape(len(problems), each)


def _at(problems: list[Problem], right: NDArray[np.bool_], k: int) -> Score:
    return rate(problems, pass_at_k(right, k))["all"]


def doublings(most: int) -> list[int]:
    """1, 2, 4, ... up to `most`."""
    return [2**i for i in range(most.bit_length()) if 2**i <= most]


# --- thinking ---


def measure_thinking(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that measures accuracy by votes and by allowed length, as `results/thinking.json`."""
    settings, place = studies_of(config)[THINKING], study_folder(folder, THINKING)
    own, task = config.thinking, find_task(settings.task)
    problems = few(held_out(task, "test"), own.problems, config.seed)
    votes: list[dict[str, Any]] = []
    allowed: list[dict[str, Any]] = []
    for arm in ("imitator", "policy-gradient"):
        desk.leave_if_stopping()
        desk.tell("votes", len(votes), 2, detail=arm)
        judged = answer_by_sampling(_model(place, arm, settings), task, problems, config.seed, own.most_votes)
        votes += [{"arm": arm, **point} for point in _by_votes(judged, problems, own.most_votes)]
        allowed += [{"arm": arm, **point} for point in _by_length(judged, task, problems)]
    write_measured(folder, "thinking", {"votes": votes, "allowed": allowed})


def _by_votes(judged: Judged, problems: list[Problem], most: int) -> list[dict[str, Any]]:
    """The share of problems that a majority of the first 1, 4, 16, ... samples answers rightly."""
    points = []
    for count in (4**i for i in range(most.bit_length()) if 4**i <= most):
        told = zip(elected(judged, problems, count), problems, strict=True)
        right = np.array([problem.accepts(answer) for answer, problem in told])
        points.append({"votes": count, "score": rate(problems, right)["all"].to_json()})
    return points


def _by_length(judged: Judged, task: Task, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """The share of right answers where whatever is longer than allowed is cut off, and so wrong."""
    lengths, right = judged.samples.lengths, judged.correct
    return [
        {"tokens": tokens, "score": rate(problems, right & (lengths <= tokens))["all"].to_json()}
        for tokens in sorted({*range(task.digits + 1, task.max_tokens, 3), task.max_tokens})
    ]


def thinking_field(folder: Path, config: CompareConfig) -> dict[str, Any] | None:
    """The `thinking` field of a world (docs/result.md); None where there was no such study."""
    studies, measured = studies_of(config), read_measured(folder, "thinking")
    if THINKING not in studies or measured is None:
        return _own_thinking(folder, config)
    place = study_folder(folder, THINKING)
    score = read_measured(place, "score-policy-gradient")
    other = None
    if DIRECT in studies:
        points = lengths(study_folder(folder, DIRECT))
        other = {"task": find_task(studies[DIRECT].task).title, "points": points, "text": reason(points)}
    return {
        "task": find_task(studies[THINKING].task).title,
        "arm": "policy-gradient",
        "human": _recorded(studies[THINKING]),
        "points": lengths(place),
        **measured,
        "text": f"At the end {100 * score['sampled']['all']['rate']:.1f} % of sampled answers are right, "
        f"{100 * score['greedy']['all']['rate']:.1f} % of greedy ones.",
        "other": other,
        "stages": stages(place, studies[THINKING]),
    }


def _own_thinking(folder: Path, config: CompareConfig) -> dict[str, Any] | None:
    """The same of a run that is itself R1-Zero or R1."""
    arm = next((arm for arm in ("r1", "r1-zero") if arm in config.arms), None)
    if arm is None or config.human.endswith(".txt"):
        return None
    return {
        "task": find_task(config.task).title,
        "arm": arm,
        "human": _recorded(config),
        "points": lengths(folder, arm),
        "votes": [],
        "allowed": [],
        "text": None,
        "other": None,
        "stages": stages(folder, config),
    }


def stages(place: Path, config: CompareConfig) -> list[dict[str, Any]]:
    """What became of each arm of a comparison of answers that may show their working."""
    found = [(arm, read_measured(place, f"score-{arm}")) for arm in THINKING_ARMS]
    return [
        {
            "arm": arm,
            "title": RUNGS[arm].title,
            "starts": start_of(arm, config),
            **{style: score[style]["all"] for style in ("greedy", "sampled")},
            **{name: score[name] for name in ("length", "worked")},
        }
        for arm, score in found
        if score is not None
    ]


def reason(points: list[dict[str, Any]]) -> str | None:
    """Why answers do not grow longer where working is not needed; None where they did grow."""
    first, last = points[0], points[-1]
    if last["length"] > GROWS * first["length"]:
        return None
    direct, right = 100 * (1 - last["worked"]), 100 * last["correct"]
    return (
        f"There {direct:.0f} % are answered without working, and {right:.0f} % rightly: length pays nothing."
    )


def _recorded(config: CompareConfig) -> dict[str, Any]:
    """The line, as recorded, of a study's human."""
    from llm_bridge.evaluation import human_lines
    from llm_bridge.scripted import describe

    return human_lines(describe(config.human), held_out(find_task(config.task), "test"))["recorded"][
        "all"
    ].to_json()


def lengths(place: Path, arm: str = "policy-gradient") -> list[dict[str, Any]]:
    """Right and worked answers and their mean length over an arm's updates, of the samples that it learned
    from."""
    points = []
    for row in read_curve(curve_path(place, arm)):
        tags = row.tags
        if "samples/correct" in tags:
            shares = {name: float(tags[f"samples/{name}"]) for name in ("correct", "worked")}  # type: ignore[arg-type]
            points.append({"update": row.step, **shares, "length": float(tags["samples/length"])})  # type: ignore[arg-type]
    return points


# --- over seeds ---


def discovery_field(worlds: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The `discovery` field of the worlds of several seeds (docs/result.md): on how many the policy gradient
    answers at least half of the hard problems, with the exact interval of that share.

    None where a demonstration may have been right, or nobody reinforced.
    """
    mine, theirs = _by_seed(worlds, "policy-gradient"), _by_seed(worlds, "imitator")
    if not all(world["zero_support"] for world in worlds) or not mine or not theirs:
        return None
    rows = [
        {
            "seed": world["seed"],
            "greedy": own["all"],
            "hard": own["hard"],
            "imitator_hard": copy["hard"],
            "success": _discovered(own),
        }
        for world, own, copy in zip(worlds, mine, theirs, strict=True)
    ]
    successes = sum(row["success"] for row in rows)
    low, high = exact_interval(successes, len(rows))
    told = (_told_of(arm, _by_seed(worlds, arm)) for arm in DISCOVERERS)
    return {
        "seeds": rows,
        "successes": successes,
        "low": low,
        "high": high,
        "threshold": SUCCESS,
        "text": "; ".join(words for words in told if words) or None,
    }


def _by_seed(worlds: list[dict[str, Any]], arm: str) -> list[dict[str, Any]]:
    """An arm's greedy scores by category on every seed, [] where a seed has not got the arm."""
    name = f"{arm}, greedy"
    found = [
        row["categories"]
        for world in worlds
        for row in world["panels"][0]["mistakes"]
        if row["player"] == name and "hard" in row["categories"]
    ]
    return found if len(found) == len(worlds) else []


def _discovered(scores: dict[str, Any]) -> bool:
    return bool(scores["hard"]["rate"] >= SUCCESS)


def _told_of(arm: str, scores: list[dict[str, Any]]) -> str:
    """On how many seeds an arm discovers, and how little it answers rightly in all where it does."""
    if not scores:
        return ""
    found = [score for score in scores if _discovered(score)]
    least = min((100 * score["all"]["rate"] for score in found), default=None)
    words = "" if least is None else f", of all problems {least:.0f} % or more there"
    low, high = exact_interval(len(found), len(scores))
    return f"{arm} on {len(found)} of {len(scores)} seeds [{100 * low:.0f}–{100 * high:.0f} %]{words}"
