"""What every loss asks of its tensors' shapes."""

from __future__ import annotations

from torch import Tensor


def check_alike(shape: str, *parts: Tensor) -> None:
    """Raises ValueError unless all are vectors of one length; `shape` names it: [T], [N]."""
    if any(part.ndim != 1 or part.shape != parts[0].shape for part in parts):
        raise ValueError(f"all are {shape}, not {', '.join(str(tuple(part.shape)) for part in parts)}")
