"""`train.py play`: what the command line means, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from own_files import page_files

from agents.commands.window import Play, start_of
from agents.play.mind import Mind
from agents.play.record import GameRecord
from agents.player import UnknownPlayer
from games.core import UnknownGame
from games.notation import NotationError
from games.own_file import OwnFileError
from lab.commands.common import UsageError

ROOT = Path(__file__).resolve().parents[3]


def names(command: Play) -> tuple[str, ...]:
    seats = start_of(command).seats
    return () if seats is None else tuple(seat.name for seat in seats)


def test_without_seats_the_menu_comes_first() -> None:
    start = start_of(Play())
    assert start.seats is None
    assert start.world is None
    assert start_of(Play(world="tic_tac_toe")).world == "tic_tac_toe"


def test_one_named_seat_brings_the_other() -> None:
    assert names(Play(first="me")) == ("me", "pretrained:zero")
    assert names(Play(second="forgetful")) == ("me", "forgetful")
    assert names(Play(world="tic_tac_toe", first="me")) == ("me", "search")
    assert names(Play(first="forgetful", second="zero")) == ("forgetful", "pretrained:zero")


def test_simulations_are_for_those_whose_names_do_not_say() -> None:
    start = start_of(Play(first="zero@400", second="zero", simulations=100))
    assert start.simulations == (400, 100)
    assert start_of(Play(first="me", second="zero")).simulations == (None, None)


def test_a_file_brings_its_players(tmp_path: Path) -> None:
    path = tmp_path / "game.txt"
    path.write_text('# move37-game/1 {"world": "connect_four", "sides": ["me", "two-ply"]}\n4435\n')
    start = start_of(Play(load=path))
    assert start.load == path
    assert names(Play(load=path)) == ("me", "two-ply")
    path.write_text("4435\n")
    assert names(Play(load=path)) == ("me", "me")
    path.write_text('# move37-game/1 {"world": "connect_four", "sides": ["gone:zero@8", "zero"]}\n4435\n')
    assert names(Play(load=path)) == ("me", "pretrained:zero"), "a run that is not here any more"


def test_a_player_of_ones_own_sits_down(tmp_path: Path) -> None:
    greedy = tmp_path / "greedy.py"
    greedy.write_text(page_files()["greedy.py"], encoding="utf-8")
    start = start_of(Play(world="tic_tac_toe", first="me", second=str(greedy)))
    assert start.seats is not None
    seat = start.seats[1]
    assert (seat.name, seat.title, seat.searches) == (str(greedy), "greedy", False)
    mind = Mind("tic_tac_toe")
    mind.prepare(seat, 0)
    two = GameRecord(mind.game, [0, 3, 1, 4]).state
    assert mind.move(seat, 0, two, 7, 4) == 2, "it takes the move that wins"
    assert names(Play(world="tic_tac_toe", first=str(greedy))) == (str(greedy), "me")


def test_a_wrong_player_is_told_before_a_window_opens(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("PLAYER = 37\n")
    with pytest.raises(OwnFileError, match=r"wrong\.py has no player"):
        start_of(Play(first="me", second=str(tmp_path / "wrong.py")))
    with pytest.raises(OwnFileError, match="No such file"):
        start_of(Play(first="nowhere.py"))


def test_a_saved_game_runs_no_player_that_the_command_line_does_not_name(tmp_path: Path) -> None:
    ran, path = tmp_path / "ran", tmp_path / "game.txt"
    player = tmp_path / "player.py"
    player.write_text(
        f"from pathlib import Path\nPath({str(ran)!r}).touch()\n" + page_files()["greedy.py"],
        encoding="utf-8",
    )
    head = json.dumps({"world": "connect_four", "sides": ["me", str(player)]})
    path.write_text(f"# move37-game/1 {head}\n4435\n")
    with pytest.raises(UnknownPlayer, match="--second"):
        start_of(Play(load=path))
    assert not ran.exists()
    assert names(Play(load=path, second=str(player))) == ("me", str(player))
    assert ran.exists()


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPlayer, match="did you mean 'zero'"):
        start_of(Play(first="me", second="zeroo"))
    with pytest.raises(UnknownGame, match="connect_four"):
        start_of(Play(world="connect_fuor"))
    with pytest.raises(UsageError, match="--simulations"):
        start_of(Play(first="me", simulations=-1))
    (tmp_path / "broken.txt").write_text("99\n")
    with pytest.raises(NotationError, match=r"broken\.txt, line 1"):
        start_of(Play(load=tmp_path / "broken.txt"))
    (tmp_path / "broken.txt").write_text("4455\n99\n")
    with pytest.raises(NotationError, match=r"broken\.txt, line 2: character 1 of '99'"):
        start_of(Play(load=tmp_path / "broken.txt"))


def test_a_file_that_does_not_say_its_game_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "go.txt"
    path.write_text("# capturer against itself\nC3,B2,pass,pass 0-1\n")
    with pytest.raises(NotationError, match=r"line 2.* read as Connect Four.* --world"):
        start_of(Play(load=path))
    assert start_of(Play(load=path, world="go5")).world == "go5"
    with pytest.raises(NotationError) as caught:
        start_of(Play(load=path, world="tic_tac_toe"))
    assert "--world" not in str(caught.value)


def test_a_broken_file_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "broken.txt").write_text("12x\n")
    done = subprocess.run(
        [sys.executable, "train.py", "play", "--load", str(tmp_path / "broken.txt")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "'x'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("driver", ["nowhere", ""])
def test_without_a_display_it_is_said(tmp_path: Path, driver: str) -> None:
    """Nor is a window opened that nobody sees, on a driver that SDL falls back to."""
    there = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "train.py", "play"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**there, "SDL_VIDEODRIVER": driver, "XDG_CONFIG_HOME": str(tmp_path)},
        timeout=120,
    )
    assert done.returncode == 2
    assert "no window can be opened here" in done.stderr
