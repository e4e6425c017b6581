"""Games as files: a readable text that `imitate --human FILE` takes, too, with the analysis in its comments.

    # move37-game/1 {"world": "connect_four", "sides": ["me", "pretrained:zero"], ...}
    44354412 1-0
    # analysis 0 {"value": 0.1, ...}

Whatever stands in a comment may be missing: any file whose first line of moves is a legal game can be opened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.games_file import RESULT_WORDS, RESULTS
from agents.play.folder import SGF
from agents.play.record import GameRecord, Key
from agents.play.seats import ME, is_gone
from agents.play.thoughts import Thoughts, from_json, to_json
from games.core import Game, UnknownGame, is_own_file, load_game
from games.notation import NotationError, format_columns, parse_columns, read_lines
from lab.durable import replace_file

HEAD, ANALYSIS = "# move37-game/1 ", "# analysis "
LARGEST = 4_000_000  # bytes: nobody's game is larger
MOST_CHECKED = 100  # lines of a file of many games; the first game is the one that is opened


class UntoldGame(NotationError):  # noqa: N818
    """Moves that are none of the game they were read as, in a file that does not say whose they are."""


@dataclass
class SavedGame:
    """A game as it was saved: its record, who sat at the sides, what was thought of its positions; and, once
    read, under which name its rules are found here, which may be a file of one's own, and what the persons
    at its sides are called, where the file names them."""

    record: GameRecord
    sides: tuple[str, str] = ("me", "me")
    thoughts: dict[Key, Thoughts] = field(default_factory=dict)
    world: str = ""
    names: tuple[str, str] = ("", "")


def save_game(path: Path, saved: SavedGame) -> None:
    """Write a game with what was thought of it, as SGF where the path says so. Raises OSError."""
    record = saved.record
    if path.suffix == SGF:
        from agents.play.sgf_game import save_sgf

        save_sgf(path, record, saved.sides, saved.thoughts)
        return
    head = {"world": record.game.name, "sides": list(saved.sides), "resigned": record.resigned}
    result = record.result()
    word = f" {RESULT_WORDS[int(result[0])]}" if result is not None else ""
    moves = format_columns(record.game, record.actions)  # type: ignore[arg-type]
    lines = [HEAD + json.dumps(head), f"{moves}{word}"] if moves else [HEAD + json.dumps(head)]
    for ply in range(len(record.actions) + 1):
        known = saved.thoughts.get(tuple(record.actions[:ply]))
        if known is not None:
            lines.append(f"{ANALYSIS}{ply} {json.dumps(to_json(known))}")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, ("\n".join(lines) + "\n").encode("ascii"))


def load_saved(path: Path, world: str) -> SavedGame:
    """Read a game; `world` is whose moves a file without a head holds.

    Raises NotationError, which names the file, the line and what is wrong there; UntoldGame where that may
    be because the game is another one.
    """
    if path.suffix.lower() == SGF:
        from agents.play.sgf_game import load_sgf

        record, seated, names, played = load_sgf(path)
        return SavedGame(record, seated, world=played, names=names)
    head, comments = _comments(path)
    game = _game(path, head.get("world"), world)
    try:
        actions, result = _moves(path, game)
    except NotationError as error:
        raise error if head.get("world") else UntoldGame(str(error)) from None
    resigned = head.get("resigned")
    if resigned not in (None, 0, 1):
        raise NotationError(f"{path}: side {resigned!r} gave up, and there are 0 and 1")
    record = GameRecord(game, actions, resigned)
    told = record.result()
    if result is not None and told is not None and RESULTS[result] != int(told[0]):
        raise NotationError(f"{path}: the result is {result}, but the moves end otherwise")
    sides = head.get("sides", ["me", "me"])
    if not (isinstance(sides, list) and len(sides) == 2 and all(isinstance(one, str) for one in sides)):
        raise NotationError(f"{path}: the sides are two names, not {sides!r}")
    thoughts = dict(_analysis(path, text, game, actions) for text in comments)
    own = is_own_file(world) and game is load_game(world)
    first, second = (ME if is_gone(name) else name for name in sides)
    return SavedGame(record, (first, second), thoughts, world if own else game.name)


def _comments(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The head, and the lines of analysis."""
    try:
        if path.stat().st_size > LARGEST:
            raise NotationError(f"{path}: too large for a game ({path.stat().st_size} bytes)")
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise NotationError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotationError(f"{path}: not a readable text file ({error})") from None
    heads = [line.removeprefix(HEAD) for line in lines if line.startswith(HEAD)]
    try:
        head = json.loads(heads[0]) if heads else {}
    except (ValueError, RecursionError) as error:
        raise NotationError(f"{path}: its head is damaged ({error})") from None
    if not isinstance(head, dict):
        raise NotationError(f"{path}: its head is damaged (not a list of settings)")
    return head, [line.removeprefix(ANALYSIS) for line in lines if line.startswith(ANALYSIS)]


def _game(path: Path, named: Any, world: str) -> Game:
    """The game that the file names, or else the caller's `world`, which may be a file of one's own."""
    if is_own_file(world):
        own = load_game(world)
        if named in (None, own.name):
            return own
    # what comes from elsewhere names one of the games here: it must not have a program run
    if named is not None and (not isinstance(named, str) or is_own_file(named)):
        raise NotationError(f"{path}: no game is called {named!r}")
    try:
        return load_game(named or world)
    except UnknownGame as error:
        raise NotationError(f"{path}: {error}") from None


def _moves(path: Path, game: Game) -> tuple[list[int], str | None]:
    """The first game's moves and, where the file gives it, its result. The lines after it are looked at, too:
    a file in which one is no game is broken, and who wrote it wants to know."""
    try:
        lines = read_lines(path)
    except NotationError as error:
        if "holds nothing" in str(error) and _comments(path)[0]:
            return [], None  # a game that was saved before its first move
        raise
    games = [_line(place, line, game) for place, line in lines[:MOST_CHECKED]]
    return games[0]


def _line(place: str, line: str, game: Game) -> tuple[list[int], str | None]:
    moves, *words = line.split()
    if words and (len(words) > 1 or words[0] not in RESULTS):
        raise NotationError(
            f"{place}: after the moves comes one of {', '.join(RESULTS)}, not {words[0][:20]!r}"
        )
    return parse_columns(game, moves, place).tolist(), words[0] if words else None


def _analysis(path: Path, text: str, game: Game, actions: list[int]) -> tuple[Key, Thoughts]:
    number, _, value = text.partition(" ")
    try:
        ply = int(number)
        if not 0 <= ply <= len(actions):
            raise ValueError(f"there is no position {ply}")
        state = GameRecord(game, actions[:ply]).state_at(ply)
        legal = game.legal_action_mask(state)[0].tolist()
        return tuple(actions[:ply]), from_json(json.loads(value), game.num_actions, legal)
    except (ValueError, RecursionError) as error:
        raise NotationError(f"{path}: its analysis is damaged at {number[:20]!r} ({error})") from None
