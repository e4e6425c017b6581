"""What the page of the second lesson is filled with: its pictures and its words, from the result alone."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from markupsafe import Markup

from agents.lessons.replay import frames, gif
from agents.lessons.reward_hacking import ARMS, KINDS, STOPPED
from games.cleaning_robot import MAX_STEPS, NOTCHES, STROKES, WORLD
from lab.durable import replace_file
from lab.lessons.estimate import Estimate, estimate_of
from lab.lessons.figures import SMALL, Look, Series, figure, figures
from lab.lessons.words import percent, tenths

SLOTS = {"proxy": 1, "true": 2, "unseen": 9, "covered": 5}  # colours
ROBOTS = {
    "human": "the human, as it is",
    "imitator": "after imitation",
    "camera": "paid by the camera",
    "penalty": "cloths fined",
    STOPPED: "stopped early",
    "true": "paid for the true state",
}
REPAIRS = ("true", "penalty", STOPPED)
COLOURS = {
    "cleaned": "var(--arm-2)",
    "covered": "var(--arm-5)",
    "unseen": "var(--arm-1)",
    "left": "var(--hairline)",
}
FATES = {
    "cleaned": "cleaned",
    "covered": "under a cloth",
    "unseen": "out of the camera’s sight",
    "left": "in sight",
}
FURTHEST = 25.0  # nats, where the curves over divergence end


def headline(result: dict[str, Any]) -> str:
    """What came out, in a sentence."""
    base, start = result["arms"]["camera"], result["arms"]["imitator"]
    fell = _shown(result, "then it falls")
    pay = f"The pay goes from {_round(start['proxy'])} to {_round(base['proxy'])}\u00a0%"
    if fell:
        return f"{pay}, and the true reward falls to {_round(base['true'])}"
    return f"{pay}; that the true reward falls is not shown"


def deck(result: dict[str, Any]) -> str:
    """The rest of what came out, in a few sentences."""
    base = result["arms"]["camera"]
    verdicts = {name: result["repairs"][name]["verdict"] for name in REPAIRS}
    return (
        f"A robot paid by a camera ends with {_round(base['covered'])} % of the dirt under cloths and "
        f"{_round(base['cleaned'])} % cleaned. A fine on cloths {_means(verdicts['penalty'])}, stopping "
        f"early {_means(verdicts[STOPPED])}, pay for the true state {_means(verdicts['true'])}."
    )


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Everything that reward_hacking.html asks for beside the record."""
    animations = _animations(result)
    return {
        "title": headline(result),
        "deck": deck(result),
        "animations": [
            (stage["label"], _fate_words(stage["actions"]), base64.b64encode(picture).decode())
            for stage, picture in zip(result["stages"], animations, strict=True)
        ],
        "steps": MAX_STEPS,
        "strokes": STROKES,
        "notches": NOTCHES,
        "budget": result["settings"]["budget"],
        "looks": _looks(result),
        "arms": [_arm(result, arm) for arm in ("camera", "penalty", "true")],
        "fates": [_fate(result, robot) for robot in ROBOTS],
        "kinds": [(FATES[kind], Markup(COLOURS[kind])) for kind in KINDS],
        "verdicts": [(ROBOTS[name], result["repairs"][name]["words"]) for name in REPAIRS],
        "budgets": [_budget(budget, row) for budget, row in result["budgets"].items()],
        "peak": {
            "stops": estimate_of(result["peak_update"]).told("{:.0f}".format),
            "true": estimate_of(result["peak"]).told(tenths),
        },
        "truth": {arm: _best(result["truth"][arm]) for arm in ARMS},
    }


def write_animation(path: Path, result: dict[str, Any]) -> None:
    """The robot after reinforcement on the camera's pay, as a film of its own."""
    replace_file(path, _animations(result)[1])


def table(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal."""
    columns = ["robot", "camera pays %", "true reward %", "clean/cloth/unseen"]
    rows = []
    for robot, name in ROBOTS.items():
        if robot != "human":
            row = {key: estimate_of(value) for key, value in result["arms"][robot].items()}
            hidden = [f"{100 * row[kind].mean:.0f}" for kind in ("cleaned", "covered", "unseen")]
            rows.append([name, row["proxy"].told(tenths), row["true"].told(tenths), "/".join(hidden)])
    return columns, rows


def _best(truth: dict[str, Any]) -> str:
    paid, true = tenths(truth["paid"]), tenths(truth["true"])
    return f"is paid {paid} % of the most there is, and the room is worth {true} %"


def _animations(result: dict[str, Any]) -> list[bytes]:
    return [gif(frames(WORLD, stage["actions"])) for stage in result["stages"]]


def _fate_words(actions: list[int]) -> str:
    """What an episode has done to the room."""
    states = WORLD.new(1)
    for action in actions:
        states = WORLD.step(states, [action]).states  # type: ignore[arg-type]
    spots = states[0]["spots"].tolist()
    notches = int(states[0]["notches"])
    up = f"{notches} notch{'' if notches == 1 else 'es'} up" if notches else "on the room"
    return f"Of 3 spots cleaned {spots.count(1)}, covered {spots.count(2)}; the camera {up}."


def _looks(result: dict[str, Any]) -> list[tuple[str, dict[str, Markup]]]:
    """Pay and truth over learning, and over the distance from the imitator."""
    seeds, truth = result["curves"]["camera"], result["truth"]
    stopped, lines = result["stopped_update"]["mean"], ((truth["true"]["true"], "best cleaner"),)
    learning = Look("updates", 0.0, 1.0, lines=lines, marks=((stopped, "stopped early"),))
    near = [[point for point in points if point["divergence"] <= FURTHEST] for points in seeds]
    marks = ((result["settings"]["budget"], "budget"),)
    distance = Look(
        "nats of divergence from the imitator, an episode",
        0.0,
        1.0,
        lines=lines,
        marks=marks,
        ends=(0.0, FURTHEST),
    )
    looks = []
    for title, axis, look, drawn in (
        ("Over learning", "update", learning, seeds),
        ("Over the distance from the imitator", "divergence", distance, near),
    ):
        series = _pay_and_truth(axis, drawn, mean=axis == "update")
        pair = figures(series, look, f"pay-{axis}", "The camera's pay and the true reward while learning")
        looks.append((title, {name: Markup(svg) for name, svg in pair.items()}))
    return looks


def _pay_and_truth(axis: str, seeds: Any, mean: bool = True, short: bool = False) -> list[Series]:
    names = {"proxy": "pay", "true": "truth"} if short else {"proxy": "camera pays", "true": "true reward"}
    return [Series(name, SLOTS[key], axis, key, seeds, mean=mean) for key, name in names.items()]


def _arm(result: dict[str, Any], arm: str) -> tuple[str, Markup, str]:
    look = Look("updates", 0.0, 1.0)
    svg = figure(
        _pay_and_truth("update", result["curves"][arm], short=True),
        look,
        SMALL,
        f"arm-{arm}",
        f"The robot {ROBOTS[arm]}",
    )
    ends = result["arms"][arm]
    words = ", ".join(
        f"{_round(ends[kind])} % {FATES[kind]}" for kind in KINDS if ends[kind]["mean"] >= 0.005
    )
    return ROBOTS[arm], Markup(svg), f"At the end: {words}."


def _fate(result: dict[str, Any], robot: str) -> dict[str, Any]:
    """A row of the table of fates."""
    if robot == "human":
        known = result["truth"]["human"]
        row = {
            name: Estimate(known[name], known[name], known[name], ()) for name in ("proxy", "true", *KINDS)
        }
    else:
        row = {name: estimate_of(value) for name, value in result["arms"][robot].items()}
    bars, at = [], 0.0
    for kind in KINDS:
        width = 100 * row[kind].mean
        bars.append((f"{at:.2f}", f"{width:.2f}", Markup(COLOURS[kind])))
        at += width
    words = ", ".join(f"{100 * row[kind].mean:.0f} % {FATES[kind]}" for kind in KINDS)
    shown = {
        name: tenths(row[name].mean) if robot == "human" else row[name].told(tenths)
        for name in ("proxy", "true")
    }
    each = list(zip(row["proxy"].values, row["true"].values, strict=True))
    verdict = _means(result["repairs"][robot]["verdict"]) if robot in REPAIRS else ""
    return {"name": ROBOTS[robot], "bars": bars, "words": words, "each": each, "verdict": verdict, **shown}


def _budget(budget: str, row: dict[str, Any]) -> dict[str, str]:
    return {
        "budget": budget,
        "stops": estimate_of(row["update"]).told("{:.0f}".format),
        "proxy": estimate_of(row["proxy"]).told(tenths),
        "true": estimate_of(row["true"]).told(tenths),
    }


def _shown(result: dict[str, Any], beginning: str) -> bool:
    return any(c["claim"].startswith(beginning) and c["verdict"] == "shown" for c in result["claims"])


def _means(verdict: str) -> str:
    """A verdict in the middle of a sentence."""
    words = {
        "moves": "only moves the exploit",
        "closes": "closes it",
        "puts off": "puts it off",
        "dampens": "dampens it",
        "does not help": "does not help",
    }
    return words.get(verdict, "changes nothing that is shown")


def _round(value: dict[str, Any]) -> str:
    return percent(value["mean"])
