"""Several seeds as one result: scores pooled, numbers averaged, claims counted, nothing lost."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lab.pooling import pool_results
from lab.statistics import Score, pooled


def share(rate: float) -> dict[str, Any]:
    return Score(rate, rate - 0.1, rate + 0.1, 100).to_json()


def result(seed: int, rate: float, verdict: str) -> dict[str, Any]:
    claim = {"claim": "zero passes the human", "verdict": verdict, "evidence": f"seed {seed}"}
    point = {"step": 1, "cpu_seconds": 2.0, "games": 10, "score": share(rate)}
    panel = {
        "panel": "ceiling",
        "lines": None,
        "headline": [{"player": "zero", "raw": share(rate), "searched": None, "cpu_seconds": 10.0 * seed}],
        "matches": [
            {
                "first": "zero",
                "first_simulations": 64,
                **{"wins": 10 + 3 * seed, "draws": 2, "losses": 88 - 3 * seed, "games": 100},
                **{"distinct_games": 90 + seed, "pairs": 50},
                "score": share(rate),
                "passed": True,
            }
        ],
        "imitation": [{"arm": "imitator", "games": 100 * seed, "positions": 10 * seed}],
        "curves": [{"arm": "zero", "series": "raw", "points": [point]}],
        "claims": [claim],
    }
    phase = {"arm": "zero", "phase": "zero", "wall_seconds": 1.0, "cpu_seconds": 1.0}
    return {
        "schema": "move37-result/1",
        "seed": seed,
        "config": {"seed": seed},
        "times": {"wall_seconds": 3.0, "cpu_seconds": 1.0, "phases": [phase]},
        "worlds": [{"world": "connect_four", "panels": [panel]}],
    }


def panel_of(pool: dict[str, Any]) -> dict[str, Any]:
    panel: dict[str, Any] = pool["worlds"][0]["panels"][0]
    return panel


def test_two_seeds() -> None:
    parts = [result(1, 0.6, "shown"), result(2, 0.8, "shown")]
    before = copy.deepcopy(parts)
    pool = pool_results(parts, {"seeds": 2})
    assert parts == before, "what was handed in is unchanged"
    assert pool["seeds"] == parts
    assert pool["config"] == {"seeds": 2}
    assert pool["times"]["wall_seconds"] == 6.0
    assert len(pool["times"]["phases"]) == 2
    panel = panel_of(pool)
    together = pooled([Score.from_json(share(0.6)), Score.from_json(share(0.8))]).to_json()
    assert panel["headline"] == [{"player": "zero", "raw": together, "searched": None, "cpu_seconds": 15.0}]
    assert panel["matches"] == [
        {
            "first": "zero",
            "first_simulations": 64,
            **{"wins": 29, "draws": 4, "losses": 167, "games": 200, "distinct_games": 183, "pairs": 100},
            "score": together,
            "passed": True,
        }
    ], "counts are summed as the n of the score is, settings are not"
    assert panel["matches"][0]["score"]["n"] == 200
    assert panel["imitation"] == [{"arm": "imitator", "games": 150, "positions": 15}]
    assert panel["lines"] is None
    assert [(curve["seed"], curve["points"][0]["score"]["rate"]) for curve in panel["curves"]] == [
        (1, 0.6),
        (2, 0.8),
    ]


@pytest.mark.parametrize(
    ("verdicts", "together", "counted"),
    [
        (("shown", "shown", "shown"), "shown", "3 of 3"),
        (("shown", "shown", "not shown"), "not shown", "2 of 3"),
        (("shown", "contradicted", "shown"), "not shown", "2 of 3"),
        (("contradicted", "contradicted", "contradicted"), "contradicted", "0 of 3"),
    ],
)
def test_a_claim_needs_every_seed(verdicts: tuple[str, ...], together: str, counted: str) -> None:
    pool = pool_results([result(seed, 0.5, verdict) for seed, verdict in enumerate(verdicts)], {})
    (claim,) = panel_of(pool)["claims"]
    assert claim["verdict"] == together
    assert claim["evidence"] == f"shown on {counted} seeds: seed 0; seed 1; seed 2"


def test_one_seed_is_itself() -> None:
    pool = panel_of(pool_results([result(4, 0.7, "shown")], {}))
    assert pool["headline"] == panel_of(result(4, 0.7, "shown"))["headline"]


def test_other_shapes_are_refused() -> None:
    longer = result(2, 0.5, "shown")
    panel_of(longer)["matches"] *= 2
    with pytest.raises(ValueError, match=r"different shapes.*\[1, 2\]"):
        pool_results([result(1, 0.5, "shown"), longer], {})
    other = result(2, 0.5, "shown")
    del panel_of(other)["matches"][0]["wins"]
    with pytest.raises(ValueError, match=r"different shapes.*wins"):
        pool_results([result(1, 0.5, "shown"), other], {})
    missing = result(2, 0.5, "shown")
    panel_of(missing)["headline"][0]["raw"] = None
    with pytest.raises(ValueError, match="different shapes"):
        pool_results([result(1, 0.5, "shown"), missing], {})


def test_other_matches_and_claims_are_refused() -> None:
    other = result(2, 0.5, "shown")
    panel_of(other)["matches"][0]["first"] = "imitator"
    with pytest.raises(ValueError, match=r"different things.*\['imitator', 'zero'\]"):
        pool_results([result(1, 0.5, "shown"), other], {})
    other = result(2, 0.5, "shown")
    panel_of(other)["claims"][0]["claim"] = "zero is small"
    with pytest.raises(ValueError, match=r"not all claim \['zero is small', 'zero passes the human'\]"):
        pool_results([result(1, 0.5, "shown"), other], {})


def test_claims_are_counted_by_their_words() -> None:
    first, second = result(1, 0.5, "shown"), result(2, 0.5, "shown")
    more = {"claim": "zero is small", "verdict": "contradicted", "evidence": "x"}
    panel_of(first)["claims"].append(more)
    panel_of(second)["claims"].insert(0, more)
    claims = panel_of(pool_results([first, second], {}))["claims"]
    assert [claim["verdict"] for claim in claims] == ["shown", "contradicted"]
