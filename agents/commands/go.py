"""The subcommands as Go's worlds take them: the board half's, with counts of their own."""

from typing import Any

from agents.commands import ACTIONS, Compare, Demonstrate, Evaluate, Export, Imitate, Reinforce
from lab.presets import PRESETS, Preset

__all__ = ["ACTIONS", "Compare", "Demonstrate", "Evaluate", "Export", "Imitate", "Reinforce", "with_preset"]


def with_preset(command: type, name: str, world: str) -> Any:
    """A learning subcommand whose counts are those of the preset on that board; `imitate` takes those for
    people's games."""
    from agents.go_config import go_preset, imitation_preset
    from lab.commands.learning import with_counts

    known: Preset = next((one for one in PRESETS if one == name), "quick")
    counts = imitation_preset if command is Imitate else go_preset
    return with_counts(command, counts(known, world))
