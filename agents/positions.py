"""Frozen positions whose every move is scored exactly: what agents are measured on.

Three splits, disjoint up to symmetry: `train`, `validation` (to choose by) and `test` (to report); for
Connect Four (agents/positions_connect_four.py) and for Go on 5x5 (agents/positions_go.py). Those of Go on 7x7
are judged by long search instead (agents/judged_positions.py).

The files are never made again: results are comparable only on the same positions. How they were
made, and can be elsewhere:

    python -m agents.positions --out FOLDER --seed 37 [--world go5]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from agents.position_set import PositionSet, score_policy
from agents.positions_connect_four import SPLITS
from agents.scored_worlds import FOLDER, scored_worlds
from games.connect_four_solver import ILLEGAL
from games.core import load_game

__all__ = ["FOLDER", "ILLEGAL", "SPLITS", "PositionSet", "load_positions", "read_positions", "score_policy"]


def load_positions(world: str, split: str) -> PositionSet:
    """The frozen set of that world: `test`, `validation` or `train`.

    Raises ValueError for a split there is none of, or a world without frozen positions.
    """
    if split not in SPLITS:
        raise ValueError(f"no split is called {split!r}; there are: {', '.join(SPLITS)}")
    path = FOLDER / world / f"{split}.txt"
    if not path.is_file():
        some = ", ".join(scored_worlds())
        raise ValueError(f"{world!r} has no frozen positions ({split}); there are some for: {some}")
    return read_positions(path, world)


def read_positions(path: Path, world: str = "connect_four") -> PositionSet:
    """The scored positions of a file of that world; raises NotationError naming the line that is wrong.

    Of Connect Four in any form that games/notation.py reads; of Go as agents/positions_go.py writes them.
    """
    if world == "connect_four":
        from agents.positions_connect_four import read_lines

        return read_lines(path)
    from agents.positions_go import read_lines as read_go_lines

    return read_go_lines(path, load_game(world))


# --- how the files were made ---


def main(arguments: list[str] | None = None) -> None:
    """Play, choose, label and write the three files."""
    parser = argparse.ArgumentParser(prog="python -m agents.positions", description="Make position files.")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--world", choices=("connect_four", "go5"), default="connect_four")
    parser.add_argument("--without", type=Path, nargs="*", default=[], metavar="FILE", help="leave these out")
    options = parser.parse_args(arguments)
    if options.world == "connect_four":
        from agents.positions_connect_four import SPLITS, TITLE, scored_positions
    else:
        from agents.positions_go import SPLITS, TITLE, scored_positions
    options.out.mkdir(parents=True, exist_ok=True)
    stream = scored_positions(options.seed, options.without)
    for split, (size, hard) in SPLITS.items():
        lines = fill_split(stream, size, hard, strict=options.world != "connect_four")
        (options.out / f"{split}.txt").write_text(file_text(TITLE.format(split), lines, options), "ascii")
        print(f"{split}: {len(lines)} positions", flush=True)


def fill_split(stream: Iterator[tuple[str, bool]], size: int, hard: int, strict: bool = False) -> list[str]:
    """The stream's next lines, until there are at least `size` of them and `hard` hard ones.

    strict: exactly so many of both kinds; what is too many of the one is passed over.
    """
    lines: list[str] = []
    found = 0
    while len(lines) < size or found < hard:
        line, is_hard = next(stream)
        if strict and (found == hard if is_hard else len(lines) - found == size - hard):
            continue
        lines.append(line)
        found += is_hard
    return lines


def file_text(title: str, lines: list[str], options: argparse.Namespace) -> str:
    """A split's file: what it is, how it was made, a line a position."""
    world = "" if options.world == "connect_four" else f" --world {options.world}"
    without = " ".join(["", "--without", *(path.name for path in options.without)] if options.without else [])
    head = [
        title,
        f"made by: python -m agents.positions --out FOLDER --seed {options.seed}{world}{without}",
        "frozen: never made again, results are comparable only on the same positions",
    ]
    return "".join(f"# {line}\n" for line in head) + "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
