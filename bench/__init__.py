"""The budgets of the design, measured: each figure as a ratio to a named peer in the same run."""
