"""Which function does what a subcommand asks for, and whose errors are told in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.commands.common import Common, UsageError, check_world
from agents.commands.doctor import Doctor, doctor
from agents.commands.learn import Compare, Imitate, Reinforce, compare, imitate, reinforce
from agents.commands.play import Demonstrate, Duel, Evaluate, demonstrate, duel, evaluate
from agents.commands.ready import Export, export
from agents.commands.runs import Report, Resume, Runs, report, resume, runs

ACTIONS: dict[type, Callable[[Any], None]] = {
    Compare: compare,
    Imitate: imitate,
    Reinforce: reinforce,
    Demonstrate: demonstrate,
    Evaluate: evaluate,
    Duel: duel,
    Export: export,
    Report: report,
    Resume: resume,
    Runs: runs,
    Doctor: doctor,
}
NAMED_ERRORS = (
    *("BadSetting", "NoSuchDevice", "UsageError", "UnknownGame", "UnknownPlayer"),
    *("NotationError", "RunError", "RunBusy", "CardError", "CheckpointError"),
    *("CurveError", "ResultError", "TrainingDiverged", "TaskFailed"),
)  # by name, so that nothing heavy is imported to say what is wrong


def is_users_affair(error: BaseException) -> bool:
    """Whether an error is one of ours whose message says what to do, or a file that cannot be had."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(names & set(NAMED_ERRORS))


def run_command(command: Any) -> None:
    """Do what a subcommand asks for. Raises UsageError and the named errors of what it calls."""
    if isinstance(command, Common):
        check_world(command.world)
        if command.seed < 0:
            raise UsageError(f"--seed is a whole number, 0 or more, not {command.seed}")
    ACTIONS[type(command)](command)
