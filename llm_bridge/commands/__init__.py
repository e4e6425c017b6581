"""The subcommands of the language half: what they ask for, and what they do."""

from collections.abc import Callable
from typing import Any

from lab.commands.common import Common, UsageError, check_seed
from llm_bridge.commands.learn import Compare, Imitate, Reinforce, compare, imitate, reinforce, with_preset
from llm_bridge.commands.write import Demonstrate, Evaluate, Export, demonstrate, evaluate, export


def _checked(action: Callable[[Any], None]) -> Callable[[Any], None]:
    """The action of a subcommand, before which its world and seed are checked. Raises UsageError."""

    def act(command: Common) -> None:
        if command.world != "arithmetic":
            raise UsageError(f"no world is called {command.world!r} here; the language half is arithmetic")
        check_seed(command)
        action(command)

    return act


ACTIONS = {
    Compare: _checked(compare),
    Imitate: _checked(imitate),
    Reinforce: _checked(reinforce),
    Demonstrate: _checked(demonstrate),
    Evaluate: _checked(evaluate),
    Export: export,
}

__all__ = ["ACTIONS", "Compare", "Demonstrate", "Evaluate", "Export", "Imitate", "Reinforce", "with_preset"]
