"""What is shipped of many seeds: low, middle and high of every point, and each seed's end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from arms import made_up_positions
from run_folder import LADDER, ONE_ARM, result_of_run, write_run

from agents.config import CompareConfig
from lab import shipped
from lab.shipped import CannotShip, bands_of, main, shipped_file


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
    del third["seeds"]  # as a run of one seed leaves it
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
    assert made["ratings"] is None


def test_the_first_seed_s_ratings_are_shipped() -> None:
    player = {"player": "zero", "rating": 371.26, "low": None, "high": 400.04, "games": 9, "bound": "at most"}
    rated = {
        "anchor": "a",
        "scale": "Elo",
        "prior": "weak",
        "players": [player],
        "transitivity": {},
        "matches": [],
    }
    both = results()
    both[1]["worlds"][0]["ratings"] = rated
    made = shipped_file(both)["ratings"]
    assert made["seed"] == 2
    assert made["players"] == [{**player, "rating": 371.3, "high": 400.0}]
    assert set(made) == {"seed", "anchor", "scale", "prior", "players"}


def test_seeds_come_once_and_runs_are_alike() -> None:
    with pytest.raises(CannotShip, match="each seed may come once"):
        shipped_file([result_of(1, [0.5]), result_of(1, [0.6])])
    with pytest.raises(CannotShip, match="one human, preset and task"):
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
    other_task = {**shipped_file(results()), "task": "addition-2"}
    (tmp_path / "connect_four-ladder.json").write_text(json.dumps(other_task))
    assert bands_of(config) == []
    (tmp_path / "connect_four-ladder.json").write_text(json.dumps(shipped_file(results())))
    assert bands_of(replace(config, arms=("imitator",))) == []


# --- of results as agents.result makes them ---


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The results of two ladders of one seed each."""
    made = made_up_positions(40)
    monkeypatch.setattr("agents.result.load_positions", lambda world, split: made)
    write_run(tmp_path / "run", LADDER)
    return [result_of_run(tmp_path / "run", replace(LADDER, seed=seed)) for seed in (3, 4)]


def test_a_ladder_is_shipped_whatever_the_order_of_its_parts(real: list[dict[str, Any]]) -> None:
    first, second = real
    wanted = shipped_file(real)
    world = second["worlds"][0]
    world["ladder"].reverse()
    for part in ("curves", "matches"):
        world["panels"][0][part].reverse()
    assert shipped_file([first, second]) == wanted
    rungs = {rung["arm"]: rung for rung in wanted["ladder"]}
    assert rungs["alphago"]["raw"] is rungs["alphago"]["sampled"] is None
    assert len(rungs["alphago"]["searched"]) == len(rungs["zero"]["raw"]) == 2
    assert {band["series"] for band in wanted["bands"] if band["arm"] == "alphago"} == {"searched"}
    assert rungs["imitate-perfect"]["games"] == [None, None]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("curves", "a curve not in every run: imitate-zero, searched"),
        ("matches", "a match not in every run: zero more-imitation 64 64"),
    ],
)
def test_what_one_run_lacks_is_named(real: list[dict[str, Any]], part: str, words: str) -> None:
    real[1]["worlds"][0]["panels"][0][part].pop()
    with pytest.raises(CannotShip, match=words):
        shipped_file(real)


def test_arms_and_points_that_one_run_lacks_are_named(real: list[dict[str, Any]]) -> None:
    world = real[1]["worlds"][0]
    curve = world["panels"][0]["curves"][0]
    curve["points"][1]["step"] = 7
    with pytest.raises(CannotShip, match=r"a step of imitator, greedy not in every run: 2, 7"):
        shipped_file(real)
    curve["points"][1]["step"] = 1
    with pytest.raises(CannotShip, match=r"a step of imitator, greedy twice in one run: 1, 1"):
        shipped_file(real)
    curve["points"][1]["step"] = 2
    world["ladder"].pop()
    with pytest.raises(CannotShip, match="an arm not in every run: imitate-zero"):
        shipped_file(real)


@pytest.mark.usefixtures("real")
def test_a_run_of_one_arm_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "alone", tmp_path / "bands.json"
    write_run(folder, ONE_ARM)
    (folder / "result.json").write_text(json.dumps(result_of_run(folder, ONE_ARM)))
    for run, words in ((folder, "no ladder in the results of seeds [0]"), (tmp_path, "No such file")):
        monkeypatch.setattr("sys.argv", ["shipped", str(run), "--out", str(out)])
        with pytest.raises(SystemExit):
            main()
        assert words in capsys.readouterr().err
    assert not out.exists()


def test_the_command_writes_the_file(
    real: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [tmp_path / f"run-{result['seed']}" for result in real]
    for run, result in zip(runs, real, strict=True):
        run.mkdir()
        (run / "result.json").write_text(json.dumps(result))
    out = tmp_path / "bands.json"
    monkeypatch.setattr("sys.argv", ["shipped", *map(str, runs), "--out", str(out)])
    main()
    assert json.loads(out.read_text()) == json.loads(json.dumps(shipped_file(real)))
