"""What `naryad chat` remembers of a talk, so that the next call goes on with it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from core.meaning import Lang
from core.messages import Role

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Wish:
    """Which talk the person wants; what is None is left open."""

    role: Role
    market: str | None = None
    lang: Lang | None = None


@dataclass(slots=True)
class Kept:
    """A talk: its token and what of it was shown."""

    conversation_id: str
    token: str
    market: str | None
    lang: str | None
    spoken: int = 0  # the `seq` of the person's own last words: what follows is shown again

    def suits(self, wish: Wish) -> bool:
        """Tell whether the talk is the one that is wanted."""
        return wish.market in {None, self.market} and wish.lang in {None, self.lang}


class Memory:
    """A file that only its owner may read: the token in it opens the talk."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def recall(self) -> Kept | None:
        """Return the talk of last time; None if there is none, or none that can be read."""
        try:
            return Kept(**json.loads(self._file.read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def keep(self, talk: Kept) -> None:
        """Remember a talk in the place of the one before."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(f".{os.getpid()}")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            json.dump(asdict(talk), file)
        fresh.replace(self._file)
