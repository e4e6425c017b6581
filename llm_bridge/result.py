"""From the files of a finished run to its result (docs/result.md): tables, curves, claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.claims import LINES
from lab.curve import curve_path, read_curve
from lab.measured import measured_path, read_imitation, read_measured
from lab.result_rows import SERIES, curve_points, headline_row, last_row
from lab.shipped import bands_of
from llm_bridge.claims import claims_of
from llm_bridge.config import CompareConfig, arms_of_panels, recipe_of
from llm_bridge.evaluation import human_lines
from llm_bridge.exhibits import thinking_field
from llm_bridge.experiment import SCORE_NAME
from llm_bridge.ladder import IMITATE, REINFORCE, RUNGS
from llm_bridge.ladder_result import checks_of, costs_of, ladder_field, worth_of_shown
from llm_bridge.scripted import Crowd, describe
from llm_bridge.studies import SLIPS, studies_of, study_folder
from llm_bridge.tasks import find_task, held_out

STUDIES = {"pass_at_k": "pass-at-k", "samples": "samples", "surprise": "surprise"}  # field -> results/
WORDS = {
    "lesson": "answer",
    "lessons": "answers",
    "problem": "problem",
    "problems": "problems",
    "choice": "answer",
    "choices": "answers",
    "aid": "votes",
    "with_aid": "with votes",
    "aid_unit": "samples",
}


def arithmetic_world(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    """The `worlds` entry of a finished run of those arms."""
    panels = [
        _panel(folder, config, panel, tuple(arm for arm in names if arm in arms))
        for panel, names in arms_of_panels(config).items()
        if set(names) & set(arms)
    ]
    task = find_task(config.task)
    rungs = [name for name in RUNGS if name in arms]
    return {
        "world": config.world,
        "title": f"Arithmetic: {task.title}",
        "score_name": SCORE_NAME,
        "optimum": 1.0,
        "chance": None,
        "words": WORDS,
        "panels": panels,
        "ladder": ladder_field(folder, config, rungs) if len(rungs) > 1 else None,
        "bands": bands_of(config) or None,
        "zero_support": _zero_support(config),
        "algorithms": _algorithms(folder, config, rungs),
        "teacher_slips": _teacher_slips(folder, config, arms),
        "thinking": thinking_field(folder, config),
        "shown_worth": worth_of_shown(folder, rungs),
        **{field: read_measured(folder, name) for field, name in STUDIES.items()},
    }


def _zero_support(config: CompareConfig) -> bool:
    """Whether no demonstration of the main panel can be right on a hard problem."""
    if config.human.endswith(".txt"):
        return False
    someone = describe(config.human)
    return isinstance(someone, Crowd) and someone.without_hard_answers


def _algorithms(folder: Path, config: CompareConfig, rungs: list[str]) -> list[dict[str, Any]] | None:
    """The arms that learn from their own samples, side by side; None where there are not two."""
    learners = [name for name in rungs if RUNGS[name].function == REINFORCE]
    rows = []
    for name in learners:
        score, last = read_measured(folder, f"score-{name}"), last_row(folder, name)
        scores = {style: score[style]["all"] for style in ("greedy", "sampled")}
        cost = {"verifier_calls": last.games, "cpu_seconds": last.cpu_seconds}
        rows.append(
            {"arm": name, "title": RUNGS[name].title, **scores, **cost, "note": RUNGS[name].note or None}
        )
    return rows if len(rows) > 2 else None


def _teacher_slips(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> list[dict[str, Any]] | None:
    """The sloppy-teacher dial: the main panel beside its studies with other slips, fewest first; None where
    they were not made, as on all seeds but the first."""
    humans = {config.human: folder}
    humans |= {
        settings.human: study_folder(folder, name)
        for name, settings in studies_of(config).items()
        if name.startswith(SLIPS)
    }
    made = all(measured_path(place, "score-policy-gradient").exists() for place in humans.values())
    if len(humans) < 2 or not {"imitator", "policy-gradient"} <= set(arms) or not made:
        return None
    problems, rows = held_out(find_task(config.task), "test"), []
    for human, place in humans.items():
        lines = human_lines(describe(human), problems)
        copy, learner = (read_measured(place, f"score-{arm}") for arm in ("imitator", "policy-gradient"))
        rows.append(
            {
                "slips": describe(human).slip_rate,
                "recorded": lines["recorded"]["all"].to_json(),
                "best": lines["best"]["all"].to_json(),
                "imitator_greedy": copy["greedy"]["all"],
                "imitator_sampled": copy["sampled"]["all"],
                "policy_gradient": learner["greedy"]["all"],
            }
        )
    return sorted(rows, key=lambda row: float(row["slips"]))


def _panel(folder: Path, config: CompareConfig, panel: str, arms: tuple[str, ...]) -> dict[str, Any]:
    human = {"ceiling": config.human, "rare": config.rare_human, "slips": config.counter_human}[panel]
    problems = held_out(find_task(config.task), "test")
    lines = None if human.endswith(".txt") else human_lines(describe(human), problems)
    scores = {arm: read_measured(folder, f"score-{arm}") for arm in arms}
    return {
        "panel": panel,
        "title": _title(panel, config),
        "claim": _claim(panel, config),
        "demonstrator": _demonstrator(human),
        "lines": {name: line["all"].to_json() for name, line in lines.items()} if lines else None,
        "headline": _headline(folder, config, lines, scores),
        "curves": [curve for arm in arms for curve in _curves(folder, arm)],
        "imitation": [_imitation(folder, arm, scores[arm]) for arm in arms if _copies(arm)],
        "matches": [],
        "mistakes": _mistakes(scores, config),
        "claims": claims_of(panel, lines, scores, costs_of(folder, config, arms), checks_of(folder, arms)),
    }


def _title(panel: str, config: CompareConfig) -> str:
    if panel == "ceiling" and config.human.endswith(".txt"):
        return "Answers from a file"
    return {
        "ceiling": "A crowd without the idea" if _zero_support(config) else "Teachers and their ceiling",
        "rare": "A crowd of which a few know",
        "slips": "The counter-example: a human who slips",
    }[panel]


def _claim(panel: str, config: CompareConfig) -> str:
    found = "what none of them showed" if _zero_support(config) else "what is right more often than they do"
    return {
        "ceiling": f"Imitation stops at what its teachers can do; a verifier lets the model find {found}.",
        "rare": "Where a few know, keeping only verified answers may do as well as reinforcement.",
        "slips": "Random slips are no ceiling: greedy imitation takes the majority and leaves them behind.",
    }[panel]


def _demonstrator(human: str) -> dict[str, Any]:
    if human.endswith(".txt"):
        entry = {"name": Path(human).name, "title": "answers from a file", "procedure": "unknown"}
        return {**entry, "weaknesses": [], "slips": []}
    someone = describe(human)
    members = someone.members if isinstance(someone, Crowd) else (someone,)
    shares = someone.shares if isinstance(someone, Crowd) else (1.0,)
    many = len(members) > 1
    return {
        "name": someone.name,
        "title": someone.title,
        "procedure": "; ".join(
            f"{100 * share:.0f} %: {member.procedure}" if many else member.procedure
            for member, share in zip(members, shares, strict=True)
        ),
        "weaknesses": [f"{m.title}: {m.weaknesses}" if many else m.weaknesses for m in members],
        "slips": [f"one wrong digit ({m.slip_rate:.0%} of answers)" for m in members[:1] if m.slip_rate],
    }


def _headline(
    folder: Path, config: CompareConfig, lines: Any, scores: dict[str, Any]
) -> list[dict[str, Any]]:
    rows = []
    if lines:
        for line, words in LINES.items():
            rows.append(headline_row(f"human, {words}", "human", lines[line]["all"].to_json()))
    votes = config.evaluation.votes
    for arm, score in scores.items():
        last = last_row(folder, arm)
        cost: dict[str, Any] = {"cpu_seconds": last.cpu_seconds, "games": last.games}
        rows.append(headline_row(f"{arm}, sampled", arm, score["sampled"]["all"], **cost))
        rows.append(
            headline_row(
                f"{arm}, greedy", arm, score["greedy"]["all"], score["searched"]["all"], votes, **cost
            )
        )
    return rows


def _curves(folder: Path, arm: str) -> list[dict[str, Any]]:
    rows = read_curve(curve_path(folder, arm))
    curves = []
    for tag, series in SERIES.items():
        if points := curve_points(rows, tag):
            curves.append({"arm": arm, "series": series, "points": points})
    return curves


def _copies(arm: str) -> bool:
    """Whether an arm copies its panel's human."""
    recipe = recipe_of(arm)
    rung = RUNGS.get(recipe)
    return rung is None or (rung.function == IMITATE and recipe != "imitate-rl" and "shown-" not in recipe)


def _imitation(folder: Path, arm: str, score: dict[str, Any]) -> dict[str, Any]:
    entry = read_imitation(folder, arm) or {}
    none = {"versus_human_sampled": None, "versus_human_greedy": None}
    return entry | none | {style: score[style]["all"] for style in ("sampled", "greedy")}


def _mistakes(scores: dict[str, Any], config: CompareConfig) -> list[dict[str, Any]]:
    return [
        {"player": f"{arm}, {words}", "categories": styles[style]}
        for arm, styles in scores.items()
        for style, words in (
            ("greedy", "greedy"),
            ("sampled", "sampled"),
            ("searched", f"{config.evaluation.votes} votes"),
        )
    ]
