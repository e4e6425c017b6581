"""Move 37 with people's games of Go: what share of an agent's moves would no strong amateur play?

Asked at positions of games held out, which nobody learned from. A move counts as a surprise where the
people's imitator gives it less than the threshold and no game of the whole collection has come to the board
that it makes. The people's own moves there are counted, too: they tell how often the imitator says "nobody"
of a move that somebody made. A surprise is no worse where a long search, with playouts and no network,
values it within TOLERANCE of the move that was played in the game; only games that this move leaves open
count, for in others any move is as good. Beside it stands the share of no worse moves among a random player's
that are as rare. The judge is weaker than strong amateurs: it says whether a move blunders, not whether it is
a find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import CompareConfig
from agents.entrants import GO_PAST, Entrant, entrants_of, share, told
from agents.games_file import played_positions_of
from agents.human_games import HumanGames, read_human_games
from agents.judged_positions import values_behind
from agents.learning import checkpoint_path
from agents.lines import equally_rare
from agents.network import load_network, network_evaluator, network_policy
from agents.position_keys import position_keys
from agents.prediction import learned_keys
from games.core import Actions, Game, States, load_game
from games.go_drawing import go_svg
from lab.measured import write_measured
from lab.randomness import fold_in_batch, game_keys, uniform_batch
from lab.statistics import clustered
from lab.workers import Desk

PLAYOUTS = 2_000  # behind each move that is judged
TOLERANCE = 0.05  # no worse: within so much of the move that was played; playouts tell less apart than people
OPEN = 0.8  # whoever is further ahead, in [-1, 1], may play anything
RIGHT = "in games that are open, a long search values the move no worse than the one that was played"
BOARDS = 3
DRAW, ACT, JUDGE = range(3)  # purposes under the study's keys


@dataclass(frozen=True)
class Asked:
    """N positions of people's games that nobody learned from.

    states [N], each not over; played int32 [N]: the move made there; game_index int64 [N]: of which game;
    policy float64 [N, A]: what the people's imitator gives every action; known uint64 [K]: the keys of
    all boards to which the collection has come.
    """

    states: States
    played: Actions
    game_index: NDArray[np.int64]
    policy: NDArray[np.float64]
    known: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.played)

    def chance(self, where: NDArray[np.int64], moves: Actions) -> NDArray[np.float64]:
        """What the imitator gives moves [M] at the positions of index where [M]."""
        return np.asarray(self.policy[where, moves], np.float64)

    def unheard_of(
        self, game: Game, where: NDArray[np.int64], moves: Actions, threshold: float
    ) -> NDArray[np.bool_]:
        """Whether moves [M] at the positions of index where [M] are surprises."""
        keys = position_keys(game.step(self.states[where], moves), game)
        return np.asarray((self.chance(where, moves) < threshold) & ~np.isin(keys, self.known))


@dataclass(frozen=True)
class Made:
    """M moves of one player.

    where int64 [M]: index of the position; moves int32 [M]; surprising bool [M]; judged, no_worse bool [M]:
    of moves that surprise in a game that is open; False of others, which nobody has judged.
    """

    where: NDArray[np.int64]
    moves: Actions
    surprising: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    no_worse: NDArray[np.bool_]


def find_people_surprises(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that writes `results/surprise.json` of a run whose human is a collection of Go; null where no
    game of it is held out.

    Raises NotationError, CheckpointError, and Interrupted when asked to stop.
    """
    game, settings = load_game(config.world), config.surprise
    desk.tell("surprise", 0, 1, detail="read games")
    human = read_human_games(Path(config.human), game)
    asked = ask(folder, config, human, game)
    if not len(asked):  # a small collection may have no game held out to be asked about
        write_measured(folder, "surprise", None)
        return
    judge = _judge(game, asked, config.seed)
    everybody = entrants_of(folder, config, game)
    made = []
    for number, entrant in enumerate(everybody):
        desk.leave_if_stopping()
        desk.tell("surprise", number, len(everybody), detail=entrant.title)
        made.append(_made(entrant, asked, game, settings.threshold, config.seed, judge))
    rows = [
        told(entrant, "people") | _row(one, asked, made[-1] if entrant.arm else None, settings.neighbours)
        for entrant, one in zip(everybody, made, strict=True)
    ]
    result = {
        "threshold": settings.threshold,
        "right_means": RIGHT,
        "certificates": [_people(asked, game, settings.threshold), *rows],
        "lines": [],
        "boards": _boards(game, asked, everybody, made),
        "birth": [],
        "notes": [],
    }
    write_measured(folder, "surprise", result)
    desk.tell("surprise", 1, 1)


def ask(folder: Path, config: CompareConfig, human: HumanGames, game: Game) -> Asked:
    """Positions of games held out in which a stone was played, drawn by the run's seed, in their order."""
    held_out = human.of(config.imitation.split)
    states, played, _, game_index = played_positions_of(held_out.games, game)
    stones = np.flatnonzero(played < game.num_actions - 1)
    keys = fold_in_batch(game_keys(config.seed, "people's surprises", 1, len(stones)), DRAW)
    drawn = np.argsort(uniform_batch(keys, 0), kind="stable")[: config.surprise.positions]
    rows = np.sort(stones[drawn])
    everything, *_ = played_positions_of(human.games, game)
    network = load_network(checkpoint_path(folder, "imitator"), game, config.device)
    policy = network_policy(network_evaluator(network, game, config.evaluation.batch), game)
    some = states[rows]
    return Asked(some, played[rows], game_index[rows], policy(some), learned_keys(everything, game))


Judge = Callable[[NDArray[np.int64], Actions], tuple[NDArray[np.bool_], NDArray[np.bool_]]]


def _judge(game: Game, asked: Asked, seed: int) -> Judge:
    """Whether games [M] are open, and moves [M] there no worse than what was played; each is judged once."""
    keys = fold_in_batch(game_keys(seed, "people's surprises", 2, len(asked)), JUDGE)
    values: dict[tuple[int, int], float] = {}

    def value(row: int, move: int) -> float:
        if (row, move) not in values:
            here = slice(row, row + 1)
            found = values_behind(game, asked.states[here], np.array([move]), keys[here], PLAYOUTS)
            values[row, move] = float(found[0])
        return values[row, move]

    def judge(where: NDArray[np.int64], moves: Actions) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        played = np.array([value(row, int(asked.played[row])) for row in where.tolist()])
        is_open = np.abs(played) <= OPEN
        no_worse = np.zeros(len(where), np.bool_)
        for n in np.flatnonzero(is_open):
            no_worse[n] = value(int(where[n]), int(moves[n])) >= played[n] - TOLERANCE
        return is_open, no_worse

    return judge


def _made(entrant: Entrant, asked: Asked, game: Game, threshold: float, seed: int, judge: Judge) -> Made:
    where = np.tile(np.arange(len(asked)), entrant.draws)
    keys = fold_in_batch(game_keys(seed, "people's surprises", 3, len(where)), ACT)
    moves = entrant.player.act(asked.states[where], keys, np.zeros(len(where), np.int32))
    surprising = asked.unheard_of(game, where, moves, threshold)
    judged, no_worse = np.zeros((2, len(where)), np.bool_)
    judged[surprising], no_worse[surprising] = judge(where[surprising], moves[surprising])
    return Made(where, moves, surprising, judged, no_worse)


def _row(made: Made, asked: Asked, random: Made | None, neighbours: int) -> dict[str, Any]:
    """The counts of one player, beside as rare moves of the random one; clustered by game."""
    hit, judged = made.surprising, made.judged
    chances = asked.chance(made.where, made.moves)
    rare = None
    if random is not None and judged.any() and random.judged.any():
        pool = np.flatnonzero(random.judged)
        as_rare = asked.chance(random.where[pool], random.moves[pool])
        some = pool[np.unique(equally_rare(chances[judged], as_rare, neighbours))]
        rare = share(random.no_worse[some], asked.game_index[random.where[some]])
    return {
        "positions": len(asked),
        "surprises": clustered(hit, asked.game_index[made.where]).to_json(),
        "right": share(made.no_worse[judged], asked.game_index[made.where[judged]]),
        "equally_rare": rare,
        "text": f"{_text(hit, chances)}; {int(judged.sum())} in games that are open",
    }


def _people(asked: Asked, game: Game, threshold: float) -> dict[str, Any]:
    """How often people made a move that their imitator takes for one that nobody makes. The boards that they
    came to are known, so that here the imitator's word alone decides."""
    chances = asked.chance(np.arange(len(asked)), asked.played)
    hit = chances < threshold
    return {
        "player": "the people themselves",
        "arm": None,
        "human": "people",
        "positions": len(asked),
        "surprises": clustered(hit, asked.game_index).to_json(),
        "right": None,
        "equally_rare": None,
        "text": _text(hit, chances),
    }


def _text(hit: NDArray[np.bool_], chances: NDArray[np.float64]) -> str:
    rarest = f", the rarest given {chances[hit].min():.0e}" if hit.any() else ""
    return f"{int(hit.sum())} of {len(hit)} moves{rarest}"


def _boards(game: Game, asked: Asked, everybody: list[Entrant], made: list[Made]) -> list[dict[str, str]]:
    """The rarest surprises that are no worse, of those who go past the imitator; no position twice."""
    found = []
    for entrant, one in zip(everybody, made, strict=True):
        if entrant.arm in GO_PAST:
            finds = np.flatnonzero(one.surprising & one.no_worse)
            chances = asked.chance(one.where[finds], one.moves[finds])
            found += [
                (float(chance), int(one.where[n]), int(one.moves[n]), entrant.title)
                for chance, n in zip(chances, finds, strict=True)
            ]
    boards: dict[int, dict[str, str]] = {}
    for chance, row, move, title in sorted(found):
        if row not in boards and len(boards) < BOARDS:
            boards[row] = _board(game, asked, row, move, title, chance)
    return list(boards.values())


def _board(game: Game, asked: Asked, row: int, move: int, title: str, chance: float) -> dict[str, str]:
    state, played = asked.states[row], int(asked.played[row])
    mover = ("Black", "White")[int(state["player"])]
    odds = f"1 in {1 / chance:,.0f}" if chance > 0 else "next to nothing"
    caption = (
        f"{mover} to move, komi {state['komi']:g}. {title}: {game.action_names[move]}, to which the "
        f"people's imitator gives {odds}; {game.action_names[played]} was played."
    )
    return {"caption": caption, "svg": go_svg(state, {move: title, played: "played"}, caption)}
