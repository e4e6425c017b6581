"""Held-out positions of a human's games: how well a policy predicts the human there, how sharp it is,
and how far it has gone from the imitator.

AlphaGo Zero's finding (Silver et al. 2017, figure 3b): the network that predicts humans best is not the
one that plays best.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import Policy, exact_policy
from agents.games_file import Games, positions_of, read_games
from agents.human_games import read_human_games
from agents.scripted import demonstrate
from games.core import Game, States, load_game
from lab.own_files import is_games_file, is_sgf
from lab.statistics import Score, exact_line

GAMES = 250
FIRST = 50_000_000  # the number of the first held-out game: demonstrations are numbered from 0 up


@dataclass(frozen=True)
class HumanMoves:
    """Positions [P] of a human's games that nobody learned from, and the human's distribution there,
    [P, A]: exact for a scripted one, the moves made for a file of games."""

    states: States
    truth: NDArray[np.float64]
    exact: bool

    @property
    def ceiling(self) -> float | None:
        """The best accuracy that any predictor can have, E[max p]; None where p is unknown."""
        return float(self.truth.max(axis=1).mean()) if self.exact else None

    def accuracy(self, policy: NDArray[Any]) -> Score:
        """The probability that the policy's argmax is the human's move, in expectation."""
        return exact_line(self.truth[np.arange(len(policy)), policy.argmax(axis=1)])


def held_out_games(games: int, most: int) -> int:
    """How many of so many games are held out: `most`, but never more than a fifth."""
    return min(most, games // 5)


@cache
def held_out_moves(human: str, world: str) -> HumanMoves:
    """The moves of 250 games that no run's demonstrations hold; of a file, of its last games, which
    agents.imitation holds out, too, whatever its settings; of SGF, of its validation games."""
    game = load_game(world)
    if is_games_file(human):
        states, actions, _, _ = positions_of(_held_out(Path(human), game), game)
        return HumanMoves(states, np.eye(game.num_actions)[actions], exact=False)
    states, _, _, _ = positions_of(demonstrate(human, GAMES, seed=0, first=FIRST, game=game), game)
    return HumanMoves(states, exact_policy(f"{human}.recorded", states), exact=True)


def _held_out(path: Path, game: Game) -> Games:
    if is_sgf(path):
        return read_human_games(path, game).of("validation").games
    games = read_games(path, game)
    return games[len(games) - held_out_games(len(games), GAMES) :]


def entropy(policy: NDArray[Any]) -> float:
    """Mean entropy of the rows of a policy [P, A], in nats."""
    return float(-(policy * np.log(np.maximum(policy, 1e-12))).sum(axis=1).mean())


def divergence(policy: NDArray[Any], reference: NDArray[Any]) -> float:
    """Mean KL(policy || reference) over the rows of two policies [P, A], in nats."""
    ratio = np.log(np.maximum(policy, 1e-12)) - np.log(np.maximum(reference, 1e-12))
    return float((policy * ratio).sum(axis=1).mean())


def human_tags(moves: HumanMoves, policy: Policy, imitator: NDArray[Any] | None) -> dict[str, Any]:
    """The tags of a policy on held-out human moves; with the imitator's policy there, how far from it."""
    own = policy(moves.states)
    tags: dict[str, Any] = {"prediction/accuracy": moves.accuracy(own), "prediction/entropy": entropy(own)}
    if moves.ceiling is not None:
        tags["prediction/ceiling"] = moves.ceiling
    if imitator is not None:
        tags["kl/to_imitation"] = divergence(own, imitator)
    return tags
