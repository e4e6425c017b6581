"""Settings with which no run can start, and the checks that every half makes of its own."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import is_dataclass
from typing import Any


class BadSetting(ValueError):  # noqa: N818
    """A setting with which no run can start."""


def check_numbers(config: Any, shares: Collection[str], may_be_zero: Collection[str]) -> None:
    """Raise BadSetting for a number in a group of settings that cannot work: one named in `shares` must lie
    in [0, 1], a whole number be at least 1 (0, if its option ends with one in `may_be_zero`), any other 0
    or more; and for no workers."""
    for group, settings in vars(config).items():
        if is_dataclass(settings):
            for name, value in vars(settings).items():
                option = f"--{group}.{name}".replace("_", "-")
                _check(option, value, name in shares, int(not option.endswith(tuple(may_be_zero))))
    if config.workers < 1:
        raise BadSetting(f"--workers is {config.workers}; it must be at least 1")


def _check(option: str, value: Any, is_share: bool, least: int) -> None:
    if is_share:
        if not 0.0 <= value <= 1.0:
            raise BadSetting(f"{option} is {value}; it must lie in [0, 1]")
    elif isinstance(value, int) and not isinstance(value, bool):
        if value < least:
            raise BadSetting(f"{option} is {value}; it must be at least {least}")
    elif isinstance(value, float) and not (math.isfinite(value) and value >= 0.0):
        raise BadSetting(f"{option} is {value}; it must be a number, 0 or more")
