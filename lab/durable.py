"""Files that are either the old one or the new one, whenever the power fails."""

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write data to path so that a reader, a crash or a full disk never meets half of it.

    The bytes go to a hidden file beside it, are forced to the disk and take the name at once. A killed
    writer leaves at most that one hidden file, which the next one overwrites. One writer a path.
    Raises OSError, the old file untouched and the hidden one removed.
    """
    temporary = path.with_name(f".{path.name}.unfinished")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk too; Windows knows no such call and does not need it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
