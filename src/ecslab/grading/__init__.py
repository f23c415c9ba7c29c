"""Grading: from a folder of submissions to scores that cannot be forged."""
