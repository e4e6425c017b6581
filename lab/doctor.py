"""Is this machine fit for a run, and what will be slow, and why: plain checks, each a Finding.

Only what would make something fail is a problem; what costs time or comfort is a note.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Level = Literal["good", "note", "problem"]
NEEDED = ("torch", "numba", "numpy", "gymnasium", "pettingzoo", "matplotlib", "safetensors", "tensorboard")
HEAVY = ("torch", "numba", "matplotlib")
ENOUGH_DISK, LITTLE_DISK = 1e9, 5e7  # bytes


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was seen (`value`) and, unless all is good, what it means or what to do."""

    name: str
    level: Level
    value: str
    advice: str = ""

    def to_json(self) -> dict[str, str]:
        """The finding as JSON (docs/result.md)."""
        return dict(vars(self))


def python_version(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Python itself."""
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if (3, 11) <= version < (3, 14):
        return Finding("Python", "good", text)
    return Finding("Python", "problem", text, "Move 37 needs Python 3.11, 3.12 or 3.13")


def versions(packages: Iterable[str] = NEEDED) -> Finding:
    """What is installed of what is needed."""
    found, missing = [], []
    for name in packages:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("Packages", "problem", f"missing: {', '.join(missing)}", "install them: make venv")
    return Finding("Packages", "good", ", ".join(found))


def cores(count: int | None = None, limit: float | None = None) -> Finding:
    """The cores this process may use; None asks the system."""
    count = usable_cores() if count is None else count
    limit = cgroup_limit() if limit is None else limit
    text = f"{count} of {os.cpu_count()} usable"
    if limit is not None and limit < count:
        text += f", limited to the time of {limit:g} by the container"
    if min(count, limit or count) < 2:
        return Finding(
            "Cores",
            "note",
            text,
            "two workers share one core: add --workers 1; runs take about twice as long",
        )
    return Finding("Cores", "good", text)


def usable_cores() -> int:
    """The cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cgroup_limit(root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """How many cores' time the container may use; None for no limit, or none to be seen."""
    try:
        quota, period = (root / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:  # the first version of control groups
            quota = (root / "cpu" / "cpu.cfs_quota_us").read_text()
            period = (root / "cpu" / "cpu.cfs_period_us").read_text()
        except OSError:
            return None
    try:
        return float(quota) / float(period) if float(quota) > 0 else None
    except ValueError:
        return None  # "max"


def throttling(root: Path = Path("/sys/fs/cgroup")) -> Finding | None:
    """Whether the container's limit has held processes back; None where it cannot be seen."""
    try:
        lines = (root / "cpu.stat").read_text().splitlines()
        counts = {name: int(value) for name, value in (line.split() for line in lines)}
    except (OSError, ValueError):
        return None
    periods, held = counts.get("nr_periods", 0), counts.get("nr_throttled", 0)
    if held == 0:
        return None
    text = f"held back in {held} of {periods} periods"
    return Finding("Container limit", "note", text, "speeds below come and go with it")


def busyness(load: float | None = None, count: int | None = None) -> Finding | None:
    """What else runs on the cores; None where the system does not tell."""
    if load is None:
        if not hasattr(os, "getloadavg"):
            return None
        load = os.getloadavg()[0]
    count = usable_cores() if count is None else count
    text = f"load {load:.1f} on {count} cores in the last minute"
    if load > 0.75 * count:
        return Finding(
            "Busy", "note", text, "other programs use the cores: runs take longer, results are the same"
        )
    return Finding("Busy", "good", text)


def threads(environment: Mapping[str, str] = os.environ) -> Finding:
    """Threads of PyTorch: workers take one each, whatever the environment says."""
    asked = environment.get("OMP_NUM_THREADS")
    if asked in (None, "1"):
        return Finding("Threads", "good", "one a process")
    advice = "learning takes one a process all the same; duel and evaluate take these, and get slower by it"
    return Finding("Threads", "note", f"OMP_NUM_THREADS={asked}", advice)


def power(
    root: Path = Path("/sys/class/power_supply"), cpu: Path = Path("/sys/devices/system/cpu")
) -> Finding | None:
    """Battery and saving of power, as far as the system tells."""
    seen = []
    for status in sorted(root.glob("BAT*/status")):
        if _text(status) == "Discharging":
            seen.append("on battery")
            break
    governor = _text(cpu / "cpu0" / "cpufreq" / "scaling_governor")
    if governor == "powersave" and not (cpu / "intel_pstate").exists():  # there it is the ordinary one
        seen.append("the processor saves power (governor powersave)")
    return (
        Finding("Power", "note", ", ".join(seen), "the processor runs slower than it could") if seen else None
    )


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def display(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> Finding:
    """Whether a window could be opened."""
    if system in ("win32", "darwin"):
        return Finding("Display", "good", "the system's own")
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if environment.get(name):
            return Finding("Display", "good", f"{name}={environment[name]}")
    return Finding(
        "Display", "note", "none", "no window can open; everything else works, reports open elsewhere"
    )


def kernel_cache(folder: Path) -> Finding:
    """numba's folder of compiled kernels: where, whether it can be written, whether it is warm."""
    kernels = len(list(folder.rglob("*.nbc"))) if folder.is_dir() else 0
    text = f"{folder}, {kernels} kernels"
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(
            "Kernel cache", "problem", text, "it cannot be written: set NUMBA_CACHE_DIR to a folder that can"
        )
    if folder.is_relative_to(Path(tempfile.gettempdir())):
        return Finding(
            "Kernel cache", "note", text, "a temporary folder: kernels are compiled again after it is emptied"
        )
    if kernels == 0:
        return Finding("Kernel cache", "note", text, "cold: the first run compiles for about a minute")
    return Finding("Kernel cache", "good", text)


def disk(folder: Path, free: float | None = None) -> Finding:
    """Room for runs: a quick one takes some 30 MB."""
    free = shutil.disk_usage(folder).free if free is None else free
    text = f"{free / 1e9:.1f} GB free in {folder.resolve()}"
    if free < LITTLE_DISK:
        return Finding("Disk", "problem", text, "a run needs more: free some, or name another place by --out")
    if free < ENOUGH_DISK:
        return Finding("Disk", "note", text, "enough for a run, not for many")
    if not os.access(folder, os.W_OK):
        return Finding("Disk", "problem", text, "it cannot be written: name another place by --out")
    return Finding("Disk", "good", text)


def name_clashes(names: Iterable[str], root: Path, path: Iterable[str] | None = None) -> list[Finding]:
    """Other modules called as ours: those that hide ours fail us (a problem), those that ours hide fail
    somebody else (a note). `root` is where ours lie, `path` the folders Python looks in (sys.path)."""
    root = root.resolve()
    folders = [Path(entry or ".").resolve() for entry in (sys.path if path is None else path)]
    findings = []
    for name in names:
        for place, folder in enumerate(dict.fromkeys(folders)):
            other = _module(folder, name)
            if folder == root or other is None:
                continue
            first = root in folders and folders.index(root) < place
            value = f"{name} is also at {other}"
            findings.append(
                Finding(
                    "Names",
                    "note",
                    value,
                    "ours is found first; a program that wants the other will not find it",
                )
                if first
                else Finding(
                    "Names", "problem", value, "it hides ours: run from our folder, or take it off PYTHONPATH"
                )
            )
    return findings or [Finding("Names", "good", f"nobody else is called {', '.join(names)}")]


def name_owners(names: Iterable[str], own: str = "move37") -> list[Finding]:
    """Installed distributions that bring a top-level module called as one of ours: in one folder the later
    installed has overwritten the other's files."""
    owners = importlib.metadata.packages_distributions()
    return [
        Finding("Names", "problem", f"{other} installs a module called {name} too", f"uninstall {other}")
        for name in names
        for other in sorted(set(owners.get(name, [])) - {own})
    ]


def _module(folder: Path, name: str) -> Path | None:
    """The package or module of that name in a folder."""
    for candidate in (folder / name / "__init__.py", folder / f"{name}.py"):
        if candidate.is_file():
            return candidate
    return None


def import_times(modules: Iterable[str] = HEAVY) -> Finding:
    """Seconds to import each of the heavy packages in a process of its own."""
    code = (
        "import time, sys; t = time.perf_counter(); __import__(sys.argv[1]); print(time.perf_counter() - t)"
    )
    taken = {}
    for module in modules:
        answer = subprocess.run([sys.executable, "-c", code, module], capture_output=True, text=True)
        if answer.returncode != 0:
            reason = (answer.stderr.strip().splitlines() or ["it died"])[-1]
            return Finding(
                "Imports", "problem", f"{module} cannot be imported: {reason}", "install it again: make venv"
            )
        taken[module] = float(answer.stdout)
    text = ", ".join(f"{module} {seconds:.1f} s" for module, seconds in taken.items())
    if sum(taken.values()) > 10:
        return Finding("Imports", "note", text, "slow: a cold or remote disk? The second time may be faster")
    return Finding("Imports", "good", text)


def report(findings: Iterable[Finding]) -> dict[str, Any]:
    """All findings as JSON: `fit` is false where something would fail."""
    listed = list(findings)
    fit = all(finding.level != "problem" for finding in listed)
    return {"schema": "move37-doctor/1", "fit": fit, "findings": [finding.to_json() for finding in listed]}
