"""Game records: readable text files of games, and the positions a learner makes of them.

    # straight-liner against itself
    # seed 1, python train.py demonstrate --human straight-liner
    44354412 1-0

One game a line: its moves, and the result `1-0`, `0-1` or `1/2-1/2` (the first is who began). The
result may be left out where the last move ends the game. Moves whose names have several characters stand
apart by commas: `E5,C3,pass,pass 1-0`. Games of Go are read from SGF, too, and written as SGF where the name
of the file ends so (agents/human_games.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.played_states import PlayedStates
from games.connect_four import GAME as CONNECT_FOUR
from games.core import Game, States
from games.notation import NotationError, format_columns, in_columns, move_names, parse_game, read_lines
from lab.durable import replace_file
from lab.own_files import is_sgf

RESULTS = {"1-0": 1, "1/2-1/2": 0, "0-1": -1}  # for the player who began
RESULT_WORDS = {result: word for word, result in RESULTS.items()}
UNKNOWN = 2  # a result that the file does not give


@dataclass(frozen=True)
class Games:
    """N finished games.

    actions: int8, or int16 where a game has more actions, [N, T], -1 after the last move; lengths: int32 [N];
    results: int8 [N], +1 player 0 (who begins, but after a set-up) won, 0 a draw, -1 lost, UNKNOWN;
    starts: the positions [N] from which they were played, None for the game's own beginning.
    """

    actions: NDArray[np.integer[Any]]
    lengths: NDArray[np.int32]
    results: NDArray[np.int8]
    starts: States | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, rows: slice | NDArray[np.integer] | NDArray[np.bool_]) -> Games:
        """Some of the games, chosen as NumPy chooses rows."""
        starts = None if self.starts is None else self.starts[rows]
        return Games(self.actions[rows], self.lengths[rows], self.results[rows], starts)

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

    value_targets float32: the game's result for the player to move, +1, 0 or -1; NaN where it is unknown.
    Positions stand in the order of the games and their plies. Raises NotationError for an illegal move.
    """
    replay = replay_games(games.actions, games.lengths, game, games.starts)
    if replay.illegal is not None:
        _raise_illegal(game, games, replay.illegal[0], "game {}")
    mover = game.current_player(replay.states).astype(np.int32)
    return replay.states, replay.actions, _value_targets(games, replay.game_index, mover), replay.game_index


def played_positions_of(
    games: Games, game: Game
) -> tuple[PlayedStates, NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """As positions_of, but the states are made anew whenever some of them are asked for; for games that
    have `play_through`."""
    starts = games.starts if games.starts is not None else game.new(len(games))
    assert game.play_through is not None, "states are made anew by games that play through"
    _, played = game.play_through(starts, games.actions, games.lengths)
    if (played < games.lengths).any():
        _raise_illegal(game, games, int(np.argmax(played < games.lengths)), "game {}")
    game_index = np.repeat(np.arange(len(games)), games.lengths)
    first = np.concatenate([[0], np.cumsum(games.lengths)])[:-1]
    plies = (np.arange(len(game_index)) - first[game_index]).astype(np.int32)
    mover = (game.current_player(starts)[game_index] + plies) % 2  # a game that plays through takes turns
    states = PlayedStates(game, starts, games.actions, game_index, plies)
    taught = games.actions[game_index, plies].astype(np.int32)
    return states, taught, _value_targets(games, game_index, mover.astype(np.int32)), game_index


def _value_targets(
    games: Games, game_index: NDArray[np.int64], mover: NDArray[np.int32]
) -> NDArray[np.float32]:
    results = np.where(games.results == UNKNOWN, np.nan, games.results.astype(np.float32)).astype(np.float32)
    return np.asarray(results[game_index] * (1 - 2 * mover), np.float32)


def replay_games(
    actions: NDArray[np.integer[Any]],
    lengths: NDArray[np.int32],
    game: Game = CONNECT_FOUR,
    start: States | None = None,
) -> Replay:
    """All games move by move in lockstep, from the positions `start` [N] or the game's beginning; stops at
    the first ply at which one is illegal."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    states = np.zeros(starts[-1], game.state_dtype)
    played = np.zeros(starts[-1], np.int32)
    current, illegal = (game.new(len(lengths)) if start is None else start.copy()), None
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
    """Write the games as text, below `header` as comment lines (who, seed, command); as SGF where the path
    ends in .sgf.

    The file appears whole or not at all: a temporary one beside it takes its name at the end. Raises
    ValueError for games that did not begin at the beginning, which text cannot tell.
    """
    if is_sgf(path):
        from agents.human_games import write_sgf

        return write_sgf(Path(path), games, game, ("", ""), header)
    if games.starts is not None and games.starts.tobytes() != game.new(len(games)).tobytes():
        raise ValueError(f"{path}: these games begin at positions of their own; write them to a .sgf")
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    for actions, length, result in zip(games.actions, games.lengths, games.results, strict=True):
        lines.append(f"{format_columns(game, actions[:length])} {RESULT_WORDS[int(result)]}")
    replace_file(Path(path), "\n".join(lines).encode("ascii", "backslashreplace") + b"\n")


def read_games(path: Path, game: Game = CONNECT_FOUR) -> Games:
    """The games of a text file, every move checked against the rules; or those that can be read of an SGF
    file, an archive or a folder, with those to learn from first (agents/human_games.py).

    Raises NotationError, which names file, line and place, for what in a text file is no game of the form
    above: an illegal move, an unknown or contradicted result, an unfinished game without a result.
    """
    if is_sgf(path):
        from agents.human_games import read_human_games

        return read_human_games(Path(path), game).games
    lines = read_lines(Path(path))
    fields = [_fields(place, line, game) for place, line in lines]
    lengths = np.array([len(move_names(game, moves)) for moves, _ in fields], np.int32)
    given = np.array([result for _, result in fields], np.int8)
    actions = _action_table([moves for moves, _ in fields], game)
    replay = replay_games(actions, lengths, game)
    if replay.illegal is not None:
        place, _ = lines[replay.illegal[0]]
        parse_game(game, fields[replay.illegal[0]][0], place)  # says what is wrong, and where
        raise AssertionError(f"{place}: replay and parser disagree about this game")
    results = _settle(given, replay.final_states, game, [place for place, _ in lines])
    return Games(actions, lengths, results)


def no_moves(game: Game, games: int) -> NDArray[np.integer[Any]]:
    """The actions of so many games before their first moves: -1, [games, max_plies]."""
    kind = np.int8 if game.num_actions <= 128 else np.int16
    return np.full((games, game.max_plies), -1, kind)


def results_of(final_states: States, game: Game = CONNECT_FOUR) -> NDArray[np.int8]:
    """The result of finished games for the player who began, int8 [N]: +1, 0, -1."""
    return game.rewards(final_states)[:, 0].astype(np.int8)


def _fields(place: str, line: str, game: Game) -> tuple[str, int]:
    """Moves and result of one line; UNKNOWN where the result is left to the rules."""
    moves, *rest = line.split()
    if moves in RESULTS:
        raise NotationError(f"{place}: a result without moves: {line[:60]!r}")
    if (count := len(move_names(game, moves))) > game.max_plies:
        raise NotationError(f"{place}: {count} moves; a {game.title} game has at most {game.max_plies}")
    if len(rest) > 1 or (rest and rest[0] not in RESULTS):
        expected = "one result (1-0, 0-1 or 1/2-1/2) or nothing"
        raise NotationError(f"{place}: after the moves stands {' '.join(rest)[:60]!r}; expected {expected}")
    return moves, RESULTS[rest[0]] if rest else UNKNOWN


def _action_table(games: list[str], game: Game) -> NDArray[np.integer[Any]]:
    """Move texts as actions [N, max_plies]; what is no action name becomes -1, as after the end."""
    if not in_columns(game):
        return _table_of_names(games, game)
    codes = np.full(256, -1, np.int8)
    for action, name in enumerate(game.action_names):
        codes[ord(name)] = action
    width = game.max_plies
    padded = "".join(moves.ljust(width) for moves in games).encode("ascii")
    return codes[np.frombuffer(padded, np.uint8)].reshape(len(games), width)


def _table_of_names(games: list[str], game: Game) -> NDArray[np.int16]:
    known = {name.lower(): action for action, name in enumerate(game.action_names)}
    rows = [[known.get(name.lower(), -1) for name in move_names(game, moves)] for moves in games]
    table = np.full((len(rows), max(map(len, rows), default=0)), -1, np.int16)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table


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


def _raise_illegal(game: Game, games: Games, row: int, place: str) -> None:
    """Raise the NotationError of that game; a -1 inside a game is shown as '-'."""
    names = (*game.action_names, "-")
    moves = [names[action] for action in games.actions[row, : games.lengths[row]]]
    start = None if games.starts is None else games.starts[row : row + 1]
    parse_game(game, ("" if in_columns(game) else ",").join(moves), place.format(row + 1), start)
