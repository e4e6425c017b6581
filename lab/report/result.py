"""What a result must hold before a page can be drawn from it (schema in docs/result.md)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from lab.report.kinds import CountSpec, Each, Maybe, ScoreSpec, ShareSpec
from lab.report.schema import RESULT

Result = dict[str, Any]


class ResultError(ValueError):
    """A result that lacks a field or holds something impossible; the message names the field."""


LINES = ("recorded", "best")
WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number", dict: "an object"}


def validate(result: Any) -> Result:
    """The result with null for left-out optional fields; raises ResultError that names what is wrong."""
    _check(result, RESULT, "result")
    if not result["worlds"]:
        raise ResultError("result.worlds is empty: there is nothing to report")
    for number, world in enumerate(result["worlds"]):
        if not world["panels"]:
            raise ResultError(f"result.worlds[{number}].panels is empty: there is nothing to report")
        _check_discovery(world.get("discovery"), f"result.worlds[{number}].discovery")
    checked: Result = _filled(result, RESULT)
    return checked


def _filled(value: Any, spec: Any) -> Any:
    """A value that was checked, with None for every field that may be left out and is."""
    if isinstance(spec, Maybe):
        return None if value is None else _filled(value, spec.spec)
    if isinstance(spec, list):
        return [_filled(item, spec[0]) for item in value]
    if isinstance(spec, dict):
        return {**value, **{key: _filled(value.get(key), field) for key, field in spec.items()}}
    return value


def read_result(path: Path) -> Result:
    """The result in a file; raises ResultError where it is missing, no JSON or incomplete."""
    try:
        return validate(json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise ResultError(f"{path}: there is no result yet; has the run come to its end?") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ResultError(
            f"{path}: not a readable result ({error}); `report RUN --anew` puts it together again"
        ) from error


def known_lines(panel: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Those of the human's two ceilings that are known: recorded, best; none for a file of games."""
    lines = panel.get("lines") or {}
    return {name: lines[name] for name in LINES if lines.get(name) is not None}


def _check(value: Any, spec: Any, place: str) -> None:
    if isinstance(spec, Maybe):
        if value is not None:
            _check(value, spec.spec, place)
    elif isinstance(spec, ScoreSpec):
        _check_score(value, place)
    elif isinstance(spec, ShareSpec):
        _check_share(value, place)
    elif isinstance(spec, CountSpec):
        _check_count(value, place)
    elif isinstance(spec, Each):
        _check(value, dict, place)
        for key, item in value.items():
            _check(item, spec.spec, f"{place}.{key}")
    elif isinstance(spec, dict):
        _check_fields(value, spec, place)
    elif isinstance(spec, list):
        if not isinstance(value, list):
            raise ResultError(f"{place} must be a list, not {_shown(value)}")
        for number, item in enumerate(value):
            _check(item, spec[0], f"{place}[{number}]")
    elif isinstance(spec, tuple):
        if value not in spec:
            raise ResultError(f"{place} must be {' or '.join(map(repr, spec))}, not {_shown(value)}")
    else:
        _check_plain(value, spec, place)


def _check_fields(value: Any, spec: dict[str, Any], place: str) -> None:
    _check(value, dict, place)
    for key, field in spec.items():
        if key not in value and not isinstance(field, Maybe):
            raise ResultError(f"{place}.{key} is missing")
        _check(value.get(key), field, f"{place}.{key}")


def _check_plain(value: Any, kind: type, place: str) -> None:
    right = isinstance(value, int | float) if kind is float else isinstance(value, kind)
    if not right or (isinstance(value, bool) and kind in (int, float)):
        raise ResultError(f"{place} must be {WORDS[kind]}, not {_shown(value)}")
    if kind is float and not math.isfinite(value):
        raise ResultError(f"{place} is {value}")


def _check_share(value: Any, place: str) -> None:
    _check_plain(value, float, place)
    if not 0.0 <= value <= 1.0:
        raise ResultError(f"{place} must lie in [0, 1], not {_shown(value)}")


def _check_count(value: Any, place: str) -> None:
    _check_plain(value, int, place)
    if value < 1:
        raise ResultError(f"{place} must be at least 1, not {_shown(value)}")


def _check_discovery(found: dict[str, Any] | None, place: str) -> None:
    """The count and its interval are those of the seeds."""
    if found is None or not found["seeds"]:
        return
    successes = sum(seed["success"] for seed in found["seeds"])
    if found["successes"] != successes:
        raise ResultError(f"{place}.successes is {found['successes']}, but {successes} seeds succeed")
    if not found["low"] <= successes / len(found["seeds"]) <= found["high"]:
        raise ResultError(f"{place}.low and .high must lie around the share of seeds that succeed")


def _check_score(value: Any, place: str) -> None:
    _check_fields(value, {"rate": float, "low": float, "high": float, "n": int}, place)
    if not 0.0 <= value["low"] <= value["rate"] <= value["high"] <= 1.0:
        raise ResultError(f"{place} needs 0 <= low <= rate <= high <= 1, not {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
