"""Moves a CPU second of the whole self-play loop with a network of 64 channels x 5 blocks, Connect Four;
beside pgx + mctx (32 simulations) and a loop of alpha-zero-general's shape (25 simulations).

    python benchmarks/self_play.py [REPEATS]

One core. Ours runs as in training: in bfloat16 where the processor has it; and in float32, which is what
the peers compute in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import measure
import one_game_loop
import pgx_mctx
import torch

from agents.config import NetworkConfig, SelfPlayConfig
from agents.folded import inference_dtype
from agents.network import network_evaluator, new_network
from agents.self_play import play_block
from games.connect_four import GAME

NETWORK, BATCH, PEER_BATCH = NetworkConfig(64, 5), 128, 64


def ours(simulations: int, dtype: torch.dtype) -> Callable[[], int]:
    """A block of self-play games from the empty board."""
    evaluator = network_evaluator(new_network(NETWORK, GAME, 0), GAME, BATCH, dtype)
    config = SelfPlayConfig(
        games_per_iteration=BATCH, batch=BATCH, simulations=simulations, opening_share=0.0
    )
    return lambda: play_block(GAME, evaluator, config, 0, 0).plies


def main(repeats: int = 3) -> None:
    """Print the medians."""
    torch.set_num_threads(1)
    dtypes = {"bf16": torch.bfloat16, "fp32": torch.float32}
    if inference_dtype() == torch.float32:
        del dtypes["bf16"]
    for simulations in (32, 25):
        contenders = {f"ours {name}": ours(simulations, dtype) for name, dtype in dtypes.items()}
        if simulations == 25:
            loop = one_game_loop.self_play_work(GAME, NETWORK, simulations, 40)
            contenders["a loop of alpha-zero-general's shape, fp32"] = loop
        elif pgx_mctx.INSTALLED:
            contenders["pgx + mctx fp32"] = pgx_mctx.self_play_work(PEER_BATCH, simulations, 64, 5, 10)
        found = measure.rates(contenders, repeats)
        print(measure.line(f"moves a CPU second, {simulations} simulations", found), flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
