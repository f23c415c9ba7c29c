"""The AWS API: the gate through which every call passes, and ECS's operations."""
