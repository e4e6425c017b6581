"""The presets: the controls are controls, at about the cost of what they control."""

from __future__ import annotations

import pytest

from agents.config import demonstrator_of, preset


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
