"""Ready-made agents: what is exported can be named, plays, and is measured again as its card says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arms import SMALL, made_up_positions

from agents import cards
from agents.cards import CardError, compare_with_card, export_agent, read_card
from agents.config import CompareConfig
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.names import find_player
from agents.network import new_network
from agents.player import UnknownPlayer
from games.connect_four import GAME
from lab.curve import ArmLog
from lab.run import create_run


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An untrained network, exported as "novice"."""
    monkeypatch.setattr(cards, "FOLDER", tmp_path / "pretrained")
    monkeypatch.setattr(cards, "load_positions", lambda world, split: made_up_positions(60))
    monkeypatch.setattr(cards, "SIMULATIONS", (0, 4))
    config: CompareConfig = replace(SMALL, seed=5)
    run = create_run(tmp_path / "run", vars(config), "python train.py reinforce --out x").folder
    with ArmLog(run, "zero") as log:
        log.log("reinforce", 1, 12.34, 56, {"score/rate": 0.5})
    network = new_network(config.network, GAME, 5)
    save_learner(checkpoint_path(run, "zero"), new_learner(GAME, network, 1e-3, 0.0, 1.0, 1))
    return export_agent(run, "zero", "novice", "abc1234")


def test_a_card_says_how_the_agent_was_made(exported: Path) -> None:
    card = read_card("connect_four", "novice")
    assert (card["command"], card["commit"], card["seed"]) == ("python train.py reinforce", "abc1234", 5)
    assert (card["games"], card["cpu_seconds"]) == (56, 12.3)
    assert [figure["simulations"] for figure in card["figures"]] == [0, 4]
    assert (exported / "weights.safetensors").stat().st_size < 2_000_000


def test_a_card_is_reproduced(exported: Path) -> None:
    pairs = compare_with_card("connect_four", "novice")
    assert len(pairs) == 2
    assert all(stored == measured for stored, measured in pairs)


def test_a_ready_made_agent_plays_as_its_run_did(exported: Path) -> None:
    states = GAME.new(3)
    player = find_player("pretrained:novice", GAME)
    own = find_player(f"{exported.parents[2] / 'run'}:zero", GAME)
    assert player.policy is not None
    assert own.policy is not None
    assert np.array_equal(player.policy(states), own.policy(states))
    assert find_player("pretrained:novice@8", GAME).analyse is not None


def test_unknown_agents_and_torn_cards_are_named(exported: Path) -> None:
    with pytest.raises(UnknownPlayer, match="there are: novice"):
        find_player("pretrained:nobody", GAME)
    with pytest.raises(UnknownPlayer, match="there are: novice"):
        read_card("connect_four", "nobody")
    path = exported / "card.json"
    card = json.loads(path.read_text())
    for torn in (path.read_text()[:-20], json.dumps(card | {"schema": "other/9"}), "{}"):
        path.write_text(torn)
        with pytest.raises(CardError, match=r"card\.json"):
            read_card("connect_four", "novice")
