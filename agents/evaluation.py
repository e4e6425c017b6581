"""Evaluate: the share of hard positions answered rightly, for any player, and an arm's own curve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import CompareConfig
from agents.learning import Learner
from agents.network import network_evaluator, network_policy
from agents.positions import PositionSet, load_positions, score_policy
from agents.scripted import human_player
from agents.search import Evaluator, search_states
from games.core import Game, States
from lab.curve import ArmLog
from lab.statistics import Score, exact_line
from lab.tree_search import SearchConfig

Policy = Callable[[States], NDArray[Any]]  # states [B] -> [B, A]


def greedy(policy: NDArray[Any]) -> NDArray[np.float64]:
    """The argmax of each row as a one-hot row, [B, A]; ties go to the lowest action."""
    return np.eye(policy.shape[1])[policy.argmax(axis=1)]


def searched_policy(
    game: Game, evaluator: Evaluator, simulations: int, states: States
) -> NDArray[np.float64]:
    """The moves that a search without noise chooses, one-hot [B, A]; many positions at a time."""
    config = SearchConfig(simulations, "gumbel", game.num_actions)
    chosen = [
        search_states(game, evaluator, states[start : start + 1024], config)[0].actions
        for start in range(0, len(states), 1024)
    ]
    return np.eye(game.num_actions)[np.concatenate(chosen)]


def rate(positions: PositionSet, policy: NDArray[Any]) -> dict[str, Score]:
    """The Score of a policy [N, A] in every category of the positions; `hard` is the headline."""
    return {
        name: exact_line(values) for name, values in score_policy(positions, policy).items() if len(values)
    }


def hard_part(positions: PositionSet, most: int | None = None) -> PositionSet:
    """The hard positions of a set, the first `most` of them."""
    rows = np.flatnonzero(positions.hard)[:most]
    return PositionSet(f"{positions.name}, hard", positions.states[rows], positions.scores[rows])


def human_lines(human: str, positions: PositionSet) -> dict[str, Score] | None:
    """The exact lines of a scripted human: recorded, best, careful; None for a file of games."""
    if human.endswith(".txt"):
        return None
    versions = ("recorded", "best", "careful")
    return {
        v: rate(positions, human_player(f"{human}.{v}").policy(positions.states))["hard"] for v in versions
    }  # type: ignore[misc]


class ArmMeter:
    """Measures an arm as it learns, on the hard test positions, and writes its curve."""

    def __init__(
        self, folder: Path, arm: str, human: str, config: CompareConfig, game: Game, start: int
    ) -> None:
        """`start`: the last step that is kept of an earlier, stopped run."""
        self.game, self.config = game, config
        self.log = ArmLog(folder, arm)
        self.log.truncate_after(start)
        self.positions = hard_part(load_positions(config.world, "test"))
        self.few = hard_part(self.positions, config.evaluation.curve_positions)
        lines = human_lines(human, self.positions)
        self.lines = {"score/optimum": 1.0}
        if lines:
            self.lines["score/ceiling_recorded"] = lines["recorded"].rate
            self.lines["score/ceiling_best"] = lines["best"].rate

    def record(self, phase: str, learner: Learner, tags: dict[str, float], measure: bool) -> Score | None:
        """Append to the curve at the learner's iteration; with `measure` raw, sampled and searched
        scores too. Returns the raw greedy score where it was measured."""
        row: dict[str, float | Score] = dict(tags)
        if measure:
            row |= self._scores(learner) | self.lines
        self.log.log(phase, learner.iteration, learner.cpu_seconds, learner.games, row)
        score = row.get("score/rate")
        return score if isinstance(score, Score) else None

    def _scores(self, learner: Learner) -> dict[str, Score]:
        settings = self.config.evaluation
        evaluator = network_evaluator(learner.network, self.game, settings.batch)
        policy = network_policy(evaluator, self.game)(self.positions.states)
        searched = searched_policy(self.game, evaluator, settings.simulations, self.few.states)
        return {
            "score/rate": rate(self.positions, greedy(policy))["hard"],
            "score/sampled": rate(self.positions, policy)["hard"],
            "score/searched": rate(self.few, searched)["hard"],
        }

    def close(self) -> None:
        """Close the curve."""
        self.log.close()


def prediction(policy: Policy, human: str, states: States, actions: NDArray[np.int32]) -> dict[str, Any]:
    """How well a policy predicts a human's moves on held-out states [P] with their actions [P].

    For a scripted human, whose distribution p is known, all in expectation over p: accuracy and its
    ceiling E[max p], cross-entropy and its floor, the entropy of p (nats). For a file of games the
    moves themselves are counted and ceiling and floor are None. Scores are clustered by nothing.
    """
    guess = policy(states)
    log_guess = np.log(np.maximum(guess, 1e-12))
    best = guess.argmax(axis=1)
    rows = np.arange(len(states))
    if human.endswith(".txt"):
        hits, ceiling, floor = (best == actions).astype(float), None, None
        cross = -log_guess[rows, actions].mean()
    else:
        truth = human_player(f"{human}.recorded").policy(states)  # type: ignore[misc]
        hits, ceiling = truth[rows, best], float(truth.max(axis=1).mean())
        cross = -(truth * log_guess).sum(axis=1).mean()
        floor = float(-(truth * np.log(np.maximum(truth, 1e-300))).sum(axis=1).mean())
    return {
        "accuracy": exact_line(hits).to_json(),
        "accuracy_ceiling": ceiling,
        "cross_entropy": float(cross),
        "entropy_floor": floor,
    }
