"""The subcommand `gtp`: an agent as an engine for Go programs."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agents.ready_made import agent_names, in_full, preferred_agent
from lab.commands.common import UsageError, check_seed
from lab.device import Device

USUAL_SIMULATIONS = 200
LARGEST_LEAVES = 256
OTHERWISE = "mcts-1000"  # who plays where no agent comes with the project for that board
HUMANS = ("wanderer", "capturer", "surveyor", "tactician", "go-club")  # of Go, known without loading them


@dataclass(frozen=True)
class Gtp:
    """An agent as an engine that speaks GTP 2, for Sabaki, Lizzie, GoGui, gogui-twogtp, and `match` here."""

    world: str = "go9"
    """The board to begin with: go9, or any from go2 to go19 that the agent plays."""
    agent: str = ""
    """random, mcts-1000, search, a human, RUN:ARM, RUN:ARM.sampled, zero (ready-made), my_player.py.
    By default the zero of that board, where there is none mcts-1000."""
    simulations: int | None = None
    """A move's, at most, of an agent with a network, or search; 0: its first sight. By default those of its
    name (RUN:ARM@400), else 200, or with --seconds as many as there is time for."""
    seconds: float = 0.0
    """A move's, at most, of an agent that searches; 0: no limit. A controller's clock counts in any case."""
    leaves: int = 8
    """Positions that the network is shown at once."""
    resign: float = 0.0
    """Resign where one's chance to win is below this share, two moves in a row; 0: never."""
    seed: int = 0
    """Everything random follows from it."""
    device: Device = "auto"
    """Where the network runs; auto: a graphics card when there is one."""


def gtp(command: Gtp) -> None:
    """Serve on standard input and output. Raises UsageError, UnknownPlayer, CheckpointError, OwnFileError."""
    check_seed(command)
    size = go_size(command.world)
    if not 0 <= command.resign < 1:
        raise UsageError(f"--resign is a share from 0 to below 1, not {command.resign}")
    if not 1 <= command.leaves <= LARGEST_LEAVES:
        raise UsageError(f"--leaves is 1 to {LARGEST_LEAVES}, not {command.leaves}")
    name = in_full(command.agent or default_agent(command.world), command.world)
    simulations = usual_simulations(name, command.simulations, command.seconds)
    if not _is_known(name, command.world):  # said before the first answer, for which nothing heavy is loaded
        from agents.names import find_player
        from games.go import go_game

        find_player(name, go_game(size))
    if note := _no_simulations(name, command.simulations):
        print(f"note: {note}", file=sys.stderr, flush=True)
    from agents.gtp.engine import Engine, Strength
    from agents.gtp.serve import serve_pipe
    from agents.gtp.thinkers import find_thinker

    find = partial(find_thinker, name, simulations=simulations, leaves=command.leaves, device=command.device)
    strength = Strength(simulations, command.seconds or None, command.resign, command.seed)
    serve_pipe(Engine(name, size, strength, find))


def go_size(world: str) -> int:
    """The board size of a world such as "go9". Raises UsageError for another."""
    match = re.fullmatch(r"go([1-9][0-9]?)", world)
    if not match or not 2 <= int(match[1]) <= 19:
        raise UsageError(f"--world {world}: this is for Go only, on a board from go2 to go19")
    return int(match[1])


def default_agent(world: str) -> str:
    """Who plays a board where nobody is named."""
    return preferred_agent(world) or OTHERWISE


def _is_known(name: str, world: str) -> bool:
    """Whether there is somebody of that name, as far as a glance tells: loading says what is wrong."""
    if name.endswith(".py"):
        return Path(name).is_file()
    run, colon, arm = name.rpartition(":")
    if colon:
        arm = re.split(r"[.@]", arm)[0]
        if run == "pretrained":
            return arm in agent_names(world)
        return any((base / run / "arms" / arm).is_dir() for base in (Path(), Path("runs")))
    human = rf"({'|'.join(HUMANS)})(\.(recorded|best|careful))?"
    return bool(re.fullmatch(rf"random|search|mcts-[1-9][0-9]{{0,6}}|{human}", name))


def _no_simulations(name: str, simulations: int | None) -> str:
    """What is to be said where --simulations is given to somebody who makes none; else nothing."""
    makes_some = name == "search" or (":" in name and not name.endswith((".sampled", ".py")))
    if simulations is None or makes_some:
        return ""
    words = f"--simulations {simulations} does nothing for {name}"
    return f"{words}: its number is that of its name, mcts-{simulations or 1}" if "mcts-" in name else words


def usual_simulations(agent: str, simulations: int | None, seconds: float) -> int | None:
    """How many simulations an agent's moves may have: what was asked for, else those of its name, else the
    usual number; None: as many as there is time for. Raises UsageError."""
    if not 0 <= seconds < 1e6:
        raise UsageError(f"--seconds is 0 (no limit) or more, not {seconds}")
    if simulations is not None and not 0 <= simulations <= 10_000_000:
        raise UsageError(f"--simulations is 0 to 10,000,000, not {simulations}")
    if simulations is not None:
        return simulations
    _, at, number = agent.rpartition("@")
    if at and ":" in agent and number.isdigit():
        return int(number)
    return None if seconds else USUAL_SIMULATIONS
