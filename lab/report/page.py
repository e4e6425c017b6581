"""The page that tells a result: one HTML file that needs nothing else, on a screen or on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lab.durable import replace_file
from lab.report.arms import is_imitator, without_plateau
from lab.report.exhibits import exhibits
from lab.report.figures import NARROW, WIDE, View, curve_figure, views
from lab.report.headline import deck, headline
from lab.report.limits import limits, shown
from lab.report.palette import DARK, LIGHT, arm_slots, css, player_slots
from lab.report.picture import safe_svg
from lab.report.plateau import NARROW as NARROW_PLATEAU
from lab.report.plateau import WIDE as WIDE_PLATEAU
from lab.report.plateau import plateau_figure, plateau_points, plateau_words
from lab.report.result import Result, known_lines, read_result, validate
from lab.report.schema_language import WORLD_FIELDS
from lab.report.side_by_side import side_by_side
from lab.report.wording import by_seed, capital, percent, seconds, sentence, thousands
from lab.report.words import BOARD, Words, words_of


def write_report(run_folder: Path | str) -> Path:
    """Draw <run_folder>/report.html from its result.json; returns its path. Raises ResultError."""
    folder = Path(run_folder)
    path = folder / "report.html"
    replace_file(path, render_report(read_result(folder / "result.json")).encode())
    return path


def render_report(result: Result) -> str:
    """The whole page; the same result gives the same bytes. Raises ResultError (see docs/result.md)."""
    result = validate(result)
    slots = arm_slots(result)
    worlds = [_world(world, number, result, slots) for number, world in enumerate(result["worlds"])]
    for world, figure in zip(worlds, side_by_side(result["worlds"], slots), strict=True):
        world["paired"] = figure
    phases = _phases(result["times"]["phases"])
    return (
        _environment()
        .get_template("template.html")
        .render(
            result=result,
            worlds=worlds,
            extended=_extended(result),
            title=_title(result),
            runs=len(result["seeds"] or []) or 1,
            slots=slots,
            light=css(LIGHT),
            dark=css(DARK),
            settings=_settings(result),
            boards=[
                (board["caption"], Markup(safe_svg(board["svg"], f"board{number}-")))
                for number, board in enumerate(result["boards"] or [])
            ],
            phases=phases,
            longest_phase=max((phase["cpu_seconds"] for phase in phases), default=1.0) or 1.0,
            lines_known={bool(panel["known"]) for world in worlds for panel in world["panels"]},
            unknown_words=_unknown_words(worlds),
        )
    )


def score_figure(result: Result) -> str:
    """The first headline figure as an SVG file of its own, for slides and README; raises ResultError.

    It follows the reader's light or dark setting, as the page does.
    """
    result = validate(result)
    world = result["worlds"][0]
    panel = without_plateau(world["panels"][0])
    view = next(iter(views(panel, world)), None)
    svg = curve_figure(panel, arm_slots(result), world["optimum"], WIDE, "f", view)
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
        percent=percent,
        duration=seconds,
        sentence=sentence,
        capital=capital,
        thousands=thousands,
        by_seed=by_seed,
    )
    return environment


def _extended(result: Result) -> bool:
    """Whether the page holds anything of the language half, and needs its styles."""
    given = any(world[field] is not None for world in result["worlds"] for field in WORLD_FIELDS)
    return given or len(result["worlds"]) > 1 or bool(result["analogy"])


def _title(result: Result) -> str:
    if len(result["worlds"]) == 1:
        return headline(result["worlds"][0])
    names = (world["title"].partition(":")[0] for world in result["worlds"])  # without what follows in detail
    return " and ".join(names) + ": one experiment, side by side"


def _world(world: dict[str, Any], number: int, result: Result, slots: dict[str, int]) -> dict[str, Any]:
    panels = [
        _panel(panel, world, f"w{number}p{place}", result, slots)
        for place, panel in enumerate(world["panels"])
    ]
    told = {"headline": headline(world), "deck": deck(world), "words": words_of(world)}
    return {**world, **told, "panels": panels, "exhibits": exhibits(world, slots, f"w{number}")}


def _panel(
    panel: dict[str, Any], world: dict[str, Any], key: str, result: Result, slots: dict[str, int]
) -> dict[str, Any]:
    """A panel with what the template needs besides: figures, scales, sentences."""
    panel, words = without_plateau(panel), words_of(world)
    looks = views(panel, world)
    return {
        **panel,
        "key": key,
        "views": [_view(panel, world, view, f"{key}v{n}", slots) for n, view in enumerate(looks)],
        "apart": any(view.apart for view in looks),
        "later": any(begin > 0 for view in looks for begin in view.begins.values()),
        "bands": _sources(looks),
        "series": {curve["series"] for curve in panel["curves"] if curve["points"]},
        "known": known_lines(panel),
        "plateau": _plateau(panel, key, slots, words),
        "copies": {entry["arm"] for entry in panel["imitation"] if is_imitator(entry["arm"])},
        "lowest": _lowest(panel),
        "slot_of": player_slots(panel, slots),
        "rows": _without_repeats(panel["headline"]),
        "categories": _categories(panel["mistakes"], bool(world["judge"])),
        "judge": world["judge"],
        "simulations": sorted({row["simulations"] for row in panel["headline"] if row["simulations"]}),
        "shown": shown(panel),
        "limits": limits(panel, result, words),
        "words": words,
    }


def _categories(rows: list[dict[str, Any]], judged: bool) -> list[str]:
    """The kinds of problem in the table of mistakes. A judge says right or wrong and no more, so that kinds
    may come to the same column for everybody; of these stands the first, or "all"."""
    names = list(dict.fromkeys(name for row in rows for name in row["categories"]))
    if not judged:
        return names
    kinds: dict[str, str] = {}
    for name in sorted(names, key=lambda name: name != "all"):
        kinds.setdefault(json.dumps([row["categories"].get(name) for row in rows]), name)
    return [name for name in names if name in kinds.values()]


def _unknown_words(worlds: list[dict[str, Any]]) -> Words:
    """The words of the first world with a human whose lines nobody knows."""
    unknown = (world for world in worlds if any(not panel["known"] for panel in world["panels"]))
    return next((world["words"] for world in unknown), BOARD)


def _view(
    panel: dict[str, Any], world: dict[str, Any], view: View, key: str, slots: dict[str, int]
) -> dict[str, Any]:
    """A view's title and its figure in both widths."""
    sizes = {"wide": WIDE, "narrow": NARROW}
    figures = {
        name: Markup(curve_figure(panel, slots, world["optimum"], size, key + name, view))
        for name, size in sizes.items()
    }
    return {"title": view.title, **figures}


def _sources(looks: list[View]) -> list[tuple[str, int]]:
    """The files of the bands in these views, each with its number of seeds (the fewest of its bands)."""
    seeds: dict[str, int] = {}
    for band in (band for view in looks for band in view.bands):
        seeds[band["source"]] = min(band["seeds"], seeds.get(band["source"], band["seeds"]))
    return sorted(seeds.items())


def _plateau(panel: dict[str, Any], key: str, slots: dict[str, int], words: Words) -> dict[str, Any] | None:
    """The figure of more lessons of the same human with its words; None where there are too few copies."""
    if not plateau_points(panel):
        return None
    heading, note = plateau_words(panel, words)
    sizes = {"wide": WIDE_PLATEAU, "narrow": NARROW_PLATEAU}
    figures = {
        name: Markup(plateau_figure(panel, slots, size, f"{key}plateau{name}", words))
        for name, size in sizes.items()
    }
    return {"heading": heading, "note": note, "figures": figures}


def _phases(phases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The phases for the table of times: tasks of one kind ("match a v b", or one a seed) summed."""
    kinds: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for phase in phases:
        kind = (phase["arm"], phase["phase"])
        if phase["arm"] == phase["phase"]:
            kind = (phase["arm"].partition(" ")[0], "")
        kinds.setdefault(kind, []).append(phase)
    return [
        {
            "arm": arm if len(members) > 1 else members[0]["arm"],
            "phase": f"{phase} {len(members)} times".strip() if len(members) > 1 else phase,
            "wall_seconds": sum(member["wall_seconds"] for member in members),
            "cpu_seconds": sum(member["cpu_seconds"] for member in members),
        }
        for (arm, phase), members in kinds.items()
    ]


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
    lows = [score["low"] for score in known_lines(panel).values()]
    lows += [row[column]["low"] for row in panel["headline"] for column in ("raw", "searched") if row[column]]
    return max(0.0, int(10 * min(lows, default=0.0) - 1e-9) / 10)


def _settings(result: Result) -> list[tuple[str, str]]:
    """The settings as pairs; of a single world those that took part, where it says so."""
    pairs = _flat(result["config"])
    parts = result["worlds"][0]["settings"] if len(result["worlds"]) == 1 else None
    if parts is None:
        return pairs
    return [pair for pair in pairs if any(f"{pair[0]}.".startswith(f"{part}.") for part in parts)]


def _flat(config: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Settings as (dotted name, value) pairs."""
    pairs = []
    for key, value in config.items():
        if isinstance(value, dict) and value:
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value)))
    return pairs
