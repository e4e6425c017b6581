"""Under what a run computes: device, precision, threads, processor, versions, our kernels' sources.

Floating-point sums differ between them, so a run is bit-identical only where they are the same. They
are resolved once, when a run begins, and lie in `environment.json`; going on under others is refused,
or recorded.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

from kernel_cache import source_hash
from lab.durable import replace_file
from lab.run import RunError

SCHEMA = "move37-environment/1"
THREADS = 1  # of torch in every worker (lab/workers.py sets it)
PACKAGES = ("torch", "numba", "llvmlite", "numpy")
TITLES = {"kernels": "our kernels' sources", "instructions": "the processor's instruction set"}


class EnvironmentDiffers(RunError):  # noqa: N818
    """A run that was begun under other conditions than those here. Attribute: `differences`, of each
    condition (then, now)."""

    def __init__(self, folder: Path, differences: dict[str, tuple[Any, Any]]) -> None:
        super().__init__(str(folder), differences)
        self.folder, self.differences = folder, differences

    def __str__(self) -> str:
        words = "; ".join(
            f"{TITLES.get(name, name)}: then {then}, now {now}"
            for name, (then, now) in self.differences.items()
        )
        return (
            f"{self.folder} was begun under other conditions ({words}), and would not end as it would have. "
            "Go on under those it was begun with, or add --anyway, which the run will record"
        )


def environment(device: str, precision: str) -> dict[str, Any]:
    """The conditions here and now, as environment.json holds them, for networks on that device."""
    import torch

    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {
        "device": device,
        "graphics": torch.cuda.get_device_name() if device == "cuda" else None,
        "precision": precision,
        "threads": THREADS,
        "processor": processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": ".".join(platform.python_version_tuple()[:2]),
        **versions,
        "kernels": source_hash(),
    }


def processor() -> str:
    """The processor's model, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def settle(folder: Path, here: dict[str, Any], begun: bool, anyway: bool = False) -> dict[str, Any]:
    """The record of a run that is about to begin or go on; writes environment.json where it changes.

    `begun`: whether anything of the run is there that other conditions may have made. Raises
    EnvironmentDiffers, unless `anyway`, which records the change; RunError for a record that cannot be
    read.
    """
    path = folder / "environment.json"
    record = read_environment(folder)
    if record is None:
        record = {"schema": SCHEMA, "conditions": here, "changes": []}
        then: dict[str, Any] = {} if begun else here
    else:
        then = record["conditions"]
    names = {**here, **then}
    differences = {
        name: (then.get(name), here.get(name)) for name in names if then.get(name) != here.get(name)
    }
    if differences and not anyway:
        raise EnvironmentDiffers(folder, differences)
    if differences:
        now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        change = {name: {"then": was, "now": is_} for name, (was, is_) in differences.items()}
        record = {
            **record,
            "conditions": here,
            "changes": [*record["changes"], {"when": now, "differences": change}],
        }
    if differences or not path.exists():
        replace_file(path, (json.dumps(record, indent=1) + "\n").encode())
    return record


def read_environment(folder: Path) -> dict[str, Any] | None:
    """What a run's environment.json holds, None where there is none; raises RunError."""
    path = folder / "environment.json"
    if not path.exists():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        if record["schema"] != SCHEMA:
            raise ValueError(f"its schema is {record['schema']!r}, not {SCHEMA!r}")
        dict(record["conditions"]), list(record["changes"])
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    return record
