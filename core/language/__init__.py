"""The embedded reader: a text to everything it may mean. No key, no network, the same answer each time."""
