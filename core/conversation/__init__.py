"""Talks: look, choose, decide, say. Only *decide* changes anything, and flows do it."""
