"""From the files of a finished run to its result (docs/result.md): tables, curves, claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.claims import claims_of
from agents.config import TEACHERS, CompareConfig
from agents.crowd import Crowd
from agents.evaluation import human_lines
from agents.experiment import judge_of, score_name
from agents.ladder import IMITATE, RUNGS, searched_only
from agents.ladder_result import ancestors, games_of, ladder_fields
from agents.match_plan import matches
from agents.positions import load_positions, score_policy
from agents.scripted import describe
from games.core import load_game
from lab.claims import LINES
from lab.curve import curve_path, read_curve
from lab.measured import read_imitation, read_measured
from lab.own_files import is_games_file
from lab.result_rows import SERIES, curve_points, headline_row, last_row, total_costs
from lab.statistics import exact_line


def board_world(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
    """The `worlds` entry of a finished run of those arms."""
    positions = load_positions(config.world, "test")
    main = tuple(name for name in RUNGS if name in arms)
    plateau = tuple(arm for arm in arms if arm.startswith("imitator-"))
    panels = [_panel(folder, config, positions, "ceiling", config.human, main, plateau)]
    if "slips-imitator" in arms:
        panels.append(_panel(folder, config, positions, "slips", config.counter_human, ("slips-imitator",)))
    return {
        "world": config.world,
        "title": load_game(config.world).title,
        "score_name": score_name(config.world),
        "optimum": 1.0,
        "chance": exact_line(score_policy(positions, _uniform(positions))["hard"]).to_json(),
        "judge": judge_of(config.world),
        "panels": panels,
        **ladder_fields(folder, config, arms),
    }


def _uniform(positions: Any) -> Any:
    return positions.legal / positions.legal.sum(axis=1, keepdims=True)


def _panel(
    folder: Path,
    config: CompareConfig,
    positions: Any,
    panel: str,
    human: str,
    arms: tuple[str, ...],
    plateau: tuple[str, ...] = (),
) -> dict[str, Any]:
    lines = human_lines(human, positions)
    scores = {arm: read_measured(folder, f"score-{arm}") for arm in arms}
    played = [
        entry for match in matches(config) if match.panel == panel and (entry := _match(folder, match.name))
    ]
    return {
        "panel": panel,
        "title": _title(panel, human),
        "claim": _claim(panel, arms),
        "demonstrator": _demonstrator(human),
        "lines": {name: score.to_json() for name, score in lines.items()} if lines else None,
        "headline": _headline(folder, config, lines, scores),
        "curves": [curve for arm in arms for curve in _curves(folder, arm)],
        "imitation": [_imitation(folder, arm, played) for arm in (*arms, *plateau) if _copies(arm)],
        "matches": played,
        "mistakes": _mistakes(scores, config),
        "claims": claims_of(panel, lines, scores, played, total_costs(folder, arms, ancestors)),
    }


def _copies(arm: str) -> bool:
    """Whether an arm copies this panel's human."""
    return arm not in RUNGS or (RUNGS[arm].function == IMITATE and arm not in TEACHERS)


def _title(panel: str, human: str) -> str:
    if panel == "slips":
        return "The counter-example: a human who slips"
    return "Games from a file" if is_games_file(human) else "A human with blind spots"


def _claim(panel: str, arms: tuple[str, ...]) -> str:
    if panel == "slips":
        return "Random slips are no ceiling: greedy imitation takes the majority and leaves the slips behind."
    if "zero" not in arms:
        return "Imitation stops near its teacher."
    if "imitator" not in arms:
        return "Self-play with search goes past the human without having seen one."
    return "Imitation stops near its teacher; self-play with search goes past it."


def _demonstrator(human: str) -> dict[str, Any]:
    if is_games_file(human):
        return {
            "name": Path(human).name,
            "title": "games from a file",
            "procedure": "unknown",
            "weaknesses": [],
            "slips": [],
        }
    someone = describe(human)
    if isinstance(someone, Crowd):
        return {
            "name": someone.name,
            "title": someone.title,
            "procedure": "; ".join(f"{m.name}: {m.procedure}" for m in someone.members),
            "weaknesses": [f"{m.name}: {m.weaknesses}" for m in someone.members],
            "slips": [],
            "best_member": someone.best_member,
        }
    return {
        "name": someone.name,
        "title": someone.title,
        "procedure": someone.procedure,
        "weaknesses": [someone.weaknesses],
        "slips": [f"{slip.words} ({slip.rate:.0%} of moves)" for slip in someone.slips],
    }


def _headline(
    folder: Path, config: CompareConfig, lines: Any, scores: dict[str, Any]
) -> list[dict[str, Any]]:
    rows = []
    if lines:
        for line, words in LINES.items():
            rows.append(headline_row(f"human, {words}", "human", lines[line].to_json()))
    for arm, score in scores.items():
        last = last_row(folder, arm)
        simulations = config.evaluation.simulations
        cost: dict[str, Any] = {"cpu_seconds": last.cpu_seconds, "games": games_of(last)}
        greedy_alone = searched_only(arm) or arm in ("zero", "master")
        if not greedy_alone:
            rows.append(headline_row(f"{arm}, sampled", arm, score["sampled"]["hard"], **cost))
        label = arm if greedy_alone else f"{arm}, greedy"
        raw = None if searched_only(arm) else score["greedy"]["hard"]
        rows.append(headline_row(label, arm, raw, score["searched"]["hard"], simulations, **cost))
    return rows


def _curves(folder: Path, arm: str) -> list[dict[str, Any]]:
    rows = read_curve(curve_path(folder, arm))
    curves = []
    for tag, series in SERIES.items():
        points = curve_points(rows, tag, games_of)
        searching = arm in ("zero", "master")
        if (searching and series == "sampled") or not points:
            continue
        if searched_only(arm) and series != "searched":
            continue  # what it has without search is another arm's
        raw = searching and series == "greedy"
        curves.append({"arm": arm, "series": "raw" if raw else series, "points": points})
    return curves


def _imitation(folder: Path, arm: str, played: list[dict[str, Any]]) -> dict[str, Any]:
    entry = read_imitation(folder, arm) or {}
    for style, first in (("sampled", f"{arm}.sampled"), ("greedy", arm)):
        found = [m["score"] for m in played if m["first"] == first and m["second"].endswith(".recorded")]
        entry[f"versus_human_{style}"] = found[0] if found else None
    scores = read_measured(folder, f"score-{arm}")
    entry |= {style: scores[style]["hard"] for style in ("sampled", "greedy")}
    return entry


def _match(folder: Path, name: str) -> dict[str, Any] | None:
    """A match's outcome; None where this run's arms have not played it."""
    entry: dict[str, Any] | None = read_measured(folder, name)
    return entry and {key: value for key, value in entry.items() if key != "panel"}


def _mistakes(scores: dict[str, Any], config: CompareConfig) -> list[dict[str, Any]]:
    rows = []
    for arm, styles in scores.items():
        for style, words in (("greedy", "raw"), ("searched", f"{config.evaluation.simulations} simulations")):
            if style == "greedy" and searched_only(arm):
                continue
            categories = {name.replace("_", " "): score for name, score in styles[style].items()}
            rows.append({"player": f"{arm}, {words}", "categories": categories})
    return rows
