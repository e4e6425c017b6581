"""Raters: scripted humans who say which of two moves in the same position they like better.

A rater's utility of a move is known exactly, and its judgements are Bradley and Terry's:

    P(first preferred) = sigma((u(first) - u(second)) / noise)

considered  u = log pi(move), pi the human's exact distribution, slips and all. With noise 1 the rater prefers
            as the human chooses between the two (Luce's choice). A reward model that learns u without error
            is log pi, and the best policy at KL weight beta is pi^(1 + 1 / beta): the human, sharpened.
glance      u = log of the habit's factors alone (agents.procedure.Habit): what the human likes before it has
            looked for wins and blocks. A biased rater: nobody lies, nobody looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import exact_policy
from agents.procedure import Human, habit_odds
from agents.scripted import describe
from games.connect_four import GAME
from games.core import States

CONSIDERED, GLANCE = TASTES = ("considered", "glance")
FLOOR = (
    1e-4  # the least probability that a utility is the logarithm of: what is ruled out is liked this little
)

Rewards = NDArray[np.float64]  # [B, A]; what stands at illegal moves means nothing


@dataclass(frozen=True)
class Rater:
    """A scripted human (or crowd, whose members judge by their even mixture) of Connect Four as a rater.

    Raises ValueError for a taste there is none of, a noise that is not above 0, and a crowd that judges at
    a glance; UnknownPlayer for an unknown human.
    """

    human: str
    taste: str = CONSIDERED
    noise: float = 1.0

    def __post_init__(self) -> None:
        if self.taste not in TASTES:
            raise ValueError(f"no taste is called {self.taste!r}; there are: {', '.join(TASTES)}")
        if not 0.0 < self.noise < np.inf:
            raise ValueError(f"the noise of judgements is above 0, in nats of utility, not {self.noise}")
        if self.taste == GLANCE and not isinstance(describe(self.human), Human):
            raise ValueError(
                f"{self.human} is no single human of Connect Four, so it has no habit to judge by"
            )

    def utility(self, states: States) -> Rewards:
        """How much the rater likes every legal move, in nats, [B, 7]; 0 at the others."""
        if self.taste == GLANCE:
            human = describe(self.human)
            assert isinstance(human, Human)
            odds = habit_odds(states, human)
        else:
            odds = np.maximum(exact_policy(f"{self.human}.recorded", states), FLOOR)
        legal = GAME.legal_action_mask(states)
        return np.where(legal, np.log(np.where(legal, odds, 1.0)), 0.0)

    def prefers(
        self, states: States, first: NDArray[np.int32], second: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """The exact probability that the first move of each pair is preferred, [B]."""
        utility, rows = self.utility(states), np.arange(len(states))
        difference = (utility[rows, first] - utility[rows, second]) / self.noise
        return np.asarray(1.0 / (1.0 + np.exp(-difference)))


def over_random(rewards: Rewards, legal: NDArray[np.bool_]) -> Rewards:
    """Rewards as what a move earns over a random legal one, [B, A], 0 at illegal moves.

    Pairs in the same position say nothing of one position's rewards against another's: a constant a
    position is free, and here it is taken away.
    """
    mean = np.where(legal, rewards, 0.0).sum(axis=1) / np.maximum(legal.sum(axis=1), 1)
    return np.where(legal, rewards - mean[:, None], 0.0)


def expected(policy: NDArray[np.float64], rewards: Rewards) -> float:
    """What a policy [B, A] earns by rewards [B, A], mean over positions."""
    return float((policy * rewards).sum(axis=1).mean())


def best_by(rewards: Rewards, legal: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The policy that takes the legal move of the highest reward, one-hot [B, A]; ties to the first."""
    choice = np.where(legal, rewards, -np.inf).argmax(axis=1)
    return np.asarray(np.eye(rewards.shape[1])[choice])
