"""A player of one's own from a file, and named players as opponents in the faces."""

from __future__ import annotations

from pathlib import Path

import gymnasium
import numpy as np
import pytest

from agents.environments import named_opponent, opponent_of
from agents.names import find_player
from agents.player import UnknownPlayer
from games.core import load_game
from games.own_file import OwnFileError
from lab.randomness import game_keys

GAME = load_game("connect_four")
HEAD = "import numpy as np\nfrom agents.player import Player, policy_player\n\ndef player(game):\n"
RIGHTMOST = HEAD + (
    "    def act(states, game_keys, plies):\n"
    "        return game.num_actions - 1 - game.legal_action_mask(states)[:, ::-1].argmax(axis=1)\n"
    "    return Player('rightmost', act)\n"
)


def written(folder: Path, text: str) -> str:
    path = folder / "my_player.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def asked(name: str) -> list[int]:
    """The moves in two positions, in the second of which the last column is full."""
    states = np.concatenate([GAME.new(1), GAME.new(1)])
    for _ in range(6):
        states[1:] = GAME.step(states[1:], np.array([6]))
    player = find_player(name, GAME)
    return list(player.act(states, game_keys(0, "test", 0, 2), np.array([0, 6], np.int32)))


def test_a_players_file_is_a_player(tmp_path: Path) -> None:
    path = written(tmp_path, RIGHTMOST)
    assert find_player(path, GAME).name == "rightmost"
    assert asked(path) == [6, 5]


def test_a_player_may_import_the_game_beside_it(tmp_path: Path) -> None:
    (tmp_path / "house_rules_37.py").write_text("FAVOURITE = 2\n")
    act = "lambda states, keys, plies: np.full(len(states), FAVOURITE)"
    body = f"    from house_rules_37 import FAVOURITE\n    return Player('two', {act})\n"
    assert asked(written(tmp_path, HEAD + body)) == [2, 2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no player: a file with a player holds"),
        ("player = 37\n", "player is a int"),
        ("def player(game):\n    return 37\n", r"player\(game\) gives a int"),
        ("def player(game):\n    return game.nonsense\n", "line 2: AttributeError"),
        ("def player(:\n", "line 1: SyntaxError"),
        ("def player():\n    pass\n", "TypeError"),
    ],
)
def test_a_torn_or_wrong_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(OwnFileError, match=told) as caught:
        find_player(path, GAME)
    assert str(caught.value).startswith(path)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("np.full(len(states), 6)", r"act chooses action 6, which is illegal in\n......O"),
        ("np.full(len(states), -1)", "action -1"),
        ("np.zeros(1, int)", r"whole numbers \(2,\), one a state, not int64 \(1,\)"),
        ("np.zeros(len(states))", r"not float64 \(2,\)"),
        ("states['nobody']", "line 5: ValueError"),
    ],
)
def test_a_move_that_is_none_is_named(tmp_path: Path, act: str, told: str) -> None:
    path = written(tmp_path, HEAD + f"    return Player('p', lambda states, keys, plies: {act})\n")
    with pytest.raises(OwnFileError, match=told):
        asked(path)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("np.ones(7) / 7", r"policy gives shares \(2, 7\)"),
        ("np.ones((len(states), 7)) / 7", "legal actions shares that sum to 1"),
        ("np.zeros((len(states), 7))", "legal actions shares that sum to 1"),
        ("game.legal_action_mask(states) * np.nan", "legal actions shares that sum to 1"),
    ],
)
def test_shares_that_are_none_are_named(tmp_path: Path, policy: str, told: str) -> None:
    path = written(tmp_path, HEAD + f"    return policy_player('p', lambda states: {policy})\n")
    with pytest.raises(OwnFileError, match=told):
        asked(path)


def test_who_does_not_play_a_game_says_so() -> None:
    for name in ("forgetful", "alphabeta-4", "perfect"):
        with pytest.raises(UnknownPlayer, match="connect_four only; for tic_tac_toe there are: random"):
            find_player(name, load_game("tic_tac_toe"))
    with pytest.raises(UnknownPlayer):
        find_player("pretrained:zero", load_game("tic_tac_toe"))


def results(opponent: object, seeds: range) -> list[float]:
    """Games of a learner that plays the lowest legal column."""
    env, found = gymnasium.make("move37/ConnectFour-v0", opponent=opponent), []
    for seed in seeds:
        _, info = env.reset(seed=seed)
        over, reward = False, 0.0
        while not over:
            _, reward, over, _, info = env.step(int(info["action_mask"].argmax()))
        found.append(float(reward))
    return found


def test_named_players_are_opponents(tmp_path: Path) -> None:
    for name in ("alphabeta-2", "forgetful.best", "perfect", "pretrained:zero", "zero"):
        assert results(name, range(3)) == results(named_opponent(name), range(3)) == [-1.0] * 3, name
    path = written(tmp_path, RIGHTMOST)
    assert results(path, range(6)) == results(opponent_of(find_player(path, GAME)), range(6))


def test_what_a_named_player_draws_follows_from_the_seed() -> None:
    boards = []
    for seed in (0, 0, 1):
        env = gymnasium.make_vec("move37/ConnectFour-v0", num_envs=50, opponent="forgetful")
        env.reset(seed=seed)
        boards.append(env.step(np.full(50, 3))[0])
    assert np.array_equal(boards[0], boards[1])
    assert not np.array_equal(boards[0], boards[2])


def test_a_name_that_nobody_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownPlayer, match="did you mean 'forgetful'"):
        gymnasium.make("move37/ConnectFour-v0", opponent="forgetfull")
