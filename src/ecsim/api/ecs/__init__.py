"""The ECS API, operation by operation."""
