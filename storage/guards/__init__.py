"""What must never happen is refused by the database itself (architecture, section 7).

A guard is declared once, in `spine.py`, `people.py`, `jobs.py` or `money.py`, and rendered to SQLite and to
PostgreSQL. `docs/guards.md` is written from the declarations: `python -m storage.guards > docs/guards.md`.
"""

from storage.guards.catalogue import broken, declared, differences, install, installed, uninstall
from storage.guards.declared import GUARDS
from storage.guards.guard import Event, Guard, Kind
from storage.guards.postgresql import ExtensionMissingError

__all__ = [
    "GUARDS",
    "Event",
    "ExtensionMissingError",
    "Guard",
    "Kind",
    "broken",
    "declared",
    "differences",
    "install",
    "installed",
    "uninstall",
]
