"""The first lesson: a policy finds the shortest way, seen as arrows; what it costs; who gets the credit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from agents.lessons.credit import RULES, directions, example
from agents.lessons.learners import PolicyGradient, QLearning, Snapshot, policy_gradient, q_learning, warm_up
from agents.lessons.tables import (
    START,
    Numbers,
    Table,
    best_actions,
    expected,
    first_choices,
    tabulate,
    value_iteration,
)
from games.gridworld import GOAL, STEP_REWARD, WORLD
from games.one_player import MOVE_NAMES
from lab.lessons import Tell, over_seeds
from lab.lessons.estimate import (
    Estimate,
    below,
    censored,
    estimate,
    exact,
    geometric,
    greater,
    known,
    on_most,
)

SCALE, UPDATES, EPISODES = 20.0, 300, 8
METHODS: dict[str, PolicyGradient | QLearning] = {
    "reinforce": PolicyGradient(UPDATES, EPISODES, 0.1, scale=SCALE),
    "actor-critic": PolicyGradient(
        UPDATES, EPISODES, 0.1, critic=True, lambda_=0.9, critic_rate=0.3, scale=SCALE, bootstrap=True
    ),
    "q-learning": QLearning(30_000),
}
SHORTEST = 8  # steps, by counting: four north and four east
BEST_RETURN = STEP_REWARD * SHORTEST
WITHIN = 30.0  # seconds
CREDIT_BATCHES, CREDIT_EPISODES = 20, 8
FRAMES = 36  # of the animation
DISCOUNTS = (1.0, 0.9, 0.5)


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """What every method did on one seed; of the first seed the film and the example, too. All of it but the
    seconds follows from the seed."""
    table = tabulate(WORLD)
    warm_up(table)
    tell("three learners")
    snapshots = {method: list(snapshots_of(table, method, seed)) for method in METHODS}
    tell("which step gets the credit")
    told: dict[str, Any] = {
        "settings": {method: vars(settings) for method, settings in METHODS.items()},
        "curves": {method: [_measured(table, one) for one in some] for method, some in snapshots.items()},
        "cosines": directions(table, seed, CREDIT_BATCHES, CREDIT_EPISODES),
    }
    if is_first:
        shown = example(table, seed)
        told["film"] = _film(table, snapshots["reinforce"])
        told["example"] = {
            "states": table.numbers[shown.states].tolist(),
            "actions": shown.actions.tolist(),
            "credit": {rule: np.round(given, 6).tolist() for rule, given in shown.credit.items()},
        }
    return told


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed."""
    table = tabulate(WORLD)
    truth, sweeps = value_iteration(table)
    first, curves = studies[0], over_seeds(studies, "curves")
    methods = {method: _summary(curves[method]) for method in METHODS}
    credit = {rule: estimate([one["cosines"][rule] for one in studies]) for rule in RULES}
    return {
        "settings": first["settings"],
        "truth": {
            "sweeps": sweeps,
            "best_return": float(truth[START]),
            "values": {f"{gamma:g}": _grid(table, value_iteration(table, gamma)[0]) for gamma in DISCOUNTS},
            "best": [row.tolist() for row in _rows(table, best_actions(table, truth))],
        },
        "curves": curves,
        "methods": {
            method: {
                name: value.to_json() if isinstance(value, Estimate) else value for name, value in row.items()
            }
            for method, row in methods.items()
        },
        "film": first["film"],
        "credit": {rule: value.to_json() for rule, value in credit.items()},
        "example": first["example"],
        "claims": _claims(methods, credit, _distance_gap(table, truth)),
        "stages": _stages(first["film"]),
    }


def snapshots_of(table: Table, method: str, seed: int) -> Iterator[Snapshot]:
    """The snapshots of one method on one seed."""
    settings = METHODS[method]
    if isinstance(settings, QLearning):
        looks = np.unique(np.geomspace(50, settings.steps, 70).astype(int)).tolist()
        return q_learning(table, settings, seed, looks)
    return policy_gradient(table, settings, seed, f"gridworld {method}", every=4)


def _measured(table: Table, snapshot: Snapshot) -> dict[str, float]:
    """A point of the curve: exact expectations, no sampling."""
    return {
        "update": snapshot.update,
        "env_steps": snapshot.env_steps,
        "cpu_seconds": snapshot.cpu_seconds,
        "return": expected(table, snapshot.policy).reward,
        "first_choices": expected(table, first_choices(snapshot.policy)).reward,
    }


def _summary(seeds: list[list[dict[str, float]]]) -> dict[str, Any]:
    """What the curves of one method say: when the first choices became a shortest path and stayed one (where
    they never did, the whole of training is a lower bound), and how good it was at the end."""
    solved = [_solved(points) for points in seeds]
    short = solved.count(None)
    points = [rows[place if place is not None else -1] for rows, place in zip(seeds, solved, strict=True)]
    return {
        "solved": [place is not None for place in solved],
        "env_steps": censored(geometric([max(point["env_steps"], 1.0) for point in points]), short),
        "cpu_seconds": censored(estimate([point["cpu_seconds"] for point in points]), short),
        "return": estimate([rows[-1]["return"] for rows in seeds]),
        "first_choices": estimate([rows[-1]["first_choices"] for rows in seeds]),
        "all_cpu_seconds": estimate([rows[-1]["cpu_seconds"] for rows in seeds]),
    }


def _solved(points: list[dict[str, float]]) -> int | None:
    """From which point on the first choices always are a shortest path."""
    short = [point["first_choices"] > BEST_RETURN - 1e-6 for point in points]
    if not short[-1]:
        return None
    return len(short) - next((i for i, good in enumerate(reversed(short)) if not good), len(short))


def _claims(
    methods: dict[str, dict[str, Any]], credit: dict[str, Estimate], gap: float
) -> list[dict[str, str]]:
    reinforce, critic, q = (methods[name] for name in METHODS)
    steps = "{:,.0f} steps".format
    cosine = "{:.2f}".format
    start = credit["whole return"]
    return [
        exact("the truth is -2 times the distance to the goal, in every cell", gap < 1e-9, f"off by {gap:g}"),
        on_most(
            "REINFORCE's first choices become a shortest path, 8 steps, on most seeds", reinforce["solved"]
        ),
        below(
            f"it takes less than {WITHIN:.0f} seconds", reinforce["cpu_seconds"], WITHIN, "{:.2f} s".format
        ),
        greater(
            "as it behaves, moves drawn, REINFORCE comes within a tenth of the best return",
            reinforce["return"],
            known(1.1 * BEST_RETURN),
            "{:.2f}".format,
        ),
        greater(
            "REINFORCE needs more steps than the actor-critic",
            reinforce["env_steps"],
            critic["env_steps"],
            steps,
        ),
        greater("REINFORCE needs more steps than Q-learning", reinforce["env_steps"], q["env_steps"], steps),
        greater(
            "a return to go points uphill better than the whole return", credit["return to go"], start, cosine
        ),
        greater(
            "less the mean it points better than without",
            credit["less the mean"],
            credit["return to go"],
            cosine,
        ),
        greater(
            "less the state's value it points better than less the mean",
            credit["less the value"],
            credit["less the mean"],
            cosine,
        ),
        greater(
            "the actor-critic's advantage points better than REINFORCE's",
            credit["actor-critic"],
            credit["less the mean"],
            cosine,
        ),
    ]


def _distance_gap(table: Table, truth: Numbers) -> float:
    """How far the truth is from -2 times the distance to the goal, counted by hand."""
    states = WORLD.numbered(table.numbers)
    away = np.abs(states["row"].astype(int) - GOAL[0]) + np.abs(states["column"].astype(int) - GOAL[1])
    return float(np.abs(truth - STEP_REWARD * away).max())


def _film(table: Table, snapshots: list[Snapshot]) -> list[dict[str, Any]]:
    """About FRAMES moments of training, more of them early: the policy of every cell, and its visits."""
    places = np.unique(np.round(np.linspace(0, 1, FRAMES) ** 1.6 * (len(snapshots) - 1)).astype(int))
    frames = []
    for snapshot in (snapshots[place] for place in places):
        seen = expected(table, snapshot.policy)
        greedy = first_choices(snapshot.policy)
        frames.append(
            {
                "update": snapshot.update,
                "episodes": snapshot.update * EPISODES,
                "steps": seen.steps,
                "policy": [np.round(row, 4).tolist() for row in _rows(table, snapshot.policy)],
                "visits": np.round(_grid(table, seen.visits), 4).tolist(),
                "path": _path(table, greedy),
            }
        )
    return frames


def _path(table: Table, greedy: Numbers) -> list[int]:
    """The actions of the first choices from the start, to the goal or until they turn in circles."""
    actions: list[int] = []
    state = START
    while not table.is_terminal[state] and len(actions) < len(greedy):
        actions.append(int(greedy[state].argmax()))
        state = int(table.after[state, actions[-1]])
    return actions


def _stages(film: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Episodes to replay: the first choices before and after."""
    ends = (("before", film[0]), ("after", film[-1]))
    return [
        {"label": f"{when}: {', '.join(MOVE_NAMES[a] for a in frame['path'][:8])}", "actions": frame["path"]}
        for when, frame in ends
    ]


def _rows(table: Table, values: Any) -> Any:
    """[S, ...] in the order of the world's own numbers."""
    out = np.zeros_like(values)
    out[table.numbers] = values
    return out


def _grid(table: Table, values: Numbers) -> list[float]:
    return [round(float(value), 6) for value in _rows(table, values)]
