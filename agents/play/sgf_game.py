"""Games of Go in the window as SGF files: ours, with what was thought in them, and anybody's.

Who sat at the sides stands in the players' names. Thoughts are written for people and other programs, and
thought again when a game is opened.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from agents.play.counting import count_of
from agents.play.record import GameRecord
from agents.play.seats import ME, find_seat, is_gone
from agents.play.thoughts import Thoughts
from agents.player import UnknownPlayer
from games.core import GAMES, load_game
from games.notation import NotationError
from games.sgf import SgfGame
from games.sgf_files import read_collection, start_of
from games.sgf_values import Result
from games.sgf_write import Candidate, Thought, to_sgf
from lab.durable import replace_file

MOST_CANDIDATES = 5  # of a position that are written
Sides = tuple[str, str]


def save_sgf(path: Path, record: GameRecord, sides: Sides, thoughts: dict[tuple[int, ...], Thoughts]) -> None:
    """Write one game, dated today. Raises OSError."""
    from games.go_drawing import colors_of

    start = record.start[0]
    colors = colors_of(start)
    black, white = (tuple(int(p) for p in (colors == side).nonzero()[0]) for side in (0, 1))
    known = {ply: thoughts.get(tuple(record.actions[:ply])) for ply in range(len(record.actions) + 1)}
    game = SgfGame(
        source=path.name,
        number=1,
        size=int(start["size"]),
        komi=float(start["komi"]),
        handicap=len(black) if len(black) > 1 and not white else 0,
        black=black,
        white=white,
        first=record.player_at(0),
        actions=tuple(record.actions),
        result=_result(record),
        names=sides,
        rules="Tromp-Taylor, no suicide",
        date=f"{date.today():%Y-%m-%d}",
    )
    told = {ply: _thought(one) for ply, one in known.items() if one is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, to_sgf([game], [told]))


def _result(record: GameRecord) -> Result:
    result, count = record.result(), count_of(record, len(record.actions))
    if result is None:
        return Result()
    if record.resigned is not None:
        return Result(int(result[0]), "resignation")
    margin = None if count is None else abs(count.lead)
    return Result(int(result[0]), "count" if result[0] else "draw", margin or None)


def _thought(thoughts: Thoughts) -> Thought:
    candidates = tuple(
        Candidate(one.action, 0.5 + 0.5 * one.value, one.visits, min(1.0, one.prior), one.line)
        for one in thoughts.candidates[:MOST_CANDIDATES]
        if one.visits
    )
    lead = thoughts.lead
    side = "Black" if (lead or 0.0) >= 0 else "White"
    who = f"{thoughts.lead_by.capitalize()} expects" if thoughts.lead_by else "Playouts expect"
    comment = "" if lead is None else f"{who} {side} to be ahead by {abs(lead):.1f}"
    return Thought(0.5 + 0.5 * thoughts.value, candidates, comment)


def load_sgf(path: Path) -> tuple[GameRecord, Sides, Sides, str]:
    """The first game of a file, who sits at its sides (a name that nobody here has is a person's), the names
    of those persons, and the game's world. Raises NotationError, which names the file and what is wrong."""
    try:
        collection = read_collection(path)
    except OSError as error:
        raise NotationError(f"{path}: not a readable file ({error})") from None
    if not collection.games:
        why = f": {collection.bad[0]}" if collection.bad else ""
        raise NotationError(f"{path} holds no game that can be opened{why}")
    game = collection.games[0]
    world = f"go{game.size}"
    if world not in GAMES:
        sizes = ", ".join(name.removeprefix("go") for name in GAMES if name.startswith("go"))
        raise NotationError(f"{game.place}: on {game.size}x{game.size}; there are boards here of {sizes}")
    resigned = None
    if game.result.how == "resignation" and game.result.winner:
        resigned = 1 if game.result.winner > 0 else 0
    record = GameRecord(load_game(world), game.actions, resigned, start_of(game))
    black, white = (_side(name, world) for name in game.names)
    names = [
        "" if name in (ME, side) else name for name, side in zip(game.names, (black, white), strict=True)
    ]
    return record, (black, white), (names[0], names[1]), world


def _side(name: str, world: str) -> str:
    if is_gone(name):
        return ME
    try:
        find_seat(name, world)
    except UnknownPlayer:
        return ME
    return name
