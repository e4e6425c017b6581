"""Openings of two stones that a long search finds level, for matches of players one of whom would win every
game as Black: each of the board's openings, one of those that are views of each other, is searched by
UCT with playouts, which is nobody's own judgement, and the most level are kept.

The files in benchmarks/openings are made before the matches, and never again:

    python -m agents.referee.level_openings --world go7 --komi 8.5 --out benchmarks/openings/go7.txt
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.go_rollouts import uct_visits
from agents.position_keys import position_keys
from games.core import Actions, Game, load_game
from games.go import with_komi
from lab.randomness import game_keys

LEVEL = 0.25  # the most that one side may be ahead, in [-1, 1]


def distinct_openings(game: Game) -> NDArray[np.int32]:
    """Black's first stone and White's answer, one opening of those that look alike: [N, 2]."""
    points = game.num_actions - 1
    pairs = np.array([(one, two) for one in range(points) for two in range(points) if one != two], np.int32)
    _, first = np.unique(position_keys(_after(game, pairs, None), game), return_index=True)
    return pairs[np.sort(first)]


def _after(game: Game, openings: Actions, komi: float | None) -> NDArray[np.void]:
    states = game.new(len(openings))
    states = states if komi is None else with_komi(states, komi)
    for ply in range(openings.shape[1]):
        states = game.step(states, openings[:, ply])
    return states


def values_of(
    game: Game, openings: NDArray[np.int32], komi: float, playouts: int, seed: int
) -> NDArray[np.float64]:
    """What each opening is worth to Black, who is to move: in [-1, 1], that of its best move, [N]."""
    keys = game_keys(seed, "level openings", 0, len(openings))
    visits, means = uct_visits(_after(game, openings, komi), keys, playouts)
    return np.asarray(means[np.arange(len(openings)), visits.argmax(axis=1)], np.float64)


def level_openings(
    game: Game, komi: float, count: int, playouts: int, seed: int
) -> list[tuple[NDArray[np.int32], float]]:
    """The `count` most level openings with their values, the most level first; fewer where no more are within
    LEVEL."""
    openings = distinct_openings(game)
    values = values_of(game, openings, komi, playouts, seed)
    best = [n for n in np.argsort(np.abs(values), kind="stable")[:count] if abs(values[n]) <= LEVEL]
    return [(openings[n], float(values[n])) for n in best]


def main() -> None:
    """Write the file of one board."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", default="go7")
    parser.add_argument("--komi", type=float, default=8.5)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--playouts", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=37)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    game = load_game(options.world)
    found = level_openings(game, options.komi, options.count, options.playouts, options.seed)
    names = [[game.action_names[action] for action in opening] for opening, _ in found]
    lines = [f"{' '.join(line)}  # {value:+.2f}" for line, (_, value) in zip(names, found, strict=True)]
    head = (
        f"# {game.title}, komi {options.komi:g}: level for UCT with {options.playouts:,} playouts; "
        "what each is worth to Black, in [-1, 1]\n"
        f"# python -m agents.referee.level_openings --world {game.name} --komi {options.komi:g} "
        f"--count {options.count} --playouts {options.playouts} --seed {options.seed} --out FILE\n"
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("x", encoding="ascii") as file:
        file.write(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
