"""Container instances, their attributes, and the calls of their agent."""
