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

COLUMNS = ("all", "hard", "strict", "win_at_hand", "forced_block")


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
    """The result as a table: mistakes (moves that lose win, draw or loss), then right moves by category."""
    name = result["agent"] + (f", {result['simulations']} simulations" if result["simulations"] else "")
    table = Table(title=name, title_justify="left")
    table.add_column("positions")
    table.add_column("mistakes", justify="right")
    for column in COLUMNS:
        table.add_column(f"{column.replace('_', ' ')}, right", justify="right")
    for entry in result["files"]:
        right = entry["right"]
        cells = [_share(right[column]) if column in right else "-" for column in COLUMNS]
        table.add_row(f"{entry['positions']} ({entry['count']})", f"{1 - right['all']['rate']:.1%}", *cells)
    return table


def _share(score: dict[str, float]) -> str:
    return f"{score['rate']:.1%} [{score['low']:.1%}, {score['high']:.1%}]"
