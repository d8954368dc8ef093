"""Use cases: load, decide, change, say."""
