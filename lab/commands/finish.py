"""The end of every learning subcommand: what is left is done, then the result, the report, the table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from lab.commands.common import write_json
from lab.commands.stopping import INTERRUPTED, stopping_told
from lab.wing import Wings

if TYPE_CHECKING:
    from lab.run import Run


def finish(run: Run, wings: Wings, json_path: Path | None = None, anyway: bool = False) -> None:
    """Do what is left of a run: its seeds one after the other, the result, the report, the table."""
    from lab.report import write_report
    from lab.report.terminal import terminal_table
    from lab.runs import complete
    from lab.workers import Interrupted

    console = Console()
    console.print(f"run folder: {run.folder}", highlight=False)
    try:
        with stopping_told(console):
            result = complete(run, wings, console, anyway)
    except (Interrupted, KeyboardInterrupt):
        console.print(
            f"\nstopped; all is saved. Go on with: python train.py resume {run.folder}", highlight=False
        )
        raise SystemExit(INTERRUPTED) from None
    write_json(run.result_path, result)
    if json_path:
        write_json(json_path, result)
    report = write_report(run.folder)
    console.print(terminal_table(result))
    console.print(f"report       {report}", highlight=False, soft_wrap=True)
    console.print(
        f"TensorBoard  {run.folder / 'tensorboard'}  (make tensorboard)", highlight=False, soft_wrap=True
    )
