"""Where the ready-made agents stand on the shipped ladder: matches against its fixed programs.

    python -m agents.ready_ratings --world connect_four

The opponents' ratings are taken as the ladder has them (results/<world>-ladder.json); the agent's own is the
only unknown, as a person's in the window (agents/play/own_rating.py). What comes of it is shipped as
results/<world>-ready-made.json.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from agents.matches import play_pairs
from agents.names import find_player
from agents.play.own_rating import posterior, read_ladder, rung_of
from agents.play.seats import roster
from games.core import Game, load_game
from lab.durable import replace_file
from lab.shipped import FOLDER

SCHEMA = "move37-ready-made/1"
STRENGTHS = (0, 4, 16, 64, 200)  # simulations
OPPONENTS = ("forgetful.best", "alphabeta-2", "alphabeta-4", "alphabeta-6", "alphabeta-8")
OPENING_PLIES = 4


def rate_agent(game: Game, name: str, pairs: int, seed: int) -> dict[str, Any]:
    """An agent's rating by so many pairs of games against each opponent, as the shipped file has it."""
    ladder, results = read_ladder(game.name, ready_made=False), []
    player = find_player(name, game, batch=pairs)
    for number, opponent in enumerate(OPPONENTS):
        rung = rung_of(ladder, opponent)
        if rung is None:
            raise ValueError(f"the ladder of {game.name} does not rate {opponent}")
        games = play_pairs(game, player, find_player(opponent, game), pairs, OPENING_PLIES, seed + number)
        results += [(rung.rating, (float(points) + 1.0) / 2.0) for points in games.rewards.ravel()]
    own = posterior(results)
    numbers = {key: round(getattr(own, key), 1) for key in ("rating", "low", "high")}
    return {"player": name, **numbers, "games": own.games}


def main() -> None:
    """Rate all ready-made agents of a world and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--world", default="connect_four")
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    game, rows = load_game(options.world), []
    agents = [seat.name for seat in roster(options.world) if seat.name.startswith("pretrained:")]
    for agent in agents:
        for simulations in STRENGTHS:
            name = f"{agent}@{simulations}" if simulations else agent
            rows.append(rate_agent(game, name, options.pairs, options.seed))
            print(json.dumps(rows[-1]), flush=True)
    told = {
        "schema": SCHEMA,
        "opponents": OPPONENTS,
        "pairs": options.pairs,
        "seed": options.seed,
        "players": rows,
    }
    path = FOLDER / f"{options.world}-ready-made.json"
    replace_file(path, (json.dumps(told, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
