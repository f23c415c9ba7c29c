"""Thousands of submissions through one command: `make soak`."""
