"""The subcommands of the language half: what they ask for, and what they do."""

from lab.commands.common import UsageError, checked
from llm_bridge.commands.learn import Compare, Imitate, Reinforce, compare, imitate, reinforce, with_preset
from llm_bridge.commands.rate import Rate, rate
from llm_bridge.commands.write import Demonstrate, Evaluate, Export, demonstrate, evaluate, export


def check_world(world: str) -> None:
    """Raise UsageError for a world that is not of this half."""
    if world != "arithmetic":
        raise UsageError(f"no world is called {world!r} here; the language half is arithmetic")


ACTIONS = checked(
    {
        Compare: compare,
        Imitate: imitate,
        Reinforce: reinforce,
        Demonstrate: demonstrate,
        Evaluate: evaluate,
    },
    check_world,
) | {Export: export, Rate: rate}

__all__ = [
    "ACTIONS",
    "Compare",
    "Demonstrate",
    "Evaluate",
    "Export",
    "Imitate",
    "Rate",
    "Reinforce",
    "with_preset",
]
