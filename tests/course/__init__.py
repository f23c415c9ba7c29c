"""Tests of reading and releasing labs."""
