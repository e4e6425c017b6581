"""SGF files, collections, folders and zip archives: every game that can be read, and why the others cannot.

    collection = read_collection(Path("my-games"), size=9)
    collection.games      SgfGame, each with its moves found legal
    collection.report()   what was read and what was not, in lines

A game ends, for us, as games/go.py says: positional superko and no suicide, so a real game that repeats a
position is named among the bad ones.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from games.core import States
from games.go import go_game, place, why_illegal
from games.sgf import BadGame, SgfGame, parse_sgf

ENDINGS = (".sgf", ".zip")
LARGEST_FILE = 1 << 28  # bytes, unpacked
Blob = tuple[str, bytes | BadGame]  # name, content or why there is none


@dataclass(frozen=True)
class SgfCollection:
    """Games of the wanted size, in the order of the files; what could not be read; how many games there
    were on boards of other sizes; how many files were looked into."""

    games: tuple[SgfGame, ...]
    bad: tuple[BadGame, ...]
    other_sizes: dict[int, int]
    files: int

    @property
    def reasons(self) -> dict[str, int]:
        """How many games were not read, by reason, the most frequent first."""
        return dict(Counter(bad.reason for bad in self.bad).most_common())

    @property
    def notes(self) -> dict[str, int]:
        """What was guessed or left out in games that were read, with the number of games."""
        return dict(Counter(note for game in self.games for note in game.notes).most_common())

    def to_json(self) -> dict[str, object]:
        """The counts and every bad game by name."""
        return {
            "games": len(self.games),
            "files": self.files,
            "bad": [vars(bad) for bad in self.bad],
            "reasons": self.reasons,
            "notes": self.notes,
            "other_sizes": {str(size): count for size, count in sorted(self.other_sizes.items())},
        }

    def report(self, most: int = 10) -> list[str]:
        """Lines for people: the counts, then the first `most` bad games by name."""
        lines = [f"{len(self.games):,} games of {self.files:,} file{'s' * (self.files != 1)} read"]
        lines += [f"{count:,} on {size}x{size}, left out" for size, count in sorted(self.other_sizes.items())]
        lines += [f"{count:,} with a note: {note}" for note, count in self.notes.items()]
        lines += [f"{count:,} not read: {reason}" for reason, count in self.reasons.items()]
        lines += [f"  {bad}" for bad in self.bad[:most]]
        return lines + ([f"  and {len(self.bad) - most:,} more"] if len(self.bad) > most else [])


def read_collection(path: Path, size: int | None = None) -> SgfCollection:
    """The games of a file, a zip archive or a whole folder, of one board size or all; never raises for
    what stands in them. Raises FileNotFoundError where there is nothing of that name."""
    if not path.exists():
        raise FileNotFoundError(2, "there is no such file or folder", str(path))
    read: list[SgfGame] = []
    bad: list[BadGame] = []
    others: Counter[int] = Counter()
    files = 0
    for name, content in _blobs(path):
        files += 1
        found = [content] if isinstance(content, BadGame) else parse_sgf(content, name)
        for game in found:
            if isinstance(game, BadGame):
                bad.append(game)
            elif size is None or game.size == size:
                read.append(game)
            else:
                others[game.size] += 1
    games, illegal = check_moves(read)
    return SgfCollection(games, (*bad, *illegal), dict(others), files)


def start_of(game: SgfGame, komi: float | None = None) -> States:
    """The position [1] before the first move: set-up, who begins, komi (the game's own, else `komi`, else
    the board's usual one). Raises ValueError for stones that cannot lie so."""
    rules = go_game(game.size)
    state = rules.new(1)
    told = game.komi if game.komi is not None else komi
    if told is not None:
        state["komi"] = told
    if game.black or game.white or game.first:
        state = place(state, game.black, game.white, game.first)
    return state


def action_table(games: Iterable[SgfGame]) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """The moves of games as int16 [N, T], -1 after the last, and their numbers, int32 [N]."""
    rows = [game.actions for game in games]
    lengths = np.array([len(row) for row in rows], np.int32)
    table = np.full((len(rows), int(lengths.max(initial=0))), -1, np.int16)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table, lengths


def check_moves(games: Iterable[SgfGame]) -> tuple[tuple[SgfGame, ...], tuple[BadGame, ...]]:
    """The games in their order whose every move is legal, and the others with the first illegal move."""
    kept: dict[int, SgfGame] = {}
    bad: dict[int, BadGame] = {}
    sizes: dict[int, list[int]] = {}
    games = list(games)
    for number, game in enumerate(games):
        sizes.setdefault(game.size, []).append(number)
    for numbers in sizes.values():
        for number, why in zip(numbers, _illegal([games[n] for n in numbers]), strict=True):
            if why is None:
                kept[number] = games[number]
            else:
                bad[number] = why
    return tuple(kept[n] for n in sorted(kept)), tuple(bad[n] for n in sorted(bad))


def _illegal(games: list[SgfGame]) -> list[BadGame | None]:
    """Of games on one size: the first illegal move of each, or None."""
    starts, found = [], {}
    for number, game in enumerate(games):
        try:
            starts.append(start_of(game))
        except ValueError as error:
            starts.append(go_game(game.size).new(1))
            found[number] = BadGame(game.source, game.number, "impossible set-up", str(error))
    actions, lengths = action_table(games)
    states, played = _play(np.concatenate(starts), actions, lengths, games[0].size)
    for row in np.flatnonzero(played < lengths).tolist():
        if row not in found:
            found[row] = first_illegal(games[row], states[row : row + 1], int(played[row]))
    return [found.get(number) for number in range(len(games))]


def _play(
    starts: States, actions: NDArray[np.int16], lengths: NDArray[np.int32], size: int
) -> tuple[States, NDArray[np.int32]]:
    rules = go_game(size)
    assert rules.play_through is not None, "every size of Go has it"
    return rules.play_through(starts, actions, lengths)


def first_illegal(game: SgfGame, state: States, ply: int) -> BadGame:
    """Why the move after `ply` ones is illegal in that state [1]."""
    rules, action = go_game(game.size), game.actions[ply]
    where = f"move {ply + 1}, {'Black' if state['player'][0] == 0 else 'White'} {rules.action_names[action]}"
    reason, why = {
        "over": ("longer than the limit", f"a game has at most {rules.max_plies} moves"),
        "repetition": ("repeats a position", "positional superko"),
        "taken": ("illegal move", "a stone lies there"),
        "suicide": ("illegal move", "suicide"),
    }[why_illegal(state, action)]
    return BadGame(game.source, game.number, reason, f"{where}: {why}")


# --- where bytes come from ---


def _blobs(path: Path) -> Iterator[Blob]:
    """Every SGF file in a file, folder or archive, by name; other files of a folder are passed over."""
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS and one.is_file())
        if not inside:
            yield str(path), BadGame(str(path), 0, "no SGF", f"no {' or '.join(ENDINGS)} in that folder")
        for one in inside:
            yield from _file(one, one.relative_to(path).as_posix())
    else:
        yield from _file(path, path.name)


def _file(path: Path, name: str) -> Iterator[Blob]:
    try:
        if not path.is_file():  # a pipe could be waited for without end
            yield name, BadGame(name, 0, "cannot be read", "no regular file")
        elif path.stat().st_size > LARGEST_FILE:
            yield name, _too_large(name)
        elif path.suffix.lower() == ".zip":
            yield from _members(path, name)
        else:
            yield name, path.read_bytes()
    except OSError as error:
        yield name, BadGame(name, 0, "cannot be read", error.strerror or "")


def _members(path: Path, name: str) -> Iterator[Blob]:
    """The SGF files of an archive; members that cannot be unpacked are named, and archives in it, too."""
    try:
        archive = zipfile.ZipFile(path)
        infos = [one for one in archive.infolist() if one.filename.lower().endswith(ENDINGS)]
    except OSError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds for damaged archives
        yield name, BadGame(name, 0, "cannot be unpacked", str(error)[:100])
        return
    with archive:
        if not infos:
            yield name, BadGame(name, 0, "no SGF", "no .sgf in that archive")
        for info in infos:
            inside = f"{name}/{info.filename}"
            if info.filename.lower().endswith(".zip"):
                yield inside, BadGame(inside, 0, "archive in an archive", "unpack it first")
                continue
            try:
                if info.file_size > LARGEST_FILE:
                    yield inside, _too_large(inside)
                    continue
                with archive.open(info) as file:
                    content = file.read(LARGEST_FILE + 1)
            except Exception as error:  # a wrong checksum, a password, an unknown compression, ...
                yield inside, BadGame(inside, 0, "cannot be unpacked", str(error)[:100])
                continue
            yield inside, content if len(content) <= LARGEST_FILE else _too_large(inside)


def _too_large(name: str) -> BadGame:
    return BadGame(name, 0, "too large", f"more than {LARGEST_FILE >> 20} MiB")
