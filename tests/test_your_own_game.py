"""docs/your_own_game.md does what it says: its files and its commands, nothing else touched."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from own_files import PAGE, page_files

from games.core import load_game
from games.environments.two_player import TwoPlayerEnv

ROOT = PAGE.parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files, as they stand there."""
    folder = tmp_path_factory.mktemp("own")
    for name, text in page_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["greedy.py", "squares.py"]
    return folder


def commands() -> list[list[str]]:
    """The page's commands, as they stand there."""
    text = PAGE.read_text(encoding="utf-8")
    return [line.split("#")[0].split() for line in re.findall(r"^python .*$", text, re.MULTILINE)]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the page, run where the house is; it names the files where they are."""
    placed = [str(folder / one) if one in ("squares.py", "greedy.py") else one for one in arguments]
    return subprocess.run([sys.executable, *placed], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_page_is_short() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) < 80


@pytest.mark.parametrize("command", commands(), ids=lambda command: " ".join(command[1:3]))
def test_its_commands_run(folder: Path, command: list[str]) -> None:
    more = ["--out", str(folder / "games.txt")] if "demonstrate" in command else []
    done = run(folder, *command[1:], *more)
    assert done.returncode == 0, done.stderr + done.stdout
    if "pytest" in command:
        assert re.search(r"^[0-9]{2} passed", done.stdout, re.MULTILINE)
    if "duel" in command:
        share = re.search(r"greedy against random: 0\.([0-9]+)", done.stdout)
        assert share
        assert float(f"0.{share[1]}") > 0.6
    if "demonstrate" in command:
        games = [line for line in (folder / "games.txt").read_text().splitlines() if not line.startswith("#")]
        assert len(games) == 20
        assert all(re.fullmatch(r"[0-9a-f]+ (1-0|0-1|1/2-1/2)", line) for line in games)


def test_a_block_wins_and_no_other_four(folder: Path) -> None:
    game = load_game(str(folder / "squares.py"))
    open_ended = game.step(game.from_text("XX.. .O.O X... ..O."), np.array([4]))  # three of a block
    assert not game.is_terminal(open_ended)[0]
    line = game.step(game.from_text("XXX. O.O. .... ..O."), np.array([3]))  # four in a row
    assert not game.is_terminal(line)[0]
    won = game.step(game.from_text("XX.. X.O. ..O. ...O"), np.array([5]))
    assert game.is_terminal(won)[0]
    assert game.rewards(won)[0].tolist() == [1.0, -1.0]
    lost = game.step(game.from_text("XXOO X..O ..X. ...."), np.array([6]))
    assert game.rewards(lost)[0].tolist() == [-1.0, 1.0]


def test_its_faces(folder: Path) -> None:
    squares, greedy = (str(folder / name) for name in ("squares.py", "greedy.py"))
    env = gymnasium.make("agents.environments:move37/Game-v0", world=squares, opponent=greedy)
    lost = 0
    for seed in range(20):
        _, info = env.reset(seed=seed)
        over, reward = False, 0.0
        while not over:
            _, reward, over, _, info = env.step(int(np.flatnonzero(info["action_mask"])[-1]))
        lost += reward < 0
    assert lost > 5
    face = TwoPlayerEnv(squares, render_mode="rgb_array")
    face.reset()
    face.step(5)
    assert face.observe("player_1")["observation"][1, 1].tolist() == [0, 1]
    assert face.render().shape == (640, 640, 3)


def test_what_does_not_go_with_ones_own_game_says_so(folder: Path) -> None:
    for command, told in (
        (["duel", "--world", "squares.py", "--first", "forgetful"], "plays connect_four only"),
        (["evaluate", "--world", "squares.py", "--agent", "greedy.py"], "no scored positions"),
        (["reinforce", "--world", "squares.py"], "demonstrate and duel play it"),
        (["imitate", "--human", "greedy.py"], "demonstrate --human"),
        (["duel", "--world", "greedy.py"], "has no GAME"),
        (["duel", "--first", "squares.py"], "has no player"),
        (["duel", "--world", "nowhere.py"], "No such file"),
        (["duel", "--world", "tic_tac_to"], "did you mean 'tic_tac_toe'"),
    ):
        done = run(folder, "train.py", *command)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr
        assert done.stderr.count("\n") == 1, "one line, no trace"
