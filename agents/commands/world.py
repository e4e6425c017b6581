"""What every subcommand of the board half begins with: a world that has an experiment."""

from __future__ import annotations

import difflib

from agents.scored_worlds import scored_worlds
from games.core import game_names, is_own_file, load_game
from lab.commands.common import UsageError

GO_WORLDS = ("go5", "go7", "go9", "go13", "go19")  # imitate --games FILE.sgf


def check_game_named(world: str) -> None:
    """Load the game of that name, or of a file of one's own, of two players.

    Raises UnknownGame, OwnFileError, and UsageError for a game of one player.
    """
    game = load_game(world)
    if game.num_players != 2:
        raise UsageError(f"{game.title} is for one player: nobody can play against another there")


def check_imitated(world: str) -> None:
    """Raise UsageError for a world in which nobody can be imitated: neither one with an experiment nor Go."""
    if world not in GO_WORLDS:
        check_world(world)


def check_world(world: str) -> None:
    """Raise UsageError for a world without an experiment."""
    worlds = scored_worlds()
    if world in worlds:
        return
    if is_own_file(world):
        raise UsageError(
            f"{world}: a game of your own has no experiment and no scored positions; "
            f"demonstrate and duel play it (worlds: {', '.join(worlds)})"
        )
    if world in game_names():
        raise UsageError(f"{world} has rules here but no experiment yet; worlds: {', '.join(worlds)}")
    near = difflib.get_close_matches(world, worlds, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    others = "and, in text, arithmetic; compare without --world runs both"
    raise UsageError(f"no world is called {world!r}{hint}; worlds: {', '.join(worlds)} {others}")
