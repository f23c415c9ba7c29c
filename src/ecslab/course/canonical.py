"""The one line that a check cell prints. It is the same in both languages, and nbval compares it in a grade."""

from __future__ import annotations


def verdict_line(check: str, *, passed: bool, points: int) -> str:
    """For example `[pass] 2.1 (2/2 points)` or `[fail] 2.1 (0/2 points)`."""
    return f"[{'pass' if passed else 'fail'}] {check} ({points if passed else 0}/{points} points)"
