"""One game under the referee: our rules decide what is legal and who has won, whatever the players think."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from agents.gtp.board import BLACK, WHITE, Board, Move
from agents.gtp.protocol import score_text
from agents.gtp.thinkers import Thought
from agents.referee.program import ProgramError
from agents.referee.sides import DeadStones, Side
from games.core import Game, IllegalMove, States
from games.go import place, score, why_illegal, with_komi

COLORS = ("Black", "White")
FAULTS = ("illegal", "superko", "crash", "time", "garbled", "refused")  # ends that are somebody's fault


@dataclass
class Played:
    """A game: all moves, of which `opening` were given; who won (+1 Black, -1 White, 0 nobody),
    how: count, limit (the move limit, counted as it stands), resignation, or one of FAULTS, and what is to
    be said of it; Black's lead where it was counted; `judged`: whether whoever was asked what is dead
    said it; thoughts by ply; seconds that Black and White took."""

    moves: list[Move]
    opening: int
    winner: int = 0
    how: str = ""
    words: str = ""
    lead: float | None = None
    dead: list[int] = field(default_factory=list)
    judged: bool = True
    thoughts: dict[int, Thought] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])

    @property
    def result(self) -> str:
        """B+3.5, W+R, B+T, W+F, 0."""
        if self.lead is not None:
            return score_text(self.lead)
        sign = {"resignation": "R", "time": "T"}.get(self.how, "F")
        return f"{'B' if self.winner > 0 else 'W'}+{sign}"


def play_game(
    game: Game, komi: float, opening: list[int], sides: tuple[Side, Side], seed: int,
    judge: DeadStones | None = None,
) -> Played:  # fmt: skip
    """A game of Black and White from an opening, whose moves are legal.

    Whoever plays illegally, ends, takes too long, says what is no move or refuses a legal one has lost by
    that. Raises ProgramError where a program cannot be set up at all.
    """
    state = with_komi(game.new(1), komi)
    moves: list[Move] = []
    for ply, action in enumerate(opening):
        state = game.step(state, np.array([action], np.int32))
        moves.append(Move(ply % 2, action))
    played = Played(moves, len(opening))
    for color, side in enumerate(sides):
        side.begin(game, komi, moves.copy(), seed + color)
    while not game.is_terminal(state)[0]:
        after = _turn(game, state, sides, played)
        if after is None:
            return played
        state = after
    played.how = "count" if int(state["passes"][0]) >= 2 else "limit"
    _count(game, state, played, judge)
    return played


def _turn(game: Game, state: States, sides: tuple[Side, Side], played: Played) -> States | None:
    """The next move: the position after it, or None where it ended the game, as `played` then tells."""
    color = int(state["player"][0])
    began = time.monotonic()
    try:
        answer = sides[color].move(color, state, len(played.moves))
    except ProgramError as error:
        _lost(played, color, error.kind, str(error))
        return None
    finally:
        played.seconds[color] += time.monotonic() - began
    if answer.thought is not None:
        played.thoughts[len(played.moves)] = answer.thought
    if answer.action is None:
        _lost(played, color, "resignation", "")
        return None
    try:
        after = game.step(state, np.array([answer.action], np.int32))
    except IllegalMove:
        _lost(played, color, *_illegal(game, state, answer.action))
        return None
    move = Move(color, answer.action)
    played.moves.append(move)
    try:
        sides[1 - color].told(move)
    except ProgramError as error:
        kind = error.kind  # crash, time and garbled say enough
        words = f"does not take {game.action_names[answer.action]}, which is legal: {error}"
        _lost(played, 1 - color, kind, words if kind == "refused" else str(error))
        return None
    return after


def _lost(played: Played, color: int, how: str, words: str) -> None:
    """The end of the game: that colour has lost."""
    played.winner, played.how = (-1 if color == BLACK else 1), how
    played.words = f"{COLORS[color]}: {words}" if words else ""


def _illegal(game: Game, state: States, action: int) -> tuple[str, str]:
    """Kind and words of an illegal move: "superko" where only the game's earlier positions forbid it."""
    kind, words = {
        "taken": ("illegal", "is taken"),
        "repetition": ("superko", "brings an earlier position back"),
        "suicide": ("illegal", "is suicide"),
    }[why_illegal(state, action)]
    return kind, f"{game.action_names[action]} {words}"


def _count(game: Game, state: States, played: Played, judge: DeadStones | None) -> None:
    komi = float(state["komi"][0])
    if judge is not None:
        try:
            dead = judge.dead(game, komi, played.moves)
            state, played.dead = _without(game, state, dead), dead
        except ProgramError as error:
            played.judged = False
            played.words = f"counted as it stands, for {judge.command!r} did not say what is dead: {error}"
    played.lead = float(score(state)[0][0]) - komi
    played.winner = int(np.sign(played.lead))


def _without(game: Game, state: States, dead: list[int]) -> States:
    """The position without those stones."""
    board = Board(int(state["size"][0]))
    board.state = state
    black, white = ([a for a in board.stones(color) if a not in dead] for color in (BLACK, WHITE))
    return place(with_komi(game.new(1), float(state["komi"][0])), black, white, BLACK)
