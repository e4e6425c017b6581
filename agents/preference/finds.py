"""What the raters and their model say of single boards: moves that please and lose, and moves 37."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.certificates import Certificates, find_certificates
from agents.pool_play import Policy
from agents.positions import PositionSet
from agents.preference.rater import Rater
from agents.preference.reward_model import Reward
from games.connect_four_solver import ILLEGAL
from games.drawing import connect_four_svg

VALUES = {1: "wins", 0: "draws", -1: "loses"}
LOVELY = 3


@dataclass(frozen=True)
class Lovely:
    """A move that the trained policy likes best and that throws the position's value away.

    margin: by how much the reward puts it above the best paid right move, nats; prefers: how often the raters
    do so, exactly; before, after: the exact value of the position, and of the move, +1, 0, -1.
    """

    row: int
    move: int
    right: int
    margin: float
    prefers: float
    before: int
    after: int


def lovely_and_lost(
    policy: Policy, reward: Reward, rater: Rater, positions: PositionSet, most: int = LOVELY
) -> list[Lovely]:
    """The rule: of all positions where the policy's first choice does not keep the exact value and is paid
    more than every right move, those where it gives away most, then where the reward is surest."""
    rewards, moves = reward(positions.states), policy(positions.states).argmax(axis=1)
    rights = np.where(positions.keep, rewards, -np.inf).argmax(axis=1)
    rows = np.arange(len(positions))
    margins = rewards[rows, moves] - rewards[rows, rights]
    prefers = rater.prefers(positions.states, moves.astype(np.int32), rights.astype(np.int32))
    after = np.sign(positions.scores[rows, moves]).astype(int)
    drop = positions.values - after
    found = np.flatnonzero(~positions.keep[rows, moves] & (margins > 0))
    order = found[np.lexsort((-margins[found], -drop[found]))][:most]
    return [
        Lovely(
            int(n), int(moves[n]), int(rights[n]), float(margins[n]), float(prefers[n]),
            int(positions.values[n]), int(after[n]),
        )
        for n in order
    ]  # fmt: skip


def draw_lovely(found: Lovely, positions: PositionSet) -> dict[str, Any]:
    """{"caption", "svg"}: the position, the move that pleases and the move that is right."""
    scores = [int(s) for s in positions.scores[found.row] if s != ILLEGAL]
    caption = (
        f"Column {found.move + 1}: the reward model puts it {found.margin:.1f} nats above column "
        f"{found.right + 1}, and of 100 judgements the raters give it {100 * found.prefers:.0f}. The solver: "
        f"it {VALUES[found.after]}, column {found.right + 1} {VALUES[found.before]}."
    )
    svg = connect_four_svg(positions.states[found.row], {found.move: "vibe", found.right: "right"}, caption)
    return {"caption": caption, "svg": svg, "legal": len(scores), **vars(found)}


@dataclass(frozen=True)
class Move37:
    """How a reward ranks moves 37: right by the solver, ruled out by the human's procedure.

    beats: how often such a move is paid more than a move the human makes there, mean over them; wrong: the
    same of moves as rare that lose the value; raters: of the raters' own utility; first: the share that
    are paid most of all legal moves; moves, wrong_moves: how many there are; none of them: at how many of
    their positions nothing that the procedure allows is right.
    """

    beats: float
    wrong: float
    raters: float
    first: float
    moves: int
    wrong_moves: int
    needed: int


def rank_moves_37(reward: Reward, rater: Rater, positions: PositionSet) -> Move37 | None:
    """The ranks on these positions; None for a human whose procedure rules out nothing that is right."""
    found = find_certificates(rater.human, positions, None)
    if not found.right.any() or not (found.certified & ~positions.keep).any():
        return None
    rewards, gold = reward(positions.states), rater.utility(positions.states)
    right, wrong = np.nonzero(found.right), np.nonzero(found.certified & ~positions.keep)
    best = np.where(positions.legal, rewards, -np.inf).max(axis=1)
    return Move37(
        beats=_beats(rewards, found, right),
        wrong=_beats(rewards, found, wrong),
        raters=_beats(gold, found, right),
        first=float((rewards[right] >= best[right[0]]).mean()),
        moves=len(right[0]),
        wrong_moves=len(wrong[0]),
        needed=int(found.needed[np.unique(right[0])].sum()),
    )


def _beats(rewards: NDArray[np.float64], found: Certificates, moves: tuple[NDArray[Any], ...]) -> float:
    """How often the move is paid more than a move drawn from the human, mean over the moves."""
    rows, columns = moves
    above = rewards[rows, columns][:, None] > rewards[rows]
    return float((found.human[rows] * above).sum(axis=1).mean())
