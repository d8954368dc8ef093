"""One thing in the database that keeps a guard: a trigger or a constraint."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """What to create, what to drop, and how to see that it is still as declared.

    Attributes:
        definition: Equal exactly when the database has what was declared; a disabled trigger differs.
    """

    name: str
    table: str
    definition: str
    create: tuple[str, ...]
    drop: tuple[str, ...]


def quoted(text: str) -> str:
    """Write a text as a literal in SQL."""
    return "'" + text.replace("'", "''") + "'"
