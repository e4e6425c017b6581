"""Where networks run: a graphics card when there is one, and never one needed."""

from __future__ import annotations

import shutil
from typing import Literal

Device = Literal["auto", "cpu", "cuda"]


class NoSuchDevice(ValueError):  # noqa: N818
    """A device was asked for by name that this machine does not have."""


def resolve_device(name: str) -> str:
    """ "cpu" or "cuda"; `auto` is cuda where there is one. Raises NoSuchDevice.

    PyTorch is asked only where a driver is installed at all: importing it takes seconds.
    """
    if name == "cpu" or (name == "auto" and shutil.which("nvidia-smi") is None):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if name == "auto":
        return "cpu"
    raise NoSuchDevice(f"device {name!r} cannot be had here: use --device auto or --device cpu")
