"""What every registered game has to keep: run over all names, no test is edited for a new game.

Of a game of one's own: python -m pytest tests/games/test_conformance.py --game path/to/my_game.py
"""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

from games.core import (
    DRAWN,
    GAMES,
    GOES_ON,
    ILLEGAL,
    LOST,
    WON,
    Actions,
    Game,
    IllegalMove,
    SlotsPlayed,
    States,
    Symmetry,
    UnknownGame,
    game_names,
    load_game,
)

ROOT = Path(__file__).resolve().parents[2]
GAMES_PLAYED = 48
RULES = ("legal_action_mask", "current_player", "observe", "rewards", "is_terminal")


class Ply(NamedTuple):
    """One ply of the games still going: their numbers, states, actions, and states after."""

    rows: np.ndarray
    states: States
    actions: Actions
    after: States


def play_randomly(game: Game, count: int, seed: int) -> list[Ply]:
    """`count` uniformly random games in lockstep, until none goes on or max_plies are played."""
    random = np.random.default_rng(seed)
    rows, states, plies = np.arange(count), game.new(count), []
    for _ in range(game.max_plies):
        weights = random.random((len(states), game.num_actions))
        actions = (weights * game.legal_action_mask(states)).argmax(axis=1).astype(np.int32)
        after = game.step(states, actions)
        plies.append(Ply(rows, states, actions, after))
        live = ~game.is_terminal(after)
        rows, states = rows[live], after[live]
        if not len(rows):
            break
    return plies


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every game that is registered, or those files that --game names."""
    if "world" in metafunc.fixturenames:
        worlds = metafunc.config.getoption("--game") or game_names()
        metafunc.parametrize("world", worlds, scope="module")


@pytest.fixture(scope="module")
def game(world: str) -> Game:
    return load_game(world)


@pytest.fixture(scope="module")
def plies(game: Game) -> list[Ply]:
    return play_randomly(game, GAMES_PLAYED, seed=37)


@pytest.fixture(scope="module")
def states(plies: list[Ply]) -> States:
    """Many positions of all phases, the first and the finished ones among them."""
    return np.concatenate([plies[0].states[:1], *(ply.after for ply in plies)])


def same(left: Any, right: Any) -> bool:
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


def test_the_value_describes_itself(game: Game, world: str) -> None:
    assert (game.name in GAMES) == (game.name == world)
    if game.score is not None:
        balance, owner = game.score(game.new(2))
        assert (balance.tolist(), owner.shape) == ([0, 0], (2, len(game.symmetries[0].cells)))
    if game.with_komi is not None:
        assert game.with_komi(game.new(2), 0.5)["komi"].tolist() == [0.5, 0.5]
    assert len(game.action_names) == len(set(game.action_names)) == game.num_actions
    for symmetry in game.symmetries:
        assert sorted(symmetry.actions) == list(range(game.num_actions))
        assert sorted(symmetry.cells) == list(range(len(symmetry.cells)))
        assert not np.array_equal(symmetry.cells, np.arange(len(symmetry.cells))), "the identity is left out"


def test_shapes_and_types(game: Game, states: States) -> None:
    batch = len(states)
    expected = {
        "legal_action_mask": ((batch, game.num_actions), np.bool_),
        "current_player": ((batch,), np.int8),
        "observe": ((batch, *game.observation_shape), np.float32),
        "rewards": ((batch, game.num_players), np.float32),
        "is_terminal": ((batch,), np.bool_),
    }
    for rule, (shape, dtype) in expected.items():
        found = getattr(game, rule)(states)
        assert (found.shape, found.dtype) == (shape, dtype), rule
        empty = getattr(game, rule)(states[:0])
        assert empty.shape == (0, *shape[1:]), rule
    assert game.new(3).shape == (3,)
    assert game.new(3).dtype == game.state_dtype
    assert np.isfinite(game.observe(states)).all()
    assert set(np.unique(game.current_player(states))) <= set(range(game.num_players))


def test_moves_exist_until_the_end_and_no_longer(game: Game, states: States) -> None:
    assert np.array_equal(~game.legal_action_mask(states).any(axis=1), game.is_terminal(states))


def test_random_games_end_in_time(game: Game, plies: list[Ply]) -> None:
    assert game.is_terminal(plies[-1].after).all()
    assert sum(game.is_terminal(ply.after).sum() for ply in plies) == GAMES_PLAYED


def test_rewards_come_at_the_end_and_sum_to_nothing(game: Game, states: States) -> None:
    rewards = game.rewards(states)
    over = game.is_terminal(states)
    assert not rewards[~over].any()
    if game.num_players == 2:
        assert not rewards.sum(axis=1).any()
        assert set(np.unique(rewards)) <= {-1.0, 0.0, 1.0}


def test_two_players_alternate(game: Game, plies: list[Ply]) -> None:
    if game.num_players != 2:
        pytest.skip("one player")
    for number, ply in enumerate(plies):
        assert (game.current_player(ply.states) == number % 2).all()


def test_rules_change_nothing_they_are_handed(game: Game, plies: list[Ply]) -> None:
    ply = plies[len(plies) // 2]
    states, actions = ply.states.copy(), ply.actions.copy()
    after = game.step(states, actions)
    for rule in RULES:
        getattr(game, rule)(states)
    assert same(states, ply.states)
    assert same(actions, ply.actions)
    assert not np.shares_memory(after, states)


def test_a_batch_is_its_rows(game: Game, plies: list[Ply]) -> None:
    for ply in plies[:: max(1, len(plies) // 4)]:
        for b in range(min(5, len(ply.rows))):
            row = slice(b, b + 1)
            assert same(game.step(ply.states[row], ply.actions[row]), ply.after[row])
            for rule in RULES:
                assert same(getattr(game, rule)(ply.after[row]), getattr(game, rule)(ply.after)[row])


def illegal_actions(game: Game, states: States) -> list[tuple[int, int]]:
    """(row, action) pairs that the rules forbid, some off the board."""
    pairs = np.argwhere(~game.legal_action_mask(states))
    pairs = pairs[:: max(1, len(pairs) // 20)]
    return [*((int(b), int(a)) for b, a in pairs), (0, -1), (len(states) - 1, game.num_actions)]


def test_illegal_moves_are_named_and_change_nothing(game: Game, states: States) -> None:
    over = game.is_terminal(states)
    for b, action in illegal_actions(game, states):
        batch = np.concatenate([states[~over][:2], states[b : b + 1]])
        before = batch.copy()
        actions = np.append(game.legal_action_mask(batch[:2]).argmax(axis=1), action)
        with pytest.raises(IllegalMove) as caught:
            game.step(batch, actions)
        assert (caught.value.row, caught.value.action) == (2, action)
        assert same(batch, before)


def test_illegal_moves_are_refused_under_dash_o(world: str) -> None:
    script = f"""
import numpy as np
from games.core import IllegalMove, load_game
game = load_game({world!r})
states = game.new(2)
for action in (-1, game.num_actions):
    try:
        game.step(states, np.array([0, action]))
    except IllegalMove as error:
        if error.row != 1 or states.tobytes() != game.new(2).tobytes():
            raise SystemExit("wrong row, or states changed")
    else:
        raise SystemExit("an illegal move went through")
"""
    subprocess.run([sys.executable, "-O", "-c", script], check=True, cwd=ROOT)


def image_of(symmetry: Symmetry, actions: Actions) -> Actions:
    """Where the actions lie after the symmetry."""
    return np.argsort(symmetry.actions)[actions].astype(np.int32)


def test_symmetries_commute_with_the_rules(game: Game, plies: list[Ply]) -> None:
    for symmetry in game.symmetries:
        images = game.new(GAMES_PLAYED)
        for ply in plies:
            images[ply.rows] = game.step(images[ply.rows], image_of(symmetry, ply.actions))
            here, there = ply.after, images[ply.rows]
            assert same(game.rewards(here), game.rewards(there))
            assert same(game.is_terminal(here), game.is_terminal(there))
            mask = game.legal_action_mask(here)
            assert np.array_equal(mask[:, symmetry.actions], game.legal_action_mask(there))
            planes = game.observe(here).reshape(len(here), -1, len(symmetry.cells))
            seen = game.observe(there).reshape(planes.shape)
            assert np.array_equal(planes[:, :, symmetry.cells], seen)


def test_text_there_and_back(game: Game, states: States) -> None:
    for state in states[:: max(1, len(states) // 60)]:
        text = game.to_text(state)
        back = game.from_text(text)
        assert text.isascii()
        assert back.shape == (1,)
        assert back.dtype == game.state_dtype
        assert game.to_text(back[0]) == text


@pytest.mark.parametrize("text", ["", "?", "X" * 1000, "no board\nat all"])
def test_text_that_is_no_board_is_refused(game: Game, text: str) -> None:
    with pytest.raises(ValueError, match=r"\w{3}"):
        game.from_text(text)


def test_states_of_another_game_are_refused(game: Game) -> None:
    foreign = np.zeros(2, np.dtype([("nonsense", np.float64)]))
    for rule in RULES:
        with pytest.raises(TypeError, match="dtype"):
            getattr(game, rule)(foreign)
    with pytest.raises(TypeError, match="dtype"):
        game.step(foreign, np.zeros(2, np.int32))


def test_one_action_a_state(game: Game) -> None:
    with pytest.raises(ValueError, match="shape"):
        game.step(game.new(3), np.zeros(2, np.int32))


def compiled_signatures(game: Game) -> dict[str, int]:
    """How many versions of each kernel of the game's file have been compiled or loaded."""
    step = game.step
    rules = step.func if isinstance(step, functools.partial) else step  # Go's are bound to a board size
    module = sys.modules[rules.__module__]
    kernels = {name: item for name, item in vars(module).items() if isinstance(item, CPUDispatcher)}
    return {name: len(kernel.signatures) for name, kernel in kernels.items()}


def test_odd_arrays_give_the_same_and_compile_nothing(game: Game, plies: list[Ply]) -> None:
    ply = plies[0]
    game.step(ply.states, ply.actions)
    for rule in RULES:
        getattr(game, rule)(ply.states)
    before = compiled_signatures(game)
    frozen, strided = ply.states.copy(), np.repeat(ply.states, 2)[::2]
    frozen.setflags(write=False)
    frozen_actions = ply.actions.copy()
    frozen_actions.setflags(write=False)
    for states in (frozen, strided, strided[::-1]):
        order = slice(None, None, -1) if states.strides[0] < 0 else slice(None)
        for actions in (frozen_actions, ply.actions.astype(np.int64), np.repeat(ply.actions, 2)[::2]):
            assert same(game.step(states, actions[order])[order], ply.after)
        for rule in RULES:
            assert same(getattr(game, rule)(states)[order], getattr(game, rule)(ply.states))
    assert compiled_signatures(game) == before


def test_wrong_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownGame, match="did you mean 'connect_four'"):
        load_game("conect_four")


# --- a tree search's step in one kernel, where a game has it ---


def test_play_slots_says_what_the_rules_say(game: Game, plies: list[Ply]) -> None:
    """Every ply of random games, each row in a slot of its own, every third row idle."""
    if game.play_slots is None:
        return  # the search composes the step out of the rules themselves
    for ply in plies:
        batch = len(ply.states)
        slots = np.full((batch, 3), game.new(1)[0], game.state_dtype)
        slots[:, 1] = ply.states
        new_slots = np.where(np.arange(batch) % 3 == 2, -1, 2).astype(np.int32)
        out = SlotsPlayed(
            np.full((batch, game.num_actions), 7, np.int32),
            np.full(batch, 7, np.float32),
            np.full(batch, 7, np.float32),
            np.zeros(batch, np.bool_),
            np.zeros(batch, np.int64),
            game.new(batch),
        )
        count = game.play_slots(slots, np.ones(batch, np.int32), ply.actions, new_slots, out)
        busy = np.flatnonzero(new_slots == 2)
        after = ply.after[busy]
        assert np.array_equal(slots[busy, 2], after)
        assert np.array_equal(slots[:, 1], ply.states)
        assert (slots[new_slots < 0, 2] == game.new(1)[0]).all()
        mask, over = game.legal_action_mask(after), game.is_terminal(after)
        legal = np.where(mask, np.arange(game.num_actions), -1)
        assert np.array_equal(out.legal_actions[busy], legal)
        movers = game.current_player(ply.states[busy])
        assert np.array_equal(out.reward[busy], game.rewards(after)[np.arange(len(busy)), movers])
        same_player = game.current_player(after) == movers
        assert np.array_equal(out.discount[busy], np.where(over, 0, np.where(same_player, 1, -1)))
        assert np.array_equal(out.is_terminal[busy], over)
        assert np.array_equal(out.rows[:count], busy[~over])
        assert np.array_equal(out.states[:count], after[~over])


def test_play_slots_refuses_what_the_rules_refuse(game: Game, plies: list[Ply]) -> None:
    if game.play_slots is None:
        return
    slots = np.stack([game.new(2), game.new(2)], axis=1)
    out = SlotsPlayed(
        np.zeros((2, game.num_actions), np.int32), np.zeros(2, np.float32), np.zeros(2, np.float32),
        np.zeros(2, np.bool_), np.zeros(2, np.int64), game.new(2),
    )  # fmt: skip
    parents, new_slots = np.zeros(2, np.int32), np.ones(2, np.int32)
    legal = int(game.legal_action_mask(slots[:1, 0])[0].argmax())
    for illegal in (-1, game.num_actions):
        with pytest.raises(IllegalMove, match="row 1"):
            game.play_slots(slots, parents, np.array([legal, illegal], np.int32), new_slots, out)
    over = next(ply.after[game.is_terminal(ply.after)] for ply in plies if game.is_terminal(ply.after).any())
    slots[1, 0] = over[0]
    with pytest.raises(IllegalMove, match="row 1"):
        game.play_slots(slots, parents, np.array([legal, legal], np.int32), new_slots, out)


# --- one game's move in one kernel, where a game has it ---


def test_play_turn_says_what_the_rules_say(game: Game) -> None:
    if game.play_turn is None:
        return  # the faces go by the rules themselves
    random = np.random.default_rng(5)
    for _ in range(20):
        state = game.new(1)
        stones = np.zeros((*game.observation_shape[1:], 2), np.int8)
        open_actions = game.legal_action_mask(state)[0].astype(np.int8)
        while not game.is_terminal(state)[0]:
            mover = int(game.current_player(state)[0])
            mask = game.legal_action_mask(state)[0]
            assert np.array_equal(open_actions, mask)
            before = (state.tobytes(), stones.tobytes(), open_actions.tobytes())
            for illegal in (-1, game.num_actions, *np.flatnonzero(~mask)):
                assert game.play_turn(state, int(illegal), stones, open_actions) == ILLEGAL
            assert (state.tobytes(), stones.tobytes(), open_actions.tobytes()) == before
            action = int(random.choice(np.flatnonzero(mask)))
            after = game.step(state, np.array([action]))
            outcome = game.play_turn(state, action, stones, open_actions)
            assert same(state, after)
            planes = game.observe(after)[0, :2]
            own_first = planes if game.current_player(after)[0] == 0 else planes[::-1]
            assert np.array_equal(stones, np.moveaxis(own_first, 0, -1))
            reward = game.rewards(after)[0, mover]
            over = {1.0: WON, 0.0: DRAWN, -1.0: LOST}[float(reward)]
            assert outcome == (over if game.is_terminal(after)[0] else GOES_ON)
        assert game.play_turn(state, 0, stones, open_actions) == ILLEGAL
