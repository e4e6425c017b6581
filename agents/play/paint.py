"""Drawing: shapes whose edges are computed exactly, kept by size, and text kept by its words.

A shape's coverage of each pixel follows from its signed distance, so nothing is jagged and nothing needs to
be drawn larger and shrunk. Everything is made once and then only copied onto the window.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pygame

from agents.play.theme import TEXT, Colour, font, mix
from games.go_looks import LINE, star_points, stone_pixels, wood

Array = Any  # float [w, h]: pygame's arrays are indexed by x first


@functools.lru_cache(maxsize=1024)
def text(words: str, size: int, colour: Colour = TEXT, bold: bool = False) -> pygame.Surface:
    """Words as a picture."""
    return font(size, bold).render(words, True, colour).convert_alpha()


def forget() -> None:
    """Drop all that is kept: a typeface must not be used after pygame has been left."""
    pictures = (text, panel, shadow, dot, ring, stone, pebble, strokes, holed_plate, lined_wood)
    for kept in (*pictures, fitted, wrapped, font):
        kept.cache_clear()


def width_of(words: str, size: int, bold: bool = False) -> int:
    """How wide words are."""
    return font(size, bold).size(words)[0]


@functools.lru_cache(maxsize=1024)
def fitted(words: str, size: int, width: int, bold: bool = False) -> str:
    """The words, or as many of them as fit into the width, with an ellipsis."""
    if width_of(words, size, bold) <= width:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(words[:middle].rstrip() + "…", size, bold) <= width:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip() + "…" if low else ""


@functools.lru_cache(maxsize=256)
def wrapped(words: str, size: int, width: int) -> tuple[str, ...]:
    """The words in lines that fit into the width."""
    lines, line = [], ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if width_of(longer, size) <= width or not line:
            line = longer
        else:
            lines.append(line)
            line = word
    return (*lines, line) if line else tuple(lines)


def write(
    target: pygame.Surface,
    words: str,
    place: tuple[float, float],
    size: int,
    colour: Colour = TEXT,
    bold: bool = False,
    align: str = "midleft",
    width: int | None = None,
) -> pygame.Rect:
    """Write words at a place, which is the point named by `align` of their box; cut to the width."""
    shown = words if width is None else fitted(words, size, width, bold)
    picture = text(shown, size, colour, bold)
    box = picture.get_rect(**{align: (round(place[0]), round(place[1]))})
    target.blit(picture, box)
    return box


@functools.lru_cache(maxsize=512)
def panel(
    size: tuple[int, int], radius: int, fill: Colour, edge: Colour | None = None, alpha: int = 255
) -> pygame.Surface:
    """A rectangle with round corners and, where one is given, an edge of one pixel."""
    most = 2 * radius + 5
    small = (min(size[0], most), min(size[1], most))
    distance = _box_distance(small, radius)
    cover = np.clip(0.5 - distance, 0.0, 1.0)
    colour = np.empty((*small, 3))
    colour[:] = fill
    if edge is not None:
        rim = np.clip(1.5 + distance, 0.0, 1.0)[..., None]
        colour = colour * (1 - rim) + np.array(edge, float) * rim
    return _grown(_picture(colour, cover * alpha / 255.0), size)


def draw_panel(
    target: pygame.Surface,
    box: pygame.Rect,
    radius: int,
    fill: Colour,
    edge: Colour | None = None,
    alpha: int = 255,
) -> None:
    """Draw a rectangle with round corners."""
    if box.width > 0 and box.height > 0:
        target.blit(panel(box.size, min(radius, *(n // 2 for n in box.size)), fill, edge, alpha), box)


@functools.lru_cache(maxsize=16)
def shadow(size: tuple[int, int], radius: int, depth: int) -> pygame.Surface:
    """A soft shadow of a rectangle of that size; it is larger by `depth` on every side."""
    full = (size[0] + 2 * depth, size[1] + 2 * depth)
    most = 2 * (radius + 3 * depth) + 1
    small = (min(full[0], most), min(full[1], most))
    distance = _box_distance(small, radius + depth) + depth
    alpha = 0.42 * np.exp(-np.square(np.maximum(distance, 0.0) / (0.48 * depth)))
    return _grown(_picture(np.zeros((*small, 3)), alpha), full)


@functools.lru_cache(maxsize=256)
def dot(diameter: int, colour: Colour, alpha: int = 255) -> pygame.Surface:
    """A plain disc."""
    r, _, _ = _polar(diameter)
    cover = np.clip(diameter / 2 - r, 0.0, 1.0) * alpha / 255.0
    return _picture(np.broadcast_to(np.array(colour, float), (diameter, diameter, 3)), cover)


@functools.lru_cache(maxsize=256)
def ring(diameter: int, width: float, colour: Colour, alpha: int = 255) -> pygame.Surface:
    """A circle's line."""
    r, _, _ = _polar(diameter)
    outer = np.clip(diameter / 2 - r, 0.0, 1.0)
    inner = np.clip(r - (diameter / 2 - width), 0.0, 1.0)
    cover = outer * inner * alpha / 255.0
    return _picture(np.broadcast_to(np.array(colour, float), (diameter, diameter, 3)), cover)


@functools.lru_cache(maxsize=64)
def stone(diameter: int, colour: Colour, ringed: bool, alpha: int = 255) -> pygame.Surface:
    """A disc with a rim and light from above left; the second side's bears a groove as well."""
    r, x, y = _polar(diameter)
    radius = diameter / 2
    light = 1.0 + 0.10 * np.clip((-0.6 * x - 0.8 * y) / radius, -1, 1)
    shine = np.exp(-(np.square(x / radius + 0.32) + np.square(y / radius + 0.42)) / 0.10)
    base = np.array(colour, float) * light[..., None]
    rim = np.clip((r - 0.84 * radius) / 1.2, 0, 1)[..., None]
    base = base * (1 - 0.16 * rim) + 22.0 * (shine[..., None] * (1 - rim))
    groove = _band(r, (0.56 if ringed else 0.80) * radius, max(1.0, 0.045 * radius))
    tint = np.array(mix(colour, (255, 255, 255), 0.55) if ringed else mix(colour, (0, 0, 0), 0.18), float)
    base = base + (tint - base) * (groove * (0.85 if ringed else 0.5))[..., None]
    return _picture(np.clip(base, 0, 255), np.clip(radius - r, 0.0, 1.0) * alpha / 255.0)


@functools.lru_cache(maxsize=128)
def pebble(diameter: int, white: bool, alpha: int = 255) -> pygame.Surface:
    """A Go stone: slate or shell."""
    colours, cover = stone_pixels(diameter, white)
    return _picture(colours.swapaxes(0, 1), cover.T * alpha / 255.0)


@functools.lru_cache(maxsize=4)
def lined_wood(size: int, cell: int, pad: int) -> pygame.Surface:
    """A Go board of so many lines, `cell` apart, on wood: half a cell and a pad around them."""
    side = size * cell + 2 * pad
    cover = np.clip(0.5 - _box_distance((side, side), max(4, cell // 9)), 0.0, 1.0)
    plate = _picture(wood(side, side).swapaxes(0, 1).astype(float), cover)
    low = pad + cell // 2
    high = low + (size - 1) * cell
    thin = max(1, round(cell / 44))
    for i in range(size):
        wide = thin + (1 if i in (0, size - 1) and cell > 24 else 0)
        at = low + i * cell - wide // 2
        plate.fill(LINE, pygame.Rect(low - wide // 2, at, high - low + wide, wide))
        plate.fill(LINE, pygame.Rect(at, low - wide // 2, wide, high - low + wide))
    spot = max(5, round(0.17 * cell)) | 1
    for star in star_points(size):
        row, column = divmod(star, size)
        plate.blit(dot(spot, LINE), (low + column * cell - spot // 2, low + row * cell - spot // 2))
    return plate


@functools.lru_cache(maxsize=64)
def strokes(size: int, width: float, colour: Colour, kind: str, alpha: int = 255) -> pygame.Surface:
    """A cross or a nought, with round ends, in a square of that size."""
    r, x, y = _polar(size)
    reach = 0.31 * size
    if kind == "cross":
        one = _segment_distance(x, y, (-reach, -reach), (reach, reach))
        distance = np.minimum(one, _segment_distance(x, y, (-reach, reach), (reach, -reach)))
    else:
        distance = np.abs(r - 1.1 * reach)
    cover = np.clip(width / 2 - distance + 0.5, 0.0, 1.0) * alpha / 255.0
    light = np.array(colour, float) * (1.0 - 0.12 * np.clip(y / size, -0.5, 0.5))[..., None]
    return _picture(np.clip(light, 0, 255), cover)


@functools.lru_cache(maxsize=4)
def holed_plate(columns: int, rows: int, cell: int, hole: int, margin: int, colour: Colour) -> pygame.Surface:
    """A board with a round hole in every cell: margins around, shaded from above, holes with a rim."""
    size = (columns * cell + 2 * margin, rows * cell + 2 * margin)
    corner = round(0.32 * cell)
    small = (2 * corner + 9, 2 * corner + 9)
    distance = _box_distance(small, corner)
    light = (
        np.array(mix(colour, (255, 255, 255), 0.06), float)
        * (1.0 + 0.1 * np.clip(3.0 + distance, 0, 1))[..., None]
    )
    plate = _grown(_picture(np.minimum(light, 255), np.clip(0.5 - distance, 0.0, 1.0)), size)
    plate.fill((0, 0, 0, 0), pygame.Rect(margin, margin, columns * cell, rows * cell))
    tile = _hole(cell, hole, mix(colour, (255, 255, 255), 0.06))
    for number in range(columns * rows):
        place = (margin + number % columns * cell, margin + number // columns * cell)
        plate.blit(tile, place, special_flags=pygame.BLEND_RGBA_ADD)
    fade = pygame.Surface((1, 64))
    for y in range(64):
        fade.set_at((0, y), (255 - round(0.72 * y),) * 3)
    plate.blit(
        pygame.transform.smoothscale(fade.convert_alpha(), size), (0, 0), special_flags=pygame.BLEND_RGB_MULT
    )
    return plate


def _hole(cell: int, hole: int, colour: Colour) -> pygame.Surface:
    """A cell of the plate: a hole, dark at its upper edge and bright at its lower one."""
    r, _, y = _polar(cell)
    outside = np.maximum(r - hole / 2, 0.0)
    edge = np.exp(-np.square(outside / (0.035 * cell))) * np.clip(0.35 - y / hole, 0, 1)
    glow = np.exp(-np.square(outside / (0.03 * cell))) * np.clip(y / hole + 0.1, 0, 1)
    shade = (1.0 - 0.34 * edge + 0.22 * glow)[..., None]
    return _picture(np.minimum(np.array(colour, float) * shade, 255), np.clip(r - hole / 2 + 0.5, 0.0, 1.0))


def smooth_line(
    target: pygame.Surface, colour: Colour, points: Sequence[tuple[float, float]], width: int = 1
) -> None:
    """A line through points without steps: drawn at three times the size where it is wide."""
    if len(points) < 2:
        return
    if width <= 1:
        pygame.draw.aalines(target, colour, False, points)
        return
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    pad = width + 2
    box = pygame.Rect(int(min(xs)) - pad, int(min(ys)) - pad, 0, 0)
    box.size = (int(max(xs)) + pad - box.x + 1, int(max(ys)) + pad - box.y + 1)
    large = pygame.Surface((box.width * 3, box.height * 3), pygame.SRCALPHA)
    large.fill((*colour, 0))
    moved = [((x - box.x) * 3, (y - box.y) * 3) for x, y in points]
    pygame.draw.lines(large, colour, False, moved, width * 3)
    for x, y in moved:
        pygame.draw.circle(large, colour, (round(x), round(y)), max(1, width * 3 // 2))
    target.blit(pygame.transform.smoothscale(large, box.size), box)


def _polar(size: int) -> tuple[Array, Array, Array]:
    """Each pixel centre's distance from the middle of a square, and its x and y from there."""
    axis = np.arange(size) + 0.5 - size / 2
    x, y = np.meshgrid(axis, axis, indexing="ij")
    return np.hypot(x, y), x, y


def _grown(small: pygame.Surface, size: tuple[int, int]) -> pygame.Surface:
    """A picture made larger by repeating its middle row and column; its corners stay."""
    if small.get_size() == size:
        return small
    out = pygame.Surface(size, pygame.SRCALPHA, 32)
    (w, h), (wide, high) = small.get_size(), size
    a, b = w // 2, h // 2
    for x, taken, at, length in (
        (0, a, 0, a),
        (a, 1, a, wide - w + 1),
        (a + 1, w - a - 1, a + wide - w + 1, w - a - 1),
    ):
        for y, lines, top, tall in (
            (0, b, 0, b),
            (b, 1, b, high - h + 1),
            (b + 1, h - b - 1, b + high - h + 1, h - b - 1),
        ):
            part = small.subsurface((x, y, taken, lines))
            if (taken, lines) != (length, tall):
                part = pygame.transform.scale(part, (length, tall))
            out.blit(part, (at, top), special_flags=pygame.BLEND_RGBA_ADD)
    return out


def _band(r: Array, middle: float, width: float) -> Array:
    return np.clip(width / 2 + 0.7 - np.abs(r - middle), 0.0, 1.0)


def _box_distance(size: tuple[int, int], radius: int) -> Array:
    """The signed distance of each pixel from a rectangle with round corners that fills the size."""
    x = np.abs(np.arange(size[0]) + 0.5 - size[0] / 2)[:, None] - (size[0] / 2 - radius)
    y = np.abs(np.arange(size[1]) + 0.5 - size[1] / 2)[None, :] - (size[1] / 2 - radius)
    outside = np.hypot(np.maximum(x, 0.0), np.maximum(y, 0.0))
    return outside + np.minimum(np.maximum(x, y), 0.0) - radius


def _segment_distance(x: Array, y: Array, start: tuple[float, float], end: tuple[float, float]) -> Array:
    along = (end[0] - start[0], end[1] - start[1])
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = np.clip(share, 0.0, 1.0)
    return np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])


def _picture(colour: Array, cover: Array) -> pygame.Surface:
    """A surface of these colours [w, h, 3] in 0 to 255 and this coverage [w, h] in 0 to 1."""
    surface = pygame.Surface(cover.shape, pygame.SRCALPHA, 32)
    pixels = pygame.surfarray.pixels3d(surface)
    pixels[:] = np.rint(colour).astype(np.uint8)
    del pixels
    alphas = pygame.surfarray.pixels_alpha(surface)
    alphas[:] = np.rint(np.clip(cover, 0.0, 1.0) * 255).astype(np.uint8)
    del alphas
    return surface
