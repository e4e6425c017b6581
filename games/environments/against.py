"""Gymnasium's face of any two-player game: a learner on one side, an opponent on the other."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from games.core import Game, load_game
from games.environments.opponents import Opponent, opponent_act
from games.environments.pictures import (
    MODES,
    Screen,
    board_picture,
    board_text,
    check_render_mode,
    render_modes,
)
from games.environments.seats import Outcome, Seats
from games.environments.views import observation_space

FIRST_ROW = np.zeros(1, np.int64)


def two_player_game(world: Game | str) -> Game:
    """The game of that name; raises UnknownGame, and ValueError for one that is not for two players."""
    game = load_game(world) if isinstance(world, str) else world
    if game.num_players != 2:
        raise ValueError(f"{game.title} is for {game.num_players}, this face for two players")
    return game


class AgainstEnv(gymnasium.Env[NDArray[Any], Any]):
    """A game against an opponent, who answers within `step`; who begins is drawn from the seed.

    Observation: what the learner sees, own stones first (views.seen_by). Info: `action_mask` int8 [A], also
    from `action_masks()`; `seat`: 0 where the learner began; `illegal_move`. The reward comes at the end:
    1, 0 or -1; an illegal move loses.
    """

    metadata: dict[str, Any] = {"render_modes": list(MODES), "render_fps": 2}  # noqa: RUF012

    def __init__(
        self,
        world: Game | str = "connect_four",
        opponent: Opponent | str | None = None,
        render_mode: str | None = None,
        size: tuple[int, int] = (640, 560),
    ) -> None:
        """Of a game or the name of one, against what opponents.opponent_act takes, which says what it raises.

        `size` is a picture's width and height in pixels. Raises UnknownGame, and ValueError for a render mode
        or a number of players that cannot be.
        """
        self.game = two_player_game(world)
        self.metadata = {**self.metadata, "render_modes": render_modes(self.game)}
        check_render_mode(render_mode, self.metadata["render_modes"])
        self.render_mode, self.size = render_mode, size
        self._screen = Screen(self.game.title)
        self.observation_space = observation_space(self.game)
        self.action_space = spaces.Discrete(self.game.num_actions)
        self._world, self._opponent = world, opponent
        self._seats = Seats(self.game, opponent_act(opponent, self.game), 1)
        self._seeded = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin a game: observation, info. With a seed all games from here on follow from it."""
        super().reset(seed=seed)
        if seed is not None or not self._seeded:
            self._seats.seed(FIRST_ROW, row_key(self.np_random))
            self._seeded = True
        self._seats.begin(FIRST_ROW)
        return self._shown(False)

    def step(self, action: Any) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Play an action and take the answer: observation, reward, terminated, False, info.

        Raises ValueError for a number that is no action, IllegalMove for an illegal answer.
        """
        outcome: Outcome = self._seats.play(np.asarray(action).reshape(1))
        observation, info = self._shown(bool(outcome.illegal[0]))
        return observation, float(outcome.rewards[0]), bool(outcome.over[0]), False, info

    def action_masks(self) -> NDArray[np.bool_]:
        """The learner's legal actions, [A], as sb3-contrib's MaskablePPO asks for them."""
        return np.array(self._seats.open_actions[0])

    def _shown(self, illegal: bool) -> tuple[NDArray[Any], dict[str, Any]]:
        info = {
            "action_mask": self._seats.open_actions[0].astype(np.int8),
            "seat": int(self._seats.seats[0]),
            "illegal_move": illegal,
        }
        if self.render_mode == "human":
            self.render()
        return self._seats.observations()[0], info

    def render(self) -> Any:
        """The position as pixels [height, width, 3] (rgb_array), as text (ansi), or in a window (human)."""
        state = self._seats.states[0]
        return self._screen.show(
            self.render_mode,
            lambda: board_text(self.game, state),
            lambda: board_picture(self.game, state, self.size),
            self.metadata["render_fps"],
        )

    def close(self) -> None:
        """Shut the window, if there is one."""
        self._screen.close()

    def __getstate__(self) -> dict[str, Any]:
        """All but rules and opponent, which are made again of what this was made of."""
        return {name: value for name, value in vars(self).items() if name != "game"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.game = two_player_game(self._world)
        self._seats.join(self.game, opponent_act(self._opponent, self.game))


def row_key(generator: np.random.Generator) -> NDArray[np.uint64]:
    """A key for all games of one row, [1]."""
    return generator.integers(2**64, size=1, dtype=np.uint64)
