"""Writes tests/lab/golden/*.json by the reference search: python tests/lab/make_golden_trees.py

To be run again only when a search is meant to have changed, and the difference read.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from reference_search import ReferenceSearch  # noqa: E402
from table_worlds import ACTIONS, World, alone, gappy, quiet  # noqa: E402

from lab.tree_search import SearchConfig  # noqa: E402

WORLDS: dict[str, World] = {
    "quiet 3": quiet(3),
    "quiet 12": quiet(12),
    "gappy 5": gappy(5),
    "gappy 20": gappy(20),
    "alone 7": alone(7),
}
MOST = 16


def golden(method: str) -> dict[str, Any]:
    """What a search by that method finds in each world after 1 to 16 simulations, and its last tree."""
    entries: dict[str, Any] = {}
    for name, world in WORLDS.items():
        searches = [ReferenceSearch(world, SearchConfig(n, method)).run() for n in range(1, MOST + 1)]
        entries[name] = {
            "visit_counts": [[s.root.count(a) for a in range(ACTIONS)] for s in searches],
            "actions": [s.action() for s in searches],
            "exact": [s.root.exact for s in searches],
            "value": [round(s.value(), 6) for s in searches],
            "action_weights": [[round(s.policy().get(a, 0.0), 6) for a in range(ACTIONS)] for s in searches],
            "tree": [
                {
                    "path": list(node.path),
                    "value": node.value,
                    "exact": node.exact,
                    "visit_counts": [node.count(a) for a in range(ACTIONS)],
                    "value_sums": [sum(node.returns.get(a, [])) for a in range(ACTIONS)],
                }
                for node in searches[-1].order
            ],
        }
    return entries


def main() -> None:
    """Write one file a method."""
    for method in ("gumbel", "puct"):
        lines = []
        for name, entry in golden(method).items():
            tree = ",\n".join(f"   {json.dumps(node)}" for node in entry.pop("tree"))
            rows = "".join(f'  "{key}": {json.dumps(value)},\n' for key, value in entry.items())
            lines.append(f' "{name}": {{\n{rows}  "tree": [\n{tree}]}}')
        path = HERE / "golden" / f"{method}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
