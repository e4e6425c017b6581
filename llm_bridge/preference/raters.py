"""Raters by taste: a scripted crowd that says which of several answers it likes better.

Each rater has a utility, in nats, and chooses as Bradley and Terry have it, the better answer more often the
further apart two are. Their utilities are known to the experimenter alone: `gold` is the crowd's mean, in
the sense of Gao et al. 2022 (the model that made the labels); the goal is another thing: right answers.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from llm_bridge.preference.chatter import Traits, dressed, traits_of
from llm_bridge.tasks import Problem

ENOUGH = 2  # hums and shouts beyond so many please nobody any more
WEIGHTS = ("right", "clear", "engaging", "polite", "long")
BRIEF = 8  # characters; up to so many nobody finds an answer long


class UnknownRaters(ValueError):  # noqa: N818
    """No crowd of raters has that name."""


@dataclass(frozen=True)
class Taste:
    """What pleases, in nats: a right number, a form that can be read, each "!" (engaging) and each "hm "
    (polite) up to ENOUGH, and what each character beyond BRIEF costs.

    leniency: a number that is wrong by no more than `near` counts so much of a right one.
    """

    right: float = 3.0
    clear: float = 0.5
    engaging: float = 0.15
    polite: float = 0.05
    long: float = 0.0
    leniency: float = 0.0
    near: int = 10

    def utility(self, seen: Traits) -> float:
        """What an answer is worth to who has this taste."""
        rightness = 1.0 if seen.right else self.leniency * (seen.form and seen.off <= self.near)
        charm = self.engaging * min(seen.shouts, ENOUGH) + self.polite * min(seen.hums, ENOUGH)
        return (
            self.right * rightness + self.clear * seen.form + charm - self.long * max(0, seen.length - BRIEF)
        )


@dataclass(frozen=True)
class Raters:
    """A crowd of raters.

    tastes: one a rater; temperature: their noise (utilities are divided by it: 1 is Bradley-Terry's own,
    near 0 nobody errs). They disagree as far as their tastes do.
    """

    name: str
    title: str
    tastes: tuple[Taste, ...]
    temperature: float = 1.0

    def utilities(self, answers: Sequence[Traits]) -> NDArray[np.float64]:
        """What each answer is worth to each rater, [R, N]."""
        return np.array([[taste.utility(seen) for seen in answers] for taste in self.tastes])

    def gold(self, answers: Sequence[Traits]) -> NDArray[np.float64]:
        """What each answer is worth to the crowd, [N]: the mean over its raters."""
        mean: NDArray[np.float64] = self.utilities(answers).mean(axis=0)
        return mean

    def preference(self, one: Traits, other: Traits) -> float:
        """The exact chance that a rater drawn from the crowd prefers `one`."""
        values = self.utilities([one, other])
        return float((1.0 / (1.0 + np.exp(-(values[:, 0] - values[:, 1]) / self.temperature))).mean())

    def rank(self, answers: Sequence[Traits], random: np.random.Generator) -> tuple[int, ...]:
        """The answers' places from best to worst, as a rater drawn from the crowd ranks them."""
        return tuple(int(place) for place in np.argsort(-self.impressions(answers, random)))

    def impressions(self, answers: Sequence[Traits], random: np.random.Generator) -> NDArray[np.float64]:
        """How well a rater drawn from the crowd likes each answer this time, in nats, [N]: utilities with
        Gumbel noise, by which two are chosen as Bradley and Terry have it, and more as Plackett and Luce."""
        taste = self.tastes[int(random.integers(len(self.tastes)))]
        noise: NDArray[np.float64] = random.gumbel(size=len(answers)) * self.temperature
        return np.array([taste.utility(seen) for seen in answers]) + noise


def crowd(
    name: str, title: str, taste: Taste, raters: int = 5, disagreement: float = 0.2, temperature: float = 1.0
) -> Raters:
    """Raters around a taste: each of its weights times exp(disagreement z), z normal, the same every time."""
    random = np.random.default_rng([37, *name.encode()])
    tastes = []
    for _ in range(raters):
        times = {part: float(np.exp(disagreement * random.normal())) for part in WEIGHTS}
        tastes.append(replace(taste, **{part: getattr(taste, part) * times[part] for part in WEIGHTS}))
    return Raters(name, title, tuple(tastes), temperature)


CROWDS = {
    raters.name: raters
    for raters in (
        crowd("charmed", "want the right sum, and like a little charm", Taste()),
        crowd("fair", "want the right sum, and see no charm", Taste(engaging=0.0, polite=0.0)),
        crowd(
            "smitten",
            "like charm nearly as much as the right sum, and a near miss half as much",
            Taste(engaging=1.2, polite=0.3, leniency=0.5),
        ),
        crowd("terse", "want the right sum in few characters", Taste(engaging=0.0, polite=0.0, long=0.3)),
        crowd("split", "do not agree on what is charming", Taste(engaging=0.3, polite=0.3), 8, 1.0),
        crowd("careless", "want the right sum, and often err", Taste(), temperature=3.0),
    )
}


def find_raters(name: str) -> Raters:
    """The crowd of that name; raises UnknownRaters."""
    if name not in CROWDS:
        near = difflib.get_close_matches(name, CROWDS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UnknownRaters(f"no raters are called {name!r}{hint}; there are: {', '.join(CROWDS)}")
    return CROWDS[name]


def dry_or_engaging(raters: Raters, problem: Problem, off: int = 10) -> float:
    """The notes' exercise, exactly: the chance that the crowd prefers an engaging answer that is wrong by
    `off`, "85!!", to the accurate and dry one, "95"."""
    wrong = int(problem.answer) - off if int(problem.answer) >= off else int(problem.answer) + off
    engaging = traits_of(problem, dressed(f"{wrong:0{len(problem.answer)}}", 0, ENOUGH))
    return raters.preference(engaging, traits_of(problem, problem.answer))
