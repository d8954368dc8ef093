"""Who does something: the owner, a master, a client, or the program itself by a timer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class ActorKind(StrEnum):
    """The four who can act."""

    OWNER = "owner"
    MASTER = "master"
    CLIENT = "client"
    TIMER = "timer"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. A client is known by his talk or his person, a master by his own id.

    Attributes:
        is_demo: A master of the demo city whom the program plays.
    """

    kind: ActorKind
    id: str = ""
    is_demo: bool = False

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read the actor of a letter: `{"actor": {"kind", "id"}, "by_demo"?}`."""
        actor = payload["actor"]
        kind = ActorKind(actor["kind"])
        return cls(kind, str(actor.get("id") or ""), is_demo=bool(payload.get("by_demo")))

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    @property
    def is_owner(self) -> bool:
        """Whether he may do all an owner may."""
        return self.kind is ActorKind.OWNER


TIMER = Actor(ActorKind.TIMER)
OWNER = Actor(ActorKind.OWNER)
