"""The analogy, row by row: what stands for what in the two halves, and where it breaks.

AlphaGo's stages beside those of reasoning language models. Each half tells of a row what its run shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One idea: `board` and `text` say what it is there, `breaks` where the likeness ends."""

    name: str
    idea: str
    board: str
    text: str
    breaks: str


ROWS = (
    Row(
        "demonstrations",
        "Somebody shows how",
        "human games",
        "demonstrations: worked answers",
        "Games come in millions, with a result each; an answer has none before somebody checks it.",
    ),
    Row(
        "imitation",
        "Imitate them",
        "the SL policy: predict the human\u2019s move",
        "supervised fine-tuning: predict the next token",
        "A board shows all that matters; a text is cut into tokens, and one wrong token changes the rest.",
    ),
    Row(
        "outcome",
        "An outcome that cannot be argued with",
        "win or loss, by the rules",
        "a verified answer",
        "Rules judge every position; few questions have a verifier, most truths have none.",
    ),
    Row(
        "reinforcement",
        "Learn from one\u2019s own attempts",
        "self-play",
        "sampling against the verifier",
        "A verifier is no opponent: it does not grow stronger, so nothing makes the problems harder.",
    ),
    Row(
        "search",
        "Think longer before answering",
        "tree search",
        "votes over samples: test-time compute",
        "The rules simulate the world exactly, so a tree can look ahead; nothing simulates an answer’s.",
    ),
    Row(
        "measure",
        "How strong",
        "rating and right moves",
        "accuracy on held-out problems",
        "A rating has no top; an accuracy ends at 100 %, and then the problems must change.",
    ),
    Row(
        "surprise",
        "What no teacher showed",
        "move 37",
        "the rare right answer",
        "A surprising move is judged by the game\u2019s end; a surprising answer only by who can check it.",
    ),
    Row(
        "critic",
        "What to expect from here",
        "value network",
        "critic, or the mean of the other samples",
        "A position says who is ahead; half an answer rarely says whether it will be right.",
    ),
    Row(
        "symmetry",
        "The same thing twice",
        "mirror or rotation",
        "the commuted problem: 37+58, 58+37",
        "Boards have exact symmetries; two wordings of a question mean the same only nearly.",
    ),
)


def analogy_rows(board: dict[str, Any], text: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows as the report draws them (docs/result.md); `board`, `text`: row's name -> this run's figure,
    as words, where there is one."""
    return [
        {
            "row": row.idea,
            "board": {"words": row.board, "figure": board.get(row.name)},
            "text": {"words": row.text, "figure": text.get(row.name)},
            "breaks": row.breaks,
        }
        for row in ROWS
    ]
