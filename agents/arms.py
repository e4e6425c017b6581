"""What each arm of a run thinks of a position: its own network, or AlphaGo's parts put together."""

from __future__ import annotations

from pathlib import Path

from agents.alphago import PRIOR_ARM, alphago_evaluator
from agents.learning import checkpoint_path
from agents.network import load_network, network_evaluator
from agents.search import Evaluator
from games.core import Game
from lab.checkpoint import load_checkpoint


def arm_evaluator(folder: Path, arm: str, game: Game, device: str, batch: int) -> Evaluator:
    """The evaluator of an arm in a run folder, at a fixed batch; without search "alphago" is its prior,
    the imitator, and so is nowhere measured or played (agents.ladder.searched_only).

    Raises CheckpointError where the arm, or for "alphago" the imitator, has not learned yet.
    """
    path = checkpoint_path(folder, arm)
    network = load_network(path, game, device)
    if arm != "alphago":
        return network_evaluator(network, game, batch)
    prior = load_network(checkpoint_path(folder, PRIOR_ARM), game, device)
    rollout_weight = float(load_checkpoint(path)[1]["rollout_weight"])
    return alphago_evaluator(prior, network, game, batch, rollout_weight)
