"""Random playouts of Go and UCT: eyes on drawn boards, even draws, results beside OpenSpiel's, trees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from go_boards import (
    assert_drawn,
    board,
    colours_exchanged,
    game_of,
    marked,
    names,
    point,
    turned,
    varied_states,
)
from numba import njit

from agents.go_rollouts import (
    _draw_point,
    _list_empties,
    is_own_eye,
    playout_batch,
    rollout_values,
    uct_visits,
)
from agents.matches import play_match
from agents.names import find_player
from games.core import Game, States
from games.go import GO5, GO7, GO9, go_game, with_komi
from games.go_board import EMPTY, action_of, point_of
from lab.randomness import Keys, fold_in, game_keys, sample_batch


@njit
def _eyes(states: Any, out: Any) -> None:
    """Whether each point of states[0] is an own eye; stones are none."""
    for action in range(len(out)):
        point = point_of(action, states[0].size)
        out[action] = states[0].color[point] == EMPTY and is_own_eye(states[0], point)


@njit
def _draws(states: Any, keys: Any, sane: bool, counts: Any) -> None:
    """How often each action of states[0] is drawn, the pass last, by the list of points that playouts use."""
    points = len(counts) - 1
    empties = np.zeros(points + 1, np.int16)
    count = _list_empties(states[0], empties)
    for key in keys:
        drawn = _draw_point(states[0], empties, count, fold_in(key, 7), sane)
        counts[action_of(empties[drawn], states[0].size) if drawn >= 0 else points] += 1


def keys_of(count: int, block: int = 0) -> Keys:
    return game_keys(37, "go rollouts", block, count)


def eyes(state: States) -> set[int]:
    out = np.zeros(game_of(state).num_actions - 1, np.bool_)
    _eyes(state, out)
    return set(np.flatnonzero(out).tolist())


# --- eyes: an e is one of X's, a point is none ---

EYES = {
    "corner": "eX... XX... ..... ..... .....",
    "corner with an empty diagonal": "eX... X.... ..... ..... .....",
    "corner with a stone at its diagonal": ".X... XO... ..... ..... .....",
    "corner with a gap": ".X... ..... ..... ..... .....",
    "side": ".XeX. .XXX. ..... ..... .....",
    "side with empty diagonals": ".XeX. ..X.. ..... ..... .....",
    "side with a stone at a diagonal": ".X.X. .OX.. ..... ..... .....",
    "middle": "..... .XXX. .XeX. .XXX. .....",
    "middle with one stone at a diagonal": "..... .OX.. .XeX. ..X.. .....",
    "middle with stones at two": "..... .OX.. .X.X. ..XO. .....",
    "middle with an opponent beside": "..... .XOX. .X.X. .XXX. .....",
    "middle with a gap": "..... .X.X. .X.X. .XXX. .....",
    "a space of two": ".XXXX .X..X .XXXX ..... .....",
    "two eyes": "XeXeX XXXXX ..... ..... .....",
    "the opponent's": ".O... OO... ..OOO ..O.O ..OOO",
}


@pytest.mark.parametrize("text", EYES.values(), ids=EYES)
def test_own_eyes(text: str) -> None:
    for seen in turned(text):
        stones = seen.replace("e", ".")
        assert eyes(board(stones)) == marked(seen, "e"), seen
        assert eyes(board(colours_exchanged(stones), "O")) == marked(seen, "e"), "the same for White"


# --- draws ---

KO_AND_SUICIDE = ".XO. XO.O .XO. ..OX"  # Black takes the ko on C3; D1 has one liberty


def after_the_ko() -> States:
    """White to move, who may not take back on B3."""
    return game_of(board(KO_AND_SUICIDE)).step(board(KO_AND_SUICIDE), [point(go_game(4), "C3")])


DRAWN = {
    "a ko": after_the_ko,
    "suicide": lambda: board("XXXXX X.X.X XXXXX OOO.. .O..."),
    "White's two eyes": lambda: board("OOOOO O.O.O OOOOO XXX.. .X...", "O"),
    "eyes alone": lambda: board("X.X.X XXXXX XXXXX XXXXX XXXXX"),
    "an empty board": lambda: go_game(3).new(1),
}


@pytest.mark.parametrize("place", DRAWN.values(), ids=DRAWN)
def test_draws_are_even(place: Any) -> None:
    """Over the legal actions with the pass; sane ones over the legal points but own eyes."""
    state = place()
    legal = game_of(state).legal_action_mask(state)[0]
    for sane in (False, True):
        chances = legal.astype(np.float64)
        if sane:
            chances[[*eyes(state), -1]] = 0.0
            chances[-1] = chances.sum() == 0.0
        counts = np.zeros(len(chances), np.int64)
        _draws(state, keys_of(20_000), sane, counts)
        assert_drawn(counts, chances / chances.sum())


def test_the_drawn_positions_hold_what_they_are_for() -> None:
    """A point that superko forbids, suicide, and eyes."""
    assert "B3" not in names(go_game(4), np.flatnonzero(go_game(4).legal_action_mask(after_the_ko())[0]))
    assert len(eyes(DRAWN["suicide"]())) == len(eyes(DRAWN["White's two eyes"]())) == 2
    assert go_game(5).legal_action_mask(DRAWN["eyes alone"]()).sum() == 3
    suicide = board("OOOOO O.O.O OOOOO XXX.. .X...", "X")
    assert {"B4", "D4"} & names(GO5, np.flatnonzero(GO5.legal_action_mask(suicide)[0])) == set()


# --- whole playouts ---


def random_results(game: Game, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Results for Black and lengths of games of random legal actions, played by the rules move by move."""
    states, lengths, keys = game.new(count), np.zeros(count, np.int64), keys_of(count, block=1)
    for ply in range(game.max_plies):
        live = np.flatnonzero(~game.is_terminal(states))
        if not len(live):
            break
        mask = game.legal_action_mask(states[live]).astype(np.float64)
        states[live] = game.step(states[live], sample_batch(mask, keys[live], ply))
        lengths[live] += 1
    return game.rewards(states)[:, 0], lengths


def assert_same_mean(one: np.ndarray, other: np.ndarray) -> None:
    error = (one.var() / len(one) + other.var() / len(other)) ** 0.5
    assert abs(one.mean() - other.mean()) < 4 * error, (one.mean(), other.mean(), error)


@pytest.mark.parametrize("komi", [0.5, 6.5])
def test_uniform_playouts_are_games_of_random_legal_actions(komi: float) -> None:
    game = go_game(5, komi)
    results, plies = playout_batch(game.new(5_000), keys_of(5_000), sane=False)
    slow, lengths = random_results(game, 1_500)
    assert_same_mean(results.astype(np.float64), slow)
    assert_same_mean(plies.astype(np.float64), lengths)


def openspiel_results(komi: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same by OpenSpiel's rules, moves that repeat a position (a draw there) drawn anew."""
    theirs = pytest.importorskip("pyspiel").load_game(
        "go", {"board_size": 5, "komi": komi, "max_game_length": GO5.max_plies}
    )
    random, results, lengths = np.random.default_rng(1), [], []
    for _ in range(count):
        state = theirs.new_initial_state()
        while not state.is_terminal():
            after = state.child(random.choice(state.legal_actions()))
            if not after.is_terminal() or after.returns() != [0.0, 0.0]:
                state = after
        results.append(state.returns()[0])
        lengths.append(len(state.history()))
    return np.array(results), np.array(lengths)


@pytest.mark.parametrize("komi", [0.5, 6.5])
def test_uniform_playouts_end_as_openspiels(komi: float) -> None:
    results, plies = playout_batch(go_game(5, komi).new(20_000), keys_of(20_000), sane=False)
    theirs, lengths = openspiel_results(komi, 400)
    assert_same_mean(results.astype(np.float64), theirs)
    assert_same_mean(plies.astype(np.float64), lengths)


def test_results_are_for_the_player_to_move() -> None:
    """Whoever wins by the komi alone; a finished game is its result."""
    for sane in (False, True):
        for komi, black in [(-26.5, 1), (26.5, -1)]:
            start = with_komi(GO5.new(40), komi)
            second = GO5.step(start, np.full(40, 12))
            assert set(playout_batch(start, keys_of(40), sane)[0].tolist()) == {black}
            assert set(playout_batch(second, keys_of(40), sane)[0].tolist()) == {-black}
        over = GO5.step(GO5.step(GO5.new(2), np.array([25, 25])), np.array([25, 25]))
        results, plies = playout_batch(over, keys_of(2), sane)
        assert results.tolist() == [-1, -1], "Black, who is to move, has the komi against it"
        assert plies.tolist() == [0, 0]


def test_who_lives_keeps_its_life_in_sane_playouts() -> None:
    """Two eyes are never filled: what lives wins every playout at a komi that its stones pay for."""
    alive = "X.X.X XXXXX ..... OOOOO O.O.O"
    for text, mover in ((alive, "X"), (alive, "O"), (colours_exchanged(alive), "O")):
        black = 1 if text == alive else -1
        state = board(text, mover, komi=0.5 - 10 * black)  # ten points for who has the three rows above
        results, _ = playout_batch(np.repeat(state, 200), keys_of(200))
        assert (results == (black if mover == "X" else -black)).all()
        assert len(set(playout_batch(np.repeat(state, 200), keys_of(200), sane=False)[0].tolist())) == 2


def test_playouts_leave_their_argument_alone() -> None:
    states = varied_states(GO7, 30, 60)
    before = states.tobytes()
    for call in (
        lambda: playout_batch(states, keys_of(30), sane=False),
        lambda: playout_batch(states, keys_of(30)),
        lambda: rollout_values(states, 3),
        lambda: uct_visits(states, keys_of(30), 10),
    ):
        call()
        assert states.tobytes() == before


# --- values ---


def test_a_value_is_a_function_of_position_number_and_seed() -> None:
    states = varied_states(GO5, 40, 25)
    values = rollout_values(states, 6)
    assert np.array_equal(rollout_values(states[::-1], 6), values[::-1])
    assert np.array_equal(rollout_values(states[7:8], 6), values[7:8])
    assert not np.array_equal(rollout_values(states, 6, seed=1), values)
    assert len(np.unique(values)) > 3
    assert set(np.round(values * 6).astype(int)) <= set(range(-6, 7))


def test_a_value_is_the_mean_of_sane_playouts() -> None:
    states = varied_states(GO5, 6, 20)
    for state, value in zip(states, rollout_values(states, 3_000), strict=True):
        results, _ = playout_batch(np.repeat(state[None], 3_000), keys_of(3_000))
        assert value == pytest.approx(results.mean(), abs=4 * (2 / 3_000) ** 0.5)


def test_values_of_no_rollouts_and_of_no_positions() -> None:
    with pytest.raises(ValueError, match="at least 1 rollout, not 0"):
        rollout_values(GO5.new(1), 0)
    assert rollout_values(GO5.new(0), 3).shape == (0,)
    assert [len(part) for part in playout_batch(GO5.new(0), keys_of(0))] == [0, 0]


# --- UCT ---

WHO_TAKES_FIRST = "XXXX. OOOO. XXXX. ..... ....."  # E4 takes four; if it does not, E5 takes four of Black's
WON_BY_PASSING = ".X.OO XX.O. .X.OO XXXO. .XXOO"


def test_visits_add_up() -> None:
    states = varied_states(GO5, 24, 40)
    over = GO5.step(GO5.step(GO5.new(1), [25]), [25])
    states[5] = over[0]
    visits, values = uct_visits(states, keys_of(24), 50)
    mask = GO5.legal_action_mask(states)
    assert visits.sum(axis=1).tolist() == [50 * (row != 5) for row in range(24)]
    assert (visits[~mask] == 0).all()
    assert all((visits[row, list(eyes(states[row : row + 1]))] == 0).all() for row in range(24))
    assert ((values == 0) | (visits > 0)).all()
    assert np.abs(values).max() <= 1.0
    assert (np.abs(values * visits - np.round(values * visits)) < 1e-4).all(), "no draws at this komi"


@pytest.mark.parametrize("komi", [8.5, 16.5])
def test_uct_finds_the_capture_that_wins(komi: float) -> None:
    for text, mover, sign in ((WHO_TAKES_FIRST, "X", 1), (colours_exchanged(WHO_TAKES_FIRST), "O", -1)):
        state = board(text, mover, komi=sign * komi)
        visits, values = uct_visits(np.repeat(state, 5), keys_of(5), 400)
        taking = point(GO5, "E4")
        assert visits.argmax(axis=1).tolist() == [taking] * 5
        assert (values[:, taking] > 0.8).all()
        assert (visits[:, taking] > 250).all()


def test_uct_passes_where_passing_wins() -> None:
    """The opponent has passed and the count is ours, by a point."""
    for text, mover, sign in ((WON_BY_PASSING, "X", 1), (colours_exchanged(WON_BY_PASSING), "O", -1)):
        balance = GO5.score(board(text, mover))[0][0] * sign
        ahead = board(text, mover, komi=sign * (balance - 0.5), passes=1)
        behind = board(text, mover, komi=sign * (balance + 0.5), passes=1)
        visits, values = uct_visits(np.concatenate([ahead, behind]), keys_of(2), 300)
        assert values[:, 25].tolist() == [1.0, -1.0]
        assert visits[0].argmax() == 25
        assert visits[1].argmax() != 25


def test_uct_is_the_same_for_both_colours() -> None:
    """Colours exchanged and the komi with them: the same tree, and values for the player to move."""
    text = "..X.. .XOO. .XO.. ..XO. ....."
    black, white = board(text, "X", komi=2.5), board(colours_exchanged(text), "O", komi=-2.5)
    for one, other in zip(
        uct_visits(black, keys_of(1), 500), uct_visits(white, keys_of(1), 500), strict=True
    ):
        assert np.array_equal(one, other)
    for komi, sign in [(20.5, -1), (-20.5, 1)]:
        visits, values = uct_visits(board(text, "X", komi=komi), keys_of(1), 500)
        assert sign * (visits * values).sum() > 60, "the mean of all results"


def test_a_row_of_uct_knows_nothing_of_the_others() -> None:
    states, keys = varied_states(GO5, 20, 30), keys_of(20)
    visits, values = uct_visits(states, keys, 60)
    order = np.random.default_rng(0).permutation(20)
    again, same = uct_visits(states[order], keys[order], 60)
    assert np.array_equal(again, visits[order])
    assert np.array_equal(same, values[order])
    alone = [uct_visits(states[i : i + 1], keys[i : i + 1], 60)[0][0] for i in range(0, 20, 5)]
    assert np.array_equal(alone, visits[::5])
    assert not np.array_equal(uct_visits(states, keys_of(20, block=3), 60)[0], visits)


def test_no_positions_are_no_visits() -> None:
    assert find_player("mcts-5", GO5).act(GO5.new(0), keys_of(0), np.zeros(0, np.int32)).shape == (0,)


# --- the player ---


@pytest.mark.parametrize("game", [GO5, GO7, GO9], ids=lambda game: game.name)
def test_mcts_by_its_name(game: Game) -> None:
    player, states = find_player("mcts-30", game), varied_states(game, 12, 30)
    assert player.name == "mcts-30"
    plies = np.arange(12, dtype=np.int32)
    moves = player.act(states, keys_of(12), plies)
    assert game.legal_action_mask(states)[np.arange(12), moves].all()
    assert np.array_equal(player.act(states[::-1], keys_of(12)[::-1], plies[::-1]), moves[::-1])


def test_mcts_beats_random_moves() -> None:
    match = play_match(GO5, find_player("mcts-60", GO5), find_player("random", GO5), 10, 2, seed=1)
    assert match.wins >= 18
