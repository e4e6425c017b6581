"""Policy and value: a residual network over the planes of a board, and how it is asked.

    planes [B, C, H, W] -> stem -> blocks -> policy logits [B, A], value [B] in [-1, 1]

After AlphaGo Zero (Silver et al. 2017, "Neural network architecture"), small.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.config import NetworkConfig
from agents.folded import FoldedNetwork, inference_dtype
from games.core import Game, States
from lab.checkpoint import CheckpointError, load_checkpoint

HEAD_CHANNELS = 8
VALUE_UNITS = 64


class Block(nn.Module):
    """x -> relu(x + bn(conv(relu(bn(conv(x)))))) (He et al. 2015)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = _convolution(channels, channels)
        self.conv2, self.norm2 = _convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C, H, W]."""
        # in place: nothing else reads a norm's output, and memory is what these steps wait for
        y = self.norm1(self.conv1(x)).relu_()
        out: Tensor = self.norm2(self.conv2(y)).add_(x).relu_()
        return out


class PolicyValueNetwork(nn.Module):
    """planes [B, C, H, W] -> (policy logits [B, A], value [B] for the player to move)."""

    def __init__(
        self,
        config: NetworkConfig,
        observation_shape: tuple[int, ...],
        num_actions: int,
        counts_area: bool = False,
    ) -> None:
        """With `counts_area` a third head says whose each cell will be: an auxiliary target, for training
        alone (Wu 2019, "Accelerating self-play learning in Go", section 4.2)."""
        super().__init__()
        planes, height, width = observation_shape
        self.config = config
        self.stem, self.norm = _convolution(planes, config.channels)
        self.blocks = nn.Sequential(*(Block(config.channels) for _ in range(config.blocks)))
        features = HEAD_CHANNELS * height * width
        self.policy_conv = nn.Conv2d(config.channels, HEAD_CHANNELS, 1)
        self.policy_out = nn.Linear(features, num_actions)
        self.value_conv = nn.Conv2d(config.channels, HEAD_CHANNELS, 1)
        self.value_hidden = nn.Linear(features, VALUE_UNITS)
        self.value_out = nn.Linear(VALUE_UNITS, 1)
        self.owner_conv = nn.Conv2d(config.channels, 1, 1) if counts_area else None

    def forward(self, planes: Tensor) -> tuple[Tensor, Tensor]:
        """[B, C, H, W] -> ([B, A], [B])."""
        return self.heads(self.trunk(planes))

    def trunk(self, planes: Tensor) -> Tensor:
        """[B, C, H, W] -> features [B, channels, H, W]."""
        features: Tensor = self.blocks(self.norm(self.stem(planes)).relu_())
        return features

    def owner(self, x: Tensor) -> Tensor:
        """Features -> whose each cell will be, [B, H * W]: 1 the mover's, -1 the other's."""
        assert self.owner_conv is not None, "the game counts no area"
        return torch.tanh(self.owner_conv(x)).flatten(1)

    def heads(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Features -> (policy logits [B, A], value [B])."""
        policy = self.policy_out(_flat(F.relu(self.policy_conv(x))))
        hidden = F.relu(self.value_hidden(_flat(F.relu(self.value_conv(x)))))
        return policy, torch.tanh(self.value_out(hidden)).squeeze(1)


def _convolution(inputs: int, outputs: int) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)


def _flat(x: Tensor) -> Tensor:
    """[B, C, H, W] -> [B, H * W * C]: in the channels-last order of the memory, so nothing is copied."""
    return x.permute(0, 2, 3, 1).flatten(1)


def new_network(config: NetworkConfig, game: Game, seed: int, device: str = "cpu") -> PolicyValueNetwork:
    """A fresh network whose weights depend on the seed alone; the global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = PolicyValueNetwork(
            config, game.observation_shape, game.num_actions, counts_area=game.score is not None
        )
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.to(device)


def network_evaluator(
    network: PolicyValueNetwork, game: Game, batch: int, dtype: torch.dtype | None = None
) -> Callable[[States], Any]:
    """The evaluator `states [B] -> (prior_logits [B, A], value [B])` of a network as it is now.

    Every call runs at the one fixed, padded batch: a row's answer then depends on no other row. `dtype`
    None: what the device multiplies fastest.
    """
    device = network.stem.weight.device
    dtype = dtype or inference_dtype(device.type)
    planes = torch.zeros((batch, *game.observation_shape), dtype=dtype, device=device)
    planes = planes.to(memory_format=torch.channels_last)
    forward = FoldedNetwork(network, tuple(planes.shape), dtype)

    def evaluate(states: States) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits = np.empty((len(states), game.num_actions), np.float32)
        value = np.empty(len(states), np.float32)
        with torch.no_grad():
            for start in range(0, len(states), batch):
                part = slice(start, min(start + batch, len(states)))
                size = part.stop - part.start
                planes[:size] = torch.from_numpy(game.observe(states[part]))
                policy_out, value_out = forward(planes)
                logits[part] = policy_out[:size].float().cpu().numpy()
                value[part] = value_out[:size].float().cpu().numpy()
        return logits, value

    return evaluate


def network_policy(evaluator: Callable[[States], Any], game: Game) -> Callable[[States], NDArray[np.float64]]:
    """The evaluator's policy over legal moves, `states [B] -> float64 [B, A]`."""

    def policy(states: States) -> NDArray[np.float64]:
        logits = evaluator(states)[0].astype(np.float64)
        logits[~game.legal_action_mask(states)] = -np.inf
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    return policy


def network_tensors(network: PolicyValueNetwork) -> dict[str, Tensor]:
    """Everything that a checkpoint keeps of a network, by name, prefixed `network.`."""
    return {f"network.{name}": tensor for name, tensor in network.state_dict().items()}


def restore_network(network: PolicyValueNetwork, tensors: dict[str, Any]) -> None:
    """The inverse of network_tensors; raises KeyError or RuntimeError where the shapes are another's."""
    state = {name: torch.as_tensor(tensors[f"network.{name}"]) for name in network.state_dict()}
    network.load_state_dict(state)


def load_network(path: Path, game: Game, device: str = "cpu") -> PolicyValueNetwork:
    """The network of a checkpoint; raises CheckpointError."""
    tensors, meta = load_checkpoint(path)
    if meta.get("world", game.name) != game.name:
        raise CheckpointError(path, f"it holds an agent for {meta['world']}, not for {game.name}")
    network = new_network(NetworkConfig(**meta["network"]), game, seed=0, device=device)
    try:
        restore_network(network, tensors)
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(path, f"its network is not one of this version ({error})") from None
    return network
