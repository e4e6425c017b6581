"""A position as pixels, smooth at any size, drawn by NumPy alone; and the window that shows them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from numpy.typing import NDArray

from games.core import CELLS, POINTS, Game
from games.drawing import BOARD, FIRST, HOLE, RING, SECOND
from games.environments.views import has_stones, seen_by

Picture = NDArray[np.uint8]  # [height, width, 3]
MODES = ("human", "rgb_array", "ansi")


class Look(NamedTuple):
    """How a board is drawn: discs in holes, or an X and an O on paper; colours as #rrggbb."""

    discs: bool
    background: str
    empty: str  # the hole, or the line between two cells
    first: str
    second: str
    detail: str  # the ring on the second player's disc: who does not see the colour sees the ring


DISCS = Look(True, BOARD, HOLE, FIRST, SECOND, RING)
MARKS = Look(False, "#f4efe4", "#8d8578", "#1f4e8c", "#b8452f", "")


def render_modes(game: Game) -> list[str]:
    """How a game can be drawn."""
    return list(MODES) if has_stones(game) else ["ansi"]


def board_text(game: Game, state: Any) -> str:
    """One state as text; a board of points with its coordinates."""
    if game.board == POINTS:
        from games.go_drawing import go_text

        return go_text(state)
    return game.to_text(state)


def board_picture(game: Game, state: Any, size: tuple[int, int]) -> Picture:
    """One state as pixels, `size` being width and height.

    Stones on wood where they lie on points, marks where they are put on cells, discs elsewhere.
    """
    if game.board == POINTS:
        from games.go_drawing import go_picture

        return go_picture(state, *size)
    look = MARKS if game.shape is not None and game.shape.kind == CELLS else DISCS
    return picture(seen_by(game, state[None], 0)[0], *size, look)


def picture(stones: NDArray[np.int8], width: int, height: int, look: Look) -> Picture:
    """Stones [H, W, 2] on a board as large as fits the middle of [height, width]."""
    rows, columns = stones.shape[:2]
    cell = max(1, min(width // columns, height // rows))
    codes = stones[..., 0] + 2 * stones[..., 1]
    board = _tiles(cell, look)[codes]  # [H, W, cell, cell, 3]
    board = board.swapaxes(1, 2).reshape(rows * cell, columns * cell, 3)
    if not look.discs:
        _rule(board, rows, columns, cell, look)
    out = np.empty((height, width, 3), np.uint8)
    out[:] = _rgb(look.background)
    top, left = (height - rows * cell) // 2, (width - columns * cell) // 2
    out[max(top, 0) : top + rows * cell, max(left, 0) : left + columns * cell] = board[:height, :width]
    return out


class Window:
    """A window of pygame that shows pictures."""

    def __init__(self, title: str, width: int, height: int) -> None:
        import pygame

        pygame.display.init()
        pygame.display.set_caption(title)
        self._screen = pygame.display.set_mode((width, height))
        self._clock = pygame.time.Clock()

    def show(self, pixels: Picture, frames_per_second: int) -> None:
        """Show a picture for one frame."""
        import pygame

        pygame.surfarray.blit_array(self._screen, pixels.swapaxes(0, 1))
        pygame.event.pump()
        pygame.display.update()
        self._clock.tick(frames_per_second)

    def close(self) -> None:
        """Shut the window."""
        import pygame

        pygame.display.quit()


class Screen:
    """What the `render` and `close` of an environment do.

    The window of `human` opens with the first picture; a copy or a pickle leaves it behind.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self._window: Window | None = None

    def show(
        self, mode: str | None, text: Callable[[], str], pixels: Callable[[], Picture], frames_per_second: int
    ) -> Any:
        """The text (mode ansi), the picture (rgb_array), or None after showing it in a window (human)."""
        if mode is None:
            gymnasium.logger.warn("render() does nothing unless the environment is made with a render_mode")
            return None
        if mode == "ansi":
            return text()
        drawn = pixels()
        if mode == "rgb_array":
            return drawn
        self._window = self._window or Window(self.title, drawn.shape[1], drawn.shape[0])
        self._window.show(drawn, frames_per_second)
        return None

    def close(self) -> None:
        """Shut the window, if there is one."""
        if self._window is not None:
            self._window.close()
            self._window = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_window": None}


def check_render_mode(mode: str | None, modes: list[str]) -> None:
    """Raise ValueError for a render mode that there is not."""
    if mode not in (None, *modes):
        raise ValueError(f"render_mode is {mode!r}; there are: {', '.join(modes)}")


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


@functools.lru_cache(maxsize=16)
def _tiles(cell: int, look: Look) -> Picture:
    """The cell empty, with the first player's stone, with the second's: [3, cell, cell, 3]."""
    axis = (np.arange(cell) + 0.5) / cell - 0.5
    y, x = np.meshgrid(axis, axis, indexing="ij")
    paint = _Brush(np.broadcast_to(_rgb(look.background), (cell, cell, 3)), cell)
    distance = np.hypot(x, y)
    if look.discs:
        tiles = [paint.over(distance - 0.4, colour) for colour in (look.empty, look.first, look.second)]
        tiles[2] = _Brush(tiles[2], cell).over(np.abs(distance - 0.23) - 0.025, look.detail)
    else:
        strokes = np.minimum(_stroke(x, y), _stroke(x, -y))
        ring = np.abs(distance - 0.27) - 0.055
        tiles = [paint.ground, paint.over(strokes, look.first), paint.over(ring, look.second)]
    return np.rint(tiles).astype(np.uint8)


class _Brush(NamedTuple):
    """Paints shapes on a cell, their edges smooth over one pixel."""

    ground: NDArray[Any]
    cell: int

    def over(self, distance: NDArray[np.float64], colour: str) -> NDArray[np.float64]:
        """A shape given by its signed distance (below 0 inside, in cells), over the ground."""
        cover = np.clip(0.5 - distance * self.cell, 0, 1)[..., None]
        return np.asarray((1 - cover) * self.ground + cover * _rgb(colour))


def _stroke(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signed distance to a round-ended stroke from upper left to lower right."""
    along = np.clip((x + y) / 2, -0.24, 0.24)
    return np.hypot(x - along, y - along) - 0.055


def _rule(board: Picture, rows: int, columns: int, cell: int, look: Look) -> None:
    """Lines between the cells, in place."""
    width = max(1, cell // 50)
    for number in range(1, rows):
        board[number * cell - width : number * cell + width] = _rgb(look.empty)
    for number in range(1, columns):
        board[:, number * cell - width : number * cell + width] = _rgb(look.empty)
