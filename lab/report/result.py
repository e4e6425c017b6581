"""What a result must hold before a page can be drawn from it (schema in docs/result.md)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Result = dict[str, Any]
SCHEMA = "move37-result/1"
VERDICTS = ("shown", "not shown", "contradicted")


class ResultError(ValueError):
    """A result that lacks a field or holds something impossible; the message names the field."""


@dataclass(frozen=True)
class Maybe:
    """A field that may also be null or left out."""

    spec: Any


@dataclass(frozen=True)
class Each:
    """An object of any keys whose values are all alike."""

    spec: Any


class ScoreSpec:
    """{"rate", "low", "high", "n"} with 0 <= low <= rate <= high <= 1."""


SCORE = ScoreSpec()
PANEL = {
    "panel": str,
    "title": str,
    "claim": str,
    "demonstrator": {"name": str, "title": str, "procedure": str, "weaknesses": [str], "slips": [str]},
    "lines": Maybe({"recorded": SCORE, "best": Maybe(SCORE), "careful": Maybe(SCORE)}),
    "headline": [
        {
            "player": str,
            "arm": str,
            "raw": SCORE,
            "searched": Maybe(SCORE),
            "simulations": Maybe(int),
            "cpu_seconds": Maybe(float),
            "games": Maybe(int),
        }
    ],
    "curves": [
        {
            "arm": str,
            "series": str,
            "seed": Maybe(int),
            "points": [{"step": int, "cpu_seconds": float, "games": int, "score": SCORE}],
        }
    ],
    "imitation": [
        {
            "arm": str,
            "accuracy": SCORE,
            "accuracy_ceiling": Maybe(float),
            "cross_entropy": float,
            "entropy_floor": Maybe(float),
            "versus_human_sampled": Maybe(SCORE),
            "versus_human_greedy": Maybe(SCORE),
            "greedy": Maybe(SCORE),
            "sampled": Maybe(SCORE),
            "games": int,
            "positions": int,
        }
    ],
    "matches": [
        {
            "first": str,
            "second": str,
            "first_simulations": int,
            "second_simulations": int,
            "score": SCORE,
            "wins": int,
            "draws": int,
            "losses": int,
            "games": int,
            "distinct_games": int,
            "openings": int,
        }
    ],
    "mistakes": [{"player": str, "categories": Each(SCORE)}],
    "claims": [{"claim": str, "verdict": VERDICTS, "evidence": str}],
}
RESULT = {
    "schema": (SCHEMA,),
    "command": str,
    "config": dict,
    "preset": str,
    "seed": int,
    "created": str,
    "versions": dict,
    "machine": dict,
    "times": {
        "wall_seconds": float,
        "cpu_seconds": float,
        "phases": [{"arm": str, "phase": str, "wall_seconds": float, "cpu_seconds": float}],
    },
    "worlds": [
        {
            "world": str,
            "title": str,
            "score_name": str,
            "optimum": float,
            "chance": Maybe(SCORE),
            "panels": [PANEL],
        }
    ],
    "boards": Maybe([{"caption": str, "svg": str}]),
    "seeds": Maybe([dict]),
}
LINES = ("recorded", "best")
WORDS = {str: "text", int: "a whole number", float: "a number", dict: "an object"}


def validate(result: Any) -> Result:
    """The result with null for left-out optional fields; raises ResultError that names what is wrong."""
    _check(result, RESULT, "result")
    if not result["worlds"]:
        raise ResultError("result.worlds is empty: there is nothing to report")
    for number, world in enumerate(result["worlds"]):
        if not world["panels"]:
            raise ResultError(f"result.worlds[{number}].panels is empty: there is nothing to report")
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
        raise ResultError(f"{path}: not a readable result ({error})") from error


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


def _check_score(value: Any, place: str) -> None:
    _check_fields(value, {"rate": float, "low": float, "high": float, "n": int}, place)
    if not 0.0 <= value["low"] <= value["rate"] <= value["high"] <= 1.0:
        raise ResultError(f"{place} needs 0 <= low <= rate <= high <= 1, not {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
