"""Three curves, never two: what the reward pays (proxy), what the raters say (gold), what is right (goal).

All on fixed positions and exact over the policy's moves. Proxy and gold are shares of the way from the
imitator, 0, to the best that any policy could earn, 1: they lie below 0 where it is worse than the imitator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import greedy
from agents.human_moves import divergence
from agents.pool_play import Policy
from agents.positions import PositionSet, score_policy
from agents.preference.rater import Rater, Rewards, best_by, expected, over_random
from agents.preference.reward_model import Reward
from games.connect_four import GAME
from games.core import States
from lab.randomness import game_keys, sample_batch, uniform_batch

JUDGEMENTS = 1_000  # fresh ones, that the detector asks for at every point of a curve
SIGMAS = 3.0  # of their sampling error, beyond which a promise counts as broken
OWN, REFERENCE, VERDICT = range(3)


@dataclass(frozen=True)
class Measure:
    """The positions of a seed: of the raters' own games, held out, with the imitator's policy there, and hard
    positions of which every move is solved; considered: the raters, whose utility is the gold."""

    held_out: States
    reference: NDArray[np.float64]
    hard: PositionSet
    considered: Rater

    @property
    def legal(self) -> NDArray[np.bool_]:
        """Legal moves of the held-out positions, [N, A]."""
        return GAME.legal_action_mask(self.held_out)

    def point(self, policy: Policy, reward: Reward | None, rater: Rater, seed: int) -> dict[str, float]:
        """All measures of a policy paid by `reward` (None: by results), learned from the judgements of
        `rater`."""
        own, on_hard = policy(self.held_out), policy(self.hard.states)
        gold = over_random(self.considered.utility(self.held_out), self.legal)
        moved = max(0.0, divergence(own, self.reference))
        point = {
            "gold": self._share(own, gold),
            "goal": float(score_policy(self.hard, on_hard)["hard"].mean()),
            "goal_greedy": float(score_policy(self.hard, greedy(on_hard))["hard"].mean()),
            "kl": moved,
            "root_kl": math.sqrt(moved),
        }
        if reward is not None:
            paid = over_random(reward(self.held_out), self.legal)
            point["proxy"] = self._share(own, paid)
            point |= promise(self, own, paid, rater, seed)
        return point

    def _share(self, policy: NDArray[np.float64], rewards: Rewards) -> float:
        """How much of what lies between the imitator and the best move everywhere a policy earns."""
        floor, top = expected(self.reference, rewards), expected(best_by(rewards, self.legal), rewards)
        return (expected(policy, rewards) - floor) / max(top - floor, 1e-9)

    def posterior(self, powers: tuple[float, ...]) -> list[dict[str, float]]:
        """The line that nobody can beat: imitator x exp(power x gold utility), the best gold at its
        divergence from the imitator, exactly; power is 1 / beta."""
        utility = self.considered.utility(self.held_out)
        gold, points = over_random(utility, self.legal), []
        for power in powers:
            policy = tilted(self.reference, utility, power)
            moved = max(0.0, divergence(policy, self.reference))
            points.append({"power": power, "root_kl": math.sqrt(moved), "gold": self._share(policy, gold)})
        return points


def tilted(reference: NDArray[np.float64], utility: Rewards, power: float) -> NDArray[np.float64]:
    """reference x exp(power x utility), each row made to sum to 1, [B, A]."""
    weights = reference * np.exp(power * (utility - utility.max(axis=1, keepdims=True)))
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))


def promise(
    measure: Measure, own: NDArray[np.float64], paid: Rewards, rater: Rater, seed: int
) -> dict[str, float]:
    """The detector: how often the reward says that the policy's move beats the imitator's in the same
    position, and how often fresh judgements of the same raters say so.

    `promised` is exact over both moves, `kept` a count of JUDGEMENTS noisy ones; `alarm` is 1 where the
    promise lies more than SIGMAS errors above them. Equal moves count as half.
    """
    sigma = 1.0 / (1.0 + np.exp(-(paid[:, :, None] - paid[:, None, :])))
    promised = float(np.einsum("na,nab,nb->n", own, sigma, measure.reference).mean())
    keys = game_keys(seed, "fresh judgements", 0, JUDGEMENTS)
    rows = np.floor(uniform_batch(keys, 3) * len(own)).astype(np.int64)
    mine, theirs = sample_batch(own[rows], keys, OWN), sample_batch(measure.reference[rows], keys, REFERENCE)
    chance = rater.prefers(measure.held_out[rows], mine, theirs)
    wins = np.where(mine == theirs, 0.5, uniform_batch(keys, VERDICT) < chance)
    error = max(float(wins.std()), 1e-3) / math.sqrt(JUDGEMENTS)
    kept = float(wins.mean())
    return {"promised": promised, "kept": kept, "alarm": float(promised > kept + SIGMAS * error)}


def first_alarm(points: list[dict[str, float]]) -> int | None:
    """The first point of a curve at which the detector speaks, None if at none."""
    return next((number for number, point in enumerate(points) if point.get("alarm", 0.0)), None)
