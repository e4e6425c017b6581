"""Go on boards from 2x2 to 19x19: area scoring, positional superko inside the legal mask.

    9 . . . . . . . . .      actions 0 to N * N - 1 are points, row by row from the top left: A9, B9, ...
    8 . . . . . . . . .      (no column is called I); N * N is the pass
    7 . . + . . . + . .
    6 . . . . . . . . .      The rules are Tromp and Taylor's: area counted, every stone alive that is
    5 . . . . + . . . .      there at the end, no repetition of any earlier position. Suicide is illegal
    4 . . . . . . . . .      unless asked for. Two passes end the game, and so does a limit of 3 * N * N
    3 . . + . . . + . .      moves: the board is then counted as it stands.
    2 . . . . . . . . .
    1 . . . . . . . . .      Komi is part of the state, so that an agent can learn it as an input.
      A B C D E F G H J

`go_game(size)` makes the rules of one size; go5, go7, go9, go13 and go19 are registered.
"""

from __future__ import annotations

import functools
import math
import re
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.core import (
    POINTS,
    Actions,
    Game,
    IllegalMove,
    SlotsPlayed,
    States,
    Symmetry,
    as_actions,
    as_states,
)
from games.go_board import (
    EMPTY,
    LARGE,
    LIMIT,
    NO_MOVE,
    SMALL,
    STATE_LARGE,
    STATE_SMALL,
    WALL,
    point_of,
    put_stone,
    remember,
)
from games.go_kernels import (
    mask_batch,
    observe_batch,
    other_size,
    perft_root,
    play_slots_batch,
    play_through_batch,
    play_turn,
    rewards_batch,
    score_batch,
    step_batch,
    terminal_batch,
)

COLUMNS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
KOMI = {5: 24.5, 7: 8.5}  # half a point below the fair one, where that is known
USUAL_KOMI = 7.5
PLANES = 12
WRONG_SIZE = -1_000_000


# --- the rules, as Game describes them ---


def _dtype(size: int) -> np.dtype[Any]:
    return STATE_SMALL if size <= SMALL else STATE_LARGE


@functools.cache
def _empty_board(size: int, komi: float, suicide: bool) -> States:
    board = np.zeros(1, _dtype(size))
    points = (size + 2) * (size + 1) + 1
    board["color"][0, :points] = WALL
    for action in range(size * size):
        board["color"][0, point_of(action, size)] = EMPTY
    board["size"], board["komi"], board["suicide"] = size, komi, suicide
    board["last"] = board["before_last"] = NO_MOVE
    board["seen"][0, 0], board["positions"] = 1, 1  # the empty board, whose key is 0
    return board


def _check_size(states: States, size: int) -> States:
    states = as_states(states, _dtype(size))
    found = other_size(states, size)
    if found != size:
        raise TypeError(f"a state of a {found}x{found} board handed to {size}x{size} Go")
    return states


def new(n: int, size: int, komi: float, suicide: bool) -> States:
    """n empty boards."""
    return np.repeat(_empty_board(size, komi, suicide), n)


def step(states: States, actions: Actions, size: int) -> States:
    """Put the mover's stone on point `actions[b]`, or pass (N * N); raises IllegalMove."""
    out = _check_size(states, size).copy()
    actions = as_actions(actions, len(out))
    row = step_batch(out, actions)
    if row >= 0:
        raise IllegalMove(
            row,
            int(actions[row]),
            "taken, off the board, suicide or a repetition, or the game is over",
        )
    return out


def legal_action_mask(states: States, size: int) -> NDArray[np.bool_]:
    """Points that may be played and the pass, [B, N * N + 1]; none once the game is over."""
    mask = np.empty((len(states), size * size + 1), np.bool_)
    mask_batch(_check_size(states, size), mask)
    return mask


def current_player(states: States, size: int) -> NDArray[np.int8]:
    """0 (Black, who begins) or 1 (White), [B]."""
    return _check_size(states, size)["player"].astype(np.int8)


def observe(states: States, size: int) -> NDArray[np.float32]:
    """Twelve planes for the player to move, [B, 12, N, N], the top row first.

    0, 1 own stones, the opponent's; 2, 3 those of them whose chain has one liberty; 4, 5 two; 6 points
    where a stone is legal; 7, 8 the last move and the one before (all of 7 after a pass); 9 ones, for
    the board's edge; 10 komi, 11 the count as it stands, both for the mover and divided by N.
    """
    planes = np.empty((len(states), PLANES, size * size), np.float32)
    observe_batch(_check_size(states, size), planes)
    return planes.reshape(-1, PLANES, size, size)


def rewards(states: States, size: int) -> NDArray[np.float32]:
    """+1 for the winner and -1 for the loser of a finished game, else 0: [B, 2]."""
    out = np.zeros((len(states), 2), np.float32)
    rewards_batch(_check_size(states, size), out, np.zeros(size * size, np.int8))
    return out


def is_terminal(states: States, size: int) -> NDArray[np.bool_]:
    """Whether each game is over, [B]."""
    out = np.empty(len(states), np.bool_)
    terminal_batch(_check_size(states, size), out)
    return out


def why_illegal(state: States, action: int) -> str:
    """Why a move, a point or the pass, is illegal in a position [1]: "over", "taken", "repetition" (only the
    game's earlier positions forbid it) or "suicide"."""
    size = int(state["size"][0])
    if is_terminal(state, size)[0]:
        return "over"
    if state["color"][0, point_of(action, size)] != EMPTY:
        return "taken"
    forgetful = state.copy()
    forgetful["positions"], forgetful["seen"] = 0, 0
    return "repetition" if legal_action_mask(forgetful, size)[0, action] else "suicide"


def play_slots(states: States, parents: Any, actions: Any, slots: Any, out: SlotsPlayed) -> int:
    """A search's step, as games.core.SlotsPlayed says; raises IllegalMove."""
    count = play_slots_batch(states, parents, actions, slots, *out)
    if count < 0:
        raise IllegalMove(-1 - count, int(actions[-1 - count]), "the rules forbid it or the game is over")
    return int(count)


def play_through(states: States, actions: Any, lengths: Any, size: int) -> tuple[States, NDArray[np.int32]]:
    """Many games at once, each up to its length or its first illegal move, as games.core.Game says."""
    out = _check_size(states, size).copy()
    moves = np.require(actions, np.int32, ["C", "W"])
    lengths = as_actions(lengths, len(out))
    if (
        moves.ndim != 2
        or len(moves) != len(out)
        or (lengths < 0).any()
        or lengths.max(initial=0) > moves.shape[1]
    ):
        raise ValueError(f"{len(out)} games need moves [{len(out)}, T] and lengths of at most T")
    played = np.zeros(len(out), np.int32)
    play_through_batch(out, moves, lengths, played)
    return out, played


def score(states: States, size: int | None = None) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Tromp and Taylor's count of positions as they stand, komi apart.

    Returns (Black's points minus White's [B], owner [B, N * N]: +1 Black's point, -1 White's, 0 nobody's).
    All boards of one size, which is theirs where it is not given: then there is at least one.
    """
    size = int(states["size"][0]) if size is None else size
    balance = np.zeros(len(states), np.int32)
    owners = np.zeros((len(states), size * size), np.int8)
    score_batch(_check_size(states, size), balance, owners)
    return balance, owners


def with_komi(states: States, komi: Any) -> States:
    """The same positions with another komi, one for all or [B]."""
    out = states.copy()
    out["komi"] = komi
    return out


def perft(state: States, depth: int) -> int:
    """The number of move paths of that length from a position [1], passes among them; finished games
    have none."""
    return int(perft_root(as_states(state, state.dtype), np.repeat(state, depth + 1), depth))


def vary(states: States, uniform: NDArray[np.float64], size: int, komi: float) -> States:
    """The positions with a komi drawn for each: the usual one in half of the games, in the others one the
    rarer the farther off, and few that decide a game beforehand. So either side wins a beginner's
    self-play, and the komi that a network reads has mattered."""
    points = size * size
    apart = np.where(uniform < 0.5, 0.0, 4.0 * uniform - 3.0)  # [-1, 1) in half of the games, [B]
    away = np.round(apart**3 * (points + abs(komi)))
    # beyond that one side had won beforehand: some of those games show it, the others lie on the other side
    away = np.where((np.abs(komi + away) <= points + 0.5) | (apart > 0.8), away, -away)
    return with_komi(states, np.clip(komi + away, -points - 0.5, points + 0.5).astype(np.float32))


def place(state: States, black: Any, white: Any, player: int) -> States:
    """The board [1] with these stones added (actions) and `player` to move: handicap, or a set-up.

    What lay there before may come back: the game begins with this position. Raises ValueError where a
    point is taken or off the board, or a chain has no liberty.
    """
    out, size = state.copy(), int(state["size"][0])
    for color, actions in ((0, black), (1, white)):
        out["player"] = color
        for action in actions:
            if not 0 <= action < size * size or out["color"][0, point_of(action, size)] != EMPTY:
                raise ValueError(f"no stone can be set on {_name(action, size)}: taken, or off the board")
            if _put(out, point_of(action, size)):
                raise ValueError(f"a stone on {_name(action, size)} takes others off, which no set-up may")
    out["player"], out["captures"], out["ply"], out["passes"] = player, 0, 0, 0
    out["last"] = out["before_last"] = NO_MOVE
    out["seen"], out["history"], out["positions"] = 0, 0, 0
    _remember(out)
    return out


@njit(cache=True)
def _put(states: Any, point: int) -> int:
    before = states[0].captures
    put_stone(states[0], point)
    return int(states[0].captures - before)


@njit(cache=True)
def _remember(states: Any) -> None:
    remember(states[0])


# --- text ---


def action_names(size: int) -> tuple[str, ...]:
    """How people write each action, [N * N + 1]: A9, B9, ..., J1, pass."""
    points = [f"{COLUMNS[c]}{size - r}" for r in range(size) for c in range(size)]
    return (*points, "pass")


def _name(action: int, size: int) -> str:
    return action_names(size)[action] if 0 <= action < size * size else f"action {action}"


def to_text(state: Any) -> str:
    """The board as lines of `.XO`, X being Black, then a line such as `X to move, komi 7.5, passes 0`."""
    size = int(state["size"])
    marks = [".XO"[state["color"][point_of(action, size)]] for action in range(size * size)]
    rows = ["".join(marks[row * size : (row + 1) * size]) for row in range(size)]
    mover = "XO"[int(state["player"])]
    return "\n".join([*rows, f"{mover} to move, komi {state['komi']:g}, passes {state['passes']}"])


def from_text(text: str, size: int, komi: float, suicide: bool) -> States:
    """The inverse of to_text, [1], without the game that led there; raises ValueError.

    The last line may be left out: then X moves, at the usual komi.
    """
    rows = [line.strip() for line in text.strip().split("\n") if line.strip()]
    board, tail = rows[:size], rows[size:]
    if len(board) != size or len(tail) > 1 or any(len(row) != size or set(row) - set(".XO") for row in board):
        raise ValueError(f"a board is {size} lines of {size} marks of '.XO', not {text[:200]!r}")
    mover, passes = 0, 0
    if tail:
        mover, komi, passes = _read_tail(tail[0])
    marks = "".join(board)
    black, white = ([action for action, mark in enumerate(marks) if mark == color] for color in "XO")
    state = place(new(1, size, komi, suicide), black, white, mover)
    state["passes"] = passes
    return state


def _read_tail(line: str) -> tuple[int, float, int]:
    match = re.fullmatch(r"([XO]) to move, komi (-?[0-9.]{1,8}(?:e[+-]?[0-9]{1,2})?), passes ([0-2])", line)
    if not match:
        raise ValueError(f"the line below a board is 'X to move, komi 7.5, passes 0', not {line[:80]!r}")
    try:
        komi = float(match[2])
    except ValueError:
        raise ValueError(f"the komi below a board is a number such as 7.5, not {match[2]!r}") from None
    return "XO".index(match[1]), komi, int(match[3])


def _symmetries(size: int) -> tuple[Symmetry, ...]:
    grid = np.arange(size * size).reshape(size, size)
    images = {f"turn {90 * k}": np.rot90(grid, k) for k in (1, 2, 3)}
    images |= {f"mirror, turn {90 * k}": np.rot90(grid[:, ::-1], k) for k in range(4)}
    stay = np.array([size * size])
    return tuple(
        Symmetry(name, image.ravel(), np.concatenate([image.ravel(), stay])) for name, image in images.items()
    )


@functools.cache
def go_game(size: int, komi: float | None = None, suicide: bool = False) -> Game:
    """The rules of Go on one board size, from 2 to 19; raises ValueError for another, and for a komi that is
    no finite number."""
    if not 2 <= size <= LARGE:
        raise ValueError(f"Go is played here on boards from 2x2 to {LARGE}x{LARGE}, not {size}x{size}")
    komi = KOMI.get(size, USUAL_KOMI) if komi is None else komi
    if not math.isfinite(komi):
        raise ValueError(f"komi is a finite number of points, not {komi}")
    rule = functools.partial
    return Game(
        name=f"go{size}",
        title=f"Go {size}x{size}",
        num_players=2,
        num_actions=size * size + 1,
        max_plies=LIMIT * size * size,
        observation_shape=(PLANES, size, size),
        state_dtype=_dtype(size),
        new=rule(new, size=size, komi=komi, suicide=suicide),
        step=rule(step, size=size),
        legal_action_mask=rule(legal_action_mask, size=size),
        current_player=rule(current_player, size=size),
        observe=rule(observe, size=size),
        rewards=rule(rewards, size=size),
        is_terminal=rule(is_terminal, size=size),
        to_text=to_text,
        from_text=rule(from_text, size=size, komi=komi, suicide=suicide),
        symmetries=_symmetries(size),
        action_names=action_names(size),
        play_slots=play_slots,
        play_turn=play_turn,
        board=POINTS,
        score=rule(score, size=size),
        with_komi=with_komi,
        vary=rule(vary, size=size, komi=komi),
        play_through=rule(play_through, size=size),
    )


def is_go(game: Game) -> bool:
    """Whether these are the rules of Go, on whatever board."""
    return game.state_dtype in (STATE_SMALL, STATE_LARGE)


GO5, GO7, GO9, GO13, GO19 = (go_game(size) for size in (5, 7, 9, 13, 19))
