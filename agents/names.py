"""Agents by name, the same everywhere.

random, wins-and-blocks, alphabeta-4, mcts-1000, perfect      the baselines
forgetful, forgetful.best, two-ply.careful                    the humans
runs/compare-connect_four-001:zero                            an arm of a run, greedy
RUN:imitator.sampled, RUN:zero@400                            sampled; with 400 simulations
zero, imitator.sampled, zero@400                              the ready-made agents of the game, likewise;
                                                              in full pretrained:zero (agents/ready_made.py)
path/to/my_player.py                                          one's own (docs/your_own_game.md)
"""

from __future__ import annotations

import difflib
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agents.baselines import baseline_names, baseline_player
from agents.player import Player, UnknownPlayer, policy_player
from agents.ready_made import agent_names, in_full, worlds_of
from agents.scripted import CROWDS, HUMANS, human_names, human_player
from games.core import Game, is_own_file

if TYPE_CHECKING:
    from agents.go_ownership import Ownership
    from agents.search import Evaluator

PRETRAINED = "pretrained"


def find_player(
    name: str, game: Game, simulations: int = 0, batch: int = 256, device: str = "auto"
) -> Player:
    """The player of that name; `simulations` is used for an arm whose name gives none.

    Raises UnknownPlayer, which offers the nearest right name, NoSuchDevice, CheckpointError and
    OwnFileError.
    """
    if is_own_file(name):
        from agents.own_player import own_player

        return own_player(name, game)
    name = in_full(name, game.name)
    if ":" in name:
        return _arm_player(name, game, simulations, batch, device)
    base = name.partition(".")[0]
    if base in human_names(game):
        return human_player(name)
    if base in HUMANS or base in CROWDS:
        where = "connect_four only" if base in human_names() else "Go only"
        raise UnknownPlayer(f"{name!r} plays {where}; {_others(game)}")
    families = [known.split("-")[0] for known in baseline_names()]
    if base.split("-")[0] in families or base in baseline_names():
        return baseline_player(name, game)
    raise UnknownPlayer(
        f"nobody is called {name!r}{_hint(name, game)}; for {game.name} there are: {_everybody(game)}, "
        "RUN:ARM, path/to/my_player.py"
    )


def _hint(name: str, game: Game) -> str:
    """What the ready-made agent of that name plays, which this game has not, or else the nearest name."""
    base = re.split("[.@]", name)[0]
    if worlds := worlds_of(base):
        return f" (that ready-made agent plays {', '.join(worlds)})"
    known = [*human_names(game), *baseline_names(game), *agent_names(game.name)]
    near = difflib.get_close_matches(base, known, n=1, cutoff=0.4)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _everybody(game: Game) -> str:
    """Who plays a game, by name."""
    known = [*human_names(game), *baseline_names(game)]
    ready = agent_names(game.name)
    return ", ".join(known) + (f", the ready-made {', '.join(ready)}" if ready else "")


class Strength(NamedTuple):
    """How an arm of a run or a ready-made agent plays by its name: greedy or sampled, its simulations."""

    style: str
    simulations: int


def arm_strength(name: str) -> Strength | None:
    """What the name of an arm or a ready-made agent, in full, says of its strength; None for any other
    player. Raises UnknownPlayer for a name of an arm that is written wrongly."""
    if name.endswith(".py") or ":" not in name:
        return None
    return Strength(*_parse(name)[2:])


def _others(game: Game) -> str:
    return f"for {game.name} there are: {_everybody(game)}, path/to/my_player.py"


def find_evaluator(name: str, game: Game, batch: int = 256, device: str = "auto") -> Evaluator:
    """What the network of an arm or a ready-made agent thinks of positions, simulations apart.

    Raises UnknownPlayer, NoSuchDevice and CheckpointError.
    """
    from lab.device import resolve_device

    run, arm, _, _ = _parse(in_full(name, game.name))
    return _evaluator(run, arm, game, resolve_device(device), batch)


def find_ownership(name: str, game: Game, device: str = "auto") -> Ownership | None:
    """What an arm or a ready-made agent has learned of whose each point will be; None of one that has not,
    and of other players. Its file is read at the first call, which raises what find_evaluator does."""
    from agents.go_ownership import TAUGHT, network_ownership
    from agents.learning import checkpoint_path
    from agents.network import load_network
    from lab.device import resolve_device

    name = in_full(name, game.name)
    if arm_strength(name) is None or game.score is None:
        return None
    run, arm, _, _ = _parse(name)
    if arm not in TAUGHT:
        return None
    if run == PRETRAINED:
        from agents.cards import weights_path

        path = weights_path(game.name, arm)
    else:
        path = checkpoint_path(_run_folder(run), arm)

    @functools.cache  # when first asked for: in matches nobody does, and a run's file may be large
    def learned() -> Ownership:
        return network_ownership(load_network(path, game, resolve_device(device)), game)

    return lambda state: learned()(state)


def _arm_player(name: str, game: Game, simulations: int, batch: int, device: str) -> Player:
    from agents.evaluation import greedy
    from agents.network import network_policy
    from agents.search import search_player
    from lab.device import resolve_device
    from lab.tree_search import SearchConfig

    run, arm, style, own_simulations = _parse(name)
    evaluator = _evaluator(run, arm, game, resolve_device(device), batch)
    simulations = own_simulations or simulations
    if simulations and style == "greedy":
        return search_player(name, game, evaluator, SearchConfig(simulations, "gumbel", game.num_actions))
    policy = network_policy(evaluator, game)
    if style == "sampled":
        return policy_player(name, policy)
    return policy_player(name, lambda states: greedy(policy(states)))


def _evaluator(run: str, arm: str, game: Game, device: str, batch: int) -> Evaluator:
    """What a ready-made agent or an arm of a run thinks of positions."""
    from agents.arms import arm_evaluator
    from agents.learning import checkpoint_path
    from agents.network import load_network, network_evaluator

    if run == PRETRAINED:
        from agents.cards import weights_path

        return network_evaluator(load_network(weights_path(game.name, arm), game, device), game, batch)
    folder = _run_folder(run)
    arms = sorted(
        path.name for path in (folder / "arms").glob("*") if checkpoint_path(folder, path.name).exists()
    )
    if arm not in arms:
        near = difflib.get_close_matches(arm, arms, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise UnknownPlayer(f"{folder} has no arm {arm!r}{hint}; it has: {', '.join(arms) or 'none yet'}")
    return arm_evaluator(folder, arm, game, device, batch)


def _parse(name: str) -> tuple[str, str, str, int]:
    match = re.fullmatch(r"(.+):([A-Za-z0-9_-]+)(?:\.(greedy|sampled))?(?:@([1-9][0-9]{0,6}))?", name)
    if not match:
        raise UnknownPlayer(
            f"{name!r} is no arm of a run; write RUN:ARM, RUN:ARM.sampled, or RUN:ARM@400 for 400 simulations"
        )
    run, arm, style, simulations = match.groups()
    if style == "sampled" and simulations:
        raise UnknownPlayer(
            f"{name!r}: a searching player is not sampled; leave out '.sampled' or '@{simulations}'"
        )
    return run, arm, style or "greedy", int(simulations or 0)


def _run_folder(run: str) -> Path:
    for folder in (Path(run), Path("runs") / run):
        if (folder / "arms").is_dir():
            return folder
        seeds = sorted(path.parent.name for path in folder.glob("seed-*/arms"))
        if seeds:
            raise UnknownPlayer(f"{folder} holds several seeds: write {(folder / seeds[0]).as_posix()}:ARM")
    near = difflib.get_close_matches(run, [path.name for path in Path("runs").glob("*")], n=1, cutoff=0.4)
    hint = f" (did you mean runs/{near[0]}?)" if near else ""
    raise UnknownPlayer(f"there is no run folder {run!r}{hint}")
