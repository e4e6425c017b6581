"""Whose each point will be: as the heads say that self-play has taught, and who has none."""

from __future__ import annotations

import numpy as np
import pytest

from agents.config import NetworkConfig
from agents.go_ownership import network_ownership, playout_ownership
from agents.gtp.thinkers import find_thinker
from agents.names import find_ownership
from agents.network import PolicyValueNetwork, new_network
from games import connect_four
from games.core import States
from games.go import GO5, GO9, with_komi

SIZE = 5
WALL = [f"{letter}{row}" for row in range(1, 6) for letter in "CD"]  # Black's column C beside White's D


def after(*names: str, komi: float = 0.5) -> States:
    states = with_komi(GO5.new(1), komi)
    for name in names:
        action = GO5.action_names.index(name)
        states = GO5.step(states, np.array([action], np.int32))
    return states


def untaught() -> PolicyValueNetwork:
    return new_network(NetworkConfig(8, 1), GO5, 3)


def test_a_wall_parts_the_board() -> None:
    """Black has fifteen points, White ten: the shipped network knows whose they are, playouts guess."""
    ownership = find_ownership("zero", GO5)
    assert ownership is not None
    owner, lead = ownership(after(*WALL))
    assert (np.abs(owner) <= 1).all()
    assert (np.sign(owner.reshape(SIZE, SIZE)) == [1, 1, 1, -1, -1]).mean() > 0.9
    assert lead == pytest.approx(4.5, abs=2.5)
    assert lead == pytest.approx(owner.sum() - 0.5)
    _, further = ownership(after(*WALL, komi=3.5))
    assert further == pytest.approx(lead - 3, abs=2)


def test_owners_turn_with_the_board() -> None:
    """Exactly, whatever the network has learned: the mean over all views."""
    ownership = network_ownership(untaught(), GO5)
    owner, lead = ownership(after("A1", "C3", "B4"))
    for turn in GO5.symmetries:
        moves = [GO5.action_names.index(name) for name in ("A1", "C3", "B4")]
        image = [int(np.flatnonzero(turn.cells == move)[0]) for move in moves]
        states = with_komi(GO5.new(1), 0.5)
        for move in image:
            states = GO5.step(states, np.array([move], np.int32))
        other, also = ownership(states)
        assert np.allclose(other, owner[turn.cells], atol=1e-5)
        assert also == pytest.approx(lead, abs=1e-4)


def test_both_colours_are_told_as_black_sees_it() -> None:
    """The same board with White to move: the network looks as White, and the answer stays Black's."""
    ownership = find_ownership("zero", GO5)
    assert ownership is not None
    black, white = ownership(after(*WALL)), ownership(after(*WALL, "pass"))
    assert np.corrcoef(black[0], white[0])[0, 1] > 0.9
    assert playout_ownership(50)(after())[0].shape == (SIZE * SIZE,)


def test_who_has_learned_it() -> None:
    assert find_ownership("master", GO9) is not None
    assert find_ownership("pretrained:zero@400", GO5) is not None
    for name, game in (("imitator", GO9), ("mcts-100", GO5), ("zero", connect_four.GAME)):
        assert find_ownership(name, game) is None
    assert find_thinker("zero", GO5, 10).ownership is not None
    assert find_thinker("zero.sampled", GO5, None).ownership is not None
    for name in ("mcts-10", "capturer", "search"):
        assert find_thinker(name, GO5, 10).ownership is None
