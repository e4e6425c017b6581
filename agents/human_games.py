"""Real people's games of Go, from SGF: as Games to learn from, with who played them and how strong.

Every game belongs to one of three splits, by a hash of its moves that all eight views of the board share:
what is tested on stays the same whatever is added, and no copy of a test game is learned from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.games_file import UNKNOWN, Games
from games.core import Game
from games.notation import NotationError, read_sgf
from games.sgf import SgfGame
from games.sgf_files import SgfCollection, action_table, start_of
from games.sgf_values import Result
from games.sgf_write import to_sgf
from lab.settings import BadSetting

SPLITS = ("train", "test", "validation")
SHARES = (0.84, 0.10, 0.06)  # of all games, in the order of SPLITS


@dataclass(frozen=True)
class HumanGames:
    """N games with their records; splits int8 [N], an index into SPLITS; `collection` tells what was not
    read. They stand in the order of the splits: those to learn from first."""

    games: Games
    records: tuple[SgfGame, ...]
    splits: NDArray[np.int8]
    collection: SgfCollection
    copies: int

    def __len__(self) -> int:
        return len(self.records)

    def of(self, split: str) -> HumanGames:
        """The games of one split; of "all", all."""
        if split == "all":
            return self
        return self._rows(np.flatnonzero(self.splits == SPLITS.index(split)))

    def without(self, others: Sequence[SgfGame]) -> HumanGames:
        """The games that are none of these others, in whatever view of the board."""
        keys = {game_key(record) for record in others}
        left = [row for row, record in enumerate(self.records) if game_key(record) not in keys]
        return self._rows(np.array(left, np.int64))

    def _rows(self, rows: NDArray[np.int64]) -> HumanGames:
        records = tuple(self.records[row] for row in rows)
        return HumanGames(self.games[rows], records, self.splits[rows], self.collection, self.copies)


def read_human_games(path: Path, game: Game) -> HumanGames:
    """The games of an SGF file, archive or folder that were played on that game's board and can be read;
    of games that are the same but for the view of the board, one.

    Raises NotationError where there are none, and for a game that is not Go.
    """
    size = board_size(game)
    if size is None:
        raise NotationError(f"{path}: SGF holds games of Go; games of {game.title} are read from text, .txt")
    collection = read_sgf(path, size)
    if not collection.games:
        told = "; ".join(collection.report(most=3)[1:])
        raise NotationError(f"{path}: no game on {size}x{size} can be read" + (f" ({told})" if told else ""))
    keys = np.array([game_key(one) for one in collection.games], np.uint64)
    _, distinct = np.unique(keys, return_index=True)
    splits = splits_of(keys[distinct])
    order = np.lexsort((keys[distinct], splits))
    records = tuple(collection.games[row] for row in distinct[order])
    return HumanGames(games_of(records, game), records, splits[order], collection, len(keys) - len(distinct))


def check_splits(path: Path | str, human: HumanGames, splits: Sequence[str]) -> None:
    """Raise BadSetting where one of these splits has no game in which a stone is played: nobody could learn
    from it, or be measured on it."""
    for split in splits:
        part = human.of(split).games
        stones = (part.actions >= 0) & (part.actions < _points(human))
        if not stones.any():
            raise BadSetting(
                f"{path}: {len(human)} games are too few to imitate: none with moves for {split} "
                f"(a hash of its moves gives each game to {', '.join(SPLITS)}); add more games"
            )


def _points(human: HumanGames) -> int:
    return human.records[0].size ** 2  # the pass


def board_size(game: Game) -> int | None:
    """The size of a Go board, None of another game."""
    return game.observation_shape[1] if "komi" in (game.state_dtype.names or ()) else None


def games_of(records: Sequence[SgfGame], game: Game) -> Games:
    """Records as Games, each from its own start, with its own komi or else the board's usual one."""
    actions, lengths = action_table(records)
    winners = [record.result.winner for record in records]
    results = np.array([UNKNOWN if winner is None else winner for winner in winners], np.int8)
    starts = np.concatenate([start_of(record) for record in records]) if records else game.new(0)
    return Games(actions, lengths, results, starts)


def game_key(record: SgfGame) -> int:
    """64 bits of a game's moves and set-up, the same for all eight views of the board."""
    size = record.size
    grid = np.arange(size * size).reshape(size, size)
    stones = [len(record.black), len(record.white), record.first]
    points = np.array([*record.actions, *record.black, *record.white], np.int64)
    cuts = (len(record.actions), len(record.actions) + len(record.black))
    seen = []
    for image in (grid, grid[:, ::-1]):
        for turns in range(4):
            view = np.append(np.rot90(image, turns).ravel(), size * size)
            moves, black, white = np.split(view[points], cuts)
            seen.append(
                np.concatenate([stones, moves, np.sort(black), np.sort(white)]).astype("<i2").tobytes()
            )
    return int.from_bytes(hashlib.blake2b(min(seen), digest_size=8).digest(), "little")


def splits_of(keys: NDArray[np.uint64]) -> NDArray[np.int8]:
    """The split of each game, by its key alone: int8 [N], an index into SPLITS."""
    share = keys.astype(np.float64) / 2.0**64
    return np.searchsorted(np.cumsum(SHARES[:-1]), share, side="right").astype(np.int8)


def rank_band(rank: str) -> str:
    """A player's rank as a band of such ranks: ratings by hundreds, professional dan, amateur dan and kyu by
    threes; "unknown" for what is none of them."""
    text = rank.strip().lower()
    if re.fullmatch(r"[0-9]{3,4}", text):
        low = int(text) // 100 * 100
        return f"{low}-{low + 99}"
    match = re.match(r"([0-9]{1,2})\s*-?\s*(p|d|k)", text)
    if not match or int(match[1]) < 1:
        return "unknown"
    low = (int(match[1]) - 1) // 3 * 3 + 1
    return f"{low}{match[2]}-{low + 2}{match[2]}"


def write_sgf(path: Path, games: Games, game: Game, names: tuple[str, str], comment: str) -> None:
    """Our own games as one SGF collection; the result is a count where two passes ended the game."""
    from games.go import score
    from lab.durable import replace_file

    size = board_size(game)
    if size is None:
        raise NotationError(f"{path}: SGF holds games of Go; write games of {game.title} to a .txt")
    starts = games.starts if games.starts is not None else game.new(len(games))
    assert game.play_through is not None, "Go has it"
    finals, _ = game.play_through(starts, games.actions, games.lengths)
    margins = score(finals)[0] - finals["komi"]
    records = [
        SgfGame(
            path.name, row + 1, size, float(starts["komi"][row]), 0, *_stones(starts[row : row + 1], game),
            tuple(games.actions[row, : games.lengths[row]].tolist()),
            _result(int(games.results[row]), float(margins[row]), bool(game.is_terminal(finals)[row])),
            names, comments=((0, comment),) if comment and row == 0 else (),
        )
        for row in range(len(games))
    ]  # fmt: skip
    replace_file(path, to_sgf(records))


def _stones(start: NDArray[np.void], game: Game) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """The stones that lie there, Black's and White's, and who moves."""
    own, others = (np.flatnonzero(plane) for plane in game.observe(start)[0, :2])
    mover = int(game.current_player(start)[0])
    black, white = (others, own) if mover else (own, others)
    return tuple(black.tolist()), tuple(white.tolist()), mover


def _result(winner: int, margin: float, counted: bool) -> Result:
    if winner == UNKNOWN:
        return Result()
    if winner == 0:
        return Result(0, "draw")
    agrees = counted and margin * winner > 0
    return Result(winner, "count" if agrees else "resignation", abs(margin) if agrees else None)
