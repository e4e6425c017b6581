"""The files of docs/your_own_game.md as they stand there, for the tests of the page and of own files."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "your_own_game.md"


def page_files() -> dict[str, str]:
    """The page's Python files by name: every block begins with the name of its file."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return {block[2:].partition(".py")[0] + ".py": block for block in blocks}
