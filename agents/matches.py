"""Paired matches: the same random opening twice, colours swapped, all games in lockstep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.games_file import no_moves
from agents.player import Player
from games.core import Game, States
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch
from lab.statistics import Score, clustered

OPENING = 5_000  # counters of the opening moves in a pair's stream


@dataclass(frozen=True)
class MatchResult:
    """A match from the first player's view; `score` counts draws as half, clustered by opening."""

    first: str
    second: str
    score: Score
    wins: int
    draws: int
    losses: int
    games: int
    distinct_games: int
    openings: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, as docs/result.md has them."""
        return {**vars(self), "score": self.score.to_json()}


@dataclass(frozen=True)
class PairedGames:
    """Games 2i and 2i + 1 from opening i, colours swapped: openings [pairs], final states [2 pairs], the
    moves after the opening [2 pairs, max_plies] (-1 where over), as agents.games_file.Games has them, the
    first player's rewards [2 pairs]."""

    openings: States
    states: States
    actions: NDArray[np.integer[Any]]
    rewards: NDArray[Any]

    @property
    def points(self) -> NDArray[np.float64]:
        """What the first player took of each pair's two points, [pairs]."""
        return np.asarray((self.rewards + 1.0).reshape(-1, 2).sum(axis=1) / 2.0, np.float64)


def play_match(
    game: Game, first: Player, second: Player, pairs: int, opening_plies: int, seed: int
) -> MatchResult:
    """2 x `pairs` games; game 2i and 2i + 1 start from opening i, `first` moving first in even ones.

    A game's course is a pure function of the seed, its number and the two players.
    """
    return match_result(
        first.name, second.name, [play_pairs(game, first, second, pairs, opening_plies, seed)]
    )


def match_result(first: str, second: str, blocks: Sequence[PairedGames]) -> MatchResult:
    """The result of a match out of its blocks, at least one."""
    parts = [(block.rewards, block.openings, block.states, block.actions) for block in blocks]
    return _result(first, second, *(np.concatenate(part) for part in zip(*parts, strict=True)))


def play_pairs(
    game: Game, first: Player, second: Player, pairs: int, opening_plies: int, seed: int, start: int = 0
) -> PairedGames:
    """The games of `play_match` themselves; with `start` the pairs from that number on, so that a match
    played in blocks is the whole match."""
    openings, keys = _openings(game, pairs, opening_plies, seed, start)
    states = np.repeat(openings, 2)
    keys = fold_in_batch(np.repeat(keys, 2), np.tile([0, 1], pairs))
    sides = (fold_in_batch(keys, 1), fold_in_batch(keys, 2))
    actions = no_moves(game, len(states))
    playing, ply = np.arange(len(states)), 0
    seat_of_first = np.tile(np.array([0, 1], np.int8), pairs)
    while len(playing):
        movers = game.current_player(states[playing]) ^ seat_of_first[playing]
        for side, player in enumerate((first, second)):
            rows = playing[movers == side]
            if len(rows):
                moves = player.act(states[rows], sides[side][rows], np.full(len(rows), ply, np.int32))
                actions[rows, ply] = moves
                states[rows] = game.step(states[rows], moves)
        playing = playing[~game.is_terminal(states[playing])]
        ply += 1
    rewards = game.rewards(states)[np.arange(len(states)), seat_of_first]
    return PairedGames(openings, states, actions, rewards)


def _openings(game: Game, pairs: int, plies: int, seed: int, start: int = 0) -> tuple[States, Keys]:
    """`pairs` positions after `plies` random moves, none of them finished."""
    keys = game_keys(seed, "match", 0, pairs, start)
    states = game.new(pairs)
    for ply in range(plies):
        after = game.step(states, sample_batch(game.legal_action_mask(states), keys, OPENING + ply))
        going = ~game.is_terminal(after)
        states[going] = after[going]
    return states, keys


def _result(
    first: str, second: str, rewards: NDArray[Any], openings: States, states: States, actions: NDArray[Any]
) -> MatchResult:
    _, cluster = np.unique(openings, return_inverse=True)
    lines = np.concatenate([actions, np.repeat(cluster, 2)[:, None]], axis=1)
    return MatchResult(
        first,
        second,
        clustered((rewards + 1.0) / 2.0, np.repeat(cluster, 2)),
        wins=int((rewards > 0).sum()),
        draws=int((rewards == 0).sum()),
        losses=int((rewards < 0).sum()),
        games=len(states),
        distinct_games=len(np.unique(lines, axis=0)),
        openings=int(cluster.max()) + 1,
    )
