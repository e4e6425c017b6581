"""What a rater's bias for engagement does to a model: exactly, without a learned judge.

The notes' exercise. One rater, who wants the right sum and likes each "!" by so many nats, is served as well
as any policy can at a stated divergence from the imitator: p exp(utility / beta) / Z at the beta that has it.
The divergence is what there is to spend; what goes into charm does not go into being right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from llm_bridge.preference.answer_space import AnswerSpace, posterior
from llm_bridge.preference.chatter import Traits
from llm_bridge.preference.raters import Raters, Taste, dry_or_engaging
from llm_bridge.tasks import Problem

STRENGTHS = (0.0, 0.15, 0.75, 1.5, 3.0)  # nats a "!", of which two count
DISTANCES = (0.5, 2.0)  # nats an answer


def bias_table(
    space: AnswerSpace, seen: Sequence[Traits], problem: Problem, leniency: float = 0.0
) -> list[dict[str, float]]:
    """Of every strength and divergence: `right` and `shouts` of the best policy, the imitator's own among
    them (divergence 0), and how often that rater prefers an engaging wrong answer to a dry right one."""
    traits = {
        "right": np.array([float(one.right) for one in seen]),
        "shouts": np.array([float(one.shouts) for one in seen]),
    }
    rows = []
    for strength in STRENGTHS:
        raters = Raters("biased", "biased", (Taste(engaging=strength, leniency=leniency),))
        utility = raters.gold(seen)
        for distance in (0.0, *DISTANCES):
            chance = at_divergence(space, utility, distance)
            rows.append(
                {
                    "strength": strength,
                    "distance": distance,
                    "kl": space.divergence(chance),
                    "prefers": dry_or_engaging(raters, problem),
                    "utility": space.mean(chance, utility),
                }
                | {name: space.mean(chance, value) for name, value in traits.items()}
            )
    return rows


def at_divergence(space: AnswerSpace, score: NDArray[np.float64], nats: float) -> NDArray[np.float64]:
    """The best policy by a score at a divergence: the chance of each answer [N]. Where no policy of its kind
    is so far away, the farthest."""
    if nats == 0.0:
        return space.chance
    low, high = -4.0, 8.0  # of log beta; the divergence falls as beta grows
    for _ in range(50):
        middle = (low + high) / 2.0
        if space.divergence(posterior(space, score, float(np.exp(middle)))) > nats:
            low = middle
        else:
            high = middle
    return posterior(space, score, float(np.exp(high)))
