"""Capacity: what instances offer, on which of them a task is placed, which provider gives it, how many there are."""
