"""A lesson's page: one HTML file that needs nothing else, in the look of the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from lab.durable import replace_file
from lab.lessons import Lesson
from lab.report.palette import DARK, LIGHT, css
from lab.report.wording import capital, seconds

Record = dict[str, Any]


def write_page(folder: Path, lesson: Lesson, record: Record, told: Record) -> Path:
    """Draw <folder>/report.html of a lesson's record (lesson.json) and what its own pictures add."""
    path = folder / "report.html"
    replace_file(path, render(lesson, record, told).encode())
    return path


def render(lesson: Lesson, record: Record, told: Record) -> str:
    """The page; the same record gives the same bytes. Its template lies in `pages` beside lesson.page."""
    environment = _environment(lesson.page.rpartition(".")[0])
    template = environment.get_template(f"{record['lesson'].replace('-', '_')}.html")
    return template.render(
        **{name: record[name] for name in ("lesson", "seeds", "times", "command", "created", "result")},
        settings=_flat(record["result"]["settings"]),
        light=css(LIGHT),
        dark=css(DARK),
        **told,
    )


def _environment(package: str) -> Environment:
    folders = [(package, "pages"), ("lab.lessons", "pages"), ("lab.report", ".")]
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(*folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(duration=seconds, capital=capital)
    return environment


def _flat(settings: Record, prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in settings.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{name}.")
        else:
            pairs.append((f"{prefix}{name}", value if isinstance(value, str) else json.dumps(value)))
    return pairs
