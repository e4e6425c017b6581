"""Ready-made agents: what is exported can be named, plays, and is measured again as its card says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arms import SMALL, made_up_positions

from agents import cards, ready_made
from agents.cards import CardError, NotExportable, compare_with_card, export_agent, read_card
from agents.commands.ready import check_card
from agents.config import CompareConfig
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.names import find_player
from agents.network import new_network
from agents.player import UnknownPlayer
from games.connect_four import GAME
from games.notation import NotationError
from lab.commands.common import UsageError
from lab.curve import ArmLog
from lab.run import create_run

SHIPPED = ready_made.FOLDER
POSITION = "151743231571215522357537332676 5 -6 -6 . 5 . -6 -6\n"


def everything(folder: Path) -> dict[str, bytes]:
    """All files beside an agent's, its own among them."""
    files = [path for path in folder.parent.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files}


def broken(*anything: Any) -> Any:
    raise MemoryError("in the middle of measuring")


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An untrained network, exported as "novice"."""
    monkeypatch.setattr(ready_made, "FOLDER", tmp_path / "pretrained")
    monkeypatch.setattr(cards, "load_positions", lambda world, split: made_up_positions(60))
    monkeypatch.setattr(cards, "SIMULATIONS", (0, 4))
    config: CompareConfig = replace(SMALL, seed=5)
    return export_agent(learned(tmp_path / "run", config, "--out x"), "zero", "novice", "abc1234")


def learned(folder: Path, config: CompareConfig, options: str) -> Path:
    """A run whose Zero has learned nothing."""
    run = create_run(folder, vars(config), f"python train.py reinforce {options}").folder
    with ArmLog(run, "zero") as log:
        log.log("reinforce", 1, 12.34, 56, {"score/rate": 0.5})
    network = new_network(config.network, GAME, 5)
    save_learner(checkpoint_path(run, "zero"), new_learner(GAME, network, 1e-3, 0.0, 1.0, 1))
    return run


def test_a_card_says_how_the_agent_was_made(exported: Path) -> None:
    card = read_card("connect_four", "novice")
    assert (card["command"], card["exported_at_commit"], card["seed"]) == (
        "python train.py reinforce",
        "abc1234",
        5,
    )
    assert (card["games"], card["cpu_seconds"]) == (56, 12.3)
    assert [figure["simulations"] for figure in card["figures"]] == [0, 4]
    assert (exported / "weights.safetensors").stat().st_size < 2_000_000


def test_a_card_names_files_without_their_folders(exported: Path, tmp_path: Path) -> None:
    own = str(tmp_path / "people" / "own games.sgf")
    config = replace(SMALL, human=own, imitation=replace(SMALL.imitation, tested_on=(own,)))
    run = learned(tmp_path / "another", config, f"--human '{own}' --out x")
    export_agent(run, "zero", "reader", "abc1234")
    card = read_card("connect_four", "reader")
    assert card["command"] == "python train.py reinforce --human 'own games.sgf'"
    assert card["config"]["human"] == "own games.sgf"
    assert card["config"]["imitation"]["tested_on"] == ["own games.sgf"]
    assert str(tmp_path) not in json.dumps(card)


def test_runs_of_an_earlier_version_are_exported(exported: Path, tmp_path: Path) -> None:
    """Their settings lack what has come since; it is known before minutes of measuring."""
    path = learned(tmp_path / "old", replace(SMALL, seed=5), "--out x") / "config.json"
    run = json.loads(path.read_text())
    del run["config"]["imitation"]["tested_on"]
    path.write_text(json.dumps(run))
    export_agent(path.parent, "zero", "veteran", "abc1234")
    assert "tested_on" not in read_card("connect_four", "veteran")["config"]["imitation"]


def test_a_card_is_reproduced(exported: Path) -> None:
    check = compare_with_card("connect_four", "novice")
    assert len(check.pairs) == 2
    assert all(stored == measured for stored, measured in check.pairs)
    assert (check.unchecked, check.differences, check.failed) == ((), {}, ())


def change_card(folder: Path, **changes: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def shifted(folder: Path, by: int, n: int = 0) -> list[Any]:
    """The card's figures, the first of them `by` right moves higher or lower, of `n` positions more."""
    first, *others = read_card("connect_four", "novice")["figures"]
    right = first["right"]
    rate = right["rate"] + by / right["n"]
    low, high = min(right["low"], rate), max(right["high"], rate)
    return [{**first, "right": {"rate": rate, "low": low, "high": high, "n": right["n"] + n}}, *others]


@pytest.mark.parametrize("by", [1, -1])
def test_one_move_more_or_less_is_another_figure(exported: Path, by: int) -> None:
    change_card(exported, figures=shifted(exported, by))
    (wrong,) = compare_with_card("connect_four", "novice").failed
    assert wrong.simulations == 0
    with pytest.raises(UsageError, match=r"not reproduced on: made up.* \(0 simulations\)"):
        check_card("connect_four", "novice", ())


def test_other_conditions_ask_for_overlap_alone(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conditions = read_card("connect_four", "novice")["measured_under"]
    other = conditions | {"processor": "abacus", "kernels": "edited since"}
    change_card(exported, figures=shifted(exported, 1), measured_under=other)
    told = check_card("connect_four", "novice", ())
    assert told["compared_by"] == "overlap"
    assert told["differences"] == {"processor": {"card": "abacus", "now": conditions["processor"]}}
    assert "processor: card abacus" in capsys.readouterr().out
    change_card(exported, figures=shifted(exported, 0, n=1))
    assert compare_with_card("connect_four", "novice").failed, "other positions of the same name"


def test_figures_without_their_positions_are_listed(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = {"rate": 0.5, "low": 0.4, "high": 0.6, "n": 9}
    figures = read_card("connect_four", "novice")["figures"]
    change_card(exported, figures=[*figures, {"positions": "Published", "simulations": 600, "right": right}])
    told = check_card("connect_four", "novice", ())
    assert [figure["positions"] for figure in told["unchecked"]] == ["Published"]
    assert (len(told["figures"]), told["compared_by"]) == (2, "equality")
    assert "not checked: Published; give their files by --positions" in capsys.readouterr().out
    mine = tmp_path / "mine.txt"
    mine.write_text(POSITION)
    with pytest.raises(CardError, match=r"no figures on mine.*with figures: Published"):
        compare_with_card("connect_four", "novice", (mine,))


def test_published_positions_are_measured_and_checked(exported: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text(POSITION)
    export_agent(tmp_path / "run", "zero", "novice", "def5678", (mine,), replace=True)
    assert [figure["positions"] for figure in read_card("connect_four", "novice")["figures"]][2:] == ["mine"]
    check = compare_with_card("connect_four", "novice", (mine,))
    assert (len(check.pairs), check.unchecked, check.failed) == (3, (), ())


# --- exporting ---


@pytest.mark.parametrize("name", ["", "../zero", "a/b", "a.b", "zero@4", "-x", "a b", "zero\n", "zéro"])
def test_names_are_plain(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotExportable, match="letters, digits and dashes"):
        export_agent(tmp_path / "no run", "zero", name, "abc1234")


@pytest.mark.parametrize("name", ["forgetful", "go-club", "random", "mcts-10", "wins-and-blocks", "me"])
def test_nobody_elses_name_is_taken(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotExportable, match="another player is called so"):
        export_agent(tmp_path / "no run", "zero", name, "abc1234")


def test_alphago_is_no_single_network(tmp_path: Path) -> None:
    with pytest.raises(NotExportable, match=r"no single network that plays.*export another arm"):
        export_agent(tmp_path / "no run", "alphago", "go", "abc1234")


def test_an_arm_that_has_not_learned_is_named(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(NotExportable, match="no arm 'imitator' that has learned"):
        export_agent(tmp_path / "run", "imitator", "another", "def5678")


def test_positions_are_read_before_anything_is_written(exported: Path, tmp_path: Path) -> None:
    before = everything(exported)
    with pytest.raises(NotationError):
        export_agent(tmp_path / "run", "zero", "novice", "def5678", (tmp_path / "nowhere.txt",))
    assert everything(exported) == before


def test_an_agent_is_replaced_only_when_told(exported: Path, tmp_path: Path) -> None:
    before = everything(exported)
    with pytest.raises(NotExportable, match=r"novice is a ready-made agent already.*--name.*--replace"):
        export_agent(tmp_path / "run", "zero", "novice", "def5678")
    assert everything(exported) == before


def test_an_export_that_fails_leaves_the_old_agent(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(exported)
    monkeypatch.setattr(cards, "rate", broken)
    with pytest.raises(MemoryError):
        export_agent(tmp_path / "run", "zero", "novice", "def5678", replace=True)
    with pytest.raises(MemoryError):
        export_agent(tmp_path / "run", "zero", "another", "def5678")
    assert everything(exported) == before


def test_a_killed_export_leaves_the_old_agent(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill leaves is no agent, and is swept away by the next export."""
    before = {path: path.read_bytes() for path in exported.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(cards, "rate", broken)
        patch.setattr("agents.cards.shutil.rmtree", lambda *a, **b: None)
        with pytest.raises(MemoryError):
            export_agent(tmp_path / "run", "zero", "novice", "def5678", replace=True)
    assert {path: path.read_bytes() for path in exported.iterdir()} == before
    assert ready_made.agent_names("connect_four") == ["novice"]
    export_agent(tmp_path / "run", "zero", "novice", "def5678", replace=True)
    assert read_card("connect_four", "novice")["exported_at_commit"] == "def5678"
    assert [path.name for path in exported.parent.iterdir()] == ["novice"]


def test_a_card_of_other_weights_is_refused(exported: Path, tmp_path: Path) -> None:
    network = new_network(SMALL.network, GAME, 6)
    save_learner(checkpoint_path(tmp_path / "run", "zero"), new_learner(GAME, network, 1e-3, 0.0, 1.0, 1))
    card = (exported / "card.json").read_bytes()
    export_agent(tmp_path / "run", "zero", "novice", "def5678", replace=True)
    (exported / "card.json").write_bytes(card)
    with pytest.raises(CardError, match="not the card of the weights beside it"):
        read_card("connect_four", "novice")
    weights = exported / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(CardError, match="cut short or damaged"):
        read_card("connect_four", "novice")


def test_cards_of_old_and_the_shipped_one_are_read(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported / "card.json"
    path.write_text(path.read_text().replace("exported_at_commit", "commit"))
    assert read_card("connect_four", "novice")["exported_at_commit"] == "abc1234"
    monkeypatch.setattr(ready_made, "FOLDER", SHIPPED)
    for name in ready_made.agent_names("connect_four"):
        assert read_card("connect_four", name)["name"] == name
        assert '"exported_at_commit"' in (SHIPPED / "connect_four" / name / "card.json").read_text()


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
