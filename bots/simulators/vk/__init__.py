"""VK, played: methods, Bots Long Poll, Callback API and uploads of any number of communities."""

from bots.simulators.vk.api import build

__all__ = ["build"]
