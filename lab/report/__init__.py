"""The page and the table that tell a result."""

from lab.report.page import render_report, score_figure, write_report
from lab.report.result import ResultError
from lab.report.terminal import terminal_table

__all__ = ["ResultError", "render_report", "score_figure", "terminal_table", "write_report"]
