"""The faces of every game for other people's tools: PettingZoo and Gymnasium.

    from games.environments import connect_four_v0      # env(), raw_env(), as PettingZoo's own modules
    gymnasium.make("move37/ConnectFour-v0", opponent=...)
    gymnasium.make_vec("move37/ConnectFour-v0", num_envs=1024)
"""
