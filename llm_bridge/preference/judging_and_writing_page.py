"""The words, the scatter and the table of the lesson of judging and writing."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from markupsafe import Markup

from lab.lessons.estimate import estimate_of
from lab.lessons.figures import NARROW, SMALL, WIDE, Look, Series, figure
from lab.lessons.words import in_percent, short
from lab.report.canvas import (
    MUTED,
    PAPER,
    STYLE,
    Label,
    Size,
    finish_axes,
    finished,
    new_axes,
    place_labels,
    placeholder,
)
from llm_bridge.preference.judging_and_writing import mean_of, over_all

SENTENCE = (
    "It is much easier to say which of a few answers is good than to write a good one: this gap between "
    "discriminator and generator is why feedback can lead further than demonstrations."
)
COLUMNS = (
    "imitator",
    "imitator_greedy",
    "writer_sampled",
    "writer",
    "judge",
    "bare_judge",
    "likelihood",
    "gap",
    "best_of",
    "reinforced",
    "reinforced_greedy",
    "gain",
)
Result = dict[str, Any]


def two(value: float) -> str:
    """Two digits behind the point, with a true minus, and none before zero."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def headline(result: Result) -> str:
    """On how many difficulties judging is shown to be ahead, and whether the gain follows."""
    ahead = [claim["verdict"] for claim in result["claims"] if claim["claim"].startswith("judging is ahead")]
    follows = result["claims"][0]["verdict"]
    seeds, many = len(next(iter(result["measured"].values()))), len(ahead)
    if seeds == 1:
        order = two(result["orders"]["gap"]["means"])
        higher = sum(rows[0]["gap"] > 0 for rows in result["measured"].values())
        return (
            f"On one seed judging is ahead of writing on {higher} of {many} tasks, and the rank correlation "
            f"of gap and gain is {order}"
        )
    words = {"shown": "follows the gap", "contradicted": "goes against the gap"}.get(
        follows, "is not shown to follow the gap"
    )
    return (
        f"Judging is shown to be ahead of writing on {ahead.count('shown')} of {many} tasks, behind it on "
        f"{ahead.count('contradicted')}; what reinforcement gains {words}"
    )


def deck(result: Result) -> str:
    """Means over tasks."""
    means = {name: over_all(result["measured"], name).mean for name in COLUMNS}
    return (
        f"Mean of {len(result['measured'])} tasks: the imitator is right in {in_percent(means['imitator'])} "
        f"of what it draws; having imitated what was labelled right, the writer in "
        f"{in_percent(means['writer_sampled'])}; reinforced by a judge of the same labels, in "
        f"{in_percent(means['reinforced'])}. The judge tells right from wrong "
        f"{in_percent((means['judge'] + 1) / 2)} of the time; with the labels alone "
        f"{in_percent((means['bare_judge'] + 1) / 2)}."
    )


def told(result: Result) -> dict[str, Any]:
    """Everything that judging_and_writing.html asks for beside the record."""
    return {
        "title": headline(result),
        "deck": deck(result),
        "sentence": SENTENCE,
        "scatter": [
            (title, {name: Markup(_scatter(result, x, words, size, f"{x}{name}"))
                     for name, size in (("wide", WIDE), ("narrow", NARROW))})
            for title, x, words in (
                ("Over the gap", "gap", "the judge’s lead over the writer"),
                ("Over the judge", "judge", "the judge, chance corrected: 0 guesses, 1 is always right"),
                ("Over the writer", "writer", "the writer’s right answers, greedy"),
            )
        ],
        "orders": [(words, _order(result, what)) for what, words in (
            ("gap", "the gap"), ("judge", "the judge"), ("writer", "the writer"))],
        "rows": [_row(result, name) for name in result["measured"]],
        "learning": [(result["titles"][name], Markup(_learning(result, name))) for name in result["curves"]],
    }  # fmt: skip


def table(result: Result) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal: means over seeds."""
    columns = ["task", "imitator", "writer", "judge", "gap", "best of", "by judge", "gain"]
    rows = []
    for name in result["measured"]:
        mean = {key: mean_of(result["measured"], name, key).mean for key in COLUMNS}
        shares = [
            in_percent(mean["imitator"]),
            in_percent(mean["writer"]),
            two(mean["judge"]),
            two(mean["gap"]),
        ]
        rows.append(
            [name, *shares, in_percent(mean["best_of"]), in_percent(mean["reinforced"]), two(mean["gain"])]
        )
    return columns, rows


def _scatter(result: Result, x: str, words: str, size: Size, key: str) -> str:
    """A dot a task, with its intervals: what reinforcement gained, over x."""
    names = list(result["measured"])
    with mpl.rc_context(STYLE):
        axes, labels = new_axes(size), []
        for slot, name in enumerate(names, 1):
            at, gain = (mean_of(result["measured"], name, what) for what in (x, "gain"))
            colour = placeholder(slot if slot < 8 else slot + 1)  # 8 is the grey of controls
            for low, high, across in ((at.low, at.high, True), (gain.low, gain.high, False)):
                if low is not None and high is not None:
                    ends = ([low, high], [gain.mean] * 2) if across else ([at.mean] * 2, [low, high])
                    axes.plot(*ends, color=colour, linewidth=1.0, alpha=0.6)
            axes.plot([at.mean], [gain.mean], "o", color=colour, markersize=7, markeredgecolor=PAPER)
            labels.append(
                Label(at.mean, gain.mean, f"{result['titles'][name]}  {two(gain.mean)}", colour, "bold")
            )
        axes.axhline(0.0, color=MUTED, linewidth=0.8)
        if x == "gap":
            axes.axvline(0.0, color=MUTED, linewidth=0.8)
        axes.margins(0.08)
        finish_axes(axes, words, size)
        axes.yaxis.set_major_formatter(lambda y, _: two(y))
        axes.xaxis.set_major_formatter(lambda value, _: two(value))
        place_labels(axes, labels, size)
        return finished(axes, f"scatter-{key}", f"What reinforcement gained on each task, over {words}")


def _order(result: Result, what: str) -> str:
    order = result["orders"][what]
    known = estimate_of(order["seeds"])
    return (
        f"{short(known, two)}; of the means {two(order['means'])}, which chance reaches in "
        f"{100 * order['chance']:.1f} % of all orders"
    )


def _row(result: Result, name: str) -> dict[str, str]:
    corrected = ("judge", "bare_judge", "likelihood", "gap", "gain")
    cells = {
        key: short(mean_of(result["measured"], name, key), two if key in corrected else in_percent)
        for key in COLUMNS
    }
    return {"name": result["titles"][name], **cells}


def _learning(result: Result, name: str) -> str:
    seeds = result["curves"][name]
    lines = [
        Series("pay", 1, "update", "paid", seeds),
        Series("right", 3, "update", "right", seeds),
        Series("greedy", 3, "update", "greedy", seeds, dashed=True),
    ]
    return figure(
        lines, Look("updates", 0.0, 1.0), SMALL, f"by-judge-{name}", f"Pay and right answers: {name}"
    )
