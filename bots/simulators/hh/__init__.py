"""HH.ru, played: answers to advertisements, resumes and webhooks."""

from bots.simulators.hh.api import TOKEN, build

__all__ = ["TOKEN", "build"]
