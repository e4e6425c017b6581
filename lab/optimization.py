"""AdamW as both wings use it: its groups, its schedule, its state in a checkpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from lab.run import check_finite

PREFIX = "optimizer."  # of the names of its state in a checkpoint


def new_optimizer(network: nn.Module, learning_rate: float, weight_decay: float) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019), weight decay on matrices and kernels only."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}],
        lr=learning_rate,
    )


def learning_rate_at(update: int, total: int, peak: float, warmup: int = 50) -> float:
    """Linear warm-up, then a half cosine down to a fiftieth of the peak."""
    if update < warmup:
        return peak * (update + 1) / warmup
    share = min(1.0, (update - warmup) / max(1, total - warmup))
    return peak * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * share)))


def descend(
    optimizer: torch.optim.AdamW,
    loss: Tensor,
    learning_rate: float,
    update: int,
    clip: float = math.inf,
) -> None:
    """One step down a scalar loss at that rate; `clip`: the gradient's greatest norm (Pascanu et al. 2013).

    Raises TrainingDiverged, which names the `update`, for a gradient that is not finite (a finite loss may
    have one): the weights are untouched.
    """
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = torch.nn.utils.get_total_norm(gradients)
    check_finite(update, gradient=norm)
    if math.isfinite(clip):
        torch.nn.utils.clip_grads_with_norm_(parameters, clip, norm)
    optimizer.step()


def optimizer_tensors(optimizer: torch.optim.AdamW) -> dict[str, Tensor]:
    """The optimizer's state by name, for a checkpoint."""
    tensors = {}
    for index, state in optimizer.state_dict()["state"].items():
        for name, value in state.items():
            tensor = torch.as_tensor(value)
            tensors[f"{PREFIX}{index}.{name}"] = tensor.reshape(-1) if name == "step" else tensor
    return tensors


def restore_optimizer(optimizer: torch.optim.AdamW, tensors: Mapping[str, Any]) -> None:
    """Put a saved state into a new optimizer of the same parameters."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith(PREFIX):
            index, name = key.removeprefix(PREFIX).split(".")
            tensor = torch.as_tensor(value)
            # in the memory order of its parameter: AdamW's last bits depend on it
            ordered = tensor.reshape(()) if name == "step" else _like(parameters[int(index)], tensor)
            state.setdefault(int(index), {})[name] = ordered
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _like(parameter: Tensor, values: Tensor) -> Tensor:
    """The values in the memory order and on the device of a parameter."""
    return torch.empty_like(parameter, requires_grad=False).copy_(values)
