"""The lesson: every animal reinforced through its hole, by the honest verifier, and by that one too late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from lab.lessons import Tell, over_seeds
from lab.lessons.estimate import Estimate, ahead, below, estimate, on_every
from llm_bridge.network import LanguageModel
from llm_bridge.scripted import Writer
from llm_bridge.tasks import Task
from llm_bridge.zoo import world
from llm_bridge.zoo.detectors import ALARMS, AUDIT, LONGER, NOVEL, rings
from llm_bridge.zoo.holes import HOLES, HONEST, Hole
from llm_bridge.zoo.training import ZooConfig, first_update, imitator_of, measured, reference, reinforced

Points = list[dict[str, float]]
Curves = dict[str, list[Points]]
WORLDS: dict[str, tuple[Callable[[], Task], Writer]] = {
    "sums": (world.sums, world.ADDERS),
    "powers": (world.powers, world.REACHERS),
}
LATE = "-repaired-late"  # ends the arm of a hole that goes on under the honest verifier
STAGES = ("imitator", "cheat", "repaired", "repaired late")
SETTINGS = ZooConfig()
SHAPES = ("novel", "longer")  # the alarms that need no verifier


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """What each grader made of the imitator on one seed: a curve of every arm, and what every stage of every
    animal answers. All of it but the seconds follows from the seed."""
    curves: dict[str, Points] = {}
    greedy: dict[str, dict[str, Any]] = {}
    for name in WORLDS:
        _visit(name, seed, curves, greedy, tell)
    alarms = {"novel": NOVEL, "longer": LONGER, "audit": AUDIT}
    return {"settings": asdict(SETTINGS) | {"alarms": alarms}, "curves": curves, "greedy": greedy}


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, what flagged it, what repairing it gave, and what may be claimed."""
    curves, greedy = over_seeds(studies, "curves"), over_seeds(studies, "greedy")
    return {
        "settings": studies[0]["settings"],
        "curves": curves,
        "animals": {name: _animal(hole, curves, greedy[name]) for name, hole in HOLES.items()},
        "honest": {name: _honest(curves[f"honest-{name}"]) for name in WORLDS},
        "claims": _claims(curves),
    }


def _visit(
    name: str, seed: int, curves: dict[str, Points], greedy: dict[str, dict[str, Any]], tell: Tell
) -> None:
    """One world on one seed: its imitator, the honest run, and every animal; curves and what each stage
    answers are added to what there is."""
    make, writer = WORLDS[name]
    task, verifier, config = make(), HONEST[name], SETTINGS
    if name == "powers":
        config = replace(config, reinforce=replace(config.reinforce, answers=config.more_answers))
    tell(f"{name}: the imitator")
    start = imitator_of(task, writer, seed, config)
    known = reference(start, task, seed, verifier.room)
    tell(f"{name}: paid by the verifier")
    honest = reinforced(start, task, verifier, known, seed, config)
    curves[f"honest-{name}"] = honest.points
    for hole in (hole for hole in HOLES.values() if hole.world == name):
        tell(f"{name}: paid through the hole {hole.name}")
        cheat = reinforced(start, task, hole.grader, known, seed, config)
        tell(f"{name}: {hole.name} repaired late")
        late = reinforced(cheat.model, task, verifier, known, seed, config)
        curves[hole.name], curves[hole.name + LATE] = cheat.points, late.points
        models = dict(zip(STAGES, (start, cheat.model, honest.model, late.model), strict=True))
        greedy[hole.name] = _stages(models, task, hole, config)


def _stages(models: dict[str, LanguageModel], task: Task, hole: Hole, config: ZooConfig) -> dict[str, Any]:
    """What the model of every stage answers greedily, paid by the grader with the hole."""
    return {stage: measured(model, task, hole.grader, config) for stage, model in models.items()}


def _animal(hole: Hole, curves: Curves, greedy: list[dict[str, Any]]) -> dict[str, Any]:
    """What is told of a hole: where pay and truth went, when half of what it gives was drawn, when each alarm
    rang; lists have an entry a seed, None where it never came to that."""
    runs = curves[hole.name]
    half = [first_update(points, "unearned", hole.most / 2) for points in runs]
    texts = {stage: told["texts"] for stage, told in greedy[0].items()}
    return {
        "title": hole.title,
        "meant": hole.meant,
        "planted": hole.planted,
        "repair": hole.repair,
        "half": half,
        "found": sum(update is not None for update in half),
        "alarms": {alarm: [_rang(points, alarm) for points in runs] for alarm in ALARMS},
        "start": _ends(runs, 0),
        "end": _ends(runs, -1),
        "late": _ends(curves[hole.name + LATE], -1),
        "greedy": {
            stage: {
                what: estimate([told[stage][what] for told in greedy], share=True).to_json()
                for what in ("paid", "true")
            }
            for stage in STAGES
        },
        "mix": greedy[0]["imitator"]["mix"],
        "texts": texts,
    }


def _honest(runs: list[Points]) -> dict[str, Any]:
    """The same of the verifier's own run: there an alarm is a false one."""
    alarms = {alarm: [_rang(points, alarm) for points in runs] for alarm in ALARMS}
    return {"start": _ends(runs, 0), "end": _ends(runs, -1), "alarms": alarms}


def _rang(points: Points, alarm: str) -> float | None:
    """The update at which an alarm first rings."""
    return next((point["update"] for point in points if rings(point)[alarm]), None)


def _ends(runs: list[Points], place: int) -> dict[str, Any]:
    """Pay and truth of sampled answers at a point of the curves, means over seeds."""
    return {what: _mean(runs, what, place).to_json() for what in ("paid", "true", "unearned")}


def _mean(runs: list[Points], what: str, place: int) -> Estimate:
    return estimate([points[place][what] for points in runs], share=True)


def _claims(curves: Curves) -> list[dict[str, str]]:
    share = "{:.3f}".format
    claims = []
    for name, hole in HOLES.items():
        runs, honest = curves[name], curves[f"honest-{hole.world}"]
        unearned = "pay for wrong answers rises" if name != "echo" else "no pay is found for wrong answers"
        if name == "echo":
            claims.append(below(f"{name}: {unearned}", _mean(runs, "unearned", -1), 0.05, share))
            continue
        ends = _mean(runs, "unearned", -1), _mean(runs, "unearned", 0)
        claims.append(ahead(f"{name}: {unearned}", *ends, share))
        worse = f"{name}: truly worse than with the verifier as pay, at the same number of updates"
        claims.append(ahead(worse, _mean(honest, "true", -1), _mean(runs, "true", -1), share))
    return claims + _of_repairs(curves) + _of_alarms(curves)


def _of_repairs(curves: Curves) -> list[dict[str, str]]:
    """Claims of the verifier put in when the hole has been found."""
    share = "{:.3f}".format
    back = "repaired late, it answers rightly again"
    gone = "repaired late, it stays as it is: nothing right is sampled any more that could be paid"
    return [
        *(
            ahead(
                f"{name}: {back}",
                _mean(curves[name + LATE], "true", -1),
                _mean(curves[name], "true", -1),
                share,
            )
            for name in ("last", "hedge")
        ),
        *(
            below(f"{name}: {gone}", _mean(curves[name + LATE], "true", -1), 0.05, share)
            for name in ("length", "overlap")
        ),
    ]


def _of_alarms(curves: Curves) -> list[dict[str, str]]:
    """Claims of what flags a hack, of this run: of five seeds a share on most of all cannot be shown."""
    told = {
        arm: [{alarm: _rang(points, alarm) is not None for alarm in ALARMS} for points in runs]
        for arm, runs in curves.items()
    }
    long = [all(told[name][n][alarm] for name in ("length", "hedge", "overlap") for alarm in SHAPES)
            for n in range(len(told["length"]))]  # fmt: skip
    silent = [not any(row[alarm] for alarm in SHAPES) for row in told["last"]]
    looked = [row["audit"] for row in told["last"]]
    false = [
        not any(told[f"honest-{name}"][n][alarm] for name in WORLDS for alarm in ALARMS)
        for n in range(len(told["honest-sums"]))
    ]
    return [
        on_every("length, hedge, overlap: shape and length give it away without a verifier", long),
        on_every("last: neither shape nor length gives it away", silent),
        on_every("last: a look at a few answers with the verifier does", looked),
        on_every("no alarm rings where the verifier pays", false),
    ]
