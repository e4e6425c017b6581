"""Gymnasium's face: its checker, the games by hand, and the vector environment row by row."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode

import games.environments  # noqa: F401  (registers them)
from games.core import IllegalMove, load_game
from games.environments.opponents import Drawing, opponent_act, random_act

IDS = {
    "connect_four": "move37/ConnectFour-v0",
    "tic_tac_toe": "move37/TicTacToe-v0",
    "go5": "move37/Go5-v0",
}


@pytest.fixture(params=IDS)
def world(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def lowest(world: str) -> Any:
    """An opponent without chance: the lowest-numbered legal action."""
    game = load_game(world)
    return lambda states: game.legal_action_mask(states).argmax(axis=1)


def played(env: Any, seeds: Iterator[int] | range) -> list[Any]:
    """Everything that games show in which the learner plays its highest-numbered legal action."""
    shown: list[Any] = []
    for seed in seeds:
        observation, info = env.reset(seed=seed)
        shown.append((observation, info))
        over = False
        while not over:
            action = int(np.flatnonzero(env.get_wrapper_attr("action_masks")())[-1])
            observation, reward, over, truncated, info = env.step(action)
            shown.append((observation, reward, over, truncated, info))
    return shown


def test_gymnasiums_checker_passes(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from games.environments.against import AgainstEnv

    monkeypatch.setitem(AgainstEnv.metadata, "render_fps", 1000)
    check_env(gymnasium.make(IDS[world]).unwrapped)


def test_a_game_by_hand() -> None:
    """The opponent fills column 1; the learner begins, and wins in column 4."""
    env = gymnasium.make("move37/ConnectFour-v0", opponent=lowest("connect_four"), render_mode="ansi")
    seed = next(seed for seed in range(20) if env.reset(seed=seed)[1]["seat"] == 0)
    observation, info = env.reset(seed=seed)
    assert not observation.any()
    assert info["action_mask"].tolist() == [1] * 7
    for _ in range(3):
        observation, reward, over, truncated, info = env.step(3)
        assert (reward, over, truncated, info["illegal_move"]) == (0.0, False, False, False)
    assert observation[:, 3, 0].tolist() == [0, 0, 0, 1, 1, 1], "own stones first, the top row first"
    assert observation[:, 0, 1].tolist() == [0, 0, 0, 1, 1, 1]
    observation, reward, over, _, info = env.step(3)
    assert (reward, over) == (1.0, True)
    assert not info["action_mask"].any()
    assert env.render().splitlines()[2:] == ["...X...", "O..X...", "O..X...", "O..X..."]


def test_who_begins_is_drawn_evenly_and_from_the_seed(world: str) -> None:
    env = gymnasium.make(IDS[world], opponent=lowest(world))
    seats = [env.reset(seed=seed)[1]["seat"] for seed in range(200)]
    assert seats == [env.reset(seed=seed)[1]["seat"] for seed in range(200)]
    assert 70 < sum(seats) < 130
    env.reset(seed=3)
    further = [env.reset()[1]["seat"] for _ in range(200)]
    assert 70 < sum(further) < 130, "later games of one seed are drawn anew"
    for _ in range(20):
        observation, info = env.reset()
        assert observation[..., 1].sum() == info["seat"]
        assert not observation[..., 0].any()


def test_the_same_seed_is_the_same_games(world: str) -> None:
    env, again = gymnasium.make(IDS[world]), gymnasium.make(IDS[world])
    shown = played(env, range(10))
    assert data_equivalence(shown, played(again, range(10)), exact=True)
    assert not data_equivalence(shown, played(again, range(10, 20)))


def test_an_illegal_move_loses(world: str) -> None:
    env = gymnasium.make(IDS[world], opponent=lowest(world))
    env.reset(seed=0)
    while env.get_wrapper_attr("action_masks")()[0]:
        assert not env.step(0)[2]
    observation, reward, over, _, info = env.step(0)
    assert (reward, over, info["illegal_move"]) == (-1.0, True, True)
    assert not info["action_mask"].any()
    assert env.observation_space.contains(observation)
    assert not env.reset()[1]["illegal_move"]


def test_what_is_no_action_or_no_opponent_is_named(world: str) -> None:
    game = load_game(world)
    env = gymnasium.make(IDS[world]).unwrapped
    env.reset(seed=0)
    for nonsense in (-1, game.num_actions):
        with pytest.raises(ValueError, match="an action is a number from 0 to"):
            env.step(nonsense)
    with pytest.raises(TypeError, match="an opponent is a callable"):
        gymnasium.make(IDS[world], opponent=37)
    stubborn = gymnasium.make(IDS[world], opponent=lambda states: np.full(len(states), game.num_actions))
    with pytest.raises(IllegalMove, match="the opponent's answer"):
        played(stubborn, range(1))


def test_names_are_for_who_knows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from games.environments import opponents

    monkeypatch.setattr(opponents, "_finders", [])
    with pytest.raises(ValueError, match=r"import agents\.environments"):
        opponent_act("alphabeta-4", load_game("connect_four"))


def test_the_random_opponent_plays_every_legal_move_alike(world: str) -> None:
    game = load_game(world)
    states = game.step(game.new(7000), np.full(7000, 3))
    keys = np.random.default_rng(0).integers(2**64, size=7000, dtype=np.uint64)
    plies = np.ones(7000, np.int32)
    actions = random_act(game)(states, keys, plies)
    mask = game.legal_action_mask(states[:1])[0]
    counts = np.bincount(actions, minlength=game.num_actions)
    expected = 7000 / mask.sum()
    assert not counts[~mask].any()
    assert (np.abs(counts[mask] - expected) < 5 * expected**0.5).all()
    assert np.array_equal(random_act(game)(states[::-1], keys[::-1], plies), actions[::-1])
    assert not np.array_equal(random_act(game)(states, keys, plies + 2), actions)


def test_a_drawing_opponent_is_told_the_ply_and_a_key_a_game(world: str) -> None:
    game, seen = load_game(world), []

    def act(states: Any, keys: Any, plies: Any) -> Any:
        seen.append((int(keys[0]), int(plies[0]), int(game.current_player(states)[0])))
        return game.legal_action_mask(states).argmax(axis=1)

    env = gymnasium.make(IDS[world], opponent=Drawing(act))
    played(env, range(5))
    games_seen: dict[int, list[tuple[int, int]]] = {}
    for key, ply, mover in seen:
        games_seen.setdefault(key, []).append((ply, mover))
    assert len(games_seen) == 5
    for turns in games_seen.values():
        assert [ply for ply, _ in turns] == list(range(turns[0][0], turns[-1][0] + 1, 2))
        assert all(mover == ply % 2 for ply, mover in turns)


def test_a_copy_keeps_the_game(world: str) -> None:
    env = gymnasium.make(IDS[world])
    env.reset(seed=5)
    env.step(4)
    many = gymnasium.make_vec(IDS[world], num_envs=4)
    many.reset(seed=5)
    again = pickle.loads(pickle.dumps(many))
    assert data_equivalence(*(one.step(np.array([1, 2, 3, 4])) for one in (many, again)), exact=True)
    for twin in (copy.deepcopy(env), pickle.loads(pickle.dumps(env.unwrapped))):
        there = copy.deepcopy(env)
        for action in (3, 2, 1):
            shown = [one.step(action) for one in (there, twin)]
            assert data_equivalence(*shown, exact=True)
            if shown[0][2]:
                break


def test_pictures(world: str) -> None:
    env = gymnasium.make(IDS[world], render_mode="rgb_array")
    env.reset(seed=0)
    before = env.render()
    env.step(4)
    assert before.dtype == np.uint8
    assert before.shape == (560, 640, 3)
    assert (before != env.render()).any()


@pytest.mark.parametrize("opponent", ["random", "lowest"])
def test_the_vector_environment_is_its_rows(world: str, opponent: str) -> None:
    """Beside Gymnasium's own vector of single environments: the same, bit by bit, infos included."""
    given: dict[str, Any] = {} if opponent == "random" else {"opponent": lowest(world)}
    many = gymnasium.make_vec(IDS[world], num_envs=6, **given)
    given |= {"vectorization_mode": "sync", "vector_kwargs": {"autoreset_mode": "SameStep"}}
    rows = gymnasium.make_vec(IDS[world], num_envs=6, **given)
    assert type(many.unwrapped).__name__ == "AgainstVectorEnv"
    assert many.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert many.observation_space == rows.observation_space
    assert many.action_space == rows.action_space
    random, shown, ended, illegal = np.random.default_rng(0), [], 0, 0
    for seed in (3, None, [9, 8, 7, 6, 5, 4]):
        shown = [many.reset(seed=seed), rows.reset(seed=seed)]
        assert data_equivalence(*shown, exact=True)
        for step in range(60):
            mask = shown[0][-1]["action_mask"]
            assert np.array_equal(mask, many.unwrapped.action_masks())
            actions = (random.random(mask.shape) * mask).argmax(axis=1)
            actions = np.zeros(6, np.int64) if step % 10 == 9 else actions
            shown = [many.step(actions), rows.step(actions)]
            assert data_equivalence(*shown, exact=True)
            ended += int(shown[0][2].sum())
            illegal += int(shown[0][-1].get("final_info", {}).get("illegal_move", np.zeros(1)).sum())
    assert ended > 50
    assert illegal > 3


def test_the_vector_environments_own_errors() -> None:
    env = gymnasium.make_vec("move37/ConnectFour-v0", num_envs=3)
    env.reset(seed=0)
    with pytest.raises(ValueError, match="3 games take 3 whole numbers"):
        env.step(np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="3 games take 3 seeds"):
        env.reset(seed=[1, 2])
    with pytest.raises(ValueError, match="num_envs is at least 1"):
        gymnasium.make_vec("move37/ConnectFour-v0", num_envs=0)


def test_vectors_without_a_seed_differ_and_render() -> None:
    env, other = (gymnasium.make_vec("move37/TicTacToe-v0", num_envs=40, render_mode="ansi") for _ in "ab")
    seats = [one.reset()[1]["seat"].tolist() for one in (env, other)]
    assert seats[0] != seats[1]
    assert 5 < sum(seats[0]) < 35
    boards = env.render()
    assert len(boards) == 40
    assert [board.count("X") for board in boards] == seats[0]


def test_any_world_by_name_or_value() -> None:
    by_name = gymnasium.make("move37/Game-v0", world="tic_tac_toe")
    by_value = gymnasium.make("move37/Game-v0", world=load_game("tic_tac_toe"))
    assert data_equivalence(played(by_name, range(3)), played(by_value, range(3)), exact=True)
