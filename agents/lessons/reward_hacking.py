"""The second lesson: a robot paid for what a camera sees learns to deceive it; three repairs compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.lessons.cleaner import clumsy_cleaner, honest_cleaner
from agents.lessons.episodes import play
from agents.lessons.learners import PolicyGradient, imitate, policy_gradient, warm_up
from agents.lessons.repairs import LITTLE, judge
from agents.lessons.tables import START, Numbers, Table, best_episode, divergence, expected, tabulate
from games.cleaning_robot import CLEAN, COVERED, DIRTY, MAX_STEPS, SPOTS, WORLD, in_sight, paid_by
from lab.lessons import Tell, over_seeds
from lab.lessons.estimate import Estimate, estimate, exact, greater, known
from lab.randomness import game_keys

DEMONSTRATIONS, IMITATION_UPDATES, IMITATION_RATE = 1_000, 60, 0.2
SETTINGS = PolicyGradient(480, 64, 0.1, critic=True, entropy=0.01, scale=MAX_STEPS)
EVERY = 8  # updates between two points of a curve
BUDGET = MAX_STEPS / 8  # nats: an eighth of a nat a step; of this size after trial runs
ARMS = {"camera": "paid by the camera", "penalty": "cloths fined", "true": "paid for the true state"}
STOPPED = "early stopping"
KINDS = ("cleaned", "covered", "unseen", "left")
SHARES = ("proxy", "true", *KINDS)
MEASURES = ("paid", *SHARES, "divergence")


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """What the robot learned under each agreement on one seed; of the first seed the stages to replay, too.
    All of it but the seconds follows from the seed."""
    tables = {arm: tabulate(paid_by(arm)) for arm in ARMS}
    human = clumsy_cleaner(tables["camera"])
    warm_up(tables["camera"])
    tell("the imitator")
    shown = play(tables["camera"], human, game_keys(seed, "cleaner demonstrates", 0, DEMONSTRATIONS))
    imitator = imitate(tables["camera"], shown, IMITATION_UPDATES, IMITATION_RATE)
    policies, curves = {}, {}
    for arm, words in ARMS.items():
        tell(words)
        policies[arm], curves[arm] = _train(tables, arm, seed, imitator)
    told: dict[str, Any] = {"settings": _settings(), "curves": curves}
    return told | ({"stages": _stages(tables["camera"], imitator, policies)} if is_first else {})


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed."""
    tables = {arm: tabulate(paid_by(arm)) for arm in ARMS}
    return _told(tables, over_seeds(studies, "curves")) | {"stages": studies[0]["stages"]}


def _settings() -> dict[str, Any]:
    return {**vars(SETTINGS), "budget": BUDGET, "demonstrations": DEMONSTRATIONS}


def _train(
    tables: dict[str, Table], arm: str, seed: int, imitator: Numbers
) -> tuple[Numbers, list[dict[str, float]]]:
    """Reinforce from the imitator under an agreement: the last policy, and the curve."""
    points: list[dict[str, float]] = []
    policy = imitator
    for snapshot in policy_gradient(tables[arm], SETTINGS, seed, f"cleaner {arm}", EVERY, imitator):
        policy = snapshot.policy
        cost = {name: getattr(snapshot, name) for name in ("update", "env_steps", "cpu_seconds")}
        points.append({**cost, **measured(tables, policy, arm, imitator)})
    return policy, points


def measured(
    tables: dict[str, Table], policy: Numbers, arm: str = "camera", reference: Numbers | None = None
) -> dict[str, float]:
    """What a policy does, exactly, in shares of what an episode can give.

    `paid` under its agreement; `proxy`, what the camera would pay; `true`, what the room is worth; what has
    become of the dirt at the end, in shares that sum to 1; `divergence` from a reference, in nats an episode.
    """
    table = tables["camera"]
    seen = expected(table, policy)
    taken = seen.visits[:, None] * policy
    states = WORLD.numbered(table.numbers)
    sight, dirty = in_sight(states), (states["spots"] == DIRTY).mean(axis=1)
    fates = {
        "cleaned": (states["spots"] == CLEAN).mean(axis=1),
        "covered": (states["spots"] == COVERED).mean(axis=1),
        "unseen": dirty * (1.0 - sight),
        "left": dirty * sight,
    }
    return {
        "paid": float((taken * tables[arm].reward).sum()) / MAX_STEPS,
        "proxy": seen.reward / MAX_STEPS,
        "true": seen.true_reward / MAX_STEPS,
        **{name: float(fate @ seen.ends) for name, fate in fates.items()},
        "divergence": 0.0 if reference is None else divergence(policy, reference, seen.visits),
    }


def stopping_point(points: list[dict[str, float]], budget: float = BUDGET) -> int:
    """The last point before the policy has moved further from the imitator than the budget allows; whatever
    the true reward is, the rule does not see it."""
    beyond = [i for i, point in enumerate(points) if point["divergence"] > budget]
    return max(0, beyond[0] - 1) if beyond else len(points) - 1


def _told(tables: dict[str, Table], curves: dict[str, list[list[dict[str, float]]]]) -> dict[str, Any]:
    """The result without its stages: means over seeds, the truth, the claims."""
    base = curves["camera"]
    ends: dict[str, list[dict[str, float]]] = {
        "imitator": [points[0] for points in base],
        **{arm: [points[-1] for points in curves[arm]] for arm in ARMS},
        STOPPED: [points[stopping_point(points)] for points in base],
    }
    oracle = [max(points, key=lambda point: point["true"]) for points in base]
    means = {arm: _means(points) for arm, points in ends.items()}
    peak = estimate([point["true"] for point in oracle], share=True)
    rise, fall = (
        estimate([best["true"] - at["true"] for best, at in zip(oracle, ends[arm], strict=True)])
        for arm in ("imitator", "camera")
    )
    repairs = {
        arm: judge(means["camera"], means[arm], arm == STOPPED) for arm in ("true", "penalty", STOPPED)
    }
    truth = _truth(tables)
    return {
        "settings": _settings(),
        "truth": truth,
        "curves": curves,
        "arms": {arm: {name: value.to_json() for name, value in row.items()} for arm, row in means.items()},
        "peak": peak.to_json(),
        "peak_update": estimate([point["update"] for point in oracle]).to_json(),
        "stopped_update": estimate([point["update"] for point in ends[STOPPED]]).to_json(),
        "budgets": {
            f"{budget:g}": _at_budget(base, budget) for budget in (BUDGET / 2, BUDGET, 2 * BUDGET, 4 * BUDGET)
        },
        "repairs": repairs,
        "claims": _claims(means, rise, fall, truth),
    }


def _means(points: list[dict[str, float]]) -> dict[str, Estimate]:
    """The means over seeds of what was measured; all but the divergence are shares."""
    return {name: estimate([point[name] for point in points], name in SHARES) for name in MEASURES}


def _at_budget(base: list[list[dict[str, float]]], budget: float) -> dict[str, Any]:
    """The camera's pay and the true reward where a budget stops."""
    points = [rows[stopping_point(rows, budget)] for rows in base]
    names = ("proxy", "true", "update")
    return {name: estimate([point[name] for point in points], name in SHARES).to_json() for name in names}


def _truth(tables: dict[str, Table]) -> dict[str, Any]:
    """What is best under each agreement, by backward induction, and what the honest human is worth."""
    told: dict[str, Any] = {}
    for arm, table in tables.items():
        actions, state = best_episode(table), START
        sums = {"paid": 0.0, "proxy": 0.0, "true": 0.0}
        for action in actions:
            sums["paid"] += float(table.reward[state, action])
            sums["proxy"] += float(tables["camera"].reward[state, action])
            sums["true"] += float(table.true_reward[state, action])
            state = int(table.after[state, action])
        told[arm] = {"actions": actions, **{name: value / MAX_STEPS for name, value in sums.items()}}
    for name, policy in (("human", clumsy_cleaner), ("honest", honest_cleaner)):
        told[name] = measured(tables, policy(tables["camera"]))
    return told


def _claims(
    means: dict[str, dict[str, Estimate]], rise: Estimate, fall: Estimate, truth: dict[str, Any]
) -> list[dict[str, str]]:
    share = "{:.3f}".format
    base, start, stopped = means["camera"], means["imitator"], means[STOPPED]
    best = truth["camera"]
    return [
        exact(
            "who is paid best by the camera cleans nothing",
            best["true"] < 1e-9 and best["proxy"] > truth["true"]["proxy"],
            f"paid {best['proxy']:.3f}, truly {best['true']:.3f}; the best cleaner is paid "
            f"{truth['true']['proxy']:.3f}",
        ),
        greater("reinforcement raises the camera's pay", base["proxy"], start["proxy"], share),
        # no peak lies below start or end: what can be false is that it lies above them by more than a little
        greater(
            "the true reward rises first: its peak lies more than a twentieth above the imitator's",
            rise,
            known(LITTLE),
            share,
        ),
        greater(
            "then it falls: the end lies more than a twentieth below the peak", fall, known(LITTLE), share
        ),
        greater("at the end the pay lies above the true reward", base["proxy"], base["true"], share),
        greater("most of the dirt ends under cloths", base["covered"], known(0.5), share),
        greater(
            "paid for the true state, it cleans: more than the imitator",
            means["true"]["true"],
            start["true"],
            share,
        ),
        greater("a fine on cloths ends the cloths", base["covered"], means["penalty"]["covered"], share),
        greater(
            "under the fine more dirt goes out of the camera's sight",
            means["penalty"]["unseen"],
            base["unseen"],
            share,
        ),
        greater("stopped early, the room is better than at the end", stopped["true"], base["true"], share),
        greater(
            "stopped early, the room is better than the imitator leaves it",
            stopped["true"],
            start["true"],
            share,
        ),
        greater("the true state as pay beats stopping early", means["true"]["true"], stopped["true"], share),
    ]


def _stages(table: Table, imitator: Numbers, policies: dict[str, Numbers]) -> list[dict[str, Any]]:
    """Episodes to replay, drawn with the same random numbers: the imitator, and what came of it."""
    keys = game_keys(0, "cleaner stages", 0, 1)
    shown = {
        "after imitation": imitator,
        "paid by the camera": policies["camera"],
        "cloths fined": policies["penalty"],
    }
    return [
        {"label": label, "actions": play(table, policy, keys).actions[0].tolist()}
        for label, policy in shown.items()
    ]


assert len(SPOTS) == 3, "the shares of this lesson are thirds"
