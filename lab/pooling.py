"""Several seeds of one experiment as one result: every Score pooled, every curve kept."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean
from typing import Any

from lab.statistics import Score, pooled

SCORE_KEYS = {"rate", "low", "high", "n"}
COUNTS = {"wins", "draws", "losses", "games", "pairs", "distinct_games", "openings"}  # of a match: summed
ALONE = (  # exhibits of a world that tell of one run: those of the first seed are shown, and it is said, but
    # where `over_seeds` makes one of all
    *("bands", "ratings", "prediction", "policy_gradient", "value_lesson", "priors", "teachers", "surprise"),
    *("pass_at_k", "thinking", "teacher_slips", "samples", "shown_worth"),
)


def pool_results(
    results: list[dict[str, Any]],
    config: dict[str, Any],
    over_seeds: Callable[[list[dict[str, Any]]], dict[str, Any]] = lambda entries: {},
) -> dict[str, Any]:
    """Results of the same shape, one a seed, as one; the single ones stay inside, under `seeds`.

    Scores are pooled (lab.statistics.pooled), the counts of a match summed as the n of its score is
    (distinct games and openings are then distinct within a seed), other numbers averaged, claims counted
    over the seeds, curves put side by side. `over_seeds` adds to a world what only all its seeds together
    tell. Raises ValueError where the shapes or the claims differ.
    """
    worlds = _pool([[_poolable(world) for world in result["worlds"]] for result in results])
    for i, world in enumerate(worlds):
        world |= {name: results[0]["worlds"][i].get(name) for name in ALONE}
        world["exhibits_seed"] = results[0]["seed"]
        world |= over_seeds([{**result["worlds"][i], "seed": result["seed"]} for result in results])
        for j, panel in enumerate(world["panels"]):
            parts = [result["worlds"][i]["panels"][j] for result in results]
            panel["curves"] = [
                {**curve, "seed": result["seed"]}
                for result, part in zip(results, parts, strict=True)
                for curve in part["curves"]
            ]
            panel["claims"] = _claims([part["claims"] for part in parts])
    first = results[0]
    times = [result["times"] for result in results]
    return {
        **first,
        "config": config,
        "worlds": worlds,
        "times": {
            "wall_seconds": sum(t["wall_seconds"] for t in times),
            "cpu_seconds": sum(t["cpu_seconds"] for t in times),
            "phases": [phase for t in times for phase in t["phases"]],
        },
        "seeds": results,
    }


def _poolable(world: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in world.items() if name not in ALONE}


def _pool(values: list[Any], place: str = "") -> Any:
    """The same place of several results as one value; `place`: the name of the list it stands in."""
    first = values[0]
    if len({type(value) for value in values}) != 1:
        raise ValueError(f"results of different shapes cannot be pooled: {values}")
    if isinstance(first, dict):
        if len({frozenset(value) for value in values}) != 1:
            odd = set().union(*values).difference(set(first).intersection(*values))
            raise ValueError(f"results of different shapes cannot be pooled: not all have {sorted(odd)}")
        if set(first) == SCORE_KEYS:
            return pooled([Score.from_json(value) for value in values]).to_json()
        return {
            key: sum(value[key] for value in values)
            if place == "matches" and key in COUNTS
            else _pool([value[key] for value in values], key)
            for key in first
            if key not in ("curves", "claims")
        }
    if isinstance(first, list):
        if len({len(value) for value in values}) != 1:
            raise ValueError(
                f"results of different shapes cannot be pooled: lists of {[len(v) for v in values]}"
            )
        return [_pool(list(parts), place) for parts in zip(*values, strict=True)]
    if isinstance(first, str) and len(set(values)) > 1:
        raise ValueError(f"results of different things cannot be pooled: {sorted(set(values))}")
    if isinstance(first, float):
        return fmean(values)
    if isinstance(first, int) and not isinstance(first, bool) and len(set(values)) > 1:
        return round(fmean(values))
    return first


def _claims(seeds: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The claims of a panel over its seeds. Raises ValueError where not every seed makes the same ones."""
    named = [{claim["claim"]: claim for claim in claims} for claims in seeds]
    if odd := set().union(*named).difference(set(named[0]).intersection(*named)):
        raise ValueError(f"results of different shapes cannot be pooled: not all claim {sorted(odd)}")
    return [_claim([claims[words] for claims in named]) for words in named[0]]


def _claim(claims: list[dict[str, Any]]) -> dict[str, Any]:
    """A claim over seeds: shown (contradicted) only where every seed shows (contradicts) it."""
    verdicts = [claim["verdict"] for claim in claims]
    verdict = verdicts[0] if len(set(verdicts)) == 1 else "not shown"
    counted = f"shown on {verdicts.count('shown')} of {len(verdicts)} seeds"
    evidence = "; ".join(claim["evidence"] for claim in claims)
    return {"claim": claims[0]["claim"], "verdict": verdict, "evidence": f"{counted}: {evidence}"}
