"""The imperative shell: snapshot, decide, apply, record, until nothing moves."""
