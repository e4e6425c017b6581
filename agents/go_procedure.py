"""How a scripted human chooses a Go move, exactly: what they see, miss and like.

Nobody fills an eye of their own. The procedure is lexicographic; each step is for those who know it:
 1. (who counts) pass if the opponent has passed and the board as it stands is won; else
 2. (who sees captures) of the points that capture, the odds are the stones captured, squared; else
 3. (who sees an own chain in atari) the points that rescue one: capturing its attacker is step 2, so here
    they extend it; who reads ladders keeps those after which it has three liberties; else
 4. leave out (who reads ladders) the points that only prolong a chain which is caught, then those that put
    oneself in atari, then those after which more own stones are in atari than before (two plies: the
    opponent could take them), then one's own territory: each as far as something is left, the last in any
    case;
 5. of what is left draw one by habit; pass if nothing is.
A blind spot takes a part of this away for good, a slip for one move and at a stated rate, as in
agents/procedure.py: the distribution over moves is the mixture over all combinations of slips, exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.go_rollouts import is_own_eye
from agents.slips import MAX_SLIPS, AbsentMinded, Slip, slip_arrays
from games.core import Actions, States, as_states
from games.go_board import EMPTY, WALL, area, is_legal_point, is_over, outcome, point_of, put_stone
from lab.randomness import Keys, fold_in, sample, uniform

# What a human is aware of, as bits.
COUNT = 1  # who is ahead when the opponent passes
CAPTURE = 2  # the opponent's chains that can be taken
RESCUE = 4  # own chains that can be taken
LADDER = 8  # a chain that has but two liberties after its rescue is caught again
SELF_ATARI = 16  # a stone that can be taken at once
TWO_PLY = 32  # everything that the opponent can take next
OWN_LAND = 64  # points that only own stones reach are one's own already
SHAPES = 5  # factors of a habit beside those of the lines


@dataclass(frozen=True)
class GoHabit:
    """Odds of a point where knowledge does not decide: the product of the factors that apply.

    lines (first, second, third and above): by distance from the edge; touching, facing: once for each own
    or opposing stone beside the point; atari: it leaves an opposing chain with one liberty; near: it lies
    within two lines of the last move; open: no stone within one line of it.
    """

    lines: tuple[float, float, float]
    touching: float = 1.0
    facing: float = 1.0
    atari: float = 1.0
    near: float = 1.0
    open: float = 1.0

    def __post_init__(self) -> None:
        if not all(0 < factor < np.inf for factor in self.factors):
            raise ValueError(f"a habit is factors above 0, not {self.factors}")

    @property
    def factors(self) -> tuple[float, ...]:
        """Lines, touching, facing, atari, near, open: as the kernels read them."""
        return (*self.lines, self.touching, self.facing, self.atari, self.near, self.open)


@dataclass(frozen=True)
class GoHuman(AbsentMinded):
    """A scripted player of Go: what it knows, what it lets slip, what it likes; as agents.procedure.Human."""

    name: str
    title: str
    procedure: str
    weaknesses: str
    knows: int
    slips: tuple[Slip, ...]
    habit: GoHabit
    mirror_symmetric: bool = True  # it looks at liberties and distances, which no symmetry changes

    def __post_init__(self) -> None:
        if len(self.slips) > MAX_SLIPS:
            raise ValueError(f"{self.name}: at most {MAX_SLIPS} slips, or its minds are too many")

    @cached_property
    def careful(self) -> GoHuman:
        """The same without slips."""
        return replace(self, slips=())

    def policy(self, states: States) -> NDArray[np.float64]:
        """See human_policy."""
        return human_policy(states, self)

    def moves(self, states: States, game_keys: Keys, plies: Any) -> Actions:
        """See human_moves."""
        return human_moves(self, states, game_keys, plies)


# --- what can be seen of a point ---

# Columns of the table of a position, a row for each point: read once, thought about by every mind.
LEGAL, TAKES, SAVES, LIBERTIES, EXPOSES, LAND, ATARIS = 0, 1, 2, 3, 4, 5, 6
SEEN = 7


@njit(cache=True)
def _liberties(state: Any, point: int, most: int) -> int:
    """The number of liberties of the chain of a stone, counted up to `most` (at most 4)."""
    color, stride = state.color, state.size + 1
    one, two, three, found, stone = -1, -1, -1, 0, point
    while True:
        for step in (-stride, -1, 1, stride):
            near = stone + step
            if color[near] == EMPTY and near not in (one, two, three):
                found += 1
                one, two, three = near, one, two
                if found == most:
                    return found
        stone = state.next[stone]
        if stone == point:
            return found


@njit(cache=True)
def _in_atari(state: Any, color: int) -> int:
    """How many stones of that colour stand in chains of one liberty."""
    count, size = 0, state.size
    for action in range(size * size):
        point = point_of(action, size)
        if state.color[point] == color and _liberties(state, point, 2) == 1:
            count += 1
    return count


@njit(cache=True)
def look(state: Any, scratch: Any, owner: Any, seen: Any) -> None:
    """Fill in what there is to see of each point, int16 [N * N, SEEN], for the player to move.

    LEGAL: legal and no own eye; TAKES: stones captured; SAVES: own stones in atari before that are not
    after; LIBERTIES of the stone's chain after; EXPOSES: how many more own stones are in atari after; LAND:
    only own stones reach it; ATARIS: opposing stones in atari after.
    """
    size, own = state.size, state.player + 1
    area(state, owner)
    endangered = _in_atari(state, own)
    for action in range(size * size):
        point = point_of(action, size)
        for what in range(SEEN):
            seen[action, what] = 0
        if state.color[point] != EMPTY or not is_legal_point(state, point) or is_own_eye(state, point):
            continue
        scratch[0] = state
        after = scratch[0]
        seen[action, LEGAL] = 1
        seen[action, TAKES] = put_stone(after, point)
        # a suicide, where it is legal, leaves nothing to count
        seen[action, LIBERTIES] = _liberties(after, point, 4) if after.color[point] == own else 0
        exposed = _in_atari(after, own) - endangered
        seen[action, EXPOSES] = max(0, exposed)
        seen[action, SAVES] = max(0, -exposed) if seen[action, LIBERTIES] > 1 else 0
        seen[action, ATARIS] = _in_atari(after, 3 - own)
        seen[action, LAND] = owner[action] == (1 if own == 1 else -1)


@njit(cache=True)
def _liked(state: Any, action: int, seen: Any, factors: Any) -> float:
    """How much a point is liked: see GoHabit."""
    size, color, own = state.size, state.color, state.player + 1
    row, column, stride = action // size, action % size, state.size + 1
    edge = min(min(row, size - 1 - row), min(column, size - 1 - column))
    odds = factors[min(edge, 2)]
    point = point_of(action, size)
    for step in (-stride, -1, 1, stride):
        if color[point + step] == own:
            odds *= factors[3]
        elif color[point + step] == 3 - own:
            odds *= factors[4]
    if seen[action, ATARIS]:
        odds *= factors[5]
    if 0 <= state.last < size * size:
        far = max(abs(row - state.last // size), abs(column - state.last % size))
        odds *= factors[6] if far <= 2 else 1.0
    lonely = True
    for step in (-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1):
        lonely = lonely and (color[point + step] == EMPTY or color[point + step] == WALL)
    return float(odds * factors[7] if lonely else odds)


# --- the procedure ---


@njit(cache=True)
def _keep(seen: Any, kept: Any, what: int, low: int, high: int) -> int:
    """How many points kept so far have `what` from low to high."""
    count = 0
    for action in range(len(kept)):
        count += kept[action] and low <= seen[action, what] <= high
    return count


@njit(cache=True)
def _narrow(seen: Any, kept: Any, what: int, low: int, high: int) -> bool:
    """Keep the points of which `what` lies from low to high, if there are any; says whether."""
    if _keep(seen, kept, what, low, high) == 0:
        return False
    for action in range(len(kept)):
        kept[action] = kept[action] and low <= seen[action, what] <= high
    return True


@njit(cache=True)
def _rescue(seen: Any, kept: Any, ladder: int) -> bool:
    """Keep the points that rescue an own chain, if there are any, and say whether. Who reads ladders does not
    run where only two liberties are gained, and else leaves such points out, if others are left."""
    if ladder:
        left = 0
        for action in range(len(kept)):
            kept[action] = kept[action] and not (seen[action, SAVES] > 0 and seen[action, LIBERTIES] < 3)
            left += kept[action]
        if left == 0:
            for action in range(len(kept)):
                kept[action] = seen[action, LEGAL]
            return False
    return bool(_narrow(seen, kept, SAVES, 1, len(kept)))


@njit(cache=True)
def choice(state: Any, seen: Any, awareness: int, factors: Any, ahead: bool, kept: Any, weights: Any) -> None:
    """The distribution over actions of one state of mind, written into weights float64 [N * N + 1]."""
    points, most = state.size * state.size, 10_000
    weights[:] = 0.0
    if awareness & COUNT and ahead and state.passes == 1:
        weights[points] = 1.0
        return
    for action in range(points):
        kept[action] = seen[action, LEGAL]
    takes = awareness & CAPTURE and _narrow(seen, kept, TAKES, 1, most)
    if not takes and not (awareness & RESCUE and _rescue(seen, kept, awareness & LADDER)):
        if awareness & SELF_ATARI:
            _narrow(seen, kept, LIBERTIES, 2, most)
        if awareness & TWO_PLY:
            _narrow(seen, kept, EXPOSES, 0, 0)
        if awareness & OWN_LAND:
            for action in range(points):
                kept[action] = kept[action] and not seen[action, LAND]
    total = 0.0
    for action in range(points):
        if kept[action]:
            weights[action] = _liked(state, action, seen, factors)
            if takes:
                weights[action] *= seen[action, TAKES] ** 2
            total += weights[action]
    if total == 0.0:
        weights[points] = 1.0
    else:
        for action in range(points):
            weights[action] /= total


# --- batched kernels ---


@njit(cache=True)
def _policy(states: Any, scratch: Any, chances: Any, minds: Any, factors: Any, policy: Any) -> None:
    actions = policy.shape[1]
    seen, kept = np.zeros((actions - 1, SEEN), np.int16), np.zeros(actions - 1, np.bool_)
    owner, weights = np.zeros(actions - 1, np.int8), np.empty(actions)
    for b in range(len(states)):
        if is_over(states[b]):
            continue
        look(states[b], scratch, owner, seen)
        ahead = outcome(states[b], owner) * (1 - 2 * states[b].player) > 0
        for m in range(len(minds)):
            choice(states[b], seen, minds[m], factors, ahead, kept, weights)
            for action in range(actions):
                policy[b, action] += chances[m] * weights[action]
        policy[b] /= policy[b].sum()  # the chances add to 1 but for rounding


@njit(cache=True)
def _draw(
    states: Any, scratch: Any, keys: Any, plies: Any, knows: int, rates: Any, misses: Any, factors: Any,
    policy: Any, actions: Any,
) -> None:  # fmt: skip
    points = policy.shape[1] - 1
    seen, kept = np.zeros((points, SEEN), np.int16), np.zeros(points, np.bool_)
    owner, weights = np.zeros(points, np.int8), np.empty(points + 1)
    for b in range(len(states)):
        key = fold_in(keys[b], plies[b])
        awareness = knows
        for slip in range(len(rates)):
            if uniform(key, slip) < rates[slip]:
                awareness &= ~misses[slip]
        look(states[b], scratch, owner, seen)
        ahead = outcome(states[b], owner) * (1 - 2 * states[b].player) > 0
        choice(states[b], seen, awareness, factors, ahead, kept, weights)
        actions[b] = sample(weights, key, len(rates))


# --- in Python ---


def human_policy(states: States, human: GoHuman) -> NDArray[np.float64]:
    """The exact distribution of a human's next action, [B, N * N + 1]; zeros where the game is over."""
    chances, minds = human.states_of_mind
    policy = np.zeros((len(states), _actions(states)))
    factors = np.array(human.habit.factors)
    _policy(as_states(states, states.dtype), np.zeros(1, states.dtype), chances, minds, factors, policy)
    return policy


def human_moves(human: GoHuman, states: States, keys: Keys, plies: Any) -> Actions:
    """One drawn action a row, none of the games over: a pure function of each row's key and ply.

    Raises ValueError where the keys are not one a state.
    """
    rates, misses = slip_arrays(human.slips)
    out, width = np.empty(len(states), np.int32), np.zeros((1, _actions(states)))
    keys = np.require(keys, np.uint64, ["C", "W"])
    if keys.shape != (len(states),):
        raise ValueError(f"{len(states)} states need as many game keys, not keys of shape {keys.shape}")
    plies = np.ascontiguousarray(np.broadcast_to(np.asarray(plies, np.int32), keys.shape)).copy()
    _draw(
        as_states(states, states.dtype), np.zeros(1, states.dtype), keys, plies, human.knows, rates, misses,
        np.array(human.habit.factors), width, out,
    )  # fmt: skip
    return out


def _actions(states: States) -> int:
    return int(states["size"][0]) ** 2 + 1 if len(states) else 1
