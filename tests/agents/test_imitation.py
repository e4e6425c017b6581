"""Demonstrate and imitate: what is learned from whom, what is held out, and going on after a stop."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arms import SMALL, positions, with_seed
from stations import desk, same_state, state_of

from agents import imitation
from agents.games_file import positions_of, read_games, write_games
from agents.human_moves import held_out_moves
from agents.imitation import demonstrate, demonstrations_path, imitate, mirror_symmetric
from agents.positions import PositionSet
from agents.scripted import demonstrate as play_demonstrations
from games.connect_four import GAME
from lab.curve import curve_path, read_curve
from lab.statistics import Score
from lab.workers import Event, Interrupted

__all__ = ["positions"]  # the fixture
HUMAN = SMALL.human


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    demonstrate(folder, SMALL, HUMAN, desk())
    return folder


def run_of(tmp_path: Path, demonstrated: Path) -> Path:
    """A run folder of its own, with the games."""
    path = demonstrations_path(tmp_path, HUMAN)
    path.parent.mkdir(parents=True)
    path.write_bytes(demonstrations_path(demonstrated, HUMAN).read_bytes())
    return tmp_path


def test_demonstrations_are_games_of_the_human(demonstrated: Path, tmp_path: Path) -> None:
    path = demonstrations_path(demonstrated, HUMAN)
    assert path == demonstrated / "demonstrations" / f"{HUMAN}.txt"
    assert len(read_games(path)) == SMALL.imitation.games
    demonstrate(tmp_path, SMALL, HUMAN, desk())
    assert demonstrations_path(tmp_path, HUMAN).read_bytes() == path.read_bytes(), "the same seed"
    demonstrate(tmp_path, with_seed(1), HUMAN, desk())
    assert demonstrations_path(tmp_path, HUMAN).read_bytes() != path.read_bytes()


def test_the_counter_human_has_counts_of_its_own(tmp_path: Path) -> None:
    config = replace(SMALL, counter_imitation=replace(SMALL.imitation, games=20))
    demonstrate(tmp_path, config, config.counter_human, desk())
    assert len(read_games(demonstrations_path(tmp_path, config.counter_human))) == 20


def test_own_files_lie_where_they_lie(tmp_path: Path) -> None:
    assert demonstrations_path(tmp_path, "mine/games.txt") == Path("mine/games.txt")
    assert not mirror_symmetric("mine/games.txt")
    assert mirror_symmetric(HUMAN)


# --- who is imitated ---


def test_split_holds_out_the_last_games(demonstrated: Path) -> None:
    games = read_games(demonstrations_path(demonstrated, HUMAN))
    examples, held_out = imitation._split(games, SMALL.imitation, False, GAME)
    states, actions, values, _ = positions_of(games)
    assert np.array_equal(np.concatenate([examples.states, held_out.states]), states)
    assert len(held_out.states) == games.lengths[-40:].sum()
    assert np.array_equal(held_out.actions, actions[-len(held_out.actions) :])
    taught = len(examples.states)
    assert np.array_equal(examples.action_weights.argmax(axis=1), actions[:taught])
    assert (examples.action_weights.sum(axis=1) == 1).all()
    assert np.array_equal(examples.value_targets, values[:taught])


def test_winners_are_the_moves_of_those_who_won(demonstrated: Path) -> None:
    games = read_games(demonstrations_path(demonstrated, HUMAN))
    examples, held_out = imitation._split(games, SMALL.imitation, True, GAME)
    taught = examples.action_weights.any(axis=1)
    assert np.array_equal(taught, examples.value_targets == 1.0)
    assert (examples.value_targets == -1.0).any(), "the value is taught of every position"
    training = games[:-40]
    first, second = (training.results == 1).sum(), (training.results == -1).sum()
    states = examples.states[taught]
    movers = GAME.current_player(states)
    # a game of T moves won by who made the last one holds (T + 1) // 2 of the winner's moves
    assert len(states) == ((training.lengths[training.results != 0] + 1) // 2).sum()
    starts = (states["occupied"] == 0).sum()
    assert starts == first, "the first move is the first player's, and counts where that one won"
    assert (movers == 1).any() == bool(second)
    everyone, everything = imitation._split(games, SMALL.imitation, False, GAME)
    assert np.array_equal(examples.states, everyone.states)
    assert np.array_equal(held_out.states, everything.states), "held out are all moves, for every arm"


@pytest.mark.parametrize("written", [100, 130, 300])
def test_games_count_those_held_out_however_many_were_written(demonstrated: Path, written: int) -> None:
    games = read_games(demonstrations_path(demonstrated, HUMAN))[:written]
    settings = replace(SMALL.imitation, games=100, validation_games=15)
    examples, held_out = imitation._split(games, settings, False, GAME)
    assert len(examples.states) == games.lengths[: 100 - 15].sum()
    assert len(held_out.states) == games.lengths[-15:].sum(), "the last ones"


def test_an_imitator_of_few_games_holds_out_a_fifth_of_them(demonstrated: Path) -> None:
    """One of the plateau: more are held out of all that were written, to be measured on."""
    games = read_games(demonstrations_path(demonstrated, HUMAN))
    examples, held_out = imitation._split(games, replace(SMALL.imitation, games=50), False, GAME)
    assert len(examples.states) == games.lengths[: 50 - 10].sum()
    assert len(held_out.states) == games.lengths[-40:].sum()


def test_too_few_games_are_refused(demonstrated: Path) -> None:
    games = read_games(demonstrations_path(demonstrated, HUMAN))
    with pytest.raises(ValueError, match="4 games are too few"):
        imitation._split(games[:4], SMALL.imitation, False, GAME)


# --- learning ---


def test_the_imitator_learns_the_human(tmp_path: Path, demonstrated: Path, positions: PositionSet) -> None:
    """Better than always saying the human's most frequent column, on games it has not seen."""
    folder = run_of(tmp_path, demonstrated)
    settings = replace(SMALL.imitation, updates=120, batch_size=128)
    sent: list[Event] = []
    imitate(folder, replace(SMALL, imitation=settings), "imitator", desk(sent))
    entry = json.loads((folder / "arms" / "imitator" / "imitation.json").read_text())
    games = read_games(demonstrations_path(folder, HUMAN))
    _, actions, _, _ = positions_of(games[-40:])
    majority = np.bincount(actions).max() / len(actions)
    assert entry["accuracy"]["rate"] > majority + 0.05
    assert entry["accuracy"]["rate"] <= entry["accuracy_ceiling"] + 1e-9
    assert entry["cross_entropy"] >= entry["entropy_floor"]
    assert entry["cross_entropy"] < np.log(7)
    assert entry["games"] == 300 - 40, "learned from, those held out not counted"
    assert sent[-1].step == 120
    assert isinstance(sent[-1].score, Score)


@pytest.mark.parametrize(("written", "validation_games", "held"), [(1_400, 100, 250), (60, 1, 12)])
@pytest.mark.parametrize("arm", ["imitator", "winners"])
def test_nobody_learns_the_games_of_a_file_that_curves_are_measured_on(
    tmp_path: Path, positions: PositionSet, written: int, validation_games: int, held: int, arm: str
) -> None:
    path = tmp_path / "mine.txt"
    write_games(path, play_demonstrations("beginner", written, seed=4), "mine")
    settings = replace(SMALL.imitation, games=10_000, validation_games=validation_games)
    imitate(tmp_path, replace(SMALL, human=str(path), imitation=settings), arm, desk())
    entry = json.loads((tmp_path / "arms" / arm / "imitation.json").read_text())
    games = read_games(path)
    assert len(held_out_moves(str(path), "connect_four").states) == games.lengths[-held:].sum()
    assert entry["games"] == written - held
    assert entry["positions"] <= games.lengths[:-held].sum()
    assert entry["accuracy"]["n"] == games.lengths[-held:].sum()


def test_the_curve_has_its_points(tmp_path: Path, demonstrated: Path, positions: PositionSet) -> None:
    folder = run_of(tmp_path, demonstrated)
    imitate(folder, SMALL, "winners", desk())
    rows = read_curve(curve_path(folder, "winners"))
    assert [row.step for row in rows] == [1, 2, 3]
    for row in rows:
        assert {"score/rate", "score/sampled", "score/searched", "loss/imitation"} <= set(row.tags)
        assert row.tags["score/optimum"] == 1.0
        hard = row.tags["score/rate"]
        assert isinstance(hard, Score)
        assert hard.n == positions.hard.sum()
        few = row.tags["score/searched"]
        assert isinstance(few, Score)
        assert few.n == SMALL.evaluation.curve_positions


@pytest.mark.parametrize("looks", [0, 2, 8])
def test_a_stopped_imitator_goes_on_bit_for_bit(
    tmp_path: Path, demonstrated: Path, positions: PositionSet, looks: int
) -> None:
    whole, torn = run_of(tmp_path / "whole", demonstrated), run_of(tmp_path / "torn", demonstrated)
    imitate(whole, SMALL, "imitator", desk())
    with pytest.raises(Interrupted):
        imitate(torn, SMALL, "imitator", desk(looks=looks))
    assert not (torn / "arms" / "imitator" / "imitation.json").exists()
    imitate(torn, SMALL, "imitator", desk())
    assert same_state(state_of(whole, "imitator"), state_of(torn, "imitator"))
    again = state_of(torn, "imitator")
    imitate(torn, SMALL, "imitator", desk())
    assert same_state(again, state_of(torn, "imitator")), "a finished arm is left as it is"


def test_an_imitator_killed_while_saving_goes_on(
    tmp_path: Path, demonstrated: Path, positions: PositionSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No point of the curve is lost or doubled."""
    whole, torn = run_of(tmp_path / "whole", demonstrated), run_of(tmp_path / "torn", demonstrated)
    imitate(whole, SMALL, "imitator", desk())
    saves: list[Any] = []
    save = imitation.save_learner

    def kill(path: Path, learner: Any) -> None:
        saves.append(learner.iteration)
        if len(saves) == 2:
            raise MemoryError("killed")
        save(path, learner)

    with monkeypatch.context() as patch:
        patch.setattr(imitation, "save_learner", kill)
        with pytest.raises(MemoryError):
            imitate(torn, SMALL, "imitator", desk())
    imitate(torn, SMALL, "imitator", desk())
    assert same_state(state_of(whole, "imitator"), state_of(torn, "imitator"))
