"""The palette holds for ten arms: readable as text, told apart by colour-blind eyes."""

import itertools

import numpy as np
import pytest
from report_exhibits import full_result

from lab.report.palette import CONTROL, DARK, LIGHT, arm_slots
from lab.report.result import validate

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
VISION = {  # Machado, Oliveira and Fernandes 2009, table 1, severity 1
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def linear(colour: str) -> np.ndarray:
    """An sRGB colour as linear light [3]."""
    channel = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Linear light as CIE L*a*b* [3] (D65)."""
    ratio = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio."""
    dark, light = sorted(float((TO_XYZ @ linear(colour))[1]) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colours", "paper"), [(LIGHT, "#fffefb"), (DARK, "#161719")])
def test_every_colour_is_readable_as_text(colours: tuple[str, ...], paper: str) -> None:
    assert min(contrast(colour, paper) for colour in colours) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("vision", list(VISION))
def test_arms_differ_to_every_eye(colours: tuple[str, ...], vision: str) -> None:
    seen = [lab(VISION[vision] @ linear(colour)) for colour in colours[1:CONTROL]]  # the human is a line
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) >= 15


def test_every_known_arm_has_a_colour_of_its_own() -> None:
    slots = arm_slots(validate(full_result()))
    learners = ("imitator", "winners", "own-wins", "policy-gradient", "alphago", "master", "zero", "human")
    assert len({slots[arm] for arm in learners}) == 8
    assert slots["imitate-perfect"] == slots["imitate-zero"] == CONTROL
    assert len(LIGHT) == len(DARK)
