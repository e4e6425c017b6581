"""What may be claimed of "AlphaGo, trained with RLHF": how its curves end, means over seeds, and verdicts."""

from __future__ import annotations

from typing import Any

from lab.lessons.estimate import Estimate, estimate, exact, greater, known

FEW, MANY, UTILITY, HURRIED, RESULT = ARMS = ("few-labels", "many-labels", "utility", "glance", "result")
SHARE = "{:.3f}".format
Arms = dict[str, dict[str, Estimate]]
Curves = dict[str, list[list[dict[str, float]]]]  # arm -> a list a seed -> points


def result_of(
    settings: dict[str, Any],
    lines: dict[str, float],
    curves: Curves,
    told: dict[str, list[Any]],
    models: list[dict[str, Any]],
) -> dict[str, Any]:
    """The result without its boards and its table: means over seeds, peaks, claims."""
    arms = {arm: _ends(seeds) for arm, seeds in curves.items()}
    arms["imitator"] = _ends([[points[0]] for points in curves[MANY]])
    return {
        "settings": settings,
        "curves": curves,
        "lines": lines,
        "arms": {arm: {name: value.to_json() for name, value in row.items()} for arm, row in arms.items()},
        "peaks": {arm: _peak(curves[arm]) for arm in ARMS if arm != RESULT},
        "models": models,
        **told,
        "claims": [
            *_claims_of_taste(arms, models),
            *_claims_of_strength(arms, lines["best"]),
            _claim_of_games(told["matches"]),
            *_claims_of_alarms(told["alarms"]),
            *_claims_37(told["moves_37"]),
        ],
    }


def _ends(seeds: list[list[dict[str, float]]]) -> dict[str, Estimate]:
    """What the last points of the curves say, means over seeds."""
    return {
        name: estimate([points[-1][name] for points in seeds], share=name.startswith("goal"))
        for name in seeds[0][-1]
        if name not in ("update", "env_steps", "cpu_seconds")
    }


def _peak(seeds: list[list[dict[str, float]]]) -> dict[str, Any]:
    """The highest gold of each curve, and after how many games."""
    best = [max(points, key=lambda point: point["gold"]) for points in seeds]
    return {
        "gold": estimate([point["gold"] for point in best]).to_json(),
        "games": estimate([point["update"] for point in best]).to_json(),
    }


def _claims_of_taste(arms: Arms, models: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What reward models learn, what the policy earns, what the raters say of it."""
    few, many = ([row[arm]["agreement"] for row in models] for arm in (FEW, MANY))
    return [
        greater(
            "more labels, better agreement with the raters on pairs not seen",
            estimate(many, share=True),
            estimate(few, share=True),
            SHARE,
        ),
        greater(
            "the vibe rises: paid by the model of many labels it earns over half of what there is",
            arms[MANY]["proxy"],
            known(0.5),
            SHARE,
        ),
        greater(
            "of few labels, too",
            arms[FEW]["proxy"],
            known(0.5),
            SHARE,
        ),
        greater(
            "but with few labels the raters themselves like its moves less than the imitator's",
            known(0.0),
            arms[FEW]["gold"],
            SHARE,
        ),
        greater(
            "the raters' exact utility pleases them more than a model of many labels",
            arms[UTILITY]["gold"],
            arms[MANY]["gold"],
            SHARE,
        ),
    ]


def _claims_of_strength(arms: Arms, best: float) -> list[dict[str, str]]:
    """First choices at hard positions, against the human at best and the imitator."""
    goals = {arm: row["goal_greedy"] for arm, row in arms.items()}
    claims = [
        greater(f"strength stalls below the raters at best, {words}", known(best), goals[arm], SHARE)
        for arm, words in ((MANY, "paid by the model"), (UTILITY, "paid their exact utility, too"))
    ]
    return [
        *claims,
        greater("paid by the model it ends weaker than the imitator", goals["imitator"], goals[MANY], SHARE),
        greater(
            "told only who won, in as many games, it passes the raters at best",
            goals[RESULT],
            known(best),
            SHARE,
        ),
    ]


def _claim_of_games(matches: list[dict[str, dict[str, float]]]) -> dict[str, str]:
    """Against the raters themselves their own taste, without its slips, may well win more games."""
    utility, imitator = (
        estimate([match[arm]["recorded"] for match in matches], share=True) for arm in (UTILITY, "imitator")
    )
    return greater(
        "paid the raters' exact utility it yet beats the human as recorded more often than the imitator does",
        utility,
        imitator,
        SHARE,
    )


def _claims_of_alarms(alarms: list[dict[str, int | None]]) -> list[dict[str, str]]:
    """What fresh judgements hear, on the seeds of this run."""
    heard = {arm: sum(row[arm] is not None for row in alarms) for arm in (FEW, HURRIED)}
    evidence = {arm: f"heard on {count} of {len(alarms)} seeds" for arm, count in heard.items()}
    return [
        exact(
            "fresh judgements unmask the model of few labels, on every seed of this run",
            heard[FEW] == len(alarms),
            evidence[FEW],
        ),
        exact(
            "they never unmask the raters' own bias: paid at a glance, judged at a glance",
            heard[HURRIED] == 0,
            evidence[HURRIED],
        ),
    ]


def _claims_37(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Of the moves 37, where there are any."""
    if any(row["any"] is None for row in rows):
        return []
    beats, wrong = (estimate([row["any"][name] for row in rows], share=True) for name in ("beats", "wrong"))
    return [
        greater(
            "a move 37 is paid less than the human's move, more often than not", known(0.5), beats, SHARE
        ),
        greater("right moves 37 are paid above the human's more often than wrong ones", beats, wrong, SHARE),
    ]
