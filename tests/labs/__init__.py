"""Tests of the labs themselves."""
