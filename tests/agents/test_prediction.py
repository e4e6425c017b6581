"""Predicting people's moves: places and shares by hand, the bands, and a tiny run from file to table."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from human_collection import write_collection
from stations import desk, same_state, state_of

from agents.config import CompareConfig
from agents.experiment import check_config
from agents.go_config import go_preset, imitation_preset
from agents.go_wing import ARM, GO5, check_prediction, prediction_experiment
from agents.human_games import check_splits, read_human_games
from agents.position_keys import position_keys as keys_of
from agents.prediction import _by_move, _places, predict, prediction_tables
from agents.prediction_run import learn, measure
from agents.prediction_table import prediction_tables_of
from games.core import States
from games.go import GO5 as RULES
from games.sgf_write import to_sgf
from lab.curve import curve_path, read_curve
from lab.measured import read_imitation, read_measured
from lab.settings import BadSetting
from lab.workers import Interrupted


def knows_nothing(states: States) -> Any:
    """An evaluator to whom all moves are alike."""
    return np.zeros((len(states), 26)), np.zeros(len(states), np.float32)


def config_of(path: Path, **changes: Any) -> CompareConfig:
    tiny = imitation_preset("tiny", "go5")
    imitation = replace(tiny.imitation, updates=6, batch_size=32, **changes)
    return replace(tiny, human=str(path), imitation=imitation)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games") / "people.sgf"
    write_collection(path, 120)
    return path


# --- shares ---


def test_places_by_hand() -> None:
    logits = np.array([[3.0, 1.0, 2.0, 9.0], [1.0, 1.0, 1.0, 0.0]])
    mask = np.array([[True, True, True, False], [True, True, True, True]])
    place, log_prob = _places(logits, mask, np.array([1, 2], np.int32))
    assert place.tolist() == [2, 2], "the illegal 9 does not count, and of equals the first is first"
    whole = np.exp([3.0, 1.0, 2.0]).sum()
    assert log_prob[0] == pytest.approx(1.0 - np.log(whole))
    assert log_prob[1] == pytest.approx(1.0 - np.log(3 * np.e + 1))


def test_a_prophet_and_one_who_knows_nothing(collection: Path) -> None:
    """Who is told the moves predicts them all; who finds all moves alike scores chance in expectation."""
    human = read_human_games(collection, RULES)
    answers: list[int] = []
    for record in human.records:
        answers += record.actions
    asked = 0

    def prophet(states: States) -> Any:
        nonlocal asked
        rows = np.arange(asked, asked + len(states))
        asked += len(states)
        return np.eye(26, dtype=np.float32)[np.array(answers)[rows]], np.zeros(len(states), np.float32)

    found = predict(prophet, human, RULES)
    table = prediction_tables(found, human)
    assert table["moves"]["top1"]["rate"] == 1.0
    assert table["moves"]["top1"]["n"] == (~found.passes).sum()
    assert table["with_passes"]["top1"]["n"] == len(answers) == len(found.place)
    known = np.isfinite(found.result)
    assert table["value"] == {
        "mean_squared_error": pytest.approx((found.result[known] ** 2).mean()),
        "positions": int(known.sum()),
    }
    alike = predict(knows_nothing, human, RULES)
    assert np.allclose(np.exp(alike.log_prob), alike.uniform)
    assert prediction_tables(alike, human)["chance"] == pytest.approx(alike.uniform[~alike.passes].mean())
    assert table["not_read"] == {"out of turn": 1}


def test_the_result_is_the_movers(collection: Path) -> None:
    human = read_human_games(collection, RULES)
    found = predict(knows_nothing, human, RULES)
    for row in (0, 1, len(found.place) // 2):
        winner = human.records[int(found.game_index[row])].result.winner
        expected = np.nan if winner is None else winner * (1 - 2 * (int(found.plies[row]) % 2))
        assert np.array_equal(found.result[row], np.float32(expected), equal_nan=True)


def test_positions_learned_from_are_known_in_every_view(collection: Path) -> None:
    states = RULES.new(1)
    for action in (2, 11):
        states = RULES.step(states, np.array([action]))
    for symmetry in RULES.symmetries:
        image = np.argsort(symmetry.actions)
        other = RULES.new(1)
        for action in (2, 11):
            other = RULES.step(other, image[[action]])
        assert keys_of(other, RULES) == keys_of(states, RULES)
    assert keys_of(RULES.step(states, np.array([0])), RULES) != keys_of(states, RULES)
    human = read_human_games(collection, RULES)
    blank = predict(
        knows_nothing,
        human,
        RULES,
        keys_of(RULES.new(1), RULES),
    )
    assert blank.seen[blank.plies == 0].all()
    assert blank.seen[~blank.passes].mean() < 0.1, "none but the empty board, also after passes"


def test_bands_of_moves_hold_every_move_once() -> None:
    plies = np.repeat(np.arange(45), 30).astype(np.int32)
    bands = list(_by_move(plies))
    assert [words for words, _ in bands] == ["1-10", "11-20", "21-30", "31 and later"]
    assert (np.sum([inside for _, inside in bands], axis=0) == 1).all()


# --- a run ---


def test_a_tiny_run(collection: Path, tmp_path: Path) -> None:
    """From the file to the table; stopped and gone on with it ends the same to the bit."""
    train = read_human_games(collection, RULES).of("train").records
    (tmp_path / "taught.sgf").write_bytes(to_sgf(train))
    config = config_of(collection, tested_on=(str(collection), str(tmp_path / "taught.sgf")))
    check_prediction(config)
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    for folder in (whole, torn):
        folder.mkdir()
    learn(whole, config, ARM, desk())
    with pytest.raises(Interrupted):
        learn(torn, config, ARM, desk(looks=4))
    learn(torn, config, ARM, desk())
    assert same_state(state_of(whole, ARM), state_of(torn, ARM))
    assert len(read_curve(curve_path(torn, ARM))) == config.imitation.evaluations
    measure(whole, config, ARM, desk())
    result = read_measured(whole, "prediction")
    human = read_human_games(collection, RULES)
    told = {name: (table["games"], table["learned_from"]) for name, table in result["on"].items()}
    assert told == {
        "people.sgf, test": (len(human.of("test")), 0),
        "people.sgf": (len(human) - len(train), len(train)),
        "taught.sgf": (0, len(train)),
    }, "what was learned from is not measured on"
    assert result["on"]["taught.sgf"]["moves"] is None
    assert 0 < result["on"]["people.sgf"]["moves"]["top1"]["rate"] < 0.5
    tables = prediction_tables_of(result)
    assert [table.row_count >= 4 for table in tables] == [True, True, False]
    assert f"{len(train)} of the file were learned from" in str(tables[1].title)
    entry = GO5.entry(whole, config, (ARM,))
    assert (
        entry["panels"][0]["headline"][0]["raw"]["n"]
        == result["on"]["people.sgf, test"]["moves"]["top1"]["n"]
    )
    imitated = read_imitation(whole, ARM)
    assert imitated is not None
    assert imitated["games"] == len(human.of("train"))
    json.dumps(entry, allow_nan=False)


def test_the_curve_and_the_choice_see_no_test_game(collection: Path, tmp_path: Path) -> None:
    """With --imitation.split validation no test game is looked at: without them all is the same."""
    config = config_of(collection, split="validation")
    human = read_human_games(collection, RULES)
    test = {record.number for record in human.of("test").records}
    pieces = collection.read_bytes().split(b"(;")[1:]
    few = tmp_path / "few.sgf"
    few.write_bytes(b"".join(b"(;" + piece for n, piece in enumerate(pieces, 1) if n not in test))
    found = []
    for number, path in enumerate((collection, few)):
        folder = tmp_path / str(number)
        folder.mkdir()
        own = replace(config, human=str(path))
        learn(folder, own, ARM, desk())
        measure(folder, own, ARM, desk())
        (table,) = read_measured(folder, "prediction")["on"].values()
        found.append(table["moves"])
    assert found[0] == found[1]


def test_settings_that_cannot_be(collection: Path) -> None:
    config = config_of(collection)
    with pytest.raises(BadSetting, match="Give --games"):
        check_prediction(replace(config_of(collection), human=""))
    with pytest.raises(BadSetting, match="one of test, validation"):
        check_prediction(config_of(collection, split="train"))
    with pytest.raises(BadSetting, match=r"--imitation\.updates is 0"):
        check_prediction(replace(config, imitation=replace(config.imitation, updates=0)))


def test_games_without_results_are_learned_from_all_the_same(tmp_path: Path) -> None:
    """Nothing is known of how they ended: the moves are taught, no value is."""
    people, run = tmp_path / "people.sgf", tmp_path / "run"
    write_collection(people, 60)
    people.write_bytes(re.sub(rb"RE\[[^\]]*\]", b"", people.read_bytes()))
    config = config_of(people)
    check_prediction(config)
    run.mkdir()
    learn(run, config, ARM, desk())
    assert [row.tags["loss/value"] for row in read_curve(curve_path(run, ARM))] == [0.0, 0.0]
    measure(run, config, ARM, desk())
    assert read_measured(run, "prediction")["on"]["people.sgf, test"]["value"]["mean_squared_error"] is None
    taught = read_human_games(people, RULES).of("train").games
    imitated = read_imitation(run, ARM)
    assert imitated is not None
    assert imitated["positions"] == taught.lengths.sum()


def test_the_games_that_taught_are_counted(tmp_path: Path) -> None:
    """Of those to learn from as many as were asked for, one without moves not among them."""
    people, run = tmp_path / "people.sgf", tmp_path / "run"
    records = write_collection(people, 60)
    train = read_human_games(people, RULES).of("train").records
    people.write_bytes(to_sgf([*records, replace(train[0], actions=())]))
    human = read_human_games(people, RULES)
    for games in (10, 10_000):
        (folder := run / str(games)).mkdir(parents=True)
        config = config_of(people, games=games)
        taught = human.of("train").games[:games]
        learn(folder, config, ARM, desk())
        measure(folder, config, ARM, desk())
        imitated = read_imitation(folder, ARM)
        assert imitated is not None
        assert imitated["games"] == (taught.lengths > 0).sum()
        assert imitated["positions"] == taught.lengths.sum()
        assert read_curve(curve_path(folder, ARM))[-1].games == imitated["games"]


def test_too_few_games(tmp_path: Path) -> None:
    write_collection(tmp_path / "few.sgf", 2)
    with pytest.raises(BadSetting, match="2 games are too few"):
        check_prediction(config_of(tmp_path / "few.sgf"))


def test_a_comparison_needs_games_to_be_measured_on(collection: Path, tmp_path: Path) -> None:
    """Six games, none of which falls into validation; and games that are passes alone."""
    compared = replace(go_preset("tiny", "go5"), arms=("imitator",), counter_human="none")
    check_config(replace(compared, human=str(collection)))
    records = read_human_games(collection, RULES).of("train").records[:6]
    (tmp_path / "six.sgf").write_bytes(to_sgf(records))
    with pytest.raises(BadSetting, match="6 games are too few to imitate: none with moves for validation"):
        check_config(replace(compared, human=str(tmp_path / "six.sgf")))
    human = read_human_games(collection, RULES)
    passes = replace(human, games=replace(human.games, actions=np.full_like(human.games.actions, 25)))
    with pytest.raises(BadSetting, match="none with moves for train"):
        check_splits("passes.sgf", passes, ("train",))


def test_the_experiment_is_two_tasks(collection: Path) -> None:
    tasks = prediction_experiment(config_of(collection)).tasks
    assert [(task.name, task.needs) for task in tasks] == [(ARM, ()), ("predict", (ARM,))]
