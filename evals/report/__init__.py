"""What people look at after an evaluation: a page, a table for the terminal and one for Markdown, and comparisons."""

from evals.report.page import render

__all__ = ["render"]
