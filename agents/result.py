"""From the files of a finished run to its result (docs/result.md): tables, curves, claims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agents.config import TEACHERS, CompareConfig
from agents.evaluation import human_lines
from agents.experiment import SCORE_NAME
from agents.ladder import IMITATE, RUNGS
from agents.ladder_result import ladder_fields
from agents.match_plan import matches
from agents.positions import load_positions, score_policy
from agents.scripted import Crowd, describe
from games.core import load_game
from lab.curve import curve_path, read_curve
from lab.statistics import Score, above, exact_line

LINES = {"recorded": "as recorded", "best": "at best"}
SERIES = {"score/rate": "greedy", "score/sampled": "sampled", "score/searched": "searched"}


def connect_four_world(folder: Path, config: CompareConfig, arms: tuple[str, ...]) -> dict[str, Any]:
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
        "score_name": SCORE_NAME,
        "optimum": 1.0,
        "chance": exact_line(score_policy(positions, _uniform(positions))["hard"]).to_json(),
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
    scores = {arm: json.loads((folder / "results" / f"score-{arm}.json").read_text()) for arm in arms}
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
        "claims": _claims(panel, lines, scores, played),
    }


CONTROLS = (  # what goes past the human too, and so is no merit of self-play
    ("winners", "greedy", "the winners' imitator, raw"),
    ("imitator", "searched", "the imitator, with search"),
)
MARGIN = 0.05  # "stops at its teacher" means: within so much of the teacher's best


def _copies(arm: str) -> bool:
    """Whether an arm copies this panel's human."""
    return arm not in RUNGS or (RUNGS[arm].function == IMITATE and arm not in TEACHERS)


def _title(panel: str, human: str) -> str:
    if panel == "slips":
        return "The counter-example: a human who slips"
    return "Games from a file" if human.endswith(".txt") else "A human with blind spots"


def _claim(panel: str, arms: tuple[str, ...]) -> str:
    if panel == "slips":
        return "Random slips are no ceiling: greedy imitation takes the majority and leaves the slips behind."
    if "zero" not in arms:
        return "Imitation stops near its teacher."
    if "imitator" not in arms:
        return "Self-play with search goes past the human without having seen one."
    return "Imitation stops near its teacher; self-play with search goes past it."


def _demonstrator(human: str) -> dict[str, Any]:
    if human.endswith(".txt"):
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
            rows.append(_row(f"human, {words}", "human", lines[line].to_json(), None, None, None, None))
    for arm, score in scores.items():
        last = read_curve(curve_path(folder, arm))[-1]
        simulations = config.evaluation.simulations
        cost = (last.cpu_seconds, last.games)
        greedy_alone = arm in ("zero", "master", "alphago")
        if not greedy_alone:
            rows.append(_row(f"{arm}, sampled", arm, score["sampled"]["hard"], None, None, *cost))
        label = arm if greedy_alone else f"{arm}, greedy"
        rows.append(_row(label, arm, score["greedy"]["hard"], score["searched"]["hard"], simulations, *cost))
    return rows


def _row(
    player: str,
    arm: str,
    raw: Any,
    searched: Any,
    simulations: int | None,
    cpu: float | None,
    games: int | None,
) -> dict[str, Any]:
    return {
        "player": player,
        "arm": arm,
        "raw": raw,
        "searched": searched,
        "simulations": simulations,
        "cpu_seconds": cpu,
        "games": games,
    }


def _curves(folder: Path, arm: str) -> list[dict[str, Any]]:
    rows = read_curve(curve_path(folder, arm))
    curves = []
    for tag, series in SERIES.items():
        points = [
            {"step": row.step, "cpu_seconds": row.cpu_seconds, "games": row.games, "score": score.to_json()}
            for row in rows
            if isinstance(score := row.tags.get(tag), Score)
        ]
        searching = arm in ("zero", "master")
        if (searching and series == "sampled") or not points:
            continue
        raw = searching and series == "greedy"
        curves.append({"arm": arm, "series": "raw" if raw else series, "points": points})
    return curves


def _imitation(folder: Path, arm: str, played: list[dict[str, Any]]) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads((folder / "arms" / arm / "imitation.json").read_text())
    for style, first in (("sampled", f"{arm}.sampled"), ("greedy", arm)):
        found = [m["score"] for m in played if m["first"] == first and m["second"].endswith(".recorded")]
        entry[f"versus_human_{style}"] = found[0] if found else None
    scores = json.loads((folder / "results" / f"score-{arm}.json").read_text())
    entry |= {style: scores[style]["hard"] for style in ("sampled", "greedy")}
    return entry


def _match(folder: Path, name: str) -> dict[str, Any] | None:
    """A match's outcome; None where this run's arms have not played it."""
    path = folder / "results" / f"{name.replace(' ', '-')}.json"
    if not path.exists():
        return None
    entry: dict[str, Any] = json.loads(path.read_text())
    del entry["panel"]
    return entry


def _mistakes(scores: dict[str, Any], config: CompareConfig) -> list[dict[str, Any]]:
    rows = []
    for arm, styles in scores.items():
        for style, words in (("greedy", "raw"), ("searched", f"{config.evaluation.simulations} simulations")):
            categories = {name.replace("_", " "): score for name, score in styles[style].items()}
            rows.append({"player": f"{arm}, {words}", "categories": categories})
    return rows


def _claims(
    panel: str, lines: Any, scores: dict[str, Any], played: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    if panel == "slips":
        text = "the greedy imitator passes the slipping human as recorded"
        greedy = Score.from_json(scores["slips-imitator"]["greedy"]["hard"])
        return ([_passes(text, greedy, lines["recorded"])] if lines else []) + [
            _wins(match) for match in played if match["first"] == "slips-imitator"
        ]
    hard = {(arm, style): Score.from_json(s[style]["hard"]) for arm, s in scores.items() for style in s}
    claims = []
    if lines and "zero" in scores:
        claims += [
            _passes(f"zero, {words}, passes the human {LINES[line]}", hard["zero", style], lines[line])
            for style, words in (("greedy", "raw"), ("searched", "with search"))
            for line in LINES
        ]
    if lines and "imitator" in scores:
        claims.append(_stays(hard["imitator", "greedy"], lines["best"]))
    claims += [
        _passes(f"{words}, passes the human at best", hard[arm, style], lines["best"])
        for arm, style, words in CONTROLS
        if lines and arm in scores
    ]
    for style, words in (("greedy", "raw"), ("searched", "with the same search")):
        for arm, name in (("imitator", "imitator"), ("winners", "winners' imitator")):
            if {"zero", arm} <= set(scores):
                claims.append(
                    _passes(f"zero passes the {name}, both {words}", hard["zero", style], hard[arm, style])
                )
    claims += [
        _passes(f"{RUNGS[arm].title}, raw, passes the human {LINES[line]}", hard[arm, "greedy"], lines[line])
        for arm in ("own-wins", "policy-gradient", "master")
        for line in LINES
        if lines and arm in scores
    ]
    if "policy-gradient" in scores and "own-wins" in scores:
        claims.append(
            _passes(
                "pushing lost moves down adds to imitating own wins, both raw",
                hard["policy-gradient", "greedy"],
                hard["own-wins", "greedy"],
            )
        )
    for arm in ("more-imitation", "alphago", "master"):
        if {"zero", arm} <= set(scores):
            name = RUNGS[arm].title
            claims.append(
                _passes(f"Zero passes {name}, both searched", hard["zero", "searched"], hard[arm, "searched"])
            )
    learners = [name for name, rung in RUNGS.items() if rung.function != IMITATE]
    return claims + [_wins(match) for match in played if match["first"] in learners]


def _passes(claim: str, score: Score, other: Score) -> dict[str, Any]:
    verdict = "shown" if above(score, other) else "contradicted" if above(other, score) else "not shown"
    return {"claim": claim, "verdict": verdict, "evidence": f"{score} against {other}"}


def _stays(score: Score, ceiling: Score) -> dict[str, Any]:
    """One-sided equivalence: that the imitator passes its ceiling by so much can be shut out, or not.

    The ceiling is exact on these positions, so the imitator's own interval decides.
    """
    limit = ceiling.rate + MARGIN
    verdict = "shown" if score.high < limit else "contradicted" if score.low > limit else "not shown"
    claim = f"the greedy imitator does not pass the human at best by {100 * MARGIN:.0f} points or more"
    return {"claim": claim, "verdict": verdict, "evidence": f"{score} against {ceiling.rate:.3f}"}


def _wins(match: dict[str, Any]) -> dict[str, Any]:
    score = Score.from_json(match["score"])
    words = [
        f"{match[side]}{f' with {n} simulations' if (n := match[f'{side}_simulations']) else ''}"
        for side in ("first", "second")
    ]
    verdict = "shown" if score.low > 0.5 else "contradicted" if score.high < 0.5 else "not shown"
    return {
        "claim": f"{words[0]} beats {words[1]}",
        "verdict": verdict,
        "evidence": f"{score} of {match['games']} games, {match['distinct_games']} distinct",
    }
