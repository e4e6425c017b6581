"""Whose each point of Go will be, and who leads: by a network that self-play has taught, else by playouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from games.core import Game, States

if TYPE_CHECKING:
    from agents.network import PolicyValueNetwork

TAUGHT = ("zero", "master")  # arms that learn from finished games of their own; people's games end too early
Ownership = Callable[[States], tuple[NDArray[np.float64], float]]
"""state [1] -> (owner [N * N] in [-1, 1], +1 Black's for certain; Black's expected lead, komi taken off)"""


def network_ownership(network: PolicyValueNetwork, game: Game) -> Ownership:
    """What the network's head for owners says, the mean over the eight views of the board."""
    import torch

    device = network.stem.weight.device
    views = [np.arange(int(np.prod(game.observation_shape[1:]))), *(turn.cells for turn in game.symmetries)]
    back = np.array([np.argsort(view) for view in views])

    def ownership(state: States) -> tuple[NDArray[np.float64], float]:
        planes = game.observe(state)[0]
        flat = planes.reshape(len(planes), -1)
        seen = np.stack([flat[:, view].reshape(planes.shape) for view in views])
        network.eval()
        with torch.no_grad():
            own = network.owner(network.trunk(torch.from_numpy(seen).to(device))).double().cpu().numpy()
        turned = np.take_along_axis(own, back, axis=1).mean(axis=0)
        owner = turned * (1 - 2 * int(state["player"][0]))
        return owner, float(owner.sum() - state["komi"][0])

    return ownership


def playout_ownership(playouts: int) -> Ownership:
    """The mean over so many random games."""
    from agents.go_estimate import ownership

    return lambda state: ownership(state, playouts)
