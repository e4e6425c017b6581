"""Line 37: three own moves in a row that a human would hardly have made together.

From a position the player moves, the recorded human answers, and so on until the player has made
three moves. The line's rarity is the product of the chances that the human, slips and all, had given
to the player's three moves at the positions at which they were made. It is right if each of them kept
the exact value of its position and none left a win at hand lying: a human takes that, so passing it
over would be rare, and no achievement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.player import Player
from agents.positions import PositionSet
from agents.scripted import human_player
from games.connect_four import GAME
from games.connect_four_solver import Solver
from games.core import Game, States
from lab.randomness import fold_in_batch, game_keys

LENGTH = 3  # own moves of a line
SMALLEST = 1e-30  # stands for 0 where logarithms are taken


@dataclass(frozen=True)
class Lines:
    """L complete lines; those cut short by the end of the game are left out.

    start int64 [L]: index of the position they start from; states [L, 3] before each own move; moves
    int32 [L, 3]; ends [L]: the position after the last one; probability float64 [L]: of the three moves
    jointly under the human.
    """

    start: NDArray[np.int64]
    states: States
    moves: NDArray[np.int32]
    ends: States
    probability: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: NDArray[Any]) -> Lines:
        """Some of the lines, chosen as NumPy chooses rows."""
        return Lines(
            self.start[rows], self.states[rows], self.moves[rows], self.ends[rows], self.probability[rows]
        )


def play_lines(
    game: Game,
    player: Player,
    human: str,
    states: States,
    first: tuple[NDArray[np.int64], NDArray[np.int32]],
    seed: int,
) -> Lines:
    """One line for each of the player's first moves; the human answers with its recorded moves.

    first: index of the start in `states` and the move, [L] each; they are handed in because searching
    them once is enough. A line is a pure function of the seed, its number, the human and the player, and
    the human answers the same moves of the same line alike, whoever plays.
    """
    opponent = human_player(f"{human}.recorded")
    start, first_moves = first
    keys = game_keys(seed, "surprise", 0, len(start))
    own_keys, their_keys = fold_in_batch(keys, 0), fold_in_batch(keys, 1)
    seen = np.zeros((len(start), LENGTH), states.dtype)
    moves = np.full((len(start), LENGTH), -1, np.int32)
    probability, now, going = np.ones(len(start)), states[start], np.arange(len(start))
    for move in range(LENGTH):
        plies = np.full(len(going), 2 * move, np.int32)
        seen[going, move] = now[going]
        own = player.act(now[going], own_keys[going], plies) if move else first_moves
        moves[going, move] = own
        probability[going] *= _chances(opponent, now[going], moves[going, move])
        now[going] = game.step(now[going], moves[going, move])
        if move == LENGTH - 1:
            break
        going = going[~game.is_terminal(now[going])]
        answers = opponent.act(now[going], their_keys[going], plies[: len(going)] + 1)
        now[going] = game.step(now[going], answers)
        going = going[~game.is_terminal(now[going])]
    return Lines(start[going], seen[going], moves[going], now[going], probability[going])


def _chances(human: Player, states: States, moves: NDArray[np.int32]) -> NDArray[np.float64]:
    if human.policy is None:
        raise ValueError(f"the distribution of {human.name} is not known")
    return human.policy(states)[np.arange(len(states)), moves]


class Judge:
    """Which lines are right, by the frozen scores for the first move and the solver for the others."""

    def __init__(self, positions: PositionSet) -> None:
        """`positions`: where the lines start; from ply 14 on a line costs about 10 ms, later ones less."""
        self.positions, self.solver = positions, Solver()

    def right(self, lines: Lines) -> NDArray[np.bool_]:
        """Whether all three own moves keep the exact value of the position they are made at, and none
        passes over an immediate win, [L]."""
        right = self.positions.keep[lines.start, lines.moves[:, 0]] & ~_passes_over_win(lines)
        for move in range(1, LENGTH):  # a line that is wrong by now need not be solved
            rows = np.flatnonzero(right)
            values = self.solver.action_values(lines.states[rows, move])
            made = values[np.arange(len(rows)), lines.moves[rows, move]]
            right[rows] = made == values.max(axis=1, initial=-1)
        return right


def _passes_over_win(lines: Lines) -> NDArray[np.bool_]:
    """Whether the player could have won at once at one of the three moves and did not, [L]."""
    states = np.ascontiguousarray(lines.states.reshape(-1))
    at_hand = PositionSet("", states, np.zeros((len(states), GAME.num_actions), np.int8)).win_at_hand
    at_hand = at_hand.reshape(lines.states.shape)
    at_hand[:, -1] &= ~GAME.is_terminal(np.ascontiguousarray(lines.ends))
    return np.asarray(at_hand.any(axis=1))


def equally_rare(rare: NDArray[np.float64], pool: NDArray[np.float64], neighbours: int) -> NDArray[np.int64]:
    """For each of R probabilities the `neighbours` of the pool that are nearest to it in rarity: indices into
    the pool, those of the first one first, [R * neighbours] (fewer where the pool is smaller)."""
    gaps = np.abs(_logarithm(rare)[:, None] - _logarithm(pool)[None, :])
    nearest = np.argsort(gaps, axis=1, kind="stable")[:, :neighbours]
    return np.asarray(nearest.reshape(-1), np.int64)


def _logarithm(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.maximum(probability, SMALLEST))
