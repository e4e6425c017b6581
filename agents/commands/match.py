"""The subcommand `match`: Go programs and our players against each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from agents.commands.gtp import LARGEST_LEAVES, go_size, usual_simulations
from agents.ready_made import in_full
from lab.commands.common import UsageError, check_seed, command_line, write_json
from lab.device import Device

if TYPE_CHECKING:
    from agents.referee.sides import DeadStones, Side

PREFIX = "gtp:"
MOST_KOMI = 1_000


@dataclass(frozen=True)
class Match:
    """A match of Go programs that speak GTP and of our players, under a referee: pairs of games from the same
    opening, colours swapped.

    A program's dead stones count as alive unless it takes them off (gnugo: --capture-all-dead) or
    --dead-stones names a judge; with --positional-superko GNU Go keeps to our ko rule.
    """

    world: str = "go9"
    """The board: go9, or any from go2 to go19."""
    first: str = "mcts-1000"
    """Whoever `gtp --agent` takes, or a program: "gtp:gnugo --mode gtp --chinese-rules"."""
    second: str = "random"
    games: int = 20
    """Even: games 1 and 2 are from the same opening, and so on; the first is Black in odd ones."""
    opening_plies: int = 0
    """Random moves that games begin with."""
    openings: Path | None = None
    """A file of openings instead, one a line: D4 C3."""
    komi: float | None = None
    """By default the board's usual one: 24.5 on 5x5, 8.5 on 7x7, else 7.5."""
    simulations: int | None = None
    """A move's, at most, of our players with a network, as `gtp` has it."""
    seconds: float = 0.0
    """A move's, at most, of our players that search; and what programs are told to take."""
    patience: float = 120.0
    """Seconds a move after which a program has lost the game."""
    dead_stones: str = ""
    """A program that is asked at the end which stones are dead: "gnugo --mode gtp --chinese-rules"."""
    leaves: int = 8
    """Positions that a network is shown at once."""
    seed: int = 0
    """Everything random follows from it; programs that know set_random_seed are told theirs."""
    device: Device = "auto"
    """Where networks run; auto: a graphics card when there is one."""
    out: Path | None = None
    """A new folder for games and result; by default the next free one in runs/."""
    json: Path | None = None
    """Write the result there too."""
    resume: Path | None = None
    """Go on with the match of that folder; all else but --json is as it was then."""


def match(command: Match) -> None:
    """Play a match, or go on with one. Raises UsageError, UnknownPlayer, NotationError, MatchError."""
    from agents.referee.match import introduce, introduce_judge
    from agents.referee.sides import DeadStones
    from lab.run import create_run, next_run_folder
    from lab.run_lock import held_run

    config = _config(command) if command.resume is None else _stored(command.resume)
    sides = _side(config["first"], config), _side(config["second"], config)
    judge = DeadStones(config["dead_stones"]) if config["dead_stones"] else None
    try:
        programs = introduce(sides)
        if judge is not None:
            introduce_judge(judge)
        if command.resume is None:
            config["programs"] = programs
            folder = command.out or next_run_folder(Path("runs"), "match", command.world)
            create_run(folder, config, command_line())
        elif programs != config["programs"]:
            raise UsageError(f"--resume: then {config['programs']}, and now {programs}: begin a new match")
        with held_run(command.resume or folder):
            _play(config, sides, judge, command.resume or folder, command.json)
    finally:
        for side in sides:
            side.close()
        if judge is not None:
            judge.close()


def _config(command: Match) -> dict[str, Any]:
    """All that decides a match, as its folder keeps it. Raises UsageError, NotationError."""
    from agents.referee.openings import random_openings, read_openings
    from games.go import go_game

    _check(command)
    game = go_game(go_size(command.world))
    pairs = command.games // 2
    if command.openings is None:
        openings = random_openings(game, pairs, command.opening_plies, command.seed)
    else:
        given = read_openings(command.openings, game)
        openings = [given[pair % len(given)] for pair in range(pairs)]
    komi = float(game.new(1)["komi"][0]) if command.komi is None else command.komi
    kept = ("first", "second", "world", "seed", "simulations", "seconds", "patience", "dead_stones", "leaves")
    return {
        "job": "match",
        **{name: getattr(command, name) for name in (*kept, "device")},
        "first": _named(command.first, command.world),
        "second": _named(command.second, command.world),
        "komi": komi,
        "scoring": "Tromp-Taylor",
        "openings": openings,
    }


def _check(command: Match) -> None:
    """Raise UsageError for what cannot be played."""
    check_seed(command)
    if command.games < 2 or command.games % 2:
        raise UsageError(f"--games is even, at least 2, not {command.games}: pairs with colours swapped")
    if command.opening_plies < 0 or (command.opening_plies and command.openings):
        raise UsageError("--opening-plies is 0 or more, and not for matches with --openings")
    if command.opening_plies > go_size(command.world) ** 2:
        raise UsageError("--opening-plies: there are not so many points")
    if command.komi is not None and not abs(command.komi) <= MOST_KOMI:
        raise UsageError(f"--komi is a number, at most {MOST_KOMI}, not {command.komi}")
    if not 0 < command.patience <= 1e6:
        raise UsageError(f"--patience is a number of seconds above 0, not {command.patience}")
    if not 1 <= command.leaves <= LARGEST_LEAVES:
        raise UsageError(f"--leaves is 1 to {LARGEST_LEAVES}, not {command.leaves}")


def _stored(folder: Path) -> dict[str, Any]:
    """What a match was begun with. Raises RunError, UsageError."""
    from lab.run import open_run

    config = open_run(folder).config
    if config.get("job") != "match":
        raise UsageError(f"--resume {folder}: it holds no match; `resume` goes on with runs")
    return config


def _named(name: str, world: str) -> str:
    return name if name.startswith(PREFIX) else in_full(name, world)


def _side(name: str, config: dict[str, Any]) -> Side:
    """Raises UnknownPlayer, CheckpointError, OwnFileError, UsageError."""
    from agents.gtp.thinkers import find_thinker
    from agents.live_search import Limit
    from agents.referee.sides import OurSide, ProgramSide
    from games.go import go_game

    if name.startswith(PREFIX):
        return ProgramSide(name.removeprefix(PREFIX), config["patience"], config["seconds"])
    simulations = usual_simulations(name, config["simulations"], config["seconds"])
    game = go_game(go_size(config["world"]))
    thinker = find_thinker(name, game, simulations, config["leaves"], config["device"])
    return OurSide(thinker, Limit(simulations, config["seconds"] or None))


def _play(
    config: dict[str, Any],
    sides: tuple[Side, Side],
    judge: DeadStones | None,
    folder: Path,
    json: Path | None,
) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from agents.referee.match import Match as Plan
    from agents.referee.match import play_match, read_records
    from agents.referee.result import match_words, score_of
    from games.go import go_game

    console = Console(highlight=False)
    console.print(f"folder: {folder}", soft_wrap=True)
    plan = Plan(go_game(go_size(config["world"])), config["komi"], config["openings"], config["seed"], config)
    records = read_records(folder)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=plan.games, completed=len(records))

            def tell(record: dict[str, Any]) -> None:
                records.append(record)
                progress.update(task, completed=len(records), description=f"first {score_of(records)}")
                colors = ("Black", "White") if record["first_is_black"] else ("White", "Black")
                words = f", {record['words']}" if record["words"] else ""
                moves = len(record["moves"])
                said = f"game {record['game'] + 1}: first is {colors[0]}, {record['result']}, {moves} moves"
                progress.console.print(f"{said}{words}", soft_wrap=True)

            result = play_match(plan, sides, folder, judge, tell)
    except KeyboardInterrupt:
        console.print(
            f"\nstopped; {len(records)} games are kept. Go on with: "
            f"python train.py match --resume {folder}", soft_wrap=True
        )  # fmt: skip
        raise SystemExit(130) from None
    console.print(match_words(result), soft_wrap=True)
    if json:
        write_json(json, result)
