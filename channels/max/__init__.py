"""MAX: its bot API over HTTP, by webhook and by long polling. See `door`."""

from channels.max.door import Max

__all__ = ["Max"]
