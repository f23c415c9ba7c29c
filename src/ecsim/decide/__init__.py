"""Pure decisions: frozen values in, a plan or a verdict with its reasons out. No moto, no clock, no chance."""
