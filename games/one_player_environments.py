"""The worlds with one player as Gymnasium environments.

    import gymnasium
    import games.one_player_environments
    environment = gymnasium.make("move37/CleaningRobot-v0", reward="camera", render_mode="rgb_array")

`move37/GridWorld-v0` observes the robot's cell (0 to 24), `move37/CleaningRobot-v0` planes of 3 x 4.
`info["true_reward"]` is what a step was worth, whatever was paid for it; `info["state"]` the number of the
state, for tables. Episodes are cut off after 100 and 30 steps: truncated, not terminated.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from games.cleaning_robot import MAX_STEPS, REWARDS, paid_by
from games.core import States
from games.one_player import World, load_world

RENDER_MODES = ("ansi", "rgb_array")


class OnePlayerEnvironment(gymnasium.Env[Any, Any]):
    """A world with one player, one episode at a time."""

    metadata = {  # noqa: RUF012  (as Gymnasium has it)
        "render_modes": list(RENDER_MODES),
        "render_fps": 6,
    }

    def __init__(self, world: World, render_mode: str | None = None) -> None:
        """Raises ValueError for a render mode that is none of ansi and rgb_array."""
        if render_mode not in (None, *RENDER_MODES):
            raise ValueError(f"render_mode is one of {', '.join(RENDER_MODES)}, or None, not {render_mode!r}")
        self.world, self.render_mode = world, render_mode
        self.action_space = spaces.Discrete(world.num_actions)
        self._states: States | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        """The beginning; nothing here is left to chance, so that every seed begins alike."""
        super().reset(seed=seed, options=options)
        self._states = self.world.new(1)
        return self._observe(), self._info(0.0)

    def step(self, action: Any) -> Any:
        """One step; raises IllegalMove for an action that there is not, and after the end."""
        step = self.world.step(self._now(), np.array([int(action)], np.int32))
        self._states = step.states
        terminated = bool(step.is_terminal[0])
        return (
            self._observe(),
            float(step.reward[0]),
            terminated,
            False,
            self._info(float(step.true_reward[0])),
        )

    def render(self) -> Any:
        """The state as text or as pixels, uint8 [H, W, 3]; None without a render mode."""
        if self.render_mode == "ansi":
            return self.world.to_text(self._now()[0])
        return self.world.pixels(self._now()[0]) if self.render_mode == "rgb_array" else None

    def _now(self) -> States:
        if self._states is None:
            raise RuntimeError("call reset() before anything else")
        return self._states

    def _observe(self) -> Any:
        raise NotImplementedError

    def _info(self, true_reward: float) -> dict[str, Any]:
        return {"true_reward": true_reward, "state": int(self.world.number(self._now())[0])}


class GridWorldEnvironment(OnePlayerEnvironment):
    """5 x 5 cells, corner to opposite corner, -2 a step: observes the cell, 0 to 24, from the north-west."""

    def __init__(self, render_mode: str | None = None) -> None:
        """Raises ValueError for a render mode that is none of ansi and rgb_array."""
        super().__init__(load_world("gridworld"), render_mode)
        self.observation_space = spaces.Discrete(self.world.num_states)

    def _observe(self) -> np.int64:
        return np.int64(self.world.number(self._now())[0])


class CleaningRobotEnvironment(OnePlayerEnvironment):
    """A robot paid by a camera; `reward` is camera, penalty or true. Observes float32 planes [6, 3, 4]."""

    def __init__(self, reward: str = "camera", render_mode: str | None = None) -> None:
        """Raises ValueError for another agreement or render mode."""
        if reward not in REWARDS:
            raise ValueError(f"reward is one of {', '.join(REWARDS)}, not {reward!r}")
        super().__init__(paid_by(reward), render_mode)
        self.observation_space = spaces.Box(0.0, 1.0, self.world.observation_shape, np.float32)

    def _observe(self) -> NDArray[np.float32]:
        plane: NDArray[np.float32] = self.world.observe(self._now())[0]
        return plane


def register() -> None:
    """Make both known to gymnasium.make; a second call changes nothing."""
    here = __name__
    for name, entry, steps in (
        ("move37/GridWorld-v0", "GridWorldEnvironment", load_world("gridworld").max_steps),
        ("move37/CleaningRobot-v0", "CleaningRobotEnvironment", MAX_STEPS),
    ):
        if name not in gymnasium.registry:
            gymnasium.register(id=name, entry_point=f"{here}:{entry}", max_episode_steps=steps)


register()
