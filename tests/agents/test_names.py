"""Every form of a name finds its player; wrong ones are answered with the nearest right one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.baselines import baseline_names
from agents.config import NetworkConfig
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.names import find_player
from agents.network import new_network
from agents.player import UnknownPlayer
from agents.ready_made import in_full
from agents.scripted import human_names
from games import connect_four
from games.go import go_game
from games.tic_tac_toe import GAME as TIC_TAC_TOE
from lab.checkpoint import CheckpointError
from lab.randomness import game_keys

GAME = connect_four.GAME


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `runs/first`, whose arms are zero, imitator, and one that has learned nothing yet."""
    folder = tmp_path_factory.mktemp("names")
    for seed, arm in enumerate(("zero", "imitator")):
        learner = new_learner(GAME, new_network(NetworkConfig(8, 1), GAME, seed), 1e-3, 0.0, 1.0, 10)
        path = checkpoint_path(folder / "runs" / "first", arm)
        path.parent.mkdir(parents=True)
        save_learner(path, learner)
    (folder / "runs" / "first" / "arms" / "winners").mkdir()
    return folder


@pytest.fixture
def at_home(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(runs)
    return runs


def moves_of(name: str, simulations: int = 0, seed: int = 1, count: int = 40) -> list[int]:
    player = find_player(name, GAME, simulations, batch=16)
    assert player.name == name
    moves = player.act(GAME.new(count), game_keys(seed, "test", 0, count), np.zeros(count, np.int32))
    return [int(move) for move in moves]


@pytest.mark.parametrize("name", [name for name in baseline_names() if name != "perfect"])
def test_baselines(name: str) -> None:
    assert find_player(name, GAME).name == name


@pytest.mark.parametrize("version", ["", ".recorded", ".best", ".careful"])
def test_humans(version: str) -> None:
    for human in human_names():
        assert find_player(human + version, GAME).name.startswith(human)


@pytest.mark.parametrize("run", ["first", "runs/first"])
def test_an_arm_is_greedy(at_home: Path, run: str) -> None:
    moves = moves_of(f"{run}:zero")
    assert len(set(moves)) == 1
    assert moves_of(f"{run}:zero.greedy") == moves
    assert find_player(f"{at_home}/runs/first:zero", GAME).policy is not None


def test_an_arm_sampled(at_home: Path) -> None:
    moves = moves_of("first:zero.sampled")
    assert len(set(moves)) > 2
    assert moves_of("first:zero.sampled") == moves
    assert moves_of("first:zero.sampled", seed=2) != moves


def test_an_arm_that_thinks(at_home: Path) -> None:
    """Analysis shows how much: 9 simulations by its name, 5 where the name gives none."""
    for name, given, wanted in [("first:zero@9", 0, 9), ("first:zero@9", 5, 9), ("first:zero", 5, 5)]:
        player = find_player(name, GAME, given, batch=16)
        assert player.analyse is not None
        assert player.analyse(GAME.new(1)).visit_counts.sum() == wanted
    assert find_player("first:zero", GAME).analyse is None


def test_different_arms_are_different_networks(at_home: Path) -> None:
    one, other = (find_player(f"first:{arm}.sampled", GAME, batch=4) for arm in ("zero", "imitator"))
    assert one.policy is not None
    assert other.policy is not None
    assert not np.allclose(one.policy(GAME.new(1)), other.policy(GAME.new(1)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("perfct", "did you mean 'perfect'"),
        ("straight-linr", "did you mean 'straight-liner'"),
        ("straigt-liner.best", "did you mean 'straight-liner'"),
        ("straight-liner.bst", "best"),
        ("alphabeta-0", "from 1 to 42"),
        ("alphabeta", "alphabeta-D"),
        ("mcts-many", "a whole one"),
        ("wins-and-block", "wins-and-blocks"),
        ("", "nobody is called ''"),
        ("first:zro", "did you mean 'zero'"),
        ("first:winners", "has no arm 'winners'.* it has: imitator, zero"),
        ("fist:zero", "did you mean runs/first"),
        ("runs/first:", "write RUN:ARM"),
        ("first:zero@", "write RUN:ARM"),
        ("first:zero@many", "write RUN:ARM"),
        ("first:zero.best", "write RUN:ARM"),
        ("first:zero.sampled@9", "not sampled"),
        ("first:zero@0", "write RUN:ARM"),
        ("zero.best", "write RUN:ARM"),
        ("zeroo", "did you mean 'zero'.* the ready-made imitator, master, policy-gradient, zero"),
    ],
)
def test_wrong_names_are_answered(at_home: Path, wrong: str, words: str) -> None:
    with pytest.raises(UnknownPlayer, match=words) as caught:
        find_player(wrong, GAME)
    assert "\n" not in str(caught.value)


def test_a_ready_made_agent_needs_no_prefix() -> None:
    for name in ("zero", "imitator.sampled", "zero@5"):
        assert find_player(name, GAME, batch=4).name == f"pretrained:{name}"
    found = find_player("zero", GAME, simulations=5, batch=4).analyse
    assert found is not None
    assert found(GAME.new(1)).visit_counts.sum() == 5
    assert in_full("zero@200", "go5") == "pretrained:zero@200"
    for name in ("mcts-10", "RUN:zero", "pretrained:zero", "me", "", "zero.py", "./zero.py", ".best"):
        assert in_full(name, "go5") == name
    assert in_full("zero", "tic_tac_toe") == "zero"


def test_an_unknown_name_is_answered_with_the_agents_of_that_board() -> None:
    with pytest.raises(UnknownPlayer, match=r"nobody is called 'nobody'.* go9 there are.* imitator, master"):
        find_player("nobody", go_game(9))
    with pytest.raises(UnknownPlayer, match="plays connect_four, go5") as caught:
        find_player("zero@5", TIC_TAC_TOE)
    assert "did you mean" not in str(caught.value)
    with pytest.raises(UnknownPlayer, match=r"for go5 there are: .* the ready-made zero"):
        find_player("forgetful", go_game(5))


def test_of_several_seeds_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "three" / "seed-7" / "arms" / "zero").mkdir(parents=True)
    with pytest.raises(UnknownPlayer, match=r"several seeds: write .*three/seed-7:ARM"):
        find_player(f"{tmp_path / 'three'}:zero", GAME)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    path = checkpoint_path(tmp_path / "r", "zero")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(CheckpointError, match="checkpoint"):
        find_player(f"{tmp_path / 'r'}:zero", GAME)
