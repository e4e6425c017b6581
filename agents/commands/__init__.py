"""The subcommands of the board half: what they ask for, and what they do."""

from agents.commands.doctor import Doctor, doctor
from agents.commands.learn import Compare, Imitate, Reinforce, compare, imitate, reinforce, with_preset
from agents.commands.play import Demonstrate, Duel, Evaluate, demonstrate, duel, evaluate
from agents.commands.ready import Export, export
from agents.commands.world import checked

ACTIONS = {
    Compare: checked(compare),
    Imitate: checked(imitate),
    Reinforce: checked(reinforce),
    Demonstrate: checked(demonstrate),
    Evaluate: checked(evaluate),
    Duel: checked(duel),
    Export: export,
    Doctor: doctor,
}

__all__ = [
    "ACTIONS",
    "Compare",
    "Demonstrate",
    "Doctor",
    "Duel",
    "Evaluate",
    "Export",
    "Imitate",
    "Reinforce",
    "with_preset",
]
