"""An arm measured as it learns: its curve against the human's lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.certificates import ruled_out, ruling_humans
from agents.config import CompareConfig
from agents.evaluation import greedy, hard_part, human_lines, rate, searched_policy
from agents.human_moves import held_out_moves, human_tags
from agents.ladder import RUNGS
from agents.learning import Learner, checkpoint_path
from agents.network import load_network, network_evaluator, network_policy
from agents.policy_log import policies_path, read_policies, write_policies
from agents.positions import load_positions
from games.core import Game
from lab.curve import ArmLog
from lab.statistics import Score, exact_line


class ArmMeter:
    """Measures an arm as it learns, on the hard test positions, and writes its curve."""

    def __init__(
        self, folder: Path, arm: str, human: str, config: CompareConfig, game: Game, start: int
    ) -> None:
        """`start`: the last step that is kept of an earlier, stopped run."""
        self.game, self.config = game, config
        self.log = ArmLog(folder, arm)
        self.log.truncate_after(start)
        self.policies = policies_path(folder, arm)
        self.history = read_policies(self.policies).until(start)
        self.positions = hard_part(load_positions(config.world, "test"))
        self.few = hard_part(self.positions, config.evaluation.curve_positions)
        self.human_moves = held_out_moves(human, config.world)
        self.imitator = self._imitator(folder) if arm in RUNGS and RUNGS[arm].starts == "imitator" else None
        ruling = ruling_humans((config.human, config.counter_human), self.positions.states, game)
        self.ruled_out = ruled_out(ruling[0], self.positions.states, game) if ruling else None
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
            row |= self._scores(learner)
            row |= self.lines
        self.log.log(phase, learner.iteration, learner.cpu_seconds, learner.games, row)
        score = row.get("score/rate")
        return score if isinstance(score, Score) else None

    def _imitator(self, folder: Path) -> NDArray[np.float64]:
        """The policy, on held-out human moves, of the imitator from which the arm starts."""
        network = load_network(checkpoint_path(folder, "imitator"), self.game, self.config.device)
        evaluator = network_evaluator(network, self.game, self.config.evaluation.batch)
        return network_policy(evaluator, self.game)(self.human_moves.states)

    def _scores(self, learner: Learner) -> dict[str, float | Score]:
        settings = self.config.evaluation
        evaluator = network_evaluator(learner.network, self.game, settings.batch)
        decide = network_policy(evaluator, self.game)
        policy = decide(self.positions.states)
        self.history = self.history.and_then(learner.iteration, policy)
        write_policies(self.policies, self.history)
        searched = searched_policy(self.game, evaluator, settings.simulations, self.few.states)
        return {
            "score/rate": rate(self.positions, greedy(policy))["hard"],
            "score/sampled": rate(self.positions, policy)["hard"],
            "score/searched": rate(self.few, searched)["hard"],
            **human_tags(self.human_moves, decide, self.imitator),
            **self._surprises(greedy(policy)),
        }

    def _surprises(self, moves: NDArray[np.float64]) -> dict[str, Score]:
        """How often the move, right or wrong, is one that a human's procedure rules out."""
        if self.ruled_out is None:
            return {}
        return {"surprise/rate": exact_line((moves * self.ruled_out).sum(axis=1))}

    def close(self) -> None:
        """Close the curve."""
        self.log.close()
