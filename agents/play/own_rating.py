"""One's own rating: games against rated opponents, on the shipped ladder of humans and agents.

The opponents' ratings are taken as they are (results/<world>-ladder.json, `ratings`); one's own is the only
unknown. With the ladder's weak prior, one drawn game shared among those met, its posterior is a curve over
one number: the rating is its mean, the interval its middle 95 %.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents.play.folder import put_aside, user_folder
from agents.play.seats import AGENTS, FIXED, HUMANS, VERSIONS
from lab.durable import replace_file
from lab.ratings import ELO
from lab.shipped import FOLDER as SHIPPED

GRID = np.arange(-2500.0, 3500.0, 2.0)  # Elo
FEW = 5  # games below which nobody is placed


@dataclass(frozen=True)
class Rung:
    """A player of the ladder, its rating in Elo and its interval."""

    player: str
    rating: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Played:
    """A finished game of one's own: against whom, for how many points (1, 0.5, 0)."""

    world: str
    opponent: str
    points: float


@dataclass(frozen=True)
class OwnRating:
    """One's rating with its 95 % interval, from so many games."""

    rating: float
    low: float
    high: float
    games: int


def read_ladder(world: str, ready_made: bool = True) -> list[Rung]:
    """The rated players of a world, best first, with or without the ready-made agents; none where no ladder
    is shipped."""
    rungs = _rungs(SHIPPED / f"{world}-ladder.json", "ratings")
    if rungs and ready_made:
        rungs += _rungs(SHIPPED / f"{world}-ready-made.json", None)
    return sorted(rungs, key=lambda rung: -rung.rating)


def _rungs(path: Path, part: str | None) -> list[Rung]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        players = ((told.get(part) or {}) if part else told).get("players", [])
        return [Rung(p["player"], p["rating"], p["low"], p["high"]) for p in players]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def rung_of(ladder: list[Rung], name: str) -> Rung | None:
    """The rating of an opponent by its full name: as named on the ladder, or the human as recorded.

    A ready-made agent's with a number of simulations between two that were measured lies between their
    ratings, in the logarithm of the number.
    """
    by_name = {rung.player: rung for rung in ladder}
    return by_name.get(name) or by_name.get(f"{name}.recorded") or _between(ladder, name)


def _between(ladder: list[Rung], name: str) -> Rung | None:
    agent, _, number = name.partition("@")
    if not agent.startswith("pretrained:") or not re.fullmatch("[0-9]{1,6}", number):
        return None
    measured = {
        int(rung.player.partition("@")[2] or 0): rung
        for rung in ladder
        if rung.player.partition("@")[0] == agent
    }
    below = max((n for n in measured if n <= int(number)), default=None)
    above = min((n for n in measured if n >= int(number)), default=None)
    if below is None or above is None:
        return None
    if below == above:
        return measured[below]
    steps = [math.log1p(n) for n in (below, int(number), above)]
    share = (steps[1] - steps[0]) / (steps[2] - steps[0])
    rating = measured[below].rating + share * (measured[above].rating - measured[below].rating)
    return Rung(name, rating, measured[below].low, measured[above].high)


def rate(games: list[Played], ladder: list[Rung], world: str) -> OwnRating | None:
    """One's rating from the games against rated opponents; None before there are any."""
    met = [(rung_of(ladder, game.opponent), game.points) for game in games if game.world == world]
    rated = [(rung.rating, points) for rung, points in met if rung is not None]
    return posterior(rated) if rated else None


def posterior(rated: list[tuple[float, float]]) -> OwnRating:
    """The rating that follows from games, each the opponent's rating and the points taken."""
    log_posterior = np.zeros(len(GRID))
    for opponent, points in rated:
        log_posterior += points * _log_share(opponent) + (1.0 - points) * _log_share(opponent, -1.0)
    opponents = sorted({opponent for opponent, _ in rated})
    for opponent in opponents:  # the prior: one drawn game, shared among those met
        log_posterior += 0.5 / len(opponents) * (_log_share(opponent) + _log_share(opponent, -1.0))
    weights = np.exp(log_posterior - log_posterior.max())
    weights /= weights.sum()
    low, high = np.interp((0.025, 0.975), np.cumsum(weights), GRID)
    return OwnRating(float(weights @ GRID), float(low), float(high), len(rated))


def place(own: OwnRating, ladder: list[Rung]) -> tuple[Rung | None, Rung | None]:
    """The nearest rung below one's rating, and the nearest above."""
    below = [rung for rung in ladder if rung.rating <= own.rating]
    above = [rung for rung in ladder if rung.rating > own.rating]
    return (below[0] if below else None), (above[-1] if above else None)


NO_LADDER = "Nobody is rated in this game yet"


def sentence(own: OwnRating | None, ladder: list[Rung]) -> str:
    """ "You are here: above A, below B", or what is missing for that; nothing where there is no ladder."""
    if not ladder:
        return ""
    if own is None:
        return "Play a rated opponent to the end, without help, and you get a place on the ladder."
    below, above = place(own, ladder)
    words = [f"above {title(below.player)}"] if below else []
    words += [f"below {title(above.player)}"] if above else []
    games = f"{own.games} game{'s' * (own.games != 1)}"
    tail = "; few games yet" if own.games < FEW else ""
    return f"You are here: {', '.join(words)} ({games}{tail})."


def title(player: str) -> str:
    """A ladder's player as the window names it: "Forgetful at best", "Zero, 64 simulations"."""
    name, _, simulations = player.removeprefix("pretrained:").partition(" with ")
    name, at, number = name.partition("@")
    simulations = f"{number} simulations" if at else simulations
    base, _, version = name.partition(".")
    known = {**AGENTS, **FIXED, **{human: words[0] for human, words in HUMANS.items()}}
    words = known.get(base) or base.replace("alphabeta", "alpha-beta").replace("-", " ").capitalize()
    words = words.replace("Alpha beta", "Alpha-beta")
    versions = {**VERSIONS, "sampled": ", sampled"}
    words += versions.get(version, f".{version}" if version else "")
    words = f"Ready-made {words}" if player.startswith("pretrained:") else words
    return f"{words}, {simulations}" if simulations else words


def history_path() -> Path:
    """Where one's games against rated opponents are kept."""
    return user_folder() / "rated-games.json"


def load_history() -> tuple[list[Played], str]:
    """One's rated games, and what there is to tell; a broken file is put aside."""
    path = history_path()
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [_played(entry) for entry in entries], ""
    except FileNotFoundError:
        return [], ""
    except (ValueError, TypeError, KeyError) as error:
        try:
            aside = put_aside(path)
        except OSError as failed:
            return [], f"your rated games cannot be read ({failed})"
        return [], f"your rated games could not be read ({error}): put aside as {aside.name}"
    except OSError as error:
        return [], f"your rated games cannot be read ({error})"


def save_history(games: list[Played]) -> str:
    """Write them; returns what went wrong, or nothing."""
    path = history_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, (json.dumps([asdict(game) for game in games], indent=0) + "\n").encode())
    except OSError as error:
        return f"your rated game is not remembered: {error}"
    return ""


def _played(entry: Any) -> Played:
    game = Played(str(entry["world"]), str(entry["opponent"]), float(entry["points"]))
    if game.points not in (0.0, 0.5, 1.0):
        raise ValueError(f"a game gives 0, 0.5 or 1 point, not {game.points}")
    return game


def _log_share(opponent: float, sign: float = 1.0) -> Any:
    """ln sigma of the difference in nats, over the grid; sign -1: the opponent's share."""
    assert math.isfinite(opponent)
    return -np.logaddexp(0.0, -sign * (GRID - opponent) / ELO)
