"""The main job: both worlds, one after the other, in one run and one report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.commands.common import UsageError, check_seed, command_line
from lab.commands.finish import finish
from lab.device import Device, resolve_device
from lab.presets import Preset
from lab.wing import Wings


@dataclass(frozen=True)
class CompareBoth:
    """The main job in both worlds: boards and text, the same experiment side by side.

    With --world connect_four or --world arithmetic one of them, and all of its settings.
    """

    preset: Preset = "quick"
    """tiny (seconds, proves nothing), quick, ladder, standard, long (a night); a preset is counts."""
    seed: int = 0
    """Everything random follows from it."""
    seeds: int = 1
    """So many runs, seeds SEED, SEED + 1, ...; intervals are pooled over them."""
    studies: bool = True
    """The exhibits beyond scores and matches; of several seeds, the first's."""
    workers: int = 2
    """Processes, each with one thread."""
    device: Device = "auto"
    """Where networks run; auto: a graphics card when there is one."""
    out: Path | None = None
    """A new folder for what comes of it, never overwritten; by default the next free one in runs/."""
    json: Path | None = None
    """Write the result there too (docs/result.md)."""


HALVES = ("connect_four", "arithmetic")


def compare_both(command: CompareBoth, wings: Wings) -> None:
    """Run the comparison in both halves' first worlds. Raises UsageError, RunError, TaskFailed."""
    from dataclasses import replace

    from lab.run import create_run, next_run_folder
    from lab.runs import BOTH
    from lab.wing import open_wing

    check_seed(command)
    for name in ("seeds", "workers"):
        if getattr(command, name) < 1:
            raise UsageError(f"--{name} is a whole number, at least 1, not {getattr(command, name)}")
    shared = {name: getattr(command, name) for name in ("seed", "studies", "workers")}
    shared["device"] = resolve_device(command.device)
    settings: dict[str, Any] = {
        world: vars(replace(open_wing(wings, world).preset(command.preset), **shared)) for world in HALVES
    }
    folder = command.out or next_run_folder(Path("runs"), "compare", BOTH)
    config = {
        "job": "compare",
        "preset": command.preset,
        "seed": command.seed,
        "seeds": command.seeds,
        "worlds": list(HALVES),
        "settings": settings,
    }
    finish(create_run(folder, config, command_line()), wings, command.json)
