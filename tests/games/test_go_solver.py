"""The solver of small Go beside published values, and beside a search that keeps nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from games.core import Game, States
from games.go import GO5, GO7, go_game, with_komi
from games.go_board import area, is_legal, play
from games.go_life import MOST_CHAINS, alive, full_board, land
from games.go_solver import ILLEGAL, UNSOLVED, Solver, Unsolvable, taken_points


@pytest.fixture(scope="module")
def solver() -> Solver:
    return Solver(table_bits=16)


def random_games(game: Game, count: int, seed: int) -> list[States]:
    """Unfinished positions of random games, each with all positions before it, [T + 1]."""
    random, games = np.random.default_rng(seed), []
    while len(games) < count:
        states = [game.new(1)]
        for _ in range(random.integers(1, 3 * game.num_actions)):
            mask = game.legal_action_mask(states[-1])[0].astype(float)
            mask[-1] *= 0.3
            action = random.choice(game.num_actions, p=mask / mask.sum())
            states.append(game.step(states[-1], np.array([action])))
            if game.is_terminal(states[-1])[0]:
                break
        else:
            games.append(np.concatenate(states))
    return games


@njit
def _plain(scratch: Any, owner: Any, depth: int, margin: int, budget: Any) -> int:
    """Whether Black gets the margin, 1 or -1, by the rules alone and without a table; 0 if given up."""
    state = scratch[depth]
    budget[0] -= 1
    if budget[0] < 0 or depth + 2 > len(scratch):
        return 0
    if state.passes == 2:
        return 1 if area(state, owner) >= margin else -1
    sign, points, state.ply = 1 - 2 * state.player, state.size * state.size, 0  # there is no move limit
    for first in (True, False):  # captures first, the end of the game among them
        for action in range(points, -1, -1):
            if not is_legal(state, action):
                continue
            after = scratch[depth + 1]
            scratch[depth + 1] = state
            play(after, action)
            if first != (after.captures > state.captures or after.passes == 2):
                continue
            answer = _plain(scratch, owner, depth + 1, margin, budget)
            if answer == 0:
                return 0
            if answer == sign:
                return sign
    return -sign


def plain(state: States, margin: int, nodes: int) -> bool | None:
    """Whether Black gets the margin; None where the plain search took too long."""
    scratch = np.repeat(state, 200)
    found = _plain(scratch, np.zeros(int(state["size"][0]) ** 2, np.int8), 0, margin, np.array([nodes]))
    return None if found == 0 else found == 1


# --- published values ---


def test_2x2(solver: Solver) -> None:
    assert solver.action_margins(go_game(2).new(1)).tolist() == [[1, 1, 1, 1, -1]]


def test_3x3(solver: Solver) -> None:
    margins = solver.action_margins(go_game(3).new(1))[0]
    assert margins.tolist() == [-9, 3, -9, 3, 9, 3, -9, 3, -9, -9]


@pytest.mark.long
def test_4x4() -> None:
    """Black wins by two: two minutes."""
    solver, empty = Solver(table_bits=23, nodes=10**9), go_game(4).new(1)
    assert solver.decide(empty, 2) is True
    assert solver.decide(empty, 3) is False


# --- worked by hand ---


def set_up(text: str, player: int = 0, komi: float = 0.5) -> States:
    """A board written in one line, its rows apart by spaces."""
    rows = text.split()
    game = go_game(len(rows))
    return game.from_text("\n".join([*rows, f"{'XO'[player]} to move, komi {komi:g}, passes 0"]))


def names(size: int, marks: np.ndarray, score: int) -> set[str]:
    return {go_game(size).action_names[action] for action in np.flatnonzero(marks == score)}


LIVING = ".X... XXOOO X.XO. XXXOO .XO.."  # Black holds the left, White has two eyes on the right


def test_life_by_hand() -> None:
    black, white = bits(LIVING, "X"), bits(LIVING, "O")
    board = full_board(5)
    assert alive(black, white, board, 6, new_scratch()) == black
    assert alive(white, black, board, 6, new_scratch()) == 0, "White's second eye is not finished"
    finished = LIVING.replace(".XO..", ".XOO.")
    assert alive(bits(finished, "O"), bits(finished, "X"), board, 6, new_scratch()) == bits(finished, "O")


def new_scratch() -> Any:
    return np.zeros((2, MOST_CHAINS), np.int64)


def bits(text: str, mark: str) -> int:
    return sum(1 << 6 * r + c for r, row in enumerate(text.split()) for c, at in enumerate(row) if at == mark)


def test_land_by_hand() -> None:
    """Black's two eyes and the three points of the corner, where a stone of White's would be taken."""
    text = ".X... XX... X.X.. XXX.. ....."
    out = np.zeros(4, np.int64)
    land(bits(text, "X"), bits(text, "X"), 0, full_board(5), 6, out)
    assert out[0] == bits(text, "X") | 1 | 1 << 13, "stones and eyes"
    assert out[1:].tolist() == [0, 0, 0], "the large rest is nobody's yet"
    corner = "..XX. XXX.X X.XXX XXXXX XXXX."
    land(bits(corner, "X"), bits(corner, "X"), 0, full_board(5), 6, out)
    assert out[1] == 3, "two empty points are held, though White may play there"
    assert out[2] == 0
    land(bits(corner, "X"), bits(corner, "X"), 1, full_board(5), 6, out)
    assert out[1:3].tolist() == [0, 3], "a stone of White's there has to be taken yet"


def test_a_choice_by_hand(solver: Solver) -> None:
    """Whoever plays B5 splits the eye space: Black lives by it, or loses everything."""
    state = set_up("...XO XXXXO OOOOO .OO.O O.OO.")
    best, marks = solver.best_moves(state)
    assert names(5, marks, 1) == {"B5"}
    assert best == 8 - 17
    assert solver.action_margins(state)[0, 25] == -25
    values = solver.action_values(with_komi(state, -9.5))[0]
    assert names(5, values, 1) == {"B5"}
    assert solver.action_values(with_komi(state, -9.0))[0, 1] == 0, "at the margin itself it is a draw"


def test_what_is_not_solved(solver: Solver) -> None:
    for state, message in (
        (GO7.new(1), "boards up to 5x5"),
        (go_game(3, suicide=True).new(1), "suicide"),
    ):
        with pytest.raises(Unsolvable, match=message):
            solver.action_margins(state)
    over = GO5.step(GO5.step(GO5.new(1), np.array([25])), np.array([25]))
    with pytest.raises(Unsolvable, match="over"):
        solver.action_margins(over)
    assert solver.action_margins(GO5.new(0)).shape[0] == 0


def test_giving_up() -> None:
    hasty = Solver(table_bits=10, nodes=50)
    assert hasty.decide(GO5.new(1), 25) is None
    assert (hasty.action_margins(GO5.new(1)) == UNSOLVED).all()
    best, marks = hasty.best_moves(GO5.new(1))
    assert best == UNSOLVED
    assert (marks == ILLEGAL).all()
    with pytest.raises(ValueError, match="table"):
        Solver(table_bits=40)


def test_margins_of_symmetric_positions_are_symmetric(solver: Solver) -> None:
    game = go_game(3)
    for states in random_games(game, 8, 5):
        margins = solver.action_margins(states[-1:], taken_points(states))[0]
        for symmetry in game.symmetries:
            image = mirrored(game, states, symmetry)
            assert np.array_equal(solver.action_margins(image)[0], margins[symmetry.actions])


def mirrored(game: Game, states: States, symmetry: Any) -> States:
    """The game replayed in the symmetry; its last position."""
    moves, image = np.argsort(symmetry.actions), game.new(1)
    for after in states[1:]:
        image = game.step(image, moves[int(after["last"])][None])
    return image


# --- beside a search that keeps nothing ---


def compare(
    solver: Solver, size: int, count: int, seed: int, nodes: int, closed: bool = False
) -> tuple[int, int]:
    """Questions about positions of random games that the plain search could answer, and those answered
    after captures; both must agree. `closed`: late positions with few empty points only."""
    game, random = go_game(size), np.random.default_rng(seed)
    answered = after_captures = 0
    for states in random_games(game, count, seed):
        state = states[-1:]
        if closed and (state["color"][0][: (size + 2) * (size + 1) + 1] == 0).sum() > size:
            continue
        asked = int(random.integers(1 - size * size, size * size + 1))
        expected = plain(state, asked, nodes)
        if expected is None:
            continue
        for taken in (None, taken_points(states)):
            assert solver.decide(state, asked, taken) is expected, (game.to_text(state[0]), asked)
        answered += 1
        after_captures += bool(state["captures"][0])
    return answered, after_captures


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_the_solver_agrees_with_a_plain_search(solver: Solver, size: int) -> None:
    answered, after_captures = compare(solver, size, 300, size, 50_000)
    assert answered > 20
    assert after_captures > 5


@pytest.mark.long
@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_the_solver_agrees_with_a_long_plain_search(size: int) -> None:
    answered, after_captures = compare(Solver(table_bits=20), size, 3000, 100 + size, 10**7)
    print(f"{size}x{size}: {answered} answers alike, {after_captures} of them after captures")
