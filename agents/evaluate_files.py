"""`train.py evaluate`: an agent's mistakes on files of exactly scored positions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from agents.evaluation import rate
from agents.names import find_player
from agents.player import Player
from agents.positions import PositionSet, load_positions, read_positions
from games.core import load_game
from lab.randomness import game_keys

COLUMNS = ("all", "hard", "strict")


def evaluate_agent(
    world: str, agent: str, simulations: int, files: tuple[Path, ...], seed: int
) -> dict[str, Any]:
    """The agent's shares of right moves on each file (default: our test set), by category.

    An agent whose distribution is known is scored exactly under it; another by one move a position.
    """
    game = load_game(world)
    player = find_player(agent, game, simulations)
    sets = [read_positions(path) for path in files] or [load_positions(world, "test")]
    entries = []
    for positions in sets:
        scores = rate(positions, moves_of(player, positions, seed))
        entries.append(
            {
                "positions": positions.name,
                "count": len(positions),
                "right": {name: score.to_json() for name, score in scores.items()},
            }
        )
    return {"schema": "move37-evaluation/1", "agent": agent, "simulations": simulations, "files": entries}


def moves_of(player: Player, positions: PositionSet, seed: int) -> np.ndarray:
    """The player's distribution on each position, or one-hot the moves that it chose, [N, 7]."""
    if player.policy is not None:
        return np.asarray(player.policy(positions.states))
    keys = game_keys(seed, "evaluate", 0, len(positions))
    chosen = player.act(positions.states, keys, np.zeros(len(positions), np.int32))
    return np.eye(positions.scores.shape[1])[chosen]


def mistakes_table(result: dict[str, Any]) -> Table:
    """The result as a table for 80 columns: mistakes are moves that lose win, draw or loss."""
    name = result["agent"] + (f", {result['simulations']} simulations" if result["simulations"] else "")
    table = Table(title=name, title_justify="left", caption="mistake: the move loses the value; % [95 %]")
    table.add_column("positions")
    for column in ("n", "mistakes", "on hard ones", "not the best"):
        table.add_column(column, justify="right")
    for entry in result["files"]:
        cells = [_wrong(entry["right"].get(column)) for column in COLUMNS]
        table.add_row(entry["positions"], str(entry["count"]), *cells)
    return table


def _wrong(right: dict[str, float] | None) -> str:
    """The share of wrong moves with its interval."""
    if right is None:
        return "-"
    rate, low, high = (100 * (1 - right[key]) for key in ("rate", "high", "low"))
    return f"{rate:.1f} [{low:.1f}-{high:.1f}]"
