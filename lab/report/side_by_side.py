"""The headline figures of several worlds beside each other, on one scale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from lab.report.arms import without_plateau
from lab.report.canvas import Size
from lab.report.figures import curve_figure, lowest, views

HALF = Size(6.2, 5.0, 10.4, 0.09, 0.66, 0.115)


def side_by_side(worlds: list[dict[str, Any]], slots: dict[str, int]) -> list[Markup | None]:
    """Each world's first headline figure, all with the same axis; None for a world without curves, and for
    a world that stands alone."""
    if len(worlds) < 2:
        return [None] * len(worlds)
    panels = [without_plateau(world["panels"][0]) for world in worlds]
    firsts = [next(iter(views(panel, world)), None) for panel, world in zip(panels, worlds, strict=True)]
    drawn = [(panel, view) for panel, view in zip(panels, firsts, strict=True) if view is not None]
    bottom = min((lowest(panel, view) for panel, view in drawn), default=0.0)
    top = max(float(world["optimum"]) for world in worlds)
    figures: list[Markup | None] = []
    for number, (panel, view, world) in enumerate(zip(panels, firsts, worlds, strict=True)):
        if view is None:
            figures.append(None)
            continue
        shared = replace(view, bottom=bottom, top=top)
        figures.append(Markup(curve_figure(panel, slots, world["optimum"], HALF, f"pair{number}", shared)))
    return figures
