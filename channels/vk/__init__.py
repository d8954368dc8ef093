"""VK: a community that talks, by Bots Long Poll or by Callback API."""

from channels.vk.channel import Vk

__all__ = ["Vk"]
