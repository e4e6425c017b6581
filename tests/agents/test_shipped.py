"""What is shipped of many seeds: low, middle and high of every point, and each seed's end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents import shipped
from agents.config import CompareConfig
from agents.shipped import bands_of, shipped_file


def score(rate: float) -> dict[str, Any]:
    return {"rate": rate, "low": max(0.0, rate - 0.1), "high": min(1.0, rate + 0.1), "n": 10}


def result_of(seed: int, rates: list[float]) -> dict[str, Any]:
    points = [
        {"step": i, "cpu_seconds": 10.0 * i + seed, "games": 100 * i, "score": score(rate)}
        for i, rate in enumerate(rates, 1)
    ]
    end = score(rates[-1])
    rung = {
        "arm": "zero",
        **{style: end for style in ("raw", "sampled", "searched")},
        "simulations": 64,
        "total_cpu_seconds": 20.0,
        "games": 5,
    }
    match = {"first": "zero", "second": "a", "first_simulations": 0, "second_simulations": 0, "score": end}
    curve = {"arm": "zero", "series": "raw", "points": points}
    panel = {"curves": [curve], "matches": [match], "lines": None}
    head = {"command": f"c{seed}", "created": "d", "versions": {}, "machine": {}, "preset": "ladder"}
    world = {"panels": [panel], "ladder": [rung]}
    return {**head, "seed": seed, "seeds": None, "config": {"human": "forgetful"}, "worlds": [world]}


def results() -> list[dict[str, Any]]:
    """A run of two seeds and one of one."""
    first, second, third = result_of(0, [0.5, 0.7]), result_of(1, [0.4, 0.9]), result_of(2, [0.6, 0.8])
    return [{**first, "seeds": [first, second]}, third]


def test_every_seed_is_kept() -> None:
    made = shipped_file(results())
    assert made["seeds"] == [0, 1, 2]
    assert made["bands"][0]["points"] == [
        {"cpu_seconds": 11.0, "games": 100, "scores": [0.5, 0.4, 0.6]},
        {"cpu_seconds": 21.0, "games": 200, "scores": [0.7, 0.9, 0.8]},
    ]
    assert made["ladder"][0]["raw"] == [0.7, 0.9, 0.8]
    assert made["matches"][0]["scores"] == [[0.7, 0.6, 0.8], [0.9, 0.8, 1.0], [0.8, 0.7, 0.9]]


def test_seeds_come_once_and_runs_are_alike() -> None:
    with pytest.raises(ValueError, match="each seed may come once"):
        shipped_file([result_of(1, [0.5]), result_of(1, [0.6])])
    with pytest.raises(ValueError, match="one human and one preset"):
        shipped_file([result_of(1, [0.5]), {**result_of(2, [0.6]), "preset": "quick"}])


def test_bands_are_for_the_same_preset_and_human(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    config = CompareConfig()
    assert bands_of(config) == []
    (tmp_path / "connect_four-ladder.json").write_text(json.dumps(shipped_file(results())))
    (band,) = bands_of(config)
    assert (band["seeds"], band["source"]) == (3, "results/connect_four-ladder.json")
    assert band["points"][1] == {"cpu_seconds": 21.0, "games": 200, "low": 0.7, "middle": 0.8, "high": 0.9}
    assert bands_of(replace(config, human="two-ply")) == []
    assert bands_of(replace(config, arms=("imitator",))) == []
