"""Clusters and the capacity providers that they have."""
