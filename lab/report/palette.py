"""One colour an arm, the same wherever the arm appears, told apart by colour-blind eyes too.

Figures and template name slots only (`var(--arm-3)`); the two themes give a slot its colour.
The hues are those of Okabe and Ito ("Color universal design", 2008), darkened for white paper and
lightened for a dark screen.
"""

from __future__ import annotations

from lab.report.arms import is_imitator
from lab.report.result import Result

HUMAN = 0
KNOWN = {"human": HUMAN, "imitator": 1, "winners": 2, "zero": 3}
LIGHT = ("#57534e", "#c4520a", "#007a5a", "#0062a8", "#9c4a85", "#806000", "#2f8f9d")
DARK = ("#bdb8ae", "#f5a067", "#45c99f", "#63b6f2", "#e0a0cd", "#dfc050", "#7fd3de")


def arm_slots(result: Result) -> dict[str, int]:
    """Every arm of the result and its slot: known ones their own, imitators one, others as they appear."""
    slots = dict(KNOWN)
    for world in result["worlds"]:
        for panel in world["panels"]:
            for entry in [*panel["headline"], *panel["curves"], *panel["imitation"]]:
                if is_imitator(entry["arm"]):
                    slots[entry["arm"]] = KNOWN["imitator"]
                else:
                    further = len({slot for slot in slots.values() if slot >= len(KNOWN)})
                    slots.setdefault(entry["arm"], len(KNOWN) + further % (len(LIGHT) - len(KNOWN)))
    return slots


def css(colours: tuple[str, ...]) -> str:
    """The slots of one theme as CSS custom properties."""
    return " ".join(f"--arm-{slot}: {colour};" for slot, colour in enumerate(colours))
