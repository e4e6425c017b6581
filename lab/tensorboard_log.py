"""An arm's measurements as TensorBoard scalars, the same tags for every world and arm.

A Score becomes three scalars: `score/rate`, `score/rate_low`, `score/rate_high`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lab.statistics import Score

if TYPE_CHECKING:
    from lab.curve import CurveRow

# score/rate and its lines in one chart, the interval as a band, and what else an arm learns by
LAYOUT = {
    "Move 37": {
        "score and the human's lines": [
            "Multiline",
            [r"^score/(rate|ceiling_recorded|ceiling_best|optimum)$"],
        ],
        "score with search": ["Multiline", [r"^score/(searched|ceiling_best|optimum)$"]],
        "score with its 95 % interval": ["Margin", ["score/rate", "score/rate_low", "score/rate_high"]],
        "losses": ["Multiline", [r"^loss/"]],
        "KL divergences (nats)": ["Multiline", [r"^kl/"]],
        "moves that a human's procedure rules out": ["Multiline", [r"^surprise/rate$"]],
        "length (moves, tokens)": ["Multiline", [r"^length/"]],
    }
}


class TensorBoardLog:
    """Writes the rows of one arm into its own folder of events."""

    def __init__(self, folder: Path, config: str, purge_step: int | None = None) -> None:
        """`config` is shown as text; with `purge_step`, events of that step and later are void."""
        from torch.utils.tensorboard import SummaryWriter  # a second or two: only where it is needed

        self._writer: Any = SummaryWriter(str(folder), purge_step=purge_step)
        if purge_step is None:
            self._writer.add_custom_scalars(LAYOUT)
            self._writer.add_text("config", f"```json\n{config}\n```", 0)

    def write(self, row: CurveRow) -> None:
        """Add every tag of a row at its step, and `time/cpu_seconds` and `time/games`."""
        self._scalar("time/cpu_seconds", row.cpu_seconds, row.step)
        self._scalar("time/games", row.games, row.step)
        for tag, value in row.tags.items():
            if isinstance(value, Score):
                self._scalar(tag, value.rate, row.step)
                self._scalar(f"{tag}_low", value.low, row.step)
                self._scalar(f"{tag}_high", value.high, row.step)
            else:
                self._scalar(tag, value, row.step)
        self._writer.flush()

    def close(self) -> None:
        """Flush and close; a second call does nothing."""
        self._writer.close()

    def _scalar(self, tag: str, value: float, step: int) -> None:
        self._writer.add_scalar(tag, float(value), step)


def write_images(folder: Path, images: Mapping[str, tuple[NDArray[np.uint8], str]]) -> None:
    """Write pictures, uint8 [H, W, 3] with a caption each, by tag, into a folder of events of their own."""
    from torch.utils.tensorboard import SummaryWriter

    if not images:
        return
    writer: Any = SummaryWriter(str(folder))
    for tag, (pixels, caption) in images.items():
        writer.add_image(tag, pixels, 0, dataformats="HWC")
        writer.add_text(tag, caption, 0)
    writer.close()


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts in Markdown, by tag, into a folder of events of their own."""
    from torch.utils.tensorboard import SummaryWriter

    writer: Any = SummaryWriter(str(folder))
    for tag, text in texts.items():
        writer.add_text(tag, text, 0)
    writer.close()
