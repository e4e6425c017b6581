"""The lessons of the language half, by name. Nothing heavy here."""

from __future__ import annotations

from lab.lessons import Lesson

LESSONS: dict[str, Lesson] = {}
