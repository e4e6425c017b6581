"""An arm measured as it learns: its curve against the human's lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lab.curve import ArmLog
from lab.statistics import Score
from llm_bridge.config import CompareConfig
from llm_bridge.evaluation import answer_by_sampling, answer_greedily, chance_of, human_lines, rate, votes
from llm_bridge.learning import Learner
from llm_bridge.network import LanguageModel
from llm_bridge.scripted import describe, is_ruled_out, possible_answers
from llm_bridge.tasks import Problem, few, find_task, held_out, sample_of

BIRTHS = 6  # hard problems whose right answer's chance is written down over the learning


def births_of(problems: Sequence[Problem]) -> list[Problem]:
    """The hard problems, the same in every run, whose right answer's chance is written down."""
    return few([problem for problem in problems if problem.hard], BIRTHS, seed=0)


class ArmMeter:
    """Measures an arm as it learns, on the held-out problems, and writes its curve."""

    def __init__(self, folder: Path, arm: str, human: str, config: CompareConfig, start: int) -> None:
        """`start`: the last step that is kept of an earlier, stopped run."""
        self.config, self.task = config, find_task(config.task)
        self.problems = held_out(self.task, "test")
        self.possible = {} if human.endswith(".txt") else possible_answers(describe(human), self.problems)
        self.few = sample_of(self.problems, config.evaluation.curve_problems)
        self.births = births_of(self.problems)
        self.log = ArmLog(folder, arm)
        self.log.truncate_after(start)
        self.lines = {"score/optimum": 1.0}
        if not human.endswith(".txt"):
            lines = human_lines(describe(human), self.problems)
            self.lines["score/ceiling_recorded"] = lines["recorded"]["all"].rate
            self.lines["score/ceiling_best"] = lines["best"]["all"].rate

    def record(self, phase: str, learner: Learner, tags: dict[str, float], measure: bool) -> Score | None:
        """Append to the curve at the learner's iteration; with `measure` greedy and sampled scores too.
        Returns the greedy score where it was measured."""
        row: dict[str, float | Score] = dict(tags)
        if measure:
            row |= self._scores(learner)
            row |= self.lines
        self.log.log(phase, learner.iteration, learner.cpu_seconds, learner.samples, row)
        score = row.get("score/rate")
        return score if isinstance(score, Score) else None

    def _scores(self, learner: Learner) -> dict[str, float | Score]:
        best = answer_greedily(learner.model, self.task, self.problems)
        drawn = answer_by_sampling(learner.model, self.task, self.problems, self.config.seed)
        greedy, sampled = rate(self.problems, best.correct), rate(self.problems, drawn.correct)
        row: dict[str, float | Score] = {"score/rate": greedy["all"], "score/sampled": sampled["all"]}
        if "hard" in greedy and "easy" in greedy:
            row |= {"score/hard": greedy["hard"], "score/hard_sampled": sampled["hard"]}
        if self.possible:
            row["surprise/rate"] = self._surprises(drawn.samples.texts)
        row["score/searched"] = self._voted(learner.model)
        row |= {f"birth/{prompt}": chance for prompt, chance in self._births(learner.model).items()}
        row |= {
            "length/mean": float(drawn.samples.lengths.mean()),
            "answers/format": drawn.share("format"),
            "answers/worked": drawn.share("worked"),
        }
        return row

    def _voted(self, model: LanguageModel) -> Score:
        """The score by votes, on a few problems."""
        each = self.config.evaluation.votes
        drawn = answer_by_sampling(model, self.task, self.few, self.config.seed, each)
        return rate(self.few, votes(drawn, self.few))["all"]

    def _surprises(self, texts: list[str]) -> float:
        """The share of answers to hard problems that the humans' procedure rules out, slips apart."""
        hard = [(p, text) for p, text in zip(self.problems, texts, strict=True) if p.hard]
        ruled_out = [is_ruled_out(self.possible, problem, text) for problem, text in hard]
        return sum(ruled_out) / max(1, len(ruled_out))

    def _births(self, model: LanguageModel) -> dict[str, float]:
        """The chance that the model gives to the right answer of a few hard problems, by prompt."""
        if not self.births:
            return {}
        chances = chance_of(model, [(problem.prompt, problem.answer) for problem in self.births])
        return {problem.prompt: float(c) for problem, c in zip(self.births, chances, strict=True)}

    def close(self) -> None:
        """Close the curve."""
        self.log.close()
