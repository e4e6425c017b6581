"""Who sits at a match: one of our players in this process, or a program that speaks GTP."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from agents.gtp.board import Move
from agents.gtp.protocol import GtpError, action_of
from agents.gtp.thinkers import Thinker, Thought
from agents.live_search import Limit
from agents.referee.program import Program, ProgramError, Refused
from games.core import Game, States

PREFIX = "gtp:"
SETUP_SECONDS = 30.0  # for anything but a move


class Answer(NamedTuple):
    """A move (None: resigns) and what was thought of the position, where that is known."""

    action: int | None
    thought: Thought | None = None


class Side(Protocol):
    """One who plays game after game."""

    def begin(self, game: Game, komi: float, moves: list[Move], seed: int) -> None:
        """A new game, of which these moves have been played. Raises ProgramError."""

    def move(self, color: int, state: States, ply: int) -> Answer:
        """Its move at a position [1]. Raises ProgramError."""

    def told(self, move: Move) -> None:
        """The opponent has moved. Raises ProgramError."""

    def close(self) -> None:
        """The match is over."""


class OurSide:
    """A player of ours in this process, at a strength."""

    def __init__(self, thinker: Thinker, limit: Limit) -> None:
        self._thinker, self._limit, self._seed = thinker, limit, 0

    def begin(self, game: Game, komi: float, moves: list[Move], seed: int) -> None:
        """As Side says."""
        self._seed = seed

    def move(self, color: int, state: States, ply: int) -> Answer:
        """As Side says; what it draws follows from the game's seed and the ply."""
        chosen = self._thinker.choose(state, self._seed, ply, self._limit)
        return Answer(chosen.action, chosen.thought)

    def told(self, move: Move) -> None:
        """As Side says; the position tells it."""

    def close(self) -> None:
        """As Side says."""


class ProgramSide:
    """A program, started when first needed and again after it has ended; `patience` seconds a move, `clock`
    seconds a move that it is told to take (0: it is told nothing)."""

    def __init__(self, command: str, patience: float, clock: float = 0.0) -> None:
        self.command = command
        self._patience, self._clock = patience, clock
        self._program: Program | None = None
        self._game: Game | None = None

    def introduce(self) -> tuple[str, str]:
        """Its name and version. Raises ProgramError."""
        program = self.running()
        return _optional(program, "name"), _optional(program, "version")

    def begin(self, game: Game, komi: float, moves: list[Move], seed: int) -> None:
        """As Side says."""
        program = self.running()
        size = int(game.observation_shape[-1])
        _set_up(program, game, size, komi)
        if self._clock:
            program.ask(f"time_settings 0 {max(1, round(self._clock))} 1", SETUP_SECONDS)
        if _optional(program, "known_command set_random_seed") == "true":
            program.ask(f"set_random_seed {seed % 2**31}", SETUP_SECONDS)
        self._game = game
        for move in moves:
            self.told(move)

    def move(self, color: int, state: States, ply: int) -> Answer:
        """As Side says."""
        assert self._game is not None
        told = self._in_game().ask(f"genmove {'bw'[color]}", self._patience).strip()
        if told.lower() == "resign":
            return Answer(None)
        try:
            return Answer(action_of(told, self._game))
        except GtpError:
            raise ProgramError(f"{told[:40]!r} is no move") from None

    def told(self, move: Move) -> None:
        """As Side says."""
        assert self._game is not None
        self._in_game().ask(_play(move, self._game), SETUP_SECONDS)

    def close(self) -> None:
        """As Side says."""
        if self._program is not None:
            self._program.close()
            self._program = None

    def running(self) -> Program:
        """The program, started where it is not. Raises ProgramError."""
        if self._program is None or not self._program.is_running:
            if self._program is not None:
                self._program.end()
            self._program = Program(self.command)
        return self._program

    def _in_game(self) -> Program:
        """The program that has heard of the game so far; one that has ended since is not started anew: it
        would sit before an empty board."""
        assert self._program is not None, "begin comes first"
        return self._program


class DeadStones:
    """A program that says at a game's end which stones are dead; with it they are counted as captured."""

    def __init__(self, command: str) -> None:
        self.command = command
        self._side = ProgramSide(command, SETUP_SECONDS)

    def introduce(self) -> tuple[str, str]:
        """Its name and version. Raises ProgramError."""
        return self._side.introduce()

    def dead(self, game: Game, komi: float, moves: list[Move]) -> list[int]:
        """The points of the dead stones after these moves. Raises ProgramError."""
        program = self._side.running()
        _set_up(program, game, int(game.observation_shape[-1]), komi)
        for move in moves:
            program.ask(_play(move, game), SETUP_SECONDS)
        words = program.ask("final_status_list dead", SETUP_SECONDS * 4).split()
        try:
            return [action_of(word, game) for word in words]
        except GtpError:
            raise ProgramError(f"{' '.join(words)[:60]!r} are no points") from None

    def close(self) -> None:
        """The match is over."""
        self._side.close()


def _set_up(program: Program, game: Game, size: int, komi: float) -> None:
    for command in (f"boardsize {size}", "clear_board", f"komi {komi:g}"):
        program.ask(command, SETUP_SECONDS)


def _play(move: Move, game: Game) -> str:
    return f"play {'bw'[move.color]} {game.action_names[move.action]}"


def _optional(program: Program, command: str) -> str:
    """An answer that a program need not have."""
    try:
        return program.ask(command, SETUP_SECONDS)
    except Refused:
        return ""
