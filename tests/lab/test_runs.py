"""Runs of several seeds: who holds their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from agents.config import preset
from lab import runs
from lab.run import create_run
from lab.run_delete import delete_run
from lab.run_lock import RunBusy, is_held
from train import WINGS


def test_a_run_of_several_seeds_is_held_between_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When one seed is done and the next has not begun, no seed's folder is held."""
    settings = {"job": "compare", "seeds": 2, **vars(preset("tiny"))}
    run = create_run(tmp_path / "run", settings, "python train.py compare --seeds 2")

    def complete_one(part: Any, *others: Any) -> dict[str, Any]:
        assert is_held(run.folder)
        with pytest.raises(RunBusy):
            delete_run(run.folder)
        with pytest.raises(RunBusy):
            runs.complete(run, WINGS, Console(quiet=True))
        return {"seed": part.config["seed"]}

    monkeypatch.setattr(runs, "_complete_one", complete_one)
    monkeypatch.setattr(runs, "pool_results", lambda results, config, over_seeds: {"results": results})
    assert runs.complete(run, WINGS, Console(quiet=True)) == {"results": [{"seed": 0}, {"seed": 1}]}
    assert not is_held(run.folder)
    delete_run(run.folder)
    assert not run.folder.exists()
