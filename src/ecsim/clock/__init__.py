"""Time, chance and memory: the engine, the identity source and the journal. Nothing here knows AWS."""
