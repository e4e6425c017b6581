"""Connect Four on bitboards: 7 columns of 6 cells, four in a row win.

    .  .  .  .  .  .  .
    5 12 19 26 33 40 47
    4 11 18 25 32 39 46
    3 10 17 24 31 38 45
    2  9 16 23 30 37 44
    1  8 15 22 29 36 43
    0  7 14 21 28 35 42

A column is 7 bits, the lowest its bottom cell, the seventh an empty sentinel, so that lines never
run from one column into the next (bit = 7 * column + row; the layout of John Tromp's fhourstones
and Pascal Pons' solver). `current` holds the stones of the player to move, `occupied` everybody's;
a stone added to `occupied + bottom of the column` lands by carry.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.core import (
    DRAWN,
    GOES_ON,
    ILLEGAL,
    WON,
    Actions,
    Game,
    IllegalMove,
    SlotsPlayed,
    States,
    Symmetry,
    as_actions,
    as_states,
)

WIDTH, HEIGHT = 7, 6
CELLS = WIDTH * HEIGHT
STATE = np.dtype([("current", np.uint64), ("occupied", np.uint64)])

U1 = np.uint64(1)
BOTTOM = np.uint64(sum(1 << 7 * c for c in range(WIDTH)))  # the lowest cell of every column
BOARD = np.uint64(sum(((1 << HEIGHT) - 1) << 7 * c for c in range(WIDTH)))
VERTICAL, HORIZONTAL, FALLING, RISING = 1, 2, 4, 8  # line directions, for `winning_cells`
ALL_LINES = VERTICAL | HORIZONTAL | FALLING | RISING


# --- per position: what batches, solver, humans and rollouts are made of ---


@njit(cache=True)
def is_aligned(stones: np.uint64) -> bool:
    """Whether these stones hold four in a row."""
    for shift in (np.uint64(1), np.uint64(6), np.uint64(7), np.uint64(8)):
        pairs = stones & (stones >> shift)
        if pairs & (pairs >> (shift + shift)):
            return True
    return False


@njit(cache=True)
def popcount(bits: np.uint64) -> int:
    """The number of ones: stones on a bitboard."""
    bits = bits - ((bits >> U1) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56)))


@njit(cache=True)
def column_cells(column: int) -> np.uint64:
    """The six cells of a column, as a bitboard."""
    return np.uint64(0x3F) << np.uint64(7 * column)


@njit(cache=True)
def playable_cells(occupied: np.uint64) -> np.uint64:
    """The cells on which a stone can land now: at most one a column."""
    return (occupied + BOTTOM) & BOARD


@njit(cache=True)
def landing_cell(occupied: np.uint64, column: int) -> np.uint64:
    """Where a stone dropped into `column` comes to rest; 0 when the column is full."""
    return np.uint64(playable_cells(occupied) & column_cells(column))


@njit(cache=True)
def _line_ends(stones: np.uint64, shift: np.uint64) -> np.uint64:
    """Cells that would complete four along one direction: XXX_, XX_X, X_XX, _XXX."""
    double, triple = shift + shift, shift + shift + shift
    pairs = (stones << shift) & (stones << double)
    cells = pairs & (stones << triple)
    cells |= pairs & (stones >> shift)
    pairs = (stones >> shift) & (stones >> double)
    cells |= pairs & (stones << shift)
    cells |= pairs & (stones >> triple)
    return cells


@njit(cache=True)
def winning_cells(stones: np.uint64, occupied: np.uint64, lines: int = ALL_LINES) -> np.uint64:
    """Empty cells, reachable now or not, that complete four of `stones` along one of `lines`."""
    cells = np.uint64(0)
    if lines & VERTICAL:
        cells |= (stones << U1) & (stones << np.uint64(2)) & (stones << np.uint64(3))
    if lines & HORIZONTAL:
        cells |= _line_ends(stones, np.uint64(7))
    if lines & FALLING:
        cells |= _line_ends(stones, np.uint64(6))
    if lines & RISING:
        cells |= _line_ends(stones, np.uint64(8))
    return cells & (BOARD ^ occupied)


@njit(cache=True)
def is_over(current: np.uint64, occupied: np.uint64) -> bool:
    """Whether the player who has just moved has won, or the board is full."""
    return bool(is_aligned(current ^ occupied) or occupied == BOARD)


# --- batched kernels ---


@njit(cache=True)
def _step(states: Any, actions: Any, out: Any) -> int:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        action = actions[b]
        if action < 0 or action >= WIDTH or is_over(current, occupied):
            return b
        cell = landing_cell(occupied, action)
        if cell == 0:
            return b
        out[b].current = current ^ occupied
        out[b].occupied = occupied | cell
    return -1


@njit(cache=True)
def _legal_action_mask(states: Any, mask: Any) -> None:
    for b in range(len(states)):
        if not is_over(states[b].current, states[b].occupied):
            for column in range(WIDTH):
                mask[b, column] = landing_cell(states[b].occupied, column) != 0


@njit(cache=True)
def _current_player(states: Any, out: Any) -> None:
    for b in range(len(states)):
        out[b] = popcount(states[b].occupied) & 1


@njit(cache=True)
def _observe(states: Any, planes: Any) -> None:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        other, playable = current ^ occupied, playable_cells(occupied)
        for column in range(WIDTH):
            for row in range(HEIGHT):
                bit = np.uint64(7 * column + row)
                planes[b, 0, HEIGHT - 1 - row, column] = np.float32((current >> bit) & U1)
                planes[b, 1, HEIGHT - 1 - row, column] = np.float32((other >> bit) & U1)
                planes[b, 2, HEIGHT - 1 - row, column] = np.float32((playable >> bit) & U1)


@njit(cache=True)
def _rewards(states: Any, rewards: Any) -> None:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        if is_aligned(current ^ occupied):
            mover = popcount(occupied) & 1  # the loser: the other player has just won
            rewards[b, mover] = -1.0
            rewards[b, 1 - mover] = 1.0


@njit(cache=True)
def _is_terminal(states: Any, out: Any) -> None:
    for b in range(len(states)):
        out[b] = is_over(states[b].current, states[b].occupied)


@njit(cache=True)
def _play_slots(
    states: Any, parents: Any, actions: Any, slots: Any, legal_actions: Any, reward: Any, discount: Any,
    is_terminal: Any, rows: Any, going: Any,
) -> int:  # fmt: skip
    count = 0
    for b in range(len(slots)):
        if slots[b] < 0:
            continue
        before = states[b, parents[b]]
        cell = landing_cell(before.occupied, actions[b]) if 0 <= actions[b] < WIDTH else np.uint64(0)
        if cell == 0 or is_aligned(before.current ^ before.occupied):
            return -1 - b
        current, occupied = before.current ^ before.occupied, before.occupied | cell
        states[b, slots[b]].current, states[b, slots[b]].occupied = current, occupied
        won = is_aligned(current ^ occupied)
        is_terminal[b] = won or occupied == BOARD
        reward[b] = 1.0 if won else 0.0
        discount[b] = 0.0 if is_terminal[b] else -1.0
        playable = np.uint64(0) if is_terminal[b] else playable_cells(occupied)
        for column in range(WIDTH):
            legal_actions[b, column] = column if playable & column_cells(column) else -1
        if not is_terminal[b]:
            rows[count] = b
            going[count].current, going[count].occupied = current, occupied
            count += 1
    return count


@njit(cache=True)
def play_turn(states: Any, action: int, stones: Any, open_actions: Any) -> int:
    """One game's move in place, as games.core.Game says."""
    current, occupied = states[0].current, states[0].occupied
    cell = landing_cell(occupied, action) if 0 <= action < WIDTH else np.uint64(0)
    if cell == 0 or is_aligned(current ^ occupied):
        return ILLEGAL
    row = HEIGHT - 1 - popcount(occupied & column_cells(action))
    stones[row, action, popcount(occupied) & 1] = 1
    open_actions[action] = row > 0
    current, occupied = current ^ occupied, occupied | cell
    states[0].current, states[0].occupied = current, occupied
    if is_aligned(current ^ occupied):
        return WON
    return DRAWN if occupied == BOARD else GOES_ON


@njit(cache=True)
def perft(current: np.uint64, occupied: np.uint64, depth: int) -> int:
    """The number of move paths of that length from a position; finished games have none."""
    if is_over(current, occupied):
        return 0
    playable = playable_cells(occupied)
    if depth == 1:
        return int(popcount(playable))
    paths = 0
    while playable:
        cell = playable & (~playable + U1)
        playable ^= cell
        paths += perft(current ^ occupied, occupied | cell, depth - 1)
    return paths


# --- the rules, as Game describes them ---


def new(n: int) -> States:
    """n empty boards."""
    return np.zeros(n, STATE)


def step(states: States, actions: Actions) -> States:
    """Drop the mover's stone into column `actions[b]` (0 to 6); raises IllegalMove."""
    states = as_states(states, STATE)
    actions = as_actions(actions, len(states))
    out = np.empty(len(states), STATE)
    row = _step(states, actions, out)
    if row >= 0:
        raise IllegalMove(row, int(actions[row]), "the column is full, off the board, or the game is over")
    return out


def legal_action_mask(states: States) -> NDArray[np.bool_]:
    """Columns that are not full, [B, 7]; none once the game is over."""
    mask = np.zeros((len(states), WIDTH), np.bool_)
    _legal_action_mask(as_states(states, STATE), mask)
    return mask


def current_player(states: States) -> NDArray[np.int8]:
    """0 (who began) or 1, [B]."""
    out = np.empty(len(states), np.int8)
    _current_player(as_states(states, STATE), out)
    return out


def observe(states: States) -> NDArray[np.float32]:
    """Three planes for the player to move, top row first, [B, 3, 6, 7]: own stones, the
    opponent's, the cells on which a stone can land."""
    planes = np.empty((len(states), 3, HEIGHT, WIDTH), np.float32)
    _observe(as_states(states, STATE), planes)
    return planes


def rewards(states: States) -> NDArray[np.float32]:
    """+1 for the winner and -1 for the loser of a finished game, else 0: [B, 2]."""
    out = np.zeros((len(states), 2), np.float32)
    _rewards(as_states(states, STATE), out)
    return out


def is_terminal(states: States) -> NDArray[np.bool_]:
    """Whether each game is over, [B]."""
    out = np.empty(len(states), np.bool_)
    _is_terminal(as_states(states, STATE), out)
    return out


def play_slots(states: States, parents: Any, actions: Any, slots: Any, out: SlotsPlayed) -> int:
    """A search's step, as games.core.SlotsPlayed says; raises IllegalMove."""
    count = _play_slots(states, parents, actions, slots, *out)
    if count < 0:
        raise IllegalMove(-1 - count, int(actions[-1 - count]), "the column is full or the game is over")
    return int(count)


def to_text(state: Any) -> str:
    """Six lines of `.XO`, the top row first; X began."""
    current, occupied = int(state["current"]), int(state["occupied"])
    first = current if occupied.bit_count() % 2 == 0 else current ^ occupied
    rows = []
    for row in reversed(range(HEIGHT)):
        bits = [1 << 7 * column + row for column in range(WIDTH)]
        rows.append("".join("." if not occupied & bit else "X" if first & bit else "O" for bit in bits))
    return "\n".join(rows)


def from_text(text: str) -> States:
    """The inverse of to_text, [1]; raises ValueError for anything that is no such board."""
    rows = text.split()
    if len(rows) != HEIGHT or any(len(row) != WIDTH or set(row) - set(".XO") for row in rows):
        raise ValueError(f"a Connect Four board is six lines of seven marks of '.XO', not {text!r}")
    first = second = 0
    for column in range(WIDTH):
        marks = "".join(row[column] for row in reversed(rows))
        if "." in marks.rstrip("."):
            raise ValueError(f"a stone hangs in the air in column {column + 1} of {text!r}")
        first |= sum(1 << 7 * column + row for row, mark in enumerate(marks) if mark == "X")
        second |= sum(1 << 7 * column + row for row, mark in enumerate(marks) if mark == "O")
    lead = first.bit_count() - second.bit_count()
    if lead not in (0, 1):
        raise ValueError(f"X begins and they alternate, so X cannot be {lead} stones ahead of O")
    states = new(1)
    states[0] = (second if lead else first, first | second)
    return states


_MIRROR = np.arange(CELLS).reshape(HEIGHT, WIDTH)[:, ::-1].ravel()

GAME = Game(
    name="connect_four",
    title="Connect Four",
    num_players=2,
    num_actions=WIDTH,
    max_plies=CELLS,
    observation_shape=(3, HEIGHT, WIDTH),
    state_dtype=STATE,
    new=new,
    step=step,
    legal_action_mask=legal_action_mask,
    current_player=current_player,
    observe=observe,
    rewards=rewards,
    is_terminal=is_terminal,
    to_text=to_text,
    from_text=from_text,
    symmetries=(Symmetry("mirror", _MIRROR, np.arange(WIDTH)[::-1].copy()),),
    action_names=tuple("1234567"),
    play_slots=play_slots,
    play_turn=play_turn,
)
