"""`demonstrate`, `evaluate` and `duel`: whom their names mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.commands import Demonstrate, Duel, Evaluate, demonstrate, duel, evaluate
from agents.commands.play import usual_players
from agents.names import find_player
from games.core import game_names, load_game
from lab.commands.common import UsageError


def test_a_ready_made_agent_is_named_as_in_the_window(tmp_path: Path) -> None:
    path = tmp_path / "duel.json"
    duel(Duel(world="go5", first="zero", second="random", pairs=1, simulations=2, json=path))
    assert json.loads(path.read_text())["first"] == "pretrained:zero"
    demonstrate(Demonstrate(world="go5", human="zero.sampled", games=1, out=tmp_path / "games.sgf"))
    (tmp_path / "positions.txt").write_text("44 -1 -1 0 1 0 -1 -1\n")
    evaluate(Evaluate(agent="zero@2", positions=(tmp_path / "positions.txt",), json=path))
    assert json.loads(path.read_text())["agent"] == "pretrained:zero@2"
    with pytest.raises(UsageError, match="does nothing for pretrained:zero@2 and random"):
        duel(Duel(world="go5", first="zero@2", second="random", simulations=2))


def test_where_nobody_is_named_those_play_who_know_the_game(tmp_path: Path) -> None:
    for world in game_names():
        if (game := load_game(world)).num_players == 2:
            for name in usual_players(world):
                assert find_player(name, game).name.startswith(name)
    assert usual_players("connect_four") == ("forgetful", "alphabeta-4", "wins-and-blocks")
    assert usual_players("go9") == ("capturer", "mcts-200", "capturer")
    demonstrate(Demonstrate(world="go5", games=1, out=tmp_path / "games.txt"))
    assert "capturer against itself" in (tmp_path / "games.txt").read_text()
    duel(Duel(world="go5", pairs=1, json=tmp_path / "duel.json"))
    told = json.loads((tmp_path / "duel.json").read_text())
    assert (told["first"], told["second"]) == ("mcts-200", "capturer.recorded")
    (tmp_path / "positions.txt").write_text("44 -1 -1 0 1 0 -1 -1\n")
    evaluate(Evaluate(positions=(tmp_path / "positions.txt",), json=tmp_path / "it.json"))
    assert json.loads((tmp_path / "it.json").read_text())["agent"] == "alphabeta-4"
