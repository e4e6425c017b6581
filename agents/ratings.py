"""Ratings of all players of a run: neighbours meet, round after round, until the budget is spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.config import CompareConfig
from agents.player import Player
from games.core import Game
from lab.measured import read_measured, write_measured
from lab.own_files import is_games_file
from lab.ratings import PRIOR, Encounter, Ratings, fit_ratings
from lab.transitivity import check_transitivity
from lab.workers import Desk

if TYPE_CHECKING:
    from agents.positions import PositionSet

ROUGH_POSITIONS = 300  # hard positions for the rough order of those without a score
FAR = 600.0  # Elo beyond which nobody is a neighbour


@dataclass(frozen=True)
class Met:
    """A finished match of P pairs of games: the opening of each pair, as text, and the first's points in its
    two games. The games of one opening, in whatever match, hang together."""

    first: str
    second: str
    openings: tuple[str, ...]
    points: tuple[tuple[float, float], ...]

    @property
    def names(self) -> tuple[str, str]:
        """Who played."""
        return self.first, self.second

    def to_json(self) -> dict[str, Any]:
        """An entry of the result's `matches`."""
        games = Counter(point for pair in self.points for point in pair)
        return {
            "first": self.first,
            "second": self.second,
            "wins": games[1.0],
            "draws": games[0.5],
            "losses": games[0.0],
            "pairs": len(self.points),
        }


def rate_players(folder: Path, config: CompareConfig, argument: str, desk: Desk) -> None:
    """The task that rates everybody by the matches of `config.ratings`, as `results/ratings.json`
    (docs/result.md: `ratings`). It needs the `score` tasks of all arms of the ladder.

    First everybody meets the next in a rough order, by the share of hard positions answered rightly, so
    that all are linked; then, round by round, a neighbour by the ratings so far. Finished matches are
    kept in `results/ratings-games.json`, from which a stopped task goes on.
    """
    from games.core import load_game

    game, settings = load_game(config.world), config.ratings
    names = players_of(config)
    find = _finder(folder, config, game, settings.pairs)
    # a file of games does not play, so somebody else has 0
    anchor = config.evaluation.yardsticks[0] if is_games_file(config.human) else f"{config.human}.recorded"
    played: list[Met] = []
    kept = _kept(folder)
    meetings = list(pairwise(rough_order(folder, config, names, find)))
    for round_ in range(settings.rounds + 1):
        for meeting in meetings:
            if kept[len(played) :] and kept[len(played)].names == meeting:
                played.append(kept[len(played)])
                continue
            desk.leave_if_stopping()
            players = (find(meeting[0]), find(meeting[1]))
            played.append(_play(game, meeting, players, config, settings.pairs, len(played)))
            write_measured(folder, "ratings-games", [vars(met) for met in played])
        desk.tell("rate", round_ + 1, settings.rounds + 1, detail=f"{len(played)} matches")
        meetings = neighbours(fit_ratings(encounters_of(played), anchor), 2 * settings.pairs)
    write_measured(folder, "ratings", ratings_json(played, anchor, config.evaluation.simulations))


def players_of(config: CompareConfig) -> list[str]:
    """Everybody who is rated, arms named as in agents.match_plan: the human's versions, the ladder's arms raw
    and searched, the imitator sampled too, and the others of `config.ratings`.

    Without search "alphago" plays as the imitator, and is left out.
    """
    human = config.human
    humans = [] if is_games_file(human) else [f"{human}.{v}" for v in ("recorded", "best", "careful")]
    raw = [arm for arm in config.arms if arm != "alphago"]
    sampled = [f"{arm}.sampled" for arm in raw if arm == "imitator"]
    searched = [f"{arm}@" for arm in config.arms]
    others = list(config.ratings.others)
    if not humans and config.evaluation.yardsticks[0] not in others:
        others.append(config.evaluation.yardsticks[0])
    return list(dict.fromkeys([*humans, *raw, *sampled, *searched, *others]))


def rough_order(
    folder: Path, config: CompareConfig, names: Sequence[str], find: Callable[[str], Player]
) -> list[str]:
    """The players by the share of hard positions whose move keeps the exact value, the worst first: the
    arms' from `results/score-*.json`, the others' measured on a few hundred."""
    from agents.evaluation import hard_part
    from agents.positions import load_positions

    positions = hard_part(load_positions(config.world, "test"), ROUGH_POSITIONS)
    scores = {
        name: _score_of(folder, name)
        if _arm(name) in config.arms
        else _measured(find(name), positions, config.seed)
        for name in names
    }
    return sorted(names, key=lambda name: (scores[name], name))


def _score_of(folder: Path, name: str) -> float:
    """What an arm's `score` task found."""
    style = "searched" if name.endswith("@") else name.partition(".")[2] or "greedy"
    scores = read_measured(folder, f"score-{_arm(name)}")
    return float(scores[style]["hard"]["rate"])


def _measured(player: Player, positions: PositionSet, seed: int) -> float:
    """The share of positions in which the player moves rightly, a move each."""
    from agents.positions import score_policy
    from lab.randomness import game_keys

    keys = game_keys(seed, "rough order", 0, len(positions.states))
    moves = player.act(positions.states, keys, np.zeros(len(keys), np.int32))
    policy = np.eye(positions.scores.shape[1])[moves]
    return float(np.mean(score_policy(positions, policy)["hard"]))


def _arm(name: str) -> str:
    return name.rstrip("@").partition(".")[0]


def neighbours(ratings: Ratings, games: int) -> list[tuple[str, str]]:
    """Who meets whom in the next round, everybody once at most: the pair of whom so many games would tell
    most is taken first. That is players of near ratings, and of these such as are loosely linked."""
    pairs = combinations(sorted(ratings.values), 2)
    gains = {pair: ratings.gain(*pair, games) for pair in pairs}
    free, meetings = set(ratings.values), []
    for first, second in sorted(gains, key=lambda pair: (-gains[pair], pair)):
        if {first, second} <= free and abs(ratings.values[first] - ratings.values[second]) <= FAR:
            free -= {first, second}
            meetings.append((first, second))
    return meetings


def _play(
    game: Game,
    names: tuple[str, str],
    players: tuple[Player, Player],
    config: CompareConfig,
    pairs: int,
    number: int,
) -> Met:
    """The match of that number, with openings of its own."""
    from agents.matches import play_pairs
    from lab.randomness import fold_in, root_key

    seed = int(fold_in(root_key(config.seed, "ratings"), number))
    games = play_pairs(game, *players, pairs, config.evaluation.opening_plies, seed)
    points = (games.rewards.reshape(-1, 2) + 1.0) / 2.0
    openings = tuple(np.ascontiguousarray(opening).tobytes().hex() for opening in games.openings)
    return Met(*names, openings, tuple((float(one), float(other)) for one, other in points))


def encounters_of(played: Sequence[Met]) -> list[Encounter]:
    """The matches as lab.ratings takes them: a pair of games is a row, its opening the cluster."""
    numbers: dict[str, int] = {}
    return [
        Encounter(
            met.first,
            met.second,
            np.array([sum(pair) for pair in met.points]),
            np.full(len(met.points), 2.0),
            np.array([numbers.setdefault(opening, len(numbers)) for opening in met.openings]),
        )
        for met in played
    ]


def ratings_json(played: Sequence[Met], anchor: str, simulations: int) -> dict[str, Any]:
    """The result's `ratings`; searching players are told with their simulations."""
    told = [
        replace(met, first=_title(met.first, simulations), second=_title(met.second, simulations))
        for met in played
    ]
    encounters = encounters_of(told)
    ratings = fit_ratings(encounters, anchor)
    return {
        "anchor": ratings.anchor,
        "scale": "Elo",
        "prior": PRIOR,
        "players": [vars(rating) for rating in ratings.players],
        "transitivity": check_transitivity(encounters, ratings).to_json(),
        "matches": [met.to_json() for met in told],
    }


def _title(name: str, simulations: int) -> str:
    return f"{name[:-1]} with {simulations} simulations" if name.endswith("@") else name


def _finder(folder: Path, config: CompareConfig, game: Game, pairs: int) -> Callable[[str], Player]:
    """Players by their names here, each made once; in a match of so many pairs each is asked for as many
    moves at a time, which is the size of its batches."""
    from agents.names import find_player

    made: dict[str, Player] = {}

    def find(name: str) -> Player:
        if name not in made:
            simulations = config.evaluation.simulations if name.endswith("@") else ""
            full = f"{folder}:{name}{simulations}" if _arm(name) in config.arms else name
            made[name] = find_player(full, game, batch=pairs, device=config.device)
        return made[name]

    return find


def _kept(folder: Path) -> list[Met]:
    entries = read_measured(folder, "ratings-games") or []
    return [
        Met(
            entry["first"],
            entry["second"],
            tuple(entry["openings"]),
            tuple((one, other) for one, other in entry["points"]),
        )
        for entry in entries
    ]
