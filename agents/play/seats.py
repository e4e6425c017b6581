"""Who may sit at a side of the board: names as on the command line, titles as in the window.

Nothing heavy is imported here: the menu stands before numba and torch are there.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from agents.play.folder import changed_at
from agents.play.known import KNOWN
from agents.player import UnknownPlayer
from agents.ready_made import PREFIX, agent_names, in_full, preferred_agent
from games.core import is_own_file

ME = "me"
SEARCH = "search"  # a tree search without a network, for games that have none
EXACT = "perfect"
STRENGTHS = (0, 2, 4, 8, 16, 32, 64, 128, 200, 400, 800, 1600, 3200)  # simulations; 0: the raw network
HUMANS = {  # titles, and what their scripts say of them (agents/scripted.py)
    "beginner": ("Beginner", "has been told the rules"),
    "tower-builder": ("Tower builder", "stacks columns"),
    "edge-walker": ("Edge walker", "comes in from the left edge"),
    "straight-liner": ("Straight-liner", "thinks in rows and columns"),
    "forgetful": ("Forgetful", "sees every line and forgets the square above"),
    "two-ply": ("Club player", "a club player in a hurry"),
    "schoolyard": ("Schoolyard", "a crowd: whoever is there"),
    "club-night": ("Club night", "a crowd: all six, one a game"),
}
GO_HUMANS = {  # likewise (agents/go_scripted.py)
    "wanderer": ("Wanderer", "knows the rules and two eyes"),
    "capturer": ("Capturer", "takes what can be taken, runs from what threatens"),
    "surveyor": ("Surveyor", "stakes out territory"),
    "tactician": ("Tactician", "a club player in a hurry"),
    "go-club": ("Go club", "a crowd: all four, one a game"),
}
VERSIONS = {"recorded": "", "best": " at best", "careful": " without slips"}  # of the humans
STYLES = {"greedy": " at first sight", "sampled": ", drawn moves"}  # of the agents
AGENTS = {
    "imitator": "Imitator",
    "policy-gradient": "Policy gradient",
    "alphago": "AlphaGo",
    "master": "Master",
    "zero": "Zero",
}
FIXED = {
    "random": "Random",
    "wins-and-blocks": "Wins and blocks",
    "alphabeta-4": "Alpha-beta 4",
    "alphabeta-8": "Alpha-beta 8",
    "mcts-1000": "Playouts 1,000",
}

GO_FIXED = {
    "random": "Random",
    **{f"mcts-{n}": f"Playouts {n:,}" for n in (100, 1_000, 10_000)},
}
MOST_SIMULATIONS = 100_000


@dataclass(frozen=True)
class Seat:
    """One who may sit at a side.

    name: as on the command line, without simulations; title: in the window; group: under which heading;
    words: what to expect; searches: whether simulations make it stronger.
    """

    name: str
    title: str
    group: str
    words: str = ""
    searches: bool = False


PERSON = Seat(ME, "You", "you", "by mouse or keyboard")


def roster(world: str, runs: Path = Path("runs")) -> list[Seat]:
    """Everybody who can sit down at a game of this world, in groups."""
    seats = [PERSON]
    humans, programs = _scripted(world)
    seats += [Seat(name, title, "humans", words) for name, (title, words) in humans.items()]
    for name in sorted(agent_names(world), key=lambda name: [*AGENTS, name].index(name)):
        title = AGENTS.get(name, name.replace("-", " ").capitalize())
        seats.append(
            Seat(f"pretrained:{name}", title, "agents", "learned; thinks as far as you let it", True)
        )
    if not agent_names(world):
        words = "looks ahead by playing on at random"
        seats.append(Seat(SEARCH, "Tree search", "agents", words, True))
    for name, title in programs.items():
        words = "any legal move" if name == "random" else "a fixed program"
        seats.append(Seat(name, title, "programs", words))
    if world in KNOWN and KNOWN[world].solved:
        seats.append(Seat(EXACT, "Perfect player", "programs", "never gives anything away"))
    return seats + _arms(world, runs)


def find_seat(
    name: str, world: str, runs: Path = Path("runs"), own_files: bool = False
) -> tuple[Seat, int | None]:
    """The seat that a name on the command line means, and the simulations that it gives ("zero@400").

    `own_files`: whether path/to/my_player.py may sit down; its program is run. Raises UnknownPlayer, which
    offers the nearest right name.
    """
    if own_files and is_own_file(name):
        return Seat(name, Path(name).stem, "programs", "your own player"), None
    base, at, number = name.partition("@")
    simulations = int(number) if at and re.fullmatch(r"[0-9]{1,6}", number) else None
    if at and simulations is None:
        raise UnknownPlayer(f"{name!r}: after @ comes the number of simulations")
    if is_own_file(base) or (simulations or 0) > MOST_SIMULATIONS:
        # a saved game names its players too, and what comes from elsewhere must not have a program run
        raise UnknownPlayer(
            f"{name!r} cannot sit here: at most {MOST_SIMULATIONS} simulations, and a file of one's own only "
            "where the command line names it (train.py play --second path/to/my_player.py)"
        )
    known = {seat.name: seat for seat in roster(world, runs)}
    base = in_full(base, world)
    if base in known:
        return known[base], simulations
    agent, _, style = base.partition(".")
    if agent.startswith(PREFIX) and agent in known and style in STYLES:
        seat = replace(known[agent], name=base, title=known[agent].title + STYLES[style], searches=False)
        return seat, simulations
    human, _, version = base.partition(".")
    if human in known and version in VERSIONS and known[human].group == "humans":
        title = f"{known[human].title}{VERSIONS[version]}"
        return Seat(base, title, "humans", known[human].words), simulations
    if _is_programs_own(base, world):
        return Seat(base, base, "programs", "by its full name"), simulations
    if ":" in base and not base.startswith(PREFIX):
        searches = not base.endswith((".sampled", ".greedy"))
        return Seat(base, base.rpartition("/")[2], "runs", "an arm of a run", searches), simulations
    names = [name.removeprefix(PREFIX) for name in known]
    near = difflib.get_close_matches(base.removeprefix(PREFIX), names, n=1, cutoff=0.4)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    others = ", ".join(names)
    raise UnknownPlayer(f"nobody who plays {world} is called {base!r}{hint}; there are: {others}, RUN:ARM")


def is_gone(name: str, runs: Path = Path("runs")) -> bool:
    """Whether a name is written as that of an arm of a run, and there is no such arm here: its run lies
    elsewhere, or it is no player of ours at all (gtp:gnugo)."""
    run, colon, arm = name.partition("@")[0].rpartition(":")
    if not colon or f"{run}:" == PREFIX or is_own_file(arm):
        return False
    folder = os.path.join(run, "arms", arm.partition(".")[0])
    return not any(os.path.isdir(place) for place in (folder, runs / folder))


def full_name(seat: Seat, simulations: int) -> str:
    """The name under which agents.names knows the seat with so many simulations."""
    return f"{seat.name}@{simulations}" if seat.searches and simulations else seat.name


def _scripted(world: str) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """The humans of a game with their titles and words, and its fixed programs with their titles."""
    if world == "connect_four":
        return HUMANS, FIXED
    if _is_go(world):
        return GO_HUMANS, GO_FIXED
    return {}, {"random": "Random"}


def _is_go(world: str) -> bool:
    return world in KNOWN and KNOWN[world].family == "Go"


def _is_programs_own(name: str, world: str) -> bool:
    """Whether it is a name that needs no list: a depth, a number of playouts."""
    families = "mcts" if _is_go(world) else "alphabeta|mcts" if world == "connect_four" else ""
    return bool(families and re.fullmatch(rf"({families})-[1-9][0-9]{{0,6}}", name))


def default_opponent(world: str) -> str:
    """Who sits down where nobody is named: Zero or Master where one has learned it, else a search."""
    return preferred_agent(world) or SEARCH


def _arms(world: str, runs: Path) -> list[Seat]:
    """The arms of finished and unfinished runs of this world, newest run first, ten runs at most."""
    folders = [path for pattern in ("*/arms", "*/seed-*/arms") for path in runs.glob(pattern)]
    folders = [path for path in folders if _world_of(path.parent) == world]
    folders = sorted(folders, key=changed_at, reverse=True)[:10]
    seats = []
    for folder in folders:
        run = folder.parent
        for weights in sorted(folder.glob("*/*.safetensors")):
            title = f"{run.relative_to(runs).as_posix()}: {weights.parent.name}"
            name = f"{run.as_posix()}:{weights.parent.name}"
            seats.append(Seat(name, title, "runs", "an arm of your own run", True))
    return seats


def _world_of(run: Path) -> str:
    """Whose game a run's arms play, by its settings or those of the run it is a seed of."""
    for folder in (run, run.parent):
        try:
            record = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            return str(record["config"]["world"])
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return "connect_four"
