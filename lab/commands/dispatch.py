"""Which function does what a subcommand asks for, and whose errors are told in one line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from lab.commands.both import CompareBoth, compare_both
from lab.commands.lesson import Lesson, Lessons, lesson, lessons
from lab.commands.runs import Report, Resume, Runs, report, resume, runs
from lab.lessons import Lists
from lab.wing import Wings

Actions = dict[type, Callable[[Any], None]]
NAMED_ERRORS = (
    *("BadSetting", "NoSuchDevice", "UsageError", "UnknownGame", "UnknownPlayer", "UnknownHuman"),
    *("UnknownTask", "AnswersError", "NotationError", "RunError", "RunBusy", "CardError"),
    *("CheckpointError", "CurveError", "ResultError", "TrainingDiverged", "TaskFailed", "PretrainedError"),
    "OwnFileError",
    "UnknownRaters",
    "NothingToCompare",
    "NoDisplay",
    "MatchError",
)  # by name, so that nothing heavy is imported to say what is wrong


def actions_of(wings: Wings, both: Collection[str], lists: Lists = ()) -> Actions:
    """The actions of the subcommands that are for every world; `both` are those of the main job, `lists` the
    places of the wings' lessons."""
    return {
        CompareBoth: partial(compare_both, wings={world: wings[world] for world in both}),
        Report: partial(report, wings=wings),
        Resume: partial(resume, wings=wings, lists=lists),
        Runs: partial(runs, wings=wings),
        Lesson: partial(lesson, lists=lists),
        Lessons: partial(lessons, lists=lists),
    }


def is_users_affair(error: BaseException) -> bool:
    """Whether an error is one of ours whose message says what to do, or a file that cannot be had."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(names & set(NAMED_ERRORS))
