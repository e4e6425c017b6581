"""A match: pairs of games from the same opening with colours swapped, each kept as soon as it is over.

FOLDER/config.json     what was asked for
FOLDER/games.jsonl     a line a game, in order
FOLDER/sgf/0001.sgf    the games, with what our players thought
FOLDER/match.json      the result so far
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.gtp.thinkers import Thought
from agents.referee.game import Played, play_game
from agents.referee.program import ProgramError
from agents.referee.result import Record, match_json
from agents.referee.sides import DeadStones, ProgramSide, Side
from games.core import Game
from games.sgf import SgfGame
from games.sgf_values import Result
from games.sgf_write import Candidate, to_sgf
from games.sgf_write import Thought as SgfThought
from lab.commands.common import write_json
from lab.durable import replace_file
from lab.randomness import fold_in, root_key

MOST_FAULTS = 3  # games in a row that the same program spoils, after which the match is given up
SPOILT = ("crash", "time", "garbled")
CANDIDATES = 5  # in an SGF file


class MatchError(RuntimeError):
    """A match that cannot be played, or not to its end; the message says what the program did."""


@dataclass(frozen=True)
class Match:
    """What is played: `openings` one a pair, so that games 2i and 2i + 1 are from opening i, the first being
    Black in even ones; everything random follows from the seed and the game's number."""

    game: Game
    komi: float
    openings: Sequence[list[int]]
    seed: int
    config: Record

    @property
    def games(self) -> int:
        """How many games there are."""
        return 2 * len(self.openings)


def introduce(sides: tuple[Side, Side]) -> list[Record]:
    """Start the programs among the sides: their names and versions. Raises MatchError."""
    return [_introduced(side) for side in sides if isinstance(side, ProgramSide)]


def introduce_judge(judge: DeadStones) -> None:
    """Start who says which stones are dead, so that no match is counted otherwise than it was asked for.
    Raises MatchError."""
    _introduced(judge)


def _introduced(side: ProgramSide | DeadStones) -> Record:
    try:
        name, version = side.introduce()
    except ProgramError as error:
        raise MatchError(f"{side.command!r} is no program that speaks GTP: {error}") from None
    return {"command": side.command, "name": name, "version": version}


def play_match(
    match: Match,
    sides: tuple[Side, Side],
    folder: Path,
    judge: DeadStones | None = None,
    tell: Callable[[Record], Any] = lambda record: None,
) -> Record:
    """Play what is not in the folder yet; returns the result, which lies there as match.json, too.

    `tell` hears of every game. Raises MatchError, all games before it kept.
    """
    records = read_records(folder)
    try:
        for number in range(len(records), match.games):
            record = _play(match, sides, folder, judge, number)
            _keep(folder, record)
            records.append(record)
            write_json(folder / "match.json", match_json(match.config, records))
            tell(record)
            _check_going(match, records)
    finally:
        for side in sides:
            side.close()
        if judge is not None:
            judge.close()
    result = match_json(match.config, records)
    write_json(folder / "match.json", result)
    return result


def _play(
    match: Match, sides: tuple[Side, Side], folder: Path, judge: DeadStones | None, number: int
) -> Record:
    first_is_black = number % 2 == 0
    seats = sides if first_is_black else (sides[1], sides[0])
    seed = int(fold_in(root_key(match.seed, "referee"), number))
    try:
        played = play_game(match.game, match.komi, match.openings[number // 2], seats, seed >> 1, judge)
    except ProgramError as error:
        raise MatchError(f"game {number + 1} cannot be set up: {error}") from None
    names = [match.config["first"], match.config["second"]]
    _write_sgf(match, played, names if first_is_black else names[::-1], number, folder)
    return _record(played, number, first_is_black)


def _record(played: Played, number: int, first_is_black: bool) -> Record:
    of_first = played.winner if first_is_black else -played.winner
    mine, theirs = (0, 1) if first_is_black else (1, 0)
    own = [sum(move.color == color for move in played.moves[played.opening :]) for color in (mine, theirs)]
    seconds = [played.seconds[color] / max(1, n) for color, n in zip((mine, theirs), own, strict=True)]
    return {
        "game": number,
        "first_is_black": first_is_black,
        "points": (of_first + 1) / 2,
        "lost_by": None if of_first == 0 else 0 if of_first < 0 else 1,
        "result": played.result,
        "how": played.how,
        "words": played.words,
        "opening": played.opening,
        "moves": [move.action for move in played.moves],
        "dead": played.dead,
        "judged": played.judged,
        "seconds": [round(value, 4) for value in seconds],
    }


def _check_going(match: Match, records: Sequence[Record]) -> None:
    """Raise MatchError where the last games were all spoilt by the same program."""
    last = records[-MOST_FAULTS:]
    spoilers = {record["lost_by"] for record in last if record["how"] in SPOILT}
    if len(last) == MOST_FAULTS and len(spoilers) == 1 and all(r["how"] in SPOILT for r in last):
        name = match.config[("first", "second")[last[-1]["lost_by"]]]
        raise MatchError(
            f"{name} has spoilt {MOST_FAULTS} games in a row ({last[-1]['how']}: {last[-1]['words']}): "
            f"the match is given up after {len(records)} of {match.games} games"
        )


def read_records(folder: Path) -> list[Record]:
    """The games of a match so far; a line that was torn by a power cut is cut off the file."""
    path = folder / "games.jsonl"
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        replace_file(path, whole)
    return [json.loads(line) for line in whole.splitlines()]


def _keep(folder: Path, record: Record) -> None:
    with open(folder / "games.jsonl", "ab") as file:
        file.write((json.dumps(record) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _write_sgf(match: Match, played: Played, names: Sequence[str], number: int, folder: Path) -> None:
    how = {"limit": "count"}.get(played.how, played.how)
    how = how if how in ("count", "resignation", "time") else "forfeit"
    draw = played.winner == 0
    margin = None if played.lead is None else abs(played.lead)
    said = [f"Game {number + 1}. Counted by Tromp and Taylor, superko positional, no suicide."]
    said += [f"The first {played.opening} moves are the opening."] if played.opening else []
    said += ["It ended at the move limit."] if played.how == "limit" else []
    if played.dead:
        names_of_dead = " ".join(match.game.action_names[action] for action in played.dead)
        said.append(f"Dead, as {match.config['dead_stones']} says: {names_of_dead}.")
    said += [played.words] if played.words else []
    game = SgfGame(
        "", number + 1, int(match.game.observation_shape[-1]), match.komi, 0, (), (), 0,
        tuple(move.action for move in played.moves),
        Result(0, "draw") if draw else Result(played.winner, how, margin),
        (names[0], names[1]), rules="Tromp-Taylor", comments=((0, " ".join(said)),),
    )  # fmt: skip
    path = folder / "sgf" / f"{number + 1:04d}.sgf"
    path.parent.mkdir(exist_ok=True)
    thoughts = {ply: _thought(thought) for ply, thought in played.thoughts.items()}
    replace_file(path, to_sgf([game], [thoughts]))


def _thought(thought: Thought) -> SgfThought:
    shown = [
        Candidate(c.action, (c.value + 1) / 2, c.visits, c.prior or None, c.line[:10])
        for c in thought.candidates[:CANDIDATES]
        if c.visits
    ]
    return SgfThought(None if thought.value is None else (thought.value + 1) / 2, tuple(shown))
