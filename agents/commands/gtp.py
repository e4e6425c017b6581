"""The subcommand `gtp`: an agent as an engine for Go programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.commands.common import UsageError, check_seed
from lab.device import Device

USUAL_SIMULATIONS = 200
LARGEST_LEAVES = 256
READY_MADE = Path(__file__).resolve().parents[1] / "pretrained"


@dataclass(frozen=True)
class Gtp:
    """An agent as an engine that speaks GTP 2, for Sabaki, Lizzie, GoGui, gogui-twogtp, and `match` here."""

    world: str = "go9"
    """The board to begin with: go9, or any from go2 to go19 that the agent plays."""
    agent: str = "mcts-1000"
    """random, mcts-1000, search, a human, RUN:ARM, RUN:ARM.sampled, zero (ready-made), my_player.py."""
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
    name = full_name(command.agent, command.world)
    simulations = usual_simulations(name, command.simulations, command.seconds)
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


def full_name(agent: str, world: str) -> str:
    """The name under which agents.names knows an agent: a ready-made one needs no "pretrained:"."""
    base = re.split(r"[.@]", agent)[0]
    return f"pretrained:{agent}" if (READY_MADE / world / base).is_dir() else agent


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
