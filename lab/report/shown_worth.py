"""What an answer that is shown is worth in answers that are tried and checked."""

from __future__ import annotations

from statistics import median
from typing import Any

from lab.report.wording import capital, thousands

Row = dict[str, Any]


def worth_rows(rows: list[Row]) -> list[Row]:
    """The rows as the table has them: the median checks over seeds, their range, and how many to an answer;
    `never` counts the seeds on which the learner did not get that far."""
    return [_row(row) for row in rows]


def _row(row: Row) -> Row:
    # a learner that never got there needed more than all of its checks, so it stands last
    checks = sorted(row["checks"], key=lambda n: float("inf") if n is None else n)
    middle = checks[len(checks) // 2] if None in checks else round(median(checks))
    reached = [n for n in checks if n is not None]
    return {
        **row,
        "median": middle,
        "each": None if middle is None else round(middle / row["answers"]),
        "range": (reached[0], reached[-1]) if reached else None,
        "never": len(checks) - len(reached),
    }


def worth_words(rows: list[Row]) -> list[str]:
    """A sentence a learner and number of answers shown."""
    return [_words(_row(row)) for row in rows]


def _words(row: Row) -> str:
    who, shown = row["title"], f"{thousands(row['answers'])} true answers"
    if row["median"] is None:
        return capital(
            f"{who} did not come as far with all its {thousands(row['all_checks'])} checks as {shown} shown."
        )
    seeds = len(row["checks"])
    told = f"{shown} shown are worth about {thousands(row['median'])} checks to {who}, "
    told += f"{thousands(row['each'])} to an answer"
    if seeds > 1:
        low, high = row["range"]
        told += f" (median of {seeds} seeds; {thousands(low)} to {thousands(high)}"
        told += f", and never on {row['never']})" if row["never"] else ")"
    return capital(f"{told}.")
