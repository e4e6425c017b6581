"""The preference losses against TRL's, in value and gradient.

The golden numbers are made by make_golden_preferences.py with TRL's own code.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from lab.losses import dpo_loss, ipo_loss, length_normalised_loss

GOLDEN = json.loads((Path(__file__).resolve().parent / "golden" / "preferences.json").read_text())
NAMES = ("chosen", "rejected", "reference_chosen", "reference_rejected")


def parts() -> list[Tensor]:
    given = [torch.tensor(GOLDEN[name], dtype=torch.float64) for name in NAMES]
    return [part.requires_grad_() for part in given[:2]] + given[2:]


def gradients(chosen: Tensor, rejected: Tensor) -> list[list[float]]:
    assert chosen.grad is not None
    assert rejected.grad is not None
    return [chosen.grad.tolist(), rejected.grad.tolist()]


@pytest.mark.parametrize("name", [name for name in GOLDEN["cases"] if name != "length-normalised"])
def test_dpo_and_ipo_are_trls(name: str) -> None:
    case, given = GOLDEN["cases"][name], parts()
    settings = case["settings"]
    if name == "ipo":
        loss = ipo_loss(*given, beta=settings["beta"])
    else:
        loss = dpo_loss(*given, beta=settings["beta"], flipped=settings["label_smoothing"])
    loss.sum().backward()
    assert loss.tolist() == pytest.approx(case["losses"])
    for ours, theirs in zip(gradients(*given[:2]), case["gradients"], strict=True):
        assert ours == pytest.approx(theirs)


def test_the_length_normalised_is_trls_simpo() -> None:
    case, (chosen, rejected, *_) = GOLDEN["cases"]["length-normalised"], parts()
    lengths = [torch.tensor(part) for part in GOLDEN["lengths"]]
    settings = case["settings"]
    loss = length_normalised_loss(
        chosen, rejected, *lengths, beta=settings["beta"], margin=settings["simpo_gamma"]
    )
    loss.sum().backward()
    assert loss.tolist() == pytest.approx(case["losses"])
    for ours, theirs, count in zip(gradients(chosen, rejected), case["gradients"], lengths, strict=True):
        assert ours == pytest.approx((torch.tensor(theirs, dtype=torch.float64) / count).tolist())
