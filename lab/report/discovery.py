"""Discovery: on how many imitation seeds reinforcement finds what no teacher ever showed."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

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
from lab.report.palette import KNOWN
from lab.report.wording import percent
from lab.report.words import BOARD, Words

WIDE = Size(9.4, 4.5, 9.6, 0.062, 0.775, 0.12)
NARROW = Size(5.0, 4.8, 10.4, 0.1, 0.6, 0.115)
Seed = dict[str, Any]


def in_order(discovery: dict[str, Any]) -> list[Seed]:
    """The seeds from the one that finds most to the one that finds least."""
    return sorted(discovery["seeds"], key=lambda seed: -float(seed["hard"]["rate"]))


def discovery_figure(discovery: dict[str, Any], size: Size, key: str, words: Words = BOARD) -> str:
    """For every seed the way from its imitator up to what reinforcement made of it: an <svg>.

    Filled: a success, hollow: none; small: greedy on all problems.
    """
    seeds = in_order(discovery)
    with mpl.rc_context(STYLE):
        axes = new_axes(size)
        axes.axhline(discovery["threshold"], color=MUTED, linewidth=0.8, linestyle=(0, (3.2, 2.0)))
        for place, seed in enumerate(seeds):
            _draw(axes, place, seed)
        axes.set_ylim(-0.02, 1.02)
        axes.set_xlim(-0.6, len(seeds) - 0.4)
        axes.xaxis.set_major_locator(FixedLocator(range(len(seeds))))
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        finish_axes(axes, "imitation seed, the one that finds most first", size)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{seeds[round(x)]['seed']}"))
        place_labels(axes, _labels(seeds, discovery["threshold"], words), size)
        return finished(axes, key, _description(seeds))


def _draw(axes: Axes, place: int, seed: Seed) -> None:
    before, after, all_ = seed["imitator_hard"], seed["hard"], seed["greedy"]
    old, new = placeholder(KNOWN["imitator"]), placeholder(KNOWN["policy-gradient"])
    style: dict[str, Any] = {"clip_on": False, "zorder": 3}
    axes.plot([place] * 2, [before["rate"], after["rate"]], color=new, linewidth=1.0, alpha=0.45)
    axes.plot([place] * 2, [after["low"], after["high"]], color=new, linewidth=4.4, alpha=0.28)
    axes.plot([place] * 2, [before["low"], before["high"]], color=old, linewidth=4.4, alpha=0.28)
    axes.plot(
        [place],
        [before["rate"]],
        "o",
        color=old,
        markersize=5,
        markeredgecolor=PAPER,
        markeredgewidth=0.8,
        **style,
    )
    axes.plot(
        [place],
        [after["rate"]],
        "o",
        markersize=7.4,
        markerfacecolor=new if seed["success"] else PAPER,
        markeredgecolor=PAPER if seed["success"] else new,
        markeredgewidth=0.9 if seed["success"] else 1.6,
        **style,
    )
    axes.plot([place + 0.22], [all_["rate"]], "D", color=MUTED, markersize=3.4, markeredgewidth=0, **style)


def _labels(seeds: list[Seed], threshold: float, words: Words) -> list[Label]:
    last, x = seeds[-1], len(seeds) - 1
    return [
        Label(
            x,
            last["imitator_hard"]["rate"],
            f"imitator, hard {words.problems}",
            placeholder(KNOWN["imitator"]),
        ),
        Label(
            x,
            last["hard"]["rate"],
            f"learner, hard {words.problems}",
            placeholder(KNOWN["policy-gradient"]),
            "bold",
        ),
        Label(x + 0.22, last["greedy"]["rate"], f"learner, all {words.problems}", MUTED),
        Label(None, threshold, f"counts as found from {100 * threshold:.0f} %", MUTED),
    ]


def _description(seeds: list[Seed]) -> str:
    told = [
        f"seed {seed['seed']} from {percent(seed['imitator_hard']['rate'])} % to "
        f"{percent(seed['hard']['rate'])} %{'' if seed['success'] else ', no success'}"
        for seed in seeds
    ]
    return f"Hard problems answered, imitator and learner: {'; '.join(told)}."


def discovery_words(discovery: dict[str, Any], words: Words = BOARD) -> str:
    """The share of seeds that succeed with its exact interval, what they reach, and where they came from."""
    seeds, found = discovery["seeds"], [seed for seed in discovery["seeds"] if seed["success"]]
    interval = f"{percent(discovery['low'])}–{percent(discovery['high'])}"
    told = f"{len(found)} of {len(seeds)} seeds succeed, {percent(len(found) / len(seeds))} % [{interval}]"
    if found:
        told += f"; greedy on all {words.problems} those reach {_range(found, 'greedy')}"
    before = f"the imitators they began with answer {_range(seeds, 'imitator_hard')} of the hard ones"
    return f"{told}; {before}."


def _range(seeds: list[Seed], name: str) -> str:
    """The least and the most of a score in per cent."""
    rates = [float(seed[name]["rate"]) for seed in seeds]
    low, high = percent(min(rates)), percent(max(rates))
    return f"{low} %" if low == high else f"{low} to {high} %"
