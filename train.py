"""The roof: assembles the subcommands, nothing else.

python train.py compare            the main job, about 9 minutes on 2 cores
python train.py --help             all of them
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, Any

from agents.config import PRESETS, Preset

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread a process: the other core has its own work


def subcommands(preset: Preset) -> Any:
    """All subcommands as one union for tyro, the learning ones with the counts of a preset."""
    import tyro

    from agents import commands as c

    def entry(name: str, kind: type, default: Any = None) -> Any:
        given = {} if default is None else {"default": default}
        return Annotated[kind, tyro.conf.subcommand(name, **given)]

    learning: dict[str, type] = {"compare": c.Compare, "imitate": c.Imitate, "reinforce": c.Reinforce}
    others: dict[str, type] = {
        "demonstrate": c.Demonstrate,
        "evaluate": c.Evaluate,
        "duel": c.Duel,
        "export": c.Export,
        "report": c.Report,
        "resume": c.Resume,
        "runs": c.Runs,
        "doctor": c.Doctor,
    }
    entries = [entry(name, kind, c.with_preset(kind, preset)) for name, kind in learning.items()]
    entries += [entry(name, kind) for name, kind in others.items()]
    union = entries[0]
    for other in entries[1:]:
        union = union | other
    return union


def _preset(arguments: list[str]) -> Preset:
    """The preset that the command line names, before it is parsed: it sets the defaults of the rest."""
    for i, argument in enumerate(arguments):
        name = argument.partition("=")[2] if argument.startswith("--preset=") else ""
        if argument == "--preset" and i + 1 < len(arguments):
            name = arguments[i + 1]
        for preset in PRESETS:
            if name == preset:
                return preset
    return "quick"  # none is named, or none that exists, which the parser will say


def main() -> None:
    """The console script: parse, run, and say what is wrong in one line (exit code 2)."""
    import tyro

    from agents import commands

    # also where a parent shell has switched Ctrl-C off for its background jobs, and for a polite kill
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = sys.argv[1:] or ["--help"]
    command: Any = tyro.cli(
        subcommands(_preset(arguments)),
        prog="train.py",
        description="Move 37: imitation stops at its teachers, reinforcement goes past them. See it.",
        args=arguments,
        compact_help=True,
    )
    try:
        commands.run_command(command)
    except (ValueError, RuntimeError, ArithmeticError, OSError) as error:
        if not commands.is_users_affair(error):
            raise
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
