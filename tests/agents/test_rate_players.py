"""Rating a run: everybody meets neighbours, the same way every time, and a stopped task goes on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from arms import SMALL, made_up_positions
from stations import desk

from agents import ratings
from agents.config import CompareConfig, RatingConfig
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.network import new_network
from agents.ratings import Met, encounters_of, neighbours, players_of, rate_players
from games.connect_four import GAME
from lab.ratings import fit_ratings
from lab.report.schema import RATINGS
from lab.workers import Interrupted

SETTINGS = RatingConfig(rounds=2, pairs=3, others=("random", "wins-and-blocks", "alphabeta-1", "alphabeta-2"))
ALONE = replace(SMALL, arms=(), ratings=SETTINGS)


@pytest.fixture(autouse=True)
def few_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rough order of a handful of made-up positions will do."""
    monkeypatch.setattr("agents.positions.load_positions", lambda world, split: made_up_positions(100))


def result_of(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "results" / "ratings.json").read_text())
    return result


def rated(folder: Path, config: CompareConfig = ALONE) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    rate_players(folder, config, "", desk())
    return result_of(folder)


def match(first: str, second: str, points: list[tuple[float, float]], opening: str = "o") -> Met:
    return Met(first, second, tuple(f"{opening}{i}" for i in range(len(points))), tuple(points))


# --- who ---


def test_who_is_rated() -> None:
    config = replace(SMALL, arms=("imitator", "zero", "alphago"), ratings=RatingConfig(others=("random",)))
    assert players_of(config) == [
        *("forgetful.recorded", "forgetful.best", "forgetful.careful"),
        *("imitator", "zero", "imitator.sampled", "imitator@", "zero@", "alphago@", "random"),
    ]


def test_a_file_of_games_does_not_play() -> None:
    config = replace(ALONE, human="mine.txt", ratings=RatingConfig(others=("random",)))
    assert players_of(config) == ["random", "alphabeta-4"]


# --- whom they meet ---


def test_neighbours_meet_once_each() -> None:
    """Two near pairs, far from each other: all meet once, the near ones each other if the gap is well known;
    a gap that is not is bridged."""
    near = [match(first, second, [(1.0, 0.0)] * 5, first) for first, second in ("ab", "cd")]
    gap = [(1.0, 1.0)] * 9 + [(0.0, 0.0)]
    linked = [match(*pair, gap * 20, pair) for pair in ("bc", "ac", "ad", "bd")]
    fit = fit_ratings(encounters_of(near + linked), "a")
    assert abs(fit.values["a"] - fit.values["c"]) > 300
    assert sorted(neighbours(fit, 20)) == [("a", "b"), ("c", "d")]
    bridged = neighbours(fit_ratings(encounters_of([*near, match("b", "c", gap)]), "a"), 20)
    assert sorted(bridged) == [("a", "d"), ("b", "c")]


def test_nobody_meets_who_is_out_of_reach() -> None:
    played = [match("a", "b", [(1.0, 1.0)] * 60), match("b", "c", [(1.0, 1.0)] * 60, "p")]
    assert neighbours(fit_ratings(encounters_of(played), "c"), 20) == []


def test_an_opening_is_one_cluster_in_all_matches() -> None:
    one, other = encounters_of([match("a", "b", [(1.0, 0.5)] * 3), match("b", "c", [(0.0, 0.0)] * 2)])
    assert one.points.tolist() == [1.5, 1.5, 1.5]
    assert one.games.tolist() == [2.0] * 3
    assert one.clusters.tolist() == [0, 1, 2]
    assert other.clusters.tolist() == [0, 1]


def test_a_match_is_told_game_by_game() -> None:
    told = match("a", "b", [(1.0, 0.5), (0.0, 1.0)]).to_json()
    assert told == {"first": "a", "second": "b", "wins": 2, "draws": 1, "losses": 1, "pairs": 2}


# --- the whole task ---


def test_the_result_is_what_docs_promise(tmp_path: Path) -> None:
    result = rated(tmp_path)
    assert {"p_value", "statistic", "degrees", "worst", "text"} <= set(result["transitivity"])
    assert set(RATINGS) <= set(result)
    assert result["anchor"] == "forgetful.recorded"
    by_name = {player["player"]: player for player in result["players"]}
    assert by_name["forgetful.recorded"]["rating"] == 0.0
    assert (
        by_name["alphabeta-2"]["rating"] > by_name["wins-and-blocks"]["rating"] > by_name["random"]["rating"]
    )
    order = [player["rating"] for player in result["players"]]
    assert order == sorted(order, reverse=True)
    games: Counter[str] = Counter()
    for entry in result["matches"]:
        assert entry["wins"] + entry["draws"] + entry["losses"] == 2 * entry["pairs"] == 6
        games.update({entry["first"]: 6, entry["second"]: 6})
    assert games == {name: player["games"] for name, player in by_name.items()}
    assert 6 + 2 <= len(result["matches"]) <= 6 + 2 * 3


def test_the_same_run_twice(tmp_path: Path) -> None:
    assert rated(tmp_path / "a") == rated(tmp_path / "b")
    assert rated(tmp_path / "c", replace(ALONE, seed=1)) != result_of(tmp_path / "a")


def test_a_stopped_task_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after four matches it plays the rest, none twice, and ends as if nothing had been."""
    undisturbed = rated(tmp_path / "undisturbed")
    (tmp_path / "stopped").mkdir()
    with pytest.raises(Interrupted):
        rate_players(tmp_path / "stopped", ALONE, "", desk(looks=4))
    assert not (tmp_path / "stopped" / "results" / "ratings.json").exists()
    played: list[int] = []
    play = ratings._play

    def count(*arguments: Any) -> Met:
        played.append(arguments[-1])
        return play(*arguments)

    monkeypatch.setattr(ratings, "_play", count)
    assert rated(tmp_path / "stopped") == undisturbed
    assert played == list(range(4, len(undisturbed["matches"])))


def test_matches_have_openings_of_their_own(tmp_path: Path) -> None:
    rated(tmp_path)
    kept = json.loads((tmp_path / "results" / "ratings-games.json").read_text())
    assert all(one["openings"] != other["openings"] for one, other in pairwise(kept))
    assert all(len(set(entry["openings"])) > 1 for entry in kept)


def test_arms_play_raw_sampled_and_searched(tmp_path: Path) -> None:
    """Untrained networks with made-up scores: the order follows the scores, names tell the search."""
    settings = replace(SETTINGS, rounds=0, others=("random",))
    config = replace(SMALL, arms=("imitator", "zero"), ratings=settings)
    for seed, arm in enumerate(config.arms):
        learner = new_learner(GAME, new_network(config.network, GAME, seed), 1e-3, 0.0, 1.0, 10)
        checkpoint_path(tmp_path, arm).parent.mkdir(parents=True)
        save_learner(checkpoint_path(tmp_path, arm), learner)
        scores = {style: {"hard": {"rate": 0.1 * seed}} for style in ("greedy", "sampled", "searched")}
        path = tmp_path / "results" / f"score-{arm}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(scores))
    result = rated(tmp_path, config)
    names = {player["player"] for player in result["players"]}
    assert {"imitator", "imitator.sampled", "zero", "imitator with 2 simulations"} <= names
    assert result["matches"][0]["first"] == "imitator", "no right answers: the worst, and the first by name"
    assert not any("@" in name for name in names)
