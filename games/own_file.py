"""One's own game out of a file that ends in `GAME = Game(...)`: docs/your_own_game.md.

Whatever is wrong with such a file is told by one OwnFileError that names the file, and the line where it
has one.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import sys
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from games.check import BadGame, check_game
from games.core import GAMES, Game


class OwnFileError(ValueError):
    """A file of one's own game or player that cannot be used; the message says where and why."""


def own_game(name: str) -> Game:
    """The game of a file, its rules tried on a few random games, once as long as the file does not change.

    Raises OwnFileError.
    """
    return _tried(load_module(name), name)


@functools.lru_cache(maxsize=64)
def _tried(module: ModuleType, name: str) -> Game:
    game: Game = value_of(module, name, "GAME", Game, "a file with a game ends in GAME = Game(...)")
    if game.name in GAMES:
        raise OwnFileError(f"{name}: GAME.name is {game.name!r}, as a game here is called: choose another")
    try:
        check_game(game)
    except BadGame as error:
        raise OwnFileError(f"{name}: {error}") from None
    return game


def value_of(module: ModuleType, path: str, name: str, kind: type, wanted: str) -> Any:
    """A module's value of that name and kind; raises OwnFileError, which says what is wanted."""
    if name not in vars(module):
        raise OwnFileError(f"{path} has no {name}: {wanted}")
    value = vars(module)[name]
    if not isinstance(value, kind):
        raise OwnFileError(f"{path}: {name} is a {type(value).__name__}: {wanted}")
    return value


def load_module(path: str) -> ModuleType:
    """A file as a module, run once as long as it does not change; raises OwnFileError."""
    file = Path(path)
    try:
        written = file.stat().st_mtime_ns
        source = file.read_bytes()
    except OSError as error:
        raise OwnFileError(f"{path}: {error.strerror or error}") from None
    return _run(path, str(file.resolve()), written, hashlib.sha256(source).hexdigest())


def wrong_in(path: str, error: BaseException) -> str:
    """'PATH, line N: KIND: MESSAGE' of an error that a file of one's own raised."""
    if isinstance(error, SyntaxError):
        line, told = error.lineno, error.msg
    else:
        here = str(Path(path).resolve())
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == here]
        line, told = frames[-1].lineno if frames else None, str(error)
    return f"{path}{f', line {line}' if line else ''}: {type(error).__name__}: {told or 'no message'}"


class _Source(SourceFileLoader):
    """Reads the file itself, always: a compiled copy beside it could be older than a second's edits."""

    def path_stats(self, path: Any) -> Any:
        raise OSError("no compiled copies")


@functools.lru_cache(maxsize=64)
def _run(path: str, file: str, written: int, digest: str) -> ModuleType:
    name = f"own_{Path(file).stem}_{digest[:12]}"
    spec = importlib.util.spec_from_file_location(name, file, loader=_Source(name, file))
    if spec is None or spec.loader is None:
        raise OwnFileError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses, numba and pickle look for it
    if (folder := str(Path(file).parent)) not in sys.path:
        sys.path.append(folder)  # so that a player may import its game
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise OwnFileError(wrong_in(path, error)) from None
    return module
