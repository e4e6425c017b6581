"""The roof: assembles the subcommands, nothing else.

python train.py compare            the main job in both worlds, about 17 minutes on 2 cores
python train.py play               a window: play against the agents, see what they think
python train.py --help             all of them
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import signal
import sys
from typing import Annotated, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread a process: the other core has its own work

GO = ("go5", "go7", "go9", "go13", "go19")
WINGS = {"connect_four": "agents.wing:CONNECT_FOUR", "arithmetic": "llm_bridge.wing:ARITHMETIC"}
WINGS |= {world: f"agents.go_wing:{world.upper()}" for world in GO}
BOTH = ("connect_four", "arithmetic")  # the worlds of the main job
COMMANDS = {"connect_four": "agents.commands", "arithmetic": "llm_bridge.commands"}  # of each world
COMMANDS |= dict.fromkeys(GO, "agents.commands.go")
LESSONS = ("agents.lessons:LESSONS", "llm_bridge.text_lessons:LESSONS")  # of each wing
LEARNING = ("Compare", "Imitate", "Reinforce")  # they take a preset
SAVING_NOTHING = ("Demonstrate", "Doctor", "Duel", "Evaluate", "Games")  # until they are done


def kinds_of(world: str) -> dict[str, Any]:
    """All subcommands by name. Those that each world has of its own are the named world's, or, where none is
    named, the board's; `compare` is then both worlds'."""
    from agents import commands as board
    from lab.commands.both import CompareBoth
    from lab.commands.lesson import Lesson, Lessons
    from lab.commands.runs import Report, Resume, Runs
    from llm_bridge.commands.rate import Rate

    own = importlib.import_module(COMMANDS.get(world, COMMANDS["connect_four"]))
    kinds = [getattr(own, name) for name in (*LEARNING, "Demonstrate", "Evaluate", "Export")]
    kinds += [board.Duel, board.Play, Report, Resume, Runs, board.Doctor, Lesson, Lessons]
    kinds += [board.Games, board.Gtp, board.Match, Rate]
    named = {kind.__name__.lower(): kind for kind in kinds}
    return named if world else named | {"compare": CompareBoth}


def subcommands(preset: str, world: str) -> Any:
    """All subcommands as one union for tyro; the learning ones with the counts of a preset."""
    import tyro

    own = importlib.import_module(COMMANDS.get(world, COMMANDS["connect_four"]))
    union: Any = None
    for name, kind in kinds_of(world).items():
        given = {"default": own.with_preset(kind, preset, world)} if kind.__name__ in LEARNING else {}
        entry: Any = Annotated[kind, tyro.conf.subcommand(name, **given)]
        union = entry if union is None else union | entry
    return union


def parsed(arguments: list[str]) -> Any:
    """The subcommand that was asked for. What is wrong is said in one line, where it is one of the usual
    slips, else as tyro says it (exit code 2)."""
    import tyro

    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return tyro.cli(
                subcommands(_named("--preset", arguments), _named("--world", arguments)),
                prog="train.py",
                description="Move 37: imitation stops at its teachers, reinforcement goes past them. See it.",
                args=arguments,
                compact_help=True,
            )
    except SystemExit as end:
        line = _explained(arguments, said.getvalue()) if end.code == 2 else None
        print(f"error: {line}" if line else said.getvalue(), file=sys.stderr, end="\n" if line else "")
        raise


def _explained(arguments: list[str], said: str) -> str | None:
    from lab.commands.runs import CHOICES
    from lab.commands.wrong_words import explained
    from lab.lessons import lessons_in

    kinds = kinds_of(_named("--world", arguments)) | CHOICES
    return explained(arguments, kinds, said, ", ".join(lessons_in(LESSONS)))


def _named(option: str, arguments: list[str]) -> str:
    """What the command line gives to an option, before it is parsed: it decides what the rest may be."""
    for i, argument in enumerate(arguments):
        if argument.startswith(f"{option}="):
            return argument.partition("=")[2]
        if argument == option and i + 1 < len(arguments):
            return arguments[i + 1]
    return ""


def main() -> None:
    """The console script: parse, run, and say what is wrong in one line (exit code 2)."""
    from lab.commands import dispatch
    from lab.commands.stopping import end_at_once

    # also where a parent shell has switched Ctrl-C off for its background jobs, and for a polite kill
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = sys.argv[1:] or ["--help"]
    command = parsed(arguments)
    if type(command).__name__ in SAVING_NOTHING:
        end_at_once()
    try:
        _action(command)(command)
    except (ValueError, LookupError, RuntimeError, ArithmeticError, OSError) as error:
        if not dispatch.is_users_affair(error):
            raise
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _action(command: Any) -> Any:
    """What does what a subcommand asks for."""
    from lab.commands.dispatch import actions_of

    actions = actions_of(WINGS, BOTH, LESSONS)
    for module in COMMANDS.values():
        actions |= importlib.import_module(module).ACTIONS
    return actions[type(command)]


if __name__ == "__main__":
    main()
