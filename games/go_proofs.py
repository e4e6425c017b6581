"""Proofs about small Go under positional superko: what they rely on, and a table of those that still hold.

What a position is worth depends on what has lain on the board before. So a result is kept in the table
together with what its proof used, and is taken out only where the proof still holds. A proof is a tree:
one move of the side that gets its way (the prover) against all moves of the other. It carries over to
another way into the same position unless

- a move of the other side was left out because of a position from before the tree (such results are
  not stored; the ban of a plain ko is part of the position here), or
- a move of the prover may recreate a position of the new way. For every earlier board of the way the
  points that differ now would have to change back inside the tree: stones taken there that are too
  many, stones laid there that are missing. The entry knows all points that its tree plays and takes.

Leaves are settled by two passes or by life that needs no search (games.go_life): those may need answers
of the prover as well, which repeat nothing unless living stones had been taken earlier in the game.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from games.go_board import LIMIT, SEEN_WORDS
from games.go_life import MOST_CHAINS, alive, count, land

YES, NO = 1, -1  # proved: Black gets the margin; he does not
LARGEST = 5
MOVES = LARGEST * LARGEST + 1
DEPTHS = 160  # a line as long is given up
# what a proof used: points played by Black, by White, stones taken of Black, of White, living stones and
# eyes relied upon; the earliest position of the way that forbade a move; plies of the longest line
USED = 7
BLACK_PLAYS, WHITE_PLAYS, BLACK_LOSES, WHITE_LOSES, LIVING, EARLIEST, HEIGHT = range(USED)
NONE = 1 << 20  # no position of the way was needed
WAYS = 4  # entries that share a place of the table
INFINITE, TOO_DEEP = 1 << 28, 1 << 24

FRAME = np.dtype(
    [
        ("black", np.int64),
        ("white", np.int64),
        ("key", np.uint64),
        ("way", np.uint64),  # a hash of all positions since the root, in their order
        ("ko", np.int64),  # the point that a plain ko forbids
        ("player", np.int64),
        ("passes", np.int64),
        ("black_lost", np.int64),  # points at which stones have been taken since the root
        ("white_lost", np.int64),
        ("used", np.int64, (USED,)),  # by the proof found here
        ("earliest", np.int64),
        ("proof", np.int64),  # proof number and disproof number of "the mover gets his way"
        ("disproof", np.int64),
        ("proof_limit", np.int64),
        ("disproof_limit", np.int64),
        ("start", np.int64),  # nodes searched when it was opened
        ("chosen", np.int64),
        ("count", np.int64),  # of moves, each with:
        ("moves", np.int64, (MOVES,)),  # 0 is the pass
        ("taken", np.int64, (MOVES,)),
        ("proofs", np.int64, (MOVES,)),  # those of the position after it, for its mover
        ("disproofs", np.int64, (MOVES,)),
        ("uses", np.int64, (MOVES, USED)),
    ]
)
ROOT = np.dtype(
    [
        ("history", np.uint64, (LIMIT * LARGEST * LARGEST + 1,)),
        ("seen", np.uint64, (SEEN_WORDS,)),
        ("positions", np.int64),
        ("captures", np.int64),
        ("size", np.int64),
        ("stride", np.int64),
        ("board", np.int64),
        ("black_lost", np.int64),  # points at which stones were taken before the root; -1 if unknown
        ("white_lost", np.int64),
        ("generation", np.int64),
        ("target", np.int64),
        ("nodes", np.int64),
        ("budget", np.int64),
        ("plies", np.int64),  # of the longest line that any proof needed
        ("scratch", np.int64, (2, MOST_CHAINS)),
        ("land", np.int64, (4,)),
    ]
)
ENTRY = np.dtype(
    [
        ("way", np.uint64),  # 0 where the entry serves every way into the position
        ("black", np.int32),
        ("white", np.int32),
        ("ko", np.int32),
        ("generation", np.int32),
        ("effort", np.int32),
        ("proof", np.int32),  # numbers of the question `target`
        ("disproof", np.int32),
        ("at_least", np.int32, (USED,)),  # what the proofs of the two bounds used
        ("at_most", np.int32, (USED,)),
        ("low", np.int8),
        ("high", np.int8),
        ("target", np.int8),
        ("turn", np.int8),  # player + 2 * passes
    ]
)


@njit(cache=True)
def verdict_of(here: Any) -> int:
    """YES or NO of a solved position."""
    return YES if (here.proof == 0) == (here.player == 0) else NO


@njit(cache=True)
def settled(here: Any, root: Any) -> int:
    """YES or NO where living stones alone hold enough points, else 0; notes what the proof relies on."""
    points, target = root.size * root.size, root.target
    for prover in range(2):
        own, other = (here.black, here.white) if prover == 0 else (here.white, here.black)
        # the points that suffice: Black's margin is at least 2 * held - points, White's likewise
        wanted = (points + target + 1) // 2 if prover == 0 else (points - target) // 2 + 1
        living = alive(own, other, root.board, root.stride, root.scratch)
        if not living:
            continue
        land(living, own, other, root.board, root.stride, root.land)
        held, answers = root.land[0], 0
        if count(held) < wanted:
            lost = root.black_lost | here.black_lost if prover == 0 else root.white_lost | here.white_lost
            if (living | root.land[3]) & lost:
                continue  # an answer might repeat a position: search on
            answers = root.land[1]
            if here.passes == 0 or here.player == prover:  # else the other side may end it as it stands
                answers |= root.land[2]
            held |= answers
        if count(held) >= wanted:
            here.used[:] = 0
            here.used[LIVING], here.used[EARLIEST] = living | root.land[3] if answers else 0, NONE
            # the other side may fill what is not held, and each answer is a stone that stays; two passes
            here.used[HEIGHT] = 2 * (count(root.board & ~held & ~other) + count(answers) + 1)
            return YES if prover == 0 else NO
    return 0


@njit(cache=True)
def add_move(here: Any, m: int) -> None:
    """What the proof of the position after move m used is used here too."""
    proof, after, point, taken = here.used, here.uses[m], here.moves[m], here.taken[m]
    for item in range(LIVING + 1):
        proof[item] |= after[item]
    proof[BLACK_PLAYS if here.player == 0 else WHITE_PLAYS] |= point
    proof[WHITE_LOSES if here.player == 0 else BLACK_LOSES] |= taken
    proof[EARLIEST] = min(proof[EARLIEST], after[EARLIEST])
    proof[HEIGHT] = max(proof[HEIGHT], after[HEIGHT] + 1)


@njit(cache=True)
def _still_holds(frames: Any, root: Any, d: int, used: Any, prover: int) -> bool:
    """Whether a proof of this very position, found on another way into it, holds on this one."""
    here = frames[d]
    lost = here.black_lost if prover == 0 else here.white_lost  # what was taken earlier is the same for all
    if used[LIVING] & lost:
        return False
    if not (here.black_lost | used[BLACK_LOSES]) or not (here.white_lost | used[WHITE_LOSES]):
        return True  # nothing comes back unless both sides lose stones
    for n in range(d - 1, 0, -1):  # the root and what came before are the same for all
        black, white = frames[n].black, frames[n].white
        if black == here.black and white == here.white:
            continue  # only passes since
        if (
            not here.black & ~black & ~used[BLACK_LOSES]
            and not here.white & ~white & ~used[WHITE_LOSES]
            and not black & ~here.black & ~used[BLACK_PLAYS]
            and not white & ~here.white & ~used[WHITE_PLAYS]
        ):
            return False
    return True


# --- the table ---


@njit(cache=True)
def find_entry(here: Any, table: Any, generation: int, way: np.uint64) -> int:
    """The entry of the position, or the one that may be given up for it."""
    mixed = np.uint64(here.black * 2 + here.player) * np.uint64(0x9E3779B97F4A7C15) ^ way
    mixed = (mixed ^ np.uint64(here.white)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= np.uint64(here.ko * 2 + here.passes) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(29)
    first: Any = np.int64(mixed % np.uint64(len(table) // WAYS)) * WAYS
    worst, worth = first, 1 << 60
    for slot in range(first, first + WAYS):
        if table[slot].generation != generation:
            if worth >= 0:
                worst, worth = slot, -1
        elif is_of(here, table[slot], generation, way):
            return slot
        elif table[slot].effort < worth:
            worst, worth = slot, int(table[slot].effort)
    return worst


@njit(cache=True)
def is_of(here: Any, entry: Any, generation: int, way: np.uint64) -> bool:
    """Whether an entry is that of the position: on this way where `way` is not 0, else on any."""
    same = entry.black == here.black and entry.white == here.white and entry.ko == here.ko
    same = same and entry.turn == here.player + 2 * here.passes and entry.way == way
    return bool(same and entry.generation == generation)


@njit(cache=True)
def known(frames: Any, root: Any, table: Any, d: int) -> int:
    """What the table proves of frames[d], whatever the way into it or on this very way; 0 if nothing.

    Then its numbers are those of the table, or 0 if it has none either.
    """
    here = frames[d]
    here.proof = 0
    entry = table[find_entry(here, table, root.generation, np.uint64(0))]
    if is_of(here, entry, root.generation, np.uint64(0)):
        if entry.low >= root.target and _still_holds(frames, root, d, entry.at_least, 0):
            here.used[:] = entry.at_least[:]
            return YES
        if entry.high < root.target and _still_holds(frames, root, d, entry.at_most, 1):
            here.used[:] = entry.at_most[:]
            return NO
        if entry.target == root.target:
            here.proof, here.disproof = entry.proof, entry.disproof
    if here.black_lost and here.white_lost:
        entry = table[find_entry(here, table, root.generation, here.way)]
        if is_of(here, entry, root.generation, here.way):
            if entry.low >= root.target:
                here.used[:] = entry.at_least[:]
                return YES
            if entry.high < root.target:
                here.used[:] = entry.at_most[:]
                return NO
    return 0


@njit(cache=True)
def store(here: Any, root: Any, table: Any, d: int) -> None:
    """Keep what is known of frames[d] now: its numbers, or its verdict and what the proof used."""
    solved = here.proof == 0 or here.disproof == 0
    way = here.way if solved and here.used[EARLIEST] < d else np.uint64(0)  # holds on this way only
    entry = table[find_entry(here, table, root.generation, way)]
    if not is_of(here, entry, root.generation, way):
        entry.black, entry.white, entry.ko, entry.way = here.black, here.white, here.ko, way
        entry.turn, entry.generation = here.player + 2 * here.passes, root.generation
        entry.low, entry.high, entry.target, entry.effort = -128, 127, 127, 0
    entry.effort = min(entry.effort + root.nodes - here.start, 1 << 30)
    if not solved:
        entry.target, entry.proof, entry.disproof = root.target, here.proof, here.disproof
        return
    entry.target = 127  # where the proof does not hold, its numbers would be no help
    verdict = verdict_of(here)
    if verdict == YES and root.target > entry.low:
        entry.low = root.target
        entry.at_least[:] = here.used[:]
    elif verdict == NO and root.target - 1 < entry.high:
        entry.high = root.target - 1
        entry.at_most[:] = here.used[:]
