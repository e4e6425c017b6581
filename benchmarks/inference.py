"""Network evaluations a second on one core: how the same network is best asked.

    python benchmarks/inference.py

Medians of CPU time, every way in turn so that the machine's drift hits all alike.
"""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

from agents.config import NetworkConfig
from agents.folded import FoldedNetwork, has_fused_convolution
from agents.network import new_network
from games.core import load_game

ROUNDS = 25


def ways(network: Any, planes: torch.Tensor) -> dict[str, Callable[[], Any]]:
    """Name -> one evaluation of the batch."""
    low = planes.bfloat16()
    twin = copy.deepcopy(network).to(torch.bfloat16).to(memory_format=torch.channels_last)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit says that it is deprecated
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(twin, low)))
    shape = tuple(planes.shape)
    folded = FoldedNetwork(network, shape, torch.float32)
    made = {
        "eager fp32": lambda: network(planes),
        "eager bf16": lambda: twin(low),
        "torch.jit frozen bf16": lambda: frozen(low),
        "folded fp32": lambda: folded(planes),
    }
    if has_fused_convolution():
        folded_low = FoldedNetwork(network, shape, torch.bfloat16)
        made["folded bf16 (ours)"] = lambda: folded_low(low)
    return made


def main() -> None:
    """Print a line a network and batch."""
    torch.set_num_threads(1)
    game = load_game("connect_four")
    for config in (NetworkConfig(32, 3), NetworkConfig(64, 5)):
        network = new_network(config, game, 0).eval()
        for batch in (128, 256):
            planes = torch.randn(batch, *game.observation_shape).to(memory_format=torch.channels_last)
            with torch.no_grad():
                rates = measure(ways(network, planes), batch)
            print(f"{config.channels}x{config.blocks}, batch {batch}: " + ", ".join(rates), flush=True)


def measure(candidates: dict[str, Callable[[], Any]], batch: int) -> list[str]:
    """'name: k evaluations/s' of each candidate."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(ROUNDS + 3):
        for name, run in candidates.items():
            start = time.process_time()
            run()
            if turn >= 3:
                seconds[name].append(time.process_time() - start)
    return [f"{name} {batch / median(times) / 1000:.1f} k/s" for name, times in seconds.items()]


if __name__ == "__main__":
    main()
