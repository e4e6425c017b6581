"""What a world shows beyond its panels: each exhibit's figures in both widths, and its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from markupsafe import Markup

from lab.report import dots, policy_gradient, prediction, ratings, samples, surprise, teachers, value_lesson
from lab.report.ladder import ladder_figure, ladder_rows, ladder_words
from lab.report.language import language_exhibits
from lab.report.palette import player_slots
from lab.report.people import people_tables
from lab.report.picture import safe_svg
from lab.report.priors import priors_words
from lab.report.words import words_of

Exhibit = dict[str, Any]
Size = TypeVar("Size")


def exhibits(world: dict[str, Any], slots: dict[str, int], key: str) -> dict[str, Exhibit | None]:
    """The exhibits by the names of their fields; None where the run has not made them, or made them empty."""
    made: dict[str, Callable[[], Exhibit | None]] = {
        "ladder": lambda: _ladder(world, slots, key),
        "prediction": lambda: _prediction(world, slots, key),
        "policy_gradient": lambda: _policy_gradient(world["policy_gradient"], key),
        "value_lesson": lambda: _value_lesson(world["value_lesson"], key),
        "priors": lambda: _priors(world["priors"]),
        "teachers": lambda: _teachers(world["teachers"], key),
        "ratings": lambda: _ratings(world, slots, key),
        "surprise": lambda: _surprise(world, key),
    }
    shown = {name: make() if world[name] else None for name, make in made.items()}
    return {**shown, "people": people_tables(world), **language_exhibits(world, slots, key)}


def _priors(rows: list[dict[str, Any]]) -> Exhibit:
    """The bars begin at a round tenth below all intervals."""
    lowest = max(0.0, int(10 * min(row["score"]["low"] for row in rows) - 1e-9) / 10)
    return {"rows": rows, "words": priors_words(rows), "lowest": lowest}


def _both(draw: Callable[[Size, str], str], wide: Size, narrow: Size, key: str) -> dict[str, Markup]:
    """A figure for wide pages and one for narrow ones."""
    return {"wide": Markup(draw(wide, f"{key}wide")), "narrow": Markup(draw(narrow, f"{key}narrow"))}


def _ladder(world: dict[str, Any], slots: dict[str, int], key: str) -> Exhibit:
    def draw(sheet: dots.Sheet, key: str) -> str:
        return ladder_figure(world, slots, sheet, key)

    rows = ladder_rows(world["ladder"])
    return {
        "figures": _both(draw, dots.WIDE, dots.NARROW, f"{key}ladder"),
        "rows": rows,
        "words": ladder_words(world),
        "simulations": sorted({row["simulations"] for row in rows if row["simulations"]}),
        "kinds": {kind for row in rows for kind in ("raw", "searched", "sampled") if row[kind]},
    }


def _prediction(world: dict[str, Any], slots: dict[str, int], key: str) -> Exhibit | None:
    def draw(size: Any, key: str) -> str:
        return prediction.prediction_figure(world, slots, size, key)

    if not any(entry["points"] for entry in world["prediction"]["arms"]):
        return None
    figures = _both(draw, prediction.WIDE, prediction.NARROW, f"{key}prediction")
    return {"figures": figures, "words": prediction.prediction_words(world)}


def _policy_gradient(stage: dict[str, Any], key: str) -> Exhibit | None:
    def draw(sheet: dots.Sheet, key: str) -> str:
        return policy_gradient.against_figure(stage, sheet, key)

    def sharpen(size: Any, key: str) -> str:
        return policy_gradient.sharpening_figure(stage, size, key)

    if not stage["against"]:
        return None
    sizes = (policy_gradient.WIDE_SHARP, policy_gradient.NARROW_SHARP)
    return {
        "figures": _both(draw, policy_gradient.WIDE, policy_gradient.NARROW, f"{key}against"),
        "sharpening": _both(sharpen, *sizes, f"{key}sharp") if stage["sharpening"] else None,
        "words": policy_gradient.stage_words(stage),
        "arms": list(dict.fromkeys(entry["arm"] for entry in stage["against"])),
        "entropy": stage["entropy"],
        "text": stage["text"],
    }


def _value_lesson(lesson: dict[str, Any], key: str) -> Exhibit | None:
    def draw(size: Any, key: str) -> str:
        return value_lesson.lesson_figure(lesson, size, key)

    kinds = value_lesson.lesson_kinds(lesson)
    if not kinds:
        return None
    figures = _both(draw, value_lesson.WIDE, value_lesson.NARROW, f"{key}value")
    games = {value_lesson.KINDS[kind][0]: lesson[kind]["games"] for kind in kinds}
    return {"figures": figures, "words": value_lesson.lesson_words(lesson), "games": games, **lesson}


def _teachers(sweep: dict[str, Any], key: str) -> Exhibit | None:
    def draw(size: Any, key: str) -> str:
        return teachers.teachers_figure(sweep, size, key)

    if not sweep["rows"]:
        return None
    figures = _both(draw, teachers.WIDE, teachers.NARROW, f"{key}teachers")
    return {"figures": figures, "words": teachers.teachers_words(sweep), "rows": sweep["rows"]}


def _ratings(world: dict[str, Any], slots: dict[str, int], key: str) -> Exhibit | None:
    slot_of = player_slots(world["panels"][0], slots)

    def draw(sheet: dots.Sheet, key: str) -> str:
        return ratings.ratings_figure(world["ratings"], slot_of, sheet, key)

    if not world["ratings"]["players"]:
        return None
    figures = _both(draw, ratings.WIDE, ratings.NARROW, f"{key}ratings")
    return {"figures": figures, "words": ratings.ratings_words(world["ratings"]), **world["ratings"]}


def _surprise(world: dict[str, Any], key: str) -> Exhibit:
    found = world["surprise"]
    words = words_of(world)
    kinds = surprise.kinds_of(found, words)
    born = [birth for birth in found["birth"] if birth["points"]]
    boards = surprise.boards_left(found)
    return {
        "counts": surprise.counts_words(found, words),
        "tables": [
            (name, kind, surprise.named_rows(found[name])) for name, kind in kinds.items() if found[name]
        ],
        "words": surprise.surprise_words(found, words),
        "boards": [
            (board["caption"], Markup(safe_svg(board["svg"], f"{key}board{number}-")))
            for number, board in enumerate(boards)
        ],
        "texts": samples.told_texts(found["texts"] or []),
        "births": [
            {
                **birth,
                "board": Markup(safe_svg(birth["svg"], f"{key}born{number}-")) if birth["svg"] else None,
                "figure": Markup(
                    surprise.birth_figure(birth, found["threshold"], f"{key}birth{number}", words)
                ),
            }
            for number, birth in enumerate(born)
        ],
    }
