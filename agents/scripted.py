"""The "humans" of every game: scripted players whose move distributions are known exactly.

Each comes in three versions: `.recorded`, as it plays, slips and all; `.best`, the argmax of that
exact distribution, which is what a perfect greedy imitator becomes; `.careful`, the procedure
without slips. A crowd sends one of its members to each game. Who there is: connect_four_scripted.py,
go_scripted.py (on any board); how they choose: procedure.py, go_procedure.py.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from agents.connect_four_scripted import CROWDS as CONNECT_FOUR_CROWDS
from agents.connect_four_scripted import HUMANS as CONNECT_FOUR_HUMANS
from agents.crowd import Crowd, ScriptedHuman
from agents.games_file import Games, no_moves, results_of
from agents.go_scripted import GO_CROWDS, GO_HUMANS
from agents.player import Player, UnknownPlayer, policy_player
from agents.procedure import sharpen
from games.connect_four import GAME as CONNECT_FOUR
from games.core import Actions, Game, States
from games.go import is_go
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch

HUMANS: dict[str, ScriptedHuman] = {**CONNECT_FOUR_HUMANS, **GO_HUMANS}  # a name means one human
CROWDS = {**CONNECT_FOUR_CROWDS, **GO_CROWDS}
VERSIONS = ("recorded", "best", "careful")
MEMBER = 1_000_003  # the counter of a crowd's draw in a game's stream, far above every ply


def human_names(game: Game = CONNECT_FOUR) -> tuple[str, ...]:
    """The names of all humans of a game, then of all its crowds."""
    if is_go(game):
        return (*GO_HUMANS, *GO_CROWDS)
    return (*CONNECT_FOUR_HUMANS, *CONNECT_FOUR_CROWDS) if game.name == CONNECT_FOUR.name else ()


def describe(name: str) -> ScriptedHuman | Crowd:
    """The human or crowd of that name, with or without a version; raises UnknownPlayer."""
    base, _ = _split(name)
    return HUMANS[base] if base in HUMANS else CROWDS[base]


def human_player(name: str) -> Player:
    """The player "two-ply.best", say; a bare name means `.recorded`. Raises UnknownPlayer.

    Its policy is exact. A crowd's is the even mixture of its members: the distribution of whoever
    comes first to the position. (In a crowd's own games the position tells something of who plays,
    because members do not reach all positions equally often; the mixture leaves that out.)
    """
    base, version = _split(name)
    members = _members(base)
    if version == "careful":
        members = tuple(human.careful for human in members)
    full_name = f"{base}.{version}"
    if version == "best":
        return policy_player(full_name, lambda states: sharpen(_mixture(members, states)))
    return Player(full_name, _act_as(members), lambda states: _mixture(members, states))


def crowd_members(name: str, game_keys: Keys) -> NDArray[np.int32]:
    """Which member of the crowd plays each game: an index into `members`, int32 [B]."""
    return _drawn_member(len(_members(_split(name)[0])), game_keys)


def demonstrate(name: str, games: int, seed: int, first: int = 0, game: Game = CONNECT_FOUR) -> Games:
    """Games of a human against itself; in a crowd each side draws its member of each game.

    Game i is a pure function of (name, seed, first + i): more games only add to fewer.
    """
    return games_alone(human_player(name), game, games, seed, first)


def games_alone(player: Player, game: Game, games: int, seed: int, first: int = 0) -> Games:
    """Games of any player against itself; game i is a pure function of (player, seed, first + i)."""
    keys = game_keys(seed, "demonstrate", 0, games, first)
    sides = (fold_in_batch(keys, 0), fold_in_batch(keys, 1))
    states = game.new(games)
    actions = no_moves(game, games)
    playing = np.arange(games)
    for ply in range(game.max_plies):
        plies = np.full(len(playing), ply, np.int32)
        moves = player.act(states[playing], sides[ply % 2][playing], plies)
        actions[playing, ply] = moves
        states[playing] = game.step(states[playing], moves)
        playing = playing[~game.is_terminal(states[playing])]
        if not len(playing):
            break
    lengths = (actions >= 0).sum(axis=1).astype(np.int32)
    return Games(actions, lengths, results_of(states, game))


def _members(base: str) -> tuple[ScriptedHuman, ...]:
    return (HUMANS[base],) if base in HUMANS else CROWDS[base].members


def _mixture(members: tuple[ScriptedHuman, ...], states: States) -> NDArray[np.float64]:
    policies = [human.policy(states) for human in members]
    return np.asarray(np.mean(policies, axis=0), np.float64)


def _drawn_member(members: int, keys: Keys) -> NDArray[np.int32]:
    return sample_batch(np.ones((len(keys), members)), keys, MEMBER)


def _act_as(members: tuple[ScriptedHuman, ...]) -> Callable[[States, Keys, NDArray[np.int32]], Actions]:
    """The moves of whichever member each game's key draws."""

    def act(states: States, game_keys: Keys, plies: NDArray[np.int32]) -> Actions:
        if len(members) == 1:
            return members[0].moves(states, game_keys, plies)
        actions = np.empty(len(states), np.int32)
        drawn = _drawn_member(len(members), game_keys)
        for index, human in enumerate(members):
            rows = drawn == index
            actions[rows] = human.moves(states[rows], game_keys[rows], plies[rows])
        return actions

    return act


def _split(name: str) -> tuple[str, str]:
    """Base name and version; raises UnknownPlayer and offers the nearest right one."""
    base, dot, version = name.partition(".")
    if base not in HUMANS and base not in CROWDS:
        raise UnknownPlayer(f"no human is called {base!r}{_hint(base, (*HUMANS, *CROWDS))}")
    if dot and version not in VERSIONS:
        raise UnknownPlayer(f"{base} has no version {version!r}{_hint(version, VERSIONS)}")
    return base, version or "recorded"


def _hint(wrong: str, right: Iterable[str]) -> str:
    near = difflib.get_close_matches(wrong, list(right), n=1)
    return (f" (did you mean {near[0]!r}?)" if near else "") + f"; there are: {', '.join(right)}"
