"""Bitboards of Go, and what is alive for good: chains that no play can take, and the land they hold.

    5x5:  0  1  2  3  4  #      a board is an int64: bit row * (N + 1) + column, the top row first;
          6  7  8  9 10  #      the column of walls keeps neighbours apart: +-1, +-(N + 1)

Boards up to 5x5 are meant (30 bits); up to 7x7 would fit.
"""

from __future__ import annotations

from typing import Any

from numba import njit

MOST_CHAINS = 32  # of one colour, and regions around them: more than a 5x5 board holds


@njit(cache=True)
def count(bits: int) -> int:
    """The number of ones of a board."""
    bits = bits - ((bits >> 1) & 0x5555555555555555)
    bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F
    return ((bits * 0x0101010101010101) >> 56) & 0xFF


@njit(cache=True)
def full_board(size: int) -> int:
    """All points of a board."""
    points = 0
    for row in range(size):
        points |= ((1 << size) - 1) << (row * (size + 1))
    return points


@njit(cache=True)
def near(bits: int, stride: int) -> int:
    """The neighbours of all points of a set, walls among them."""
    return (bits << 1) | (bits >> 1) | (bits << stride) | (bits >> stride)


@njit(cache=True)
def spread(start: int, within: int, stride: int) -> int:
    """The points that are connected with `start` inside of `within`, those of `start` included."""
    reached = start & within
    while True:
        wider = (reached | near(reached, stride)) & within
        if wider == reached:
            return reached
        reached = wider


@njit(cache=True)
def taken_by(own: int, other: int, point: int, board: int, stride: int) -> int:
    """The stones that one's stone on an empty point takes; -1 where it would be suicide."""
    taken = 0
    empty = board & ~(own | other | point)
    beside = near(point, stride) & other
    while beside:
        chain = spread(beside & -beside, other, stride)
        beside &= ~chain
        if not near(chain, stride) & empty:
            taken |= chain
    if not taken and not near(point, stride) & empty:
        chain = spread(point, own | point, stride)
        if not near(chain, stride) & empty:
            return -1
    return taken


@njit(cache=True)
def margin(black: int, white: int, board: int, stride: int) -> int:
    """Black's points less White's as the board stands, all stones taken as alive."""
    empty = board & ~(black | white)
    by_black, by_white = spread(black, black | empty, stride), spread(white, white | empty, stride)
    return count(by_black & ~by_white) - count(by_white & ~by_black)


@njit(cache=True)
def alive(own: int, other: int, board: int, stride: int, scratch: Any) -> int:
    """The stones that cannot be taken even if their side never moves again.

    Benson 1976, "Life in the game of Go": a chain lives where two regions that its side encloses are
    vital to it, all their empty points being its liberties, and so does every chain around them.
    scratch int64 [2, MOST_CHAINS].
    """
    regions, rest = 0, board & ~own
    while rest:
        region = spread(rest & -rest, rest, stride)
        rest &= ~region
        scratch[1, regions] = region
        regions += 1
    if regions < 2:
        return 0
    chains, rest = 0, own
    while rest:
        chain = spread(rest & -rest, rest, stride)
        rest &= ~chain
        scratch[0, chains] = chain
        chains += 1
    living, changed = own, True
    while changed and living:
        changed = False
        for c in range(chains):
            chain = scratch[0, c]
            if chain & living and _vital_regions(chain, other, regions, stride, scratch) < 2:
                living &= ~chain
                changed = True
        for r in range(regions):
            if near(scratch[1, r], stride) & own & ~living:
                scratch[1, r] = 0
    return living


@njit(cache=True)
def _vital_regions(chain: int, other: int, regions: int, stride: int, scratch: Any) -> int:
    liberties, vital = near(chain, stride), 0
    for r in range(regions):
        region = scratch[1, r]
        vital += region & liberties != 0 and not region & ~other & ~liberties
    return vital


@njit(cache=True)
def land(living: int, own: int, other: int, board: int, stride: int, out: Any) -> None:
    """What the living stones of a side hold against all play: out int64 [4].

    out[0] the stones and the eyes of one point, where the other side can never play; out[1] other
    regions without a stone of the other side, out[2] regions with some, which have to be taken yet.
    Both are held where every point but one touches a living stone and one's own side has no other
    stones there: whatever is played inside, one's own side can answer with a stone that is joined to
    the living, and the other side has room for one eye at most. out[3]: those points that touch none.
    """
    out[0], out[1], out[2], out[3] = living, 0, 0, 0
    touched, rest = near(living, stride), board & ~living
    while rest:
        region = spread(rest & -rest, rest, stride)
        rest &= ~region
        inner = region & ~touched
        if region & own or inner & (inner - 1):
            continue
        if not region & (region - 1):
            out[0] |= region
        elif region & other:
            out[2] |= region
        else:
            out[1] |= region
        out[3] |= inner
