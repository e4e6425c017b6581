"""Ready-made agents: weights of a run's arm with a card that says how they were made and how strong they are.

    agents/pretrained/connect_four/zero/weights.safetensors, card.json

`train.py export RUN zero` makes both, `train.py evaluate --card zero` measures the card's figures again.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents import ready_made
from agents.baselines import baseline_names
from agents.evaluate_files import moves_of
from agents.evaluation import hard_part, rate
from agents.learning import checkpoint_path
from agents.names import find_player
from agents.network import load_network, network_tensors
from agents.player import UnknownPlayer
from agents.positions import PositionSet, load_positions, read_positions
from agents.ready_made import WEIGHTS, agent_names
from agents.scripted import CROWDS, HUMANS
from games.core import load_game
from lab.checkpoint import MARK, ZEROS, CheckpointError, load_checkpoint, save_checkpoint
from lab.curve import CurveRow, curve_path, read_curve
from lab.durable import replace_file
from lab.own_files import is_games_file
from lab.run import Run, open_run
from lab.statistics import Score

SCHEMA = "move37-card/1"
CARD = "card.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
STAGED = "agent"  # the arm's name in the folder where an agent waits until it is whole
SIMULATIONS = (0, 64)  # raw and searched on our own test positions
PUBLISHED_SIMULATIONS = 600  # on published ones, as AlphaZero.jl's are
SAME = 1e-9  # between two rates that are equal but for how JSON rounds
TELLING = (
    "device",
    "graphics",
    "precision",
    "processor",
    "instructions",
    "torch",
)  # decide a move's rounding


class CardError(ValueError):
    """A card that is missing, torn, of another version or of other weights."""


class NotExportable(CardError):  # noqa: N818
    """An arm that cannot be made a ready-made agent, or not under that name."""


@dataclass(frozen=True)
class Figure:
    """One figure of a card: the share of right moves on a set of positions with so many simulations."""

    positions: str
    simulations: int
    right: Score

    def to_json(self) -> dict[str, Any]:
        """As the card has it."""
        return {**vars(self), "right": self.right.to_json()}

    @property
    def key(self) -> tuple[str, int]:
        """What was measured."""
        return self.positions, self.simulations


@dataclass(frozen=True)
class CardCheck:
    """A card's figures: `pairs` of (on the card, measured now), those `unchecked` because their positions
    are not at hand, and the conditions that differ, each as (on the card, here)."""

    pairs: tuple[tuple[Figure, Figure], ...]
    unchecked: tuple[Figure, ...]
    differences: dict[str, tuple[Any, Any]]

    @property
    def failed(self) -> tuple[Figure, ...]:
        """Those measured now that are not what the card says: not equal, or, where other conditions may
        round a move to another one, not even overlapping."""
        agree = _overlap if self.differences else _equal
        return tuple(now for then, now in self.pairs if not agree(then.right, now.right))


def agent_folder(world: str, name: str) -> Path:
    """Where a ready-made agent lies."""
    return ready_made.FOLDER / world / name


def weights_path(world: str, name: str) -> Path:
    """Where an agent's weights lie. Raises UnknownPlayer, which names those that exist."""
    if name not in agent_names(world):
        names = ", ".join(agent_names(world)) or "none yet"
        raise UnknownPlayer(f"no ready-made agent of {world} is called {name!r}; there are: {names}")
    return agent_folder(world, name) / WEIGHTS


def read_card(world: str, name: str) -> dict[str, Any]:
    """An agent's card. Raises UnknownPlayer, which names those that exist, and CardError, also for a card
    that is not that of the weights beside it."""
    weights = weights_path(world, name)
    path = weights.with_name(CARD)
    try:
        card: dict[str, Any] = json.loads(path.read_text())
        if card["schema"] != SCHEMA:
            raise ValueError(f"its schema is {card['schema']!r}, not {SCHEMA!r}")
        _figures(card)
        sealed = card["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CardError(f"{path} cannot be read: {error}") from error
    if sealed != _digest(weights):
        raise CardError(
            f"{path} is not the card of the weights beside it (SHA-256 differs): export them again"
        )
    if "commit" in card:  # as cards of November 2026 call it
        card["exported_at_commit"] = card.pop("commit")
    return card


def export_agent(
    run: Path, arm: str, name: str, commit: str, files: tuple[Path, ...] = (), replace: bool = False
) -> Path:
    """Make a run's arm a ready-made agent, weights and card; returns the agent's folder.

    `files` are published positions on which the card's figures are taken, too. An agent of that name is
    replaced only where `replace` says so, and stands until the new one is whole. Raises NotExportable,
    RunError, CheckpointError, NotationError.
    """
    _check_exportable(arm, name)
    sets = [read_positions(path) for path in files]
    opened = open_run(run)
    folder = agent_folder(opened.config["world"], name)
    if folder.exists() and not replace:
        raise NotExportable(
            f"{folder} is a ready-made agent already and stays: name another by --name, or add --replace to "
            "put the new one in its place for good"
        )
    staged = folder.with_name(f".{name}.unfinished")
    shutil.rmtree(staged, ignore_errors=True)  # of an export that was killed
    try:
        card = {"schema": SCHEMA, "name": name, "exported_at_commit": commit}
        card |= _stage(opened, arm, staged, sets)
        replace_file(staged / CARD, (json.dumps(card, indent=1) + "\n").encode())
        folder.mkdir(exist_ok=True)
        # nothing is left to fail but the power: after a cut in between, read_card sees that they differ
        os.replace(_staged_weights(staged), folder / WEIGHTS)
        os.replace(staged / CARD, folder / CARD)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return folder


def compare_with_card(world: str, name: str, files: tuple[Path, ...] = ()) -> CardCheck:
    """The card's figures beside those measured now, as far as their positions are at hand.

    Raises UnknownPlayer and CardError; NotationError for a file that holds no positions.
    """
    card = read_card(world, name)
    stored = {figure.key: figure for figure in _figures(card)}
    sets = [read_positions(path) for path in files]
    strangers = [item.name for item in sets if (item.name, PUBLISHED_SIMULATIONS) not in stored]
    if strangers:
        known = ", ".join(n for n, simulations in stored if simulations == PUBLISHED_SIMULATIONS) or "none"
        raise CardError(
            f"the card of {name} has no figures on {', '.join(strangers)}: leave out these --positions; "
            f"published files with figures: {known}"
        )
    plan = [item for item in _plan(world, sets) if (item[0].name, item[1]) in stored]
    measured = _measure_all(world, f"pretrained:{name}", plan)
    keys = {figure.key for figure in measured}
    unchecked = tuple(figure for key, figure in stored.items() if key not in keys)
    return CardCheck(tuple((stored[f.key], f) for f in measured), unchecked, _differences(card))


def _check_exportable(arm: str, name: str) -> None:
    """Raise NotExportable for a name that is no plain one and for an arm that is no single network."""
    if not NAME.fullmatch(name):
        raise NotExportable(f"--name {name!r}: an agent's name has letters, digits and dashes only")
    families = {known.partition("-")[0] for known in baseline_names()} | {"me", "search"}
    if name in HUMANS or name in CROWDS or name.partition("-")[0] in families:
        raise NotExportable(f"--name {name!r}: another player is called so, or nearly: choose another name")
    if arm == "alphago":
        raise NotExportable(
            "the arm alphago is no single network that plays (its file holds the value network alone, its "
            "moves are the imitator's): export another arm"
        )


def _last_row(run: Path, arm: str) -> CurveRow:
    """The end of an arm's curve. Raises NotExportable where there is none."""
    rows = read_curve(curve_path(run, arm))
    if not rows:
        raise NotExportable(f"{run} has no arm {arm!r} that has learned: see `runs show {run}`")
    return rows[-1]


def _stage(run: Run, arm: str, staged: Path, sets: list[PositionSet]) -> dict[str, Any]:
    """Write an arm's weights in a folder apart and measure them there; returns what their card says."""
    world, last = run.config["world"], _last_row(run.folder, arm)
    network = load_network(checkpoint_path(run.folder, arm), load_game(world))
    config = {"channels": network.config.channels, "blocks": network.config.blocks}
    weights = _staged_weights(staged)
    weights.parent.mkdir(parents=True)
    digest = save_checkpoint(weights, network_tensors(network), {"network": config, "world": world})
    told = _told_of(run)  # before minutes of measuring
    figures = _measure_all(world, f"{staged}:{STAGED}", _plan(world, sets))
    return {
        "world": world,
        "arm": arm,
        **told,
        "seed": run.config["seed"],
        "games": last.games,
        "cpu_seconds": round(last.cpu_seconds, 1),
        "machine": _machine(run.folder),
        "exported": datetime.date.today().isoformat(),
        "measured_under": _conditions(),
        "sha256": digest,
        "figures": [figure.to_json() for figure in figures],
    }


def _told_of(run: Run) -> dict[str, Any]:
    """A run's command and settings; files of games by their names alone: folders differ from user to user."""
    told = {"command": re.sub(r" --(out|json)[ =]\S+", "", run.command), "config": run.config}
    # runs of earlier versions, which have fewer settings, are exported, too
    tested_on = run.config["imitation"].get("tested_on", ())
    named = [run.config["human"], run.config["counter_human"], *tested_on]
    text = json.dumps(told)
    for file in filter(is_games_file, named):
        text = text.replace(json.dumps(file)[1:-1], Path(file).name)
    shortened: dict[str, Any] = json.loads(text)
    return shortened


def _staged_weights(staged: Path) -> Path:
    """Where weights wait: as in a run, so that they play as its arm before they are moved."""
    return checkpoint_path(staged, STAGED)


def _digest(weights: Path) -> str:
    """The SHA-256 under which weights are sealed. Raises CardError where they are damaged."""
    try:
        load_checkpoint(weights)
        data = weights.read_bytes()
    except (CheckpointError, OSError) as error:
        raise CardError(str(error)) from error
    start = data.index(MARK) + len(MARK)
    return data[start : start + len(ZEROS)].decode()


def _plan(world: str, sets: Iterable[PositionSet]) -> list[tuple[PositionSet, int]]:
    """What a card's figures are taken on, with how many simulations: our test positions, published ones."""
    hard = hard_part(load_positions(world, "test"))
    own = [(hard, simulations) for simulations in SIMULATIONS]
    return own + [(positions, PUBLISHED_SIMULATIONS) for positions in sets]


def _measure_all(world: str, agent: str, plan: Iterable[tuple[PositionSet, int]]) -> list[Figure]:
    return [_measure(world, agent, positions, simulations) for positions, simulations in plan]


def _measure(world: str, agent: str, positions: PositionSet, simulations: int) -> Figure:
    player = find_player(agent, load_game(world), simulations)
    moves = np.concatenate(
        [
            moves_of(player, PositionSet("", positions.states[i : i + 512], positions.scores[i : i + 512]), 0)
            for i in range(0, len(positions), 512)
        ]
    )
    return Figure(positions.name, simulations, rate(positions, moves)["all"])


def _figures(card: dict[str, Any]) -> list[Figure]:
    return [
        Figure(entry["positions"], int(entry["simulations"]), Score.from_json(entry["right"]))
        for entry in card["figures"]
    ]


def _equal(then: Score, now: Score) -> bool:
    return then.n == now.n and abs(then.rate - now.rate) <= SAME


def _overlap(then: Score, now: Score) -> bool:
    return then.n == now.n and then.low <= now.high and now.low <= then.high


def _differences(card: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Under what else the card's figures were measured; a card that does not say it, under what its run
    was computed."""
    then, now = card.get("measured_under", card.get("machine", {})), _conditions()
    return {name: (then.get(name), now[name]) for name in TELLING if then.get(name) != now[name]}


def _conditions() -> dict[str, Any]:
    """Under what agents are measured here and now."""
    from agents.folded import inference_dtype
    from lab.device import resolve_device
    from lab.environment import environment

    device = resolve_device("auto")
    return environment(device, str(inference_dtype(device)).removeprefix("torch."))


def _machine(run: Path) -> dict[str, Any]:
    """What the run was computed under (lab/environment.py); empty for a run that did not store it."""
    path = run / "environment.json"
    conditions: dict[str, Any] = json.loads(path.read_text())["conditions"] if path.exists() else {}
    return conditions
