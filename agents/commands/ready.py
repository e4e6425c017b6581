"""Ready-made agents: the subcommand that exports one from a run, and `evaluate --card`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from lab.commands.common import UsageError

if TYPE_CHECKING:
    from agents.cards import CardCheck


@dataclass(frozen=True)
class Export:
    """Make an arm of a run a ready-made agent (pretrained:NAME): its weights and a card."""

    run: Annotated[Path, tyro.conf.Positional]
    arm: Annotated[str, tyro.conf.Positional]
    name: str = ""
    """The agent's name, letters, digits and dashes; by default the arm's."""
    replace: bool = False
    """Put it in the place of the ready-made agent of that name, the shipped ones among them."""
    positions: tuple[Path, ...] = ()
    """Published files of `moves score` lines whose figures the card states, too, with 600 simulations."""


def export(command: Export) -> None:
    """Write agents/pretrained/<world>/<name>.

    Raises NotExportable, RunError, CheckpointError, NotationError.
    """
    from agents.cards import export_agent

    name = command.name or command.arm
    folder = export_agent(command.run, command.arm, name, _commit(), command.positions, command.replace)
    Console().print(f"{folder}: weights.safetensors, card.json", highlight=False, soft_wrap=True)


def check_card(world: str, name: str, positions: tuple[Path, ...]) -> dict[str, Any]:
    """Measure a card's figures again, as far as their positions are given, and print both.

    Raises UsageError where they disagree: where they are not equal or, under other conditions than the
    card's, where the intervals do not even overlap.
    """
    from agents.cards import compare_with_card

    check = compare_with_card(world, name, positions)
    Console().print(_check_table(name, check))
    for line in _remarks(check):
        Console().print(line, highlight=False, soft_wrap=True)
    if check.failed:
        sets = ", ".join(f"{f.positions} ({f.simulations} simulations)" for f in check.failed)
        raise UsageError(f"the card of {name} is not reproduced on: {sets}")
    return {
        "schema": "move37-card-check/1",
        "agent": name,
        "compared_by": "overlap" if check.differences else "equality",
        "differences": {
            condition: {"card": then, "now": now} for condition, (then, now) in check.differences.items()
        },
        "figures": [{"card": then.to_json(), "measured": now.to_json()} for then, now in check.pairs],
        "unchecked": [figure.to_json() for figure in check.unchecked],
    }


def _check_table(name: str, check: CardCheck) -> Table:
    table = Table(title=f"pretrained:{name}", title_justify="left", caption="% right moves [95 %]")
    for column in ("positions", "simulations", "on the card", "measured now"):
        table.add_column(column, justify="left" if column == "positions" else "right")
    rows = [(then, _percent(now.right)) for then, now in check.pairs]
    rows += [(figure, "not checked") for figure in check.unchecked]
    for figure, now in rows:
        table.add_row(figure.positions, str(figure.simulations), _percent(figure.right), now)
    return table


def _remarks(check: CardCheck) -> list[str]:
    """What limits the check, in sentences."""
    remarks = []
    if check.unchecked:
        names = ", ".join(dict.fromkeys(figure.positions for figure in check.unchecked))
        remarks.append(f"not checked: {names}; give their files by --positions")
    if check.differences:
        words = "; ".join(
            f"{name}: card {then}, here {now}" for name, (then, now) in check.differences.items()
        )
        remarks.append(
            f"measured under other conditions than the card's ({words}), which may round to another move: "
            "intervals need to overlap, rates need not be equal"
        )
    return remarks


def _percent(score: Any) -> str:
    return f"{100 * score.rate:.1f} [{100 * score.low:.1f}, {100 * score.high:.1f}]"


def _commit() -> str:
    """The commit of the source that exports, or "unknown" outside of a repository."""
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
