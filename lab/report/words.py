"""What a world calls its things: a board has games, positions, moves and search; a text other ones."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Words:
    """The words of one world; what is not given is said as on the board."""

    lesson: str = "game"  # what an arm learns from
    lessons: str = "games"
    problem: str = "position"
    problems: str = "positions"
    choice: str = "move"
    choices: str = "moves"
    aid: str = "search"  # what helps at test time
    with_aid: str = "with search"
    aid_unit: str = "simulations"

    @property
    def a_choice(self) -> str:
        """One choice with its article: a move, an answer."""
        return f"{'an' if self.choice[:1] in 'aeiou' else 'a'} {self.choice}"

    @property
    def aided(self) -> str:
        """How a column of scores with the aid is headed in short."""
        return "searched" if self.aid == "search" else self.with_aid

    @property
    def aid_alone_does(self) -> str:
        """The aid as the subject of what it does not: search alone does, votes alone do."""
        return f"{self.aid} alone {'do' if self.aid.endswith('s') else 'does'}"

    @property
    def another_aid(self) -> str:
        """That two aids are not the same one."""
        return "the votes are other ones" if self.aid == "votes" else f"the {self.aid} is another one"


BOARD = Words()
FIELDS = tuple(field.name for field in fields(Words))


def words_of(world: dict[str, Any]) -> Words:
    """A world's words; the board's where it gives none."""
    given = world.get("words")
    return BOARD if given is None else Words(**{name: given[name] for name in FIELDS})
