"""Go beside published counts, and positions worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from games.core import Game, IllegalMove, States
from games.go import GO5, GO9, GO19, go_game, perft, place, score, why_illegal, with_komi
from games.go_board import is_legal_point, point_of, put_stone

# published; passes, positional superko, suicide illegal
PERFT = {
    2: (5, 21, 68, 156, 316, 604, 1088, 2184),
    3: (10, 91, 738, 5281, 33384, 179712, 842696),
    5: (26, 651, 15650, 361041, 7984104),
    7: (50, 2451, 117698, 5536281),
    9: (82, 6643, 531522, 42002809),
}
QUICK = 10**6  # paths counted in every run of the suite
LEGAL_POSITIONS = {2: 57, 3: 12675, 4: 24318165}  # Tromp; 1x1 (1 position) is not offered, 5x5 has 4e11


def after(game: Game, *names: str) -> States:
    """The state after these moves from the empty board."""
    state = game.new(1)
    for name in names:
        state = game.step(state, np.array([game.action_names.index(name)]))
    return state


def legal(game: Game, state: States) -> set[str]:
    return {game.action_names[action] for action in np.flatnonzero(game.legal_action_mask(state)[0])}


def board(game: Game, state: States) -> str:
    return game.to_text(state[0]).rsplit("\n", 1)[0].replace("\n", " ")


def set_up(text: str, player: int = 0, suicide: bool = False) -> tuple[Game, States]:
    """A board written in one line, its rows apart by spaces."""
    rows = text.split()
    game = go_game(len(rows), suicide=suicide)
    return game, game.from_text("\n".join([*rows, f"{'XO'[player]} to move, komi 0.5, passes 0"]))


def perft_cases(long: bool) -> list[tuple[int, int]]:
    cases = [(size, depth + 1) for size, counts in PERFT.items() for depth in range(len(counts))]
    return [(size, depth) for size, depth in cases if (PERFT[size][depth - 1] > QUICK) is long]


@pytest.mark.parametrize(("size", "depth"), perft_cases(False))
def test_perft(size: int, depth: int) -> None:
    assert perft(go_game(size).new(1), depth) == PERFT[size][depth - 1]


@pytest.mark.long
@pytest.mark.parametrize(("size", "depth"), perft_cases(True))
def test_deep_perft(size: int, depth: int) -> None:
    assert perft(go_game(size).new(1), depth) == PERFT[size][depth - 1]


# --- legal positions: what any order of moves can reach, history apart ---


@njit
def _set_board(state: Any, code: int) -> None:
    """Write a position, whose ternary number is `code`, stone by stone; every part of it is legal too."""
    for action in range(state.size * state.size):
        code, kind = divmod(code, 3)
        if kind:
            state.player = kind - 1
            put_stone(state, point_of(action, state.size))


@njit
def _code(state: Any, powers: Any) -> int:
    code = 0
    for action in range(len(powers)):
        code += powers[action] * int(state.color[point_of(action, state.size)])
    return code


@njit
def _reach(empty: Any, scratch: Any, seen: Any, stack: Any, powers: Any) -> int:
    """Mark every position that the moves of either player reach from the empty board; their number."""
    seen[0], top, count = 1, 1, 0
    while top:
        top -= 1
        code = stack[top]
        count += 1
        scratch[0] = empty[0]
        _set_board(scratch[0], code)
        scratch[0].captures = 0
        for player in range(2):
            scratch[0].player = player
            for action in range(len(powers)):
                if is_legal_point(scratch[0], point_of(action, empty[0].size)):
                    scratch[1] = scratch[0]
                    put_stone(scratch[1], point_of(action, empty[0].size))
                    reached = _code(scratch[1], powers)
                    if not seen[reached]:
                        seen[reached] = 1
                        stack[top] = reached
                        top += 1
    return count


def reachable(size: int) -> int:
    empty = go_game(size).new(1)
    empty["seen"], empty["positions"] = 0, 0  # no history: nothing is a repetition
    seen = np.zeros(3 ** (size * size), np.uint8)
    stack = np.zeros(LEGAL_POSITIONS[size] + 1, np.int64)
    powers = 3 ** np.arange(size * size)
    return int(_reach(empty, np.repeat(empty, 2), seen, stack, powers))


@pytest.mark.parametrize("size", [2, 3])
def test_the_legal_positions_are_those_that_moves_reach(size: int) -> None:
    assert reachable(size) == LEGAL_POSITIONS[size]


@pytest.mark.long
def test_the_legal_positions_of_4x4() -> None:
    assert reachable(4) == LEGAL_POSITIONS[4]


@pytest.mark.parametrize("size", [-1, 0, 1, 20])
def test_boards_that_are_not_offered(size: int) -> None:
    with pytest.raises(ValueError, match="from 2x2 to 19x19"):
        go_game(size)


# --- captures and suicide ---


def play(game: Game, state: States, *names: str) -> States:
    for name in names:
        state = game.step(state, np.array([game.action_names.index(name)]))
    return state


@pytest.mark.parametrize(
    ("before", "move", "then"),
    [
        (".X. XO. ...", "C3", ".XX XO. ..."),  # two liberties, one left
        (".X. XOX ...", "B1", ".X. X.X .X."),  # a stone
        ("OX. OX. ...", "A1", ".X. .X. X.."),  # a chain at the edge
        ("O.O XXX ...", "B3", ".X. XXX ..."),  # two chains at once
        ("OOO O.O OOO", "B2", "... .X. ..."),  # one chain that touches the point on every side
        (".OX OX. X..", "A3", "X.X .X. X.."),  # a stone without liberties that takes two
        ("X.X O.X ...", "B3", "XXX O.X ..."),  # own chains join
    ],
)
def test_captures(before: str, move: str, then: str) -> None:
    game, state = set_up(before)
    assert board(game, play(game, state, move)) == then


@pytest.mark.parametrize(
    ("before", "move"), [(".O. O.. ...", "A3"), ("XO. .O. O..", "A2"), ("XXO .O. O..", "A2")]
)
def test_suicide_is_illegal(before: str, move: str) -> None:
    game, state = set_up(before)
    assert move not in legal(game, state)
    with pytest.raises(IllegalMove, match="suicide"):
        play(game, state, move)


def test_suicide_where_it_is_legal() -> None:
    game, state = set_up(".O. O.. ...", suicide=True)
    assert "A3" not in legal(game, state), "that of one stone repeats the position"
    for before, then in (("XO. .O. O..", ".O. .O. O.."), ("XXO .O. O..", "..O .O. O..")):
        game, state = set_up(before, suicide=True)
        assert board(game, play(game, state, "A2")) == then


def test_suicide_must_not_repeat_either() -> None:
    game, state = set_up(".O. .O. O..", suicide=True)
    state = play(game, state, "A3", "pass")
    assert "A2" not in legal(game, state)
    assert "A2" in legal(game, play(game, state, "C1", "pass")), "another position has come about"


def test_snapback() -> None:
    game, state = set_up("..XO. XXXO. OOO.. ..... .....", player=1)
    state = play(game, state, "B5", "A5")
    assert board(game, state) == "X.XO. XXXO. OOO.. ..... ....."
    assert board(game, play(game, state, "B5")) == ".O.O. ...O. OOO.. ..... ....."


# --- repetition ---

KO = ".XO. XO.O .XO. ...."


def test_ko() -> None:
    game, state = set_up(KO)
    state = play(game, state, "C3")
    assert board(game, state) == ".XO. X.XO .XO. ...."
    assert "B3" not in legal(game, state)
    assert "B3" in legal(game, play(game, state, "A1", "D1")), "stones elsewhere make it another position"
    assert "B3" in legal(game, play(game, state, "pass", "A1"))


def test_passes_lift_no_ban() -> None:
    game, state = set_up(KO)
    state = play(game, state, "C3", "pass")
    state["passes"] = 0  # as if the second pass did not end the game
    assert "B3" not in legal(game, play(game, state, "pass"))


def test_sending_two_and_returning_one_repeats_the_position() -> None:
    """Black's third move would bring the first position back, with White to move."""
    game, state = set_up(".X.X OOX. .... ....")
    state = play(game, state, "A4", "C4")
    assert board(game, state) == "..OX OOX. .... ...."
    assert "B4" not in legal(game, state)
    assert "A4" in legal(game, state)


def test_triple_ko() -> None:
    """Three kos: the sixth capture would bring the first position back."""
    ko = ".XO...... XO.O..... .XO...... ", ".XO...... X.XO..... .XO...... "
    game, state = set_up(ko[0] + ko[1] + ko[0])
    state = play(game, state, "C8", "B5", "C2", "B8", "C5")
    assert "B2" not in legal(game, state)
    assert "B2" in legal(game, play(game, state, "J9", "J1"))


def test_a_set_up_begins_anew() -> None:
    game, state = set_up(KO)
    taken = play(game, state, "C3")
    again = game.from_text(game.to_text(taken[0]))
    assert "B3" in legal(game, again), "the game begins with the board as it was set up"


# --- the end and the count ---


def test_two_passes_end_the_game() -> None:
    game = GO5
    once = after(game, "C3", "pass")
    assert not game.is_terminal(play(game, once, "C4", "pass"))[0], "two in a row"
    over = play(game, once, "pass")
    assert game.is_terminal(over)[0]
    assert not game.legal_action_mask(over).any()
    for action in (0, 25):
        with pytest.raises(IllegalMove, match="the game is over"):
            game.step(over, np.array([action]))


@pytest.mark.parametrize(("komi", "reward"), [(24.5, 1.0), (25.0, 0.0), (25.5, -1.0), (-3.0, 1.0)])
def test_komi(komi: float, reward: float) -> None:
    over = with_komi(after(GO5, "C3", "pass", "pass"), komi)
    assert GO5.rewards(over)[0].tolist() == [reward, -reward]
    assert go_game(5, komi).rewards(after(go_game(5, komi), "C3", "pass", "pass"))[0, 0] == reward


def test_the_count_by_hand() -> None:
    rows = ".X.O. XX.OO ....O OOOO. .O..."  # both reach the empty points in the middle
    balance, owner = score(set_up(rows)[1])
    expected = "XX.OO XX.OO ....O OOOOO OOOOO"
    marks = "".join(".XO"[int(sign)] for sign in owner[0])  # -1 is the last
    assert marks == expected.replace(" ", "")
    assert balance[0] == expected.count("X") - expected.count("O")


@pytest.mark.parametrize(
    ("rows", "mover", "move", "why"),
    [
        ("... .X. ...", 0, "B2", "taken"),
        (".X. X.. ...", 1, "A3", "suicide"),
    ],
)
def test_why_a_move_is_illegal(rows: str, mover: int, move: str, why: str) -> None:
    game, state = set_up(rows, mover)
    action = game.action_names.index(move)
    assert not game.legal_action_mask(state)[0, action]
    assert why_illegal(state, action) == why
    over = after(game, "pass", "pass")
    assert why_illegal(over, 0) == why_illegal(over, game.pass_action) == "over"


def test_a_ko_is_a_repetition() -> None:
    state = after(GO5, "B3", "D4", "C4", "E3", "C2", "D2", "D3", "C3")
    action = GO5.action_names.index("D3")
    assert not GO5.legal_action_mask(state)[0, action]
    assert why_illegal(state, action) == "repetition"


def test_no_positions_have_no_count() -> None:
    assert GO5.score is not None
    balance, owner = GO5.score(GO5.new(0))
    assert (balance.shape, owner.shape) == ((0,), (0, 25))


def test_the_move_limit() -> None:
    state = after(GO5, "C3")
    state["ply"] = GO5.max_plies - 1
    assert not GO5.is_terminal(state)[0]
    over = GO5.step(state, np.array([0]))
    assert GO5.is_terminal(over)[0]
    assert GO5.rewards(over)[0].tolist() == [-1.0, 1.0], "one stone each, and the komi is White's"
    assert not GO5.legal_action_mask(over).any()


# --- set-ups and text ---


def test_handicap() -> None:
    state = place(GO9.new(1), [20, 60], [], player=1)
    assert GO9.current_player(state)[0] == 1
    assert state["ply"][0] == 0
    assert np.flatnonzero(GO9.observe(state)[0, 1].ravel()).tolist() == [20, 60]
    assert GO9.legal_action_mask(state).sum() == 80


@pytest.mark.parametrize(
    ("black", "white", "message"),
    [
        ([3, 3], [], r"D9: taken"),
        ([81], [], "action 81: taken, or off the board"),
        ([-1], [], "action -1"),
        ([1, 9], [0], "A9 takes others off"),
        ([0], [1, 9], "A8 takes others off"),
    ],
)
def test_set_ups_that_no_board_holds(black: list[int], white: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        place(GO9.new(1), black, white, player=0)


def test_text_by_hand() -> None:
    state = with_komi(after(go_game(3), "A3", "B2", "pass"), 6.5)
    text = "X..\n.O.\n...\nO to move, komi 6.5, passes 1"
    assert go_game(3).to_text(state[0]) == text
    assert go_game(3).to_text(go_game(3).from_text(text)[0]) == text
    assert GO19.action_names[:9] == ("A19", "B19", "C19", "D19", "E19", "F19", "G19", "H19", "J19")


@pytest.mark.parametrize(
    "text",
    [
        "X..\n...",
        "X..\n...\n..",
        "X..\n.Y.\n...",
        "X..\n...\n...\nZ to move, komi 6.5, passes 1",
        "X..\n...\n...\nX to move, komi 6.5, passes 3",
        "X..\n...\n...\nX to move, komi 1.2.3, passes 0",
        "OX.\nX..\n...",
    ],
)
def test_text_that_is_no_position(text: str) -> None:
    with pytest.raises(ValueError, match=r"board|takes"):
        go_game(3).from_text(text)


def test_a_board_of_another_size_is_refused() -> None:
    with pytest.raises(TypeError, match="a 9x9 board handed to 5x5 Go"):
        GO5.legal_action_mask(GO9.new(1))
