"""What is installed from a wheel finds all that it needs, the shipped results included."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("games", "agents", "llm_bridge", "lab", "results")
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the house, built of a copy and unpacked."""
    house, out = tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("wheel")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "train.py", "kernel_cache.py"):
        shutil.copy(ROOT / name, house)
    (house / "tests").mkdir()
    (house / "tests" / "test_mine.py").write_text("")
    (house / "runs").mkdir()
    (house / "runs" / "notes.json").write_text("{}")
    done = subprocess.run([sys.executable, "-c", BUILD, str(out)], cwd=house, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = out.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(out / "site")
    return out / "site"


def test_nothing_is_left_out_and_nothing_else_is_in_it(installed: Path) -> None:
    for name in PACKAGES:
        found = (path for path in (ROOT / name).rglob("*") if path.is_file())
        files = [path for path in found if path.parent.name != "__pycache__"]
        missing = [path for path in files if not (installed / path.relative_to(ROOT)).is_file()]
        assert files
        assert not missing
    top = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {*PACKAGES, "train.py", "kernel_cache.py"}


def test_shipped_results_are_found(installed: Path, tmp_path: Path) -> None:
    code = (
        "import lab.shipped, agents.play.own_rating as own\n"
        "print(lab.shipped.__file__)\n"
        "print(len(own.read_ladder('connect_four')))\n"
        "from agents.config import preset\n"
        "print(len(lab.shipped.bands_of(preset('ladder'))))"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    place, rungs, bands = done.stdout.splitlines()
    assert Path(place).is_relative_to(installed)
    assert int(rungs) > 10
    assert int(bands) > 10
