"""Sessions with our GTP engine in this process, arms to play, and made-up programs for the referee."""

from __future__ import annotations

import io
import sys
from functools import partial
from pathlib import Path

from agents.config import NetworkConfig
from agents.gtp.engine import Engine, Strength
from agents.gtp.serve import serve
from agents.gtp.talk import Lines
from agents.gtp.thinkers import find_thinker
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.network import new_network
from games.go import go_game

PROGRAM = """
import sys, time
size, moves = 0, 0
for line in sys.stdin:
    words = line.split()
    command = words[0]
    answer = ""
    if command == "boardsize":
        size = int(words[1])
    if command == "genmove":
        moves += 1
        answer = "pass"
    {body}
    print("= " + answer + "\\n", flush=True)
    if command == "quit":
        break
"""


def engine(agent: str = "random", size: int = 5, simulations: int | None = 16, **strength: object) -> Engine:
    """An engine as the command makes it."""
    find = partial(find_thinker, agent, simulations=simulations)
    return Engine(agent, size, Strength(simulations, **strength), find)  # type: ignore[arg-type]


def session(text: str | bytes, with_engine: Engine | None = None) -> str:
    """All that is answered to these lines."""
    said: list[str] = []
    data = text.encode() if isinstance(text, str) else text
    serve(with_engine or engine(), Lines(io.BytesIO(data).read), said.append, lambda: None)
    return "".join(said)


def answers(text: str, with_engine: Engine | None = None) -> list[str]:
    """The answers one by one, without the empty lines behind them."""
    return session(text, with_engine).removesuffix("\n\n").split("\n\n")


def arm(folder: Path, size: int, name: str = "zero") -> str:
    """The name of an arm with a small network of random weights, made there."""
    game = go_game(size)
    path = checkpoint_path(folder, name)
    path.parent.mkdir(parents=True)
    save_learner(path, new_learner(game, new_network(NetworkConfig(8, 1), game, 0), 1e-3, 0.0, 1.0, 1))
    return f"{folder}:{name}"


def program(folder: Path, body: str, name: str = "program") -> str:
    """The command of a program that passes, or does what `body` says before each answer."""
    path = folder / f"{name}.py"
    path.write_text(PROGRAM.format(body=body))
    return f"{sys.executable} {path}"
