"""The policies kept over training: what a point holds, what resuming forgets, the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.policy_log import PolicyHistory, policies_path, read_policies, write_policies

POLICY = np.array([[0.5, 0.5, 0.0], [1e-8, 0.25, 0.75]])


def history(*steps: int) -> PolicyHistory:
    made = read_policies(Path("there is none"))
    for step in steps:
        made = made.and_then(step, POLICY)
    return made


def test_a_chance_is_read_as_it_was_written_however_small(tmp_path: Path) -> None:
    path = tmp_path / "policies.npz"
    write_policies(path, history(1, 5))
    read = read_policies(path)
    assert read.steps.tolist() == [1, 5]
    assert read.of(1, 0) == pytest.approx([1e-8, 1e-8], rel=0.01)
    assert read.of(1, 2) == pytest.approx([0.75, 0.75], rel=0.001)
    assert read.of(0, 2).tolist() == [0.0, 0.0]  # illegal


def test_a_repeated_step_takes_the_place_of_what_came_at_or_after_it() -> None:
    again = history(1, 2, 3).and_then(2, POLICY[:, ::-1])
    assert again.steps.tolist() == [1, 2]
    assert again.of(1, 2) == pytest.approx([0.75, 1e-8], rel=0.01)


def test_a_resumed_arm_keeps_what_its_checkpoint_has_seen() -> None:
    assert history(1, 2, 3).until(2).steps.tolist() == [1, 2]
    assert len(history(1).until(0).steps) == 0


def test_an_undisturbed_and_a_resumed_history_are_the_same_bytes(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole.npz", tmp_path / "torn.npz"
    write_policies(whole, history(1, 2, 3))
    write_policies(torn, history(1, 2, 3))
    write_policies(torn, read_policies(torn).until(2).and_then(3, POLICY))
    assert torn.read_bytes() == whole.read_bytes()


def test_it_lies_beside_the_arms_curve() -> None:
    assert policies_path(Path("run"), "zero") == Path("run/arms/zero/policies.npz")
