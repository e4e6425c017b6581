"""A game of one's own from a file: what is wrong with it is told by one named error."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from own_files import page_files

import games.tic_tac_toe
from games.core import load_game
from games.environments.two_player import TwoPlayerEnv
from games.own_file import OwnFileError

SQUARES = page_files()["squares.py"]
TIC_TAC_TOE = Path(games.tic_tac_toe.__file__).read_text(encoding="utf-8")
CHANGED = {  # a rule spoilt, and what is said of it
    "name": ('name="squares"', 'name="Squares!"', "name 'Squares!': use a-z"),
    "names": ('"0123456789abcdef"', '"0123456789abcdee"', "action_names"),
    "players": ("num_players=2", "num_players=3", "num_players is 3"),
    "plies": ("max_plies=16", "max_plies=4", "max_plies is 4"),
    "new": ("new=lambda n: np.zeros(n,", "new=lambda n: np.zeros(1,", r"new: gives state_dtype \(16,\), not"),
    "shape": ("shape=(2, 4, 4)", "shape=(3, 4, 4)", r"observe: gives float32 \(16, 3, 4, 4\)"),
    "type": ("-1, 1]]).astype(np.float32)", "-1, 1]])", r"rewards: gives float32 \(16, 2\), not int64"),
    "list": ('["player"].copy()', '["player"].tolist()', "current_player: gives int8 .* not a list"),
    "raises": ('STATE)["player"].copy()', 'STATE)["nobody"]', "current_player raises ValueError"),
    "turns": ('= 1 - out["player"]', '= out["player"]', "two alternate"),
    "sums": ("[-1, 1]]", "[1, 1]]", "what one wins the other loses"),
    "early": ("(owns_block(states) @", "(1 + owns_block(states) @", "0 until the game is over"),
    "end": ("~legal_action_mask(states).any(axis=1)", "states['player'] > 1", "some until is_terminal"),
    "text": ("states[0] = read_marks(text, 4, 4)", "read_marks(text, 4, 4)", "from_text: gives the state"),
    "mute": ('marks_text(state["cells"].reshape(4, 4))', "37", "to_text: gives a string"),
}


def written(folder: Path, text: str, name: str = "my_game.py") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_games_file_is_a_game_kernels_and_all(tmp_path: Path) -> None:
    path = written(tmp_path, TIC_TAC_TOE.replace('name="tic_tac_toe"', 'name="mine"'))
    game, registered = load_game(path), load_game("tic_tac_toe")
    assert load_game(path) is game, "run once"
    states, peers = game.new(1), registered.new(1)
    for action in (4, 0, 8):
        states, peers = game.step(states, np.array([action])), registered.step(peers, np.array([action]))
    assert game.to_text(states[0]) == registered.to_text(peers[0]) == "O..\n.X.\n..X"
    assert [file.name for file in tmp_path.iterdir()] == ["my_game.py"], "nothing is written beside it"


def test_an_edit_counts_at_once(tmp_path: Path) -> None:
    first = load_game(written(tmp_path, SQUARES)).title
    second = load_game(written(tmp_path, SQUARES.replace('title="Squares"', 'title="squareS"'))).title
    assert (first, second) == ("Squares", "squareS")


def test_its_rules_are_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr("games.own_file.check_game", lambda game: tried.append(game.title))
    path = written(tmp_path, SQUARES)
    assert load_game(path) is load_game(path)
    load_game(written(tmp_path, SQUARES.replace('title="Squares"', 'title="again"')))
    assert tried == ["Squares", "again"]


def test_its_face_goes_into_a_pickle_by_its_path(tmp_path: Path) -> None:
    env = TwoPlayerEnv(written(tmp_path, SQUARES), render_mode="ansi")
    env.reset()
    env.step(4)
    assert pickle.loads(pickle.dumps(env)).render() == env.render() == "....\nX...\n....\n...."


@pytest.mark.parametrize("fault", CHANGED)
def test_a_rule_that_is_not_kept_is_named(tmp_path: Path, fault: str) -> None:
    right, wrong, told = CHANGED[fault]
    assert right in SQUARES
    path = written(tmp_path, SQUARES.replace(right, wrong))
    with pytest.raises(OwnFileError, match=told) as caught:
        load_game(path)
    assert str(caught.value).startswith(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", r"has no GAME: a file with a game ends in GAME = Game\(\.\.\.\)"),
        ("GAME = 37\n", "GAME is a int: a file with a game ends in"),
        ("import numpy\n\ndef broken(:\n", "line 3: SyntaxError"),
        (SQUARES[: len(SQUARES) // 2], "line [0-9]+: |has no GAME"),
        ("import numpy\nnumpy.nonsense\n", "line 2: AttributeError"),
        ("import nobodys_package\n", "line 1: ModuleNotFoundError"),
        ("raise SystemExit(0)\n", "line 1: SystemExit"),
        ("x = '\0'\n", "SyntaxError|ValueError"),
        (TIC_TAC_TOE, "GAME.name is 'tic_tac_toe', as a game here is called"),
        ("from games.core import Game\nGAME = Game(name='half')\n", "line 2: TypeError"),
    ],
)
def test_a_torn_or_wrong_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(OwnFileError, match=told) as caught:
        load_game(path)
    assert str(caught.value).startswith(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(OwnFileError, match="No such file"):
        load_game(str(tmp_path / "nowhere.py"))
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(OwnFileError, match="directory"):
        load_game(str(tmp_path / "folder.py"))
    (tmp_path / "latin.py").write_bytes(b"name = '\xe9'\n")
    with pytest.raises(OwnFileError, match="SyntaxError"):
        load_game(str(tmp_path / "latin.py"))
