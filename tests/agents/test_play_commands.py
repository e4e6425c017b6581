"""`demonstrate`, `evaluate` and `duel`: whom their names mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.commands import Demonstrate, Duel, Evaluate, demonstrate, duel, evaluate
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
