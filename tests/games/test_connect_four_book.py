"""The opening book: which positions it holds, that it is right, and that a kill loses one block."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from games import connect_four_book
from games.connect_four import GAME, is_terminal
from games.connect_four_book import (
    WrongBook,
    append_block,
    canonical_keys,
    compute_book,
    positions_at,
    read_blocks,
    read_book,
)
from games.connect_four_solver import Solver
from games.core import States

ROOT = Path(__file__).resolve().parents[2]
LATE = 24  # a toy ply: its positions are solved at once


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> States:
    """Fifty positions of ply 24 stand for all of them."""
    random, states = np.random.default_rng(3), GAME.new(400)
    for _ in range(LATE):
        weights = random.random((len(states), 7)) * GAME.legal_action_mask(states)
        states = GAME.step(states, weights.argmax(axis=1))
        states = states[~is_terminal(states)]
    keys, first = np.unique(canonical_keys(states), return_index=True)
    monkeypatch.setattr(connect_four_book, "positions_at", lambda ply: (keys[:50], states[first[:50]]))
    return states[first[:50]]


def test_positions_up_to_mirror() -> None:
    # of the published 1, 7, 49, 238 positions 1, 1, 1, 4 are their own image
    assert [len(positions_at(ply)[0]) for ply in range(4)] == [1, (7 + 1) // 2, (49 + 1) // 2, (238 + 4) // 2]
    keys, states = positions_at(5)
    assert (np.diff(keys.astype(np.int64)) > 0).all()
    assert (np.bitwise_count(states["occupied"]) == 5).all()


def test_mirror_images_share_a_key_and_nobody_else() -> None:
    states = np.concatenate([GAME.step(GAME.step(GAME.new(1), [a]), [b]) for a in range(7) for b in range(7)])
    images = np.concatenate(
        [GAME.step(GAME.step(GAME.new(1), [6 - a]), [6 - b]) for a in range(7) for b in range(7)]
    )
    assert np.array_equal(canonical_keys(states), canonical_keys(images))
    assert len(np.unique(canonical_keys(states))) == 25  # 49, of which one is its own image


def test_the_book_is_right_and_the_same_every_time(toy: States, tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        assert list(compute_book(LATE, tmp_path / name, block=8))[-1] == 50
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    keys, scores = read_book(tmp_path / "a.npz")
    assert np.array_equal(keys, canonical_keys(toy))
    assert np.array_equal(scores, Solver().scores(toy))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "b.npz"]


@pytest.mark.parametrize("torn", [0, 1, 23, 24])
def test_a_torn_block_alone_is_computed_again(toy: States, tmp_path: Path, torn: int) -> None:
    whole, again = tmp_path / "whole.npz", tmp_path / "again.npz"
    list(compute_book(LATE, whole, block=8))
    progress = compute_book(LATE, again, block=8)
    assert [next(progress) for _ in range(4)] == [0, 8, 16, 24]
    progress.close()
    part = tmp_path / "again.npz.part"
    os.truncate(part, part.stat().st_size - torn)
    finished = list(compute_book(LATE, again, block=8))
    assert finished[0] == (16 if torn else 24)
    assert finished[-1] == 50
    assert again.read_bytes() == whole.read_bytes()


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    part, head, sizes = tmp_path / "part", b"head", [3, 3, 2]
    assert read_blocks(part, head, sizes) == []
    for number, size in enumerate(sizes):
        append_block(part, head, number, np.full(size, number, np.int8))
    assert [block.tolist() for block in read_blocks(part, head, sizes)] == [[0] * 3, [1] * 3, [2] * 2]
    data = bytearray(part.read_bytes())
    data[4 + 19 + 1] ^= 1  # within the second block
    part.write_bytes(bytes(data))
    assert [block.tolist() for block in read_blocks(part, head, sizes)] == [[0] * 3]


def test_another_books_file_is_left_alone(toy: States, tmp_path: Path) -> None:
    part = tmp_path / "book.npz.part"
    part.write_bytes(b"something else entirely, and long")
    with pytest.raises(WrongBook, match="delete it"):
        next(compute_book(LATE, tmp_path / "book.npz", block=8))
    assert part.read_bytes() == b"something else entirely, and long"


def test_a_killed_process_is_taken_up(tmp_path: Path) -> None:
    out, part = tmp_path / "book.npz", tmp_path / "book.npz.part"
    command = [sys.executable, "-m", "games.connect_four_book", "--ply", "8", "--out", str(out)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (part.exists() and part.stat().st_size >= 16):
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert part.exists()
    assert not out.exists()
    assert next(compute_book(8, out)) >= 0
