"""Which of a board's ready-made agents plays where nobody is named; light, for command lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "pretrained"
PREFERRED = ("zero", "master")  # the first that there is


def preferred_agent(folder: Path) -> str | None:
    """The agent's name, of those in the folder of one game; None where neither is there."""
    return next((name for name in PREFERRED if (folder / name).is_dir()), None)


def preferred_of(names: Sequence[str]) -> str:
    """The preferred one of these agents, else the first; a name may begin with "pretrained:"."""
    of = {name.removeprefix("pretrained:"): name for name in names}
    return next((of[name] for name in PREFERRED if name in of), names[0])
