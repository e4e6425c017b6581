"""What an arm's name tells: who only copies, who copies somebody else, and who learned by itself.

The same arm among rare right answers (`rare-`) is what it is without that word.
"""

from __future__ import annotations

import re
from typing import Any


def plain(arm: str) -> str:
    """The arm's name without the word for the panel of rare right answers: rare-verified is verified."""
    return arm.removeprefix("rare-")


def is_imitator(arm: str) -> bool:
    """Whether an arm copies everything a human did: imitator, imitator-3000, slips-imitator."""
    return arm == "imitator" or arm.startswith("imitator-") or arm.endswith("-imitator")


def is_copy(arm: str) -> bool:
    """Whether an arm is a human or learned from one alone, and never from outcomes of its own games."""
    return plain(arm) in ("human", "winners", "verified", "verified-tuned") or is_imitator(arm)


def has_other_teacher(arm: str) -> bool:
    """Whether an arm copies another teacher than the human: imitate-perfect, imitate-rl, shown-512 (true
    answers)."""
    return plain(arm).startswith(("imitate-", "shown-"))


def is_control(arm: str) -> bool:
    """Whether an arm is set apart: copies of another teacher, more of the same at the others' cost, and the
    base model before any of them."""
    return has_other_teacher(arm) or plain(arm) in ("more-imitation", "base")


def is_learner(arm: str) -> bool:
    """Whether an arm learned from outcomes of its own games: policy-gradient, zero and any further name."""
    return not is_copy(arm) and not is_control(arm)


def is_plateau(arm: str) -> bool:
    """Whether an arm is the imitator once more, from so many games: imitator-3000."""
    return re.fullmatch(r"imitator-[1-9][0-9]*", arm) is not None


def without_plateau(panel: dict[str, Any]) -> dict[str, Any]:
    """The panel whose headline and curves leave out the further imitators."""
    kept = {name: [e for e in panel[name] if not is_plateau(e["arm"])] for name in ("headline", "curves")}
    return {**panel, **kept}
