"""Load balancing: who gets through, which rule and target answer, which targets are healthy."""
