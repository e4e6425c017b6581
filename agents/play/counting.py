"""Games that are won by area: whose points are whose, what has been captured, and the words for it."""

from __future__ import annotations

from typing import NamedTuple

from agents.play.boards import stones_of
from agents.play.record import GameRecord
from agents.play.thoughts import Thoughts

COLORS = ("Black", "White")


class Count(NamedTuple):
    """A position counted as it stands: each side's points, komi apart; what the second side gets beside them;
    and whose each cell is, +1, -1 or 0."""

    points: tuple[int, int]
    komi: float
    owner: tuple[int, ...]

    @property
    def lead(self) -> float:
        """The first side's points minus the second's, komi among them."""
        return self.points[0] - self.points[1] - self.komi


def count_of(record: GameRecord, ply: int | None = None) -> Count | None:
    """The board counted as it stands, or as it stood after so many moves; None where the game is not about
    area."""
    if record.game.score is None:
        return None
    _, owners = record.game.score(record.state if ply is None else record.state_at(ply))
    owner = tuple(int(share) for share in owners[0])
    komi = float(record.state["komi"][0]) if record.game.with_komi is not None else 0.0
    return Count((owner.count(1), owner.count(-1)), komi, owner)


def owners(record: GameRecord, thoughts: Thoughts | None, wanted: bool) -> tuple[float, ...] | None:
    """Whose points to show: after the end those that are counted, before it, where wanted, what the thoughts
    expect, else what would count now."""
    ended = record.is_over and record.resigned is None
    if record.game.score is None or not (ended or wanted):
        return None
    if not ended and thoughts is not None and thoughts.owner:
        return thoughts.owner
    count = count_of(record)
    return None if count is None else count.owner


def color_of(record: GameRecord, side: int) -> str:
    """What a side is called in a game about area: Black or White."""
    return COLORS[side] if record.game.score is not None else ""


def captured(record: GameRecord, side: int) -> int | None:
    """How many stones a side has taken; None where a game does not tell."""
    if record.game.score is None:
        return None
    other, game = 1 - side, record.game
    put = stones_of(game, record.start).count(other) + sum(
        action != game.pass_action and record.player_at(ply) == other
        for ply, action in enumerate(record.actions[: record.cursor])
    )
    return put - stones_of(game, record.state).count(other)


def komi_words(record: GameRecord, side: int) -> str:
    """What the second side gets beside its points; nothing for the first, and where there is no komi."""
    given = side == 1 and record.game.with_komi is not None
    return f"komi {float(record.start['komi'][0]):g}" if given else ""


def margin(record: GameRecord) -> str:
    """By how much a game that was counted is won, as words after "wins"."""
    count = count_of(record)
    return "" if count is None else f" by {abs(count.lead):g}"


def counted_words(record: GameRecord) -> str:
    """The count in figures."""
    count = count_of(record)
    if count is None:
        return ""
    komi = f" + {count.komi:g} komi" if count.komi else ""
    limit = "The most moves are made. " if len(record.actions) >= record.game.max_plies else ""
    return (
        f"{limit}Black {count.points[0]}, White {count.points[1]}{komi}, by area; all stones count as alive"
    )


def last_pass(record: GameRecord) -> str:
    """What it means that the last move was a pass, where the game goes on."""
    if record.last_action is None or record.last_action != record.game.pass_action or record.is_over:
        return ""
    side = record.player_at(record.cursor - 1)
    count = count_of(record)
    if count is None:
        return f"{COLORS[side]} passed"
    ahead = COLORS[0 if count.lead > 0 else 1]
    now = f"{ahead} by {abs(count.lead):g}" if count.lead else "a draw"
    return f"{COLORS[side]} passed. Another pass ends it and counts the board as it is: {now}"


def lead_words(thoughts: Thoughts | None) -> str:
    """Who is expected to win, and by how much: by the network that has learned to tell, else by random
    playouts; by these nothing beside the value of a network, which knows more and may say the contrary."""
    if thoughts is None or thoughts.lead is None:
        return ""
    winner = COLORS[0 if thoughts.lead >= 0 else 1]
    if thoughts.lead_by:
        return f"{thoughts.lead_by.capitalize()} expects {winner} to win by about {abs(thoughts.lead):.1f}"
    if any(one.name == "network" for one in thoughts.opinions):
        return ""
    return f"Random playouts expect {winner} to win by about {abs(thoughts.lead):.1f}"
