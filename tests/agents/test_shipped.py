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
    rung = {"arm": "zero", "raw": end, "sampled": end, "searched": end, "total_cpu_seconds": 20.0, "games": 5}
    panel = {"curves": [{"arm": "zero", "series": "raw", "points": points}]}
    return {"seed": seed, "worlds": [{"panels": [panel], "ladder": [rung]}]}


def pooled_result() -> dict[str, Any]:
    runs = [result_of(0, [0.5, 0.7]), result_of(1, [0.4, 0.9]), result_of(2, [0.6, 0.8])]
    head = {"command": "c", "created": "d", "versions": {}, "machine": {}, "config": {"human": "forgetful"}}
    return head | {"seeds": runs}


def test_bands_are_low_middle_and_high_over_the_seeds() -> None:
    made = shipped_file(pooled_result())
    assert made["seeds"] == [0, 1, 2]
    assert made["bands"] == [
        {
            "arm": "zero",
            "series": "raw",
            "points": [
                {"cpu_seconds": 11.0, "games": 100, "low": 0.4, "middle": 0.5, "high": 0.6},
                {"cpu_seconds": 21.0, "games": 200, "low": 0.7, "middle": 0.8, "high": 0.9},
            ],
        }
    ]
    assert made["ladder"][0]["raw"] == [0.7, 0.9, 0.8]


def test_one_seed_makes_no_band() -> None:
    with pytest.raises(ValueError, match="several seeds"):
        shipped_file({**pooled_result(), "seeds": None})


def test_bands_are_for_the_same_preset_and_human(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    config = CompareConfig()
    assert bands_of(config) == []
    (tmp_path / "connect_four-ladder.json").write_text(json.dumps(shipped_file(pooled_result())))
    (band,) = bands_of(config)
    assert (band["seeds"], band["source"]) == (3, "results/connect_four-ladder.json")
    assert bands_of(replace(config, human="two-ply")) == []
    assert bands_of(replace(config, arms=("imitator",))) == []
