"""The cloud put together: its faces, its transports and its two ports."""
