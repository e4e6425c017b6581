"""The names of the presets: the same in every world. A preset is a count, never a clock."""

from __future__ import annotations

from typing import Literal

Preset = Literal["tiny", "quick", "ladder", "standard", "long"]
PRESETS: tuple[Preset, ...] = ("tiny", "quick", "ladder", "standard", "long")
