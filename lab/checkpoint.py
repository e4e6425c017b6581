"""Checkpoints: arrays and plain values in one file that notices every changed bit.

The file is an ordinary safetensors file (which by itself has no checksum) with one metadata entry,
"move37": 64 hexadecimal digits of SHA-256, then JSON. The digest is that of the whole file with
those 64 characters read as zeros, so neither weights nor header can change unnoticed. No pickle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from lab.durable import replace_file

if TYPE_CHECKING:
    import torch

MARK = b'"move37":"'  # cannot occur inside a JSON string, where every quote has a backslash before it
ZEROS = b"0" * 64
KINDS = "biuf"  # bool, signed, unsigned, float: what safetensors and NumPy share without loss


class CheckpointError(RuntimeError):
    """A checkpoint that cannot be read or written whole. Attributes: `path`, `reason`."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(str(path), reason)
        self.path, self.reason = Path(path), reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def save_checkpoint(
    path: Path | str, tensors: Mapping[str, NDArray[Any] | torch.Tensor], meta: Mapping[str, Any]
) -> str:
    """Write named arrays and a JSON-able meta; returns the file's SHA-256 (same content, same digest).

    Arrays may be bool, any NumPy integer or float, or structured (game states), of any shape; torch
    tensors are copied to the processor. Raises TypeError for others (bfloat16 among them: keep weights
    in float32) and for a meta that JSON cannot hold, CheckpointError where the disk refuses; the
    previous checkpoint of that name then still stands.
    """
    path = Path(path)
    plain, structured = {}, {}
    for name, tensor in tensors.items():
        plain[name], fields = _to_plain(name, tensor)
        if fields is not None:
            structured[name] = fields
    head = json.dumps({"meta": dict(meta), "structured": structured}, allow_nan=False, sort_keys=True)
    data = bytearray(safetensors.save(plain, {"move37": ZEROS.decode() + head}))
    digest = hashlib.sha256(data).hexdigest()
    start = data.index(MARK) + len(MARK)
    data[start : start + len(ZEROS)] = digest.encode()
    try:
        replace_file(path, bytes(data))
    except OSError as error:
        raise CheckpointError(path, f"cannot be written ({error}); the one before it stands") from error
    return digest


def load_checkpoint(path: Path | str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the meta that save_checkpoint was handed (tensors as arrays, tuples as lists).

    Raises CheckpointError for a file that is missing, cut short, changed in any bit, or none of ours.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CheckpointError(path, "there is no such checkpoint") from None
    except OSError as error:
        raise CheckpointError(path, f"cannot be read ({error})") from error
    _verify(path, data)
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        head = json.loads(header["__metadata__"]["move37"][len(ZEROS) :])
        tensors = safetensors.load(data)
        for name, fields in head["structured"].items():
            tensors[name] = _from_plain(tensors[name], fields)
        return tensors, dict(head["meta"])
    except (SafetensorError, ValueError, KeyError, TypeError, IndexError) as error:
        raise CheckpointError(path, f"is sealed rightly but holds something else ({error})") from error


def _verify(path: Path, data: bytes) -> None:
    start = data.find(MARK)
    if start < 0:
        raise CheckpointError(path, "is no checkpoint of Move 37, or its beginning is damaged")
    start += len(MARK)
    stored = data[start : start + len(ZEROS)]
    digest = hashlib.sha256(data[:start])
    digest.update(ZEROS)
    digest.update(memoryview(data)[start + len(ZEROS) :])
    if digest.hexdigest().encode() != stored:
        raise CheckpointError(path, f"is cut short or damaged (its SHA-256 differs): {_instead(path)}")


def _instead(path: Path) -> str:
    """What to do about a damaged file: an arm of a run is learned again, from its beginning."""
    arm = path.parent
    if arm.parent.name != "arms":
        return "put an undamaged copy in its place"
    run = arm.parent.parent
    return f"to learn this arm again, delete {arm} and {run / 'done' / arm.name}, then resume the run"


def _to_plain(name: str, tensor: NDArray[Any] | torch.Tensor) -> tuple[NDArray[Any], Any]:
    """An array that safetensors can hold, and the fields of a structured one (else None)."""
    try:
        array = tensor if isinstance(tensor, np.ndarray) else tensor.detach().cpu().numpy()
    except TypeError as error:
        raise TypeError(f"tensor {name!r} ({tensor.dtype}) cannot be saved: {error}") from None
    array = np.array(array, order="C", copy=None)
    if array.dtype.names is not None and not array.dtype.hasobject:
        shape = (*array.shape, array.dtype.itemsize)
        return array.reshape(-1).view(np.uint8).reshape(shape), np.lib.format.dtype_to_descr(array.dtype)
    if array.dtype.kind not in KINDS or array.dtype.itemsize > 8:
        raise TypeError(f"tensor {name!r} is {array.dtype}; a checkpoint holds bool, integers and floats")
    return array.astype(array.dtype.newbyteorder("="), copy=False), None


def _from_plain(array: NDArray[np.uint8], fields: Any) -> NDArray[Any]:
    dtype = np.lib.format.descr_to_dtype(_tuples(fields))
    if dtype.hasobject or array.dtype != np.uint8 or array.shape[-1] != dtype.itemsize:
        raise ValueError(f"bytes of shape {array.shape} are no records of {dtype}")
    return array.reshape(-1).view(dtype).reshape(array.shape[:-1])


def _tuples(fields: Any) -> Any:
    """JSON's lists as the tuples that NumPy wants: [[name, type, shape?], ...], nested types too."""
    if isinstance(fields, str):
        return fields
    return [(name, _tuples(kind), *map(tuple, shape)) for name, kind, *shape in fields]
