"""Who is measured by their surprises: the arms of a run, raw and searching, and the random player."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents.config import CompareConfig
from agents.learning import checkpoint_path
from agents.names import find_player
from agents.player import Player
from games.core import Game
from lab.statistics import clustered

SEARCHED = ("zero", "master", "alphago", "imitator", "slips-imitator")
SEARCH_ONLY = ("alphago",)  # its raw policy is the imitator's
GO_PAST = ("zero", "master", "alphago", "policy-gradient", "own-wins")  # whose surprises are drawn


@dataclass(frozen=True)
class Entrant:
    """Who is measured: an arm of the run, raw or searching, or the random player (arm None)."""

    title: str
    arm: str | None
    player: Player
    draws: int = 1


def entrants_of(folder: Path, config: CompareConfig, game: Game) -> list[Entrant]:
    """The run's arms that have learned, those that go past the humans first, and the random player last."""
    simulations, batch = config.evaluation.simulations, config.evaluation.batch
    names = (*config.arms, *(("slips-imitator",) if config.counter_human != "none" else ()))
    arms = [arm for arm in dict.fromkeys((*GO_PAST, *names)) if arm in names]
    arms = [arm for arm in arms if checkpoint_path(folder, arm).exists()]

    def entrant(arm: str, style: str, title: str) -> Entrant:
        name = f"{folder}:{arm}{style}"
        return Entrant(title, arm, find_player(name, game, batch=batch, device=config.device))

    found = []
    for arm in arms:
        if arm not in SEARCH_ONLY:
            found.append(entrant(arm, "", arm))
        if arm in SEARCHED:
            found.append(entrant(arm, f"@{simulations}", f"{arm}, {simulations} simulations"))
    return [*found, Entrant("random", None, find_player("random", game), config.surprise.draws)]


def told(entrant: Entrant, human: str) -> dict[str, Any]:
    """What a row of counts says of whose it is."""
    return {"player": entrant.title, "arm": entrant.arm, "human": human}


def share(values: Any, clusters: Any) -> dict[str, Any] | None:
    """The Score of a share as JSON; None of nothing."""
    return clustered(np.asarray(values, np.float64), clusters).to_json() if len(values) else None
