"""The folder in which numba keeps our compiled kernels, named by a hash of all kernel sources.

numba keys a cached kernel by the file that defines it alone: after an edit of an inner function in
another file its callers would go on running the old code. So every state of the sources gets a
folder of its own. Imported first by every package of ours; it imports nothing of ours and not numba.
"""

import hashlib
import os
import tempfile
from pathlib import Path

PACKAGES = ("games", "lab", "agents", "llm_bridge")
ROOT = Path(__file__).resolve().parent


def source_hash(root: Path = ROOT) -> str:
    """Hex digest of every source file below our packages that mentions numba: 16 characters."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            source = path.read_bytes()
            if b"njit" in source:
                digest.update(str(path.relative_to(root)).encode() + b"\0" + source + b"\0")
    return digest.hexdigest()[:16]


def cache_folder(root: Path = ROOT) -> Path:
    """A folder for these sources that can be written: beside the user's caches, else a temporary one."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache"))
    folder = base / "move37" / f"kernels-{source_hash(root)}"
    try:
        if base.is_absolute():  # "~" stays as it is for a user without a home: no folder of that name
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
    except OSError:
        pass  # a home that cannot be written: the temporary folder below serves
    user = os.getuid() if hasattr(os, "getuid") else 0
    parent = Path(tempfile.gettempdir()) / f"move37-{user}"
    parent.mkdir(mode=0o700, exist_ok=True)
    status = parent.stat()
    if hasattr(os, "getuid") and (status.st_uid != user or status.st_mode & 0o077):
        parent = Path(tempfile.mkdtemp(prefix="move37-"))  # numba unpickles what lies there: nobody else's
    folder = parent / folder.name
    folder.mkdir(exist_ok=True)
    return folder


def use_kernel_cache() -> None:
    """Point numba at the folder, unless the user has named one; call before numba is imported."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))


use_kernel_cache()
