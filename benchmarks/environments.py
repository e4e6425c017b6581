"""Our faces beside PettingZoo's own environments and Gymnasium's own vector: the same recorded games.

A move of an AEC environment is `last()` and `step(action)`, as in everybody's loop; beginning games and
the dead agents' steps are counted in. Gymnasium: a learner's move and the random opponent's answer.

python benchmarks/environments.py [REPEATS]
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import measure
import numpy as np

with warnings.catch_warnings():  # PettingZoo would rather be asked by `pettingzoo.make`
    warnings.simplefilter("ignore", DeprecationWarning)
    from pettingzoo.classic import connect_four_v3, go_v5, tictactoe_v3

import gymnasium

from games.environments import connect_four_v0, go_v0, tic_tac_toe_v0

GAMES, MOVES = 60, 2_000
GO_GAMES = 3  # they are long
PEERS: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
    (connect_four_v0, connect_four_v3, {}),
    (tic_tac_toe_v0, tictactoe_v3, {}),
    *((go_v0, go_v5, {"board_size": size}) for size in (5, 9, 19)),
)
Games = list[list[int]]


def recorded(env: Any, count: int) -> Games:
    """Random games, the moves of each."""
    random, games = np.random.default_rng(0), []
    for _ in range(count):
        env.reset()
        moves = []
        while not any(env.terminations.values()):
            mask = env.observe(env.agent_selection)["action_mask"]
            moves.append(int(random.choice(np.flatnonzero(mask))))
            env.step(moves[-1])
        games.append(moves)
    return games


def replayed(env: Any, games: Games) -> Callable[[], int]:
    """All games through an AEC environment; how many moves they have."""

    def work() -> int:
        for moves in games:
            env.reset()
            for action in moves:
                env.last()
                env.step(action)
            while env.agents and env.terminations[env.agent_selection]:  # go_v5 has no limit of moves
                env.last()
                env.step(None)
        return sum(map(len, games))

    return work


def batched(envs: Any) -> Callable[[], int]:
    """Random legal moves of the learner in a vector environment; how many."""
    random, rows = np.random.default_rng(0), envs.num_envs
    _, infos = envs.reset(seed=0)
    mask = infos["action_mask"]

    def work() -> int:
        nonlocal mask
        for _ in range(max(1, MOVES // rows)):
            mask = envs.step((random.random(mask.shape) * mask).argmax(axis=1))[-1]["action_mask"]
        return max(1, MOVES // rows) * rows

    return work


def main(repeats: int = 7) -> None:
    """Print the medians."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("pettingzoo", "gymnasium", "numpy", "numba"))
    print(versions)
    for ours, peer, given in PEERS:
        games = recorded(ours.raw_env(**given), GO_GAMES if given else GAMES)
        name = peer.raw_env.metadata["name"] + "".join(f" {value}" for value in given.values())
        for kind in ("raw_env", "env"):
            both = {"ours": getattr(ours, kind)(**given), "theirs": getattr(peer, kind)(**given)}
            work = {whose: replayed(env, games) for whose, env in both.items()}
            print(measure.line(f"{name}.{kind} moves/s", measure.rates(work, repeats)))
    sync = {"vectorization_mode": "sync", "vector_kwargs": {"autoreset_mode": "SameStep"}}
    for name in ("ConnectFour", "Go9"):
        many = gymnasium.make_vec(f"move37/{name}-v0", num_envs=1024)
        single = gymnasium.make_vec(f"move37/{name}-v0", num_envs=16, **sync)
        work = {"ours, 1,024 games": batched(many), "SyncVectorEnv of our single one, 16": batched(single)}
        print(measure.line(f"move37/{name}-v0 learner's moves/s", measure.rates(work, repeats)))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
