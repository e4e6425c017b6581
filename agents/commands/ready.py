"""Ready-made agents: the subcommand that exports one from a run, and `evaluate --card`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from agents.commands.common import UsageError


@dataclass(frozen=True)
class Export:
    """Make an arm of a run a ready-made agent (pretrained:NAME): its weights and a card."""

    run: Annotated[Path, tyro.conf.Positional]
    arm: Annotated[str, tyro.conf.Positional]
    name: str = ""
    """The agent's name; by default the arm's."""
    positions: tuple[Path, ...] = ()
    """Published files of `moves score` lines whose figures the card states, too, with 600 simulations."""


def export(command: Export) -> None:
    """Write agents/pretrained/<world>/<name>. Raises RunError, CheckpointError, NotationError."""
    from agents.cards import export_agent

    folder = export_agent(command.run, command.arm, command.name or command.arm, _commit(), command.positions)
    Console().print(f"{folder}: weights.safetensors, card.json", highlight=False, soft_wrap=True)


def check_card(world: str, name: str, positions: tuple[Path, ...]) -> dict[str, Any]:
    """Measure a card's figures again and print both. Raises UsageError where they disagree: where the
    intervals do not even overlap."""
    from agents.cards import compare_with_card

    pairs = compare_with_card(world, name, positions)
    table = Table(title=f"pretrained:{name}", title_justify="left", caption="% right moves [95 %]")
    for column in ("positions", "simulations", "on the card", "measured now"):
        table.add_column(column, justify="left" if column == "positions" else "right")
    for stored, measured in pairs:
        table.add_row(
            stored.positions, str(stored.simulations), _percent(stored.right), _percent(measured.right)
        )
    Console().print(table)
    apart = [m.positions for s, m in pairs if s.right.low > m.right.high or m.right.low > s.right.high]
    if apart:
        raise UsageError(f"the card of {name} is not reproduced on: {', '.join(apart)}")
    entries = [{"card": s.to_json(), "measured": m.to_json()} for s, m in pairs]
    return {"schema": "move37-card-check/1", "agent": name, "figures": entries}


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
