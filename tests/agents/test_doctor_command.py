"""The doctor as users meet it, and its probe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from agents.doctor import REFERENCE, evaluations_per_second, speed

ROOT = Path(__file__).resolve().parents[2]


def test_a_machine_is_measured_beside_the_reference() -> None:
    assert 100 < evaluations_per_second(0.1) < 1e7
    assert speed(REFERENCE).level == "good"
    assert "1.0 of the reference" in speed(REFERENCE).value
    assert "about 4 times as long" in speed(REFERENCE / 4).advice


def doctor(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "train.py"), "doctor", "--json", "d.json"]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )


def test_this_machine_is_fit(tmp_path: Path) -> None:
    said = doctor(tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    told = json.loads((tmp_path / "d.json").read_text())
    assert told["fit"] is True
    names = {finding["name"] for finding in told["findings"]}
    assert {"Python", "Packages", "Cores", "Precision", "Speed", "Kernel cache", "Names"} <= names


def test_a_module_of_the_same_name_is_told(tmp_path: Path) -> None:
    """`games` installed by somebody else, on PYTHONPATH: ours, beside train.py, is found first."""
    (tmp_path / "other" / "games").mkdir(parents=True)
    (tmp_path / "other" / "games" / "__init__.py").touch()
    said = doctor(tmp_path, PYTHONPATH=str(tmp_path / "other"))
    assert said.returncode == 0, said.stdout + said.stderr
    assert "ours is found first" in said.stdout
