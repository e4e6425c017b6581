"""Which worlds have scored positions, and with them an experiment: those with a folder here."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "positions"
NEEDED = ("test", "validation")  # to report on, and to measure curves on


def scored_worlds() -> tuple[str, ...]:
    """The worlds whose frozen positions lie in FOLDER, by name."""
    if not FOLDER.is_dir():
        return ()
    return tuple(
        sorted(
            folder.name
            for folder in FOLDER.iterdir()
            if all((folder / f"{split}.txt").is_file() for split in NEEDED)
        )
    )
