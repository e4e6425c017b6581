"""The counts of the presets for imitating people's games of Go."""

from __future__ import annotations

from dataclasses import replace

from agents.config import CompareConfig, ImitationConfig, NetworkConfig, preset
from lab.presets import Preset

COUNTS: dict[Preset, tuple[NetworkConfig, ImitationConfig]] = {
    "tiny": (
        NetworkConfig(16, 1),
        ImitationConfig(updates=30, batch_size=128, evaluations=2),
    ),
    "quick": (NetworkConfig(32, 3), ImitationConfig(updates=3_000, batch_size=256, evaluations=4)),
    "standard": (NetworkConfig(32, 3), ImitationConfig(updates=9_000, batch_size=256, evaluations=6)),
}
NEAREST: dict[Preset, Preset] = {"ladder": "quick", "long": "standard"}


def imitation_preset(name: Preset, world: str) -> CompareConfig:
    """The counts of a preset for one board: the imitator alone."""
    network, imitation = COUNTS[NEAREST.get(name, name)]
    alone = replace(preset(name), world=world, human="", arms=("imitator",), counter_human="none")
    return replace(alone, network=network, imitation=imitation)
