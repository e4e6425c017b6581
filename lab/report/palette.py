"""One colour an arm, the same wherever the arm appears, told apart by colour-blind eyes too.

Figures and template name slots only (`var(--arm-3)`); the two themes give a slot its colour.
The first hues are those of Okabe and Ito ("Color universal design", 2008), darkened for white paper and
lightened for a dark screen; the further ones were searched for the greatest distance to all others under
normal, protan and deutan vision (Machado et al. 2009). Controls are grey and dashed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.report.arms import is_control, is_imitator, plain
from lab.report.result import Result

HUMAN = 0
KNOWN = {
    "human": HUMAN,
    "imitator": 1,
    "winners": 2,
    "verified": 2,
    "verified-tuned": 2,
    "zero": 3,
    "own-wins": 4,
    "own-right": 4,
    "policy-gradient": 5,
    "alphago": 6,
    "master": 7,
    "expert-iteration": 7,  # as Master: it imitates what is better than itself
    "ppo": 10,
    "grpo": 11,
}
CONTROL = 8
FURTHER = 9  # the first slot of arms with other names
LIGHT = (
    *("#57534e", "#c4520a", "#007a5a", "#0062a8", "#753c22", "#975f90", "#452e62", "#222b90"),
    *("#76716a", "#9c4a85", "#806000", "#1f7a87"),
)
DARK = (
    *("#bdb8ae", "#f5a067", "#45c99f", "#63b6f2", "#bd8708", "#a686ad", "#7eeaf0", "#698afd"),
    *("#969087", "#e0a0cd", "#dfc050", "#7fd3de"),
)


def arm_slots(result: Result) -> dict[str, int]:
    """Every arm of the result and its slot: known ones their own, imitators one, others as they appear."""
    slots = dict(KNOWN)
    for world in result["worlds"]:
        for panel in world["panels"]:
            for entry in [*panel["headline"], *panel["curves"], *panel["imitation"]]:
                _give(slots, entry["arm"])
        for arm in _exhibited(world):
            _give(slots, arm)
    return slots


def _exhibited(world: dict[str, Any]) -> list[str]:
    """The arms that a world's exhibits name."""
    thinking = world.get("thinking") or {"votes": [], "allowed": []}
    entries = [*(world.get("ladder") or []), *(world.get("prediction") or {"arms": []})["arms"]]
    entries += [*(world.get("pass_at_k") or []), *thinking["votes"], *thinking["allowed"]]
    entries += thinking.get("stages") or []
    entries += world.get("algorithms") or []
    own = thinking.get("arm")
    return [entry["arm"] for entry in entries] + ([own] if own else [])


def _give(slots: dict[str, int], arm: str) -> None:
    """Give an arm its slot, if it has none."""
    if is_imitator(arm):
        slots[arm] = KNOWN["imitator"]
    elif is_control(arm):
        slots[arm] = CONTROL
    elif plain(arm) in KNOWN:
        slots[arm] = KNOWN[plain(arm)]
    elif arm not in slots:
        further = sum(slots[other] >= FURTHER and plain(other) not in KNOWN for other in slots)
        slots[arm] = FURTHER + further % (len(LIGHT) - FURTHER)


def player_slots(panel: dict[str, Any], slots: dict[str, int]) -> Callable[[str], int]:
    """The colour slot of any player's name: a row's own, else that of the arm it begins with, else grey."""
    players = {row["player"]: slots[row["arm"]] for row in panel["headline"]}

    def slot_of(name: str) -> int:
        if name in players:
            return players[name]
        arms = [arm for arm in slots if name == arm or name.startswith((f"{arm}.", f"{arm},", f"{arm} "))]
        return slots[max(arms, key=len)] if arms else HUMAN

    return slot_of


def css(colours: tuple[str, ...]) -> str:
    """The slots of one theme as CSS custom properties."""
    return " ".join(f"--arm-{slot}: {colour};" for slot, colour in enumerate(colours))
