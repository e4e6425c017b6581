"""go_v0 beside PettingZoo's go_v5, move by move; where the rules differ, which of them does."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from games.core import IllegalMove
from games.environments import go_v0
from games.environments.two_player import TwoPlayerEnv
from games.go import go_game

with warnings.catch_warnings():  # PettingZoo would rather be asked by `pettingzoo.make`
    warnings.simplefilter("ignore", DeprecationWarning)
    import pettingzoo
    from pettingzoo.classic import go_v5
    from pettingzoo.classic.go import go_base
    from pettingzoo.test import api_test, render_test, seed_test

ignored = pytest.mark.filterwarnings(
    "ignore:Observation is not a NumPy array",
    "ignore:Observation numpy array is all zeros",
    "ignore:Action mask numpy array is all zeros",
    "ignore:Observation space for each agent probably should be",
)


@pytest.fixture(autouse=True)
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def shown(env: Any) -> dict[str, Any]:
    """Everything that a user can ask for but masks and observations."""
    names = ("agents", "agent_selection", "rewards", "terminations", "truncations", "infos", "num_agents")
    return {name: getattr(env, name) for name in names}


def mask_of(env: Any, agent: str) -> np.ndarray:
    return np.asarray(env.observe(agent)["action_mask"])


def assert_alike(env: Any, peer: Any) -> None:
    """Whether both show the same, masks of the player to move aside."""
    assert shown(env) == shown(peer)
    for agent in peer.possible_agents:
        seen, there = env.observe(agent)["observation"], peer.observe(agent)["observation"]
        assert (seen.dtype, seen.shape) == (there.dtype, there.shape)
        assert np.array_equal(seen, there)
        if agent != peer.agent_selection:
            assert not mask_of(env, agent).any()
            assert not mask_of(peer, agent).any()
    if peer.agents:
        assert env.last()[1:] == peer.last()[1:]


def differing(env: Any, peer: Any, positions: set[bytes]) -> Counter[str]:
    """Which rule each difference of the two masks comes from; fails for one that has another reason."""
    agent, rules, found = peer.agent_selection, peer.unwrapped._go, Counter[str]()
    ours, theirs = mask_of(env, agent), mask_of(peer, agent)
    assert ours.dtype == theirs.dtype
    assert (ours[-1], theirs[-1]) == (1, 1)
    assert (ours <= theirs).all(), "what is closed there repeats a position, too"
    for action in np.flatnonzero(theirs > ours):
        after = rules.play_move(divmod(int(action), go_base.N))
        assert after.board.tobytes() in positions, "closed without a repetition"
        found["repetition"] += 1
    return found


def games(size: int, count: int, kind: str = "raw_env") -> Iterator[tuple[Any, Any, Counter[str]]]:
    """Random games through both, each checked move by move to the end of ours."""
    env, peer = (getattr(module, kind)(board_size=size, komi=0.5) for module in (go_v0, go_v5))
    random = np.random.default_rng(37 + size)
    for number in range(count):
        for one in (env, peer):
            one.reset(seed=number)
        positions, differences = {peer.unwrapped._go.board.tobytes()}, Counter[str]()
        while peer.agents:
            over = any(env.terminations.values())
            if over and not any(peer.terminations.values()):
                assert env.unwrapped._turns.state["ply"][0] == 3 * size * size
                differences["move limit"] += 1
                break
            assert_alike(env, peer)
            agent = peer.agent_selection
            if over:
                assert np.array_equal(mask_of(env, agent), mask_of(peer, agent)), "the pass alone"
                action = None
            else:
                differences += differing(env, peer, positions)
                both = mask_of(env, agent) * mask_of(peer, agent) * random.random(size * size + 1)
                action = int(both.argmax())
            for one in (env, peer):
                one.step(action)
            positions.add(peer.unwrapped._go.board.tobytes())
        differences["games"] += 1
        yield env, peer, differences


@pytest.mark.parametrize("kind", ["raw_env", "env"])
@pytest.mark.parametrize(("size", "count"), [(2, 60), (3, 150), (5, 30), (9, 4)])
def test_it_is_go_v5_move_by_move(size: int, count: int, kind: str) -> None:
    told: Counter[str] = sum((found for _, _, found in games(size, count, kind)), Counter())
    assert told["games"] == count
    assert told["move limit"] < count / 2, "most games end by passes"
    if size < 4:
        assert told["repetition"] > 0, "on the smallest boards longer cycles are met"


def play(env: Any, moves: str) -> None:
    """Moves as people write them, into an environment."""
    size = env.observation_space("black_0")["observation"].shape[0]
    names = go_game(size).action_names
    for move in moves.split():
        env.step(names.index(move))


def test_a_ko_is_closed_in_both_and_a_longer_cycle_here_alone() -> None:
    ko, cycle = (5, "C4 D4 B3 E3 C2 D2 D3 C3", "D3", 0), (2, "B1 A1 B2 pass A2 A1", "B1", 1)
    for size, moves, closed, theirs in (ko, cycle):
        action = go_game(size).action_names.index(closed)
        for module, is_open in ((go_v0, 0), (go_v5, theirs)):
            env = module.raw_env(board_size=size, komi=0.5)
            env.reset()
            play(env, moves)
            assert mask_of(env, "black_0")[action] == is_open


def test_a_tie_is_nobodys_here_and_whites_there() -> None:
    rewards = []
    for module in (go_v0, go_v5):
        env = module.env(board_size=5, komi=0)
        env.reset()
        play(env, "pass pass")
        rewards.append(dict(env.rewards))
    assert rewards == [{"black_0": 0, "white_0": 0}, {"black_0": -1, "white_0": 1}]


def test_komi_decides_alike() -> None:
    for komi, black in ((24.5, 1), (25.5, -1)):
        for module in (go_v0, go_v5):
            env = module.env(board_size=5, komi=komi)
            env.reset()
            play(env, "C3 pass pass")
            assert env.rewards == {"black_0": black, "white_0": -black}


def test_illegal_moves_lose_wrapped_and_raise_raw() -> None:
    for module in (go_v0, go_v5):
        env = module.env(board_size=5)
        env.reset()
        play(env, "C3 C3")
        assert env.rewards == {"black_0": 0, "white_0": -1}
    raw = go_v0.raw_env(board_size=5)
    raw.reset()
    play(raw, "C3")
    before = pickle.dumps(raw)
    for action in (12, -1, 26):
        with pytest.raises(IllegalMove, match="mask"):
            raw.step(action)
    assert pickle.dumps(raw) == before


def test_spaces_wrappers_and_sizes_are_the_peers() -> None:
    for given in ({}, {"board_size": 9, "komi": 6.5}):
        env, peer = go_v0.env(**given), go_v5.env(**given)
        assert env.possible_agents == peer.possible_agents
        for agent in peer.possible_agents:
            assert env.observation_space(agent) == peer.observation_space(agent)
            assert env.action_space(agent) == peer.action_space(agent)
        while env is not env.unwrapped:
            assert type(env) is type(peer)
            env, peer = env.env, peer.env
        assert env.metadata["render_fps"] == peer.metadata["render_fps"]
    with pytest.raises(ValueError, match="from 2x2 to 19x19"):
        go_v0.env(board_size=20)


@ignored
@pytest.mark.parametrize("kind", ["raw_env", "env"])
def test_pettingzoos_conformance_tests_pass(kind: str) -> None:
    make = getattr(go_v0, kind)
    api_test(make(board_size=7), num_cycles=200)
    seed_test(lambda: make(board_size=7), num_cycles=50)


@ignored
def test_every_render_mode_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(go_v0.raw_env.metadata, "render_fps", 1000)
    render_test(lambda render_mode: go_v0.env(board_size=5, screen_height=200, render_mode=render_mode))


@pytest.mark.parametrize("how", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("kind", ["raw_env", "env"])
def test_a_copy_keeps_the_game_its_past_and_its_komi(how: Any, kind: str) -> None:
    env = getattr(go_v0, kind)(board_size=5, komi=3.5)
    env.reset()
    play(env, "C3 C4 D4 pass B4 A1")
    twin = how(env)
    assert_alike(twin, env)
    assert twin.unwrapped.game is env.unwrapped.game, "rules are not copied"
    play(env, "C5")
    assert not np.array_equal(*(one.observe("black_0")["observation"] for one in (twin, env)))
    play(twin, "C5")
    assert_alike(twin, env)
    assert twin.observe("white_0")["observation"][:, :, 1].sum() == 1, "C4 is taken: A1 is left"


def test_text_and_pictures_follow_the_board() -> None:
    env = go_v0.env(board_size=5, render_mode="ansi")
    env.reset()
    play(env, "C3 D4")
    assert env.render().splitlines()[2:4] == [" 4 . . .(O). 4", " 3 . . X . . 3"]
    pictures = []
    env = go_v0.env(board_size=5, render_mode="rgb_array", screen_height=240)
    env.reset()
    for moves in ("", "C3", "D4"):
        play(env, moves)
        pictures.append(env.render().astype(int))
    assert pictures[0].shape == (240, 240, 3)
    middle, upper = pictures[2][120, 120], pictures[2][77, 163]
    assert pictures[1][120, 120].max() < 255, "a ring's middle on a black stone"
    assert middle.max() < 110 < 200 < upper.min()


def test_it_is_registered_and_as_a_game_has_the_plain_face() -> None:
    env = pettingzoo.make("aec", "move37/go-v0", board_size=9)
    env.reset()
    assert env.observe("black_0")["observation"].shape == (9, 9, 17)
    plain = TwoPlayerEnv("go5")
    plain.reset()
    plain.step(12)
    assert plain.observe("player_1")["observation"][2, 2].tolist() == [0, 1]


@pytest.mark.parametrize("komi", [float("nan"), float("inf"), -float("inf")])
def test_a_komi_is_a_finite_number(komi: float) -> None:
    with pytest.raises(ValueError, match="komi is a finite number of points, not"):
        go_v0.env(board_size=5, komi=komi)
