"""The exact score of every unfinished Connect Four position of one ply, up to mirror: an opening book.

    python -m games.connect_four_book --ply 8 --out FILE.npz

May be stopped at any time and started again: finished blocks stand in FILE.npz.part and are not
computed twice, so that a kill loses one block at most. The book is made of two arrays: `keys` uint64
[N], ascending (see `canonical_keys`), and `scores` int8 [N], for the player to move, in the unit of
`games.connect_four_solver`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.connect_four import BOTTOM, CELLS, STATE, is_terminal, legal_action_mask, new, step
from games.connect_four_search import mirror_image
from games.connect_four_solver import Solver
from games.core import States, as_states

BLOCK = 64  # positions between two writes: some seconds of work at ply 8
TABLE_BITS = 28  # 2 GiB: neighbours in the book share much of their search, and it is done once
DIGEST = 16  # bytes of checksum behind every block


class WrongBook(ValueError):  # noqa: N818
    """A file that was begun for another ply, or by another version, stands where the book is to go."""


def canonical_keys(states: States) -> NDArray[np.uint64]:
    """One number a position, the same for its mirror image: uint64 [B].

    The smaller of both images of `current + occupied + bottom row`, which names a position uniquely.
    """
    keys = np.empty(len(states), np.uint64)
    _canonical_keys(as_states(states, STATE), keys)
    return keys


@njit(cache=True)
def _canonical_keys(states: Any, keys: Any) -> None:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        image = mirror_image(current) + mirror_image(occupied)
        keys[b] = min(current + occupied, image) + BOTTOM


def positions_at(ply: int) -> tuple[NDArray[np.uint64], States]:
    """Every unfinished position of that ply up to mirror: ascending keys [N] and states [N]."""
    states = new(1)
    for _ in range(ply):
        rows, actions = np.nonzero(legal_action_mask(states))
        states = step(states[rows], actions.astype(np.int32))
        _, first = np.unique(canonical_keys(states), return_index=True)
        states = states[first]
        states = states[~is_terminal(states)]
    return canonical_keys(states), states


# --- the unfinished book: scores of whole blocks, each behind it a checksum ---


def read_blocks(path: Path, head: bytes, sizes: list[int]) -> list[NDArray[np.int8]]:
    """The sound blocks at the beginning of an unfinished book; what follows them is cut off.

    `head` says whose book it is: WrongBook is raised where the file begins otherwise.
    """
    data = path.read_bytes() if path.exists() else b""
    if len(data) < len(head) and head.startswith(data):  # none yet, or killed within the first bytes
        path.write_bytes(head)
        return []
    if not data.startswith(head):
        raise WrongBook(f"{path} was begun for other positions: delete it, or name another file with --out")
    blocks: list[NDArray[np.int8]] = []
    place = len(head)
    for size in sizes:
        block, digest = data[place : place + size], data[place + size : place + size + DIGEST]
        if len(digest) < DIGEST or digest != _digest(head, len(blocks), block):
            break
        blocks.append(np.frombuffer(block, np.int8))
        place += size + DIGEST
    os.truncate(path, place)
    return blocks


def append_block(path: Path, head: bytes, number: int, scores: NDArray[np.int8]) -> None:
    """Write one block behind the others, and wait until it is on the disk."""
    block = scores.tobytes()
    with path.open("ab") as file:
        file.write(block + _digest(head, number, block))
        file.flush()
        os.fsync(file.fileno())


def _digest(head: bytes, number: int, block: bytes) -> bytes:
    return hashlib.blake2b(head + number.to_bytes(8, "little") + block, digest_size=DIGEST).digest()


# --- the computation ---


def compute_book(ply: int, out: Path, block: int = BLOCK, table_bits: int = TABLE_BITS) -> Iterator[int]:
    """Compute what is missing of the book and write it; yields the number of finished positions, first
    that of the last session.

    Raises WrongBook where `out` + ".part" belongs to another book.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    keys, states = positions_at(ply)
    head = hashlib.blake2b(keys.tobytes() + block.to_bytes(8, "little"), digest_size=DIGEST).digest()
    starts = range(0, len(keys), block)
    part = out.with_name(out.name + ".part")
    blocks = read_blocks(part, head, [len(keys[start : start + block]) for start in starts])
    yield sum(map(len, blocks))
    solver = Solver(table_bits)
    for number in range(len(blocks), len(starts)):
        start = starts[number]
        blocks.append(solver.scores(states[start : start + block]))
        append_block(part, head, number, blocks[-1])
        yield start + len(blocks[-1])
    write_book(out, keys, np.concatenate(blocks))
    part.unlink()


def write_book(path: Path, keys: NDArray[np.uint64], scores: NDArray[np.int8]) -> None:
    """Put the finished book into place, whole or not at all."""
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, keys=keys, scores=scores)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def read_book(path: Path) -> tuple[NDArray[np.uint64], NDArray[np.int8]]:
    """Keys [N], ascending, and scores [N] of a finished book."""
    with np.load(path) as book:
        return book["keys"], book["scores"]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--ply", type=int, default=8, help="stones on the board")
    parser.add_argument("--out", type=Path, required=True, help="the book; OUT.part keeps what is done")
    parser.add_argument("--table-bits", type=int, default=TABLE_BITS, help="log2 of the table's entries")
    options = parser.parse_args()
    if not 0 <= options.ply < CELLS:
        parser.error(f"--ply is a number from 0 to {CELLS - 1}")
    if options.out.exists():
        parser.error(f"{options.out} is already there")
    total = len(positions_at(options.ply)[0])
    progress = compute_book(options.ply, options.out, table_bits=options.table_bits)
    before, start = next(progress), time.process_time()
    print(f"ply {options.ply}: {total} positions, {before} already done", flush=True)
    for done in progress:
        seconds = (time.process_time() - start) / (done - before)
        left = seconds * (total - done) / 3600
        print(f"{done}/{total}, {seconds:.3f} CPU s a position, {left:.1f} CPU h left", flush=True)


if __name__ == "__main__":
    main()
