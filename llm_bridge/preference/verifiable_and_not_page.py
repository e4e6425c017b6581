"""The words, the one figure and the tables of the lesson of the verifiable and the unverifiable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from markupsafe import Markup

from lab.lessons.estimate import Estimate, estimate
from lab.lessons.figures import Look, Series, figures
from lab.lessons.words import in_percent, short
from llm_bridge.preference.verifiable_and_not import (
    VERDICTS,
    arms_of,
    ends,
    judge_arm,
    needed,
    spent_as_verdicts,
)

SENTENCE = (
    "A thousand updates of a thousand prompts with a thousand answers each would ask people for a billion "
    "judgements; a reward model needs five thousand of them, and gives the others."
)
LECTURES = (1_000_000_000, 5_000)  # judgements, labels
LOOKS = {"verifier": (5, False), "noisy-10": (1, False), "noisy-30": (1, True), "fixed-10": (10, False),
         "fixed-30": (10, True)}  # fmt: skip
NAMES = {"verifier": "verifier", "noisy-10": "10 % wrong, anew", "noisy-30": "30 % wrong, anew",
         "fixed-10": "10 % wrong, always", "fixed-30": "30 % wrong, always"}  # fmt: skip
JUDGES = ((4, True), (3, True), (11, False), (7, False))  # of ever more labels
Result = dict[str, Any]


def labels_of(result: Result) -> list[int]:
    """The numbers of labels, rising."""
    return sorted(int(count) for count in result["judges"])


def headline(result: Result) -> str:
    """What came out, in a sentence."""
    curves, most = result["curves"], max(labels_of(result))
    ended = {arm: in_percent(ends(curves[arm]).mean) for arm in ("verifier", judge_arm(most))}
    seeds = len(curves["verifier"])
    on = "On one seed" if seeds == 1 else f"On {seeds} seeds"
    return (
        f"{on}, the true verifier leads to {ended['verifier']} right answers, a judge of {most:,} labels to "
        f"{ended[judge_arm(most)]}"
    )


def deck(result: Result) -> str:
    """The start, the noisy verifiers, the judges."""
    curves, few = result["curves"], min(labels_of(result))
    start = in_percent(ends(curves["verifier"], place=0).mean)
    told = {arm: in_percent(ends(curves[arm]).mean) for arm in ("noisy-30", "fixed-30", judge_arm(few))}
    return (
        f"One imitator, right in {start} of the answers that it draws, is reinforced for {result['spent']:,} "
        f"answers by each. A verifier that errs three times in ten, anew at each verdict: "
        f"{told['noisy-30']}; one that errs on three answers in ten, always alike: {told['fixed-30']}; a "
        f"judge of {few:,} labels: {told[judge_arm(few)]}."
    )


def told(result: Result) -> dict[str, Any]:
    """Everything that verifiable_and_not.html asks for beside the record."""
    labels = labels_of(result)
    return {
        "title": headline(result),
        "deck": deck(result),
        "sentence": SENTENCE,
        "curves": _curves(result),
        "rows": [_row(result, arm, words) for arm, words in arms_of(labels).items()],
        "imitator": {
            name: short(ends(result["curves"]["verifier"], name, 0), in_percent)
            for name in ("right", "greedy")
        },
        "judges": [_judge(result, count) for count in labels],
        "recomputed": [_recomputed(result, count) for count in labels],
        "lectures": f"{LECTURES[0] // LECTURES[1]:,}",
    }


def table(result: Result) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal: means over seeds, at the end."""
    columns = ["paid by", "right", "greedy", "paid"]
    first = ends(result["curves"]["verifier"], "right", 0), ends(result["curves"]["verifier"], "greedy", 0)
    rows = [["(the imitator)", *(in_percent(one.mean) for one in first), "–"]]
    for arm, words in arms_of(labels_of(result)).items():
        mean = [ends(result["curves"][arm], name).mean for name in ("right", "greedy", "paid")]
        rows.append([words, in_percent(mean[0]), in_percent(mean[1]), f"{mean[2]:.2f}"])
    return columns, rows


def _curves(result: Result) -> dict[str, Markup]:
    labels = labels_of(result)
    looks = LOOKS | {judge_arm(count): JUDGES[n % len(JUDGES)] for n, count in enumerate(labels)}
    names = NAMES | {judge_arm(count): f"{count:,} labels" for count in labels}
    series = [
        Series(names[arm], slot, "env_steps", "right", result["curves"][arm], dashed)
        for arm, (slot, dashed) in looks.items()
    ]
    start = ends(result["curves"]["verifier"], place=0).mean
    bottom, top = _range(series)
    look = Look("answers drawn and paid", bottom, top, lines=((start, "imitator"),))
    pair = figures(series, look, "payers", "Right answers over answers paid, a line for each who pays")
    return {name: Markup(svg) for name, svg in pair.items()}


def _range(series: Sequence[Series]) -> tuple[float, float]:
    """Between which tenths all points lie, with some room."""
    values = [point[one.y] for one in series for points in one.seeds for point in points]
    bottom, top = math.floor(10 * min(values) - 0.3) / 10, math.ceil(10 * max(values) + 0.3) / 10
    return max(0.0, bottom), min(1.0, top)


def _row(result: Result, arm: str, words: str) -> dict[str, str]:
    seeds = result["curves"][arm]
    asked = f"{result['spent']:,}" if arm in VERDICTS else f"{int(arm.removeprefix('labels-')):,}"
    return {
        "name": words,
        "asked": asked,
        "right": short(ends(seeds), in_percent),
        "greedy": short(ends(seeds, "greedy"), in_percent),
        "paid": f"{ends(seeds, 'paid', 0).mean:.2f} → {ends(seeds, 'paid').mean:.2f}",
    }


def _judge(result: Result, count: int) -> dict[str, str]:
    told = result["judges"][str(count)]
    cells = {name: short(_mean(told, name), in_percent) for name in told[0]}
    return {"name": f"{count:,} labels", **cells}


def _mean(told: Sequence[dict[str, float]], name: str) -> Estimate:
    return estimate([one[name] for one in told], share=True)


def _recomputed(result: Result, count: int) -> dict[str, str]:
    """The sentence of the lectures with this run's numbers, for a number of labels."""
    curves = result["curves"]
    there = [
        needed(points, judged[-1]["right"])
        for points, judged in zip(curves["verifier"], curves[judge_arm(count)], strict=True)
    ]
    return {
        "labels": f"{count:,}",
        "judgements": f"{result['spent'] / count:,.1f}",
        "right": short(ends(curves[judge_arm(count)]), in_percent),
        "direct": short(spent_as_verdicts(curves, count), in_percent),
        "needed": _verdicts(there),
    }


def _verdicts(there: Sequence[float | None]) -> str:
    """The median number of verdicts, and on how many seeds none was needed, or all did not do."""
    got = sorted(value for value in there if value)
    none, never = sum(value == 0.0 for value in there), sum(value is None for value in there)
    words = [f"{median(got):,.0f}" + (f" (median of {len(got)})" if len(there) > 1 else "")] if got else []
    words += [f"none on {none} of {len(there)}"] if none else []
    words += [f"more than were given on {never} of {len(there)}"] if never else []
    return "; ".join(words)
