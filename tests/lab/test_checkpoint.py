"""Checkpoints: what goes in comes out, or a named error does."""

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from lab.checkpoint import CheckpointError, load_checkpoint, save_checkpoint

STATE = np.dtype([("current", np.uint64), ("cells", np.int8, (3, 7)), ("inner", [("ko", np.int16)])])
ALIGNED = np.dtype([("turn", np.uint8), ("stones", np.uint64)], align=True)


def some_tensors() -> dict[str, Any]:
    random = np.random.default_rng(3)
    states = np.zeros((4, 2), STATE)
    states["current"] = random.integers(0, 2**63, (4, 2)).astype(np.uint64) * 2 + 1
    states["cells"] = random.integers(-1, 2, (4, 2, 3, 7))
    padded = np.zeros(5, ALIGNED)
    padded["stones"] = np.arange(5)
    return {
        "weights": random.normal(size=(3, 4)).astype(np.float32),
        "keys": np.array([0, 2**64 - 1], np.uint64),
        "flags": np.array([True, False]),
        "step": np.array(7),
        "empty": np.zeros((0, 3), np.float64),
        "turned": np.arange(6.0).reshape(2, 3).T,
        "big endian": np.array([1, 2], ">i4"),
        "states": states,
        "padded": padded,
        "torch": torch.arange(6, dtype=torch.float32).reshape(2, 3).T.requires_grad_(),
    }


def test_round_trip(tmp_path: Path) -> None:
    tensors = some_tensors()
    meta = {"step": 12, "names": ["zero", 'quo"te "move37":"'], "rate": 0.1, "none": None}
    digest = save_checkpoint(tmp_path / "a.safetensors", tensors, meta)
    loaded, meta_again = load_checkpoint(tmp_path / "a.safetensors")
    assert meta_again == meta
    assert set(loaded) == set(tensors)
    for name, tensor in tensors.items():
        expected = tensor if isinstance(tensor, np.ndarray) else tensor.detach().numpy()
        assert loaded[name].dtype == expected.dtype.newbyteorder("=")
        assert loaded[name].shape == expected.shape
        np.testing.assert_array_equal(loaded[name], expected)
    assert save_checkpoint(tmp_path / "b.safetensors", tensors, meta) == digest
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.safetensors", "b.safetensors"]


@pytest.mark.parametrize(
    "tensor",
    [
        np.array([1j]),
        np.array([object()]),
        np.array(["a"]),
        torch.zeros(2, dtype=torch.bfloat16),
        np.longdouble([1]),
    ],
)
def test_what_cannot_be_held_is_refused(tmp_path: Path, tensor: Any) -> None:
    with pytest.raises(TypeError, match="tensor 'x'"):
        save_checkpoint(tmp_path / "a", {"x": tensor}, {})
    with pytest.raises(ValueError, match="JSON"):
        save_checkpoint(tmp_path / "a", {}, {"x": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_every_flip_and_every_cut_is_noticed(tmp_path: Path) -> None:
    path, random = tmp_path / "a", np.random.default_rng(5)
    save_checkpoint(path, some_tensors(), {"step": 1})
    whole = path.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    places = np.concatenate([random.integers(0, len(whole), 250), random.integers(0, header, 250)])
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << random.integers(8)
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError):
            load_checkpoint(path)
    for length in random.integers(0, len(whole), 500):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError):
            load_checkpoint(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(CheckpointError, match="SHA-256"):
        load_checkpoint(path)


class Trap:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("caught",)


def test_other_files_are_named_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_file({"x": np.zeros(3)}, "foreign.safetensors")
    Path("trap.safetensors").write_bytes(pickle.dumps(Trap()))
    for name, reason in [("foreign", "no checkpoint"), ("trap", "no checkpoint"), ("missing", "no such")]:
        with pytest.raises(CheckpointError, match=reason) as caught:
            load_checkpoint(f"{name}.safetensors")
        assert caught.value.path == Path(f"{name}.safetensors")
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # crosses processes
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_checkpoint(tmp_path)
    assert not Path("caught").exists()


def test_a_damaged_arm_says_what_to_delete(tmp_path: Path) -> None:
    path = tmp_path / "run" / "arms" / "zero" / "checkpoint.safetensors"
    path.parent.mkdir(parents=True)
    save_checkpoint(path, {"w": np.ones(3)}, {})
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=r"delete .*arms/zero and .*run/done/zero, then resume"):
        load_checkpoint(path)


def test_a_refusing_disk_leaves_the_old_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    save_checkpoint(tmp_path / "a", {"x": np.zeros(3)}, {"step": 1})
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="No space left"):
        save_checkpoint(tmp_path / "a", {"x": np.ones(3)}, {"step": 2})
    assert load_checkpoint(tmp_path / "a")[1] == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


SAVER = """
import sys, numpy as np
from lab.checkpoint import save_checkpoint
for step in range(10**9):
    save_checkpoint(sys.argv[1], {"x": np.full(200_000, step, np.float32)}, {"step": step})
    print(step, flush=True)
"""


def test_killed_while_saving(tmp_path: Path) -> None:
    """20 kills -9 in the middle of saving nonstop: the checkpoint always loads and is whole."""
    path, random, seen = tmp_path / "a", np.random.default_rng(11), 0
    root = Path(__file__).resolve().parents[2]
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE, cwd=root, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it has saved at least once
            try:
                process.wait(float(random.uniform(0.0, 0.03)))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        tensors, meta = load_checkpoint(path)
        assert (tensors["x"] == meta["step"]).all()
        seen = max(seen, meta["step"])
    assert seen > 0
    assert {path.name for path in tmp_path.iterdir()} <= {"a", ".a.unfinished"}
