"""How a scripted human chooses a Connect Four move, exactly: what they see, miss and like.

The procedure is lexicographic. Of the cells on which a stone can land, keep
 1. those that win at once, if one is seen; else
 2. those that stop the opponent's win at once, if one is seen; else
 3. (who remembers the square above) those that do not hand over a seen win on top of them,
    then (club players) those that do not spend an own winning cell on top of them, then
 4. (club players) those that make a double threat, else those after which the opponent has none;
and of the cells kept draw one by habit. A blind spot takes a part of this away for good, a slip
for one move and at a stated rate. With k independent slips the distribution of the move is the
mixture over their 2^k combinations, so it is known exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.slips import MAX_SLIPS, AbsentMinded, Slip, slip_arrays
from games.connect_four import (
    ALL_LINES,
    FALLING,
    HORIZONTAL,
    RISING,
    STATE,
    U1,
    VERTICAL,
    WIDTH,
    column_cells,
    is_over,
    playable_cells,
    popcount,
    winning_cells,
)
from games.core import Actions, States, as_states
from lab.randomness import Keys, fold_in, sample, uniform

# What a human is aware of, as bits: own wins by line direction (0-3), the opponent's wins by line
# direction (4-7), then the single pieces of knowledge.
BLOCKS = 4  # awareness of the opponent's lines: lines << BLOCKS
SQUARE_ABOVE = 1 << 8  # a stone makes the cell above it playable
MAKE_DOUBLE = 1 << 9  # two threats at once cannot both be stopped
STOP_DOUBLE = 1 << 10  # ... and the opponent knows it too
KEEP_THREAT = 1 << 11  # a stone under one's own winning cell lets the opponent take that cell

STRAIGHT, DIAGONAL = VERTICAL | HORIZONTAL, FALLING | RISING


def wins(lines: int = ALL_LINES) -> int:
    """Awareness of one's own wins along these directions."""
    return lines


def blocks(lines: int = ALL_LINES) -> int:
    """Awareness of the opponent's wins along these directions."""
    return lines << BLOCKS


def lines_of_both(lines: int = ALL_LINES) -> int:
    """Awareness of everybody's wins along these directions."""
    return wins(lines) | blocks(lines)


@dataclass(frozen=True)
class Habit:
    """Odds of a cell where knowledge does not decide: the product of the factors that apply.

    columns [7]: by column; neighbour: once for each own stone that touches the cell;
    on_own, on_theirs: the stone lands on an own or an opponent's stone; threat: it makes a new
    cell on which, as far as is seen, four can be completed.
    """

    columns: tuple[float, ...]
    neighbour: float = 1.0
    on_own: float = 1.0
    on_theirs: float = 1.0
    threat: float = 1.0

    def __post_init__(self) -> None:
        factors = (*self.columns, self.neighbour, self.on_own, self.on_theirs, self.threat)
        if len(self.columns) != WIDTH or not all(0 < factor < np.inf for factor in factors):
            raise ValueError(f"a habit is {WIDTH} columns and four factors, all above 0, not {factors}")


@dataclass(frozen=True)
class Human(AbsentMinded):
    """A scripted player: what it knows, what it lets slip, what it likes.

    knows: awareness bits; what is absent is a systematic blind spot. slips: independent at every
    move. procedure and weaknesses say the same in words.
    """

    name: str
    title: str
    procedure: str
    weaknesses: str
    knows: int
    slips: tuple[Slip, ...]
    habit: Habit

    def __post_init__(self) -> None:
        if len(self.slips) > MAX_SLIPS:
            raise ValueError(f"{self.name}: at most {MAX_SLIPS} slips, their combinations double with each")

    @property
    def careful(self) -> Human:
        """The same procedure, blind spots and habits without the slips."""
        return replace(self, slips=())

    @property
    def slip_rate(self) -> float:
        """The share of moves with at least one slip, whether or not it changes the move."""
        return 1.0 - float(np.prod([1.0 - slip.rate for slip in self.slips]))

    @property
    def mirror_symmetric(self) -> bool:
        """Whether mirrored positions get mirrored distributions: in habit, blind spots and slips."""
        slips = [(slip.rate, slip.misses) for slip in self.slips]
        mirrored = [(rate, _mirrored(misses)) for rate, misses in slips]
        columns = self.habit.columns
        return (
            columns == columns[::-1]
            and _mirrored(self.knows) == self.knows
            and sorted(slips) == sorted(mirrored)
        )

    def policy(self, states: States) -> NDArray[np.float64]:
        """See human_policy."""
        return human_policy(states, self)

    def moves(self, states: States, game_keys: Keys, plies: Any) -> Actions:
        """See human_moves."""
        return human_moves(self, states, game_keys, plies)


def human_policy(states: States, human: Human) -> NDArray[np.float64]:
    """The exact distribution of the human's move, float64 [B, 7].

    Rows sum to 1 and illegal moves are exactly 0; a finished game's row is all 0.
    """
    chances, minds = human.states_of_mind
    policy = np.zeros((len(states), WIDTH))
    _policy(as_states(states, STATE), chances, minds, _factors(human.habit), policy)
    return policy


def habit_odds(states: States, human: Human) -> NDArray[np.float64]:
    """What the human likes at a glance: the habit's factors of every legal move, float64 [B, 7], nothing
    kept and nothing left out by steps 1 to 4; 0 where a column is full."""
    odds = np.zeros((len(states), WIDTH))
    _habit_odds(as_states(states, STATE), human.knows & ALL_LINES, _factors(human.habit), odds)
    return odds


def sharpen(policy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The argmax of each row as a distribution, ties (to 1e-9) shared equally, [B, A].

    This is the limit of a perfect greedy imitator: slips below one half are gone, blind spots stay.
    """
    top = policy.max(axis=1, keepdims=True)
    chosen = (policy >= top * (1.0 - 1e-9)) & (top > 0)
    return np.asarray(chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1), np.float64)


def human_moves(human: Human, states: States, game_keys: Keys, plies: Any) -> Actions:
    """Moves drawn as the human makes them, slips first, then habit: int32 [B].

    A pure function of each row's state, key and ply; its exact distribution is `human_policy`.
    Raises ValueError where the keys are not one a state.
    """
    rates, misses = slip_arrays(human.slips)
    keys = np.require(game_keys, np.uint64, ["C", "W"])
    if keys.shape != (len(states),):
        raise ValueError(f"{len(states)} states need as many game keys, not keys of shape {keys.shape}")
    plies = np.ascontiguousarray(np.broadcast_to(np.asarray(plies, np.int32), keys.shape)).copy()
    actions = np.empty(len(states), np.int32)
    _draw(as_states(states, STATE), keys, plies, human.knows, rates, misses, _factors(human.habit), actions)
    return actions


def _mirrored(awareness: int) -> int:
    """The awareness with falling and rising lines exchanged."""
    kept = awareness & ~lines_of_both(DIAGONAL)
    swapped = 0
    for shift in (0, BLOCKS):
        swapped |= RISING << shift if awareness & FALLING << shift else 0
        swapped |= FALLING << shift if awareness & RISING << shift else 0
    return kept | swapped


def _factors(habit: Habit) -> NDArray[np.float64]:
    """The habit as kernels want it: seven columns, then the four factors."""
    return np.array((*habit.columns, habit.neighbour, habit.on_own, habit.on_theirs, habit.threat))


# --- per position ---


@njit(cache=True)
def double_threat_cells(stones: np.uint64, occupied: np.uint64, cells: np.uint64, lines: int) -> np.uint64:
    """Those of `cells` after which `stones` threaten to win in two ways at once.

    Two playable winning cells, or a playable one under another: the block opens the second.
    """
    found = np.uint64(0)
    while cells:
        cell = cells & (~cells + U1)
        cells ^= cell
        winning = winning_cells(stones | cell, occupied | cell, lines)
        now = winning & playable_cells(occupied | cell)
        if (now & (now - U1)) or ((now << U1) & winning):
            found |= cell
    return found


@njit(cache=True)
def _calm_cells(other: np.uint64, occupied: np.uint64, cells: np.uint64, lines: int) -> np.uint64:
    """Those of `cells` after which the opponent has no double threat at once."""
    calm = np.uint64(0)
    while cells:
        cell = cells & (~cells + U1)
        cells ^= cell
        after = occupied | cell
        if not double_threat_cells(other, after, playable_cells(after), lines):
            calm |= cell
    return calm


@njit(cache=True)
def considered_cells(current: np.uint64, occupied: np.uint64, awareness: int) -> np.uint64:
    """The cells between which habit decides: steps 1 to 4 of the procedure."""
    other, cells = current ^ occupied, playable_cells(occupied)
    own_lines, their_lines = awareness & ALL_LINES, (awareness >> BLOCKS) & ALL_LINES
    winning = cells & winning_cells(current, occupied, own_lines)
    if winning:
        return np.uint64(winning)
    their_wins = winning_cells(other, occupied, their_lines)
    if cells & their_wins:
        return np.uint64(cells & their_wins)
    if awareness & SQUARE_ABOVE:
        safe = cells & ~(their_wins >> U1)
        cells = safe if safe else cells
    if awareness & KEEP_THREAT:
        kept = cells & ~(winning_cells(current, occupied, own_lines) >> U1)
        cells = kept if kept else cells
    if awareness & MAKE_DOUBLE:
        doubles = double_threat_cells(current, occupied, cells, own_lines)
        if doubles:
            return np.uint64(doubles)
    if awareness & STOP_DOUBLE:
        calm = _calm_cells(other, occupied, cells, their_lines)
        cells = calm if calm else cells
    return np.uint64(cells)


@njit(cache=True)
def _habit_factor(
    current: np.uint64, occupied: np.uint64, cell: np.uint64, lines: int, factors: Any
) -> float:
    """How much the cell is liked, but for its column."""
    beside = (cell << np.uint64(6)) | (cell << np.uint64(7)) | (cell << np.uint64(8)) | (cell << U1)
    beside |= (cell >> np.uint64(6)) | (cell >> np.uint64(7)) | (cell >> np.uint64(8)) | (cell >> U1)
    factor = factors[WIDTH] ** popcount(beside & current)
    below = cell >> U1
    if below & current:
        factor *= factors[WIDTH + 1]
    elif below & occupied:
        factor *= factors[WIDTH + 2]
    before = winning_cells(current, occupied, lines)
    if winning_cells(current | cell, occupied | cell, lines) & ~before:
        factor *= factors[WIDTH + 3]
    return float(factor)


@njit(cache=True)
def choice(current: np.uint64, occupied: np.uint64, awareness: int, factors: Any, weights: Any) -> None:
    """The distribution over columns of one state of mind, written into weights float64 [7]."""
    cells = considered_cells(current, occupied, awareness)
    total = 0.0
    for column in range(WIDTH):
        cell = cells & column_cells(column)
        weights[column] = 0.0
        if cell:
            liked = _habit_factor(current, occupied, cell, awareness & ALL_LINES, factors)
            weights[column] = factors[column] * liked
            total += weights[column]
    if total > 0.0:  # a full board leaves nothing to like
        for column in range(WIDTH):
            weights[column] /= total


# --- batched kernels ---


@njit(cache=True)
def _habit_odds(states: Any, lines: int, factors: Any, odds: Any) -> None:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        for column in range(WIDTH):
            cell = playable_cells(occupied) & column_cells(column)
            if cell:
                liked = _habit_factor(current, occupied, cell, lines, factors)
                odds[b, column] = factors[column] * liked


@njit(cache=True)
def _policy(states: Any, chances: Any, minds: Any, factors: Any, policy: Any) -> None:
    weights = np.empty(WIDTH)
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        if is_over(current, occupied):
            continue
        for m in range(len(minds)):
            choice(current, occupied, minds[m], factors, weights)
            for column in range(WIDTH):
                policy[b, column] += chances[m] * weights[column]
        policy[b] /= policy[b].sum()  # the chances add to 1 but for rounding


@njit(cache=True)
def _draw(
    states: Any, keys: Any, plies: Any, knows: int, rates: Any, misses: Any, factors: Any, actions: Any
) -> None:
    weights = np.empty(WIDTH)
    for b in range(len(states)):
        key = fold_in(keys[b], plies[b])
        awareness = knows
        for slip in range(len(rates)):
            if uniform(key, slip) < rates[slip]:
                awareness &= ~misses[slip]
        choice(states[b].current, states[b].occupied, awareness, factors, weights)
        actions[b] = sample(weights, key, len(rates))
