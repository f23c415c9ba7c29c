"""Tasks and task definitions: what may be registered, which sizes there are, how a task lives."""
