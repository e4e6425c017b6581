"""One gradient step: what it lowers, what it refuses, and that a saved learner goes on bit for bit."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents.config import NetworkConfig
from agents.learning import (
    Batch,
    Examples,
    Learner,
    batch_of,
    draw,
    forward,
    learner_tensors,
    new_learner,
    restore_learner,
    save_learner,
    train_step,
)
from agents.network import new_network
from games import connect_four, tic_tac_toe
from games.core import Game, States, Symmetry
from lab.checkpoint import CheckpointError
from lab.optimization import learning_rate_at
from lab.randomness import game_keys, sample_batch
from lab.run import TrainingDiverged

TTT, CONNECT_FOUR = tic_tac_toe.GAME, connect_four.GAME


def some_states(game: Game, count: int, plies: int = 4) -> States:
    keys, states = game_keys(1, "test", 0, count), game.new(count)
    for ply in range(plies):
        states = game.step(states, sample_batch(game.legal_action_mask(states), keys, ply))
    return states


def some_examples(game: Game, count: int = 200) -> Examples:
    """A rule that can be learned: play the first legal action; X is winning."""
    states = some_states(game, count)
    first = game.legal_action_mask(states).argmax(axis=1)
    values = np.where(game.current_player(states) == 0, 1.0, -1.0).astype(np.float32)
    return Examples(states, np.eye(game.num_actions, dtype=np.float32)[first], values)


def learner_of(game: Game, total: int = 200, seed: int = 0, rate: float = 1e-2) -> Learner:
    return new_learner(game, new_network(NetworkConfig(8, 1), game, seed), rate, 1e-4, 0.5, total)


def copied(learner: Learner) -> dict[str, Any]:
    return {name: torch.as_tensor(tensor).clone() for name, tensor in learner_tensors(learner).items()}


def identical(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


# --- the step ---


def test_steps_lower_the_loss() -> None:
    examples, learner = some_examples(CONNECT_FOUR), learner_of(CONNECT_FOUR)
    batch = draw(examples, 64, seed=0, update=0, game=CONNECT_FOUR, augment=False)
    losses = [train_step(learner, batch) for _ in range(60)]
    assert losses[0][0] == pytest.approx(math.log(7), abs=0.5), "at first it knows nothing"
    assert losses[-1][0] < 0.3 * losses[0][0]
    assert losses[-1][1] < 0.3 * losses[0][1]
    assert learner.updates == 60


def test_steps_are_deterministic() -> None:
    examples, twins = some_examples(TTT), [learner_of(TTT), learner_of(TTT)]
    for update in range(4):
        for learner in twins:
            train_step(learner, draw(examples, 32, 7, update, TTT, augment=True))
    assert identical(copied(twins[0]), copied(twins[1]))


def test_no_value_is_taught_where_none_is_known() -> None:
    """The value's error is that of the rows that have one, and of none at all the value learns nothing."""
    examples = some_examples(TTT)
    known = np.arange(len(examples.states)) % 2 == 0
    rows = np.flatnonzero(known)
    values = np.where(known, examples.value_targets, 0).astype(np.float32)
    half = dataclasses.replace(examples, value_targets=values, known=known)
    everything = np.arange(len(examples.states))
    batch = batch_of(half, everything, TTT)
    value = forward(learner_of(TTT), batch)[1].detach().numpy()
    expected = float(((value - values)[rows] ** 2).mean())
    assert train_step(learner_of(TTT), batch)[1] == pytest.approx(expected, rel=1e-4)
    learner = learner_of(TTT)
    before = copied(learner)
    none = dataclasses.replace(half, known=np.zeros(len(known), bool))
    assert train_step(learner, batch_of(none, rows, TTT))[1] == 0.0
    assert not identical(before, copied(learner)), "the moves are taught"
    other = learner_of(TTT)
    train_step(other, batch_of(dataclasses.replace(none, value_targets=-values), rows, TTT))
    assert identical(copied(other), copied(learner)), "whatever stands where nothing is known"


@pytest.mark.parametrize("what", ["action_weights", "value_targets"])
@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_poison_is_refused_and_nothing_learned(what: str, poison: float) -> None:
    learner = learner_of(TTT)
    batch = draw(some_examples(TTT), 16, 0, 0, TTT, augment=False)
    train_step(learner, batch)
    weights = [parameter.detach().clone() for parameter in learner.network.parameters()]
    moments = {n: t for n, t in copied(learner).items() if n.startswith("optimizer")}
    getattr(batch, what)[3] = poison
    with pytest.raises(TrainingDiverged, match=r"step 1: (policy|value)_loss is NaN or infinite") as caught:
        train_step(learner, batch)
    assert caught.value.step == 1
    assert learner.updates == 1
    after = learner.network.parameters()
    assert all(torch.equal(a, b) for a, b in zip(weights, after, strict=True))
    assert identical(moments, {n: t for n, t in copied(learner).items() if n.startswith("optimizer")})


def test_masked_actions_get_no_gradient() -> None:
    """A full column's logit stays where it is, however often its position is learned."""
    learner = learner_of(CONNECT_FOUR)
    batch = draw(some_examples(CONNECT_FOUR), 32, 0, 0, CONNECT_FOUR, augment=False)
    batch.legal_action_mask[:, 6] = False
    bias = learner.network.policy_out.bias
    before = float(bias[6].detach())
    for _ in range(3):
        train_step(learner, batch)
    assert float(bias[6].detach()) == before
    assert float(bias[0].detach()) != 0.0


def test_rows_without_actions_teach_the_value_alone() -> None:
    """The policy's loss is the mean over the rows that teach an action: the two halves of a batch average
    to the whole, and of no such row there is none."""
    batch = draw(some_examples(TTT), 8, 0, 0, TTT, augment=False)
    weights, losses = batch.action_weights.copy(), []
    for taught in (slice(0, 4), slice(4, 8), slice(0, 8), slice(0, 0)):
        batch.action_weights[:] = 0.0
        batch.action_weights[taught] = weights[taught]
        losses.append(train_step(learner_of(TTT), batch))
    first, second, whole, nothing = (policy for policy, _ in losses)
    assert (first + second) / 2 == pytest.approx(whole, rel=1e-5)
    assert first != second
    assert nothing == 0.0
    assert len({value for _, value in losses}) == 1


def test_weight_decay_is_for_matrices() -> None:
    groups = learner_of(TTT).optimizer.param_groups
    assert [group["weight_decay"] for group in groups] == [1e-4, 0.0]
    assert all(p.ndim > 1 for p in groups[0]["params"])
    assert all(p.ndim == 1 for p in groups[1]["params"])


def test_learning_rate_by_hand() -> None:
    """50 updates up, then half a cosine down to a fiftieth; it stays there beyond the end."""
    assert learning_rate_at(0, 1050, 1.0) == pytest.approx(1 / 50)
    assert learning_rate_at(49, 1050, 1.0) == pytest.approx(1.0)
    assert learning_rate_at(50, 1050, 1.0) == pytest.approx(1.0)
    assert learning_rate_at(550, 1050, 1.0) == pytest.approx(0.02 + 0.98 / 2)
    assert learning_rate_at(1050, 1050, 3.0) == pytest.approx(0.06)
    assert learning_rate_at(5000, 1050, 3.0) == pytest.approx(0.06)
    learner = learner_of(TTT)
    train_step(learner, draw(some_examples(TTT), 8, 0, 0, TTT, augment=False))
    assert [group["lr"] for group in learner.optimizer.param_groups] == pytest.approx([1e-2 / 50] * 2)


# --- drawing ---


def test_a_draw_is_a_function_of_seed_and_update() -> None:
    examples = some_examples(CONNECT_FOUR)
    one, same, later, other = (
        draw(examples, 40, seed, update, CONNECT_FOUR, augment=True)
        for seed, update in [(1, 2), (1, 2), (1, 3), (2, 2)]
    )
    for field in dataclasses.fields(Batch):
        assert np.array_equal(getattr(one, field.name), getattr(same, field.name))
    assert not np.array_equal(one.planes, later.planes)
    assert not np.array_equal(one.planes, other.planes)


def test_drawing_changes_no_example() -> None:
    examples = some_examples(TTT)
    before = [np.array(getattr(examples, f.name)) for f in dataclasses.fields(Examples)]
    draw(examples, 100, 0, 0, TTT, augment=True)
    for field, kept in zip(dataclasses.fields(Examples), before, strict=True):
        assert np.array_equal(getattr(examples, field.name), kept)


def seen_through(game: Game, symmetry: Symmetry, state: Any) -> States:
    """A position with its cells moved as the symmetry says, by way of its text."""
    rows = game.to_text(state).split()
    cells = np.array(list("".join(rows)))[symmetry.cells]
    width = len(rows[0])
    return game.from_text("\n".join("".join(cells[i : i + width]) for i in range(0, len(cells), width)))


@pytest.mark.parametrize("game", [TTT, CONNECT_FOUR], ids=lambda game: game.name)
def test_symmetries_commute_with_the_rules(game: Game) -> None:
    """Every drawn row is some example seen through some symmetry: planes, mask and weights of the
    position whose text was moved cell by cell, and a move in it leads where the moved move leads."""
    examples = some_examples(game, 30)
    batch = draw(examples, 300, 5, 0, game, augment=True)
    rows = np.random.default_rng([5, 0]).integers(30, size=300)  # which examples `draw` drew
    used = set()
    for row, source in enumerate(rows):
        state, weights = examples.states[source], examples.action_weights[source]
        candidates = [(0, examples.states[source : source + 1], np.arange(game.num_actions))] + [
            (number, seen_through(game, symmetry, state), symmetry.actions)
            for number, symmetry in enumerate(game.symmetries, 1)
        ]
        found = [
            number
            for number, moved, actions in candidates
            if np.array_equal(game.observe(moved)[0], batch.planes[row])
            and np.array_equal(game.legal_action_mask(moved)[0], batch.legal_action_mask[row])
            and np.array_equal(weights[actions], batch.action_weights[row])
        ]
        assert found, f"row {row} is no position seen through a symmetry"
        used.add(found[0])
        assert batch.value_targets[row] == examples.value_targets[source]
    assert used == set(range(len(game.symmetries) + 1)), "all of them are drawn"


@pytest.mark.parametrize("game", [TTT, CONNECT_FOUR], ids=lambda game: game.name)
def test_a_move_and_its_image_lead_to_images(game: Game) -> None:
    for state in some_states(game, 10):
        for symmetry in game.symmetries:
            moved = seen_through(game, symmetry, state)
            for image, action in enumerate(symmetry.actions):
                if game.legal_action_mask(state[None])[0, action]:
                    after = game.step(state[None], np.array([action]))[0]
                    image_after = game.step(moved, np.array([image]))[0]
                    assert game.to_text(seen_through(game, symmetry, after)[0]) == game.to_text(image_after)


# --- saved and gone on with ---


@pytest.mark.parametrize("game", [TTT, CONNECT_FOUR], ids=lambda game: game.name)
def test_a_restored_learner_goes_on_bit_for_bit(game: Game, tmp_path: Path) -> None:
    """6 steps at once are 3 steps, saved, put into a fresh learner of other weights, and 3 more."""
    examples, whole, first = some_examples(game), learner_of(game), learner_of(game)

    def train(learner: Learner, steps: int) -> None:
        for _ in range(steps):
            train_step(learner, draw(examples, 32, 3, learner.updates, game, augment=True))

    train(whole, 6)
    train(first, 3)
    first.games, first.iteration, first.cpu_seconds = 12, 2, 1.5
    save_learner(tmp_path / "c.safetensors", first, {"replay": np.arange(5)})
    second = learner_of(game, seed=99)
    tensors, meta = restore_learner(tmp_path / "c.safetensors", second)
    assert identical(copied(first), copied(second))
    assert (second.updates, second.games, second.iteration, second.cpu_seconds) == (3, 12, 2, 1.5)
    assert np.array_equal(tensors["replay"], np.arange(5))
    assert meta["world"] == game.name
    train(second, 3)
    assert identical(copied(whole), copied(second))


def test_an_untrained_learner_can_be_saved(tmp_path: Path) -> None:
    save_learner(tmp_path / "c.safetensors", learner_of(TTT))
    second = learner_of(TTT, seed=5)
    restore_learner(tmp_path / "c.safetensors", second)
    assert identical(copied(second), copied(learner_of(TTT)))
    train_step(second, draw(some_examples(TTT), 8, 0, 0, TTT, augment=False))


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nothing"):
        restore_learner(tmp_path / "nothing.safetensors", learner_of(TTT))


def test_the_clock_counts_what_is_inside() -> None:
    learner = learner_of(TTT)
    with learner.clock():
        sum(range(200_000))
    counted = learner.cpu_seconds
    assert counted > 0
    sum(range(200_000))
    assert learner.cpu_seconds == counted
