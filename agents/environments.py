"""The players that have names, as opponents in Gymnasium's faces of the games.

    import agents.environments
    gymnasium.make("move37/ConnectFour-v0", opponent="alphabeta-4")
    gymnasium.make("agents.environments:move37/ConnectFour-v0", opponent="zero@50")   # the same

Any name of `agents.names.find_player` serves, a file of one's own (my_player.py) among them. What a player
draws follows from the environment's seed.
"""

from __future__ import annotations

from agents.names import find_player
from agents.player import Player
from games.core import Game, load_game
from games.environments.opponents import Drawing, find_names_by

SEARCH_BATCH = 8  # positions a network or a search is asked at a time: few games as a rule


def named_opponent(name: str, world: Game | str = "connect_four") -> Drawing:
    """The player of that name as an opponent; raises UnknownPlayer and what find_player raises."""
    game = load_game(world) if isinstance(world, str) else world
    return opponent_of(find_player(name, game, batch=SEARCH_BATCH))


def opponent_of(player: Player) -> Drawing:
    """A player as an opponent; it draws from each game's key."""
    return Drawing(player.act)


find_names_by(named_opponent)
