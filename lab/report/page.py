"""The page that tells a result: one HTML file that needs nothing else, on a screen or on paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lab.durable import replace_file
from lab.report import headline as words
from lab.report.figures import NARROW, WIDE, curve_figure
from lab.report.palette import DARK, HUMAN, LIGHT, arm_slots, css
from lab.report.picture import safe_svg
from lab.report.result import Result, read_result, validate


def write_report(run_folder: Path | str) -> Path:
    """Draw <run_folder>/report.html from its result.json; returns its path. Raises ResultError."""
    folder = Path(run_folder)
    path = folder / "report.html"
    replace_file(path, render_report(read_result(folder / "result.json")).encode())
    return path


def render_report(result: Result) -> str:
    """The whole page; the same result gives the same bytes. Raises ResultError (see docs/result.md)."""
    validate(result)
    slots = arm_slots(result)
    worlds = [_world(world, number, result, slots) for number, world in enumerate(result["worlds"])]
    return (
        _environment()
        .get_template("template.html")
        .render(
            result=result,
            worlds=worlds,
            title=_title(result),
            runs=len(result.get("seeds") or []) or 1,
            slots=slots,
            light=css(LIGHT),
            dark=css(DARK),
            settings=_flat(result["config"]),
            boards=[
                (board["caption"], Markup(safe_svg(board["svg"]))) for board in result.get("boards") or []
            ],
            longest_phase=max((phase["cpu_seconds"] for phase in result["times"]["phases"]), default=1.0)
            or 1.0,
        )
    )


def score_figure(result: Result) -> str:
    """The first headline figure as an SVG file of its own, for slides and README; raises ResultError.

    It follows the reader's light or dark setting, as the page does.
    """
    validate(result)
    world = result["worlds"][0]
    svg = curve_figure(world["panels"][0], arm_slots(result), world["optimum"], WIDE, "f")
    style = (
        f"svg {{ --ink: #1d1c1a; --muted: #6b6760; --hairline: #e4e1da; --paper: #fffefb; {css(LIGHT)} "
        "--sans: Helvetica, Arial, sans-serif; }\n@media (prefers-color-scheme: dark) { svg { "
        f"--ink: #ebe8e1; --muted: #a29d93; --hairline: #34353a; --paper: #161719; {css(DARK)} }} }}"
    )
    head, body = svg.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{body}\n'


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lab.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=words.percent, duration=words.seconds, sentence=words.sentence, thousands=_thousands
    )
    return environment


def _title(result: Result) -> str:
    if len(result["worlds"]) == 1:
        return words.headline(result["worlds"][0])
    return " and ".join(world["title"] for world in result["worlds"]) + ": one experiment, side by side"


def _world(world: dict[str, Any], number: int, result: Result, slots: dict[str, int]) -> dict[str, Any]:
    panels = [
        _panel(panel, world, f"w{number}p{place}", result, slots)
        for place, panel in enumerate(world["panels"])
    ]
    return {**world, "headline": words.headline(world), "deck": words.deck(world), "panels": panels}


def _panel(
    panel: dict[str, Any], world: dict[str, Any], key: str, result: Result, slots: dict[str, int]
) -> dict[str, Any]:
    """A panel with what the template needs besides: figures, scales, sentences."""
    drawn = any(curve["points"] for curve in panel["curves"])
    figures = {
        name: Markup(curve_figure(panel, slots, world["optimum"], size, key + name)) if drawn else None
        for name, size in (("wide", WIDE), ("narrow", NARROW))
    }
    return {
        **panel,
        "figures": figures,
        "lowest": _lowest(panel),
        "slot_of": _slot_of(panel, slots),
        "rows": _without_repeats(panel["headline"]),
        "categories": list(dict.fromkeys(name for row in panel["mistakes"] for name in row["categories"])),
        "simulations": sorted({row["simulations"] for row in panel["headline"] if row["simulations"]}),
        "shown": words.shown(panel),
        "limits": words.limits(panel, result),
    }


def _slot_of(panel: dict[str, Any], slots: dict[str, int]) -> Callable[[str], int]:
    """The colour slot of any player's name: a row's own, else that of the arm it begins with, else grey."""
    players = {row["player"]: slots[row["arm"]] for row in panel["headline"]}

    def slot_of(name: str) -> int:
        if name in players:
            return players[name]
        arms = [arm for arm in slots if name == arm or name.startswith((f"{arm}.", f"{arm},", f"{arm} "))]
        return slots[max(arms, key=len)] if arms else HUMAN

    return slot_of


def _without_repeats(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The headline rows; cost and games are told once an arm."""
    seen: set[str] = set()
    told = []
    for row in rows:
        told.append({**row, "tells_cost": row["cpu_seconds"] is not None and row["arm"] not in seen})
        seen.add(row["arm"])
    return told


def _lowest(panel: dict[str, Any]) -> float:
    """Where the scale of the headline table's bars begins: a round tenth below all intervals."""
    lows = [panel["lines"]["recorded"]["low"]]
    lows += [row[column]["low"] for row in panel["headline"] for column in ("raw", "searched") if row[column]]
    return max(0.0, int(10 * min(lows) - 1e-9) / 10)


def _flat(config: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Settings as (dotted name, value) pairs."""
    pairs = []
    for key, value in config.items():
        if isinstance(value, dict) and value:
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value)))
    return pairs


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")
