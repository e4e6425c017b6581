"""The subcommands as Go's worlds take them: the board half's, with counts of their own."""

from typing import Any

from agents.commands import ACTIONS, Compare, Demonstrate, Evaluate, Export, Imitate, Reinforce
from lab.presets import PRESETS, Preset

__all__ = ["ACTIONS", "Compare", "Demonstrate", "Evaluate", "Export", "Imitate", "Reinforce", "with_preset"]


def with_preset(command: type, name: str) -> Any:
    """A learning subcommand whose counts are those of the preset for Go."""
    from agents.go_presets import imitation_preset
    from lab.commands.learning import with_counts

    known: Preset = next((one for one in PRESETS if one == name), "quick")
    return with_counts(command, imitation_preset(known, "go9"))
