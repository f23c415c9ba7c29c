"""Deployments: how many tasks of which revision, which stage comes next, when to give up."""
