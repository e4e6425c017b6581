"""The presets: the controls are controls, at about the cost of what they control."""

from __future__ import annotations

import pytest

from agents.config import demonstrator_of, preset
from agents.go_config import go_preset


@pytest.mark.parametrize("name", ["ladder", "standard", "long"])
def test_more_imitation_is_more(name: str) -> None:
    config = preset(name)  # type: ignore[arg-type]
    _, imitation = demonstrator_of(config, "imitator")
    _, more = demonstrator_of(config, "more-imitation")
    assert more.updates >= 2 * imitation.updates
    assert more.games >= imitation.games


@pytest.mark.parametrize("name", ["ladder", "standard", "long"])
def test_master_pays_for_its_imitator(name: str) -> None:
    config = preset(name)  # type: ignore[arg-type]
    assert 0.4 <= config.master.iterations / config.zero.iterations < 0.9


def test_longer_games_have_a_longer_schedule() -> None:
    """The learning rate of self-play falls till the last update only if the games' length is known."""
    plies = [go_preset("quick", world).zero.plies_a_game for world in ("go5", "go7", "go9")]
    assert preset("quick").zero.plies_a_game < plies[0] < plies[1] < plies[2]
    for name in ("tiny", "quick", "ladder", "standard"):
        config = go_preset(name, "go9")  # type: ignore[arg-type]
        assert config.master.plies_a_game == config.zero.plies_a_game == plies[2]
        assert config.policy_gradient.moves_a_game > preset("quick").policy_gradient.moves_a_game
