"""Gymnasium's vector environment on the batched rules: N games against the opponent in lockstep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from games.core import Game
from games.environments.against import row_key, two_player_game
from games.environments.opponents import Opponent, opponent_act
from games.environments.pictures import MODES, board_picture, board_text, check_render_mode, render_modes
from games.environments.seats import Seats
from games.environments.views import observation_space

Infos = dict[str, Any]


class AgainstVectorEnv(VectorEnv[NDArray[Any], NDArray[Any], NDArray[Any]]):
    """N of `against.AgainstEnv`, row by row the same games as with the seeds SEED, SEED + 1, ...

    A finished game is begun anew in the same step (`AutoresetMode.SAME_STEP`): the observation is the new
    game's, the finished one's is in `final_obs` and `final_info`, where `_final_obs` is True.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": [mode for mode in MODES if mode != "human"],
        "render_fps": 2,
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(
        self,
        num_envs: int,
        world: Game | str = "connect_four",
        opponent: Opponent | str | None = None,
        render_mode: str | None = None,
        size: tuple[int, int] = (640, 560),
    ) -> None:
        """As AgainstEnv, but for the window, which N games do not share; raises what it raises."""
        if num_envs < 1:
            raise ValueError(f"num_envs is at least 1, not {num_envs}")
        self.game, self.num_envs = two_player_game(world), num_envs
        modes = [mode for mode in render_modes(self.game) if mode != "human"]
        self.metadata = {**self.metadata, "render_modes": modes}
        check_render_mode(render_mode, modes)
        self.render_mode, self.size = render_mode, size
        self.single_observation_space = observation_space(self.game)
        self.single_action_space = spaces.Discrete(self.game.num_actions)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._world, self._opponent = world, opponent
        self._seats = Seats(self.game, opponent_act(opponent, self.game), num_envs)
        self._seeded = False

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], Infos]:
        """Begin all games: observations [N, ...], infos. One seed stands for SEED, SEED + 1, ...

        Raises ValueError for a wrong number of seeds.
        """
        rows = np.arange(self.num_envs)
        if seed is None and not self._seeded:
            keys = self.np_random.integers(2**64, size=self.num_envs, dtype=np.uint64)
            self._seats.seed(rows, keys)
        elif seed is not None:
            super().reset(seed=seed if isinstance(seed, int) else None)
            self._seed([seed + row for row in range(self.num_envs)] if isinstance(seed, int) else seed)
        self._seeded = True
        self._seats.begin(rows)
        return self._seats.observations(), self._infos(np.zeros(self.num_envs, np.bool_))

    def _seed(self, seeds: Sequence[int | None]) -> None:
        if len(seeds) != self.num_envs:
            raise ValueError(f"{self.num_envs} games take {self.num_envs} seeds, not {len(seeds)}")
        for row, seed in enumerate(seeds):
            if seed is not None or not self._seeded:
                self._seats.seed(np.array([row]), row_key(seeding.np_random(seed)[0]))

    def step(
        self, actions: Any
    ) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], Infos]:
        """Play actions [N] and take the answers: observations, rewards, terminations, truncations, infos.

        Raises ValueError for what are no N actions, IllegalMove for an illegal answer.
        """
        outcome = self._seats.play(actions)
        ended = np.flatnonzero(outcome.over)
        if not len(ended):
            infos = self._infos(outcome.illegal)
        else:
            final = self._final(outcome.illegal, outcome.over)
            self._seats.begin(ended)
            infos = {**final, **self._infos(outcome.illegal & ~outcome.over)}
        truncations = np.zeros(self.num_envs, np.bool_)
        return self._seats.observations(), outcome.rewards, outcome.over, truncations, infos

    def action_masks(self) -> NDArray[np.bool_]:
        """The learners' legal actions, [N, A]."""
        return self._seats.open_actions.copy()

    def render(self) -> tuple[Any, ...] | None:
        """Every game as pixels [height, width, 3] (rgb_array) or text (ansi)."""
        if self.render_mode is None:
            return None
        states = self._seats.states
        if self.render_mode == "ansi":
            return tuple(board_text(self.game, state) for state in states)
        return tuple(board_picture(self.game, state, self.size) for state in states)

    def __getstate__(self) -> dict[str, Any]:
        """All but rules and opponent, which are made again of what this was made of."""
        return {name: value for name, value in vars(self).items() if name != "game"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.game = two_player_game(self._world)
        self._seats.join(self.game, opponent_act(self._opponent, self.game))

    def _infos(self, illegal: NDArray[np.bool_]) -> Infos:
        infos = {
            "action_mask": self._seats.open_actions.astype(np.int8),
            "seat": self._seats.seats.astype(np.int64),
            "illegal_move": illegal,
        }
        everywhere = np.ones(self.num_envs, np.bool_)
        return infos | {f"_{name}": everywhere.copy() for name in infos}

    def _final(self, illegal: NDArray[np.bool_], over: NDArray[np.bool_]) -> Infos:
        """The last observation and info of the games that are over, before they are begun anew."""
        observations = np.full(self.num_envs, None, object)
        rows = np.flatnonzero(over)
        for row, seen in zip(rows, self._seats.observations()[rows], strict=True):
            observations[row] = seen
        infos = {name: value for name, value in self._infos(illegal).items() if not name.startswith("_")}
        for value in infos.values():
            value[~over] = 0
        masked = infos | {f"_{name}": over.copy() for name in infos}
        final = {"final_obs": observations, "final_info": masked}
        return final | {f"_{name}": over.copy() for name in final}
