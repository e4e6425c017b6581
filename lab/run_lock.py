"""Who works on a run folder: one process, and no worker of a killed one that has not left yet.

Two locks of the operating system, which it gives back when their holder dies, however it dies:
`.lock` is the parent's alone, `.workers` is shared by its workers. They are not pid files, so nothing
needs to be cleaned up after a crash. Where a file system knows no locks, nobody is kept out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PARENT, WORKERS = ".lock", ".workers"
PATIENCE = 60.0  # seconds that orphans of a killed run get to notice it; they look at once


class RunBusy(RuntimeError):  # noqa: N818
    """A run folder that another process is working on."""


@contextmanager
def held_run(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a run folder; within, no other process does and no worker of an earlier one is left.

    Raises RunBusy at once where another process holds it, or after `patience` seconds of waiting for
    workers whose parent was killed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / PARENT, shared=False) as held:
        if not held:
            raise RunBusy(f"{folder} is being worked on by another process: wait for it, or stop it first")
        end = time.monotonic() + patience
        while not _free(folder / WORKERS):
            if time.monotonic() > end:
                raise RunBusy(
                    f"{folder}: a worker of a killed run is still at work there; end it, then resume"
                )
            time.sleep(0.05)
        yield


@contextmanager
def joined_run(folder: Path) -> Iterator[None]:
    """Be one of the workers on a run folder."""
    with _locked(folder / WORKERS, shared=True):
        yield


def is_held(folder: Path) -> bool:
    """Whether a process is working on that run folder now."""
    return (folder / PARENT).exists() and not _free(folder / PARENT)


def _free(path: Path) -> bool:
    with _locked(path, shared=False) as held:
        return held


@contextmanager
def _locked(path: Path, shared: bool) -> Iterator[bool]:
    """Whether the lock on that file could be had; it is given back at the end."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:  # a folder that can only be read: nobody works there
        yield True
        return
    try:
        yield _try_lock(descriptor, shared)
    finally:
        os.close(descriptor)  # and with it the lock


def _no_lock(descriptor: int, shared: bool) -> bool:
    return True


def _posix() -> Callable[[int, bool], bool]:
    import fcntl

    def try_lock(descriptor: int, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # this file system knows no locks
        return True

    return try_lock


# Windows: its locks are exclusive and its workers die with the console
_try_lock: Callable[[int, bool], bool] = _no_lock if os.name == "nt" else _posix()
