"""Boards for the report: hard positions that Zero answers rightly and the human and its imitator do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import CompareConfig
from agents.evaluation import exact_policy, hard_part, searched_policy
from agents.go_config import JUDGED
from agents.learning import checkpoint_path
from agents.network import load_network, network_evaluator, network_policy
from agents.positions import PositionSet, load_positions
from games.core import Game, load_game
from games.drawing import connect_four_svg
from games.go import is_go
from games.go_drawing import go_svg
from lab.measured import write_measured
from lab.own_files import is_games_file
from lab.workers import Desk

BOARDS = 3


def pick_boards(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that writes `results/boards.json`: [{"caption", "svg"}], fewest right moves first.

    Needs a scripted human; for a file of games, whose distribution is unknown, there are no boards.
    """
    boards: list[dict[str, str]] = []
    if not is_games_file(config.human):
        positions = hard_part(load_positions(config.world, "test"))
        human = exact_policy(f"{config.human}.recorded", positions.states)
        imitated, searched = _choices(folder, config, positions)
        rows = _telling(positions, human, imitated, searched)
        game = load_game(config.world)
        boards = [_board(game, positions, row, human, imitated, searched) for row in rows]
    write_measured(folder, "boards", boards)


def _choices(folder: Path, config: CompareConfig, positions: PositionSet) -> tuple[Any, Any]:
    """The greedy imitator's and the searching Zero's moves, int [N] each."""
    game, settings = load_game(config.world), config.evaluation
    evaluators = [
        network_evaluator(
            load_network(checkpoint_path(folder, arm), game, config.device), game, settings.batch
        )
        for arm in ("imitator", "zero")
    ]
    imitated = network_policy(evaluators[0], game)(positions.states).argmax(axis=1)
    searched = searched_policy(game, evaluators[1], settings.simulations, positions.states).argmax(axis=1)
    return imitated, searched


def _telling(
    positions: PositionSet, human: NDArray[np.float64], imitated: Any, searched: Any
) -> NDArray[np.int64]:
    """Rows in which Zero keeps the value, the imitator does not and the human rather not (chance below
    a half): fewest right moves first, then least likely for the human."""
    rows = np.arange(len(positions))
    chance = (human * positions.keep).sum(axis=1)
    right = positions.keep[rows, searched] & ~positions.keep[rows, imitated] & (chance < 0.5)
    order = np.lexsort((rows, chance, positions.keep.sum(axis=1)))
    chosen: NDArray[np.int64] = order[right[order]][:BOARDS]
    return chosen


def _board(
    game: Game, positions: PositionSet, row: int, human: Any, imitated: Any, searched: Any
) -> dict[str, str]:
    right, theirs, ours = positions.keep[row], int(imitated[row]), int(searched[row])
    words = {1: "wins", 0: "draws", -1: "loses"}
    if game.name in JUDGED:
        words = {1: "is judged right", 0: "is judged right", -1: "is not"}
    value, lost = words[int(positions.values[row])], words[int(np.sign(positions.scores[row, theirs]))]
    state = positions.states[row]
    caption = (
        f"{turn_words(game, state)}{move_words(game, ours)} {value}; the imitator's "
        f"{move_words(game, theirs, False)} {lost}. The human plays a right move here with probability "
        f"{(human[row] * right).sum():.3f}."
    )
    return {"caption": caption, "svg": board_svg(game, state, {ours: "zero", theirs: "imitator"}, caption)}


def turn_words(game: Game, state: Any) -> str:
    """Of Go, what the stones on the board do not show; nothing of other games."""
    if not is_go(game):
        return ""
    return f"{('Black', 'White')[int(state['player'])]} to move, komi {state['komi']:g}. "


def move_words(game: Game, action: int, begins: bool = True) -> str:
    """A move as a sentence begins with it, or goes on."""
    if not is_go(game):
        return f"{'Column' if begins else 'column'} {action + 1}"
    name = game.action_names[action]
    return name.capitalize() if begins else name


def board_svg(game: Game, state: Any, marks: dict[int, str], caption: str) -> str:
    """The position with moves, and whose they are."""
    return go_svg(state, marks, caption) if is_go(game) else connect_four_svg(state, marks, caption)
