"""Ready-made agents: weights of a run's arm with a card that says how they were made and how strong they are.

    agents/pretrained/connect_four/zero/weights.safetensors, card.json

`train.py export RUN zero` makes both, `train.py evaluate --card zero` measures the card's figures again.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents.evaluate_files import moves_of
from agents.evaluation import hard_part, rate
from agents.learning import checkpoint_path
from agents.names import find_player
from agents.network import load_network, network_tensors
from agents.player import UnknownPlayer
from agents.positions import PositionSet, load_positions, read_positions
from games.core import load_game
from lab.checkpoint import save_checkpoint
from lab.curve import curve_path, read_curve
from lab.durable import replace_file
from lab.statistics import Score

FOLDER = Path(__file__).resolve().parent / "pretrained"
SCHEMA = "move37-card/1"
WEIGHTS = "weights.safetensors"
SIMULATIONS = (0, 64)  # raw and searched on our own test positions
PUBLISHED_SIMULATIONS = 600  # on published ones, as AlphaZero.jl's are


class CardError(ValueError):
    """A card that is missing, torn, or of another version."""


@dataclass(frozen=True)
class Figure:
    """One figure of a card: the share of right moves on a set of positions with so many simulations."""

    positions: str
    simulations: int
    right: Score

    def to_json(self) -> dict[str, Any]:
        """As the card has it."""
        return {**vars(self), "right": self.right.to_json()}


def agent_folder(world: str, name: str) -> Path:
    """Where a ready-made agent lies."""
    return FOLDER / world / name


def agent_names(world: str) -> list[str]:
    """The ready-made agents of a game."""
    return sorted(path.parent.name for path in (FOLDER / world).glob(f"*/{WEIGHTS}"))


def weights_path(world: str, name: str) -> Path:
    """Where an agent's weights lie. Raises UnknownPlayer, which names those that exist."""
    if name not in agent_names(world):
        names = ", ".join(agent_names(world)) or "none yet"
        raise UnknownPlayer(f"no ready-made agent of {world} is called {name!r}; there are: {names}")
    return agent_folder(world, name) / WEIGHTS


def read_card(world: str, name: str) -> dict[str, Any]:
    """An agent's card. Raises UnknownPlayer, which names those that exist, and CardError."""
    path = weights_path(world, name).with_name("card.json")
    try:
        card: dict[str, Any] = json.loads(path.read_text())
        if card["schema"] != SCHEMA:
            raise ValueError(f"its schema is {card['schema']!r}, not {SCHEMA!r}")
        _figures(card)
        return card
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CardError(f"{path} cannot be read: {error}") from error


def export_agent(run: Path, arm: str, name: str, commit: str, files: tuple[Path, ...] = ()) -> Path:
    """Write weights and card of a run's arm; returns the agent's folder.

    `files` are published positions on which the card's figures are taken, too. Raises RunError,
    CheckpointError, NotationError.
    """
    from lab.run import open_run

    settings = open_run(run)
    world = settings.config["world"]
    game = load_game(world)
    network = load_network(checkpoint_path(run, arm), game)
    folder = agent_folder(world, name)
    folder.mkdir(parents=True, exist_ok=True)
    config = {"channels": network.config.channels, "blocks": network.config.blocks}
    digest = save_checkpoint(folder / WEIGHTS, network_tensors(network), {"network": config, "world": world})
    last = read_curve(curve_path(run, arm))[-1]
    card = {
        "schema": SCHEMA,
        "name": name,
        "world": world,
        "arm": arm,
        "command": re.sub(r" --(out|json)[ =]\S+", "", settings.command),
        "commit": commit,
        "seed": settings.config["seed"],
        "config": settings.config,
        "games": last.games,
        "cpu_seconds": round(last.cpu_seconds, 1),
        "machine": _machine(run),
        "exported": datetime.date.today().isoformat(),
        "sha256": digest,
        "figures": [figure.to_json() for figure in measure_agent(world, name, files)],
    }
    replace_file(folder / "card.json", (json.dumps(card, indent=1) + "\n").encode())
    return folder


def measure_agent(world: str, name: str, files: tuple[Path, ...] = ()) -> list[Figure]:
    """The figures of an agent's card, measured now: on our test positions, and on `files`."""
    hard = hard_part(load_positions(world, "test"))
    figures = [_measure(world, name, hard, simulations) for simulations in SIMULATIONS]
    sets = [read_positions(path) for path in files]
    return figures + [_measure(world, name, positions, PUBLISHED_SIMULATIONS) for positions in sets]


def compare_with_card(world: str, name: str, files: tuple[Path, ...] = ()) -> list[tuple[Figure, Figure]]:
    """The card's figures beside those measured now, as far as their positions are at hand.

    Raises UnknownPlayer and CardError; NotationError for a file that holds no positions.
    """
    stored = {(f.positions, f.simulations): f for f in _figures(read_card(world, name))}
    measured = measure_agent(world, name, files)
    return [(stored[key], figure) for figure in measured if (key := _key(figure)) in stored]


def _key(figure: Figure) -> tuple[str, int]:
    return figure.positions, figure.simulations


def _figures(card: dict[str, Any]) -> list[Figure]:
    return [
        Figure(entry["positions"], int(entry["simulations"]), Score.from_json(entry["right"]))
        for entry in card["figures"]
    ]


def _measure(world: str, name: str, positions: PositionSet, simulations: int) -> Figure:
    player = find_player(f"pretrained:{name}", load_game(world), simulations)
    moves = np.concatenate(
        [
            moves_of(player, PositionSet("", positions.states[i : i + 512], positions.scores[i : i + 512]), 0)
            for i in range(0, len(positions), 512)
        ]
    )
    return Figure(positions.name, simulations, rate(positions, moves)["all"])


def _machine(run: Path) -> dict[str, Any]:
    """What the run was computed under (lab/environment.py); empty for a run that did not store it."""
    path = run / "environment.json"
    conditions: dict[str, Any] = json.loads(path.read_text())["conditions"] if path.exists() else {}
    return conditions
