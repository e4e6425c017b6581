"""What the page of "AlphaGo, trained with RLHF" is filled with: pictures and words, from the result alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from agents.lessons.rlhf_claims import ARMS, FEW, HURRIED, MANY, RESULT, UTILITY
from lab.lessons.estimate import Estimate, estimate, estimate_of
from lab.lessons.figures import SMALL, Look, Series, figure, figures
from lab.lessons.words import percent, short, tenths

NAMES = {
    "imitator": "the imitator",
    FEW: "reward model, few labels",
    MANY: "reward model, many labels",
    UTILITY: "the raters’ exact utility",
    HURRIED: "the raters at a glance",
    RESULT: "the game’s result",
}
SLOTS = {"proxy": 1, "gold": 2, "goal_greedy": 3, "posterior": 8}  # colours
ARM_SLOTS = {FEW: 1, MANY: 5, UTILITY: 2, HURRIED: 10, RESULT: 3}
BETWEEN = 240  # points drawn of a curve
BOTTOM = -0.6  # of the figures of shares: a policy can please the raters less than the imitator does


def headline(result: dict[str, Any]) -> str:
    """What came out, in a sentence."""
    model, control = result["arms"][MANY], result["arms"][RESULT]
    start = result["arms"]["imitator"]["goal_greedy"]["mean"]
    return (
        f"The vibe goes to {percent(model['proxy']['mean'])}\u00a0% of all there is; right first choices go "
        f"from {percent(start)} to {percent(model['goal_greedy']['mean'])}\u00a0%, and to "
        f"{percent(control['goal_greedy']['mean'])} where only winning counts"
    )


def deck(result: dict[str, Any]) -> str:
    """The rest of what came out, in a few sentences."""
    few, settings = result["arms"][FEW], result["settings"]
    best = result["lines"]["best"]
    return (
        f"Scripted humans who play “{settings['human']}” judged pairs of moves. Paid by a reward model of "
        f"{settings['few']:,} judgements, the policy ends at {percent(few['proxy']['mean'])} % of what the "
        f"model has to give, and at {percent(few['gold']['mean'])} % of what the raters have. At their best "
        f"the raters themselves answer {percent(best)} % of these hard positions rightly."
    )


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Everything that rlhf_on_a_board.html asks for beside the record."""
    return {
        "title": headline(result),
        "deck": deck(result),
        "three": three_curves(result, MANY),
        "arms": [_arm(result, arm) for arm in (FEW, UTILITY, HURRIED)],
        "gold": _gold(result),
        "strength": _strength(result),
        "rows": [_row(result, arm) for arm in ("imitator", *ARMS)],
        "lines": {name: tenths(value) for name, value in result["lines"].items()},
        "models": [_model(row) for row in result["table"]],
        "boards": [(board["caption"], Markup(board["svg"])) for board in result["boards"]],
        "moves_37": _moves_37(result),
        "gap": _gap(result),
        "alarms": [_alarm(result, arm) for arm in ARMS if arm != RESULT],
        "noise": result["settings"]["noise"],
        "human": result["settings"]["human"],
    }


def table(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal."""
    columns = ["paid by", "vibe %", "raters %", "right %", "sampled %"]
    rows = []
    for arm in ("imitator", *ARMS):
        row = result["arms"][arm]
        cells = [_cell(row, name) for name in ("proxy", "gold", "goal_greedy", "goal")]
        rows.append([NAMES[arm] if arm != "imitator" else "nobody yet: the imitator", *cells])
    return columns, rows


def three_curves(result: dict[str, Any], arm: str, mark: bool = True) -> dict[str, Markup]:
    """Proxy, gold and goal of an arm over its games, in both widths."""
    seeds = result["curves"][arm]
    names = {"proxy": "the model’s pay", "gold": "the raters", "goal_greedy": "right moves"}
    series = [Series(words, SLOTS[key], "update", key, between(seeds)) for key, words in names.items()]
    lines = ((result["lines"]["best"], "human at best"),) if mark else ()
    pair = figures(
        series, _look(series, "games played", lines), f"three-{arm}", f"Three curves, {NAMES[arm]}"
    )
    return {name: Markup(svg) for name, svg in pair.items()}


def between(seeds: Sequence[Sequence[dict[str, float]]]) -> list[list[dict[str, float]]]:
    """The curves with straight lines between their few points: a mean curve holds the earlier of two."""
    told = []
    for points in seeds:
        games = [point["update"] for point in points]
        places = np.linspace(games[0], games[-1], BETWEEN)
        columns = {name: np.interp(places, games, [point[name] for point in points]) for name in points[0]}
        told.append([{name: float(column[n]) for name, column in columns.items()} for n in range(BETWEEN)])
    return told


def _look(series: list[Series], words: str, lines: tuple[tuple[float, str], ...] = ()) -> Look:
    """From a little below the lowest value, but never above 0, to 1."""
    least = min(point[one.y] for one in series for points in one.seeds for point in points)
    return Look(words, max(BOTTOM, min(0.0, least) - 0.05), 1.02, lines=lines)


def _arm(result: dict[str, Any], arm: str) -> tuple[str, Markup, str]:
    names = {"proxy": "pay", "gold": "raters", "goal_greedy": "right"}
    seeds = between(result["curves"][arm])
    series = [Series(w, SLOTS[key], "update", key, seeds) for key, w in names.items()]
    svg = figure(series, _look(series, "games"), SMALL, f"arm-{arm}", f"Three curves, paid by {NAMES[arm]}")
    row = result["arms"][arm]
    words = (
        f"At the end: pay {percent(row['proxy']['mean'])} %, raters {percent(row['gold']['mean'])} %, right "
        f"first choices {percent(row['goal_greedy']['mean'])} %."
    )
    return NAMES[arm], Markup(svg), words


def _gold(result: dict[str, Any]) -> dict[str, Markup]:
    """The raters' true utility over the square root of the divergence, with the line nobody can beat."""
    arms = (FEW, MANY, UTILITY, HURRIED, RESULT)
    reach = max(p["root_kl"] for arm in arms for points in result["curves"][arm] for p in points)
    line = [[p for p in points if p["root_kl"] <= reach] for points in result["posterior"]]
    brief = {FEW: "few labels", MANY: "many labels", UTILITY: "utility", HURRIED: "glance", RESULT: "result"}
    series = [
        Series(brief[arm], ARM_SLOTS[arm], "root_kl", "gold", result["curves"][arm], mean=False)
        for arm in arms
    ]
    series.append(
        Series("best possible", SLOTS["posterior"], "root_kl", "gold", line, dashed=True, mean=False)
    )
    pair = figures(
        series, _look(series, "√KL from the imitator, nats"), "gold", "The raters’ utility over √KL"
    )
    return {name: Markup(svg) for name, svg in pair.items()}


def _strength(result: dict[str, Any]) -> dict[str, Markup]:
    """Right first choices of every arm over games."""
    brief = {FEW: "few labels", MANY: "many labels", UTILITY: "utility", HURRIED: "glance", RESULT: "result"}
    series = [
        Series(brief[arm], ARM_SLOTS[arm], "update", "goal_greedy", between(result["curves"][arm]))
        for arm in ARMS
    ]
    values = [p["goal_greedy"] for arm in ARMS for points in result["curves"][arm] for p in points]
    lines = ((result["lines"]["best"], "human at best"),)
    look = Look("games played", min(values) - 0.03, max(values) + 0.03, lines=lines)
    pair = figures(series, look, "strength", "Share of hard positions answered rightly")
    return {name: Markup(svg) for name, svg in pair.items()}


def _row(result: dict[str, Any], arm: str) -> dict[str, str]:
    row = result["arms"][arm]
    games = {
        version: short(estimate([match[arm][version] for match in result["matches"]], share=True), tenths)
        for version in ("recorded", "best")
    }
    cells = {name: _cell(row, name) for name in ("proxy", "gold", "goal_greedy", "goal")}
    return {"name": NAMES[arm], "kl": short(estimate_of(row["kl"]), "{:.2f}".format), **cells, **games}


def _cell(row: dict[str, Any], name: str) -> str:
    return short(estimate_of(row[name]), tenths) if name in row else "–"


def _model(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: tenths(row[name]) for name in ("agreement", "best", "promised")}
    return {"size": f"{row['channels']} channels, {row['blocks']} block{'s' * (row['blocks'] != 1)}",
            "labels": f"{row['labels']:,}", **told}  # fmt: skip


def _moves_37(result: dict[str, Any]) -> list[dict[str, str]]:
    """How the moves 37 rank, by which pairs the raters were shown; [] where there are none."""
    names = {"own": "Their own moves, so these by a slip alone", "any": "Any two legal moves"}
    if any(row["own"] is None for row in result["moves_37"]):
        return []
    rows = []
    for source, name in names.items():
        each = [row[source] for row in result["moves_37"]]
        measured = {
            key: short(estimate([row[key] for row in each], share=True), tenths)
            for key in ("beats", "wrong", "first", "raters")
        }
        counts = {key: f"{each[0][key]:,}" for key in ("moves", "wrong_moves", "needed")}
        rows.append({"name": name, **measured, **counts})
    return rows


def _gap(result: dict[str, Any]) -> list[dict[str, str]]:
    rows = []
    for name in result["gap"][0]:
        each = [seed[name] for seed in result["gap"]]
        keys = ("chance", "judge_pair", "player_pair", "judge_move", "player_move")
        cells = {key: short(estimate([row[key] for row in each], share=True), tenths) for key in keys}
        rows.append({"name": name, "positions": f"{each[0]['positions']:.0f}", **cells})
    return rows


def _alarm(result: dict[str, Any], arm: str) -> dict[str, str]:
    """When the detector speaks, and how things stand then and at the end."""
    points = [alarms[arm] for alarms in result["alarms"]]
    heard = [number for number in points if number is not None]
    curves = result["curves"][arm]
    row = result["arms"][arm]
    when = then = right = "–"
    if heard:
        at = [curve[number] for curve, number in zip(curves, points, strict=True) if number is not None]
        when = short(_mean(at, "update"), "{:.0f}".format)
        then, right = short(_mean(at, "gold"), tenths), short(_mean(at, "goal_greedy"), tenths)
    return {
        "name": NAMES[arm],
        "heard": f"{len(heard)} of {len(points)}",
        "when": when,
        "then": then,
        "right": right,
        "promised": short(estimate_of(row["promised"]), tenths),
        "kept": short(estimate_of(row["kept"]), tenths),
        "peak": short(estimate_of(result["peaks"][arm]["gold"]), tenths),
        "end": short(estimate_of(row["gold"]), tenths),
    }


def _mean(points: list[dict[str, float]], name: str) -> Estimate:
    return estimate([point[name] for point in points])
