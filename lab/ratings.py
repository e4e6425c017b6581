"""Ratings of players from games between some of them: Bradley and Terry's model, on the Elo scale.

    P(i takes a point from j) = sigma(r_i - r_j)       Elo = 400 / ln 10 * r       a draw is half a point

(Bradley and Terry 1952, Biometrika 39, p. 324; Elo's curve is the same one.) One player is the anchor and
has 0. The likelihood is that of `lab.losses.bradley_terry_loss`, by which a reward model learns too.

The prior is weak and stated: every player brings one drawn game, shared equally among those it met. For
two players that is Laplace's rule of succession, (points + 1) / (games + 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lab.statistics import Z95, t_quantile

ELO = 400.0 / math.log(10.0)  # a nat of the model in Elo
PRIOR = "every player brings one drawn game, shared equally among those it met"
LONGEST_STEP = 3.0  # nats: beyond, the curvature at hand says nothing any more
Array = NDArray[np.float64]


class UnconnectedPlayers(ValueError):  # noqa: N818
    """Groups of players that never met: nothing says how one stands to the other."""


@dataclass(frozen=True)
class Encounter:
    """The games between two players, by opening: C clusters of games that hang together.

    points [C]: what the first took in each; games [C]: of how many; clusters [C]: the opening's number.
    The same number in another encounter is the same opening, and hangs together too.
    """

    first: str
    second: str
    points: Array
    games: Array
    clusters: NDArray[np.int64]

    def __post_init__(self) -> None:
        name = f"{self.first} v {self.second}"
        if self.first == self.second:
            raise ValueError(f"{name}: a player does not meet itself")
        if not self.points.shape == self.games.shape == self.clusters.shape or self.points.ndim != 1:
            raise ValueError(f"{name}: points, games and clusters are all [C]")
        if not (np.isfinite(self.points).all() and (self.games > 0).all() and len(self.games)):
            raise ValueError(f"{name}: every cluster has at least one game, and points that are numbers")
        if (self.points < 0).any() or (self.points > self.games).any():
            raise ValueError(f"{name}: points lie between 0 and the number of games")


@dataclass(frozen=True)
class Rating:
    """A player's rating over the anchor's, in Elo, with its 95 % interval.

    Where no games bound it from above, high is None and bound "at least": low is what can be said; from
    below, the other way round. Both None: nothing can be said against the anchor.
    """

    player: str
    rating: float
    low: float | None
    high: float | None
    games: int
    bound: str | None


@dataclass(frozen=True)
class Ratings:
    """All players, best first; `values` are their ratings by name, in Elo; `covariance` [P, P], in the order
    of `values`, is the model's own in nats, as if all games were independent."""

    anchor: str
    players: tuple[Rating, ...]
    values: dict[str, float] = field(repr=False)
    covariance: Array = field(repr=False, compare=False)

    def expected(self, first: str, second: str) -> float:
        """The share of points that the ratings promise the first against the second."""
        return 1.0 / (1.0 + math.pow(10.0, (self.values[second] - self.values[first]) / 400.0))

    def gain(self, first: str, second: str, games: int) -> float:
        """How much so many games between two would tell, in nats: ln(1 + games p (1 - p) Var(r_i - r_j)) / 2,
        the fall in entropy of all ratings (the design of Glickman and Jensen 2005, J. Stat. Plan. Inf. 127,
        p. 279). Greatest for neighbours whose difference is little known."""
        names = list(self.values)
        i, j = names.index(first), names.index(second)
        variance = self.covariance[i, i] + self.covariance[j, j] - 2.0 * self.covariance[i, j]
        p = self.expected(first, second)
        return math.log1p(games * p * (1.0 - p) * float(variance)) / 2.0


def fit_ratings(encounters: Sequence[Encounter], anchor: str) -> Ratings:
    """The most probable ratings, with intervals that take clusters of games for what they are.

    The intervals are those of the sandwich V = H^-1 M H^-1 (Liang and Zeger 1986, Biometrika 73, eq. 7): H is
    the curvature of the log-posterior, M the sum over clusters of the outer products of their scores,
    times G / (G - 1), and the prior's share of H; Student's t of the player's clusters less one. A player
    whom nothing bounds on one side (Ford 1957, Amer. Math. Monthly 64, p. 28: nobody reachable from the
    anchor by games lost ever beat it) has a bound from the likelihood ratio instead, in which every
    opening counts as one game.
    Raises UnconnectedPlayers, and ValueError for an anchor that did not play.
    """
    table = table_of(encounters)
    if anchor not in table.names:
        raise ValueError(f"the anchor {anchor} played no games; there are: {', '.join(table.names)}")
    check_connected(table.names, table.pairs)
    fixed = table.names.index(anchor)
    r = maximise(table, np.zeros(len(table.names)), [fixed])
    low, high = _intervals(table, r, fixed)
    games = np.zeros(len(r))
    np.add.at(games, table.pairs.ravel(), np.repeat(table.games, 2))
    ratings = [
        Rating(
            name,
            float(ELO * r[i]),
            None if low[i] == -np.inf else float(ELO * low[i]),
            None if high[i] == np.inf else float(ELO * high[i]),
            round(float(games[i])),
            _bound(low[i], high[i]),
        )
        for i, name in enumerate(table.names)
    ]
    ratings.sort(key=lambda rating: (-rating.rating, rating.player))
    values = {name: float(ELO * r[i]) for i, name in enumerate(table.names)}
    return Ratings(anchor, tuple(ratings), values, _inverse(curvature(table, r), fixed))


def _bound(low: float, high: float) -> str | None:
    if math.isinf(low) == math.isinf(high):
        return None
    return "at least" if math.isinf(high) else "at most"


# --- games as a table ---


@dataclass(frozen=True)
class Table:
    """All clusters of all encounters as rows: N of them, among P players.

    pairs int [N, 2] (first, second), points [N], games [N], clusters [N], prior [N]: the drawn games
    that the prior adds to the row.
    """

    names: tuple[str, ...]
    pairs: NDArray[np.int64]
    points: Array
    games: Array
    clusters: NDArray[np.int64]
    prior: Array


def table_of(encounters: Sequence[Encounter]) -> Table:
    """The rows of all encounters. Raises ValueError for none."""
    if not encounters:
        raise ValueError("there are no games to rate")
    names = tuple(sorted({name for met in encounters for name in (met.first, met.second)}))
    number = {name: i for i, name in enumerate(names)}
    pairs = [np.tile([number[m.first], number[m.second]], (len(m.games), 1)) for m in encounters]
    table = Table(
        names,
        np.concatenate(pairs),
        np.concatenate([met.points for met in encounters]).astype(np.float64),
        np.concatenate([met.games for met in encounters]).astype(np.float64),
        np.unique(np.concatenate([met.clusters for met in encounters]), return_inverse=True)[1],
        np.zeros(sum(len(met.games) for met in encounters)),
    )
    table.prior[:] = _prior(table)
    return table


def _prior(table: Table) -> Array:
    """Each player's one drawn game over those it met, spread over the rows of each such pair, [N]."""
    unordered, row = np.unique(np.sort(table.pairs, axis=1), axis=0, return_inverse=True)
    row = row.ravel()
    met = np.bincount(unordered.ravel(), minlength=len(table.names))
    of_pair = (1.0 / met[unordered]).sum(axis=1)
    return np.asarray(of_pair[row] / np.bincount(row)[row], np.float64)


def check_connected(names: Sequence[str], pairs: NDArray[np.int64]) -> None:
    """Raise UnconnectedPlayers if games [N, 2] do not link all players to each other."""
    groups = list(range(len(names)))
    for first, second in np.unique(pairs, axis=0).tolist():
        old, new = groups[first], groups[second]
        groups = [new if group == old else group for group in groups]
    if len(set(groups)) > 1:
        told = [
            ", ".join(name for name, of in zip(names, groups, strict=True) if of == group)
            for group in sorted(set(groups))
        ]
        raise UnconnectedPlayers(
            f"these groups never met: {' | '.join(told)}; let one player of each meet one of another"
        )


# --- the likelihood ---


def negative_log_posterior(table: Table, r: Array) -> tuple[float, Array]:
    """Its value and its gradient [P] at ratings r [P] in nats: bradley_terry_loss over all games and the
    prior's draws."""
    difference = r[table.pairs[:, 0]] - r[table.pairs[:, 1]]
    won, total = table.points + table.prior / 2, table.games + table.prior
    value = won * np.logaddexp(0.0, -difference) + (total - won) * np.logaddexp(0.0, difference)
    return float(value.sum()), _scatter(table, total * _sigma(difference) - won)


def maximise(table: Table, r: Array, fixed: Sequence[int]) -> Array:
    """The ratings [P] of the greatest posterior, those of `fixed` left as they are: Newton's method, its
    steps of LONGEST_STEP at most and halved where they overshoot. The prior makes the maximum finite and the
    only one."""
    free = np.setdiff1d(np.arange(len(r)), fixed)
    value, gradient = negative_log_posterior(table, r)
    for _ in range(1_000):
        if len(free) == 0 or np.abs(gradient[free]).max() < 1e-9:
            break
        step = np.zeros(len(r))
        # far apart the curvature vanishes in floating point: the ridge keeps the step's direction
        ridge = 1e-12 * np.eye(len(free))
        step[free] = np.linalg.solve(curvature(table, r)[np.ix_(free, free)] + ridge, gradient[free])
        step *= min(1.0, LONGEST_STEP / np.abs(step).max())
        for halvings in range(40):
            trial = r - step * 0.5**halvings
            new_value, new_gradient = negative_log_posterior(table, trial)
            if new_value <= value + 1e-12 * abs(value):
                break
        r, value, gradient = trial, new_value, new_gradient
    return r


def curvature(table: Table, r: Array, prior_only: bool = False) -> Array:
    """The second derivatives of negative_log_posterior, or of the prior's part alone, [P, P]."""
    difference = r[table.pairs[:, 0]] - r[table.pairs[:, 1]]
    p, q = _sigma(difference), _sigma(-difference)  # 1 - p would be 0 for p near 1
    weights = (table.prior + (0.0 if prior_only else table.games)) * p * q
    matrix = np.zeros((len(r), len(r)))
    first, second = table.pairs.T
    for i, j, sign in ((first, first, 1), (second, second, 1), (first, second, -1), (second, first, -1)):
        np.add.at(matrix, (i, j), sign * weights)
    return matrix


def _scatter(table: Table, values: Array) -> Array:
    """Rows' values [N] added to their first player and taken from their second, [P]."""
    players = len(table.names)
    first, second = table.pairs.T
    return np.asarray(np.bincount(first, values, players) - np.bincount(second, values, players), np.float64)


def _sigma(x: Array) -> Array:
    share: Array = np.exp(-np.logaddexp(0.0, -x))
    return share


# --- intervals ---


def _intervals(table: Table, r: Array, fixed: int) -> tuple[Array, Array]:
    """Lower and upper ends [P] in nats; infinite where nothing bounds them."""
    error = np.sqrt(np.diag(sandwich(table, r, fixed)))
    half = np.array([_quantile(table, i) for i in range(len(r))]) * error
    low, high = r - half, r + half
    below, above = _bounded_sides(table, fixed)
    for i in np.flatnonzero(below & ~above):
        low[i] = _likelihood_bound(table, r, fixed, int(i), -1.0)
    for i in np.flatnonzero(above & ~below):
        high[i] = _likelihood_bound(table, r, fixed, int(i), 1.0)
    low[~below], high[~above] = -np.inf, np.inf
    return low, high


def sandwich(table: Table, r: Array, fixed: int) -> Array:
    """The cluster-robust covariance of the ratings over the fixed one's, [P, P], its row and column 0."""
    players, clusters = len(r), int(table.clusters.max()) + 1
    p = _sigma(r[table.pairs[:, 0]] - r[table.pairs[:, 1]])
    scores = np.zeros((clusters, players))
    np.add.at(scores, (table.clusters, table.pairs[:, 0]), table.points - table.games * p)
    np.add.at(scores, (table.clusters, table.pairs[:, 1]), table.games * p - table.points)
    meat = clusters / max(1, clusters - 1) * scores.T @ scores + curvature(table, r, prior_only=True)
    bread = _inverse(curvature(table, r), fixed)
    covariance: Array = bread @ meat @ bread
    return covariance


def _inverse(matrix: Array, fixed: int) -> Array:
    """The inverse without the fixed player, whose row and column are 0, [P, P]."""
    free = np.setdiff1d(np.arange(len(matrix)), [fixed])
    inverse = np.zeros(matrix.shape)
    inverse[np.ix_(free, free)] = np.linalg.inv(matrix[np.ix_(free, free)])
    return inverse


def _quantile(table: Table, player: int) -> float:
    own = np.unique(table.clusters[(table.pairs == player).any(axis=1)])
    return t_quantile(max(1, len(own) - 1))


def _bounded_sides(table: Table, fixed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whose rating over the anchor's the games bound (from below [P], from above [P]).

    i is bounded from above if somebody took points from it, somebody from that one, ... down to the anchor.
    """
    players = len(table.names)
    took = np.zeros((players, players), np.bool_)  # took[i, j]: i took points from j
    first, second = table.pairs.T
    took[first[table.points > 0], second[table.points > 0]] = True
    lost = table.points < table.games
    took[second[lost], first[lost]] = True
    return _reach(took.T, fixed), _reach(took, fixed)


def _reach(edges: NDArray[np.bool_], start: int) -> NDArray[np.bool_]:
    reached = np.zeros(len(edges), np.bool_)
    reached[start] = True
    while (more := reached | edges[reached].any(axis=0)).sum() > reached.sum():
        reached = more
    return reached


def _likelihood_bound(table: Table, r: Array, fixed: int, player: int, sign: float) -> float:
    """The rating on that side at which the log-likelihood has fallen by Z95^2 / 2, the others at their
    best for it; every row counts as one game, since those of one opening may be one game over again."""
    once = Table(
        table.names,
        table.pairs,
        table.points / table.games,
        np.ones(len(table.games)),
        table.clusters,
        table.prior,
    )
    best = maximise(once, r, [fixed])
    limit = negative_log_posterior(once, best)[0] + Z95**2 / 2

    def beyond(distance: float) -> bool:
        at = best.copy()
        at[player] += sign * distance
        return negative_log_posterior(once, maximise(once, at, [fixed, player]))[0] > limit

    near, far = 0.0, 1.0
    while not beyond(far):
        near, far = far, 2.0 * far
    for _ in range(30):
        middle = (near + far) / 2.0
        near, far = (near, middle) if beyond(middle) else (middle, far)
    return float(best[player] + sign * far)
