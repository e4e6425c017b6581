"""PettingZoo's face beside PettingZoo's own environments: move by move, its conformance tests, copies."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import warnings
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from pettingzoo.utils.env import AECEnv

from games.core import IllegalMove
from games.environments import connect_four_v0, tic_tac_toe_v0
from games.environments.two_player import TwoPlayerEnv

with warnings.catch_warnings():  # PettingZoo would rather be asked by `pettingzoo.make`
    warnings.simplefilter("ignore", DeprecationWarning)
    import pettingzoo
    from pettingzoo.classic import connect_four_v3, tictactoe_v3
    from pettingzoo.test import api_test, render_test, seed_test

ROOT = Path(__file__).resolve().parents[2]
PAIRS = {"connect_four": (connect_four_v0, connect_four_v3), "tic_tac_toe": (tic_tac_toe_v0, tictactoe_v3)}
GAMES = 60
# its tests know by name which environments have masks, or begin on an empty board; ours are not among them
ignored = pytest.mark.filterwarnings(
    "ignore:Observation is not a NumPy array",
    "ignore:Observation numpy array is all zeros",
    "ignore:Action mask numpy array is all zeros",  # of a full board, as PettingZoo's own
    "ignore:Observation space for each agent probably should be",
)


@pytest.fixture(params=PAIRS)
def modules(request: pytest.FixtureRequest) -> tuple[ModuleType, ModuleType]:
    return PAIRS[request.param]


@pytest.fixture(params=PAIRS)
def ours(request: pytest.FixtureRequest) -> ModuleType:
    return PAIRS[request.param][0]


@pytest.fixture(autouse=True)
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def alike(env: AECEnv[Any, Any, Any], peer: AECEnv[Any, Any, Any]) -> bool:
    """Whether two environments show the same of everything that a user can ask of them."""
    fields = ("agents", "agent_selection", "rewards", "terminations", "truncations", "infos", "num_agents")
    shown = [{name: getattr(one, name) for name in fields} for one in (env, peer)]
    seen = [{agent: one.observe(agent) for agent in peer.possible_agents} for one in (env, peer)]
    same_keys = list(shown[0]["rewards"]) == list(shown[1]["rewards"])
    last = [one.last() if one.agents else None for one in (env, peer)]
    return bool(same_keys and shown[0] == shown[1] and exactly(*seen) and exactly(*last))


def exactly(left: Any, right: Any) -> bool:
    return bool(data_equivalence(left, right, exact=True))


@pytest.mark.parametrize("kind", ["raw_env", "env"])
def test_it_is_pettingzoos_own_environment_move_by_move(
    modules: tuple[ModuleType, ModuleType], kind: str
) -> None:
    env, peer = (getattr(module, kind)() for module in modules)
    random = np.random.default_rng(37)
    finished = {1: 0, 0: 0, -1: 0}
    for number in range(GAMES):
        for one in (env, peer):
            one.reset(seed=number)
        while peer.agents:
            assert alike(env, peer)
            observation, reward, over, _, _ = peer.last()
            action = None if over else int(random.choice(np.flatnonzero(observation["action_mask"])))
            finished[reward] += bool(over)
            env.step(action)
            peer.step(action)
        assert env.agents == []
    assert finished[1] == finished[-1] > GAMES // 2, "most games are won by somebody"


@pytest.mark.parametrize("plies", range(8))
def test_an_illegal_move_ends_the_wrapped_game_as_there(
    modules: tuple[ModuleType, ModuleType], plies: int, capsys: pytest.CaptureFixture[str]
) -> None:
    env, peer = (module.env() for module in modules)
    for one in (env, peer):
        one.reset()
    moves = [0, 0, 0, 0, 0, 0, 0] if modules[0] is connect_four_v0 else [0, 1, 2, 4, 3, 5, 0]
    for action in [*moves[:plies], *([0] if plies else []), None, None]:
        if not peer.agents:
            break
        over = peer.terminations[peer.agent_selection]
        for one in (env, peer):
            one.step(None if over else 6 if action is None else action)
        assert alike(env, peer) if peer.agents else not env.agents


def test_raw_refuses_illegal_moves_and_stays_as_it_was(ours: ModuleType) -> None:
    env = ours.raw_env()
    env.reset()
    moves = [0] * 6 if ours is connect_four_v0 else [0]
    for action in moves:
        env.step(action)
    before = pickle.dumps(env)
    for action in (0, -1, 99):
        with pytest.raises(IllegalMove, match="mask"):
            env.step(action)
    with pytest.raises(ValueError, match="None"):
        env.step(None)
    assert pickle.dumps(env) == before


def test_spaces_and_wrappers_are_the_peers(modules: tuple[ModuleType, ModuleType]) -> None:
    env, peer = (module.env() for module in modules)
    assert env.possible_agents == peer.possible_agents
    for agent in peer.possible_agents:
        assert env.observation_space(agent) == peer.observation_space(agent)
        assert env.action_space(agent) == peer.action_space(agent)
        assert env.observation_space(agent) is env.observation_space(agent)
    layers = [[type(layer).__name__ for layer in unwrapping(one)][:-1] for one in (env, peer)]
    assert layers[0] == layers[1]
    for name, value in peer.metadata.items():
        if name not in ("name", "render_modes"):
            assert env.metadata[name] == value
    assert set(env.metadata["render_modes"]) == {"human", "rgb_array", "ansi"}


def unwrapping(env: Any) -> list[Any]:
    layers = [env]
    while layers[-1] is not layers[-1].unwrapped:
        layers.append(layers[-1].env)
    return layers


@ignored
@pytest.mark.parametrize("kind", ["raw_env", "env"])
def test_pettingzoos_conformance_tests_pass(ours: ModuleType, kind: str) -> None:
    api_test(getattr(ours, kind)(), num_cycles=200)
    seed_test(getattr(ours, kind), num_cycles=50)


@ignored
def test_every_render_mode_renders(ours: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ours.raw_env.metadata, "render_fps", 1000)
    render_test(ours.env)


def test_pictures_show_every_stone(modules: tuple[ModuleType, ModuleType]) -> None:
    pictures = []
    for module in modules:
        env = module.env(render_mode="rgb_array")
        env.reset()
        pictures.append([env.render()])
        for action in (3, 4):
            env.step(action)
            pictures[-1].append(env.render())
        env.close()
    shapes = [[one.shape for one in taken] for taken in pictures]
    assert shapes[0] == shapes[1], "as large as the peer's"
    ours = pictures[0]
    changed = [(a != b).any(axis=2).mean() for a, b in pairwise(ours)]
    assert all(0.005 < share < 0.1 for share in changed), "each move changes one cell"


def test_text_is_the_games_own() -> None:
    env = connect_four_v0.env(render_mode="ansi")
    env.reset()
    for action in (3, 3, 4):
        env.step(action)
    assert env.render().splitlines()[-2:] == ["...O...", "...XX.."]


def test_a_wrong_render_mode_is_named(ours: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"rgb-array.*there are: human, rgb_array, ansi"):
        ours.env(render_mode="rgb-array")


@pytest.mark.parametrize("how", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("kind", ["raw_env", "env"])
@pytest.mark.parametrize("mode", [None, "human"])
def test_a_copy_keeps_the_game(ours: ModuleType, how: Any, kind: str, mode: str | None) -> None:
    env = getattr(ours, kind)(render_mode=mode)
    env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 1000}
    env.reset()
    for action in (4, 0):
        env.step(action)
    twin = how(env)
    assert alike(twin, env)
    env.step(2)
    assert not exactly(twin.observe(twin.possible_agents[0]), env.observe(env.possible_agents[0]))
    twin.step(2)
    assert alike(twin, env)
    assert twin.unwrapped.game is env.unwrapped.game
    for one in (env, twin):
        one.close()


def test_they_are_registered_with_pettingzoo() -> None:
    for world, (module, _) in PAIRS.items():
        env = pettingzoo.make("aec", f"move37/{world}-v0", render_mode="ansi")
        env.reset()
        assert env.unwrapped.metadata["name"] == module.raw_env.metadata["name"]


def test_any_two_player_game_has_this_face() -> None:
    """By the rules where there is no kernel: the same, move by move."""
    fast = TwoPlayerEnv("connect_four")
    slow = TwoPlayerEnv(replace(fast.game, play_turn=None))
    random = np.random.default_rng(1)
    for _ in range(10):
        fast.reset()
        slow.reset()
        while fast.agents:
            if not fast.terminations[fast.agent_selection]:
                assert alike(slow, fast)
            observation, _, over, _, _ = fast.last()
            action = None if over else int(random.choice(np.flatnonzero(observation["action_mask"])))
            fast.step(action)
            slow.step(action)
            assert slow.rewards == fast.rewards


def test_neither_torch_nor_the_users_sound_is_touched() -> None:
    script = (
        "import os, sys; os.environ['SDL_AUDIODRIVER'] = 'mine'; os.environ['SDL_VIDEODRIVER'] = 'dummy'\n"
        "from games.environments import connect_four_v0\n"
        "env = connect_four_v0.env(render_mode='human'); env.reset(); env.step(0); env.close()\n"
        "print('torch' in sys.modules, os.environ['SDL_AUDIODRIVER'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split()[-2:] == ["False", "mine"]
