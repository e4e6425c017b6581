"""The faces of every game for other people's tools: PettingZoo and Gymnasium.

    from games.environments import connect_four_v0          # env(), raw_env(), as PettingZoo's own modules
    pettingzoo.make("aec", "move37/connect_four-v0")
    gymnasium.make("move37/ConnectFour-v0", opponent=...)   # a callable states -> actions; random without
    gymnasium.make_vec("move37/ConnectFour-v0", num_envs=1024)
    gymnasium.make("move37/Game-v0", world="path/to/my_game.py")

Importing this package registers them. `agents.environments` adds the players that have names.
"""

from games.environments.registration import register_all

register_all()
