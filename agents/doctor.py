"""What only the board half can tell of a machine: its precision, and how fast networks run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import kernel_cache
from agents.config import NetworkConfig
from lab import doctor
from lab.doctor import Finding

REFERENCE = 37_000  # evaluations a second of 32 x 3 on one core of the reference machine (AMD EPYC, bf16)
BATCH = 128
NAMES = (*kernel_cache.PACKAGES, "train", "kernel_cache")


def examine(folder: Path) -> Iterator[Finding]:
    """All findings, the quick ones first; `folder` is where runs would go."""
    yield doctor.python_version()
    yield doctor.versions()
    yield from doctor.name_clashes(NAMES, kernel_cache.ROOT)
    yield from doctor.name_owners(NAMES)
    yield doctor.cores()
    yield doctor.threads()
    quick = (doctor.busyness(), doctor.throttling(), doctor.power())
    yield from (finding for finding in quick if finding is not None)
    yield doctor.disk(folder)
    yield doctor.display()
    yield doctor.kernel_cache(Path(os.environ["NUMBA_CACHE_DIR"]))
    imports = doctor.import_times()
    yield imports
    if imports.level != "problem":
        yield device()
        yield precision()
        yield speed(evaluations_per_second())


def device() -> Finding:
    """Whether there is a graphics card; none is needed."""
    import torch

    if torch.cuda.is_available():
        return Finding("Graphics card", "good", torch.cuda.get_device_name())
    return Finding("Graphics card", "good", "none, and none is needed")


def precision() -> Finding:
    """Whether the processor multiplies bfloat16 natively, and what it means."""
    import torch

    from agents.folded import has_fused_convolution, inference_dtype

    if not has_fused_convolution():
        advice = "this PyTorch lacks oneDNN's fused convolution: networks run slower, results are valid"
        return Finding("Precision", "note", "no oneDNN", advice)
    if inference_dtype() == torch.bfloat16:
        return Finding("Precision", "good", "bfloat16, natively")
    advice = (
        "no native bfloat16: networks run in float32, about half as fast; figures differ in the last digits "
        "from those of machines that have it, and a run begun there cannot be resumed here"
    )
    return Finding("Precision", "note", "float32", advice)


def evaluations_per_second(seconds: float = 1.0) -> float:
    """Positions that a 32 x 3 network evaluates in a second of one core's time, masks included, batch 128."""
    import torch

    from agents.network import network_evaluator, new_network
    from games.core import load_game

    torch.set_num_threads(1)
    game = load_game("connect_four")
    evaluator = network_evaluator(new_network(NetworkConfig(), game, 0), game, BATCH)
    states = game.new(BATCH)
    evaluator(states)  # compiles and warms up
    start, done = time.process_time(), 0  # a core's own time: other programs do not count
    while time.process_time() - start < seconds:
        evaluator(states)
        done += BATCH
    return done / (time.process_time() - start)


def speed(rate: float) -> Finding:
    """A rate beside that of the reference machine."""
    text = f"{rate:,.0f} network evaluations a second, {rate / REFERENCE:.1f} of the reference machine's"
    if rate < REFERENCE / 2:
        return Finding(
            "Speed", "note", text, f"a run takes about {REFERENCE / rate:.0f} times as long; why: see above"
        )
    return Finding("Speed", "good", text)
