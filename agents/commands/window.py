"""The subcommand `play`: the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab.commands.common import UsageError

if TYPE_CHECKING:
    from agents.play.seats import Seat
    from agents.play.window import Start


@dataclass(frozen=True)
class Play:
    """Play against the agents in a window, and see what they think."""

    world: str = ""
    """The game; without it, and without --first and --second, the menu comes first."""
    first: str = ""
    """Who begins: me, a human (forgetful, two-ply.best), zero, zero@400, perfect, RUN:ARM, player.py ..."""
    second: str = ""
    """Who answers; named alike."""
    simulations: int | None = None
    """How far agents look ahead whose names do not say it; 0: first sight, no search."""
    komi: float | None = None
    """What White gets in Go; by default as last time on that board, at first the usual one."""
    teaching: bool | None = None
    """Whether a mistake may be taken back; by default as last time."""
    load: Path | None = None
    """Open this game (a file of moves), or watch this lesson (the folder of `train.py lesson`)."""


def play(command: Play) -> None:
    """Open the window. Raises what `start_of` does, and NoDisplay."""
    start = start_of(command)
    from agents.play.window import open_window

    open_window(start)


def start_of(command: Play) -> Start:
    """What the window begins with. Raises UsageError, UnknownGame, UnknownPlayer, OwnFileError,
    NotationError."""
    from agents.play.film import is_lesson, load_films
    from agents.play.known import komi_of
    from agents.play.seats import ME, MOST_SIMULATIONS, default_opponent
    from agents.play.settings import MOST_KOMI
    from agents.play.window import Start
    from games.core import GAMES, load_game

    if command.simulations is not None and not 0 <= command.simulations <= MOST_SIMULATIONS:
        raise UsageError(f"--simulations is 0 to {MOST_SIMULATIONS}, not {command.simulations}")
    world = command.world or "connect_four"
    if command.komi is not None and (komi_of(world) is None or not abs(command.komi) <= MOST_KOMI):
        raise UsageError(f"--komi is for Go, and at most {MOST_KOMI:g} either way, not {command.komi:g}")
    # loading says, too, what there is
    if world not in GAMES and (players := load_game(world).num_players) != 2:
        raise UsageError(f"--world {world}: the window is for two players, and this game has {players}")
    if command.load is not None and is_lesson(command.load):
        load_films(command.load)  # what is wrong with it is said before a window opens
        return Start(lesson=command.load)
    if command.load is not None:
        return _with_file(command, world)
    if not (command.first or command.second):
        return Start(command.world or None, teaching=command.teaching, komi=command.komi)
    opponent = default_opponent(world)
    names = (
        command.first or (opponent if command.second == ME else ME),
        command.second or (opponent if command.first == ME else ME),
    )
    return _start(command, world, names)


def _with_file(command: Play, world: str) -> Start:
    from agents.play.files import UntoldGame, load_saved
    from games.core import load_game

    assert command.load is not None
    try:
        saved = load_saved(command.load, world)
    except UntoldGame as error:
        if command.world:
            raise
        words = f"it was read as {load_game(world).title}; another game is named by --world"
        raise UntoldGame(f"{error} ({words})") from None
    names = (command.first or saved.sides[0], command.second or saved.sides[1])
    return _start(command, saved.world, names)


def _start(command: Play, world: str, names: tuple[str, str]) -> Start:
    from agents.own_player import own_player
    from agents.play.seats import find_seat
    from agents.play.window import Start
    from games.core import is_own_file, load_game

    named = (command.first, command.second)  # these may be files of one's own; those of a saved game may not
    found = [find_seat(name, world, own_files=name in named) for name in names]
    for seat, _ in found:
        if is_own_file(seat.name):
            own_player(seat.name, load_game(world))  # what is wrong with it is said before a window opens
    sims = [_simulations(command, given) for _, given in found]
    seats: tuple[Seat, Seat] = (found[0][0], found[1][0])
    return Start(world, seats, (sims[0], sims[1]), command.teaching, command.load, komi=command.komi)


def _simulations(command: Play, given: int | None) -> int | None:
    return given if given is not None else command.simulations
