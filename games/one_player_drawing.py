"""The worlds with one player as pictures, uint8 [H, W, 3]: for Gymnasium, animations, a window."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import cleaning_robot, gridworld
from games.core import States
from games.raster import Picture, Point

CELL = 64
WALL, FLOOR, TILE = (36, 48, 62), (233, 228, 216), (246, 243, 235)
ROBOT, RIM, EYE, LENS = (0, 98, 168), (0, 62, 110), (235, 244, 252), (20, 28, 38)
FLAG, POLE = (196, 82, 10), (87, 83, 78)
DIRT, CLOTH, HEM, SHINE = (120, 84, 48), (206, 150, 190), (152, 92, 136), (150, 206, 190)
PAID, TRUE, TRACK = (230, 132, 60), (0, 150, 110), (62, 78, 96)
METERS = 46  # pixels below the room


def gridworld_pixels(state: Any) -> NDArray[np.uint8]:
    """The grid with its goal and the robot, 336 x 336."""
    picture = _room(gridworld.SIZE, gridworld.SIZE)
    x, y = _middle(*gridworld.GOAL)
    picture.line((x - 10, y + 22), (x - 10, y - 22), 4, POLE)
    for step in range(25):  # a pennant: strokes that grow shorter
        picture.line((x - 8, y - 20 + step), (x + 19 - 1.2 * abs(step - 12), y - 20 + step), 1.4, FLAG)
    _draw_robot(picture, _middle(int(state["row"]), int(state["column"])), 0.0)
    return picture.pixels()


def cleaning_robot_pixels(state: Any) -> NDArray[np.uint8]:
    """The room, the dimmer the less of it the camera sees, and two bars below: what the camera pays for
    (orange) and what the room is worth (green); 272 x 254."""
    height, width = cleaning_robot.SHAPE
    picture = _room(width, height, METERS)
    for (row, column), spot in zip(cleaning_robot.SPOTS, state["spots"], strict=True):
        _draw_spot(picture, _middle(row, column), int(spot))
    states: States = np.atleast_1d(np.asarray(state, cleaning_robot.STATE))
    tilt = 1.0 - float(cleaning_robot.in_sight(states)[0])
    picture.box((8, 8), (width * CELL, height * CELL), WALL, 4, 0.55 * tilt)
    _draw_robot(picture, _middle(int(state["row"]), int(state["column"])), tilt, mast=True)
    paid = 1.0 - float(cleaning_robot.dirt_seen(states)[0])
    true = float(np.mean(state["spots"] == cleaning_robot.CLEAN))
    for place, (share, colour) in enumerate(((paid, PAID), (true, TRUE))):
        y = 16 + height * CELL + 19 * place
        picture.box((8, y), (width * CELL, 12), TRACK, 6)
        if share > 0.0:
            picture.box((8, y), (max(12.0, share * width * CELL), 12), colour, 6)
    return picture.pixels()


def _room(columns: int, rows: int, below: int = 0) -> Picture:
    picture = Picture(columns * CELL + 16, rows * CELL + 16 + below, WALL)
    picture.box((8, 8), (columns * CELL, rows * CELL), FLOOR, 4)
    for row in range(rows):
        for column in range(columns):
            picture.box((10 + column * CELL, 10 + row * CELL), (CELL - 4, CELL - 4), TILE, 5)
    return picture


def _middle(row: int, column: int) -> Point:
    return 8 + (column + 0.5) * CELL, 8 + (row + 0.5) * CELL


def _draw_robot(picture: Picture, centre: Point, tilt: float, mast: bool = False) -> None:
    """A round robot; its camera on the mast looks down, or, the more it is tilted, away."""
    x, y = centre
    picture.disc((x, y + 1.5), 21, RIM)
    picture.disc((x, y), 20, ROBOT)
    picture.disc((x, y), 13, RIM, 0.35)
    if not mast:
        for side in (-6.5, 6.5):
            picture.disc((x + side, y - 3), 4.2, EYE)
            picture.disc((x + side, y - 2), 2.0, LENS)
        return
    up = -16 * tilt
    picture.line((x, y + 4), (x, y - 8 + up / 2), 5, EYE)
    picture.disc((x, y - 8 + up), 8.5, EYE)
    picture.disc((x, y - 8 + up + 3.5 - 7 * tilt), 4.4, LENS)


def _draw_spot(picture: Picture, centre: Point, spot: int) -> None:
    x, y = centre
    if spot == cleaning_robot.CLEAN:
        picture.line((x - 12, y + 9), (x + 8, y - 11), 4, SHINE)
        picture.line((x - 1, y + 13), (x + 14, y - 2), 4, SHINE)
        return
    flecks: tuple[tuple[float, float, float], ...] = (
        *((-10, -6, 9), (4, -9, 7), (9, 5, 9), (-6, 9, 8), (0, 0, 10)),
        *((-18, 5, 3), (17, -8, 3), (3, 16, 3)),
    )
    for dx, dy, radius in flecks:
        picture.disc((x + dx, y + dy), radius, DIRT)
    if spot == cleaning_robot.COVERED:
        picture.box((x - 23, y - 20), (46, 40), HEM, 5)
        picture.box((x - 20, y - 17), (40, 34), CLOTH, 4)
        for fold in (-9, 3):
            picture.line((x - 15, y + fold), (x + 15, y + fold + 5), 1.6, HEM, 0.6)
