"""The referee: whatever a program does, the game has a result or the match says why it has none."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from gtp_sessions import program

from agents.gtp.board import Move
from agents.referee.game import Played, play_game
from agents.referee.match import Match, MatchError, introduce, play_match, read_records
from agents.referee.openings import random_openings, read_openings
from agents.referee.program import Crashed, Program, ProgramError, Refused, TimedOut
from agents.referee.result import match_json, match_words, score_of
from agents.referee.sides import Answer, DeadStones, ProgramSide
from games.core import Game, States
from games.go import go_game
from games.notation import NotationError
from games.sgf import SgfGame, parse_sgf

GO3, GO5 = go_game(3), go_game(5)
NAMES = GO5.action_names


@dataclass
class Script:
    """A side that plays moves by name, then passes."""

    names: str = ""
    refuses: str = ""
    heard: list[Move] = field(default_factory=list)

    def begin(self, game: Game, komi: float, moves: list[Move], seed: int) -> None:
        self.game, self.left, self.heard = game, self.names.split(), list(moves)

    def move(self, color: int, state: States, ply: int) -> Answer:
        name = self.left.pop(0) if self.left else "pass"
        return Answer(None if name == "resign" else self.game.action_names.index(name))

    def told(self, move: Move) -> None:
        self.heard.append(move)
        if self.game.action_names[move.action] == self.refuses:
            raise Refused("illegal move")

    def close(self) -> None:
        self.left = []


def played(black: Any, white: Any, game: Game = GO5, komi: float = 0.5, **rest: Any) -> Played:
    return play_game(game, komi, rest.pop("opening", []), (black, white), 1, **rest)


# --- one game ---


def test_two_passes_end_a_game_which_is_counted() -> None:
    one = played(Script("C3"), Script(), komi=24.5)
    assert (one.winner, one.how, one.result, len(one.moves)) == (1, "count", "B+0.5", 3)
    assert played(Script("C3"), Script(), komi=25).result == "0"
    assert played(Script("C3"), Script("A1"), komi=0).result == "0"


def test_both_hear_of_an_opening_and_of_each_other() -> None:
    black, white = Script("pass"), Script("D4")
    one = played(black, white, opening=[12, 6])
    assert one.opening == 2
    assert one.moves[:2] == [Move(0, 12), Move(1, 6)]
    assert black.heard[:3] == [Move(0, 12), Move(1, 6), Move(1, NAMES.index("D4"))]
    assert white.heard[2] == Move(0, 25)


@pytest.mark.parametrize(
    ("black", "white", "how", "words"),
    [
        ("C3", "C3", "illegal", "White: C3 is taken"),
        ("A2 B1", "pass A1", "illegal", "White: A1 is suicide"),
        ("C3", "resign", "resignation", ""),
    ],
)
def test_an_illegal_move_loses_by_name(black: str, white: str, how: str, words: str) -> None:
    one = played(Script(black), Script(white))
    assert (one.winner, one.how, one.words) == (1, how, words)
    assert one.result == ("B+R" if how == "resignation" else "B+F")


def test_a_repetition_loses_as_superko() -> None:
    # White takes C1 by B1, and Black takes back at once
    one = played(Script("B2 A1 C1 C1"), Script("D1 C2 B1"))
    assert (one.winner, one.how) == (-1, "superko")
    assert one.words == "Black: C1 brings an earlier position back"


def test_who_refuses_a_legal_move_has_lost() -> None:
    one = played(Script("C3"), Script(refuses="C3"))
    assert (one.winner, one.how) == (1, "refused")
    assert one.words == "White: does not take C3, which is legal: illegal move"


def test_the_move_limit_counts_the_board_as_it_stands() -> None:
    class Shuffler(Script):
        def move(self, color: int, state: States, ply: int) -> Answer:
            legal = self.game.legal_action_mask(state)[0][:-1]
            return Answer(int(legal.argmax()) if legal.any() and ply % 4 < 3 else 9)

    one = played(Shuffler(), Shuffler(), GO3)
    assert one.how in ("limit", "count")
    assert len(one.moves) <= GO3.max_plies


# --- programs ---

FAULTS = {
    "if command == 'genmove' and moves == 2: sys.exit(3)": ("crash", "with status 3"),
    "if command == 'genmove': sys.exit('out of luck')": ("crash", "out of luck"),
    "if command == 'genmove': time.sleep(1000)": ("time", "no answer to 'genmove"),
    "if command == 'genmove': answer = 'hello'": ("garbled", "'hello' is no move"),
    "if command == 'genmove': answer = ''": ("garbled", "'' is no move"),
    "if command == 'genmove': answer = 'C3'": ("illegal", "C3 is taken"),
    "if command == 'play' and 'A1' in line.upper(): print('? illegal move\\n', flush=True); continue": (
        "refused",
        "does not take A1, which is legal",
    ),
    "if command == 'genmove': print('no GTP\\n' * 20_000, flush=True); continue": ("garbled", "no GTP"),
    "if command == 'genmove': sys.stdout.buffer.write(bytes(range(256)) * 9); continue": (
        "time",
        "no answer",
    ),
}


@pytest.mark.parametrize("body", FAULTS, ids=[f"{how}-{i}" for i, (how, _) in enumerate(FAULTS.values())])
def test_a_program_that_goes_wrong_has_lost_and_the_next_game_begins(tmp_path: Path, body: str) -> None:
    how, words = FAULTS[body]
    side = ProgramSide(program(tmp_path, body), patience=1.0)
    try:
        one = played(Script("C3 A1 B1"), side)
        assert (one.winner, one.how) == (1, how)
        assert words in one.words
        assert one.words.startswith("White: ")
        again = played(Script("C3 A1 B1"), side)
        assert again.how == how
    finally:
        side.close()


def test_greetings_before_an_answer_are_passed_over(tmp_path: Path) -> None:
    talker = Program(program(tmp_path, "print('welcome\\n\\nto my program', flush=True)"))
    try:
        assert talker.ask("boardsize 5", 20.0) == ""
        assert talker.ask("genmove b", 20.0) == "pass"
    finally:
        talker.close()
    assert not talker.is_running


def test_a_program_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    for command in ("no-such-program --mode gtp", "", "'unclosed"):
        with pytest.raises(Crashed, match="cannot be started"):
            Program(command)
    with pytest.raises(MatchError, match="no program that speaks GTP"):
        introduce((ProgramSide("no-such-program", 1.0), ProgramSide("true", 1.0)))


def test_a_program_that_ignores_quit_is_ended(tmp_path: Path) -> None:
    stubborn = Program(program(tmp_path, "if command == 'quit': time.sleep(1000)"))
    stubborn.ask("boardsize 5", 20.0)
    stubborn.close()
    assert not stubborn.is_running


@pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX's")
def test_a_program_that_crashes_takes_its_children_along(tmp_path: Path) -> None:
    """They hold its output open: without an end of theirs its threads and pipes would stay."""
    threads = threading.active_count()
    body = f"""if command == "name":
        import subprocess
        child = subprocess.Popen(["sleep", "97"])
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
        sys.exit(3)"""
    crashing = Program(program(tmp_path, body))
    crashing.ask("boardsize 5", 60.0)
    with pytest.raises(Crashed, match="ended at 'name' with status 3"):
        crashing.ask("name", 5.0)
    crashing.close()
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_alive(child)
    assert threading.active_count() == threads


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("is_noticed", [False, True])
def test_a_program_killed_in_a_game_has_lost_it(tmp_path: Path, is_noticed: bool) -> None:
    """It is not started anew in the midst of a game, of which it would know nothing."""
    side = ProgramSide(program(tmp_path, ""), patience=20.0)

    class Killer(Script):
        def move(self, color: int, state: States, ply: int) -> Answer:
            if ply == 2:
                process = side.running()._process
                process.kill()
                if is_noticed:
                    process.wait(20)
            return super().move(color, state, ply)

    try:
        one = played(Killer("C3 B3"), side)
        assert (one.winner, one.how) == (1, "crash")
    finally:
        side.close()


def test_a_late_answer_does_not_answer_the_next_question(tmp_path: Path) -> None:
    slow = Program(program(tmp_path, "if command == 'genmove': time.sleep(2)"))
    with pytest.raises(TimedOut):
        slow.ask("genmove b", 0.3)
    assert not slow.is_running
    with pytest.raises(ProgramError):
        slow.ask("genmove b", 0.3)
    slow.close()


def test_dead_stones_are_taken_off_where_a_judge_says_so(tmp_path: Path) -> None:
    judge = DeadStones(program(tmp_path, "if command == 'final_status_list': answer = 'A1 B1'"))
    try:
        alive = played(Script("C3"), Script("A1"))
        dead = played(Script("C3"), Script("A1"), judge=judge)
    finally:
        judge.close()
    assert (alive.lead, dead.lead) == (-0.5, 24.5)
    assert dead.dead == [NAMES.index("A1"), NAMES.index("B1")]


def test_a_judge_that_fails_is_named_and_the_board_counted_as_it_stands(tmp_path: Path) -> None:
    judge = DeadStones(program(tmp_path, "if command == 'final_status_list': sys.exit(1)"))
    one = played(Script("C3"), Script("A1"), judge=judge)
    judge.close()
    assert one.lead == -0.5
    assert one.words.startswith("counted as it stands, for ")
    assert not one.judged


def test_a_match_says_how_many_games_were_not_judged(tmp_path: Path) -> None:
    judge = DeadStones(program(tmp_path, "if command == 'final_status_list': sys.exit(1)"))
    for name in ("match", "other"):
        (tmp_path / name).mkdir()
    result = play_match(
        plan([[]], dead_stones=judge.command), (Script("C3"), Script("A1")), tmp_path / "match", judge
    )
    assert result["not_judged"] == 2
    assert f"2 counted as they stand, for {judge.command!r}" in match_words(result)
    other = play_match(plan([[]]), (Script("C3"), Script("A1")), tmp_path / "other")
    assert other["not_judged"] == 0
    assert "counted as they stand" not in match_words(other)


# --- openings ---


def test_random_openings_are_different_and_follow_from_the_seed() -> None:
    openings = random_openings(GO5, 40, 2, seed=1)
    assert len({tuple(opening) for opening in openings}) == 40
    assert openings == random_openings(GO5, 40, 2, seed=1)
    assert openings[:7] == random_openings(GO5, 7, 2, seed=1)
    assert openings != random_openings(GO5, 40, 2, seed=2)
    assert all(25 not in opening for opening in openings)
    assert random_openings(GO5, 3, 0, seed=1) == [[], [], []]


def test_openings_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "openings.txt"
    path.write_text("# balanced\nC3 b2  # so\n\npass A1\n")
    assert read_openings(path, GO5) == [[12, NAMES.index("B2")], [25, NAMES.index("A1")]]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("C3 Z9", "line 1: 'Z9' is no point of Go 5x5"),
        ("C3 C3", "line 1: move 2 .C3. is not legal"),
        ("pass pass", "the game is over"),
        ("", "the file holds nothing"),
    ],
)
def test_a_bad_opening_is_named(tmp_path: Path, text: str, error: str) -> None:
    path = tmp_path / "openings.txt"
    path.write_text(text)
    with pytest.raises(NotationError, match=error):
        read_openings(path, GO5)


# --- matches ---


def plan(openings: list[list[int]], **config: Any) -> Match:
    usual = {"first": "one", "second": "two", "world": "go5", "komi": 0.5, "scoring": "Tromp-Taylor"}
    return Match(GO5, 0.5, openings, 0, {**usual, "dead_stones": "", "programs": [], **config})


def test_a_match_swaps_colours_and_keeps_everything(tmp_path: Path) -> None:
    heard: list[int] = []
    sides = Script("C3"), Script("resign")
    result = play_match(plan([[], [0, 1]]), sides, tmp_path, tell=lambda record: heard.append(record["game"]))
    assert heard == [0, 1, 2, 3]
    records = read_records(tmp_path)
    assert [record["first_is_black"] for record in records] == [True, False, True, False]
    assert [record["result"] for record in records] == ["B+R", "W+R", "B+R", "W+R"]
    assert (result["wins"], result["draws"], result["losses"]) == (4, 0, 0)
    assert result["second_lost_by"] == {"resignation": 4}
    assert result["openings"] == 2
    assert json.loads((tmp_path / "match.json").read_text()) == result
    game = parse_sgf((tmp_path / "sgf" / "0003.sgf").read_bytes(), "0003.sgf")[0]
    assert isinstance(game, SgfGame)
    assert game.names == ("one", "two")
    assert game.actions[:2] == (0, 1)
    assert str(game.result) == "B+R"


def test_a_match_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    match = plan(random_openings(GO5, 3, 2, 0))

    class Stops(Script):
        def move(self, color: int, state: States, ply: int) -> Answer:
            if len(read_records(tmp_path)) == 3:
                raise KeyboardInterrupt
            return super().move(color, state, ply)

    with pytest.raises(KeyboardInterrupt):
        play_match(match, (Stops("E5 E1"), Script("A5")), tmp_path)
    assert len(read_records(tmp_path)) == 3
    assert json.loads((tmp_path / "match.json").read_text())["games"] == 3
    with open(tmp_path / "games.jsonl", "ab") as file:
        file.write(b'{"game": 3, "torn')
    heard: list[int] = []
    resumed = play_match(
        match, (Script("E5 E1"), Script("A5")), tmp_path, tell=lambda record: heard.append(record["game"])
    )
    assert heard == [3, 4, 5]
    (tmp_path / "anew").mkdir()
    anew = play_match(match, (Script("E5 E1"), Script("A5")), tmp_path / "anew")
    for result in (resumed, anew):
        result.pop("seconds_a_move")
    assert resumed == anew


def test_a_program_that_spoils_game_after_game_ends_the_match(tmp_path: Path) -> None:
    side = ProgramSide(program(tmp_path, "if command == 'genmove': sys.exit(1)"), 5.0)
    with pytest.raises(MatchError, match="two has spoilt 3 games in a row"):
        play_match(plan([[]] * 10), (Script(), side), tmp_path)
    assert len(read_records(tmp_path)) == 3
    result = json.loads((tmp_path / "match.json").read_text())
    assert result["second_lost_by"] == {"crash": 3}
    assert "game 1, the second, crash" in match_words(result)


def test_a_program_that_does_not_take_the_size_ends_the_match(tmp_path: Path) -> None:
    side = ProgramSide(
        program(tmp_path, "if command == 'boardsize': print('? unacceptable size\\n', flush=True); continue"),
        5.0,
    )
    with pytest.raises(MatchError, match="game 1 cannot be set up: unacceptable size"):
        play_match(plan([[]]), (Script(), side), tmp_path)


def record(game: int, points: float, moves: list[int], opening: int = 0) -> dict[str, Any]:
    return {
        **{
            "game": game,
            "points": points,
            "moves": moves,
            "opening": opening,
            "first_is_black": game % 2 == 0,
        },
        **{"how": "count", "words": "", "lost_by": None, "seconds": [0.0, 0.0]},
    }


def test_the_same_game_again_is_no_new_evidence() -> None:
    same = [record(i, 1.0, [i % 2]) for i in range(40)]
    different = [record(i, 1.0, [i]) for i in range(40)]
    assert score_of(same).low < 0.3
    assert score_of(different).low > 0.8
    assert match_json(plan([]).config, same)["distinct_games"] == 2
    openings = [record(i, float(i % 2), [i // 20, i], opening=1) for i in range(40)]
    assert score_of(openings).n == 40
    assert score_of([]).high == 1.0
