"""How every benchmark here measures: CPU seconds of this process, contenders in turn, medians."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# JAX on one core: a thread of XLA's that waits for another would be counted as work
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

Contender = Callable[[], int]  # does some work, says how much


def rates(contenders: dict[str, Contender], repeats: int = 5) -> dict[str, float]:
    """Work done a CPU second by each, the median of the repeats; a first round compiles and is not counted.

    They take turns, so that a busy machine meets them alike.
    """
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, work in contenders.items():
            start = time.process_time()
            done = work()
            seconds = time.process_time() - start
            if turn:
                seen[name].append(done / seconds)
    return {name: median(values) for name, values in seen.items()}


def line(what: str, found: dict[str, float]) -> str:
    """'what: ours 1,234; peer 567 (2.2 x)', ours being the first."""
    (ours, ours_rate), *peers = found.items()
    beside = "".join(f"; {name} {rate:,.0f} ({ours_rate / rate:.2f} x)" for name, rate in peers)
    return f"{what}: {ours} {ours_rate:,.0f}{beside}"
