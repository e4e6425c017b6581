"""The engine: every command of GTP 2 that we know, on one game at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from agents.gtp.analysis import Expected, Request, kata_line, lz_line, read_request
from agents.gtp.clock import Clock
from agents.gtp.protocol import (
    Command,
    GtpError,
    action_of,
    color_of,
    number,
    score_text,
    whole_number,
)
from agents.gtp.talk import Talk
from games.core import Game, States

if TYPE_CHECKING:
    from agents.gtp.board import Board
    from agents.gtp.thinkers import Chosen, Thinker, Thought
    from agents.live_search import Limit

MOST_KOMI = 1_000.0
LARGEST_FILE = 10_000_000
PLAYOUTS = 200  # behind whose point is whose
LOOK = 0.01  # seconds between two looks at whether a line has come
RESIGN_AFTER = 2  # moves in a row below the threshold
UNABLE = ("UnknownPlayer", "CheckpointError", "OwnFileError", "UnknownGame")  # who does not play a size
Handler = Callable[[tuple[str, ...], Talk], str]


@dataclass(frozen=True)
class Strength:
    """How an engine plays: at most so many simulations and seconds a move (None: no limit of that kind; a
    controller's clock counts too), resigning where its win rate stays below `resign_below`."""

    simulations: int | None = None
    seconds: float | None = None
    resign_below: float = 0.0
    seed: int = 0


class Engine:
    """A named player who speaks GTP. `find(game)` gives its thinker for a board size, or raises one of the
    errors in UNABLE; `answer` is called with one command after the other."""

    def __init__(self, name: str, size: int, strength: Strength, find: Callable[[Game], Thinker]) -> None:
        self.name, self.strength = name, strength
        self._find = find
        self._thinkers: dict[int, Thinker] = {}
        self._loading = threading.RLock()
        self._komi: float | None = None  # None: nobody has set one
        self._first_size = size
        self._current: Board | None = None
        self._games = 0
        self._clock = Clock()
        self._hopeless = [0, 0]  # of Black and White, moves in a row
        self.is_over = False
        self._handlers: dict[str, Handler] = {
            "protocol_version": lambda words, talk: "2",
            "name": lambda words, talk: f"Move 37 ({name})",
            "version": lambda words, talk: _version(),
            "known_command": self._known_command,
            "list_commands": lambda words, talk: "\n".join(self._handlers),
            "quit": self._quit,
            "boardsize": self._boardsize,
            "clear_board": self._clear_board,
            "komi": self._set_komi,
            "play": self._play,
            "genmove": self._genmove,
            "reg_genmove": self._reg_genmove,
            "kgs-genmove_cleanup": self._genmove,
            "undo": self._undo,
            "fixed_handicap": self._fixed_handicap,
            "place_free_handicap": self._place_free_handicap,
            "set_free_handicap": self._set_free_handicap,
            "loadsgf": self._loadsgf,
            "time_settings": self._time_settings,
            "time_left": self._time_left,
            "final_score": lambda words, talk: score_text(self._board.area_balance()),
            "final_status_list": self._final_status_list,
            "showboard": lambda words, talk: "\n" + self._board.diagram(),
            "query_boardsize": lambda words, talk: str(self._board.size),
            "get_komi": lambda words, talk: f"{self._board.komi:g}",
            "lz-analyze": lambda words, talk: self._analyze(words, talk, lz_line),
            "kata-analyze": lambda words, talk: self._analyze(words, talk, kata_line),
            "lz-genmove_analyze": lambda words, talk: self._genmove_analyze(words, talk, lz_line),
            "kata-genmove_analyze": lambda words, talk: self._genmove_analyze(words, talk, kata_line),
        }

    @property
    def _board(self) -> Board:
        """The game as it stands; made, and the rules imported, when it is first asked for."""
        if self._current is None:
            self._current = self._new_board(self._first_size)
        return self._current

    def _new_board(self, size: int) -> Board:
        from agents.gtp.board import Board

        return Board(size, self._komi)

    def answer(self, command: Command, talk: Talk) -> None:
        """Do what a command says and answer it through `talk`, errors of its own included."""
        handler = self._handlers.get(command.name)
        try:
            if handler is None:
                raise GtpError("unknown command")
            talk.done(handler(command.words, talk))
        except GtpError as error:
            talk.failed(str(error))

    def thinker(self, game: Game) -> Thinker:
        """Who thinks on that size; raises what `find` does."""
        size = int(game.observation_shape[-1])
        with self._loading:
            if size not in self._thinkers:
                self._thinkers[size] = self._find(game)
            return self._thinkers[size]

    def warm_up(self) -> None:
        """Load the thinker of the first board, and have it think once; raises what `find` does."""
        board = self._new_board(self._first_size)
        with self._loading:  # who asks meanwhile waits: a network judges for one at a time
            self.thinker(board.game).warm_up(board.state)

    # --- about the engine ---

    def _known_command(self, words: tuple[str, ...], talk: Talk) -> str:
        return "true" if words and words[0] in self._handlers else "false"

    def _quit(self, words: tuple[str, ...], talk: Talk) -> str:
        self.is_over = True
        return ""

    # --- the game ---

    def _boardsize(self, words: tuple[str, ...], talk: Talk) -> str:
        size = whole_number(_one(words, "a size"))
        if not 2 <= size <= 19:
            raise GtpError("unacceptable size")
        board = self._new_board(size)
        try:
            self.thinker(board.game)
        except Exception as error:
            if type(error).__name__ not in UNABLE:
                raise
            raise GtpError("unacceptable size") from error
        self._begin(board)
        return ""

    def _begin(self, board: Board) -> None:
        self._current, self._hopeless = board, [0, 0]
        self._games += 1

    def _clear_board(self, words: tuple[str, ...], talk: Talk) -> str:
        self._begin(self._new_board(self._board.size))
        return ""

    def _set_komi(self, words: tuple[str, ...], talk: Talk) -> str:
        komi = number(_one(words, "a number"))
        if abs(komi) > MOST_KOMI:
            raise GtpError(f"a komi is at most {MOST_KOMI:g}")
        self._komi = komi
        self._board.set_komi(komi)
        return ""

    def _play(self, words: tuple[str, ...], talk: Talk) -> str:
        if len(words) != 2:
            raise GtpError("play needs a color and a point, such as: play B D4")
        self._board.play(color_of(words[0]), action_of(words[1], self._board.game))
        return ""

    def _undo(self, words: tuple[str, ...], talk: Talk) -> str:
        self._board.undo()
        self._hopeless = [0, 0]
        return ""

    def _fixed_handicap(self, words: tuple[str, ...], talk: Talk) -> str:
        from agents.gtp.board import fixed_handicap

        return self._handicap(fixed_handicap(self._board.size, whole_number(_one(words, "a number"))))

    def _place_free_handicap(self, words: tuple[str, ...], talk: Talk) -> str:
        from agents.gtp.board import handicap_points

        count = whole_number(_one(words, "a number"))
        if not 2 <= count < self._board.size**2:
            raise GtpError("invalid number of stones")
        return self._handicap(handicap_points(self._board.size, min(count, 9)))

    def _set_free_handicap(self, words: tuple[str, ...], talk: Talk) -> str:
        points = [action_of(word, self._board.game) for word in words]
        if not 2 <= len(points) < self._board.size**2 or len(set(points)) < len(points):
            raise GtpError("bad vertex list")
        if self._board.size**2 in points:
            raise GtpError("bad vertex list")
        self._handicap(points)
        return ""

    def _handicap(self, points: list[int]) -> str:
        if not self._board.is_untouched:
            raise GtpError("board not empty")
        self._board.set_up(points, [], 1)
        return " ".join(self._board.game.action_names[point] for point in points)

    def _loadsgf(self, words: tuple[str, ...], talk: Talk) -> str:
        from games.sgf import BadGame, parse_sgf
        from games.sgf_files import first_illegal, start_of

        if not 1 <= len(words) <= 2:
            raise GtpError("loadsgf needs a file, and perhaps a move number")
        until = whole_number(words[1]) if len(words) == 2 else None
        try:
            game = parse_sgf(_file(Path(words[0])), words[0])[0]
            if isinstance(game, BadGame):
                raise GtpError(str(game))
            board = self._new_board(game.size)
            self.thinker(board.game)
            board.begin(start_of(game, self._komi))
            # GTP: with a move number, the position before that move
            for ply, action in enumerate(game.actions[: None if until is None else max(0, until - 1)]):
                color = (game.first + ply) % 2
                try:
                    board.play(color, action)
                except GtpError:
                    raise GtpError(str(first_illegal(game, board.to_move(color), ply))) from None
        except (OSError, ValueError, GtpError) as error:
            raise GtpError(f"cannot load file: {error}") from None
        self._begin(board)
        return ""

    # --- time ---

    def _time_settings(self, words: tuple[str, ...], talk: Talk) -> str:
        if len(words) != 3:
            raise GtpError("time_settings needs main time, byo-yomi time and byo-yomi stones")
        main, period, stones = (whole_number(word) for word in words)
        self._clock = Clock(float(main), float(period), stones)
        return ""

    def _time_left(self, words: tuple[str, ...], talk: Talk) -> str:
        if len(words) != 3:
            raise GtpError("time_left needs a color, seconds and stones")
        self._clock.tell(color_of(words[0]), float(whole_number(words[1])), whole_number(words[2]))
        return ""

    # --- moves and thoughts ---

    def _genmove(self, words: tuple[str, ...], talk: Talk) -> str:
        color = color_of(_one(words, "a color"))
        return self._own_move(color, self._choose(color))

    def _reg_genmove(self, words: tuple[str, ...], talk: Talk) -> str:
        color = color_of(_one(words, "a color"))
        return self._board.game.action_names[self._choose(color).action]

    def _choose(
        self, color: int, every: float = 0.0, tell: Callable[[Thought], None] | None = None
    ) -> Chosen:
        from lab.randomness import fold_in, root_key

        board, began = self._board, time.monotonic()
        thinker, state = self.thinker(board.game), board.to_move(color)
        key = int(fold_in(root_key(self.strength.seed, "gtp"), self._games))
        chosen = thinker.choose(state, key, len(board.moves), self._limit(color), every, tell)
        self._clock.spend(color, time.monotonic() - began)
        return chosen

    def _limit(self, color: int) -> Limit:
        from agents.live_search import Limit

        allowed = self._clock.seconds(color, len(self._board.moves), self._board.size**2)
        given = [seconds for seconds in (self.strength.seconds, allowed) if seconds is not None]
        return Limit(self.strength.simulations, min(given) if given else None)

    def _own_move(self, color: int, chosen: Chosen) -> str:
        """Play what was chosen, or resign: GTP's answer."""
        low = chosen.value is not None and (chosen.value + 1) / 2 < self.strength.resign_below
        self._hopeless[color] = self._hopeless[color] + 1 if low else 0
        if self._hopeless[color] >= RESIGN_AFTER:
            return "resign"
        self._board.play(color, chosen.action)
        return self._board.game.action_names[chosen.action]

    def _analyze(self, words: tuple[str, ...], talk: Talk, write: Callable[..., str]) -> str:
        from agents.live_search import Limit

        request, board = read_request(words), self._board
        thinker = self.thinker(board.game)
        if not thinker.tells:
            raise GtpError(f"{self.name} shows no thoughts")
        _, state, expected = self._asked(request)
        talk.open()
        thinker.analyse(
            state,
            Limit(stop=talk.is_interrupted),
            request.every,
            lambda thought: talk.line(write(thought, board.game, request, expected)),
        )
        while not talk.is_interrupted():  # all is thought: the answer stays open until the next line
            time.sleep(LOOK)
        return ""

    def _genmove_analyze(self, words: tuple[str, ...], talk: Talk, write: Callable[..., str]) -> str:
        request, board = read_request(words), self._board
        color, _, expected = self._asked(request)
        talk.open()
        chosen = self._choose(
            color, request.every, lambda thought: talk.line(write(thought, board.game, request, expected))
        )
        return f"play {self._own_move(color, chosen)}"

    def _asked(self, request: Request) -> tuple[int, States, Expected]:
        """Whose move an analysis is of, the position [1], and how it is expected to end, if asked for: by the
        engine where it has learned that, else by playouts."""
        color = int(self._board.state["player"][0]) if request.color is None else request.color
        state = self._board.to_move(color)
        if not (request.root or request.ownership):
            return color, state, None
        from agents.go_ownership import playout_ownership

        ownership = self.thinker(self._board.game).ownership or playout_ownership(PLAYOUTS)
        owner, lead = ownership(state)
        sign = 1 - 2 * color
        return color, state, ([float(sign * share) for share in owner], sign * lead)

    def _final_status_list(self, words: tuple[str, ...], talk: Talk) -> str:
        """Dead is what playouts give up; final_score takes nothing off and counts the board as it stands."""
        status = _one(words, "alive, seki or dead")
        if status not in ("alive", "seki", "dead"):
            raise GtpError(f"a status is alive, seki or dead, not {status[:20]!r}")
        if status == "seki":
            return ""
        from agents.go_estimate import dead_stones

        stones = dead = dead_stones(self._board.state, PLAYOUTS)
        if status == "alive":
            stones = [one for color in (0, 1) for one in self._board.stones(color) if one not in dead]
        return "\n".join(self._board.game.action_names[action] for action in stones)


def _one(words: tuple[str, ...], what: str) -> str:
    """The only word. Raises GtpError."""
    if not words:
        raise GtpError(f"syntax error: it needs {what}")
    return words[0]


def _file(path: Path) -> bytes:
    """What a file holds, up to the largest size that is read. Raises OSError, GtpError."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise GtpError(f"{path} is no regular file")  # a pipe could be waited for without end
    with open(path, "rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise GtpError("the file is larger than 10 MB")
    return data


def _version() -> str:
    try:
        return version("move37")
    except PackageNotFoundError:
        return "0"
