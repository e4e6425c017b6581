"""The subcommands of the board half: what they ask for, and what they do.

Importing this file costs neither torch nor numba; the work imports what it needs.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console

from agents.config import (
    CompareConfig,
    EvaluationConfig,
    ImitationConfig,
    NetworkConfig,
    Preset,
    SelfPlayConfig,
)
from agents.device import Device, resolve_device
from games.core import game_names

if TYPE_CHECKING:
    from lab.run import Run

WORLDS = ("connect_four",)


class UsageError(ValueError):
    """What was asked for cannot be done; the message says what can."""


@dataclass(frozen=True)
class _Common:
    """What every subcommand takes."""

    world: str = "connect_four"
    """The game."""
    seed: int = 0
    """Everything random follows from it."""
    out: Path | None = None
    """A new folder for what comes of it; never overwritten. Learning: by default the next free one in
    runs/. demonstrate: the file of games."""
    json: Path | None = None
    """Write the result there too (docs/result.md)."""


@dataclass(frozen=True)
class _Learning(_Common):
    """What every subcommand takes that learns."""

    preset: Preset = "quick"
    """tiny (seconds, proves nothing), quick (8 minutes), standard (1 hour), long (a night): counts."""
    seeds: int = 1
    """So many runs, seeds SEED, SEED + 1, ...; intervals are pooled over them."""
    workers: int = 2
    """Processes, each with one thread."""
    device: Device = "auto"
    """Where networks run; auto: a graphics card when there is one."""
    human: str = "forgetful"
    """The demonstrator: a scripted human or crowd, or a file of games (.txt) of your own."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    zero: SelfPlayConfig = field(default_factory=SelfPlayConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)

    def config(self, **changes: Any) -> CompareConfig:
        """The resolved settings of a run with this seed."""
        return CompareConfig(
            world=self.world,
            human=self.human,
            preset=self.preset,
            seed=self.seed,
            workers=self.workers,
            device=resolve_device(self.device),
            network=self.network,
            imitation=self.imitation,
            zero=self.zero,
            evaluation=self.evaluation,
            **changes,
        )


@dataclass(frozen=True)
class Compare(_Learning):
    """The main job: a human's games, imitators, self-play reinforcement, measured against the human."""

    counter_human: str = "two-ply"
    """The demonstrator of the second panel, whose slips imitation denoises; "none" leaves it out."""
    counter_imitation: ImitationConfig = field(default_factory=ImitationConfig)
    plateau: tuple[int, ...] = ()
    """Further imitators of so many games each, to show where more of the same ends."""

    def config(self, **changes: Any) -> CompareConfig:
        """The resolved settings, those of the second panel and of the plateau with them."""
        own = {name: getattr(self, name) for name in ("counter_human", "counter_imitation", "plateau")}
        return super().config(**own, **changes)


@dataclass(frozen=True)
class Demonstrate(_Common):
    """Write a scripted human's games as a readable file, which `imitate --human FILE` takes back."""

    human: str = "forgetful"
    games: int = 1_000


@dataclass(frozen=True)
class Imitate(_Learning):
    """Train the imitator alone: of a scripted human, or of your own file of games."""


@dataclass(frozen=True)
class Reinforce(_Learning):
    """Train Zero alone: self-play with tree search, no human games."""


@dataclass(frozen=True)
class Evaluate(_Common):
    """Measure an agent on exactly scored positions: mistakes, by category."""

    agent: str = "alphabeta-4"
    """random, a human (.recorded, .best, .careful), alphabeta-4, mcts-1000, perfect, RUN:ARM, RUN:ARM@400."""
    simulations: int = 0
    """Simulations of a searching agent; 0: its raw network."""
    positions: tuple[Path, ...] = ()
    """Files of `moves score` or `moves score s1 .. s7` lines; default: our frozen test set."""


@dataclass(frozen=True)
class Duel(_Common):
    """A match of pairs of games: the same random opening twice, colours swapped."""

    first: str = "alphabeta-4"
    second: str = "wins-and-blocks"
    pairs: int = 200
    opening_plies: int = 4
    simulations: int = 0
    """Simulations of RUN:ARM agents whose names give none."""


@dataclass(frozen=True)
class Report:
    """Write report.html of a finished run again."""

    run: Annotated[Path, tyro.conf.Positional]


@dataclass(frozen=True)
class Resume:
    """Go on with a run that was stopped."""

    run: Annotated[Path, tyro.conf.Positional]
    json: Path | None = None


def run_command(command: Any) -> None:
    """Do what a subcommand asks for. Raises UsageError and the named errors of what it calls."""
    if isinstance(command, _Common):
        _check_world(command.world)
        if command.seed < 0:
            raise UsageError(f"--seed is a whole number, 0 or more, not {command.seed}")
    actions: dict[type, Callable[[Any], None]] = {
        Compare: lambda c: _learn(c, c.config(), "compare"),
        Demonstrate: _demonstrate,
        Imitate: lambda c: _single_arm(c, "imitate"),
        Reinforce: lambda c: _single_arm(c, "reinforce"),
        Evaluate: _evaluate,
        Duel: _duel,
        Report: _report,
        Resume: _resume,
    }
    actions[type(command)](command)


NAMED_ERRORS = (
    *("BadSetting", "NoSuchDevice", "UsageError", "UnknownGame", "UnknownPlayer", "NotationError"),
    *("RunError", "CheckpointError", "CurveError", "ResultError", "TrainingDiverged", "TaskFailed"),
)  # by name, so that nothing heavy is imported to say what is wrong


def is_users_affair(error: BaseException) -> bool:
    """Whether an error is one of ours whose message says what to do, or a file that cannot be had."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(names & set(NAMED_ERRORS))


def _check_world(world: str) -> None:
    if world in WORLDS:
        return
    near = difflib.get_close_matches(world, game_names(), n=1)
    if near and near[0] not in WORLDS:
        raise UsageError(f"{near[0]} has rules here but no experiment yet; worlds: {', '.join(WORLDS)}")
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise UsageError(f"no world is called {world!r}{hint}; worlds: {', '.join(WORLDS)}")


def _command_line() -> str:
    return "python train.py " + " ".join(sys.argv[1:])


# --- learning ---


def _single_arm(command: _Learning, job: str) -> None:
    _learn(command, command.config(counter_human="none"), job)


def _learn(command: _Learning, config: CompareConfig, job: str) -> None:
    from agents.experiment import check_config
    from lab.run import create_run, next_run_folder

    if command.seeds < 1:
        raise UsageError(f"--seeds is a number of runs, at least 1, not {command.seeds}")
    check_config(config)
    folder = command.out or next_run_folder(Path("runs"), job, command.world)
    settings = {"job": job, "seeds": command.seeds, **vars(config)}
    run = create_run(folder, settings, _command_line())
    finish(run, command.json)


def finish(run: Run, json_path: Path | None = None) -> None:
    """Do what is left of a run: its seeds one after the other, the result, the report, the table."""
    from agents.runs import complete
    from lab.report import write_report
    from lab.report.terminal import terminal_table
    from lab.workers import Interrupted

    console = Console()
    console.print(f"run folder: {run.folder}", highlight=False)
    try:
        result = complete(run, console)
    except (Interrupted, KeyboardInterrupt):
        console.print(
            f"\nstopped; all is saved. Go on with: python train.py resume {run.folder}", highlight=False
        )
        raise SystemExit(130) from None
    _write_json(run.result_path, result)
    if json_path:
        _write_json(json_path, result)
    report = write_report(run.folder)
    console.print(terminal_table(result))
    console.print(f"report       {report}", highlight=False, soft_wrap=True)
    console.print(
        f"TensorBoard  {run.folder / 'tensorboard'}  (make tensorboard)", highlight=False, soft_wrap=True
    )


def _resume(command: Resume) -> None:
    from lab.run import open_run

    finish(open_run(command.run), command.json)


def _report(command: Report) -> None:
    from lab.report import write_report

    Console().print(f"report  {write_report(command.run)}", highlight=False, soft_wrap=True)


def _write_json(path: Path, value: Any) -> None:
    from lab.durable import replace_file

    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, (json.dumps(value, indent=1, allow_nan=False) + "\n").encode())


# --- games and agents that are there ---


def _demonstrate(command: Demonstrate) -> None:
    from agents.games_file import write_games
    from agents.scripted import demonstrate, describe

    describe(command.human)
    if command.games < 1:
        raise UsageError(f"--games is at least 1, not {command.games}")
    path = command.out or Path(f"{command.human}-{command.games}.txt")
    if path.exists():
        raise UsageError(f"{path} exists already and is never overwritten: name another file by --out")
    games = demonstrate(command.human, command.games, command.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_games(path, games, f"{command.human} against itself\nseed {command.seed}, {_command_line()}")
    Console().print(f"{len(games)} games, {games.distinct} of them distinct: {path}", highlight=False)
    if command.json:
        _write_json(command.json, {"file": str(path), "games": len(games), "distinct_games": games.distinct})


def _evaluate(command: Evaluate) -> None:
    from agents.evaluate_files import evaluate_agent, mistakes_table

    _check_simulations(command.simulations, command.agent)
    folder = _new_folder(command)
    result = evaluate_agent(
        command.world, command.agent, command.simulations, command.positions, command.seed
    )
    Console().print(mistakes_table(result))
    for path in (command.json, folder and folder / "evaluation.json"):
        if path:
            _write_json(path, result)


def _duel(command: Duel) -> None:
    from agents.matches import play_match
    from agents.names import find_player
    from games.core import load_game

    if command.pairs < 1 or command.opening_plies < 0:
        raise UsageError("--pairs is at least 1 and --opening-plies at least 0")
    _check_simulations(command.simulations, command.first, command.second)
    folder = _new_folder(command)
    game = load_game(command.world)
    first, second = (find_player(name, game, command.simulations) for name in (command.first, command.second))
    match = play_match(game, first, second, command.pairs, command.opening_plies, command.seed)
    Console().print(
        f"{match.first} against {match.second}: {match.score} of {match.games} games "
        f"({match.wins} won, {match.draws} drawn, {match.losses} lost; "
        f"{match.openings} openings, {match.distinct_games} distinct games)",
        highlight=False,
    )
    result = {"schema": "move37-duel/1", **match.to_json(), "simulations": command.simulations}
    for path in (command.json, folder and folder / "duel.json"):
        if path:
            _write_json(path, result)


def _check_simulations(simulations: int, *names: str) -> None:
    """Raise UsageError for simulations that nobody of those names would make."""
    if simulations < 0:
        raise UsageError(f"--simulations is {simulations}; it must be 0 (the raw network) or more")
    open_ones = [name for name in names if ":" in name and "@" not in name and not name.endswith(".sampled")]
    if simulations and not open_ones:
        raise UsageError(
            f"--simulations {simulations} is for arms of runs, RUN:ARM without .sampled or @N, "
            f"and does nothing for {' and '.join(names)}: leave it out"
        )


def _new_folder(command: _Common) -> Path | None:
    """The folder of --out, made, with the command and its settings; raises RunExists."""
    if command.out is None:
        return None
    from lab.run import create_run

    return create_run(command.out, vars(command), _command_line()).folder


def with_preset(command: type, name: Preset) -> Any:
    """A learning subcommand whose counts are those of the preset, for the command line to change."""
    from agents.config import preset

    counts = preset(name)
    shared = {
        "preset": name,
        "network": counts.network,
        "imitation": counts.imitation,
        "zero": counts.zero,
        "evaluation": counts.evaluation,
    }
    made = command(**shared)
    if not isinstance(made, Compare):
        return made
    return replace(made, counter_imitation=counts.counter_imitation, plateau=counts.plateau)
