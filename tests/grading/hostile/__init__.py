"""Hostile and broken submissions, as data: `attacks` run in a cell, `files` are what is handed in instead of work."""
