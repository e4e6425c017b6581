"""Game records: readable text files of games, and the positions a learner makes of them.

    # straight-liner against itself
    # seed 1, python train.py demonstrate --human straight-liner
    44354412 1-0

One game a line: its moves, and the result `1-0`, `0-1` or `1/2-1/2` (the first is who began). The
result may be left out where the last move ends the game.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from games.connect_four import GAME as CONNECT_FOUR
from games.core import Game, States
from games.notation import NotationError, format_columns, parse_game, read_lines
from lab.durable import replace_file

RESULTS = {"1-0": 1, "1/2-1/2": 0, "0-1": -1}  # for the player who began
RESULT_WORDS = {result: word for word, result in RESULTS.items()}
UNKNOWN = 2  # a result that the file does not give


@dataclass(frozen=True)
class Games:
    """N finished games.

    actions: int8 [N, max_plies], -1 after the last move; lengths: int32 [N];
    results: int8 [N], +1 the player who began won, 0 a draw, -1 lost.
    """

    actions: NDArray[np.int8]
    lengths: NDArray[np.int32]
    results: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, rows: slice | NDArray[np.integer] | NDArray[np.bool_]) -> Games:
        """Some of the games, chosen as NumPy chooses rows."""
        return Games(self.actions[rows], self.lengths[rows], self.results[rows])

    @property
    def distinct(self) -> int:
        """The number of different move sequences."""
        return len(np.unique(self.actions, axis=0))


@dataclass(frozen=True)
class Replay:
    """What replaying N games shows: positions before each move, in the order of the games.

    states [P], actions int32 [P], game_index int64 [P]; final_states [N];
    illegal: (game, ply) of the first illegal move met, or None.
    """

    states: States
    actions: NDArray[np.int32]
    game_index: NDArray[np.int64]
    final_states: States
    illegal: tuple[int, int] | None


def positions_of(
    games: Games, game: Game = CONNECT_FOUR
) -> tuple[States, NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """Every position before a move: (states [P], actions [P], value_targets [P], game_index [P]).

    value_targets float32: the game's result for the player to move, +1, 0 or -1. Positions stand in
    the order of the games and their plies. Raises NotationError for an illegal move.
    """
    replay = replay_games(games.actions, games.lengths, game)
    if replay.illegal is not None:
        _raise_illegal(game, games.actions, games.lengths, replay.illegal[0], "game {}")
    mover = game.current_player(replay.states).astype(np.int32)
    values = games.results[replay.game_index] * (1 - 2 * mover)
    return replay.states, replay.actions, values.astype(np.float32), replay.game_index


def replay_games(actions: NDArray[np.int8], lengths: NDArray[np.int32], game: Game = CONNECT_FOUR) -> Replay:
    """All games move by move in lockstep; stops at the first ply at which one is illegal."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    states = np.zeros(starts[-1], game.state_dtype)
    played = np.zeros(starts[-1], np.int32)
    current, illegal = game.new(len(lengths)), None
    for ply in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > ply)
        moves = actions[rows, ply].astype(np.int32)
        legal = game.legal_action_mask(current[rows])[np.arange(len(rows)), np.maximum(moves, 0)]
        if not (legal & (moves >= 0)).all():
            illegal = (int(rows[np.argmin(legal & (moves >= 0))]), ply)
            break
        states[starts[rows] + ply], played[starts[rows] + ply] = current[rows], moves
        current[rows] = game.step(current[rows], moves)
    game_index = np.repeat(np.arange(len(lengths)), lengths)
    return Replay(states, played, game_index, current, illegal)


def write_games(path: Path, games: Games, header: str, game: Game = CONNECT_FOUR) -> None:
    """Write the games as text, below `header` as comment lines (who, seed, command).

    The file appears whole or not at all: a temporary one beside it takes its name at the end.
    """
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    for actions, length, result in zip(games.actions, games.lengths, games.results, strict=True):
        lines.append(f"{format_columns(game, actions[:length])} {RESULT_WORDS[int(result)]}")
    replace_file(Path(path), "\n".join(lines).encode("ascii", "backslashreplace") + b"\n")


def read_games(path: Path, game: Game = CONNECT_FOUR) -> Games:
    """The games of a text file, every move checked against the rules.

    Raises NotationError, which names file, line and place, for what is no game of the form above:
    an illegal move, an unknown or contradicted result, an unfinished game without a result.
    """
    lines = read_lines(Path(path))
    fields = [_fields(place, line, game) for place, line in lines]
    lengths = np.array([len(moves) for moves, _ in fields], np.int32)
    given = np.array([result for _, result in fields], np.int8)
    actions = _action_table([moves for moves, _ in fields], game)
    replay = replay_games(actions, lengths, game)
    if replay.illegal is not None:
        place, _ = lines[replay.illegal[0]]
        parse_game(game, fields[replay.illegal[0]][0], place)  # says what is wrong, and where
        raise AssertionError(f"{place}: replay and parser disagree about this game")
    results = _settle(given, replay.final_states, game, [place for place, _ in lines])
    return Games(actions, lengths, results)


def results_of(final_states: States, game: Game = CONNECT_FOUR) -> NDArray[np.int8]:
    """The result of finished games for the player who began, int8 [N]: +1, 0, -1."""
    return game.rewards(final_states)[:, 0].astype(np.int8)


def _fields(place: str, line: str, game: Game) -> tuple[str, int]:
    """Moves and result of one line; UNKNOWN where the result is left to the rules."""
    moves, *rest = line.split()
    if moves in RESULTS:
        raise NotationError(f"{place}: a result without moves: {line[:60]!r}")
    if len(moves) > game.max_plies:
        raise NotationError(f"{place}: {len(moves)} moves; a {game.title} game has at most {game.max_plies}")
    if len(rest) > 1 or (rest and rest[0] not in RESULTS):
        expected = "one result (1-0, 0-1 or 1/2-1/2) or nothing"
        raise NotationError(f"{place}: after the moves stands {' '.join(rest)[:60]!r}; expected {expected}")
    return moves, RESULTS[rest[0]] if rest else UNKNOWN


def _action_table(games: list[str], game: Game) -> NDArray[np.int8]:
    """Move texts as actions int8 [N, max_plies]; what is no action name becomes -1, as after the end."""
    codes = np.full(256, -1, np.int8)
    for action, name in enumerate(game.action_names):
        codes[ord(name)] = action
    width = game.max_plies
    padded = "".join(moves.ljust(width) for moves in games).encode("ascii")
    return codes[np.frombuffer(padded, np.uint8)].reshape(len(games), width)


def _settle(given: NDArray[np.int8], final_states: States, game: Game, places: list[str]) -> NDArray[np.int8]:
    """The results: by the rules where they end the game, else as the file gives them."""
    over, by_rules = game.is_terminal(final_states), results_of(final_states, game)
    unfinished = ~over & (given == UNKNOWN)
    if unfinished.any():
        place = places[int(np.argmax(unfinished))]
        raise NotationError(f"{place}: the game is not over; write its result behind it: 1-0, 0-1 or 1/2-1/2")
    contradicted = over & (given != UNKNOWN) & (given != by_rules)
    if contradicted.any():
        row = int(np.argmax(contradicted))
        says, is_ = RESULT_WORDS[int(given[row])], RESULT_WORDS[int(by_rules[row])]
        raise NotationError(f"{places[row]}: the file says {says}, but the moves end in {is_}")
    return np.where(over, by_rules, given).astype(np.int8)


def _raise_illegal(
    game: Game, actions: NDArray[np.int8], lengths: NDArray[np.int32], row: int, place: str
) -> None:
    """Raise the NotationError of that game; a -1 inside a game is shown as '-'."""
    names = (*game.action_names, "-")
    moves = "".join(names[action] for action in actions[row, : lengths[row]])
    parse_game(game, moves, place.format(row + 1))
