"""The replay window, and self-play of Go: positions made anew, who owns what, komi that varies, going on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stations import desk, same_state, state_of

from agents import reinforcement, self_play
from agents.config import CompareConfig, EvaluationConfig, NetworkConfig, SelfPlayConfig
from agents.learning import Examples, Learner, PlayedExamples, batch_of
from agents.played_states import PlayedStates
from agents.reinforcement import reinforce
from agents.replay_window import Window, empty_window, join, restore_window, window_arrays
from agents.self_play import Block, play_block, random_openings
from games import connect_four
from games.core import Game, States
from games.go import GO5, GO7, GO9, go_game, score
from lab.checkpoint import load_checkpoint, save_checkpoint
from lab.curve import ArmLog
from lab.randomness import game_keys
from lab.workers import Interrupted

GO3, CONNECT_FOUR = go_game(3), connect_four.GAME
TINY = SelfPlayConfig(games_per_iteration=8, batch=5, simulations=4, opening_share=0.5, opening_plies=3)


def evaluator_of(game: Game) -> Any:
    """One without rounding, whose rows decide alone: likes low actions, and passes when a few are left."""

    def evaluate(states: States) -> tuple[Any, Any]:
        logits = np.tile(-0.125 * np.arange(game.num_actions, dtype=np.float32), (len(states), 1))
        logits[:, -1] = 0.25 * (game.legal_action_mask(states).sum(axis=1) < game.num_actions // 2)
        return logits, np.where(game.current_player(states) == 0, 0.125, -0.125).astype(np.float32)

    return evaluate


def play(game: Game, seed: int = 1, block: int = 0, **changes: Any) -> Block:
    return play_block(game, evaluator_of(game), replace(TINY, **changes), seed, block)


@pytest.fixture(scope="module")
def block() -> Block:
    return play(GO5)


def played(window: Window) -> PlayedStates:
    assert isinstance(window, PlayedExamples)
    return window.states


def by_the_rules(states: PlayedStates) -> States:
    """Every position of a window, its games stepped through move by move."""
    game, made = states.game, []
    for number, ply in zip(states.game_index, states.plies, strict=True):
        state = states.starts[number : number + 1].copy()
        for action in states.actions[number, :ply]:
            state = game.step(state, np.array([action]))
        made.append(state)
    return np.concatenate(made)


def finals(states: PlayedStates) -> States:
    """How the games of a window ended."""
    out = []
    for start, actions in zip(states.starts, states.actions, strict=True):
        state = start[None].copy()
        for action in actions[actions >= 0]:
            state = states.game.step(state, np.array([action]))
        out.append(state)
    return np.concatenate(out)


def equal(one: Window, other: Window) -> bool:
    rows = np.arange(len(one.states))
    same_owners = one.owners is other.owners is None or np.array_equal(one.owners, other.owners)  # type: ignore[arg-type]
    return (
        same_owners
        and one.states[rows].tobytes() == other.states[rows].tobytes()
        and np.array_equal(one.action_weights, other.action_weights)
        and np.array_equal(one.value_targets, other.value_targets)
    )


# --- positions made anew ---


def test_positions_made_anew_are_those_that_were_played(block: Block) -> None:
    states = played(block.examples)
    assert len(states) == block.plies == len(block.examples.value_targets)
    expected = by_the_rules(states)
    everything = np.arange(len(states))
    assert states[everything].tobytes() == expected.tobytes()
    random = np.random.default_rng(1).permutation(len(states))[:40]
    assert states[random].tobytes() == expected[random].tobytes()
    assert states[3].tobytes() == expected[3:4].tobytes()
    assert states[5:9].tobytes() == expected[5:9].tobytes()
    assert states[everything % 3 == 0].tobytes() == expected[::3].tobytes()
    assert len(states[everything[:0]]) == 0


def test_they_are_what_the_search_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every state that was searched, bit for bit, history and all; they come by game and ply."""
    seen: list[States] = []
    search = self_play.search_states

    def spy(game: Game, evaluator: Any, states: States, *rest: Any) -> Any:
        seen.append(states.copy())
        return search(game, evaluator, states, *rest)

    monkeypatch.setattr(self_play, "search_states", spy)
    examples = play(GO5, seed=4).examples
    searched = sorted(state.tobytes() for states in seen for state in states)
    made = played(examples)
    assert sorted(state.tobytes() for state in made[np.arange(len(made))]) == searched
    order = list(zip(made.game_index.tolist(), made.plies.tolist(), strict=True))
    assert order == sorted(order)


def test_a_block_of_go_does_not_depend_on_who_flies_together(block: Block) -> None:
    for batch in (1, 64):
        assert equal(play(GO5, batch=batch).examples, block.examples)
    assert not equal(play(GO5, seed=2).examples, block.examples)


def test_weights_lie_on_legal_moves_and_the_move_played_has_some(block: Block) -> None:
    states, weights = played(block.examples), block.examples.action_weights
    mask = GO5.legal_action_mask(states[np.arange(len(states))])
    assert mask.any(axis=1).all(), "no finished position teaches anything"
    assert (weights[~mask] == 0).all()
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(states)), abs=1e-5)
    moves = states.actions[states.game_index, states.plies]
    assert (weights[np.arange(len(moves)), moves] > 0).all()


def test_every_game_is_whole(block: Block) -> None:
    states = played(block.examples)
    assert len(states.starts) == block.games == TINY.games_per_iteration
    assert np.array_equal(np.bincount(states.game_index), (states.actions >= 0).sum(axis=1))
    ended = finals(states)
    assert GO5.is_terminal(ended).all()
    assert block.first_player_score == (GO5.rewards(ended)[:, 0].mean() + 1) / 2


# --- who owns what, and values ---


@pytest.mark.parametrize("game", [GO3, GO5], ids=lambda game: game.name)
def test_owners_are_the_final_count_for_the_player_to_move(game: Game) -> None:
    examples = play(game, seed=3).examples
    states = played(examples)
    _, owner = score(finals(states))
    mover = game.current_player(states[np.arange(len(states))])
    assert examples.owners is not None
    assert examples.owners.dtype == np.int8
    assert {0, 1} == set(mover.tolist())
    assert np.array_equal(examples.owners, owner[states.game_index] * (1 - 2 * mover[:, None]))
    assert {-1, 1} <= set(np.unique(examples.owners).tolist())


def test_results_are_for_the_player_to_move() -> None:
    """With nothing but results as targets; the count and the komi say who won."""
    examples = play(GO5, seed=3, value_lambda=1.0).examples
    states = played(examples)
    balance, _ = score(finals(states))
    won = np.sign(balance - states.starts["komi"])[states.game_index]
    mover = GO5.current_player(states[np.arange(len(states))])
    proven = examples.value_targets != won * (1 - 2 * mover)  # what the search proved goes before the result
    assert proven.mean() < 0.1
    assert (np.abs(examples.value_targets) <= 1).all()


def test_connect_four_has_no_owners_and_keeps_its_states() -> None:
    examples = play(CONNECT_FOUR).examples
    assert isinstance(examples, Examples)
    assert examples.owners is None
    assert isinstance(empty_window(CONNECT_FOUR), Examples)


# --- komi ---


@pytest.mark.parametrize("game", [GO5, GO7, GO9], ids=lambda game: game.name)
def test_komi_varies(game: Game) -> None:
    """Half of the games and a few more have the usual one; none is beyond what decides a game beforehand."""
    assert game.vary is not None
    uniform = (np.arange(20_000) + 0.5) / 20_000
    states = game.new(20_000)
    varied = game.vary(states, uniform)
    assert states.tobytes() == game.new(20_000).tobytes(), "the states handed in are left alone"
    usual, points = float(states["komi"][0]), game.num_actions - 1
    komi = varied["komi"].astype(float)
    assert 0.5 <= (komi == usual).mean() < 0.65
    assert (komi[uniform < 0.5] == usual).all()
    assert np.abs(komi).max() <= 0.5 + points
    assert (komi % 1 == 0.5).all(), "no draws"
    assert (komi < usual - 2).mean() > 0.1
    assert (komi > usual).mean() > (0.1 if usual < 10 else 0.01), "on 5x5 there is little room above"
    assert (np.abs(komi) >= points).mean() < 0.1, "hardly a game is decided beforehand"
    near, far = ((np.abs(komi - usual) <= 2).mean(), (np.abs(komi - usual) > points / 2).mean())
    assert near > far, "the rarer the farther off"
    assert game.vary(states[:5], uniform[-5:])["komi"].tolist() == komi[-5:].tolist(), "of the number alone"
    varied["komi"] = usual
    assert varied.tobytes() == states.tobytes(), "nothing else changes"


def test_openings_vary_komi_by_their_key_alone() -> None:
    keys = game_keys(3, "test", 0, 300)
    states, lengths = random_openings(GO5, keys, 0.5, 4)
    assert 0.45 < (states["komi"] == 24.5).mean() < 0.75
    assert len(np.unique(states["komi"])) > 10
    assert np.array_equal(states["ply"], lengths)
    again, _ = random_openings(GO5, keys[50:60], 0.5, 4)
    assert again.tobytes() == states[50:60].tobytes()
    unopened, _ = random_openings(GO5, keys, 0.0, 4)
    assert np.array_equal(unopened["komi"], states["komi"])
    assert not unopened["ply"].any()


def test_a_game_keeps_its_komi(block: Block) -> None:
    states = played(block.examples)
    assert len(np.unique(states.starts["komi"])) > 1
    made = states[np.arange(len(states))]
    assert np.array_equal(made["komi"], states.starts["komi"][states.game_index])
    planes = GO5.observe(made)
    sign = 1 - 2 * made["player"]
    assert planes[:, 10, 0, 0] == pytest.approx(-made["komi"] * sign / 5), "what the network reads"


# --- the window ---


def test_the_window_drops_the_oldest_positions_and_games() -> None:
    blocks = [play(GO5, block=number).examples for number in range(3)]
    window = empty_window(GO5)
    everything = empty_window(GO5)
    for number, examples in enumerate(blocks):
        window = join(window, examples, 150)
        everything = join(everything, examples, 10**6)
        total = sum(len(part.states) for part in blocks[: number + 1])
        assert len(window.states) == len(window.owners) == min(150, total)  # type: ignore[arg-type]
        assert len(everything.states) == total
    last = np.arange(len(everything.states) - 150, len(everything.states))
    assert everything.states[last].tobytes() == window.states[np.arange(150)].tobytes()
    assert everything.owners is not None
    assert np.array_equal(everything.owners[-150:], window.owners)  # type: ignore[arg-type]
    assert np.array_equal(everything.action_weights[-150:], window.action_weights)
    assert np.array_equal(everything.value_targets[-150:], window.value_targets)
    kept = played(window)
    assert kept.game_index[0] == 0
    assert set(kept.game_index.tolist()) == set(range(len(kept.starts))), "no game without a position stays"
    assert len(kept.starts) < len(played(everything).starts) == 24


def test_a_window_smaller_than_a_game() -> None:
    window = join(empty_window(GO5), play(GO5).examples, 5)
    assert len(window.states) == 5
    assert len(played(window).starts) == 1
    assert window.states[np.arange(5)].tobytes() == by_the_rules(played(window)).tobytes()


@pytest.mark.parametrize("game", [GO3, GO5, CONNECT_FOUR], ids=lambda game: game.name)
@pytest.mark.parametrize("size", [0, 60])
def test_a_window_through_a_checkpoint(tmp_path: Path, game: Game, size: int) -> None:
    window = join(empty_window(game), play(game).examples, size) if size else empty_window(game)
    path = tmp_path / "window.safetensors"
    digest = save_checkpoint(path, window_arrays(window), {})
    restored = restore_window(load_checkpoint(path)[0], game)
    assert type(restored) is type(window)
    assert len(restored.states) == size
    assert equal(window, restored)
    assert save_checkpoint(path, window_arrays(restored), {}) == digest
    longer, same = (join(part, play(game, block=1).examples, 90) for part in (window, restored))
    assert equal(longer, same)


def test_a_window_that_lacks_a_part() -> None:
    arrays = window_arrays(play(GO5).examples)
    for name in arrays:
        if name != "replay.owners":
            with pytest.raises(KeyError, match=name):
                restore_window({key: value for key, value in arrays.items() if key != name}, GO5)


def test_batches_of_a_window(block: Block) -> None:
    """Drawn without symmetries, a batch is what the rules say of the positions made anew."""
    rows = np.array([7, 0, 7, len(block.examples.states) - 1])
    batch, states = batch_of(block.examples, rows, GO5), played(block.examples)[rows]
    assert np.array_equal(batch.planes, GO5.observe(states))
    assert np.array_equal(batch.legal_action_mask, GO5.legal_action_mask(states))
    assert np.array_equal(batch.action_weights, block.examples.action_weights[rows])
    assert np.array_equal(batch.owners, block.examples.owners[rows])  # type: ignore[arg-type,index]


# --- the loop ---

SMALL = CompareConfig(
    world="go5",
    human="none",
    counter_human="none",
    network=NetworkConfig(8, 1),
    zero=SelfPlayConfig(
        iterations=3,
        games_per_iteration=4,
        batch=4,
        simulations=2,
        batch_size=32,
        reuse=1.0,
        replay=150,
        evaluations=1,
    ),
    evaluation=EvaluationConfig(simulations=2, batch=16, pairs=1, curve_positions=4),
)


class PlainMeter:
    """Writes an arm's curve and measures nothing: how is not this file's matter."""

    def __init__(self, folder: Path, arm: str, *_: Any, start: int) -> None:
        self.log = ArmLog(folder, arm)
        self.log.truncate_after(start)

    def record(self, phase: str, learner: Learner, tags: dict[str, float], measure: bool) -> None:
        self.log.log(phase, learner.iteration, learner.cpu_seconds, learner.games, tags)

    def close(self) -> None:
        self.log.close()


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reinforcement, "ArmMeter", PlainMeter)


@pytest.mark.parametrize("looks", [0, 30, 80])
def test_a_stopped_zero_of_go_goes_on_bit_for_bit(tmp_path: Path, unmeasured: None, looks: int) -> None:
    reinforce(tmp_path / "whole", SMALL, "zero", desk())
    with pytest.raises(Interrupted):
        reinforce(tmp_path / "torn", SMALL, "zero", desk(looks=looks))
    reinforce(tmp_path / "torn", SMALL, "zero", desk())
    assert same_state(state_of(tmp_path / "whole", "zero"), state_of(tmp_path / "torn", "zero"))
    tensors, _ = state_of(tmp_path / "whole", "zero")
    assert len(tensors["replay.owners"]) == 150
    assert "network.owner_conv.weight" in tensors
