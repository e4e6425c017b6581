"""What the window remembers from one time to the next; a broken file is told and put aside, never fatal."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from agents.play.folder import put_aside, user_folder
from agents.play.seats import ME
from lab.durable import replace_file

PALETTES = ("classic", "sky", "stone")
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 16.0)  # moves a second, agent against agent
SMALLEST = (640, 480)
MOST_KOMI = 361.5  # more than any board is worth


@dataclass
class Settings:
    """All of it. sides: who begins, who answers; simulations: of each, where it searches."""

    world: str = "connect_four"
    sides: list[str] = field(default_factory=lambda: [ME, "pretrained:zero"])
    simulations: list[int] = field(default_factory=lambda: [64, 64])
    teaching: bool = False
    sound: bool = True
    coordinates: bool = True
    palette: str = "classic"
    speed: float = 1.0
    size: list[int] = field(default_factory=lambda: [1100, 740])
    komi: dict[str, float] = field(default_factory=dict)  # of each game, where it is not the usual one
    games: int = 0  # begun so far: the number of the next game's stream of random numbers


def settings_path() -> Path:
    """Where they lie."""
    return user_folder() / "settings.json"


def load_settings() -> tuple[Settings, str]:
    """The remembered settings, else the first ones; and what there is to tell, if anything."""
    path = settings_path()
    try:
        return parse_settings(json.loads(path.read_text(encoding="utf-8"))), ""
    except FileNotFoundError:
        return Settings(), ""
    except (ValueError, TypeError) as error:
        try:
            aside = put_aside(path)
        except OSError as failed:
            return Settings(), f"settings cannot be read ({failed}): the first ones are used"
        return Settings(), f"settings could not be read ({error}): put aside as {aside.name}"
    except OSError as error:
        return Settings(), f"settings cannot be read ({error}): the first ones are used"


def save_settings(settings: Settings) -> str:
    """Write them; returns what went wrong, or nothing."""
    path = settings_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, (json.dumps(asdict(settings), indent=1) + "\n").encode())
    except OSError as error:
        return f"settings are not remembered: {error}"
    return ""


def parse_settings(value: Any) -> Settings:
    """Settings of plain values; what is missing keeps its first value. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError("not a list of settings")
    known = {one.name for one in fields(Settings)}
    settings = Settings(**{name: entry for name, entry in value.items() if name in known})
    first = Settings()
    for name in known:
        got, wanted = getattr(settings, name), getattr(first, name)
        kinds = (int, float) if isinstance(wanted, float) else (type(wanted),)
        if not isinstance(got, kinds) or (isinstance(got, bool) and not isinstance(wanted, bool)):
            raise ValueError(f"{name} is {got!r}")
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """Raise ValueError for values out of range."""
    pairs: list[tuple[str, list[Any], type]] = [
        ("sides", settings.sides, str),
        ("simulations", settings.simulations, int),
        ("size", settings.size, int),
    ]
    for name, pair, kind in pairs:
        if len(pair) != 2 or not all(type(one) is kind for one in pair):
            raise ValueError(f"{name} is {pair!r}")
    if not all(isinstance(komi, int | float) and abs(komi) <= MOST_KOMI for komi in settings.komi.values()):
        raise ValueError(f"komi is {settings.komi!r}")
    if settings.palette not in PALETTES or settings.speed not in SPEEDS or settings.games < 0:
        raise ValueError("a value is out of range")
    if not all(0 <= n <= 100_000 for n in settings.simulations):
        raise ValueError(f"simulations is {settings.simulations!r}")
    settings.size = [min(max(n, least), 8192) for n, least in zip(settings.size, SMALLEST, strict=True)]
