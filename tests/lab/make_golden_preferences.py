"""Writes tests/lab/golden/preferences.json with TRL's own code, value and gradient of its preference losses:

    pip download --no-deps trl==0.11.4
    python tests/lab/make_golden_preferences.py trl-0.11.4-py3-none-any.whl

The last TRL in which each loss is a method of its own, of log-probabilities alone: DPOTrainer.dpo_loss and
CPOTrainer.cpo_loss. The two methods are taken out of the wheel and run untouched, with nothing but their
settings as the trainer.
"""

from __future__ import annotations

import ast
import json
import sys
import typing
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

PAIRS = 6
NAMES = ("chosen", "rejected", "reference_chosen", "reference_rejected")
DPO: dict[str, dict[str, Any]] = {
    "dpo": {"loss_type": "sigmoid", "label_smoothing": 0.0, "beta": 0.1},
    "dpo, beta 1": {"loss_type": "sigmoid", "label_smoothing": 0.0, "beta": 1.0},
    "dpo, flipped": {"loss_type": "sigmoid", "label_smoothing": 0.2, "beta": 0.3},
    "ipo": {"loss_type": "ipo", "label_smoothing": 0.0, "beta": 0.1},
}
SIMPO: dict[str, Any] = {"loss_type": "simpo", "label_smoothing": 0.0, "beta": 2.0, "simpo_gamma": 0.5}


def method(wheel: Path, file: str, name: str) -> Any:
    """A method out of the wheel, as a function of the trainer and tensors."""
    tree = ast.parse(zipfile.ZipFile(wheel).read(f"trl/trainer/{file}").decode())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    module = ast.Module([found[0]], type_ignores=[])
    kinds = SimpleNamespace(
        ALPHA_DIVERGENCE=SimpleNamespace(value="alpha"), JS_DIVERGENCE=SimpleNamespace(value="js")
    )
    names: dict[str, Any] = {"torch": torch, "F": functional, "FDivergenceType": kinds, **vars(typing)}
    exec(compile(module, file, "exec"), names)
    return names[name]


def case(loss: Any, settings: dict[str, Any], parts: list[Tensor]) -> dict[str, Any]:
    """Losses and the gradients of their sum."""
    device = SimpleNamespace(device="cpu")
    trainer = SimpleNamespace(
        accelerator=device, reference_free=False, f_divergence_type="reverse_kl", **settings
    )
    leaves = [part.clone().requires_grad_() for part in parts]
    losses = loss(trainer, *leaves)[0]
    losses.sum().backward()
    gradients = [leaf.grad.tolist() if leaf.grad is not None else None for leaf in leaves[:2]]
    return {"settings": settings, "losses": losses.tolist(), "gradients": gradients}


def main() -> None:
    wheel = Path(sys.argv[1])
    generator = torch.Generator().manual_seed(37)
    parts = [-12 * torch.rand(PAIRS, generator=generator, dtype=torch.float64) for _ in NAMES]
    lengths = [torch.randint(1, 9, (PAIRS,), generator=generator) for _ in range(2)]
    dpo, cpo = method(wheel, "dpo_trainer.py", "dpo_loss"), method(wheel, "cpo_trainer.py", "cpo_loss")
    told: dict[str, Any] = dict(zip(NAMES, (part.tolist() for part in parts), strict=True))
    told["lengths"] = [part.tolist() for part in lengths]
    told["cases"] = {name: case(dpo, settings, parts) for name, settings in DPO.items()}
    # SimPO is of means over tokens: the gradient here is of the means
    means = [part / count for part, count in zip(parts, lengths, strict=False)]
    told["cases"]["length-normalised"] = case(cpo, SIMPO, means)
    path = Path(__file__).resolve().parent / "golden" / "preferences.json"
    path.write_text(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
