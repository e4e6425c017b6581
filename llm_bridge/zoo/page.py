"""What the zoo's page is filled with: its pictures and its words, from the result alone."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from lab.lessons.estimate import estimate_of
from lab.lessons.figures import SMALL, Look, Series, figure
from lab.lessons.words import percent
from llm_bridge.zoo.experiment import LATE, STAGES
from llm_bridge.zoo.holes import HOLES

PAID, TRUE = 1, 2  # colour slots, as in the lesson of the robot
ALARM_WORDS = {"novel": "new shapes", "longer": "length", "audit": "audit"}


def headline(result: dict[str, Any]) -> str:
    """What came out, in a sentence."""
    seeds = len(next(iter(result["curves"].values())))
    found = [name for name, animal in result["animals"].items() if 2 * animal["found"] > seeds]
    names = ", ".join(found) or "none"
    return f"Of {len(HOLES)} planted holes {len(found)} give up half or more of their pay: {names}"


def deck(result: dict[str, Any]) -> str:
    """The rest of what came out, in a few sentences."""
    length, hedge, last = (result["animals"][name] for name in ("length", "hedge", "last"))
    honest = result["honest"]["sums"]["end"]["true"]["mean"]
    return (
        f"Paid for length, {percent(length['end']['true']['mean'])} % of the answers stay right; paid for "
        f"any right answer among several, {percent(hedge['end']['true']['mean'])} %; paid by the last digit, "
        f"{percent(last['end']['true']['mean'])} %. With the verifier as pay, for as many updates, "
        f"{percent(honest)} % are."
    )


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Everything that reward_hack_zoo.html asks for beside the record."""
    return {
        "title": headline(result),
        "deck": deck(result),
        "animals": [_animal(result, name) for name in HOLES],
        "honest": [_honest(result, name) for name in result["honest"]],
        "limits": result["settings"]["alarms"],
    }


def table(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal."""
    columns = ["hole", "paid %", "right %", "verifier", "late", "half after", "flagged by"]
    rows = []
    for name, animal in result["animals"].items():
        honest = result["honest"][HOLES[name].world]["end"]["true"]["mean"]
        rows.append(
            [
                name,
                *(_from_to(animal, what) for what in ("paid", "true")),
                percent(honest),
                percent(animal["late"]["true"]["mean"]),
                _half(animal),
                " ".join(alarm for alarm, rang in animal["alarms"].items() if any_of(rang)),
            ]
        )
    return columns, rows


def any_of(updates: list[float | None]) -> bool:
    """Whether it came to that on any seed."""
    return any(update is not None for update in updates)


def _from_to(animal: dict[str, Any], what: str) -> str:
    return f"{percent(animal['start'][what]['mean'])} → {percent(animal['end'][what]['mean'])}"


def _half(animal: dict[str, Any]) -> str:
    """ "9 on 2 of 2", the median of the seeds on which half of the pay was drawn."""
    there = sorted(update for update in animal["half"] if update is not None)
    count = f"on {len(there)} of {len(animal['half'])}"
    return f"{there[len(there) // 2]:.0f} {count}" if there else "never"


def _updates(updates: list[float | None]) -> str:
    """ "9, 12, never", an entry a seed."""
    return ", ".join("never" if update is None else f"{update:.0f}" for update in updates)


def _animal(result: dict[str, Any], name: str) -> dict[str, Any]:
    """A section: the bargain, the curves, who said what, what rang."""
    hole, animal = HOLES[name], result["animals"][name]
    return {
        "name": name,
        **{key: animal[key] for key in ("title", "meant", "planted", "repair")},
        "svg": Markup(_curves(result, name)),
        "late_svg": Markup(_curves(result, name + LATE)),
        "half": _updates(animal["half"]),
        "most": percent(hole.most / 2),
        "found": animal["found"],
        "alarms": [(ALARM_WORDS[alarm], _updates(rang)) for alarm, rang in animal["alarms"].items()],
        "rows": [_row(result, name, stage) for stage in STAGES],
        "mix": _mix(animal["mix"]),
        "texts": _texts(animal["texts"]),
    }


def _curves(result: dict[str, Any], arm: str) -> str:
    seeds = result["curves"][arm]
    look = Look("updates", 0.0, 1.0)
    lines = [Series("paid", PAID, "update", "paid", seeds), Series("right", TRUE, "update", "true", seeds)]
    return figure(lines, look, SMALL, f"zoo-{arm}", f"Pay and right answers while learning: {arm}")


def _row(result: dict[str, Any], name: str, stage: str) -> tuple[str, str, str, str]:
    """(stage, sampled right, greedy paid by the hole, greedy right), in per cent with intervals."""
    animal = result["animals"][name]
    sampled = {
        "imitator": animal["start"]["true"],
        "cheat": animal["end"]["true"],
        "repaired": result["honest"][HOLES[name].world]["end"]["true"],
        "repaired late": animal["late"]["true"],
    }
    greedy = animal["greedy"][stage]
    values = (sampled[stage], greedy["paid"], greedy["true"])
    return (stage, *(estimate_of(value).told(percent) for value in values))  # type: ignore[return-value]


def _mix(mix: dict[str, Any]) -> str:
    """What the two kinds of columns are means over."""
    told = f"Sampled: training problems as they are drawn. Greedy: {mix['problems']} test problems"
    if not mix["impossible"]:
        return f"{told}."
    share = percent(mix["share"])
    return (
        f"{told}, {mix['impossible']} of them without a right answer; these weigh {share} % together, "
        "their share of what is drawn in training."
    )


def _texts(stages: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """A row a question: what each stage answers."""
    return [
        {
            "prompt": rows[0]["prompt"],
            "answers": [
                (row["text"] or "(nothing)", "✓" if row["right"] else "✗", percent(row["paid"]))
                for row in rows
            ],
        }
        for rows in zip(*(stages[stage] for stage in STAGES), strict=True)
    ]


def _honest(result: dict[str, Any], name: str) -> dict[str, Any]:
    honest = result["honest"][name]
    return {
        "world": {"sums": "Sums", "powers": "Countdown"}[name],
        "svg": Markup(_curves(result, f"honest-{name}")),
        "alarms": [(ALARM_WORDS[alarm], _updates(rang)) for alarm, rang in honest["alarms"].items()],
    }
