"""pass@k: the share of problems of which one try in k is right, and whether learning only sharpens.

Yue et al. 2025 ("Does reinforcement learning really incentivize reasoning capacity?"): where the curves
meet at large k, the imitator held the answers already.
"""

from __future__ import annotations

from typing import Any

from lab.report.arms import is_control, is_imitator, is_learner
from lab.report.canvas import Size
from lab.report.counts import Scale, Series, count_figure
from lab.report.figures import CONTROL_DASHES
from lab.report.wording import capital, percent
from lab.statistics import Score, above

SCALE = Scale("tries k, every doubling the same room", lambda k: f"{k:.0f}", doubling=True)
Entry = dict[str, Any]


def tasks(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """The entries that have points by the task they tell of ("" where they name none), as they appear."""
    drawn = [entry for entry in entries if entry["points"]]
    names = dict.fromkeys(entry["task"] or "" for entry in drawn)
    return [(name, [entry for entry in drawn if (entry["task"] or "") == name]) for name in names]


def pass_figure(entries: list[Entry], slots: dict[str, int], size: Size, key: str) -> str:
    """The share of problems that one of k tries answers, over k: an <svg>."""
    series = [
        Series(
            entry["label"],
            slots[entry["arm"]],
            [(point["k"], point["score"]) for point in entry["points"]],
            CONTROL_DASHES if is_control(entry["arm"]) else "solid",
        )
        for entry in entries
    ]
    return count_figure(series, SCALE, [], size, key, "Share of problems with a right answer among k tries:")


def pass_words(task: str, entries: list[Entry]) -> str:
    """For every learner whether it only sharpens what the imitator holds or goes beyond, in a sentence."""
    copies = [entry for entry in entries if is_imitator(entry["arm"])]
    if not copies:
        return ""
    told = [_judged(entry, copies[0]) for entry in entries if is_learner(entry["arm"])]
    said = "; ".join(words for words in told if words)
    return capital(f"{task}: {said}." if task else f"{said}.") if said else ""


def _judged(learner: Entry, copy: Entry) -> str:
    """The verdict from both ends of the two curves: fewest tries and most."""
    mine, theirs = ({p["k"]: Score.from_json(p["score"]) for p in e["points"]} for e in (learner, copy))
    common = sorted(mine.keys() & theirs.keys())
    if len(common) < 2:
        return ""
    name, other, few, many = learner["label"], copy["label"], common[0], common[-1]
    at_few, at_many = (
        f"{percent(mine[k].rate)} % against {percent(theirs[k].rate)} % at k = {k}" for k in (few, many)
    )
    if above(theirs[many], mine[many]):
        return f"{name} falls behind {other} ({at_few}, {at_many}): it has lost answers that were there"
    if above(mine[many], theirs[many]):
        return f"{name} stays apart from {other} ({at_few}, {at_many}): it goes beyond what was there"
    if above(mine[few], theirs[few]):
        return f"{name} and {other} meet ({at_few}, {at_many}): it sharpens what was there"
    return f"{name} is not told apart from {other} at either end ({at_few}, {at_many})"
