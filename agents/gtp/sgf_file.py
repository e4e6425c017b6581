"""Games in SGF files, read and written for GTP: the one place here that knows of sgfmill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.gtp.board import Move

MOST_BYTES = 10_000_000


class SgfError(ValueError):
    """A file that holds no game of Go that can be read; the message says why."""


@dataclass(frozen=True)
class SgfGame:
    """The main line of a game: the set-up as points (actions), who begins, the moves, komi if given."""

    size: int
    komi: float | None
    black: tuple[int, ...]
    white: tuple[int, ...]
    player: int
    moves: tuple[Move, ...]


def read_sgf(path: Path) -> SgfGame:
    """The first game of a file. Raises SgfError, OSError."""
    from sgfmill import sgf

    with open(path, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise SgfError("the file is larger than 10 MB")
    try:
        game = sgf.Sgf_game.from_bytes(data)
        return _main_line(game)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SgfError(f"no game that can be read: {error}") from None


def _main_line(game: object) -> SgfGame:
    from sgfmill import sgf

    assert isinstance(game, sgf.Sgf_game)
    size, root = game.get_size(), game.get_root()
    black, white, _ = root.get_setup_stones()
    moves = []
    for node in game.get_main_sequence():
        if node is not root and node.has_setup_stones():
            raise SgfError("stones are set up in the midst of the game")
        color, point = node.get_move()
        if color is not None:
            moves.append(Move("bw".index(color), size * size if point is None else _action(point, size)))
    first = moves[0].color if moves else "bw".index(root.get("PL")) if root.has_property("PL") else 0
    return SgfGame(
        size,
        float(root.get("KM")) if root.has_property("KM") else None,
        tuple(_action(point, size) for point in sorted(black)),
        tuple(_action(point, size) for point in sorted(white)),
        first,
        tuple(moves),
    )


def write_sgf(
    path: Path,
    size: int,
    komi: float,
    players: tuple[str, str],
    moves: Sequence[Move],
    result: str,
    comment: str,
) -> None:
    """A game from the empty board; players Black and White, `result` as SGF has it. Raises OSError."""
    from sgfmill import sgf

    from lab.durable import replace_file

    game = sgf.Sgf_game(size, encoding="UTF-8")
    root = game.get_root()
    for name, value in {"KM": komi, "PB": players[0], "PW": players[1], "RE": result, "RU": "Tromp-Taylor",
                        "AP": ("Move 37", "0.1"), "GC": comment}.items():  # fmt: skip
        root.set(name, value)
    for color, action in moves:
        game.extend_main_sequence().set_move("bw"[color], _point(action, size))
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, game.serialise())


def _action(point: tuple[int, int], size: int) -> int:
    row, column = point  # from the bottom
    return (size - 1 - row) * size + column


def _point(action: int, size: int) -> tuple[int, int] | None:
    return None if action == size * size else (size - 1 - action // size, action % size)
