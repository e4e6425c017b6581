"""A display for windows, and a folder for what they remember."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from window_hand import display


@pytest.fixture(scope="module")
def screen() -> Iterator[bool]:
    """Whether the display is a real one (X)."""
    with display() as real:
        yield real


@pytest.fixture
def settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "move37"
