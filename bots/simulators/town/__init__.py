"""All that Naryad talks to outside, played in one process on one port, with a page to be the other side."""

from bots.simulators.town.front import build

__all__ = ["build"]
