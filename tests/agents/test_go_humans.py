"""The humans of Go: exact distributions against an independent oracle, symmetry, what each sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from go_boards import assert_drawn, board, colours_exchanged, names, point, turned, varied_states
from go_oracle import Oracle

from agents import go_procedure as knowledge
from agents.baselines import random_player
from agents.games_file import positions_of
from agents.go_procedure import GoHabit, GoHuman, human_moves, human_policy
from agents.go_scripted import (
    DEFAULT_GO_HUMAN,
    GO_CROWDS,
    GO_HUMANS,
    SLIP_PRONE_GO_HUMAN,
)
from agents.matches import play_match, play_pairs
from agents.names import find_player
from agents.player import UnknownPlayer
from agents.procedure import sharpen
from agents.scripted import crowd_members, demonstrate, describe, games_alone, human_names, human_player
from agents.slips import Slip
from games import connect_four, tic_tac_toe
from games.core import Game, States
from games.go import GO5, GO7, GO9, GO13
from lab.randomness import game_keys

VERSIONS = ("recorded", "best", "careful")
PLAYERS = human_names(GO5)
CLUB = GO_CROWDS["go-club"]


def moves_of(name: str, states: States) -> dict[str, float]:
    """With what chance a human plays each action, by name, the impossible left out."""
    chances = human_player(name).policy(states)[0]
    size = int(states["size"][0])
    actions = {5: GO5, 7: GO7, 9: GO9}[size].action_names
    return {actions[action]: float(chances[action]) for action in np.flatnonzero(chances)}


def positions(game: Game, count: int) -> States:
    """Unfinished positions: of the crowd's games, of random moves, and some of both after a pass."""
    crowd = positions_of(demonstrate("go-club", 12, seed=5, game=game), game)[0]
    wild = varied_states(game, count // 2, 3 * game.num_actions // 2)
    states = np.concatenate([crowd[:: len(crowd) // (count - len(wild))], wild])
    states[::4] = passed(game, states[::4])
    return states


def passed(game: Game, states: States) -> States:
    """The positions after a pass, but where that ends the game."""
    after = game.step(states, np.full(len(states), game.num_actions - 1))
    return np.where(game.is_terminal(after), states, after)


EVERY_FACTOR = replace(
    GO_HUMANS["tactician"],
    name="every factor",
    habit=GoHabit((0.3, 1.1, 1.7), touching=1.3, facing=1.9, atari=2.3, near=2.9, open=3.1),
)
BRUTE = [
    *GO_HUMANS.values(),
    EVERY_FACTOR,
    replace(EVERY_FACTOR, knows=EVERY_FACTOR.knows & ~knowledge.LADDER),
]


@pytest.mark.parametrize(("game", "count"), [(GO5, 120), (GO7, 40)], ids=["go5", "go7"])
def test_policy_equals_the_oracle(game: Game, count: int) -> None:
    states = positions(game, count)
    oracles = [Oracle(game, states[i : i + 1]) for i in range(len(states))]
    for human in BRUTE:
        expected = np.array([oracle.policy(human) for oracle in oracles])
        np.testing.assert_allclose(human_policy(states, human), expected, atol=1e-12)


def test_the_compared_positions_hold_every_case() -> None:
    """Something to take, to rescue with and without a ladder, own land, a pass to answer, nothing left."""
    states = positions(GO5, 120)
    oracles = [Oracle(GO5, states[i : i + 1]) for i in range(len(states))]
    assert sum(any(o.taken.values()) for o in oracles) > 20
    running = [[c for c in o.points if o.rescues(c) and not o.taken[c]] for o in oracles]
    assert sum(any(o.liberties[c] < 3 for c in cells) for o, cells in zip(oracles, running, strict=True)) > 5
    assert sum(any(o.liberties[c] > 2 for c in cells) for o, cells in zip(oracles, running, strict=True)) > 5
    assert sum(bool(o.land & set(o.points)) for o in oracles) > 20
    assert sum(o.passed and o.ahead for o in oracles) > 2
    assert sum(not o.quiet(knowledge.OWN_LAND) for o in oracles) > 2


# --- distributions and draws ---


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", PLAYERS)
def test_rows_sum_to_one_and_only_legal_moves(name: str, version: str) -> None:
    for game, count in ((GO5, 100), (GO9, 24)):
        states = positions(game, count)
        policy = human_player(f"{name}.{version}").policy(states)
        np.testing.assert_allclose(policy.sum(axis=1), 1.0, atol=1e-12)
        assert (policy >= 0).all()
        assert (policy[~game.legal_action_mask(states)] == 0.0).all()


def test_finished_games_have_no_move() -> None:
    over = GO5.step(GO5.step(GO5.new(1), [25]), [25])
    for version in VERSIONS:
        assert not human_player(f"tactician.{version}").policy(over).any()
    assert human_policy(GO5.new(0), CLUB.members[0]).shape[0] == 0


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", PLAYERS)
def test_draws_follow_the_policy(name: str, version: str) -> None:
    player, draws = human_player(f"{name}.{version}"), 3_000
    states = positions(GO5, 60)[::10]
    for row, exact in enumerate(player.policy(states)):
        drawn = player.act(
            np.repeat(states[row : row + 1], draws), game_keys(11, "draws", row, draws), np.full(draws, row)
        )
        assert_drawn(np.bincount(drawn, minlength=26), exact)


@pytest.mark.parametrize("name", PLAYERS)
def test_best_and_careful(name: str) -> None:
    states = positions(GO5, 100)
    recorded, best = human_player(name).policy(states), human_player(f"{name}.best").policy(states)
    assert np.array_equal(best, sharpen(recorded))
    top = recorded.max(axis=1, keepdims=True)
    assert ((best > 0) == (recorded > top * (1 - 1e-9))).all()
    members = CLUB.members if name in GO_CROWDS else (GO_HUMANS[name],)
    careful = np.mean([human_policy(states, human.careful) for human in members], axis=0)
    assert np.allclose(human_player(f"{name}.careful").policy(states), careful, atol=1e-15)
    assert all(human.careful.slips == () for human in members)
    assert all(len(human.careful.states_of_mind[0]) == 1 for human in members)


def test_no_row_depends_on_its_mates() -> None:
    states = positions(GO5, 100)
    keys, plies = game_keys(5, "mates", 0, len(states)), np.arange(len(states), dtype=np.int32)
    order = np.random.default_rng(0).permutation(len(states))
    for name in ("tactician", "capturer.best", "go-club"):
        player = human_player(name)
        together = player.act(states, keys, plies)
        assert (player.act(states[order], keys[order], plies[order]) == together[order]).all()
        assert not np.array_equal(player.act(states, keys, plies + 1), together)


def test_more_games_only_add_to_fewer() -> None:
    many = demonstrate("go-club", 20, seed=9, game=GO5)
    assert (demonstrate("go-club", 8, seed=9, game=GO5).actions == many.actions[:8]).all()
    assert (demonstrate("go-club", 8, seed=9, first=12, game=GO5).actions == many.actions[12:]).all()
    assert many.distinct == 20
    assert positions_of(many, GO5)[0].shape[0] == many.lengths.sum(), "every move is legal"


# --- symmetry ---


def through(game: Game, states: States, number: int) -> States:
    """The positions seen through a symmetry, their last moves with them."""
    symmetry, size = game.symmetries[number], game.observation_shape[1]
    seen = []
    for state in states:
        rows = game.to_text(state).split("\n")
        cells = np.array(list("".join(rows[:size])))[symmetry.cells].reshape(size, size)
        image = game.from_text("\n".join(["".join(row) for row in cells] + rows[size:]))
        if 0 <= state["last"] < size * size:
            image["last"] = np.flatnonzero(symmetry.actions == state["last"])[0]
        seen.append(image)
    return np.concatenate(seen)


def test_all_eight_symmetries() -> None:
    states = positions(GO5, 60)
    plain = np.concatenate([GO5.from_text(GO5.to_text(state)) for state in states])  # without their history
    plain["last"] = states["last"]
    for human in BRUTE:
        assert human.mirror_symmetric
        policy = human_policy(plain, human)
        for number, symmetry in enumerate(GO5.symmetries):
            image = human_policy(through(GO5, plain, number), human)
            np.testing.assert_allclose(image, policy[:, symmetry.actions], atol=1e-12)


def test_colours_are_alike() -> None:
    texts = [GO5.to_text(state).split("\n")[:5] for state in positions(GO5, 40)]
    for human in BRUTE:
        for text in map(" ".join, texts):
            black = human_policy(board(text, "X", komi=2.5), human)
            white = human_policy(board(colours_exchanged(text), "O", komi=-2.5), human)
            np.testing.assert_allclose(black, white, atol=1e-12)


# --- what each knows, worked by hand ---

CAN_TAKE = ".X... XOX.. ..... ..... ....."  # B3 takes B4
IN_ATARI = "..... ..... .O... OX... .O..."  # Black's B2 has one liberty, C2


def careful(name: str, *boards: str, **rest: Any) -> list[set[str]]:
    return [set(moves_of(f"{name}.careful", board(text, **rest))) for text in boards]


@pytest.mark.parametrize("text", turned(CAN_TAKE))
def test_who_sees_a_capture_takes(text: str) -> None:
    before = (np.array(list(text.replace(" ", ""))) == "O").sum()
    for name, sees in [("wanderer", False), ("capturer", True), ("surveyor", False), ("tactician", True)]:
        chances = human_player(f"{name}.careful").policy(board(text))[0]
        taking = [a for a in np.flatnonzero(chances) if stones(GO5.step(board(text), [a]), 2) < before]
        assert len(taking) == 1
        assert bool(chances[taking[0]] == 1.0) is sees


def stones(states: States, color: int) -> int:
    return int((states["color"][0] == color).sum())


def test_the_greater_capture_is_liked_more() -> None:
    """A5 takes one stone and D3 two: the odds are the stones squared, times habit."""
    text = ".OX.. XX..X ....O ...XO ....X"
    habit = GoHabit((1.0, 1.0, 1.0))
    human = GoHuman("even", "", "", "", knowledge.CAPTURE, (), habit)
    chances = human_policy(board(text), human)[0]
    assert chances[point(GO5, "A5")] == pytest.approx(1 / 5)
    assert chances[point(GO5, "D3")] == pytest.approx(4 / 5)


def test_who_rescues_extends() -> None:
    """Black's B2 runs by C2 to three liberties: capturer and tactician both, nobody else."""
    assert careful("capturer", IN_ATARI) == careful("tactician", IN_ATARI) == [{"C2"}]
    for name in ("wanderer", "surveyor"):
        assert len(careful(name, IN_ATARI)[0]) > 5


def test_a_ladder_is_read_or_not() -> None:
    """B2 can run to C2, where it has but two liberties, C1 and D2, and is caught again."""
    ladder = "..... ..... .OO.. OX... .O..."
    assert careful("capturer", ladder) == [{"C2"}]
    assert "C2" not in careful("tactician", ladder)[0]
    assert len(careful("tactician", ladder)[0]) > 3


def test_an_overlooked_atari_is_a_slip() -> None:
    recorded, blind = moves_of("capturer", board(IN_ATARI)), human("capturer", ~knowledge.RESCUE)
    habit = human_policy(board(IN_ATARI), blind)[0, point(GO5, "C2")]
    assert recorded["C2"] == pytest.approx(0.92 + 0.08 * habit)


def human(name: str, kept: int) -> GoHuman:
    return replace(GO_HUMANS[name].careful, knows=GO_HUMANS[name].knows & kept)


def test_self_atari() -> None:
    """A5 and A4 would stand with one liberty: surveyor and tactician leave them out, capturer does not."""
    text = ".O... ..O.. OO... ..... ....."
    for name, sees in [("wanderer", False), ("capturer", False), ("surveyor", True), ("tactician", True)]:
        chances = moves_of(f"{name}.careful", board(text))
        assert ("A5" not in chances) is sees, name
        assert ("B4" not in chances) is sees, name


def test_what_is_caught_is_not_made_larger() -> None:
    """Black's B3 is in atari and has but two liberties after C3: who reads ladders gives it up; of the other
    points those stay after which no more stones are in atari. One blind to ladders runs."""
    text = "..... .OO.. OX... .O... ....."
    chances = moves_of("tactician.careful", board(text))
    assert "C3" not in chances
    exposing = {name for name in chances if in_atari(board(text), name) > 1}
    assert not exposing
    assert len(chances) > 10
    blind = human_policy(board(text), human("tactician", ~knowledge.LADDER))[0]
    assert names(GO5, np.flatnonzero(blind)) == {"C3"}
    anything = human_policy(board(text), human("tactician", knowledge.COUNT | knowledge.CAPTURE))[0]
    more = names(GO5, np.flatnonzero(anything)) - chances.keys()
    assert {name for name in more if in_atari(board(text), name) > 1} == {"A4", "A2"}


def in_atari(state: States, name: str) -> int:
    """How many of Black's stones are in atari after Black's move."""
    oracle = Oracle(GO5, state)
    return oracle.exposed[divmod(point(GO5, name), 5)]


def test_every_slip_changes_moves() -> None:
    """In one position in five hundred at least; none is there in words alone."""
    states = positions(GO5, 120)
    for member in GO_HUMANS.values():
        full = human_policy(states, member.careful)
        for slip in member.slips:
            slipped = human_policy(states, human(member.name, ~slip.misses))
            assert (np.abs(slipped - full).sum(axis=1) > 0.01).mean() > 0.002, (member.name, slip.words)


def test_own_land_is_left_alone() -> None:
    """Black's two columns are Black's; who knows plays elsewhere, and passes when only they are left."""
    text = "..XO. ..XO. ..XO. ..XO. ..XO."
    own = {f"{column}{row}" for column in "AB" for row in range(1, 6)}
    theirs = {f"E{row}" for row in range(1, 6)}
    assert own < careful("capturer", text)[0]
    for name in ("surveyor", "tactician"):
        assert not own & careful(name, text)[0]
        assert careful(name, text)[0] <= theirs
    walled = ".XXXX .X.X. .XXXX XX.X. .XXXX"
    assert careful("surveyor", walled) == careful("tactician", walled) == [{"pass"}]
    assert "pass" not in careful("wanderer", walled)[0]


def test_who_counts_passes_when_ahead() -> None:
    """The opponent has passed: ahead by half a point one passes, behind by half one does not."""
    text = "..XO. ..XO. ..XO. ..XO. ..XO."
    for name, counts in [("wanderer", False), ("capturer", True), ("surveyor", True), ("tactician", True)]:
        for mover, sign in (("X", 1), ("O", -1)):
            drawn = text if mover == "X" else colours_exchanged(text)
            for lead, passes in [(0.5, True), (-0.5, False)]:
                komi = sign * (5 - lead)
                chances = moves_of(f"{name}.careful", board(drawn, mover, komi=komi, passes=1))
                assert (set(chances) == {"pass"}) is (counts and passes), (name, mover, lead)
        assert "pass" not in moves_of(f"{name}.careful", board(text, komi=-20.5)), "nobody has passed"


def test_eyes_are_never_filled() -> None:
    text = "X.X.X XXXXX OOOOO O.O.O OOOOO"
    for name in GO_HUMANS:
        assert moves_of(name, board(text)) == {"pass": pytest.approx(1.0)}


def test_habits_by_hand() -> None:
    """The capturer on an empty board: line by line, .4, 1 and 1.5."""
    chances = human_player("capturer").policy(GO5.new(1))[0][:-1].reshape(5, 5)
    lines = np.array([[0.4] * 5, [0.4, 1, 1, 1, 0.4], [0.4, 1, 1.5, 1, 0.4], [0.4, 1, 1, 1, 0.4], [0.4] * 5])
    np.testing.assert_allclose(chances, lines / lines.sum(), atol=1e-12)
    # Black's B2 stands; White's answer: facing 2 at its sides, near 2 within two lines, not on the far edge
    after = GO5.step(GO5.new(1), [point(GO5, "B2")])
    near = lines * 1.0
    near[1:, :4] *= 2.0
    for row, column in ((2, 1), (4, 1), (3, 0), (3, 2)):
        near[row, column] *= 2.0
    near[3, 1] = 0.0
    expected = np.append(near.ravel() / near.sum(), 0.0)
    np.testing.assert_allclose(human_player("capturer").policy(after)[0], expected, atol=1e-12)


# --- the crowd ---


def test_the_crowd_sends_one_member_a_game() -> None:
    states = np.repeat(positions(GO5, 60), 5)
    keys = game_keys(2, "crowd", 0, len(states))
    drawn, player = crowd_members("go-club", keys), human_player("go-club")
    for ply in (0, 41):
        actions = player.act(states, keys, np.full(len(states), ply, np.int32))
        for index, member in enumerate(CLUB.members):
            rows = drawn == index
            assert rows.sum() > 20
            assert (actions[rows] == human_moves(member, states[rows], keys[rows], ply)).all()


def test_the_crowds_policy_is_its_members_mixture() -> None:
    states = positions(GO5, 60)
    mixture = np.mean([human_policy(states, member) for member in CLUB.members], axis=0)
    assert np.allclose(human_player("go-club").policy(states), mixture)


@pytest.mark.parametrize(("game", "pairs"), [(GO5, 300), (GO7, 100)], ids=["go5", "go7"])
def test_the_best_member_beats_the_others(game: Game, pairs: int) -> None:
    others = [member.name for member in CLUB.members if member.name != CLUB.best_member]
    assert len(others) == len(CLUB.members) - 1
    for other in others:
        match = play_match(game, human_player(CLUB.best_member), human_player(other), pairs, 2, seed=4)
        assert match.score.rate > 0.53, (other, match.score)


def test_the_examples_of_ceilings() -> None:
    """The slip-prone human gains by its argmax what it slips, and more than the default one."""
    assert DEFAULT_GO_HUMAN in GO_HUMANS
    best = human_player(f"{SLIP_PRONE_GO_HUMAN}.best")
    match = play_match(GO7, best, human_player(SLIP_PRONE_GO_HUMAN), 60, 2, seed=4)
    assert match.score.rate > 0.6


# --- names, and what is refused ---


def test_names() -> None:
    assert human_player("tactician").name == "tactician.recorded"
    assert describe("capturer.best") is GO_HUMANS["capturer"]
    assert describe("go-club") is CLUB
    assert human_names(GO13) == (*GO_HUMANS, *GO_CROWDS)
    assert len(GO_HUMANS) >= 4
    assert all(human.procedure and human.weaknesses and human.title for human in GO_HUMANS.values())
    for name in PLAYERS:
        assert find_player(f"{name}.best", GO9).name == f"{name}.best"


def test_humans_of_another_game_are_refused() -> None:
    with pytest.raises(
        UnknownPlayer, match=r"'two-ply' plays connect_four only; for go5 there are: wanderer"
    ):
        find_player("two-ply", GO5)
    with pytest.raises(
        UnknownPlayer,
        match=r"go5 there are: .*tactician, go-club, random, mcts-1000, the ready-made zero, path",
    ):
        find_player("club-night.best", GO5)
    with pytest.raises(
        UnknownPlayer, match=r"'capturer' plays Go only; for connect_four there are: .*two-ply"
    ):
        find_player("capturer", connect_four.GAME)
    with pytest.raises(UnknownPlayer, match=r"plays Go only; for tic_tac_toe there are: random, path"):
        find_player("go-club", tic_tac_toe.GAME)
    for name in ("wins-and-blocks", "alphabeta-4", "perfect"):
        with pytest.raises(UnknownPlayer, match=r"plays connect_four only; for go7 there are: random, mcts"):
            find_player(name, GO7)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("tacticain", "'tactician'"), ("capturer.bst", "'best'"), ("go-clb", "'go-club'"), ("", "wanderer")],
)
def test_wrong_names_are_answered_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(UnknownPlayer, match=right):
        find_player(wrong, GO5)


def test_malformed_humans_are_refused() -> None:
    with pytest.raises(ValueError, match="factors above 0"):
        GoHabit((1.0, 0.0, 1.0))
    with pytest.raises(ValueError, match="factors above 0"):
        GoHabit((1.0, 1.0, 1.0), near=float("inf"))
    with pytest.raises(ValueError, match="at most"):
        GoHuman("x", "", "", "", 0, (Slip(0.1, 1, "s"),) * 9, GoHabit((1.0,) * 3))
    with pytest.raises(ValueError, match="as many game keys"):
        human_moves(CLUB.members[0], GO5.new(2), game_keys(1, "x", 0, 3), 0)


# --- boards of more than 127 points ---


def test_large_boards_keep_their_actions() -> None:
    games = games_alone(random_player(GO13), GO13, 2, seed=1)
    assert games.actions.max() > 128
    replayed = positions_of(games, GO13)[1]
    assert len(replayed) == games.lengths.sum()
    pairs = play_pairs(GO13, random_player(GO13), random_player(GO13), 1, 0, seed=1)
    assert pairs.actions.max() > 128
    assert pairs.actions.min() == -1
