"""Deleting a run folder, and nothing else: only a folder that holds a run and what runs write.

Whoever keeps a thesis in a run folder, or links one to another, keeps it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from lab.run import RunError, open_run
from lab.run_lock import PARENT, WORKERS, held_run

TOP = re.compile(
    r"(config|environment|times|result|duel|evaluation|lesson|match)\.json|(report|overlay)\.html|"
    r"errors\.log|games\.jsonl|policy\.svg|robot\.gif|"  # of matches and of lessons
    r"\.lock|\.workers|\..+\.unfinished"
)
WITHIN = {  # what runs write in each folder of theirs
    "arms": re.compile(r".+\.(safetensors|jsonl|json|npz)|\..+\.unfinished"),
    "tensorboard": re.compile(r"events\.out\.tfevents\..+"),
    "results": re.compile(r".+\.(json|npz)|\..+\.unfinished"),
    "demonstrations": re.compile(r".+\.(txt|npz)|\..+\.unfinished"),
    "spent": re.compile(r".+\.json|\..+\.unfinished"),
    "sgf": re.compile(r"\d+\.sgf|\..+\.unfinished"),
    "done": re.compile(r".+"),  # marks, all of them empty
}
PATIENCE = 5.0  # seconds for the workers of a killed run to leave
SEED = re.compile(r"seed-\d+")
STUDIES = "studies"  # holds folders in which there is what a run's has, but settings
LAST = (PARENT, WORKERS, "config.json")  # the locks while they are held; without settings it is no run


class NotDeletable(RunError):  # noqa: N818
    """A folder that is no run, or holds what no run wrote; nothing of it is deleted."""


def check_deletable(folder: Path) -> tuple[int, int]:
    """(files, bytes) of a run folder that holds a run and nothing else. Raises NotDeletable."""
    if folder.is_symlink():
        raise NotDeletable(f"{folder} is a link: name the run folder itself")
    try:
        open_run(folder)
    except (RunError, OSError) as error:
        raise NotDeletable(f"nothing is deleted: {error}") from None
    foreign = [str(path.relative_to(folder)) for path in _foreign(folder)]
    if foreign:
        some = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        raise NotDeletable(f"nothing is deleted: {folder} holds what no run wrote ({some}); move that first")
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def delete_run(folder: Path) -> None:
    """Delete a run folder; one that is torn in the middle of this is still a run, to be deleted again.

    Raises NotDeletable, and RunBusy where a process works on it or on one of its seeds.
    """
    check_deletable(folder)
    with held_run(folder, patience=PATIENCE):
        seeds = list(_seeds(folder))
        with ExitStack() as held:
            for seed in seeds:
                held.enter_context(held_run(seed, patience=PATIENCE))
            for part in (*seeds, folder):
                _empty(part)
        for seed in seeds:  # those within others come first
            _remove_last(seed)
    _remove_last(folder)


def _seeds(folder: Path) -> Iterator[Path]:
    """The run folders of worlds and seeds within a run folder, the innermost first."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and _is_part(path):
            yield from _seeds(path)
            yield path


def _is_part(path: Path) -> bool:
    """Whether a folder in a run folder is a run of its own: of a seed, or of one of the run's worlds."""
    if SEED.fullmatch(path.name):
        return True
    try:
        return path.name in open_run(path.parent).config.get("worlds", [])
    except RunError:
        return False


def _empty(folder: Path) -> None:
    """Delete everything in a held run folder but its seeds and what goes last."""
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            if path.name not in LAST:
                path.unlink()
        elif not _is_part(path):
            shutil.rmtree(path)


def _remove_last(folder: Path) -> None:
    for name in LAST:
        (folder / name).unlink(missing_ok=True)
    folder.rmdir()


def _foreign(folder: Path) -> Iterator[Path]:
    """Everything in a run folder, at any depth, that no run writes: links above all."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            yield path
        elif not path.is_dir():
            if not (path.is_file() and TOP.fullmatch(path.name)):
                yield path
        elif path.name in WITHIN:
            yield from _foreign_within(path, WITHIN[path.name], empty=path.name == "done")
        elif path.name == STUDIES:
            yield from _foreign_in_studies(path)
        elif _is_part(path):
            yield from _foreign(path)
        else:
            yield path


def _foreign_in_studies(folder: Path) -> Iterator[Path]:
    """Everything in the folder of a run's studies that no run writes."""
    for study in sorted(folder.iterdir()):
        if study.is_symlink() or not study.is_dir():
            yield study
            continue
        for path in sorted(study.iterdir()):
            if path.is_symlink() or not path.is_dir() or path.name not in WITHIN:
                yield path
            else:
                yield from _foreign_within(path, WITHIN[path.name], empty=path.name == "done")


def _foreign_within(folder: Path, pattern: re.Pattern[str], empty: bool) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            yield path
        elif path.is_dir():
            yield from _foreign_within(path, pattern, empty)
        elif not path.is_file() or not pattern.fullmatch(path.name) or (empty and path.stat().st_size):
            yield path
