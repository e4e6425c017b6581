"""One SGF file's bytes as games of Go: the main line of each, its set-up, komi, result and players.

sgfmill reads the grammar; what stands in files from all over the world is settled here. A game that
cannot be had is a BadGame that says why, and the rest of the file is read; nothing else comes of any
bytes. What had to be guessed or left out of a game that was read stands in its `notes`.

Legality is not looked at here: games/sgf_files.py plays all games of a size at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sgfmill import sgf, sgf_grammar, sgf_properties

from games.sgf_values import Properties, Result, komi_of, parse_result, text_of

LARGEST_BOARD = 19
ROOT = rb"\(\s*;\s*(?:FF|GM|SZ|CA|AP)\s*\["  # only the first node of a game names these
GUESS_FROM = 8  # moves after which a game that stays in a corner is taken for one on a small board


@dataclass(frozen=True)
class SgfGame:
    """The main line of one game on a board of size x size.

    source, number: the file (a zip archive's member after a slash), and which game in it, from 1;
    komi: as the file gives it, None where it does not; black, white: set-up stones, and `first` 0 or 1, who
    moves first; actions: points row by row from the top left, size * size the pass;
    result: see games.sgf_values; names, ranks: of Black and White, "" where unknown;
    comments: (number of moves played before, text); notes: what was guessed or left out.
    """

    source: str
    number: int
    size: int
    komi: float | None
    handicap: int
    black: tuple[int, ...]
    white: tuple[int, ...]
    first: int
    actions: tuple[int, ...]
    result: Result
    names: tuple[str, str] = ("", "")
    ranks: tuple[str, str] = ("", "")
    rules: str = ""
    date: str = ""
    event: str = ""
    comments: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where the game stands: file and number."""
        return f"{self.source}, game {self.number}"


@dataclass(frozen=True)
class BadGame:
    """A game that was not read, or with number 0 a whole file: `reason` is one of a few kinds, to be
    counted, `detail` says what stood where."""

    source: str
    number: int
    reason: str
    detail: str

    def __str__(self) -> str:
        place = f"{self.source}, game {self.number}" if self.number else self.source
        return f"{place}: {self.reason}: {self.detail}" if self.detail else f"{place}: {self.reason}"


class Unreadable(ValueError):  # noqa: N818
    """Why one game is not read: `reason`, `detail` as in BadGame."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def parse_sgf(data: bytes, source: str) -> list[SgfGame | BadGame]:
    """Every game of a file, in its order; never raises, whatever the bytes are."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    found: list[SgfGame | BadGame] = []
    for piece in split_games(data):
        for part in _whole_or_parts(piece):
            found.append(_read(part, source, len(found) + 1))
    return found or [BadGame(source, 0, "no SGF", "nowhere does a game begin: '(;'")]


def split_games(data: bytes) -> Iterator[bytes]:
    """The games of a collection as pieces of its bytes, junk between them left out; linear in the length.

    A game that is never closed ends where the next one's root is recognised.
    """
    depth, start, at = 0, 0, 0
    mark, root, begins = re.compile(rb"[()\[]"), re.compile(ROOT), re.compile(rb"\(\s*;")
    closing = re.compile(rb"\\.|\]", re.DOTALL)
    while found := mark.search(data, at):
        at, kind = found.end(), found.group()
        if kind == b"[" and depth:
            while (found := closing.search(data, at)) and found.group() != b"]":
                at = found.end()
            if found is None:
                break  # a value without an end: the rest belongs to it
            at = found.end()
        elif kind == b"(" and (begins if depth == 0 else root).match(data, found.start()):
            if depth:
                yield data[start : found.start()]
            start, depth = found.start(), 1
        elif kind == b"(" and depth:
            depth += 1
        elif kind == b")" and depth:
            depth -= 1
            if depth == 0:
                yield data[start:at]
    if depth:
        yield data[start:]


def _whole_or_parts(piece: bytes) -> list[bytes]:
    """A piece that is torn (a value without its end swallows what follows) cut where lines begin a game."""
    cuts = [found.start() + 1 for found in re.finditer(rb"\n" + ROOT, piece)]
    if not cuts:
        return [piece]
    try:
        sgf_grammar.parse_sgf_game(piece)
        if not _swallows(piece):
            return [piece]
    except ValueError:
        pass
    return [piece[a:b] for a, b in zip([0, *cuts], [*cuts, len(piece)], strict=True)]


def _swallows(piece: bytes) -> bool:
    """Whether a property other than a comment holds the root of another game."""
    tokens, _ = sgf_grammar.tokenise(piece)
    name, root = b"", re.compile(ROOT.removesuffix(rb"\["))
    for kind, token in tokens:
        name = token if kind == "I" else name
        if kind == "V" and name not in (b"C", b"GC") and root.search(token):
            return True
    return False


def _read(piece: bytes, source: str, number: int) -> SgfGame | BadGame:
    try:
        return _game(piece, source, number)
    except Unreadable as error:
        return BadGame(source, number, error.reason, error.detail)


def _game(piece: bytes, source: str, number: int) -> SgfGame:
    """The game in a piece of bytes; raises Unreadable."""
    try:
        tree = sgf_grammar.parse_sgf_game(piece)
    except ValueError as error:
        raise Unreadable("broken SGF", str(error)) from None
    root = tree.sequence[0]
    if (kind := root.get("GM", [b"1"])[0].strip()) not in (b"1", b""):
        raise Unreadable("not Go", f"GM[{kind[:10].decode('latin-1')}]")
    notes: list[str] = []
    told = root.get("CA", [b""])[0].decode("latin-1").strip()
    nodes = [node.get_raw_property_map() for node in _nodes(tree, root, notes)]
    size = int(root["SZ"][0])
    setup, moves, comments = _main_line(nodes, size, told)
    komi = komi_of(root, size, notes)
    result = parse_result(text_of(root, "RE", told), notes)
    if komi is not None and result.margin is not None and (result.margin - komi) % 1:
        notes.append("RE does not fit KM")
    handicap = _handicap(root, notes)
    black, white, first, actions = _turns(setup, moves, handicap, notes)
    actions = _until_the_end(actions, size * size, notes)
    return SgfGame(
        source, number, size, komi, handicap, black, white, first, actions,
        result,
        (text_of(root, "PB", told), text_of(root, "PW", told)),
        (text_of(root, "BR", told), text_of(root, "WR", told)),
        text_of(root, "RU", told), text_of(root, "DT", told), text_of(root, "EV", told),
        tuple(comments), tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def _nodes(tree: Any, root: Properties, notes: list[str]) -> list[Any]:
    """sgfmill's nodes of the main line; the root's SZ is made a plain number. Raises Unreadable."""
    root["SZ"] = [str(_size(tree, root, notes)).encode()]
    try:
        game = sgf.Sgf_game.from_coarse_game_tree(tree, override_encoding="ISO-8859-1")
    except ValueError as error:
        raise Unreadable("broken SGF", str(error)) from None
    if tree.children:
        notes.append("variations left out")
    return list(game.main_sequence_iter())


def _size(tree: Any, root: Properties, notes: list[str]) -> int:
    if "SZ" not in root or not root["SZ"][0].strip():
        return _size_of_moves(tree, notes)
    text = root["SZ"][0].decode("latin-1").strip()
    match = re.fullmatch(r"([0-9]{1,3})(?:\s*[:x]\s*([0-9]{1,3}))?", text)
    if not match:
        raise Unreadable("board size", f"SZ[{text[:20]}] is no number")
    if match[2] and int(match[1]) != int(match[2]):
        raise Unreadable("board size", f"SZ[{text}] is not square")
    if not 2 <= int(match[1]) <= LARGEST_BOARD:
        raise Unreadable("board size", f"{match[1]} is not one of 2 to {LARGEST_BOARD}")
    return int(match[1])


def _size_of_moves(tree: Any, notes: list[str]) -> int:
    """19, as the standard has it where SZ is missing, or a small board that no move ever leaves."""
    values = [
        value.strip().lower()
        for node in sgf_grammar.main_sequence_iter(tree)
        for name in ("B", "W", "AB", "AW")
        for value in node.get(name, [])
    ]
    points = [value for value in values if len(value) == 2 and value != b"tt"]
    furthest = max((max(value) - ord("a") + 1 for value in points), default=LARGEST_BOARD)
    sizes = [size for size in (9, 13) if furthest <= size and len(points) >= GUESS_FROM * size // 9]
    size = sizes[0] if sizes else LARGEST_BOARD
    notes.append(f"SZ missing, taken for {size}")
    return size


Setup = tuple[set[int], set[int], int | None]  # Black's stones, White's, PL
Moves = list[tuple[int, int]]  # (player, action)


def _main_line(nodes: list[Properties], size: int, told: str) -> tuple[Setup, Moves, list[tuple[int, str]]]:
    """Set-up, moves and comments, node by node; raises Unreadable."""
    black: set[int] = set()
    white: set[int] = set()
    moves: Moves = []
    first, comments = None, []
    for node in nodes:
        if any(name in node for name in ("AB", "AW", "AE")):
            if moves:
                raise Unreadable("set-up after moves", f"after move {len(moves)}")
            for name, stones in (("AB", black), ("AW", white), ("AE", None)):
                points = _points(node.get(name, []), size)
                black -= points
                white -= points
                if stones is not None:
                    stones |= points
        if "PL" in node and not moves:
            first = {b"B": 0, b"1": 0, b"W": 1, b"2": 1}.get(node["PL"][0].strip().upper()[:1])
        here = [(player, value) for player, name in enumerate("BW") for value in node.get(name, [])]
        if len(here) > 1:
            raise Unreadable("two moves in one node", f"after move {len(moves)}")
        moves += [(player, _action(value, size, len(moves) + 1)) for player, value in here]
        if "C" in node and (text := text_of(node, "C", told, lines=True)):
            comments.append((len(moves), text))
    return (black, white, first), moves, comments


def _action(value: bytes, size: int, move: int) -> int:
    """A move as an action; '' and, up to 19x19, 'tt' are passes."""
    try:
        point = sgf_properties.interpret_go_point(value.strip().lower(), size)
    except ValueError:
        shown = value[:20].decode("latin-1")
        raise Unreadable("no point of the board", f"move {move} is [{shown}] on {size}x{size}") from None
    return size * size if point is None else _numbered(point, size)


def _points(values: list[bytes], size: int) -> set[int]:
    """Set-up points, rectangles among them; an empty list is none."""
    values = [value.strip().lower() for value in values if value.strip()]
    presenter = sgf_properties.Presenter(size, "ISO-8859-1")
    try:
        points = presenter.interpret("AB", values) if values else ()
        return {_numbered(point, size) for point in points}
    except ValueError:
        shown = " ".join(value[:10].decode("latin-1") for value in values[:5])
        raise Unreadable("no point of the board", f"the set-up holds [{shown}]") from None


def _numbered(point: tuple[int, int], size: int) -> int:
    """sgfmill's (row from the bottom, column) as an action."""
    return (size - 1 - point[0]) * size + point[1]


def _handicap(root: Properties, notes: list[str]) -> int:
    text = text_of(root, "HA").strip()
    if not re.fullmatch(r"[0-9]{1,3}", text):
        if text:
            notes.append("HA unreadable")
        return 0
    return int(text)


def _turns(
    setup: Setup, moves: Moves, handicap: int, notes: list[str]
) -> tuple[tuple[int, ...], tuple[int, ...], int, tuple[int, ...]]:
    """(Black's stones, White's, who begins, actions); raises Unreadable where somebody plays twice running.

    Some servers write handicap stones as so many moves of Black in a row: they are set-up here.
    """
    black, white, told = setup
    running = next((i for i, (player, _) in enumerate(moves) if player), len(moves))
    if handicap >= 2 and not black and running == handicap:
        black = {action for _, action in moves[:running]}
        moves = moves[running:]
        notes.append("handicap written as moves")
    elif handicap >= 2 and not black:
        notes.append("handicap without stones")
    first = moves[0][0] if moves else told if told is not None else int(bool(black) and not white)
    for ply, (player, _) in enumerate(moves):
        if player != (first + ply) % 2:
            raise Unreadable(
                "out of turn", f"move {ply + 1}: {('Black', 'White')[player]} plays twice running"
            )
    return tuple(sorted(black)), tuple(sorted(white)), first, tuple(action for _, action in moves)


def _until_the_end(actions: tuple[int, ...], pass_: int, notes: list[str]) -> tuple[int, ...]:
    """The moves up to the second of two passes in a row: there the game is over."""
    for ply in range(1, len(actions) - 1):
        if actions[ply] == actions[ply - 1] == pass_:
            notes.append("moves after the end left out")
            return actions[: ply + 1]
    return actions
