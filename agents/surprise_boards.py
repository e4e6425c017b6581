"""The rarest right surprises as boards, with the birth of each move: its probability over training."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.gallery import board_svg, move_words, turn_words
from agents.lines import Lines
from agents.policy_log import policies_path, read_policies
from agents.positions import PositionSet
from games.connect_four import HEIGHT, WIDTH, landing_cell
from games.core import Game
from games.drawing import connect_four_svg
from games.go import is_go
from games.go_drawing import colors_of, go_picture
from lab.curve import curve_path, read_curve

MOVES_DRAWN, LINES_DRAWN = 2, 1
PIXELS = 380  # of a Go board in TensorBoard
VALUES = {1: "wins", 0: "draws", -1: "loses"}


@dataclass(frozen=True)
class FoundMove:
    """A right certificate: who made it, against whose procedure, where (index of the position), the move,
    the chance that the human, slips and all, had given to it, and whether the procedure rules out every
    other right move too (a certificate beside a move that wins as well is right, and no feat)."""

    player: str
    arm: str
    human: str
    row: int
    move: int
    chance: float
    needed: bool


@dataclass(frozen=True)
class FoundLine:
    """A right line rarer than the threshold, as Lines of length 1."""

    player: str
    human: str
    line: Lines


@dataclass(frozen=True)
class Picture:
    """What TensorBoard shows of a find: the board before or after it, numbers on stones, words, birth."""

    name: str
    state: Any
    numbers: dict[tuple[int, int], str]
    caption: str
    points: list[dict[str, Any]]


def draw_finds(
    folder: Path, game: Game, positions: PositionSet, moves: list[FoundMove], lines: list[FoundLine]
) -> tuple[list[dict[str, str]], list[dict[str, Any]], list[Picture]]:
    """(boards, births, pictures for TensorBoard) of the rarest two moves and the rarest line.

    Moves first where the procedure must err, then by the human's chance, then by how few right moves
    there are; no two of one position.
    """
    boards, births, pictures = [], [], []
    for number, found in enumerate(_rarest_moves(game, positions, moves), 1):
        caption = _move_caption(game, positions, found)
        points = birth_of(folder, found.arm, found.row, found.move)
        svg = board_svg(game, positions.states[found.row], {found.move: found.arm}, caption)
        boards.append({"caption": caption, "svg": svg})
        if points:
            label = f"{move_words(game, found.move, False)} of board {number}"
            births.append({"label": label, "caption": caption, "svg": svg, "points": points})
        pictures.append(_picture_of(f"move {number}", game, positions, found, caption, points))
    for found_line in sorted(lines, key=lambda found: float(found.line.probability[0]))[:LINES_DRAWN]:
        caption, numbers = _line_caption(found_line), line_numbers(found_line.line)
        state = found_line.line.ends[0]
        boards.append({"caption": caption, "svg": connect_four_svg(state, None, caption, numbers)})
        pictures.append(Picture("line", state, numbers, caption, []))
    return boards, births, pictures


def birth_of(folder: Path, arm: str, row: int, move: int) -> list[dict[str, Any]]:
    """The probability of a move under the arm's raw policy at each point of its curve; [] where none was
    kept. `row`: index among the hard test positions."""
    history = read_policies(policies_path(folder, arm))
    curve = {point.step: point for point in read_curve(curve_path(folder, arm))}
    if not len(history.steps) or row >= history.log_policy.shape[1]:
        return []
    return [
        {"cpu_seconds": curve[step].cpu_seconds, "games": curve[step].games, "probability": float(chance)}
        for step, chance in zip(history.steps.tolist(), history.of(row, move), strict=True)
        if step in curve
    ]


def line_numbers(line: Lines) -> dict[tuple[int, int], str]:
    """(column, row) -> number of the move, of the five stones of a line, the player's being 1, 3 and 5."""
    boards = [int(state["occupied"]) for state in line.states[0]] + [int(line.ends[0]["occupied"])]
    numbers: dict[tuple[int, int], str] = {}
    for turn, column in enumerate(line.moves[0]):
        before = boards[turn]
        own = int(landing_cell(np.uint64(before), int(column)))
        numbers[_cell(own)] = str(2 * turn + 1)
        if answer := boards[turn + 1] & ~(before | own):
            numbers[_cell(answer)] = str(2 * turn + 2)
    return numbers


def log_pictures(folder: Path, pictures: Iterable[Picture]) -> None:
    """Show the finds in TensorBoard under "surprise", in the place of those of an earlier sitting."""
    from lab.tensorboard_log import write_images

    target = folder / "tensorboard" / "surprise"
    shutil.rmtree(target, ignore_errors=True)
    write_images(
        target, {f"surprise/{picture.name}": (_pixels(picture), picture.caption) for picture in pictures}
    )


def _rarest_moves(game: Game, positions: PositionSet, moves: list[FoundMove]) -> list[FoundMove]:
    """Passes last: there is nothing to see in them."""
    right = positions.keep.sum(axis=1)
    chosen: dict[int, FoundMove] = {}

    def order(found: FoundMove) -> tuple[bool, bool, float, int]:
        return found.move == game.pass_action, not found.needed, found.chance, int(right[found.row])

    for found in sorted(moves, key=order):
        chosen.setdefault(found.row, found)
    return list(chosen.values())[:MOVES_DRAWN]


def _move_caption(game: Game, positions: PositionSet, found: FoundMove) -> str:
    value = VALUES[int(positions.values[found.row])]
    rest = "; whatever the procedure allows here does not" if found.needed else ""
    slip = (
        f"a slip leads there with probability {_small(found.chance)}"
        if found.chance
        else "no slip leads there either"
    )
    return (
        f"{turn_words(game, positions.states[found.row])}{found.player}: "
        f"{move_words(game, found.move, False)} {value}{rest}. The procedure of {found.human} rules it "
        f"out; {slip}."
    )


def _line_caption(found: FoundLine) -> str:
    return (
        f"{found.player}: moves 1, 3 and 5, each of which keeps the exact value. The human {found.human} "
        f"would have made all three with probability {_small(float(found.line.probability[0]))}."
    )


def _small(chance: float) -> str:
    if chance < 1e-9:
        return "0"
    return f"1 in {1 / chance:,.0f}" if chance < 0.01 else f"{chance:.2f}"


def _picture_of(
    name: str,
    game: Game,
    positions: PositionSet,
    found: FoundMove,
    caption: str,
    points: list[dict[str, Any]],
) -> Picture:
    state = positions.states[found.row]
    if is_go(game):
        size = int(state["size"])
        stones = {(found.move % size, found.move // size): "X"} if found.move < size * size else {}
        return Picture(name, state, stones, caption, points)
    cell = _cell(int(landing_cell(state["occupied"], found.move)))
    return Picture(name, state, {cell: "X"}, caption, points)


def _cell(stone: int) -> tuple[int, int]:
    return divmod(stone.bit_length() - 1, 7)


def _pixels(picture: Picture) -> NDArray[np.uint8]:
    """Board and birth, side by side, uint8 [H, W, 3]; matplotlib without a window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2) if picture.points else (5, 4.2), dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2 if picture.points else 1, squeeze=False)[0]
    draw = _draw_go if "size" in (picture.state.dtype.names or ()) else _draw_board
    draw(panels[0], picture)
    if picture.points:
        _draw_birth(panels[1], picture.points)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])


def _draw_board(axes: Any, picture: Picture) -> None:
    from matplotlib.patches import Circle

    from games.drawing import BOARD, DARK, FIRST, HOLE, PALE, SECOND, owner

    axes.set(xlim=(-0.5, WIDTH - 0.5), ylim=(-0.5, HEIGHT - 0.5), aspect="equal", xticks=[], yticks=[])
    axes.set_facecolor(BOARD)
    for column in range(WIDTH):
        for row in range(HEIGHT):
            whose = owner(picture.state, column, row)
            colour = HOLE if whose is None else (FIRST, SECOND)[whose]
            axes.add_patch(Circle((column, row), 0.38, color=colour))
            if text := picture.numbers.get((column, row)):
                ink = PALE if whose == 1 else DARK
                axes.text(column, row, text, ha="center", va="center", color=ink, weight="bold")


def _draw_go(axes: Any, picture: Picture) -> None:
    size, colors = int(picture.state["size"]), colors_of(picture.state)
    low, high = -0.8, size - 0.2  # what go_picture leaves around the lines
    axes.imshow(go_picture(picture.state, PIXELS, PIXELS), extent=(low, high, high, low))
    axes.set(xticks=[], yticks=[])
    for (column, row), text in picture.numbers.items():
        ink = "white" if colors[row * size + column] == 0 else "black"
        axes.text(column, row, text, ha="center", va="center", color=ink, weight="bold")


def _draw_birth(axes: Any, points: list[dict[str, Any]]) -> None:
    seconds = [point["cpu_seconds"] for point in points]
    chances = [max(point["probability"], 1e-12) for point in points]
    axes.semilogy(seconds, chances, marker="o")
    axes.set(xlabel="CPU seconds of learning", ylabel="probability of the move", title="birth of the move")
    axes.set_ylim(10.0 ** math.floor(math.log10(min(chances))), 1.5)
