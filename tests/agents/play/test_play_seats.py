"""Who can sit at the board: names, titles, errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agents.play.known import KNOWN
from agents.play.seats import HUMANS, ME, PERSON, find_seat, full_name, roster
from agents.player import UnknownPlayer
from agents.scripted import describe, human_names
from games.core import game_names


def test_every_scripted_human_has_a_seat() -> None:
    assert set(HUMANS) == set(human_names())
    for name, (_, words) in HUMANS.items():
        assert describe(name).title in words


def test_every_game_has_a_person_and_opponents(tmp_path: Path) -> None:
    for world in game_names():
        names = [seat.name for seat in roster(world, tmp_path)]
        assert names[0] == ME
        assert len(names) >= 3
        assert len(set(names)) == len(names)
        assert ("perfect" in names) == (world in KNOWN and KNOWN[world].solved)


def test_seats_are_found_by_the_names_of_the_command_line(tmp_path: Path) -> None:
    assert find_seat("me", "connect_four") == (PERSON, None)
    zero, simulations = find_seat("zero@400", "connect_four")
    assert simulations == 400
    assert zero == find_seat("pretrained:zero", "connect_four")[0]
    assert full_name(zero, 64) == "pretrained:zero@64"
    assert full_name(zero, 0) == "pretrained:zero"
    drawn = find_seat("imitator.sampled", "connect_four")[0]
    assert (drawn.name, drawn.group, drawn.searches) == ("pretrained:imitator.sampled", "agents", False)
    best = find_seat("two-ply.best", "connect_four")[0]
    assert (best.name, best.title, best.group) == ("two-ply.best", "Club player at best", "humans")
    assert find_seat("alphabeta-6", "connect_four")[0].searches is False
    arm, simulations = find_seat("runs/mine:zero@32", "connect_four")
    assert (arm.name, arm.searches, simulations) == ("runs/mine:zero", True, 32)


def test_runs_bring_their_arms(tmp_path: Path) -> None:
    arm = tmp_path / "compare-001" / "arms" / "master"
    arm.mkdir(parents=True)
    (arm / "checkpoint.safetensors").write_bytes(b"")
    seats = [seat for seat in roster("connect_four", tmp_path) if seat.group == "runs"]
    assert [seat.title for seat in seats] == ["compare-001: master"]
    assert seats[0].name.endswith("compare-001:master")


@pytest.mark.parametrize(
    "name", ["zeroo", "alphabeta-0", "two-ply.worst", "zero@many", "", "pretrained:nobody"]
)
def test_unknown_names_are_told(name: str) -> None:
    with pytest.raises(UnknownPlayer, match=r"nobody|after @"):
        find_seat(name, "connect_four")
    with pytest.raises(UnknownPlayer, match="tic_tac_toe"):
        find_seat("forgetful", "tic_tac_toe")


def test_the_window_is_imported_without_anything_heavy() -> None:
    code = (
        "import sys, agents.play.window; print(sorted({'torch', 'numba', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
