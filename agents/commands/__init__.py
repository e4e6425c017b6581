"""The subcommands of the board half: what they ask for, and what they do; names handed on."""

from agents.commands.common import UsageError
from agents.commands.dispatch import NAMED_ERRORS, is_users_affair, run_command
from agents.commands.doctor import Doctor
from agents.commands.learn import Compare, Imitate, Reinforce, with_preset
from agents.commands.play import Demonstrate, Duel, Evaluate
from agents.commands.ready import Export
from agents.commands.runs import Report, Resume, Runs

__all__ = [
    "NAMED_ERRORS",
    "Compare",
    "Demonstrate",
    "Doctor",
    "Duel",
    "Evaluate",
    "Export",
    "Imitate",
    "Reinforce",
    "Report",
    "Resume",
    "Runs",
    "UsageError",
    "is_users_affair",
    "run_command",
    "with_preset",
]
