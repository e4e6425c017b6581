"""Why a move cannot be made, in words for who tried it."""

from __future__ import annotations

from agents.play.board import EMPTY, Board
from agents.play.boards import stones_of
from agents.play.record import GameRecord


def why_not(record: GameRecord, action: int, board: Board) -> str:
    """What forbids an action that is not among the legal ones where the board stands."""
    game, place = record.game, board.place_name
    if not 0 <= action < game.num_actions:
        return f"There is no {place} {action + 1}"
    name = game.action_names[action]
    if game.score is not None and place == "point":
        return _why_not_in_go(record, action, name)
    if place == "column":
        return f"Column {name} is full"
    stones = stones_of(game, record.state)
    taken = action < len(stones) and stones[action] != EMPTY
    return f"{place.capitalize()} {name} is taken" if taken else f"The rules do not allow {name} here"


def _why_not_in_go(record: GameRecord, action: int, name: str) -> str:
    from games.go import is_go, why_illegal  # with the rules, not with the menu

    reason = why_illegal(record.state, action) if is_go(record.game) else ""
    return {
        "taken": f"{name} is taken: a stone lies there",
        "suicide": f"{name} would be suicide: a stone there would have no liberty and take nothing",
        "repetition": f"{name} is ko: it would bring back a position that this game has had",
    }.get(reason, f"The rules do not allow {name} here")
