"""PettingZoo's face of any two-player game: AEC, with the layout of its own classic environments."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pettingzoo.utils import wrappers
from pettingzoo.utils.env import AECEnv

from games.core import GOES_ON, ILLEGAL, LOST, WON, Game, IllegalMove
from games.environments.pictures import Screen, board_picture, board_text, check_render_mode, render_modes
from games.environments.turns import Turns

Observation = dict[str, NDArray[Any]]
REWARDS = {WON: (1, -1), LOST: (-1, 1)}  # the mover's, the other's; of a draw nobody's


def wrapped(env: AECEnv[Any, Any, Any]) -> AECEnv[Any, Any, Any]:
    """The wrappers of PettingZoo's classic environments: an illegal move loses, an absurd one is an error."""
    env = wrappers.TerminateIllegalWrapper(env, illegal_reward=-1)
    env = wrappers.AssertOutOfBoundsWrapper(env)
    return wrappers.OrderEnforcingWrapper(env)


class TwoPlayerEnv(AECEnv[str, Observation, int | None]):
    """A game between two agents.

    An observation is `observation` (views.seen_by) and `action_mask` int8 [A], all zero for who is not to
    move. The winner's reward is 1, the loser's -1. A copy or pickle in mid-game keeps the game.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": ["human", "rgb_array", "ansi"],
        "name": "two_player_v0",
        "is_parallelizable": False,
        "render_fps": 2,
    }

    def __init__(
        self,
        game: Game | str | Turns,
        render_mode: str | None = None,
        size: tuple[int, int] = (640, 640),
        agents: tuple[str, str] = ("player_0", "player_1"),
    ) -> None:
        """Of a game, the name of one, or turns that show it in a way of their own.

        `size` is a picture's width and height in pixels. Raises UnknownGame, and ValueError for a render mode
        or a number of players that cannot be.
        """
        super().__init__()
        self._turns = game if isinstance(game, Turns) else Turns(game)
        self.game = self._turns.game
        if self.game.num_players != 2:
            raise ValueError(f"{self.game.title} is for {self.game.num_players}, this face for two players")
        self.metadata = {**self.metadata, "render_modes": render_modes(self.game)}
        check_render_mode(render_mode, self.metadata["render_modes"])
        self.render_mode, self.size = render_mode, size
        self._screen = Screen(self.game.title)
        self.possible_agents, self.agents = list(agents), list(agents)
        mask = spaces.Box(0, 1, (self.game.num_actions,), np.int8)
        self.observation_spaces = {
            agent: spaces.Dict({"observation": self._turns.space, "action_mask": mask}) for agent in agents
        }
        self.action_spaces = {agent: spaces.Discrete(self.game.num_actions) for agent in agents}

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """The agent's space, always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """The agent's space, always the same object."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin a game; nothing in it is left to chance, so the seed changes nothing."""
        self._turns.begin()
        self._to_move = 0
        self._skip_agent_selection = None
        self.agents = self.possible_agents[:]
        self.rewards = dict.fromkeys(self.agents, 0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in self.agents}
        self.agent_selection = self.agents[0]

    def observe(self, agent: str) -> Observation:
        """What the agent sees now."""
        if agent == self.agent_selection:
            mask = self._turns.open_actions.copy()
        else:
            mask = np.zeros(self.game.num_actions, np.int8)
        return {"observation": self._turns.of_player(self.possible_agents.index(agent)), "action_mask": mask}

    def step(self, action: int | None) -> None:
        """Play the selected agent's action; None for one whose game is over.

        Raises IllegalMove, after which nothing has changed.
        """
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        if action is None:
            raise ValueError(f"{agent} is to move: None is for an agent whose game is over")
        outcome = self._turns.play(action)
        if outcome == ILLEGAL:
            raise IllegalMove(0, int(action), "look at the action mask")
        self._to_move = 1 - self._to_move
        self.agent_selection = self.possible_agents[self._to_move]
        if outcome != GOES_ON:
            self._end(outcome, agent)
        if self.render_mode == "human":
            self.render()

    def _end(self, outcome: int, mover: str) -> None:
        if outcome in REWARDS:
            self.rewards[mover], self.rewards[self.agent_selection] = REWARDS[outcome]
        self.terminations = dict.fromkeys(self.agents, True)
        self._accumulate_rewards()

    def render(self) -> NDArray[np.uint8] | str | list[Any] | None:
        """The position as pixels [height, width, 3] (rgb_array), as text (ansi), or in a window (human)."""
        shown: NDArray[np.uint8] | str | None = self._screen.show(
            self.render_mode,
            lambda: board_text(self.game, self._turns.state[0]),
            lambda: board_picture(self.game, self._turns.state[0], self.size),
            self.metadata["render_fps"],
        )
        return shown

    def close(self) -> None:
        """Shut the window, if there is one."""
        self._screen.close()

    def __getstate__(self) -> dict[str, Any]:
        """All but the game, which goes with its turns."""
        return {name: value for name, value in vars(self).items() if name != "game"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.game = self._turns.game
