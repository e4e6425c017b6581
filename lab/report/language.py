"""What the language half shows beyond its panels: each exhibit's figures in both widths, and its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from lab.report import algorithms, counts, discovery, pass_at_k, samples, shown_worth, teacher_slips, thinking
from lab.report.canvas import Size
from lab.report.wording import capital
from lab.report.words import words_of

Exhibit = dict[str, Any]
Draw = Callable[[Size, str], str]
World = dict[str, Any]


def language_exhibits(world: World, slots: dict[str, int], key: str) -> dict[str, Exhibit | None]:
    """The exhibits by the names of their fields; None where the run has not made them, or made them empty."""
    made: dict[str, Callable[[], Exhibit | None]] = {
        "discovery": lambda: _discovery(world, key),
        "samples": lambda: _samples(world["samples"]),
        "pass_at_k": lambda: _pass_at_k(world["pass_at_k"], slots, key),
        "thinking": lambda: _thinking(world["thinking"], slots, key),
        "algorithms": lambda: _algorithms(world["algorithms"]),
        "shown_worth": lambda: _shown_worth(world["shown_worth"]),
        "teacher_slips": lambda: _teacher_slips(world["teacher_slips"], key),
    }
    return {name: make() if world[name] else None for name, make in made.items()}


def _both(draw: Draw, wide: Size, narrow: Size, key: str) -> dict[str, Markup]:
    """A figure for wide pages and one for narrow ones."""
    return {"wide": Markup(draw(wide, f"{key}wide")), "narrow": Markup(draw(narrow, f"{key}narrow"))}


def _discovery(world: World, key: str) -> Exhibit | None:
    found, words = world["discovery"], words_of(world)

    def draw(size: Size, key: str) -> str:
        return discovery.discovery_figure(found, size, key, words)

    if not found["seeds"]:
        return None
    figures = _both(draw, discovery.WIDE, discovery.NARROW, f"{key}discovery")
    told = discovery.discovery_words(found, words)
    return {
        "figures": figures,
        "words": [told, capital(found["text"] or "")],
        "threshold": found["threshold"],
    }


def _samples(given: list[dict[str, Any]]) -> Exhibit:
    return {"samples": samples.told_samples(given), "words": samples.samples_words(given)}


def _pass_at_k(entries: list[dict[str, Any]], slots: dict[str, int], key: str) -> Exhibit | None:
    groups = pass_at_k.tasks(entries)
    wide = counts.WIDE if len(groups) == 1 else counts.HALF

    def drawn(number: int, task: str, group: list[dict[str, Any]]) -> dict[str, Any]:
        def draw(size: Size, key: str) -> str:
            return pass_at_k.pass_figure(group, slots, size, key)

        return {"task": task, "figures": _both(draw, wide, counts.NARROW, f"{key}pass{number}")}

    if not groups:
        return None
    return {
        "figures": [drawn(number, task, group) for number, (task, group) in enumerate(groups)],
        "words": [pass_at_k.pass_words(task, group) for task, group in groups],
    }


def _thinking(told: dict[str, Any], slots: dict[str, int], key: str) -> Exhibit | None:
    slot, other = thinking.slot_of(told, slots), told["other"]
    settings = [(told["task"], told["points"], told["human"])]
    settings += [(other["task"], other["points"], None)] if other else []
    settings = [setting for setting in settings if setting[1]]
    wide = thinking.WIDE if len(settings) < 2 else thinking.HALF

    def grown(number: int, task: str, points: list[dict[str, Any]], human: Any) -> dict[str, Any]:
        def draw(size: Size, key: str) -> str:
            return thinking.length_figure(points, human, slot, size, key)

        return {"task": task, "figures": _both(draw, wide, thinking.NARROW, f"{key}length{number}")}

    def helped(kind: str) -> dict[str, Any]:
        def draw(size: Size, key: str) -> str:
            return thinking.aid_figure(told, kind, slots, size, key)

        return {"kind": kind, "figures": _both(draw, counts.HALF, counts.NARROW, key + kind)}

    aids = [helped(kind) for kind in thinking.KINDS if told[kind]]
    if not settings and not aids:
        return None
    lengths = [thinking.length_words(points) for _, points, _ in settings]
    if len(settings) > 1:
        lengths = [f"{task}: {words}" for (task, _, _), words in zip(settings, lengths, strict=True)]
    lengths = [capital(words) for words in lengths]
    return {
        "task": told["task"],
        "settings": [grown(number, *setting) for number, setting in enumerate(settings)],
        "aids": aids,
        "stages": [row | {"slot": thinking.slot_of(row, slots)} for row in told["stages"] or []],
        "words": [*lengths, other["text"] if other else None, thinking.votes_words(told), told["text"]],
    }


def _algorithms(rows: list[dict[str, Any]]) -> Exhibit:
    return {"rows": rows, "words": algorithms.algorithms_words(rows)}


def _shown_worth(rows: list[dict[str, Any]]) -> Exhibit:
    return {"rows": shown_worth.worth_rows(rows), "words": shown_worth.worth_words(rows)}


def _teacher_slips(rows: list[dict[str, Any]], key: str) -> Exhibit:
    def draw(size: Size, key: str) -> str:
        return teacher_slips.slips_figure(rows, size, key)

    figures = _both(draw, counts.WIDE, counts.NARROW, f"{key}slips")
    ordered = sorted(rows, key=lambda row: float(row["slips"]))
    return {"figures": figures, "words": teacher_slips.slips_words(rows), "rows": ordered}
