"""How long a move may take: GTP's time settings and what is left, as seconds for the next move."""

from __future__ import annotations

from dataclasses import dataclass

LAG = 0.1  # seconds that pass on the way
LEAST = 0.02
AHEAD = 0.6  # so much of a board's points is a game's length in moves; the main time is for what is left


@dataclass
class Clock:
    """Main time, then `stones` moves in every `period` seconds (Canadian byo-yomi), as time_settings has it;
    what is left to each colour, as time_left tells or as it was used up here."""

    main: float | None = None  # None: nobody has set a time
    period: float = 0.0
    stones: int = 0

    def __post_init__(self) -> None:
        at_once = self.main == 0 and self.stones > 0  # no main time: the first period has begun
        first = (self.period, self.stones) if at_once else (self.main or 0.0, 0)
        self.left: list[tuple[float, int]] = [first] * 2  # seconds, stones (0: main time)

    @property
    def is_off(self) -> bool:
        """Whether there is no limit: none was set, or, as GTP has it, periods without stones."""
        return self.main is None or (self.period > 0 and self.stones == 0)

    def tell(self, color: int, seconds: float, stones: int) -> None:
        """What a colour has left: main time where stones is 0."""
        self.left[color] = (seconds, stones)

    def spend(self, color: int, seconds: float) -> None:
        """A move has taken so long."""
        left, stones = self.left[color]
        left -= seconds
        if stones:
            stones -= 1
            self.left[color] = (left, stones) if stones else (self.period, self.stones)
        elif left <= 0 and self.stones:
            self.left[color] = (self.period, self.stones)
        else:
            self.left[color] = (max(0.0, left), 0)

    def seconds(self, color: int, moves: int, points: int) -> float | None:
        """For the next move of that colour, after so many moves on so many points; None: no limit."""
        if self.is_off:
            return None
        left, stones = self.left[color]
        if stones:
            share = left / stones
        else:
            own_moves_ahead = max(points * AHEAD - moves, points * 0.15, 4) / 2
            share = left / own_moves_ahead
            if self.stones:  # what comes after the main time is there for every move
                share = max(share, min(left, self.period / self.stones))
        return max(LEAST, share - LAG)
