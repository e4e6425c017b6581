"""Go 5x5, 7x7 and 9x9: random playouts and UCT beside OpenSpiel's C++, batched steps of 9x9 beside pgx.

    python benchmarks/go.py [REPEATS]

Uniform playouts draw every legal action alike, the pass among them, on both sides; superko is inside our
mask, and ends OpenSpiel's game. Moves a second are playouts a second times the mean length of a random
game, each by its own rules. Sane playouts (no own eye filled) are what our UCT plays.
"""

from __future__ import annotations

import sys
from random import Random

import measure
import pgx_mctx
import steps

from agents.go_rollouts import playout_batch, uct_visits
from games.core import Game
from games.go import GO5, GO7, GO9
from lab.randomness import game_keys

try:
    import pyspiel
except ImportError:
    pyspiel = None  # the test extra is not installed: ours alone is measured

PLAYOUTS, ROLLOUTS = 3_000, 1_000  # of one call; of one search
STEPS = {64: 640, 1024: 60}  # moves in each game of a batch
LENGTHS = 300  # of OpenSpiel's games that are measured


def ours_playouts(game: Game, sane: bool) -> int:
    """The moves of random games from the empty board."""
    _, plies = playout_batch(game.new(PLAYOUTS), game_keys(0, "benchmark", 0, PLAYOUTS), sane)
    return int(plies.sum())


def ours_uct(game: Game) -> int:
    """Playouts of two UCT searches of the empty board."""
    uct_visits(game.new(2), game_keys(0, "benchmark", 1, 2), ROLLOUTS)
    return 2 * ROLLOUTS


class OpenSpiel:
    """Its Go of one size at our komi, searched by its C++ MCTS bot."""

    def __init__(self, game: Game) -> None:
        size = game.observation_shape[1]
        self.game = pyspiel.load_game("go", {"board_size": size, "komi": float(game.new(1)["komi"][0])})
        self.mean_length = self._mean_length(Random(0))

    def _mean_length(self, random: Random) -> float:
        moves = 0
        for _ in range(LENGTHS):
            state = self.game.new_initial_state()
            while not state.is_terminal():
                state.apply_action(random.choice(state.legal_actions()))
            moves += state.move_number()
        return moves / LENGTHS

    def search(self, rollouts_a_leaf: int, simulations: int) -> int:
        """One search of the empty board; how many rollouts that were."""
        evaluator = pyspiel.RandomRolloutEvaluator(rollouts_a_leaf, 0)
        rule = pyspiel.ChildSelectionPolicy.UCT
        bot = pyspiel.MCTSBot(self.game, evaluator, 2.0, simulations, 100, False, 0, False, rule)
        bot.mcts_search(self.game.new_initial_state())
        return rollouts_a_leaf * simulations

    def playouts(self) -> int:
        """Moves of random games: the first simulation evaluates the root, by so many rollouts."""
        return round(self.search(500, 1) * self.mean_length)


def playouts_and_searches(game: Game, repeats: int) -> None:
    """Print the medians of one size."""
    moves = {"ours": lambda: ours_playouts(game, sane=False)}
    searches = {"ours": lambda: ours_uct(game)}
    if pyspiel is not None:
        theirs = OpenSpiel(game)
        moves["OpenSpiel"] = theirs.playouts
        searches["OpenSpiel"] = lambda: theirs.search(1, 500)
    sane = {"ours": lambda: ours_playouts(game, sane=True)}
    print(
        measure.line(f"{game.title}: moves of uniform playouts a CPU second", measure.rates(moves, repeats))
    )
    print(measure.line(f"{game.title}: moves of sane playouts a CPU second", measure.rates(sane, repeats)))
    print(measure.line(f"{game.title}: UCT rollouts a CPU second", measure.rates(searches, repeats)))


def batched_steps(batch: int, repeats: int) -> None:
    """Print the medians of 9x9."""
    contenders = {"ours": lambda: steps.ours(batch, STEPS[batch], GO9)}
    if pgx_mctx.INSTALLED:
        contenders["pgx"] = pgx_mctx.random_steps(batch, STEPS[batch] // 10, "go_9x9")
    found = measure.rates(contenders, repeats)
    print(measure.line(f"Go 9x9: states a CPU second, mask and observation, batch {batch}", found))


def main(repeats: int = 5) -> None:
    """Print all of it."""
    for game in (GO5, GO7, GO9):
        playouts_and_searches(game, repeats)
    for batch in STEPS:
        batched_steps(batch, repeats)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
