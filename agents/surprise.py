"""Move 37: moves and lines that the teacher would not have played, and how many of them are right.

Two kinds, each beside its base rate and a control:

certificates  single moves that a human's procedure rules out, slips apart, and that no demonstration
              shows (agents/certificates.py), on hard test positions; beside the share of right ones
              among all such moves. Most procedures rule nothing out where nothing is forced; the
              counter-example's does.
lines         three own moves in a row of which the recorded human had made all three with a chance
              below the threshold (agents/lines.py), on hard test positions with enough stones on the
              board, the human answering; beside the share of right ones among lines of a random player
              that are as rare. In Connect Four alone.

A surprise is worth nothing by itself: the random player makes most of them. What tells is `right`
against `equally_rare`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.certificates import Certificates, find_certificates, ruling_humans
from agents.config import CompareConfig
from agents.entrants import GO_PAST, Entrant, entrants_of, share, told
from agents.evaluation import hard_part
from agents.games_file import read_games
from agents.imitation import demonstrations_path
from agents.lines import Judge, Lines, equally_rare, play_lines
from agents.positions import PositionSet, load_positions
from agents.surprise_boards import FoundLine, FoundMove, draw_finds, log_pictures
from games.connect_four import GAME as CONNECT_FOUR
from games.core import Game, load_game
from lab.measured import write_measured
from lab.own_files import is_games_file
from lab.randomness import game_keys
from lab.statistics import Score, clustered
from lab.workers import Desk

RULED_OUT = "Moves that the human's procedure rules out, slips apart, and that no demonstration shows"
Moves = tuple[NDArray[np.int64], NDArray[np.int32]]  # index of the position and the move, [M] each


def find_surprises(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that counts the surprises of every arm there is, as `results/surprise.json`.

    Pictures of the rarest right ones go into the file, and with the birth of each move to TensorBoard.
    Raises NotationError, CheckpointError, and Interrupted when asked to stop.
    """
    game, settings = load_game(config.world), config.surprise
    positions = hard_part(load_positions(config.world, "test"), settings.positions)
    entrants = entrants_of(folder, config, game)
    certificates = [
        find_certificates(human, positions, read_games(demonstrations_path(folder, human), game), game)
        for human in ruling_humans([config.human, config.counter_human], positions.states, game)
    ]
    rows, found_moves, played = [], [], []
    for number, entrant in enumerate(entrants):
        desk.leave_if_stopping()
        desk.tell("certificates", number, len(entrants), detail=entrant.title)
        where, moves = _moves(entrant, positions, config.seed)
        played.append((where, moves))
        for certified in certificates:
            rows.append(told(entrant, certified.name) | certificate_row(certified, where, moves))
            found_moves += _right_moves(entrant, certified, where, moves)
    lines: list[dict[str, Any]] = []
    found_lines: list[FoundLine] = []
    if game is CONNECT_FOUR:  # whose solver judges the positions that come after
        lines, found_lines = _count_lines(game, config, positions, entrants, played, desk)
    boards, birth, pictures = draw_finds(folder, game, positions, found_moves, found_lines)
    log_pictures(folder, pictures)
    result = {
        "threshold": settings.threshold,
        "counts": None if lines else RULED_OUT,
        "certificates": rows,
        "lines": lines,
        "boards": boards,
        "birth": birth,
        "notes": _notes(config, certificates, positions),
    }
    write_measured(folder, "surprise", result)
    desk.tell("surprise", 1, 1)


def certificate_row(
    certificates: Certificates, where: NDArray[np.int64], moves: NDArray[np.int32]
) -> dict[str, Any]:
    """The counts of M moves [M] made at the positions of index `where` [M].

    surprises: the share of moves that are certificates; right: of these, the share that keep the exact
    value; equally_rare: the share that do so among all certificates there are. Clustered by position,
    each of which stands for a game of its own.
    """
    keep = certificates.positions.keep
    hit = certificates.certified[where, moves]
    never = certificates.never[where, moves]
    every, column = np.nonzero(certificates.certified)
    possible = certificates.right.any(axis=1)
    found = np.unique(where[certificates.right[where, moves]])
    needed = certificates.needed
    text = (
        f"{int(hit.sum())} of {len(hit)} moves ({int(never.sum())} of them not even by a slip); a right one "
        f"at {len(found)} of the {int(possible.sum())} positions that have one, at "
        f"{int(needed[found].sum())} of the {int(needed.sum())} that have no other right move"
    )
    return {
        "positions": len(certificates.positions),
        "surprises": clustered(hit, where).to_json(),
        "right": share(keep[where, moves][hit], where[hit]),
        "equally_rare": share(keep[every, column], every),
        "never": int(never.sum()),
        "text": text,
    }


def line_row(
    lines: Lines,
    threshold: float,
    right: Callable[[Lines], NDArray[np.bool_]],
    pool: Lines | None,
    neighbours: int,
) -> dict[str, Any]:
    """The counts of a player's lines.

    surprises: the share of lines that are rarer than the threshold; right: of these, the share whose moves
    all keep the exact value; equally_rare: that share among the lines of the pool nearest to them in
    rarity (None without a pool). Clustered by the position they start from, each of a game of its own.
    """
    hit = lines.probability < threshold
    rare = lines[hit]
    control = None
    if pool is not None and len(pool) and len(rare):
        near, index = np.unique(
            equally_rare(rare.probability, pool.probability, neighbours), return_inverse=True
        )
        control = share(right(pool[near])[index], pool.start[near][index])
    rarest = f", the rarest of {lines.probability.min():.0e}" if len(lines) else ""
    return {
        "positions": len(np.unique(lines.start)),
        "surprises": share(hit, lines.start) or Score(0.5, 0.0, 1.0, 0).to_json(),
        "right": share(right(rare), rare.start) if len(rare) else None,
        "equally_rare": control,
        "text": f"{len(rare)} of {len(lines)} lines{rarest}",
    }


def _moves(entrant: Entrant, positions: PositionSet, seed: int) -> Moves:
    """The entrant's moves, and the index of the position of each; several draws of the random player."""
    where = np.tile(np.arange(len(positions)), entrant.draws)
    keys = game_keys(seed, "surprise", 1, len(where))
    return where, entrant.player.act(positions.states[where], keys, np.zeros(len(where), np.int32))


def _count_lines(
    game: Game,
    config: CompareConfig,
    positions: PositionSet,
    entrants: list[Entrant],
    moves: list[Moves],
    desk: Desk,
) -> tuple[list[dict[str, Any]], list[FoundLine]]:
    """The rows of all entrants' lines against the first human that is scripted, and the right rare ones
    of those who go past the humans. `moves`: of each entrant at the positions, the lines' first ones."""
    human = next((h for h in (config.human, config.counter_human) if _is_scripted(h)), None)
    if human is None:
        return [], []
    settings, judge = config.surprise, Judge(positions)
    late = np.bitwise_count(positions.states["occupied"]) >= settings.first_ply
    played = []
    for number, (entrant, (where, made)) in enumerate(zip(entrants, moves, strict=True)):
        desk.leave_if_stopping()
        desk.tell("lines", number, len(entrants), detail=entrant.title)
        first = where[late[where]], made[late[where]]
        played.append(play_lines(game, entrant.player, human, positions.states, first, config.seed))
    pool = played[-1][played[-1].probability < settings.threshold]  # the random player's
    rows, found = [], []
    for entrant, lines in zip(entrants, played, strict=True):
        desk.leave_if_stopping()
        control = pool if entrant.arm else None
        row = line_row(lines, settings.threshold, judge.right, control, settings.neighbours)
        rows.append(told(entrant, human) | row)
        if entrant.arm in GO_PAST:
            rare = lines[lines.probability < settings.threshold]
            rare = rare[judge.right(rare)]
            found += [FoundLine(entrant.title, human, rare[np.array([n])]) for n in range(len(rare))]
    return rows, found


def _right_moves(
    entrant: Entrant, certificates: Certificates, where: NDArray[np.int64], moves: NDArray[np.int32]
) -> list[FoundMove]:
    """The right certificates of an entrant that goes past the humans, for the gallery."""
    if entrant.arm not in GO_PAST:
        return []
    return [
        FoundMove(
            entrant.title,
            entrant.arm,
            certificates.name,
            int(row),
            int(move),
            float(certificates.human[row, move]),
            bool(certificates.needed[row]),
        )
        for row, move in zip(where, moves, strict=True)
        if certificates.right[row, move]
    ]


def _notes(config: CompareConfig, certificates: list[Certificates], positions: PositionSet) -> list[str]:
    """What a reader must know to weigh the counts."""
    ruling = [found.name for found in certificates]
    notes = [
        f"The procedure of {human} rules no move out where nothing is forced, so it has no certificates."
        for human in dict.fromkeys((config.human, config.counter_human))
        if _is_scripted(human) and human not in ruling
    ]
    notes += [
        f"{human} is a file of games: what its players would never do is unknown."
        for human in (config.human,)
        if is_games_file(human)
    ]
    for found in certificates:
        notes.append(
            f"{found.name}: {int(found.certified.sum())} certificates at {len(positions)} positions, "
            f"{int(found.right.sum())} of them right; {found.demonstrated} of these positions occur in its "
            "demonstrations at all."
        )
    return notes


def _is_scripted(human: str) -> bool:
    return human != "none" and not is_games_file(human)
