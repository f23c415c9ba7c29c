"""Tests of checks, and of the notebook around them."""
